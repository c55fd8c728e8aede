"""What all screens have in common: header, body, footer, and one sentence where the terminal is too small.

A screen fills its body in `compose_body` and is laid out by stylesheet classes that follow the terminal's
size: `-narrow` (80 columns), `-medium` (120) or `-wide` (200).
"""

from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen
from textual.widget import Widget

from signtui.render.palette import style_of
from signtui.tui.widgets.footer import Footer
from signtui.tui.widgets.header import Header
from signtui.tui.widgets.lines import Lines

if TYPE_CHECKING:
    from signtui.tui.app import DashboardApp

SMALLEST = (60, 20)
MEDIUM, WIDE = 100, 160


class TooSmall(Lines):
    """Says how large a terminal the dashboard needs."""

    def draw(self) -> None:
        """Say it in the middle of what room there is."""
        style = self.drawing_style
        words = f"signtui needs {SMALLEST[0]}x{SMALLEST[1]}; this is {style.width}x{style.height}"
        lines = [Text() for _ in range(style.height // 2)]
        self.show([*lines, Text(words[: style.width].center(style.width), style_of("warning", style))])


class DashboardScreen(Screen[None]):
    """A screen of the dashboard; a subclass gives its body."""

    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - as Textual declares it
        (0, "-narrow"),
        (MEDIUM, "-medium"),
        (WIDE, "-wide"),
    ]
    HELP: ClassVar[str] = ""

    @property
    def dashboard(self) -> "DashboardApp":
        """The application, by its own type."""
        return cast("DashboardApp", self.app)

    def compose(self) -> ComposeResult:
        """Header, body, footer."""
        yield Header(id="header")
        yield Container(*self.compose_body(), id="body")
        yield Footer(id="footer")
        yield TooSmall(id="too-small")

    def compose_body(self) -> list[Widget]:
        """The panels of this screen."""
        raise NotImplementedError

    def on_resize(self, event: events.Resize) -> None:
        """Show nothing but a sentence where there is no room for more."""
        width, height = event.size
        self.set_class(width < SMALLEST[0] or height < SMALLEST[1], "-tiny")

    def on_screen_resume(self) -> None:
        """The run may have gone on while another screen was shown."""
        self.query_one(Header).draw()
