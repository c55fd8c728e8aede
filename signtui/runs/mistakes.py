"""What a network gets wrong: confusion, the pairs it confuses, precision and recall by class.

Everything is counted in images and, where photographs are known, in photographs too: the variants of one
photograph are mostly misread together, so twenty misread images may be a single mistake.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Counts: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float32]


def confusion_of(truths: Counts, guesses: Counts, classes: int) -> Counts:
    """Counts int64 (classes, classes), `[truth, guess]`, of class indices `truths` and `guesses` (N,)."""
    places = np.asarray(truths, np.int64) * classes + np.asarray(guesses, np.int64)
    return np.bincount(places, minlength=classes * classes).reshape(classes, classes).astype(np.int64)


def photographs_confused(truths: Counts, guesses: Counts, photographs: npt.ArrayLike, classes: int) -> Counts:
    """As `confusion_of`, but a photograph counts once in a cell, however many of its variants fall there."""
    places = np.asarray(truths, np.int64) * classes + np.asarray(guesses, np.int64)
    # One of each pair of cell and photograph, by its first image.
    _, first = np.unique(numbered(places, photographs), return_index=True)
    return np.bincount(places[first], minlength=classes * classes).reshape(classes, classes).astype(np.int64)


def numbered(ones: npt.ArrayLike, others: npt.ArrayLike) -> Counts:
    """A number int64 (N,) for each pair of whole numbers in (N,) and (N,), the same only for the same pair.

    NumPy finds the distinct pairs among these many times as fast as among rows of two.
    """
    first, second = np.asarray(ones, np.int64), np.asarray(others, np.int64)
    low, high = int(second.min(initial=0)), int(second.max(initial=0))
    numbers: Counts = first * (high - low + 1) + second - low
    return numbers


def photographs_by_class(truths: Counts, photographs: npt.ArrayLike, classes: int) -> Counts:
    """How many photographs there are of each class: int64 (classes,)."""
    return np.diagonal(photographs_confused(truths, truths, photographs, classes)).copy()


@dataclass(frozen=True)
class ConfusedPair:
    """A mistake by class index: `images` of the `of_images` of that truth; the same in photographs.

    The photographs are None where they are unknown.
    """

    truth: int
    guess: int
    images: int
    of_images: int
    photographs: int | None = None
    of_photographs: int | None = None


def ranked_pairs(
    confusion: npt.ArrayLike,
    photographs: npt.ArrayLike | None = None,
    photographs_of: npt.ArrayLike | None = None,
) -> list[ConfusedPair]:
    """Every mistake in `confusion` (K, K), the most images first; of equals, in the order of the classes.

    `photographs` (K, K) counts the same in photographs, `photographs_of` (K,) how many each truth has.
    """
    counts = np.array(confusion, np.int64)
    if not counts.size:
        return []
    totals = counts.sum(axis=1)
    np.fill_diagonal(counts, 0)
    in_photographs = None if photographs is None else np.asarray(photographs, np.int64)
    of = None if photographs_of is None else np.asarray(photographs_of, np.int64)
    order = np.argsort(-counts, axis=None, kind="stable")[: int(np.count_nonzero(counts))]
    pairs = []
    for place in order.tolist():
        truth, guess = divmod(place, len(counts))
        pairs.append(
            ConfusedPair(
                truth,
                guess,
                int(counts[truth, guess]),
                int(totals[truth]),
                None if in_photographs is None else int(in_photographs[truth, guess]),
                None if of is None else int(of[truth]),
            )
        )
    return pairs


@dataclass(frozen=True)
class ClassFigures:
    """One class: `images` of it, how often it was `guessed`, and the shares (None where of nothing).

    `recall` is the share of its images that were read right, `precision` the share of the guesses of it that
    were right.
    """

    images: int
    guessed: int
    right: int
    recall: float | None
    precision: float | None


def class_figures(confusion: npt.ArrayLike) -> list[ClassFigures]:
    """The figures of each class of `confusion` (K, K), `[truth, guess]`."""
    counts = np.asarray(confusion, np.int64)
    figures = []
    for index in range(len(counts)):
        images, guessed = int(counts[index].sum()), int(counts[:, index].sum())
        right = int(counts[index, index])
        recall = right / images if images else None
        precision = right / guessed if guessed else None
        figures.append(ClassFigures(images, guessed, right, recall, precision))
    return figures


def top_guesses(probabilities: Floats, most: int = 3) -> list[tuple[int, float]]:
    """The `most` likeliest classes of one image's `probabilities` (K,), likeliest first, with those."""
    order = np.argsort(-probabilities, kind="stable")[:most]
    return [(int(index), float(probabilities[index])) for index in order]
