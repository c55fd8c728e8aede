"""Where there is no room for all panels: the names of the parts, of which one is shown."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text
from textual import events

from signtui.render.palette import style_of
from signtui.tui.widgets.lines import Lines

if TYPE_CHECKING:
    from signtui.tui.screens.base import DashboardScreen

_INDENT = 1


class PartNames(Lines):
    """`Configure  Curves  Samples`: which part of the screen is shown, and which others there are.

    `parts` is names by part; the screen has the class `-PART` of the one that it shows, and `show_part`.
    """

    def __init__(self, parts: Mapping[str, str], *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.parts = parts

    def draw(self) -> None:
        """Show the names."""
        style = self.drawing_style
        line = Text(" " * _INDENT)
        for part, name in self.parts.items():
            shown = self.screen.has_class(f"-{part}")
            line.append(f" {name} ", Style(bold=True, underline=True) if shown else style_of("faint", style))
        self.show(line)

    def columns_of(self, part: str) -> tuple[int, int]:
        """The first column of the part's name, and the one after its last, blanks and all."""
        column = _INDENT
        for other, name in self.parts.items():
            if other == part:
                return column, column + len(name) + 2
            column += len(name) + 2
        raise KeyError(part)

    def on_click(self, event: events.Click) -> None:
        """Show the part whose name was clicked."""
        for part in self.parts:
            first, end = self.columns_of(part)
            if first <= event.x < end:
                screen: DashboardScreen = self.screen  # type: ignore[assignment]  # there are no others with parts
                screen.show_part(part)
