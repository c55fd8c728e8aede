"""Makes Textual send only the cells that show something else than before, and no style or position twice.

Textual 8 knows the first and the last column of what changed on a line, and yet sends everything from the
widget's left edge on. Over SSH that is most of the bytes. This is the one place that reaches into Textual.
"""

from collections.abc import Iterable, Iterator
from weakref import WeakKeyDictionary

from rich.color import ColorSystem
from rich.console import Console
from rich.control import Control
from textual import _compositor
from textual.geometry import Region
from textual.strip import Strip

from signtui.tui.pen import Pen, cells_of
from signtui.tui.shown import Shown

_shown: WeakKeyDictionary[Console, Shown] = WeakKeyDictionary()
"""What the terminal behind each console shows."""

Piece = tuple[int, int, Strip]
"""Row, column, and what belongs there."""


class CroppedUpdate(_compositor.ChopsUpdate):
    """An update of parts of the screen, each line of it cropped at both ends."""

    def render_segments(self, console: Console) -> str:
        """The bytes for the terminal."""
        width = max((ends[-1] for ends in self.chop_ends if ends), default=0)
        return _painted(console, (width, len(self.chops)), self._pieces())

    def _pieces(self) -> Iterator[Piece]:
        for row, first, last in self.spans:
            for end, (start, strip) in zip(self.chop_ends[row], self.chops[row].items(), strict=False):
                if strip is None or start >= last or end <= first:
                    continue
                left, right = max(start, first), min(end, last)
                yield row, left, strip.crop(left - start, right - start)


class WholeUpdate(_compositor.LayoutUpdate):
    """An update of the whole screen."""

    def render_segments(self, console: Console) -> str:
        """The bytes for the terminal."""
        return _painted(console, (self.region.right, self.region.bottom), self._pieces())

    def _pieces(self) -> Iterator[Piece]:
        for row, line in enumerate(self.strips, self.region.y):
            column = self.region.x
            for strip in line:
                yield row, column, strip
                column += strip.cell_length


def _painted(console: Console, size: tuple[int, int], pieces: Iterable[Piece]) -> str:
    """What makes of the screen what `pieces` say."""
    shown = _shown.get(console)
    if shown is None or shown.size != size:
        shown = _shown[console] = Shown(*size)
    system = console._color_system or ColorSystem.TRUECOLOR
    pen, sent, here = Pen(), list[str](), (-1, -1)
    for row, column, strip in pieces:
        for start, cells in shown.put(row, column, cells_of(strip, system)):
            if here != (row, start):
                # Along a line the column says it all. (Never from where the cursor is: terminals don't agree
                # on how wide some characters are.)
                sent.append(
                    f"\x1b[{start + 1}G" if here[0] == row else Control.move_to(start, row).segment.text
                )
            sent.extend(pen.write(cells))
            here = (row, start + len(cells))
    return "".join([*sent, pen.lift()])


def forget(console: Console) -> None:
    """The terminal behind `console` may show anything: the next update is sent whole."""
    _shown.pop(console, None)


def forget_cells(console: Console, row: int, first: int, last: int) -> None:
    """Cells `first` up to `last` of a row may show anything."""
    if console in _shown:
        _shown[console].forget(row, first, last)


def take_written(console: Console) -> list[Region]:
    """The cells that were sent since the last call."""
    return _shown[console].take_written() if console in _shown else []


def install() -> None:
    """Have Textual use them, from now on and for every application of this process."""
    _compositor.ChopsUpdate = CroppedUpdate  # type: ignore[misc]  # replaced on purpose
    _compositor.LayoutUpdate = WholeUpdate  # type: ignore[misc]  # as above
