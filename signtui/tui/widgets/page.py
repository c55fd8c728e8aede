"""A page of the render room on the screen, drawn in a thread and scrolled here."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from io import StringIO
from typing import ClassVar

from rich.console import RenderableType
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.strip import Strip

from signtui.render.terminal import TerminalStyle, console_for
from signtui.tui.widgets.lines import Lines

Drawing = Callable[[TerminalStyle], RenderableType]


class Page(VerticalScroll):
    """Shows the strips of a page; they may be more than there is room for."""

    PLACE: ClassVar[str] = "pages of runs"
    DEFAULT_CSS = "Page { scrollbar-gutter: stable; scrollbar-size-vertical: 1; overflow-x: hidden; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll_down", "scroll down", show=False, id="page.down"),
        Binding("up,k", "scroll_up", "scroll up", show=False, id="page.up"),
        Binding("pagedown,space", "page_down", "page down", show=False, id="page.next"),
        Binding("pageup", "page_up", "page up", show=False, id="page.previous"),
        Binding("home", "scroll_home", "to the top", show=False, id="page.top"),
        Binding("end", "scroll_end", "to the end", show=False, id="page.end"),
    ]

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(Lines(), id=id)

    @property
    def style_to_draw_with(self) -> TerminalStyle:
        """What a page for this widget is to be drawn for: as wide as it is without its scroll bar."""
        lines = self.query_one(Lines)
        return replace(
            lines.dashboard.drawing_style,
            width=max(24, self.scrollable_content_region.width),
            interactive=True,
        )

    @property
    def shown(self) -> str:
        """The page as plain text, also what is scrolled out of sight."""
        return self.query_one(Lines).shown

    def show_strips(self, strips: Sequence[Strip], *, from_top: bool) -> None:
        """Put a page in place of the last one; `from_top` where it is another one, not the same renewed."""
        lines = self.query_one(Lines)
        lines.styles.height = max(1, len(strips))
        lines.show_strips(list(strips))
        if from_top:
            self.scroll_home(animate=False)


def page_strips(page: RenderableType, style: TerminalStyle) -> list[Strip]:
    """`page` as lines ready to be shown; takes tens of milliseconds, so not on the screen's own thread."""
    console = console_for(style, StringIO())
    lines = console.render_lines(page, console.options.update(width=style.width), pad=False)
    return [Strip(line) for line in lines]
