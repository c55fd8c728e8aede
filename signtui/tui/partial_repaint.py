"""Makes Textual send only the cells that are to be repainted.

Textual 8 knows the first and the last column of what changed on a line, and yet sends everything from the
widget's left edge on. Over SSH that is most of the bytes. This is the one place that reaches into Textual.
"""

from rich.console import Console
from rich.control import Control
from textual import _compositor


class CroppedUpdate(_compositor.ChopsUpdate):
    """An update of parts of the screen, each line of it cropped at both ends."""

    def render_segments(self, console: Console) -> str:
        """The bytes for the terminal."""
        sequences: list[str] = []
        for row, first, last in self.spans:
            for end, (start, strip) in zip(self.chop_ends[row], self.chops[row].items(), strict=False):
                if strip is None or start >= last or end <= first:
                    continue
                left, right = max(start, first), min(end, last)
                sequences.append(Control.move_to(left, row).segment.text)
                sequences.append(strip.crop(left - start, right - start).render(console))
        return "".join(sequences)


def install() -> None:
    """Have Textual use it, from now on and for every application of this process."""
    _compositor.ChopsUpdate = CroppedUpdate  # type: ignore[misc]  # replaced on purpose
