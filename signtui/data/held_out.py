"""One group of images that is left out: the hand of a signer whom the network never sees."""

from dataclasses import dataclass

import numpy as np

from signtui.data.images import Dataset, ImageSet, IndexArray
from signtui.errors import DataError


@dataclass(frozen=True, slots=True)
class HeldOutGroup:
    """The training images of one group, which nothing but the last score may see.

    `kind` is what the group is (signer), `name` which one; `indices`: int64 (M,), ascending, into the data
    set's training images.
    """

    kind: str
    name: str
    indices: IndexArray
    images: ImageSet

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def group_named(dataset: Dataset, name: str, setting: str) -> HeldOutGroup:
    """The training images of the group `name`; without a name, of the first. `setting` asked for it.

    Raises:
        DataError: where it isn't known whose the images are, or there is no such group, or no other.
    """
    grouping, groups = dataset.grouping, dataset.train.groups
    if grouping is None or groups is None:
        why = f" ({dataset.groups_refused.rstrip('.')})" if dataset.groups_refused else ""
        raise DataError(
            f"{setting}: nothing says whose hand each image of {dataset.name} is{why}; put a file,row,signer"
            " table beside the images, or name one with --groups."
        )
    present = groups_present(dataset)
    if len(present) < 2:
        raise DataError(
            f"{setting}: all images of {dataset.name} are of {grouping.kind} {present[0]}, and none would be"
            " left to train on."
        )
    chosen = name or present[0]
    if chosen not in present:
        names = ", ".join(present)
        raise DataError(f"{setting}: {dataset.name} has the {grouping.kind}s {names}; choose one of them.")
    return group_among(dataset, chosen)


def group_among(dataset: Dataset, name: str) -> HeldOutGroup:
    """The training images of `name`, one of `groups_present(dataset)`; there may be no others."""
    grouping, groups = dataset.grouping, dataset.train.groups
    assert grouping is not None
    assert groups is not None
    indices = np.flatnonzero(groups == grouping.names.index(name))
    return HeldOutGroup(grouping.kind, name, indices, dataset.train.subset(indices))


def groups_present(dataset: Dataset) -> tuple[str, ...]:
    """The groups that training images are of, in their order."""
    if dataset.train.groups is None:
        return ()
    counts = np.bincount(dataset.train.groups, minlength=len(dataset.groups)).tolist()
    return tuple(name for name, count in zip(dataset.groups, counts, strict=True) if count)


def with_twins(train: ImageSet, indices: IndexArray) -> IndexArray:
    """`indices`, and those of all other images of the same photographs."""
    if train.photographs is None:
        return indices
    return np.flatnonzero(np.isin(train.photographs, train.photographs[indices]))
