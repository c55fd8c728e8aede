"""Small questions over a screen: a line of text to edit, or yes and no."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from signtui.tui.widgets.footer import Footer


class EditLineScreen(ModalScreen[str | None]):
    """One line to edit: the new text, or None where it is to stay as it was."""

    CSS_PATH = "questions.tcss"
    PLACE: ClassVar[str] = "a line being edited"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave as it was", key_display="esc", id="edit.leave"),
        Binding("enter", "keep", "keep", key_display="enter", id="edit.keep"),
    ]

    def __init__(self, question: Text, value: str, placeholder: str) -> None:
        super().__init__()
        self._question, self._value, self._placeholder = question, value, placeholder

    def compose(self) -> ComposeResult:
        """The question, the line, the keys."""
        yield Vertical(
            Static(self._question),
            Input(self._value, placeholder=self._placeholder, select_on_focus=False),
            id="asked",
        )
        yield Footer(id="footer")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter: keep it."""
        self.dismiss(event.value)

    def action_keep(self) -> None:
        """The footer's way to press Enter."""
        self.dismiss(self.query_one(Input).value)

    def action_leave(self) -> None:
        """Nothing changes."""
        self.dismiss(None)


class ConfirmScreen(ModalScreen[bool]):
    """Yes or no, about what `lines` say; `deed` is the word for yes."""

    CSS_PATH = "questions.tcss"
    PLACE: ClassVar[str] = "yes or no"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n,q", "answer(False)", "keep", key_display="esc", id="confirm.no"),
        Binding("y,enter", "answer(True)", "yes", key_display="y", id="confirm.yes"),
    ]

    def __init__(self, lines: Sequence[Text], deed: str) -> None:
        super().__init__()
        self._lines = lines
        for key in ("y", "enter"):  # the footer says what yes means
            self._bindings.key_to_bindings[key] = [
                replace(binding, description=deed) for binding in self._bindings.key_to_bindings[key]
            ]

    def compose(self) -> ComposeResult:
        """The question and the keys."""
        yield Vertical(*(Static(line) for line in self._lines), id="asked")
        yield Footer(id="footer")

    def action_answer(self, answer: bool) -> None:
        """Answer it."""
        self.dismiss(answer)
