"""The question that `q` asks while a run is on."""

from typing import ClassVar, Literal

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from signtui.render.palette import style_of
from signtui.runs.names import short_name
from signtui.tui.widgets.footer import Footer
from signtui.tui.widgets.lines import Lines

Leaving = Literal["stop", "detach", "stay"]
"""What is to become of the run, and of the screen."""


class Question(Lines):
    """The question itself, with its answers."""

    def __init__(self, run_id: str, *, can_detach: bool) -> None:
        super().__init__(id="question")
        self._run_name = short_name(run_id) or "the run"
        self._can_detach = can_detach

    def draw(self) -> None:
        """Put it."""
        style = self.drawing_style
        answers = [("s", "finish this step, save and stop; train --resume goes on")]
        if self._can_detach:
            answers.append(("d", "detach: it goes on without the screen; attach brings it back"))
        answers.append(("esc", "stay"))
        lines = [
            Text(self._run_name, style_of("accent", style)).append(" is still training.", "bold"),
            Text(),
        ]
        for key, what in answers:
            lines.append(Text(f"{key:<5}", style_of("accent", style)).append(what, style_of("text", style)))
        self.show(lines)


class QuitScreen(ModalScreen[Leaving]):
    """Asks what is to become of the run."""

    PLACE: ClassVar[str] = "leaving during a run"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s,y,enter", "answer('stop')", "stop and leave", key_display="s", id="quit.stop"),
        Binding("d", "answer('detach')", "detach", id="quit.detach"),
        Binding("escape,n,q", "answer('stay')", "stay", key_display="esc", id="quit.stay"),
    ]

    def __init__(self, run_id: str, *, can_detach: bool = False) -> None:
        super().__init__()
        self._run_id = run_id
        self._can_detach = can_detach

    def compose(self) -> ComposeResult:
        """The question and the keys that answer it."""
        yield Question(self._run_id, can_detach=self._can_detach)
        yield Footer(id="footer")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No detaching where the terminal can't be given back."""
        if action == "answer" and parameters == ("detach",):
            return self._can_detach
        return super().check_action(action, parameters)

    def action_answer(self, answer: Leaving) -> None:
        """Take the answer."""
        self.dismiss(answer)
