"""Images of some classes told in the classes of a network."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signtui.data.classes import told_in, unknown_classes
from signtui.data.images import LETTERS, Dataset, ImageSet


def dataset(classes, labels, test=None):
    def images(of):
        return ImageSet(np.zeros((len(of), 8, 8), np.uint8), np.array(of, np.uint8))

    return Dataset(
        name="own",
        kind="folder",
        synthetic=False,
        classes=classes,
        train=images(labels),
        test=None if test is None else images(test),
        files=(),
    )


@given(st.data())
def test_each_image_keeps_its_class_by_name(data):
    names = data.draw(st.permutations(LETTERS))[: data.draw(st.integers(1, 24))]
    names = tuple(name.lower() if data.draw(st.booleans()) else name for name in names)
    labels = data.draw(st.lists(st.integers(0, len(names) - 1), max_size=40))
    told = told_in(dataset(names, labels), tuple(LETTERS))
    assert told.classes == tuple(LETTERS)
    assert [LETTERS[label] for label in told.train.labels] == [names[label].upper() for label in labels]


def test_test_images_are_told_alike():
    told = told_in(dataset(("W", "a"), [0, 1], test=[1, 1, 0]), tuple(LETTERS))
    assert [LETTERS[label] for label in told.test.labels] == ["A", "A", "W"]


@pytest.mark.parametrize("classes", [("A", "J"), ("0", "1")])
def test_with_a_class_that_is_none_of_them_it_stays_as_it_is(classes):
    before = dataset(classes, [0, 1])
    assert told_in(before, tuple(LETTERS)) is before
    assert unknown_classes(before, tuple(LETTERS)) == tuple(name for name in classes if name != "A")
