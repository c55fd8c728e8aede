"""The table of runs: which columns fit, what stands in each cell, and which rows changed since last time."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import DataTable

from signtui.render import numbers
from signtui.render.palette import series_look, status_look, style_of
from signtui.render.tables import data_name
from signtui.render.terminal import TerminalStyle
from signtui.runs.names import short_name
from signtui.runs.order import Ordering
from signtui.runs.summary import Summary

_PADDING = 2
_DATA_LENGTHS, _MOST_TAGS = (20, 9), 24
_MARK = "mark"


@dataclass(frozen=True)
class _Column:
    """`cell` draws a run's; `sorts` names the ordering it stands for; the highest `gives_way` goes first.

    One that is `optional` is there only where a run has something to say in it.
    """

    name: str
    heading: str
    cell: Callable[[Summary, TerminalStyle, float], Text]
    gives_way: int = 0
    right: bool = False
    sorts: str = ""
    optional: bool = False


def _status(run: Summary, style: TerminalStyle, now: float) -> Text:  # noqa: ARG001 - every cell is made alike
    look = status_look(run.status)
    return Text(f"{look.mark if style.unicode else look.ascii_mark} {run.status}", style_of(look.name, style))


def _name(run: Summary, style: TerminalStyle, now: float) -> Text:  # noqa: ARG001
    return Text(short_name(run.id), style_of("accent", style))


def _data(run: Summary, style: TerminalStyle, now: float) -> Text:  # noqa: ARG001
    name = data_name({"name": run.data.name, "synthetic": run.data.synthetic} if run.data else None, style)
    name.truncate(_DATA_LENGTHS[0], overflow="ellipsis" if style.unicode else "crop")
    return name


def _tags(run: Summary, style: TerminalStyle, now: float) -> Text:  # noqa: ARG001
    words = Text(" ".join(run.tags), style_of("faint", style))
    words.truncate(_MOST_TAGS, overflow="ellipsis" if style.unicode else "crop")
    return words


def _figure(of: Callable[[Summary, float], str]) -> Callable[[Summary, TerminalStyle, float], Text]:
    return lambda run, _, now: Text(of(run, now))


def _percent(accuracy: float | None) -> str:
    return numbers.percent_aligned(accuracy)


_COLUMNS = (
    _Column("name", "run", _name),
    _Column("status", "status", _status),
    _Column("preset", "preset", _figure(lambda run, _: run.preset or numbers.MISSING), 5, sorts="preset"),
    _Column("data", "data", _data),
    _Column("epochs", "ep", _figure(lambda run, _: str(run.epochs)), 6, right=True, sorts="epochs"),
    _Column(
        "validation",
        "val %",
        _figure(lambda run, _: _percent(run.best.validation.accuracy if run.best else None)),
        right=True,
        sorts="validation",
    ),
    _Column(
        "test",
        "test %",
        _figure(lambda run, _: _percent(run.test.accuracy if run.test else None)),
        1,
        right=True,
        sorts="test",
    ),
    _Column(
        "held_out",
        "held-out %",
        _figure(lambda run, _: _percent(run.held_out.accuracy if run.held_out else None)),
        2,
        right=True,
        optional=True,
    ),
    _Column(
        "started", "started", _figure(lambda run, now: numbers.moment(run.started, now)), 3, sorts="started"
    ),
    _Column(
        "seconds",
        "took",
        _figure(lambda run, _: numbers.duration(run.seconds)),
        4,
        right=True,
        sorts="seconds",
    ),
    _Column(
        "weights",
        "weights",
        _figure(lambda run, _: numbers.count(run.weights)),
        8,
        right=True,
        sorts="weights",
    ),
    _Column("tags", "tags", _tags, 7, optional=True),
)


SORTED_BY = tuple(column.sorts for column in _COLUMNS if column.sorts)
"""The orderings that a column stands for."""


@dataclass(frozen=True)
class Listing:
    """What the table shows: the runs in order, the ordering and whether it is turned round, those marked."""

    runs: tuple[Summary, ...]
    ordering: Ordering
    reverse: bool
    marked: tuple[str, ...]


Cells = dict[str, Text]


class RunsTable(DataTable[Text]):
    """One run a row; a marked run has the marker that its curve has in the chart."""

    PLACE: ClassVar[str] = "table of runs"
    HELP = (
        "Every run of the runs directory, live ones first. Mark several to lay their curves over each other"
        " and to see in what their settings differ."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", "open", id="runs.open", tooltip="the run in full"),
        Binding("space", "mark", "mark", id="runs.mark", tooltip="mark a run to compare it"),
        Binding("down,j", "cursor_down", "run below", show=False, id="runs.down"),
        Binding("up,k", "cursor_up", "run above", show=False, id="runs.up"),
        Binding("pagedown", "page_down", "page down", show=False, id="runs.page.down"),
        Binding("pageup", "page_up", "page up", show=False, id="runs.page.up"),
        Binding("home", "scroll_top", "first run", show=False, id="runs.first"),
        Binding("end", "scroll_bottom", "last run", show=False, id="runs.last"),
    ]

    class Highlighted(Message):
        """The cursor came to another run, or to none."""

        def __init__(self, run_id: str | None) -> None:
            super().__init__()
            self.run_id = run_id

    class Opened(Message):
        """A run was chosen, by Enter or by the mouse."""

        def __init__(self, run_id: str) -> None:
            super().__init__()
            self.run_id = run_id

    class Marked(Message):
        """A run was marked, or unmarked."""

        def __init__(self, run_id: str) -> None:
            super().__init__()
            self.run_id = run_id

    class HeadingChosen(Message):
        """The heading of a column that can be sorted by was clicked."""

        def __init__(self, ordering: str) -> None:
            super().__init__()
            self.ordering = ordering

    def __init__(self) -> None:
        super().__init__(id="runs-table", cursor_type="row", cell_padding=1, show_row_labels=False)
        self._listing: Listing | None = None
        self._style = TerminalStyle()
        self._cells: dict[str, Cells] = {}
        self._headings: dict[str, str] = {}
        self._widths: dict[str, int] = {}
        self._told: str | None = None

    @property
    def run_id(self) -> str | None:
        """The run under the cursor."""
        listing = self._listing
        if listing is None or not 0 <= self.cursor_row < len(listing.runs):
            return None
        return listing.runs[self.cursor_row].id

    def show_runs(self, listing: Listing, style: TerminalStyle, now: float | None = None) -> None:
        """Put `listing` on the table, changing only what differs; the cursor stays on its run."""
        now = time.time() if now is None else now
        self._style = style
        at = self.run_id
        before = self._listing
        cells = {run.id: _row(run, listing, style, now) for run in listing.runs}
        columns = fitting(cells.values(), _headings(listing, style), self.size.width)
        if len(columns) <= len(_with_something_to_say(cells.values())):
            # Some gave way: a name cut short is worth less than a figure.
            for row in cells.values():
                row["data"].truncate(_DATA_LENGTHS[1], overflow="ellipsis" if style.unicode else "crop")
            columns = fitting(cells.values(), _headings(listing, style), self.size.width)
        self._listing = listing
        widths = natural_widths(cells.values(), columns)
        same_rows = before is not None and [run.id for run in before.runs] == [run.id for run in listing.runs]
        if same_rows and (columns, widths) == (self._headings, self._widths):
            self._update(cells)
        else:
            self._widths = widths
            self._fill(columns, cells, at)
        self._cells = cells
        self._tell()

    def on_resize(self) -> None:
        """Other columns may fit."""
        if self._listing is not None:
            self.show_runs(self._listing, self._style)

    def _update(self, cells: Mapping[str, Cells]) -> None:
        for run_id, row in cells.items():
            old = self._cells.get(run_id, {})
            for column in self._headings:
                if old.get(column) != row[column]:
                    self.update_cell(run_id, column, row[column])

    def _fill(self, columns: dict[str, str], cells: Mapping[str, Cells], at: str | None) -> None:
        """Everything anew, the cursor back on run `at`, or where it stood if that is gone."""
        row, top = self.cursor_row, self.scroll_y
        with self.prevent(DataTable.RowHighlighted):
            self.clear(columns=True)
            right = {column.name for column in _COLUMNS if column.right}
            for name, heading in columns.items():
                # Without a width it would be measured after it may have been painted, and painted no more.
                label = Text(heading, justify="right" if name in right else "left")
                self.add_column(label, key=name, width=self._widths[name])
            for run_id, values in cells.items():
                self.add_row(*(values[name] for name in columns), key=run_id)
            ids = list(cells)
            if ids:
                place = ids.index(at) if at is not None and at in cells else min(max(row, 0), len(ids) - 1)
                self.move_cursor(row=place, scroll=False)
                self.scroll_to(y=top, animate=False)
                self.call_after_refresh(self._scroll_cursor_into_view)
        self._headings = columns

    def _tell(self) -> None:
        if self.run_id != self._told:
            self._told = self.run_id
            self.post_message(self.Highlighted(self._told))

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Pass it on by the run's name."""
        event.stop()
        self._tell()

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Pass it on by the run's name."""
        event.stop()
        if event.row_key.value is not None:
            self.post_message(self.Opened(event.row_key.value))

    def on_data_table_header_selected(self, event: DataTable.HeaderSelected) -> None:
        """Sort by it, where that is possible."""
        event.stop()
        ordering = next((column.sorts for column in _COLUMNS if column.name == event.column_key.value), "")
        if ordering:
            self.post_message(self.HeadingChosen(ordering))

    def action_mark(self) -> None:
        """Mark the run under the cursor, or take its mark away; the cursor moves on."""
        if self.run_id is not None:
            self.post_message(self.Marked(self.run_id))
            self.action_cursor_down()


def _row(run: Summary, listing: Listing, style: TerminalStyle, now: float) -> Cells:
    cells = {column.name: column.cell(run, style, now) for column in _COLUMNS}
    for column in _COLUMNS:
        cells[column.name].justify = "right" if column.right else "left"
    cells[_MARK] = Text(" ")
    if run.id in listing.marked:
        look = series_look("other", listing.marked.index(run.id))
        cells[_MARK] = Text(look.marker if style.unicode else look.ascii_marker, look.hue.style(style))
    return cells


def _headings(listing: Listing, style: TerminalStyle) -> dict[str, str]:
    """The heading of each column; the one that is sorted by has an arrow."""
    down = listing.ordering.greatest_first != listing.reverse
    arrow = ("↓" if down else "↑") if style.unicode else ("v" if down else "^")
    return {
        column.name: f"{column.heading} {arrow}" if column.sorts == listing.ordering.name else column.heading
        for column in _COLUMNS
    }


def _with_something_to_say(rows: Iterable[Cells]) -> list[_Column]:
    cells = list(rows)
    said = {
        column.name
        for column in _COLUMNS
        if any(row[column.name].plain.strip() not in {"", numbers.MISSING} for row in cells)
    }
    # The folds of a series are scored on the group that was held out, not on the test images.
    dropped = {"test"} - said if "held_out" in said else set()
    return [
        column
        for column in _COLUMNS
        if column.name not in dropped and (column.name in said or not column.optional)
    ]


def natural_widths(rows: Iterable[Cells], headings: dict[str, str]) -> dict[str, int]:
    """How many cells each column takes with its heading."""
    cells = list(rows)
    return {
        name: max([cell_len(heading), *(row[name].cell_len for row in cells)])
        for name, heading in headings.items()
    }


def fitting(rows: Iterable[Cells], headings: dict[str, str], width: int) -> dict[str, str]:
    """The columns that fit `width` cells with their headings, in order; the least important give way."""
    cells = list(rows)
    there = _with_something_to_say(cells)
    natural = natural_widths(cells, headings)
    room = width - 1 - _PADDING
    kept = {column.name for column in _COLUMNS if not column.gives_way}
    room -= sum(natural[name] + _PADDING for name in kept)
    for column in sorted(_COLUMNS, key=lambda column: column.gives_way):
        if column in there and column.name not in kept and natural[column.name] + _PADDING <= room:
            kept.add(column.name)
            room -= natural[column.name] + _PADDING
    return {_MARK: " "} | {name: heading for name, heading in headings.items() if name in kept}
