"""Synthetic hands beside the real ones in training: hands of people, light and rooms that no photograph has.

They are trained on and nothing else. Validation, test and held-out scores are of the data set's own images.
"""

import numpy as np

from signtui.data.images import LETTERS, Dataset, ImageSet
from signtui.data.source import drawn_hands
from signtui.errors import ConfigError

# So that the hands that are added are neither those of a synthetic data set nor its test images.
_SEED_OFFSET = 2_000_003
_SPREAD = 2.0
"""Strangers sign less alike than the people of one data set; measured in docs/new-hands.md."""


def added_hands(count: int, dataset: Dataset, seed: int) -> ImageSet | None:
    """`count` synthetic hands of the classes and size of `dataset`, labelled as there; None for a count of 0.

    The same seed gives the same hands. Where `dataset` has fewer letters, those hands are left out that show
    other letters, and there are fewer than `count`.

    Raises:
        ConfigError: where a class of `dataset` is no letter that can be drawn.
    """
    if not count:
        return None
    odd = [name for name in dataset.classes if name not in LETTERS]
    if odd:
        raise ConfigError(
            f"augment.synthetic = {count}: synthetic hands show letters, and {dataset.name} has a class"
            f" {odd[0]!r}; set it to 0"
        )
    hands = drawn_hands(count, seed + _SEED_OFFSET, dataset.size, _SPREAD)
    class_of = np.full(len(LETTERS), len(dataset.classes), np.uint8)
    for number, name in enumerate(dataset.classes):
        class_of[LETTERS.index(name)] = number
    labels = class_of[hands.labels]
    shown = np.flatnonzero(labels < len(dataset.classes))
    return ImageSet(np.ascontiguousarray(hands.images[shown]), labels[shown])
