"""Which training images are kept back to validate on.

Many published images are variants of one photograph. A variant in training and its twin in validation
make the score read 100 % whatever the network is worth, so the default keeps whole photographs together.
"""

import heapq
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from signtui.data.images import BoolArray, Dataset, GroupArray, ImageSet, IndexArray
from signtui.errors import DataError

Validation: TypeAlias = Literal["photographs", "published", "random"]


@dataclass(frozen=True, slots=True)
class Split:
    """What to train on and what to validate on.

    `train_indices`: int64 (M,), ascending, into the data set's training images. `validation_name` says in a
    few words what the validation images are; `warning` is a sentence where their score misleads, or None.
    """

    train_indices: IndexArray
    validation: ImageSet
    validation_name: str
    warning: str | None


# Sets the stream that thins the training images out apart from the one that keeps images back.
_THINNING = 1 << 32


def split(
    dataset: Dataset, validation: Validation, fraction: float, seed: int, most_images: int = 0
) -> Split:
    """Divide the training images of `dataset` in two.

    `photographs` keeps back about `fraction` of each class's photographs, with all their variants; `random`
    keeps back about `fraction` of each class's images, one by one; `published` validates on the test file and
    trains on everything. The same seed keeps back the same images.

    `most_images` (0: all) thins out what is trained on, never what is kept back: whole photographs, class by
    class in turn. The same seed takes the same ones, and a higher number takes those of a lower one too.

    Raises:
        DataError: where there is no test file, too few images to keep any back, or no photograph of as few as
            `most_images` images.
    """
    if not 0 < fraction < 1:
        raise ValueError(f"fraction must be between 0 and 1, not {fraction}")
    whole = _divided(dataset, validation, fraction, seed)
    if not 0 < most_images < len(whole.train_indices):
        return whole
    return replace(whole, train_indices=_thinned(dataset, whole.train_indices, most_images, seed))


def _divided(dataset: Dataset, validation: Validation, fraction: float, seed: int) -> Split:
    if validation == "published":
        return _published(dataset)
    train = dataset.train
    each_its_own = np.arange(len(train), dtype=np.int32)
    known = train.photographs if validation == "photographs" else None
    groups = each_its_own if known is None else known
    kept_back = _keep_back(train, groups, fraction, seed)
    if not kept_back.any():
        raise DataError(
            f"{dataset.name} has too few photographs per class ({len(train):,} images in all) to keep any "
            "back for validation; add images, or choose data.validation = random or published."
        )
    held = train.subset(np.flatnonzero(kept_back))
    remaining = np.flatnonzero(~kept_back)
    if validation == "random":
        name = f"{len(held):,} random training images"
        return Split(remaining, held, name, _leak_warning(train, kept_back))
    if train.photographs is None:
        return Split(remaining, held, f"{len(held):,} training images", None)
    photographs = len(np.unique(groups[kept_back]))
    name = f"{photographs:,} training photographs ({len(held):,} images)"
    return Split(remaining, held, name, None)


def _published(dataset: Dataset) -> Split:
    if dataset.test is None:
        raise DataError(
            f"{dataset.name} has no test file to validate on; put one beside the training file, or choose "
            "data.validation = photographs."
        )
    warning = (
        "The test images choose the best epoch here, so the final test accuracy is the best of several tries "
        "on them, not a fresh score."
    )
    everything = np.arange(len(dataset.train), dtype=np.int64)
    return Split(everything, dataset.test, f"the test file ({len(dataset.test):,} images)", warning)


def _keep_back(train: ImageSet, groups: GroupArray, fraction: float, seed: int) -> BoolArray:
    """Bool (N,), True where an image is kept back: whole groups, about `fraction` of each class's groups."""
    kept_back = np.zeros(len(train), dtype=np.bool_)
    for label in np.unique(train.labels):
        members = np.flatnonzero(train.labels == label)
        present, inverse, sizes = np.unique(groups[members], return_inverse=True, return_counts=True)
        if len(present) < 2:
            continue
        # The raw stream of a counted generator is the same in every numpy; its shuffles need not be.
        chosen = _choose(sizes, _shuffled(len(present), seed, int(label)), fraction)
        kept_back[members[chosen[inverse]]] = True
    return kept_back


def _choose(sizes: IndexArray, order: IndexArray, fraction: float) -> BoolArray:
    """Bool, one a group of a class: about `fraction` of the groups, and of their images, in turn of `order`.

    A group far larger than the others is several photographs too alike to be told apart. One that would be
    more than half of what is kept back stays in training, so that a class is not judged by a single scene.
    At least one group is chosen and one left.
    """
    chosen = np.zeros(len(sizes), dtype=np.bool_)
    most = min(max(1, round(fraction * len(sizes))), len(sizes) - 1)
    room = fraction * float(sizes.sum()) + float(np.median(sizes)) / 2
    for group in order[sizes[order] * 2 <= room]:
        if sizes[group] <= room and chosen.sum() < most:
            chosen[group] = True
            room -= sizes[group]
    if not chosen.any():
        chosen[order[np.argmin(sizes[order])]] = True
    return chosen


def _thinned(dataset: Dataset, indices: IndexArray, most: int, seed: int) -> IndexArray:
    """At most `most` of `indices` (int64 (M,)), ascending: whole photographs, classes in turn."""
    labels = dataset.train.labels[indices]
    known = dataset.train.photographs
    groups = np.arange(len(indices), dtype=np.int32) if known is None else known[indices]
    waiting: list[tuple[int, int, list[IndexArray]]] = []
    for label in np.unique(labels).tolist():
        members = np.flatnonzero(labels == label)
        present, inverse = np.unique(groups[members], return_inverse=True)
        by_group = np.split(members[np.argsort(inverse, kind="stable")], np.cumsum(np.bincount(inverse))[:-1])
        order = _shuffled(len(present), seed, _THINNING + label)
        waiting.append((0, label, [by_group[group] for group in order[::-1]]))
    taken: list[IndexArray] = []
    room = most
    heapq.heapify(waiting)
    while waiting:
        images, label, photographs = heapq.heappop(waiting)
        photograph = photographs.pop()
        if len(photograph) > room:
            break
        taken.append(photograph)
        room -= len(photograph)
        if photographs:
            heapq.heappush(waiting, (images + len(photograph), label, photographs))
    if not taken:
        raise DataError(
            f"data.most_images = {most}: a single photograph of {dataset.name} has more images, and "
            "photographs stay whole; choose a higher number, or 0 for all."
        )
    return indices[np.sort(np.concatenate(taken))]


def _shuffled(count: int, seed: int, stream: int) -> IndexArray:
    """The numbers below `count` in an order of chance, the same for the same seed and stream."""
    # The raw stream of a counted generator is the same in every numpy; its shuffles need not be.
    return np.argsort(np.random.Philox(key=[seed % 2**64, stream]).random_raw(count), kind="stable")


def _leak_warning(train: ImageSet, kept_back: BoolArray) -> str | None:
    """Say how many of the images kept back have a twin in training, or None where photographs are unknown."""
    if train.photographs is None:
        return None
    photographs = len(np.unique(train.photographs))
    variants = len(train) / photographs
    leaked = float(np.isin(train.photographs[kept_back], train.photographs[~kept_back]).mean())
    if leaked == 0:
        return None
    return (
        f"The {len(train):,} training images are {photographs:,} photographs in about {variants:.0f} "
        f"variants each, so {leaked:.1%} of these randomly chosen validation images have a twin in "
        "training and their accuracy says nothing about new photographs; data.validation = photographs "
        "keeps twins together."
    )
