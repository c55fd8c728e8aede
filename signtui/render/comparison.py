"""Several runs beside each other: their curves in one chart, their scores, where their settings differ.

Takes the objects that `show-run --json` prints. A run has the same marker in the chart and over its column.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from signtui.render import numbers
from signtui.render.charts import Chart, Series, build_chart
from signtui.render.columns import Column, table
from signtui.render.palette import series_look, style_of
from signtui.render.tables import data_name, status_text
from signtui.render.terminal import TerminalStyle
from signtui.runs.differences import Difference, differences
from signtui.runs.names import readable_suffix, short_name

_CHART_LINES = 14
_SIDE_BY_SIDE = 120
_GAP = 3
_MOST_KEY, _MOST_VALUE = 26, 26

Run = Mapping[str, Any]
Row = list[str | Text]


def comparison_page(runs: Sequence[Run], style: TerminalStyle) -> RenderableType:
    """The runs' scores, their validation curves, and the settings that are not the first run's."""
    accuracy = _overlay("Validation accuracy", "accuracy", runs)
    loss = _overlay("Validation loss", "loss", runs)
    parts: list[RenderableType] = [_scores(runs, style), Text("")]
    if style.interactive and style.width >= _SIDE_BY_SIDE:
        width = (style.width - _GAP) // 2
        pair = [build_chart(chart, width, _CHART_LINES, style).split("\n") for chart in (accuracy, loss)]
        parts += [Text("").join([left, Text(" " * _GAP), right]) for left, right in zip(*pair, strict=True)]
    else:
        width = min(style.width, 100)
        parts += [
            build_chart(accuracy, width, _CHART_LINES, style),
            Text(""),
            build_chart(loss, width, _CHART_LINES, style),
        ]
    return Group(*parts, Text(""), *_differences(runs, style))


def _overlay(title: str, field: str, runs: Sequence[Run]) -> Chart:
    series = tuple(
        Series(
            _short_name(run),
            [epoch["epoch"] for epoch in run.get("epochs") or ()],
            [_number(epoch["validation"][field]) for epoch in run.get("epochs") or ()],
        )
        for run in runs
    )
    return Chart(title, series, "epoch", y_percent=field == "accuracy")


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def _short_name(run: Run) -> str:
    """The two words of an id, without the digits that only tell namesakes apart."""
    suffix = readable_suffix(str(run.get("id", "")))
    return suffix.rpartition("-")[0] or str(run.get("id", ""))


def _scores(runs: Sequence[Run], style: TerminalStyle) -> RenderableType:
    """One line a run, with the marker of its curve."""
    columns = (
        Column("run"),
        Column("status", gives_way=3),
        Column("data", gives_way=1, shrinks=True),
        Column("val %", "right"),
        Column("test %", "right"),
        Column("epochs", "right", 2),
        Column("took", "right", 4),
        Column("weights", "right", 5),
    )
    return table(columns, [_score_row(run, index, style) for index, run in enumerate(runs)], style)


def _score_row(run: Run, index: int, style: TerminalStyle) -> Row:
    best, test = (run.get("best") or {}).get("validation") or {}, run.get("test") or {}
    return [
        _heading(run, index, style),
        status_text(str(run.get("status", "")), style),
        data_name(run.get("data"), style),
        numbers.percent_aligned(best.get("accuracy")),
        numbers.percent_aligned(test.get("accuracy")),
        str(len(run.get("epochs") or ())),
        numbers.duration(run.get("seconds")),
        numbers.count((run.get("model") or {}).get("weights")),
    ]


def _differences(runs: Sequence[Run], style: TerminalStyle) -> list[RenderableType]:
    """What differs, with one column a run; as many runs beside each other as fit."""
    found = differences([run.get("config") or {} for run in runs])
    if not found:
        return [Text("No difference in the settings.", style_of("faint", style))]
    rows = [_settings_row(one, style) for one in found]
    headings = [_heading(run, index, style) for index, run in enumerate(runs)]
    parts: list[RenderableType] = []
    for columns in _groups(headings, rows, style):
        cells = [[row[0], *(row[1 + column] for column in columns)] for row in rows]
        title = Text("Settings that differ", style_of("heading", style))
        head: Row = [title, *(headings[column] for column in columns)]
        shape = [Column(""), *(Column("", shrinks=True) for _ in columns)]
        parts += [table(shape, [head, *cells], style), Text("")]
    return parts[:-1]


def _groups(headings: Sequence[Text], rows: Sequence[Row], style: TerminalStyle) -> list[list[int]]:
    """Which runs stand in which table, so that none is wider than the terminal."""
    widths = [
        2 + max([heading.cell_len, *(_length(row[1 + index]) for row in rows)])
        for index, heading in enumerate(headings)
    ]
    keys = max((_length(row[0]) for row in rows), default=0)
    groups: list[list[int]] = []
    room = 0
    for index, width in enumerate(widths):
        if not groups or (style.interactive and width > room):
            groups.append([])
            room = style.width - keys
        groups[-1].append(index)
        room -= width
    return groups


def _length(cell: str | Text) -> int:
    return cell.cell_len if isinstance(cell, Text) else len(cell)


def _heading(run: Run, index: int, style: TerminalStyle) -> Text:
    look = series_look("other", index)
    name = short_name(str(run.get("id", "")))
    mark = look.marker if style.unicode else look.ascii_marker
    return Text(end="").append(mark + " ", look.hue.style(style)).append(name, style_of("accent", style))


def _settings_row(one: Difference, style: TerminalStyle) -> Row:
    """The key and each run's value; what is not the first run's stands out by weight, not by colour alone."""
    first = one.values[0]
    values = [
        Text(value_words(value), style_of("text" if value == first else "heading", style))
        for value in one.values
    ]
    return [Text(_key(one.key), style_of("faint", style)), *values]


def _key(key: str) -> str:
    """`train.ema` as it is; of a long one the end, which tells more."""
    short = key.removeprefix("model.") if key.startswith("model.blocks") else key
    return short if len(short) <= _MOST_KEY else "~" + short[-_MOST_KEY + 1 :]


def value_words(value: Any) -> str:
    """A setting's value in a few words: `true`, `0.01`, `16, 32`, `filters 64 pooling max`, `-` for none."""
    if value is None:
        return numbers.MISSING
    if isinstance(value, bool):
        words = "true" if value else "false"
    elif isinstance(value, float):
        words = f"{value:g}"
    elif isinstance(value, Mapping):
        words = " ".join(f"{name} {value_words(item)}" for name, item in value.items())
    elif isinstance(value, (list, tuple)):
        words = ", ".join(map(value_words, value)) or "none"
    else:
        words = str(value) or "none"
    return words if len(words) <= _MOST_VALUE else words[: _MOST_VALUE - 1] + "~"
