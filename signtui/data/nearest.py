"""The training image that is most like a given one, by the correlation of their pixels."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from signtui.data.images import ByteArray, IndexArray

_BLOCK = 2048


@dataclass(frozen=True)
class Nearest:
    """Where the most similar image is, and its Pearson correlation, -1 to 1."""

    index: int
    similarity: float


def nearest(image: ByteArray, images: ByteArray, indices: IndexArray) -> Nearest | None:
    """Of `images` uint8 (N, S, S) at `indices` int64 (M,), the one most like `image` uint8 (S, S).

    The first of equals; None where there are no `indices`. An image of one even grey is like no other
    (correlation 0). Works block by block: memory is bounded whatever N is.
    """
    if not len(indices):
        return None
    wanted = _centred(image.reshape(1, -1))[0]
    best, where = -np.inf, -1
    for start in range(0, len(indices), _BLOCK):
        block = indices[start : start + _BLOCK]
        likeness = _centred(images[block].reshape(len(block), -1)) @ wanted
        at = int(np.argmax(likeness))
        if likeness[at] > best:
            best, where = float(likeness[at]), int(block[at])
    return Nearest(where, min(1.0, max(-1.0, best)))


def _centred(pixels: ByteArray) -> npt.NDArray[np.float32]:
    """Rows (M, P) without their mean and of length 1; of zeros where a row is even."""
    vectors = pixels.astype(np.float32)
    vectors -= vectors.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors /= np.maximum(lengths, np.float32(1e-6))
    return vectors
