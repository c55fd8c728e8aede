"""Synthetic hands beside the data set's own images in training."""

import numpy as np
import pytest

from signtui.data.added import added_hands
from signtui.data.images import Dataset, ImageSet
from signtui.data.source import load_dataset
from signtui.errors import ConfigError


def dataset(classes, size=28):
    images = np.zeros((len(classes), size, size), np.uint8)
    return Dataset(
        name="some hands",
        kind="folder",
        synthetic=False,
        classes=tuple(classes),
        train=ImageSet(images, np.arange(len(classes), dtype=np.uint8)),
        test=None,
        files=(),
    )


def test_none_are_added_unasked():
    assert added_hands(0, dataset("ABC"), 0) is None


def test_they_are_the_letters_of_the_data_set_under_its_own_labels():
    all_letters = load_dataset(None, "synthetic", synthetic_images=48)
    everything = added_hands(240, all_letters, 0)
    some = added_hands(240, dataset("YBA"), 0)
    assert len(everything) == 240
    assert np.bincount(everything.labels).tolist() == [10] * 24
    assert np.bincount(some.labels).tolist() == [10, 10, 10]
    as_letter = all_letters.classes.index
    for label, letter in enumerate("YBA"):
        drawn = some.images[some.labels == label]
        assert np.array_equal(drawn, everything.images[everything.labels == as_letter(letter)])


def test_they_are_of_the_size_of_the_data_set_and_no_hands_of_a_synthetic_one():
    synthetic = load_dataset(None, "synthetic", synthetic_images=240, image_size=20)
    added = added_hands(240, synthetic, 0)
    assert added.images.shape == (240, 20, 20)
    known = {image.tobytes() for image in synthetic.train.images} | {
        image.tobytes() for image in synthetic.test.images
    }
    assert not known & {image.tobytes() for image in added.images}


def test_a_class_that_is_no_letter_is_refused():
    with pytest.raises(ConfigError, match=r"augment\.synthetic = 100: .*'7'.*set it to 0"):
        added_hands(100, dataset(["A", "7"]), 0)
