"""One run in full, or several compared: read and drawn in a thread, shown on a page that scrolls."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.text import Text
from textual import work
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer

from signtui.errors import RunError
from signtui.render.comparison import comparison_page
from signtui.render.palette import style_of
from signtui.render.run_page import run_page
from signtui.render.terminal import TerminalStyle
from signtui.runs.folder import RunFolder
from signtui.runs.show import open_run, show
from signtui.runs.state import RunState
from signtui.tui.widgets.page import Page, page_strips

SETTLED_SECONDS = 0.15
"""How long the selection must stay before it is read: a cursor on its way through the table costs nothing."""

_LOST = "Its process is gone without a last word; r resumes it from its last checkpoint."


@dataclass(frozen=True)
class _Asked:
    """What is to be drawn, and for what terminal."""

    folders: tuple[RunFolder, ...]
    style: TerminalStyle


class RunView(Page):
    """The page of the runs it was last told to look at."""

    HELP = "One run in full, or marked runs compared. Scroll with the arrow and page keys."

    class Drawn(Message):
        """A page is ready."""

        def __init__(self, asked: _Asked, strips: list[Strip]) -> None:
            super().__init__()
            self.asked = asked
            self.strips = strips

    def __init__(self, folders: Sequence[RunFolder] = (), *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._folders = tuple(folders)
        self._shown: tuple[RunFolder, ...] = ()
        self._waiting: Timer | None = None

    def on_mount(self) -> None:
        """Draw anew when the colours change."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self.renew())

    def look_at(self, folders: Sequence[RunFolder]) -> None:
        """Show these runs soon, in place of what is shown."""
        if tuple(folders) != self._folders:
            self._folders = tuple(folders)
            self._draw_soon()

    def renew(self) -> None:
        """The runs it shows have something new to say."""
        self._draw_soon()

    def on_resize(self) -> None:
        """Lay the page out for the new width."""
        self._draw_soon()

    def _draw_soon(self) -> None:
        if self._waiting is not None:
            self._waiting.stop()
        self._waiting = self.set_timer(SETTLED_SECONDS, self._draw)

    def _draw(self) -> None:
        if self.scrollable_content_region.width < 24:  # hidden
            return
        self._read_and_draw(_Asked(self._folders, self.style_to_draw_with))

    @work(thread=True, exclusive=True, group="draw")
    def _read_and_draw(self, asked: _Asked) -> None:
        self.post_message(self.Drawn(asked, page_strips(runs_page(asked.folders, asked.style), asked.style)))

    def on_run_view_drawn(self, event: Drawn) -> None:
        """Show it, unless something else was asked for meanwhile."""
        event.stop()
        if event.asked.folders == self._folders:
            self.show_strips(event.strips, from_top=self._folders != self._shown)
            self._shown = self._folders


def runs_page(folders: Sequence[RunFolder], style: TerminalStyle) -> RenderableType:
    """The page of one run, of several compared, or of none; what can't be read is said in its place."""
    if not folders:
        return Text("No run is selected.", style_of("faint", style))
    try:
        if len(folders) > 1:
            return comparison_page([show(folder) for folder in folders], style)
        opened = open_run(folders[0])
        document = show(opened.folder, opened.state)
    except RunError as error:
        return Text(str(error), style_of("bad", style))
    page = run_page(document | {"steps": _curve(opened.state)}, style)
    if document["status"] == "lost":
        return Group(Text(_LOST, style_of("warning", style)), Text(""), page)
    return page


def _curve(state: RunState) -> dict[str, list[float]]:
    """The steps of a run as `run_page` takes them: x in epochs."""
    steps_per_epoch = max(1, state.progress.steps_per_epoch)
    return {
        "epoch": [point.step / steps_per_epoch for point in state.history.points],
        "loss": state.history.values("loss"),
        "accuracy": state.history.values("accuracy"),
    }
