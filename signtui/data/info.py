"""Facts about a data set: sizes, class balance, checksums, and how many photographs there really are."""

from dataclasses import dataclass

import numpy as np

from signtui.data.images import Dataset, ImageSet, SourceFile


@dataclass(frozen=True, slots=True)
class FileInfo:
    """A file that images came from; fields as in `SourceFile`, with the path as text."""

    path: str
    role: str
    rows: int
    bytes: int
    sha256: str
    verdict: str


@dataclass(frozen=True, slots=True)
class ImageSetInfo:
    """The training or the test images.

    `shape` is (N, S, S). `class_counts` and `class_photographs` run along the data set's classes. The last
    four are None where photographs are not known: how many there are, by class and in all, the median number
    of images of one, and the share (0 to 1) of images that have a twin, another image of their photograph.
    """

    role: str
    shape: tuple[int, int, int]
    class_counts: tuple[int, ...]
    class_photographs: tuple[int, ...] | None
    photographs: int | None
    variants: float | None
    twins_share: float | None


@dataclass(frozen=True, slots=True)
class GroupInfo:
    """One signer (or other group): its images and photographs in each of the sets, None where unknown."""

    name: str
    images: tuple[int | None, ...]
    photographs: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class DataInfo:
    """What `signtui data info` shows; msgspec encodes it to JSON as it is.

    `groups` are whose the images are, `group_kind` what these are (signer), `groups_table` the file that says
    so; `groups_note` is a sentence where a table was found that doesn't fit all of the images.
    """

    name: str
    kind: str
    synthetic: bool
    size: int
    channels: int
    classes: tuple[str, ...]
    sets: tuple[ImageSetInfo, ...]
    files: tuple[FileInfo, ...]
    group_kind: str = ""
    groups: tuple[GroupInfo, ...] = ()
    groups_table: str = ""
    groups_note: str = ""


def describe(dataset: Dataset) -> DataInfo:
    """Count what there is in `dataset`."""
    grouping = dataset.grouping
    sets = [_describe_set("train", dataset.train, len(dataset.classes))]
    if dataset.test is not None:
        sets.append(_describe_set("test", dataset.test, len(dataset.classes)))
    return DataInfo(
        name=dataset.name,
        kind=dataset.kind,
        synthetic=dataset.synthetic,
        size=dataset.size,
        channels=dataset.channels,
        classes=dataset.classes,
        sets=tuple(sets),
        files=tuple(_file_info(file) for file in dataset.files),
        group_kind=grouping.kind if grouping else "",
        groups=_describe_groups(dataset),
        groups_table=str(grouping.table) if grouping else "",
        groups_note=grouping.note if grouping else dataset.groups_refused,
    )


def _describe_groups(dataset: Dataset) -> tuple[GroupInfo, ...]:
    sets = [dataset.train] if dataset.test is None else [dataset.train, dataset.test]
    return tuple(
        GroupInfo(
            name,
            tuple(None if one.groups is None else int(np.count_nonzero(one.groups == group)) for one in sets),
            tuple(_photographs_of(one, group) for one in sets),
        )
        for group, name in enumerate(dataset.groups)
    )


def _photographs_of(images: ImageSet, group: int) -> int | None:
    if images.groups is None or images.photographs is None:
        return None
    return len(np.unique(images.photographs[images.groups == group]))


def _describe_set(role: str, images: ImageSet, classes: int) -> ImageSetInfo:
    count, size, _ = images.images.shape
    class_counts = _counts(np.bincount(images.labels, minlength=classes))
    if images.photographs is None:
        return ImageSetInfo(role, (count, size, size), class_counts, None, None, None, None)
    _, first, variants = np.unique(images.photographs, return_index=True, return_counts=True)
    return ImageSetInfo(
        role=role,
        shape=(count, size, size),
        class_counts=class_counts,
        class_photographs=_counts(np.bincount(images.labels[first], minlength=classes)),
        photographs=len(first),
        variants=float(np.median(variants)),
        twins_share=float(variants[variants > 1].sum() / count),
    )


def _counts(values: np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[int, ...]:
    return tuple(int(value) for value in values)


def _file_info(file: SourceFile) -> FileInfo:
    return FileInfo(str(file.path), file.role, file.rows, file.bytes, file.sha256, file.verdict)
