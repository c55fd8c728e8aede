"""Makes Textual send only the cells that are to be repainted, and no style or position twice.

Textual 8 knows the first and the last column of what changed on a line, and yet sends everything from the
widget's left edge on. Over SSH that is most of the bytes. This is the one place that reaches into Textual.
"""

from rich.color import ColorSystem
from rich.console import Console
from rich.control import Control
from textual import _compositor

from signtui.tui.pen import Pen


class CroppedUpdate(_compositor.ChopsUpdate):
    """An update of parts of the screen, each line of it cropped at both ends."""

    def render_segments(self, console: Console) -> str:
        """The bytes for the terminal."""
        sequences: list[str] = []
        pen = _pen(console)
        here = (-1, -1)
        for row, first, last in self.spans:
            for end, (start, strip) in zip(self.chop_ends[row], self.chops[row].items(), strict=False):
                if strip is None or start >= last or end <= first:
                    continue
                left, right = max(start, first), min(end, last)
                if here != (row, left):
                    # Along a line the column says it all. (Never from where the cursor is: terminals don't
                    # agree on how wide some characters are.)
                    along = here[0] == row
                    sequences.append(
                        f"\x1b[{left + 1}G" if along else Control.move_to(left, row).segment.text
                    )
                sequences.extend(pen.write(strip.crop(left - start, right - start)))
                here = (row, right)
        return "".join([*sequences, pen.lift()])


class WholeUpdate(_compositor.LayoutUpdate):
    """An update of the whole screen."""

    def render_segments(self, console: Console) -> str:
        """The bytes for the terminal."""
        sequences: list[str] = []
        pen = _pen(console)
        for row, line in enumerate(self.strips, self.region.y):
            sequences.append(Control.move_to(self.region.x, row).segment.text)
            for strip in line:
                sequences.extend(pen.write(strip))
        return "".join([*sequences, pen.lift()])


def _pen(console: Console) -> Pen:
    return Pen(console._color_system or ColorSystem.TRUECOLOR)


def install() -> None:
    """Have Textual use them, from now on and for every application of this process."""
    _compositor.ChopsUpdate = CroppedUpdate  # type: ignore[misc]  # replaced on purpose
    _compositor.LayoutUpdate = WholeUpdate  # type: ignore[misc]  # as above
