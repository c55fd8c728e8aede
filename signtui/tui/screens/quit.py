"""The question that `q` asks while a run is on."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from signtui.render.palette import style_of
from signtui.runs.names import readable_suffix
from signtui.tui.widgets.footer import Footer
from signtui.tui.widgets.lines import Lines


class Question(Lines):
    """The question itself."""

    def __init__(self, run_id: str) -> None:
        super().__init__(id="question")
        self._run_name = readable_suffix(run_id) or run_id or "the run"

    def draw(self) -> None:
        """Put it."""
        style = self.drawing_style
        name = Text(self._run_name, style_of("accent", style)).append(" is still training.", "bold")
        how = Text("Leaving stops it after this step and saves it: ")
        self.show([name, Text(), how, Text("signtui train --resume goes on from there.")])


class QuitScreen(ModalScreen[bool]):
    """True: stop the run and leave."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s,y,enter", "leave", "stop and leave", key_display="s", id="quit.stop"),
        Binding("escape,n,q", "stay", "stay", key_display="esc", id="quit.stay"),
    ]

    def __init__(self, run_id: str) -> None:
        super().__init__()
        self._run_id = run_id

    def compose(self) -> ComposeResult:
        """The question and the keys that answer it."""
        yield Question(self._run_id)
        yield Footer(id="footer")

    def action_leave(self) -> None:
        """Stop and leave."""
        self.dismiss(True)

    def action_stay(self) -> None:
        """Back to where we were."""
        self.dismiss(False)
