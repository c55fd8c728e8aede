"""Runs: the history as a table with a filter, and beside it the selected run, or the marked ones compared.

The runs directory is looked at every two seconds while the screen is shown, in a thread; what a look finds
comes in one message, and only a change is drawn.
"""

from functools import partial
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from signtui.errors import RunError
from signtui.render import numbers
from signtui.render.palette import style_of
from signtui.runs.names import short_name
from signtui.runs.order import is_live
from signtui.runs.query import EXAMPLE
from signtui.runs.summary import Summary
from signtui.runs.watch import RunsWatch
from signtui.tui.runs_list import MOST_MARKED, RunsList
from signtui.tui.screens.base import WIDE, Panel
from signtui.tui.screens.questions import ConfirmScreen
from signtui.tui.screens.run import RunScreen
from signtui.tui.screens.run_deeds import DeedDone, RunDeeds, discard_all, restore_all
from signtui.tui.widgets.lines import Lines
from signtui.tui.widgets.run_view import RunView
from signtui.tui.widgets.runs_table import SORTED_BY, Listing, RunsTable

LOOK_SECONDS = 2.0
PANE_FROM = 120
"""Columns from which a page stands beside the table."""


class RunsListed(Message):
    """A look at the runs directory; `problem` is a sentence where it can't be read."""

    def __init__(self, directory: Path, runs: tuple[Summary, ...], problem: str = "") -> None:
        super().__init__()
        self.directory = directory
        self.runs = runs
        self.problem = problem


class RunsScreen(RunDeeds):
    """The history of runs."""

    CSS_PATH = "runs.tcss"
    PLACE: ClassVar[str] = "Runs screen"
    FIRST_KEYS = ("runs.open", "runs.filter", "run.watch", "runs.compare", "runs.undo")
    PANELS = (
        Panel("runs-filter", "Filter", Input, "filter"),
        Panel("runs-table", "Table of runs", RunsTable),
        Panel("runs-page", "Page of the run", RunView),
    )
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (PANE_FROM, "-medium"), (WIDE, "-wide")]  # noqa: RUF012 - as in the base
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "slash",
            "filter",
            "filter",
            key_display="/",
            id="runs.filter",
            tooltip="filter by words and conditions",
        ),
        Binding("o", "order", "order", id="runs.order", tooltip="sort by the next column"),
        Binding(
            "O",
            "turn_round",
            "turn round",
            key_display="O",
            show=False,
            id="runs.reverse",
            tooltip="the other end first",
        ),
        Binding("c", "compare", "compare", id="runs.compare", tooltip="the marked runs beside each other"),
        Binding("x", "delete", "delete", id="runs.delete", tooltip="move it to the trash, after asking"),
        Binding("z", "undo", "undelete", id="runs.undo", tooltip="take the last deleted run back"),
        Binding(
            "escape",
            "clear",
            "clear",
            key_display="esc",
            show=False,
            id="runs.clear",
            tooltip="take the filter or the marks away",
        ),
    ]
    HELP = (
        "The runs that were trained, here or elsewhere. The filter takes words and conditions, such as\n"
        f"  {EXAMPLE}\n"
        "and about loss, test, epochs, seconds, weights, data, notes, synthetic and started."
    )

    def __init__(self) -> None:
        super().__init__()
        self._watch: RunsWatch | None = None
        self._looking = False
        self._timer: Timer | None = None
        self._list = RunsList(SORTED_BY)
        self._deleted: list[tuple[Path, ...]] = []

    def compose_body(self) -> list[Widget]:
        """Line, filter, table; the page at the right."""
        left = Vertical(
            Lines(id="runs-line"),
            Input(id="runs-filter", placeholder=EXAMPLE, select_on_focus=False),
            RunsTable(),
            Lines(id="runs-empty"),
            id="runs-left",
        )
        return [Horizontal(left, RunView(id="runs-page"), id="runs")]

    def on_mount(self) -> None:
        """The table has the keys; the order is that of the last time."""
        order = self.dashboard.memory.recall("runs.order", tuple[str, bool])
        if order is not None:
            self._list.order_as(*order)
        self.app.theme_changed_signal.subscribe(self, lambda _: self._show())
        self.set_class(self.dashboard.drawing_style.colour == "none", "-plain")
        self.query_one(RunsTable).focus()
        self._timer = self.set_interval(LOOK_SECONDS, self.look)

    def on_screen_resume(self) -> None:
        """Look at once, and from now on."""
        self.look()
        if self._timer is not None:
            self._timer.resume()

    def on_screen_suspend(self) -> None:
        """Nobody sees it: no more looks."""
        if self._timer is not None:
            self._timer.pause()

    def look(self) -> None:
        """Look at the runs directory, unless a look is under way."""
        if self._looking:
            return
        self._looking = True
        if self._watch is None or self._watch.directory != self.runs_directory:
            self._watch = RunsWatch(self.runs_directory)
        self._look_in_thread(self._watch)

    @work(thread=True, group="look")
    def _look_in_thread(self, watch: RunsWatch) -> None:
        try:
            found = RunsListed(watch.directory, watch.look())
        except RunError as error:
            found = RunsListed(watch.directory, (), str(error))
        self.post_message(found)

    def on_runs_listed(self, event: RunsListed) -> None:
        """Show what changed."""
        self._looking = False
        changed = self._list.take(event.runs, event.problem)
        if changed is None:
            return
        before = [run.id for run in self.selection()]
        self._show()
        after = [run.id for run in self.selection()]
        if before == after and not changed.isdisjoint(after):
            self.query_one(RunView).renew()

    def chosen_run(self) -> Summary | None:
        """The run under the cursor."""
        return self._list.find(self.query_one(RunsTable).run_id)

    def selection(self) -> list[Summary]:
        """The marked runs, or else the one under the cursor."""
        return self._list.selection(self.query_one(RunsTable).run_id)

    def _show(self) -> None:
        found = self._list
        if found.runs is None:
            return
        self.dashboard.memory.keep("runs.order", [found.ordering.name, found.reverse])
        runs, style = found.listed(), self.dashboard.drawing_style
        table, empty = self.query_one(RunsTable), self.query_one("#runs-empty", Lines)
        table.display, empty.display = bool(runs), not runs
        table.show_runs(Listing(runs, found.ordering, found.reverse, found.marked), style)
        if not runs:
            empty.show(self._nothing_to_show())
        self.query_one("#runs-line", Lines).show([found.in_brief(style)])
        self._show_selection()

    def _nothing_to_show(self) -> list[Text]:
        style = self.dashboard.drawing_style
        if self._list.problem:
            return [Text(self._list.problem, style_of("bad", style))]
        if self._list.runs:
            return [
                Text("No run is like that."),
                Text(
                    self.dashboard.keys.spelt("{runs.clear:esc} takes the filter away."),
                    style_of("faint", style),
                ),
            ]
        return [
            Text(f"No runs yet in {self.runs_directory}."),
            Text(
                self.dashboard.keys.spelt(
                    "{show.train:1} shows the Train screen; {train:t} there begins one."
                ),
                style_of("faint", style),
            ),
        ]

    def _show_selection(self) -> None:
        self.query_one(RunView).look_at([self.folder(run) for run in self.selection()])
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only keys that can act."""
        if action == "compare":
            return len(self._list.marked) > 1
        if action == "delete":
            return any(not is_live(run) for run in self.selection())
        if action == "undo":
            return bool(self._deleted)
        return super().check_action(action, parameters)

    def on_runs_table_highlighted(self) -> None:
        """Another run is under the cursor."""
        self._show_selection()

    def on_runs_table_opened(self, event: RunsTable.Opened) -> None:
        """The run in full."""
        run = self._list.find(event.run_id)
        if run is not None:
            self.dashboard.push_screen(RunScreen([run]))

    def on_runs_table_marked(self, event: RunsTable.Marked) -> None:
        """Mark it, or take its mark away."""
        if not self._list.mark(event.run_id):
            self.notify(
                f"{MOST_MARKED} runs are marked: no chart can tell more curves apart", severity="warning"
            )
        self._show()

    def on_runs_table_heading_chosen(self, event: RunsTable.HeadingChosen) -> None:
        """Sort by that column; a second time turns it round."""
        self._list.sort_by(event.ordering)
        self._show()

    def action_order(self) -> None:
        """Sort by the next column."""
        self._list.sort_by_next()
        self._show()

    def action_turn_round(self) -> None:
        """The other end first."""
        self._list.sort_by(self._list.ordering.name)
        self._show()

    def action_compare(self) -> None:
        """The marked runs beside each other, on the whole screen."""
        self.dashboard.push_screen(RunScreen(self.selection()))

    def show_panel(self, panel_id: str) -> None:
        """Focus a panel; the filter comes up for it."""
        if panel_id == "runs-filter":
            self.action_filter()
        else:
            super().show_panel(panel_id)

    def action_filter(self) -> None:
        """Write a filter."""
        line = self.query_one("#runs-filter", Input)
        line.display = True
        line.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter as it is written."""
        self._list.filter(event.value)
        self._show()

    def on_input_submitted(self) -> None:
        """Enter: on to the table, with the filter kept."""
        line = self.query_one("#runs-filter", Input)
        line.display = bool(line.value.strip())
        self.query_one(RunsTable).focus()

    def action_clear(self) -> None:
        """Take the filter away, or else the marks."""
        line = self.query_one("#runs-filter", Input)
        if line.display:
            line.value = ""
            line.display = False
            self.query_one(RunsTable).focus()
        elif self._list.marked:
            self._list.marked = ()
            self._show()

    def action_delete(self) -> None:
        """Move the selected runs to the trash, after asking."""
        runs = [run for run in self.selection() if not is_live(run)]
        if not runs:
            return
        style = self.dashboard.drawing_style
        name = short_name(runs[0].id) if len(runs) == 1 else numbers.plural(len(runs), "marked run")
        question = Text("Delete ").append(name, style_of("accent", style)).append("?")
        words = self.dashboard.keys.spelt(
            "It goes to .trash in the runs directory; {runs.undo:z} takes it back."
        )
        where = Text(words, style_of("faint", style))
        deed = partial(discard_all, [self.folder(run) for run in runs])

        def answered(yes: bool | None) -> None:
            if yes:
                self.do(deed)

        self.dashboard.push_screen(ConfirmScreen([question, Text(), where], "delete"), answered)

    def action_undo(self) -> None:
        """Take back what was deleted last."""
        if self._deleted:
            self.do(partial(restore_all, self._deleted.pop()))

    def after_deed(self, done: DeedDone) -> None:
        """Look at once: something on the list has changed."""
        if done.discarded:
            self._deleted.append(done.discarded)
        self.look()
        self.refresh_bindings()
