"""What a data set is: images with labels and photograph groups, and the files they came from."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

# J and Z are signed by a motion, so still images have 24 of the 26 letters.
LETTERS = "ABCDEFGHIKLMNOPQRSTUVWXY"

ByteArray: TypeAlias = npt.NDArray[np.uint8]
BoolArray: TypeAlias = npt.NDArray[np.bool_]
GroupArray: TypeAlias = npt.NDArray[np.int32]
IndexArray: TypeAlias = npt.NDArray[np.int64]

Kind: TypeAlias = Literal["published", "remapped", "csv", "folder", "synthetic"]


@dataclass(frozen=True, slots=True)
class ImageSet:
    """Labelled grey images, in the order of their file.

    `images`: uint8 (N, S, S), C-contiguous, 0 black to 255 white; may be a read-only memory map.
    `labels`: uint8 (N,), class indices 0..K-1.
    `photographs`: int32 (N,), equal where two images are variants of one photograph; None where unknown.
    `groups`: int32 (N,), whose each image is, as indices into the data set's groups; None where unknown.
    `sittings`: int32 (N,), of a collection of one's own: equal where two photos of a letter must be held out
    together, negative where one is always learned from (see `collection.sitting_groups`); otherwise None.
    """

    images: ByteArray
    labels: ByteArray
    photographs: GroupArray | None = None
    groups: GroupArray | None = None
    sittings: GroupArray | None = None

    def __post_init__(self) -> None:
        if self.images.dtype != np.uint8 or self.images.ndim != 3 or not self.images.flags.c_contiguous:
            raise ValueError(
                f"images must be contiguous uint8 (N, S, S), not {self.images.dtype} {self.images.shape}"
            )
        if self.images.shape[1] != self.images.shape[2]:
            raise ValueError(f"images must be square, not {self.images.shape}")
        for name, values, dtype in (
            ("labels", self.labels, np.uint8),
            ("photographs", self.photographs, np.int32),
            ("groups", self.groups, np.int32),
            ("sittings", self.sittings, np.int32),
        ):
            if values is not None and (values.dtype != dtype or values.shape != (len(self.images),)):
                raise ValueError(
                    f"{name} must be {dtype.__name__} ({len(self)},), not {values.dtype} {values.shape}"
                )

    def __len__(self) -> int:
        return len(self.images)

    @property
    def photograph_count(self) -> int | None:
        """How many photographs the images are of; None where that is unknown."""
        return None if self.photographs is None else len(np.unique(self.photographs))

    def subset(self, indices: IndexArray) -> "ImageSet":
        """The images at `indices` (int64 (M,)), copied, in that order."""
        photographs, groups, sittings = (
            None if values is None else values[indices]
            for values in (self.photographs, self.groups, self.sittings)
        )
        pixels = np.ascontiguousarray(self.images[indices])
        return ImageSet(pixels, self.labels[indices], photographs, groups, sittings)

    def evenly(self, most: int) -> "ImageSet":
        """At most so many of the images, evenly from first to last; 0: all."""
        if not 0 < most < len(self):
            return self
        return self.subset(np.linspace(0, len(self) - 1, most).astype(np.int64))


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that images were read from, or (a folder of images, the generator) what stands for it.

    `role` is "train" or "test". `sha256` is of the file's bytes, unpacked if it is gzipped; for a folder, of
    the names and bytes in it. `verdict` says in words how it compares with the published files.
    """

    path: Path
    role: str
    rows: int
    bytes: int
    sha256: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Grouping:
    """Who or what the images are of: the groups' `names`, which images index, and what they are (`kind`).

    `table` is the file that says so, `sha256` of its bytes. `note` is a sentence where it leaves images out.
    """

    kind: str
    names: tuple[str, ...]
    table: Path
    sha256: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Everything to train on and be scored on.

    `name`: "Sign Language MNIST", "synthetic hands", or the file's or folder's name.
    `classes`: the K class names; labels index them. `test` is None where there is no test file.
    `grouping` is None where it is not known whose the images are; `groups_refused` says why, where a table
    was found that can't be used.
    """

    name: str
    kind: Kind
    synthetic: bool
    classes: tuple[str, ...]
    train: ImageSet
    test: ImageSet | None
    files: tuple[SourceFile, ...]
    grouping: Grouping | None = None
    groups_refused: str = ""

    @property
    def groups(self) -> tuple[str, ...]:
        """The names of the groups, none where they are not known."""
        return () if self.grouping is None else self.grouping.names

    @property
    def size(self) -> int:
        """Width and height of every image in pixels."""
        return int(self.train.images.shape[1])

    @property
    def channels(self) -> int:
        """Colour channels: always 1, grey."""
        return 1
