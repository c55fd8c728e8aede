"""Ready-made lines on the screen, repainted only where they changed.

Over SSH what counts is what is sent. A widget that gets new lines compares them with the old ones cell by
cell, and hands Textual only the stretches that differ.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from signtui.render.terminal import TerminalStyle
from signtui.tui.shown import JUMP, bridge

if TYPE_CHECKING:
    from signtui.tui.app import DashboardApp

# Rich needs some console to cut a text into segments; what it would print on plays no part.
_CUTTER = Console(color_system="truecolor", force_terminal=True, legacy_windows=False)

_Cells = list[tuple[str, Style | None]]


class Lines(Widget):
    """Shows the lines that `show` was last given, from the top; the rest of it is empty."""

    DEFAULT_CSS = "Lines { height: 1fr; width: 1fr; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._strips: list[Strip] = []
        self._common_style = Style()

    def draw(self) -> None:
        """Show what there is to show, at the present size, in the present colours; a subclass does."""

    def on_mount(self) -> None:
        """Draw anew when the colours change."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self.draw())

    def on_resize(self) -> None:
        """Fit the new size."""
        self.draw()

    def on_focus(self) -> None:
        """A title shows it, once Textual has noted it, which is after this."""
        self.call_next(self.draw)

    def on_blur(self) -> None:
        """A title shows it no more."""
        self.call_next(self.draw)

    @property
    def dashboard(self) -> "DashboardApp":
        """The application, by its own type."""
        return cast("DashboardApp", self.app)

    @property
    def drawing_style(self) -> TerminalStyle:
        """What to draw with, as wide and high as this widget."""
        return replace(self.dashboard.drawing_style, width=self.size.width, height=self.size.height)

    @property
    def art_style(self) -> TerminalStyle:
        """What to draw images with, as wide and high as this widget."""
        return replace(self.dashboard.art_style, width=self.size.width, height=self.size.height)

    @property
    def shown(self) -> str:
        """What stands on the widget, as plain text."""
        return "\n".join(strip.text for strip in self._strips)

    def show(self, lines: Text | Sequence[Text]) -> None:
        """Put `lines` on the widget in place of what was there."""
        parts = lines.split("\n") if isinstance(lines, Text) else lines
        self.show_strips([as_strip(line) for line in parts])

    def show_strips(self, strips: list[Strip]) -> None:
        """Put `strips` (made by `as_strip`, in any thread) on the widget in place of what was there."""
        before, self._strips = self._strips, strips
        if not self.is_mounted:
            return
        regions = [
            Region(first, row, end - first, 1)
            for row in range(min(max(len(before), len(strips)), self.size.height))
            for first, end in changed_stretches(_at(before, row), _at(strips, row), self.size.width)
        ]
        if regions:
            self.refresh(*regions)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Textual's way to ask for some lines; their common style is worked out once for all of them."""
        self._common_style = self.rich_style
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Textual's way to ask for one line."""
        style = self._common_style
        return _at(self._strips, y).crop_extend(0, self.size.width, style).apply_style(style)


class RunPanel(Lines, can_focus=True):
    """A panel about the watched run, drawn as the run goes on."""

    def on_mount(self) -> None:
        """Follow the run."""
        self.dashboard.run_progressed.subscribe(self, lambda _: self.draw())


def as_strip(text: Text) -> Strip:
    """One line of text as the segments that Textual paints."""
    segments = [segment for segment in text.render(_CUTTER, end="") if segment.text]
    if not text.spans and text.style:  # Rich leaves the style of a whole text to whoever prints it
        segments = list(Segment.apply_style(segments, _CUTTER.get_style(text.style)))
    return Strip(segments)


def wrapped(words: str, look: Style, width: int) -> list[Text]:
    """`words` on lines of at most `width` cells; a word that is longer than a line is cut into pieces."""
    lines = list(Text(words, look, end="").wrap(_CUTTER, max(1, width)))
    for line in lines:
        line.rstrip()
    return lines


_EMPTY = Strip([])


def _at(strips: Sequence[Strip], row: int) -> Strip:
    return strips[row] if row < len(strips) else _EMPTY


def changed_stretches(before: Strip, after: Strip, width: int) -> list[tuple[int, int]]:
    """Where two lines differ within `width` cells, as (first column, column after the last)."""
    if before is after or before == after:
        return []
    old, new = _cells(before, width), _cells(after, width)
    stretches: list[tuple[int, int]] = []
    for column in (column for column in range(width) if old[column] != new[column]):
        if stretches and bridge(new[stretches[-1][1] - 1 : column]) <= JUMP:
            stretches[-1] = (stretches[-1][0], column + 1)
        else:
            stretches.append((column, column + 1))
    return stretches


def _cells(strip: Strip, width: int) -> _Cells:
    cells: _Cells = []
    for segment in cast("Iterable[Segment]", strip):
        style = segment.style or None
        for character in segment.text:
            cells.append((character, None if character == " " and _is_bare(style) else style))
            cells += [("", style)] * (cell_len(character) - 1)
    return (cells + [(" ", None)] * width)[:width]


def _is_bare(style: Style | None) -> bool:
    """Whether a blank in `style` looks like any other."""
    return style is None or not (style.bgcolor or style.reverse or style.underline)
