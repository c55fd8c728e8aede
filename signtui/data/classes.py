"""A data set's images told in the classes of another one, or of a network."""

from dataclasses import replace

import numpy as np

from signtui.data.images import ByteArray, Dataset, ImageSet


def unknown_classes(dataset: Dataset, classes: tuple[str, ...]) -> tuple[str, ...]:
    """Those classes of `dataset` that are none of `classes`, whichever case they are written in."""
    known = {name.lower() for name in classes}
    return tuple(name for name in dataset.classes if name.lower() not in known)


def told_in(dataset: Dataset, classes: tuple[str, ...]) -> Dataset:
    """`dataset` with labels that index `classes`, where all of its own are among them; else as it is.

    A folder may hold photos of a few letters only, and may write them small.
    """
    if dataset.classes == classes or unknown_classes(dataset, classes):
        return dataset
    places = {name.lower(): index for index, name in reversed(list(enumerate(classes)))}
    new_label = np.array([places[name.lower()] for name in dataset.classes], np.uint8)
    test = None if dataset.test is None else _relabelled(dataset.test, new_label)
    return replace(dataset, classes=classes, train=_relabelled(dataset.train, new_label), test=test)


def _relabelled(images: ImageSet, new_label: ByteArray) -> ImageSet:
    return replace(images, labels=new_label[images.labels])
