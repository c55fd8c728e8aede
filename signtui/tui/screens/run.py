"""One run in full, or several compared, on the whole screen."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from signtui.runs.summary import Summary
from signtui.tui.screens.base import Panel
from signtui.tui.screens.run_deeds import DeedDone, RunDeeds
from signtui.tui.widgets.run_view import RunView


class RunScreen(RunDeeds):
    """The page of `runs`; with one of them, all that can be done with it."""

    CSS_PATH = "runs.tcss"
    PLACE: ClassVar[str] = "run page"
    FIRST_KEYS = ("run.back", "run.watch", "run.resume")
    PANELS = (Panel("run-page", "Page", RunView),)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,backspace,enter",
            "back",
            "back",
            key_display="esc",
            id="run.back",
            tooltip="back to the list",
        ),
    ]
    HELP = "A run from its first epoch to its mistakes, or several beside each other."

    def __init__(self, runs: Sequence[Summary]) -> None:
        super().__init__()
        self._runs = tuple(runs)

    def chosen_run(self) -> Summary | None:
        """The run, where it is one."""
        return self._runs[0] if len(self._runs) == 1 else None

    def compose_body(self) -> list[Widget]:
        """The page."""
        return [RunView([self.folder(run) for run in self._runs], id="run-page")]

    def on_mount(self) -> None:
        """The page has the keys."""
        self.query_one(RunView).focus()

    def after_deed(self, done: DeedDone) -> None:  # noqa: ARG002 - whatever it was
        """Show the page with what changed."""
        self.query_one(RunView).renew()

    def action_back(self) -> None:
        """Back to the list."""
        self.dismiss()
