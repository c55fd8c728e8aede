"""Which images are variants of one photograph.

The published letters are about 1,650 photographs, each cropped, tilted and relit into about 21 images.
Within one letter, images whose pixels correlate above 0.97 belong together; so do images joined by a chain
of such pairs, so that no two groups of a letter ever hold a twin of each other.
"""

import numpy as np
import numpy.typing as npt

from signtui.data.images import ByteArray, GroupArray

# Between the twins (0.99 and above) and the nearest different photographs of one letter.
CORRELATION = 0.97

# Side of the square of correlations held at once: 1,024 x 1,024 float32 is 4 MB.
_BLOCK = 1024

# Part of the cache key: raise it when the same images would be grouped otherwise.
VERSION = 1


def photograph_groups(images: ByteArray, labels: ByteArray) -> GroupArray:
    """Number the photographs that images were made from.

    `images`: uint8 (N, S, S); `labels`: uint8 (N,). Returns int32 (N,), numbered from 0
    in the order in which photographs appear. Two images share a number where their labels are equal and
    a chain of Pearson correlations above 0.97 joins them. Images of one even grey count as equal.
    """
    first_member = np.arange(len(images), dtype=np.int64)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        first_member[members] = members[_joined(images[members].reshape(len(members), -1))]
    _, groups = np.unique(first_member, return_inverse=True)
    return groups.astype(np.int32)


def _joined(pixels: ByteArray) -> npt.NDArray[np.int64]:
    """For each row of `pixels` (N, P), the lowest row that correlation joins it to: int64 (N,)."""
    vectors = pixels.astype(np.float32)
    vectors -= vectors.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors /= np.maximum(lengths, np.finfo(np.float32).tiny)
    lowest = np.arange(len(vectors), dtype=np.int64)
    even = np.flatnonzero(lengths[:, 0] == 0)  # correlation with an even grey is undefined
    _join(lowest, even[:-1], even[1:])
    for row in range(0, len(vectors), _BLOCK):
        for column in range(row, len(vectors), _BLOCK):
            correlations = vectors[row : row + _BLOCK] @ vectors[column : column + _BLOCK].T
            first, second = np.nonzero(correlations > CORRELATION)
            _join(lowest, first + row, second + column)
    return lowest


def _join(lowest: npt.NDArray[np.int64], first: npt.NDArray[np.int64], second: npt.NDArray[np.int64]) -> None:
    """Merge the components of each pair (first[i], second[i]) in place.

    `lowest[i]` is the lowest member of the component of i, before and after. Pairs of components hook the
    higher onto the lower, chains are shortened by following them twice at once, until no pair differs.
    """
    while True:
        one, other = lowest[first], lowest[second]
        apart = one != other
        if not apart.any():
            return
        first, second, one, other = first[apart], second[apart], one[apart], other[apart]
        np.minimum.at(lowest, np.maximum(one, other), np.minimum(one, other))
        while True:
            followed = lowest[lowest]
            if np.array_equal(followed, lowest):
                break
            lowest[:] = followed
