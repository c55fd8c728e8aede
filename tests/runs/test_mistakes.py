"""Confusion, pairs, precision and recall: counted like by hand, whatever the guesses."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from signtui.runs.mistakes import (
    class_figures,
    confusion_of,
    photographs_by_class,
    photographs_confused,
    ranked_pairs,
    top_guesses,
)

CLASSES = 5
GUESSES = st.lists(
    st.tuples(st.integers(0, CLASSES - 1), st.integers(0, CLASSES - 1), st.integers(0, 3)), max_size=60
)


def columns(rows: list[tuple[int, int, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    table = np.array(rows, np.int64).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]


@given(GUESSES)
def test_every_image_is_in_one_cell(rows: list[tuple[int, int, int]]) -> None:
    truths, guesses, _ = columns(rows)
    counts = confusion_of(truths, guesses, CLASSES)
    assert counts.sum() == len(rows)
    for truth in range(CLASSES):
        for guess in range(CLASSES):
            assert counts[truth, guess] == sum((a, b) == (truth, guess) for a, b, _ in rows)


@given(GUESSES)
def test_a_photograph_counts_once_in_a_cell(rows: list[tuple[int, int, int]]) -> None:
    truths, guesses, photographs = columns(rows)
    counts = photographs_confused(truths, guesses, photographs, CLASSES)
    for truth in range(CLASSES):
        for guess in range(CLASSES):
            assert counts[truth, guess] == len({c for a, b, c in rows if (a, b) == (truth, guess)})
    of = photographs_by_class(truths, photographs, CLASSES)
    assert of.tolist() == [len({c for a, _, c in rows if a == truth}) for truth in range(CLASSES)]


@given(GUESSES)
def test_pairs_are_all_mistakes_and_the_most_frequent_first(rows: list[tuple[int, int, int]]) -> None:
    truths, guesses, photographs = columns(rows)
    counts = confusion_of(truths, guesses, CLASSES)
    cells = photographs_confused(truths, guesses, photographs, CLASSES)
    pairs = ranked_pairs(counts, cells, photographs_by_class(truths, photographs, CLASSES))
    assert sum(pair.images for pair in pairs) == sum(a != b for a, b, _ in rows)
    assert [pair.images for pair in pairs] == sorted((pair.images for pair in pairs), reverse=True)
    for pair in pairs:
        assert pair.truth != pair.guess
        assert 0 < pair.images <= pair.of_images
        assert pair.photographs is not None
        assert pair.of_photographs is not None
        assert 0 < pair.photographs <= min(pair.images, pair.of_photographs)


@given(GUESSES)
def test_precision_and_recall_are_shares_of_guesses_and_of_images(rows: list[tuple[int, int, int]]) -> None:
    truths, guesses, _ = columns(rows)
    for index, one in enumerate(class_figures(confusion_of(truths, guesses, CLASSES))):
        right = sum(a == b == index for a, b, _ in rows)
        images, guessed = sum(a == index for a, _, _ in rows), sum(b == index for _, b, _ in rows)
        assert (one.right, one.images, one.guessed) == (right, images, guessed)
        assert one.recall == (right / images if images else None)
        assert one.precision == (right / guessed if guessed else None)


def test_without_mistakes_there_are_no_pairs() -> None:
    assert ranked_pairs(np.diag([3, 4, 5])) == []
    assert ranked_pairs(np.zeros((0, 0))) == []


def test_the_likeliest_guesses_come_first_and_of_equals_the_first_class() -> None:
    found = top_guesses(np.array([0.1, 0.4, 0.1, 0.4], np.float32))
    assert [index for index, _ in found] == [1, 3, 0]
