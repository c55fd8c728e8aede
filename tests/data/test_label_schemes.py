"""What label numbers mean, by their file's name and by which of them occur."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from image_files import OFFICIAL_LABELS

from signtui.data.images import LETTERS
from signtui.data.labels import LabelledFile, recognise_labels
from signtui.errors import DataError


def recognise(*labels: list[int], letters: bool = False):
    files = [LabelledFile(Path(f"file{n}.csv"), np.array(of, dtype=np.uint8)) for n, of in enumerate(labels)]
    return recognise_labels(files, letters)


@pytest.mark.parametrize("letters", [True, False])
def test_official_labels_skip_j(letters) -> None:
    scheme = recognise(OFFICIAL_LABELS, letters=letters)
    assert scheme.kind == "published"
    assert scheme.classes == tuple("ABCDEFGHIKLMNOPQRSTUVWXY")
    named = {chr(ord("A") + label): scheme.classes[scheme.class_of[label]] for label in OFFICIAL_LABELS}
    assert all(letter == name for letter, name in named.items())


@pytest.mark.parametrize("letters", [True, False])
def test_remapped_labels_are_the_letters_in_order(letters) -> None:
    scheme = recognise(list(range(24)), letters=letters)
    assert scheme.kind == "remapped"
    assert [scheme.classes[scheme.class_of[label]] for label in range(24)] == list(LETTERS)


def test_either_file_shows_that_the_labels_are_remapped() -> None:
    assert recognise([10, 11], [9, 3], letters=True).kind == "remapped"
    assert recognise([10, 11], [8, 3], letters=True).kind == "published"


@given(st.lists(st.sampled_from(OFFICIAL_LABELS), min_size=1, max_size=20), st.booleans())
def test_any_few_official_labels_beyond_nine_are_letters(labels, named) -> None:
    scheme = recognise([*labels, 10], letters=named)
    assert scheme.kind == "published"
    assert all(scheme.classes[scheme.class_of[label]] == chr(ord("A") + label) for label in labels)


@given(st.integers(1, 256).filter(lambda count: count != 24))
def test_contiguous_labels_number_the_classes(count) -> None:
    scheme = recognise(list(range(count)))
    assert scheme.kind == "csv"
    assert scheme.classes == tuple(map(str, range(count)))


def test_a_few_digits_are_still_digits() -> None:
    assert recognise([0, 9, 4], [1, 1]).classes == tuple("0123456789")


@pytest.mark.parametrize("letters", [True, False])
@pytest.mark.parametrize(
    ("labels", "row", "label"),
    [
        ([*OFFICIAL_LABELS, 30, 3], 26, 30),
        ([3, 30, 12], 3, 30),
        ([*OFFICIAL_LABELS, 25], 26, 25),
        ([*OFFICIAL_LABELS, 255], 26, 255),
    ],
)
def test_a_label_beyond_the_letters_is_named_by_row(letters, labels, row, label) -> None:
    with pytest.raises(DataError, match=rf"file0\.csv, row {row} .*column label: {label} is not") as refusal:
        recognise(labels, letters=letters)
    assert "0 to 24 without 9" in str(refusal.value)


def test_j_among_official_labels_is_named_by_row() -> None:
    with pytest.raises(DataError, match=r"file1\.csv, row 3 .*column label: 9 is not"):
        recognise(OFFICIAL_LABELS * 2, [3, 9], letters=True)


def test_a_stray_label_in_the_test_file_names_the_test_file() -> None:
    with pytest.raises(DataError, match=r"file1\.csv, row 2 .*column label: 77"):
        recognise(list(range(10)), [77])
