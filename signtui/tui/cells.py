"""A cursor on a square matrix of truth and guess."""

from collections.abc import Sequence
from typing import TypeAlias

Cell: TypeAlias = tuple[int, int]
"""Row (truth) and column (guess)."""


def walked(cell: Cell, down: int, right: int, side: int) -> Cell:
    """Where a step from `cell` leads, at most to the edges of `side` rows and columns."""
    last = max(0, side - 1)
    return min(max(0, cell[0] + down), last), min(max(0, cell[1] + right), last)


def next_mistake(mistakes: Sequence[Cell], cell: Cell, by: int) -> Cell:
    """The mistake `by` places after `cell`, the last followed by the first; from elsewhere, the first one."""
    place = mistakes.index(cell) + by if cell in mistakes else 0
    return mistakes[place % len(mistakes)]
