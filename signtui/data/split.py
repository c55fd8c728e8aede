"""Which training images are kept back to validate on, and whose are kept out altogether.

Many published images are variants of one photograph. A variant in training and its twin in validation
make the score read 100 % whatever the network is worth, so the default keeps whole photographs together.
And a score on hands that were learned from says little about a new one, so one signer can be held out.
"""

import heapq
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from signtui.config.schema import DataSettings
from signtui.data.held_out import HeldOutGroup, group_named, with_twins
from signtui.data.images import BoolArray, ByteArray, Dataset, GroupArray, ImageSet, IndexArray
from signtui.errors import DataError

Validation: TypeAlias = Literal["photographs", "signers", "published", "random"]


@dataclass(frozen=True, slots=True)
class Split:
    """What to train on, what to validate on, and what to keep for the end.

    `train_indices`: int64 (M,), ascending, into the data set's training images. `validation_indices`: int64,
    likewise, into its training images or, where `validation_of` says so, its test images.
    `validation_name` says in a few words what the validation images are; `warning` is a sentence where their
    score misleads, or None. `held_out` is None where no group is kept for the end; `left_out` names the group
    that is not trained on, as what is validated on or as `held_out`.
    """

    train_indices: IndexArray
    validation: ImageSet
    validation_name: str
    warning: str | None
    validation_indices: IndexArray
    validation_of: Literal["training", "test"] = "training"
    held_out: HeldOutGroup | None = None
    left_out: str = ""


# Sets the stream that thins the training images out apart from the one that keeps images back.
_THINNING = 1 << 32


def configured_split(dataset: Dataset, settings: DataSettings, seed: int) -> Split:
    """`dataset` divided as the [data] settings and the run's seed say. Raises DataError as `split` does."""
    return split(
        dataset,
        settings.validation,
        settings.validation_fraction,
        seed,
        settings.most_images,
        settings.held_out,
    )


def split(
    dataset: Dataset,
    validation: Validation,
    fraction: float,
    seed: int,
    most_images: int = 0,
    held_out: str = "",
) -> Split:
    """Divide the training images of `dataset`.

    `photographs` keeps back about `fraction` of each class's photographs, with all their variants (of a
    collection of one's own, what must be held out together); `random` keeps back about `fraction` of each
    class's images, one by one; `published` validates on the test file and trains on everything; `signers`
    validates on all images of one group, `held_out` or else the first. The same seed keeps back the same
    images.

    With the other three, all images of the group `held_out` are left out first: they are neither trained nor
    validated on, and neither are variants of their photographs.

    `most_images` (0: all) thins out what is trained on, never what is kept back: whole photographs, class by
    class in turn. The same seed takes the same ones, and a higher number takes those of a lower one too.

    Raises:
        DataError: where there is no test file, too few images to keep any back, no such group, or no
            photograph of as few as `most_images` images.
    """
    if not 0 < fraction < 1:
        raise ValueError(f"fraction must be between 0 and 1, not {fraction}")
    if validation == "signers":
        whole = _by_group(dataset, held_out)
    elif held_out:
        group = group_named(dataset, held_out, f"data.held_out = {held_out}")
        free = np.setdiff1d(_everything(dataset), with_twins(dataset.train, group.indices))
        whole = _divided(dataset, validation, fraction, seed, free, group)
        whole = replace(whole, held_out=group, left_out=group.name)
    else:
        whole = _divided(dataset, validation, fraction, seed, _everything(dataset), None)
    if not 0 < most_images < len(whole.train_indices):
        return whole
    return replace(whole, train_indices=_thinned(dataset, whole.train_indices, most_images, seed))


def _everything(dataset: Dataset) -> IndexArray:
    return np.arange(len(dataset.train), dtype=np.int64)


def _by_group(dataset: Dataset, name: str) -> Split:
    group = group_named(dataset, name, f"data.held_out = {name}" if name else "data.validation = signers")
    remaining = np.setdiff1d(_everything(dataset), with_twins(dataset.train, group.indices))
    _refuse_empty(dataset, remaining, group)
    warning = (
        f"The images of {group} choose the best epoch here, so their accuracy is the best of several tries on"
        f" that hand, not a fresh score; data.held_out with data.validation = photographs gives one."
    )
    return Split(
        remaining,
        group.images,
        f"{group} ({len(group.indices):,} images)",
        _with_missing(dataset, remaining, warning),
        group.indices,
        left_out=group.name,
    )


def _divided(
    dataset: Dataset,
    validation: Validation,
    fraction: float,
    seed: int,
    free: IndexArray,
    group: HeldOutGroup | None,
) -> Split:
    """The images at `free`, int64 (M,), divided; what is left of them when `group` is left out."""
    _refuse_empty(dataset, free, group)
    if validation == "published":
        return _published(dataset, free, group)
    train = dataset.train
    known = train.photographs if train.sittings is None else train.sittings
    known = known if validation == "photographs" else None
    together = np.arange(len(free), dtype=np.int32) if known is None else known[free]
    kept_back = _keep_back(train.labels[free], together, fraction, seed)
    if not kept_back.any():
        raise DataError(
            f"{dataset.name} has too few photographs per class ({len(free):,} images in all) to keep any "
            "back for validation; add images, or choose data.validation = random or published."
        )
    held, remaining = free[kept_back], free[~kept_back]
    others = "" if group is None else f" of other {group.kind}s"
    if validation == "random":
        name, warning = f"{len(held):,} random training images", _leak_warning(train, remaining, held)
    elif train.photographs is None:
        name, warning = f"{len(held):,} training images", None
    else:
        count = len(np.unique(train.photographs[held]))
        name, warning = f"{count:,} training photographs ({len(held):,} images)", None
    warning = _with_missing(dataset, remaining, warning)
    return Split(remaining, train.subset(held), name + others, warning, held)


def _refuse_empty(dataset: Dataset, free: IndexArray, group: HeldOutGroup | None) -> None:
    if not len(free):
        raise DataError(
            f"{dataset.name} has no image that is not a variant of a photograph of {group}: nothing is left"
            " to train on."
        )


def _published(dataset: Dataset, free: IndexArray, group: HeldOutGroup | None) -> Split:
    test = dataset.test
    if test is None:
        raise DataError(
            f"{dataset.name} has no test file to validate on; put one beside the training file, or choose "
            "data.validation = photographs."
        )
    warning = (
        "The test images choose the best epoch here, so the final test accuracy is the best of several tries "
        "on them, not a fresh score."
    )
    if group is None:
        everything = np.arange(len(test), dtype=np.int64)
        name = f"the test file ({len(test):,} images)"
        return Split(free, test, name, warning, everything, "test")
    if test.groups is None:
        raise DataError(
            f"data.validation = published: nothing says which test images of {dataset.name} are of {group},"
            " who is held out; choose data.validation = photographs."
        )
    kept = np.flatnonzero(test.groups != dataset.groups.index(group.name))
    if not len(kept):
        raise DataError(f"data.validation = published: all test images of {dataset.name} are of {group}.")
    name = f"the test file without {group} ({len(kept):,} images)"
    return Split(free, test.subset(kept), name, _with_missing(dataset, free, warning), kept, "test")


def _with_missing(dataset: Dataset, remaining: IndexArray, warning: str | None) -> str | None:
    """`warning`, and which classes nothing is left of to learn from."""
    counts = np.bincount(dataset.train.labels[remaining], minlength=len(dataset.classes))
    all_counts = np.bincount(dataset.train.labels, minlength=len(dataset.classes))
    lost = [dataset.classes[label] for label in np.flatnonzero((counts == 0) & (all_counts > 0))]
    if not lost:
        return warning
    sentence = f"No image of {' '.join(lost)} is left to train on."
    return f"{sentence} {warning}" if warning else sentence


def _keep_back(labels: ByteArray, groups: GroupArray, fraction: float, seed: int) -> BoolArray:
    """Bool (N,), True where an image is kept back: whole groups, about `fraction` of each class's groups."""
    kept_back = np.zeros(len(labels), dtype=np.bool_)
    for label in np.unique(labels):
        # A negative group is always learned from.
        members = np.flatnonzero((labels == label) & (groups >= 0))
        present, inverse, sizes = np.unique(groups[members], return_inverse=True, return_counts=True)
        if len(present) < 2:
            continue
        chosen = _choose(sizes, order_of_chance(len(present), seed, int(label)), fraction)
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
        order = order_of_chance(len(present), seed, _THINNING + label)
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


def order_of_chance(count: int, seed: int, stream: int) -> IndexArray:
    """The numbers below `count` in an order of chance, the same for the same seed and stream."""
    # The raw stream of a counted generator is the same in every numpy; its shuffles need not be.
    return np.argsort(np.random.Philox(key=[seed % 2**64, stream]).random_raw(count), kind="stable")


def _leak_warning(train: ImageSet, remaining: IndexArray, held: IndexArray) -> str | None:
    """Say how many of the images kept back have a twin in training, or None where photographs are unknown."""
    if train.photographs is None:
        return None
    images = len(remaining) + len(held)
    photographs = len(np.unique(train.photographs[np.concatenate((remaining, held))]))
    variants = images / photographs
    leaked = float(np.isin(train.photographs[held], train.photographs[remaining]).mean())
    if leaked == 0:
        return None
    return (
        f"The {images:,} training images are {photographs:,} photographs in about {variants:.0f} "
        f"variants each, so {leaked:.1%} of these randomly chosen validation images have a twin in "
        "training and their accuracy says nothing about new photographs; data.validation = photographs "
        "keeps twins together."
    )
