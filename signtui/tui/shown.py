"""What the terminal shows, cell by cell, so that nothing is sent that stands there already.

Textual paints the whole screen anew when a toast comes, a dialog closes or the focus moves a class. Most of
it is as it was.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from textual.geometry import Region

from signtui.tui.pen import Cell

JUMP, RESTYLE = 6, 12
"""What it costs in bytes to move the cursor along a line, and to set another style; about."""


class Shown:
    """The cells of a terminal of `width` by `height`; None where it isn't known what it shows."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self._written: list[Region] | None = None
        self._rows: list[list[Cell | None]] = [[None] * width for _ in range(height)]

    def forget(self, row: int, first: int, last: int) -> None:
        """Cells `first` up to `last` of a row may show anything."""
        if 0 <= row < len(self._rows):
            line = self._rows[row]
            first, last = max(0, first), min(last, len(line))
            line[first:last] = [None] * (last - first)

    def take_written(self) -> list[Region]:
        """The stretches that were sent since the last call; the first call begins to note them."""
        written, self._written = self._written or [], []
        return written

    def put(self, row: int, column: int, cells: Sequence[Cell]) -> Iterator[tuple[int, Sequence[Cell]]]:
        """Note `cells` from `column` on; yields the stretches that have to be sent, each with its column."""
        if not 0 <= row < len(self._rows):
            return
        line = self._rows[row]
        cells = cells[: max(0, len(line) - column)]
        end = column + len(cells)
        before = line[column:end]
        if before == cells:
            return
        # Half of a wide character that is written over is a blank to the terminal.
        if before and before[0] is not None and not before[0][0] and column:
            line[column - 1] = None
        if end < len(line) and (beside := line[end]) is not None and not beside[0]:
            line[end] = None
        line[column:end] = cells
        for first, last in stretches(before, cells):
            if self._written is not None:
                self._written.append(Region(column + first, row, last - first, 1))
            yield column + first, cells[first:last]


def stretches(before: Sequence[Cell | None], after: Sequence[Cell]) -> list[tuple[int, int]]:
    """Where two lines of one length differ, as (first, after the last); joined where a jump costs more."""
    found: list[tuple[int, int]] = []
    for at, (old, new) in enumerate(zip(before, after, strict=True)):
        if old == new:
            continue
        if found and (found[-1][1] == at or bridge(after[found[-1][1] - 1 : at]) <= JUMP):
            found[-1] = (found[-1][0], at + 1)
        else:
            # A wide character is sent whole.
            first = at - 1 if not new[0] and at else at
            found.append((max(first, found[-1][1] if found else 0), at + 1))
    return found


def bridge(cells: Sequence[tuple[str, object]]) -> int:
    """Bytes to write `cells` anew, but for the first, which is written in any case."""
    restyled = sum(look != before for (_, before), (_, look) in pairwise(cells))
    return sum(len(text.encode()) for text, _ in cells[1:]) + restyled * RESTYLE
