"""Line charts in text, drawn by plotext; the only module that touches it.

plotext places the lines and markers on a canvas; axes, ticks and legend are laid out here, because they have
to fit a width to the cell and every terminal from truecolor to ASCII. The canvas only ever gets a few hundred
finite positions between 0 and 1: not-a-number aborts plotext 6.1.0's process, and its cost grows with points.
Each chart is drawn on a figure of its own, so charts can be built in any thread.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.cells import cell_len, set_cell_size
from rich.style import Style
from rich.text import Text

from signtui.render.axes import Array, Axis, linear_axis, log_axis
from signtui.render.chart_header import header
from signtui.render.chart_lines import (
    Line,
    Role,
    Series,
    prepare,
    reduce_points,
    shows_markers,
    visible,
    within,
)
from signtui.render.palette import series_look, style_of
from signtui.render.terminal import TerminalStyle

__all__ = ["SMALLEST", "Chart", "ChartMark", "Drawing", "Role", "Series", "build_chart", "draw_chart"]

SMALLEST = (24, 6)
"""Columns and lines below which a chart says that it needs room."""


@dataclass(frozen=True)
class ChartMark:
    """A vertical mark at `x`: the best epoch, a pause, a change of learning rate."""

    x: float
    label: str


@dataclass(frozen=True)
class Chart:
    """What a chart shows; `y_percent` for shares of 1, `x_whole` where x counts something.

    `x_range` and `y_range`, where given, are what the axes span, to their next steps or exactly, whatever
    the series hold: a live chart keeps its axes still, and a zoomed one shows a part. `part` names that
    part, in full and in short; it is the last thing in the header to give way.
    """

    title: str
    series: tuple[Series, ...]
    x_label: str = ""
    y_label: str = ""
    y_log: bool = False
    x_log: bool = False
    marks: tuple[ChartMark, ...] = ()
    y_percent: bool = False
    x_whole: bool = True
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None
    x_exact: bool = False
    y_exact: bool = False
    part: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Drawing:
    """A chart as text, with the first column of its plot and how many there are (0: it has none)."""

    text: Text
    left: int = 0
    columns: int = 0


Cell = tuple[str, Style]
_BLANK = Style()


def build_chart(chart: Chart, width: int, height: int, style: TerminalStyle) -> Text:
    """`chart` as `height` lines of exactly `width` cells each.

    Too small a size gives a short text of that size instead.
    """
    return draw_chart(chart, width, height, style).text


def draw_chart(chart: Chart, width: int, height: int, style: TerminalStyle) -> Drawing:
    """As `build_chart`, and where on it the plot is."""
    width, height = max(0, width), max(0, height)
    if width < SMALLEST[0] or height < SMALLEST[1]:
        return Drawing(_message(f"{chart.title}: needs {SMALLEST[0]}x{SMALLEST[1]}", width, height, style))
    lines = [
        prepare(series, series_look(series.role, index), x_log=chart.x_log, y_log=chart.y_log)
        for index, series in enumerate(chart.series)
    ]
    body = height - 3
    y_axis = _y_axis(chart, lines, body)
    gutter = max([cell_len(label) for _, label in y_axis.ticks] + [min(cell_len(chart.x_label), 8)])
    columns = width - gutter - 2
    if columns < 8:
        return Drawing(_message(f"{chart.title}: needs more width", width, height, style))
    x_axis = _x_axis(chart, lines, columns)
    canvas = _canvas(lines, (x_axis, y_axis), columns, body, style)
    _draw_marks(canvas, chart.marks, x_axis, style)
    if not any(line.x.size for line in lines):
        _write(canvas[body // 2], "nothing to draw yet".center(columns), style_of("faint", style))
    until = chart.x_range[1] if chart.x_range else np.inf
    first = header(
        chart.title, chart.part, chart.y_label, lines, width, style, until=until, percent=chart.y_percent
    )
    rows = [first, *_framed(canvas, y_axis, gutter, style), *_foot(chart, x_axis, gutter, columns, style)]
    return Drawing(Text("\n", no_wrap=True, overflow="crop").join(rows), gutter + 2, columns)


def _message(words: str, width: int, height: int, style: TerminalStyle) -> Text:
    middle = height // 2
    lines = [
        Text(set_cell_size(words.center(width) if row == middle else "", width), style_of("faint", style))
        for row in range(height)
    ]
    return Text("\n", no_wrap=True, overflow="crop").join(lines)


def _spanned(span: tuple[float, float] | None, arrays: Iterable[Array]) -> Array:
    """The values that an axis is laid out for."""
    return np.array(span, np.float64) if span else np.concatenate([np.zeros(0), *arrays])


def _y_axis(chart: Chart, lines: list[Line], rows: int) -> Axis:
    values, ticks = _spanned(chart.y_range, (line.y for line in lines)), max(2, rows // 2)
    if chart.y_log:
        return log_axis(values, ticks, exact=chart.y_exact)
    return linear_axis(values, ticks, percent=chart.y_percent, exact=chart.y_exact)


def _x_axis(chart: Chart, lines: list[Line], columns: int) -> Axis:
    values, ticks = _spanned(chart.x_range, (line.x for line in lines)), max(2, columns // 9)
    if chart.x_log:
        return log_axis(values, ticks, exact=chart.x_exact)
    return linear_axis(values, ticks, whole=chart.x_whole, exact=chart.x_exact)


def _new_figure(columns: int, rows: int) -> Any:
    """An empty plotext figure of its own: no axes, no legend, no colours, limits 0 to 1 both ways."""
    import plotext  # noqa: PLC0415  # a tenth of a second that only charts should cost

    terminal = type(plotext.terminal)()
    terminal.limit(width=False, height=False)
    figure = type(plotext.figure)(parent=terminal)
    figure.plot_size(columns, rows)
    figure.canvas("default")
    figure.axes(False)
    figure.legend(False)
    for axis in ("x", "y"):
        figure.ruler(axis).lim(0, 1)
        figure.ruler(axis).ticks([])
    return figure


def _canvas(
    lines: list[Line], axes: tuple[Axis, Axis], columns: int, rows: int, style: TerminalStyle
) -> list[list[Cell]]:
    """`rows` lists of `columns` cells with the series drawn by plotext, the first series lowest."""
    import plotext  # noqa: PLC0415  # see _new_figure

    x_axis, y_axis = axes
    figure = _new_figure(columns, rows)
    drawn = False
    order = sorted(range(len(lines)), key=lambda index: not lines[index].series.faint)
    for index in order:
        line = lines[index]
        if not line.x.size:
            continue
        places = x_axis.position(line.x), y_axis.position(line.y)
        x, y, connected = reduce_points(*visible(*places, line.connected), columns)
        if not x.size:
            continue
        drawn = True
        pixel = plotext.pixel(foreground=_FIRST_CODE + index)
        dotted = line.series.role == "previous"
        letter = "braille" if style.unicode else line.look.ascii_line
        signal = figure.signal(x.tolist(), y.tolist(), marker=plotext.marker(letter, pixel))
        if not dotted or not style.unicode:
            signal.lines(True)
            for gap in np.flatnonzero(~connected):
                signal.line(int(gap), False)
        figure.draw(signal)
        x, y = (values[within(*places)] for values in places)
        if x.size and shows_markers(line, x.size, columns):
            letter = line.look.marker if style.unicode else line.look.ascii_marker
            figure.draw(figure.signal(x.tolist(), y.tolist(), marker=plotext.marker(letter, pixel)))
    if not drawn:
        return [[(" ", _BLANK)] * columns for _ in range(rows)]
    return _cells(figure.build().string(), lines, columns, rows, style)


_FIRST_CODE = 16
_SELECT = re.compile(r"\x1b\[([0-9;]*)m")
_FOREGROUND = re.compile(r"38;5;(\d+)")


def _cells(
    drawing: str, lines: list[Line], columns: int, rows: int, style: TerminalStyle
) -> list[list[Cell]]:
    """plotext's coloured string as cells, its colour numbers turned back into the series they stand for."""
    looks = [style_of("faint", style) if line.series.faint else line.look.hue.style(style) for line in lines]
    canvas: list[list[Cell]] = []
    for row in drawing.split("\n")[:rows]:
        cells: list[Cell] = []
        current = _BLANK
        for index, part in enumerate(_SELECT.split(row)):
            if index % 2 == 0:
                cells.extend((character, current) for character in part)
                continue
            code = _FOREGROUND.search(part)
            current = looks[int(code[1]) - _FIRST_CODE] if code else _BLANK
        canvas.append((cells + [(" ", _BLANK)] * columns)[:columns])
    while len(canvas) < rows:
        canvas.append([(" ", _BLANK)] * columns)
    return canvas


def _column(position: float, columns: int) -> int:
    """The cell that plotext puts a point at `position` (0..1) in, among `columns`: rounded in its own way."""
    low, both = 0.5016585662, 1.0031747182
    return min(columns - 1, max(0, int(low + (columns - both) * position)))


def _write(cells: list[Cell], words: str, style: Style, start: int = 0) -> None:
    for offset, character in enumerate(words):
        if 0 <= start + offset < len(cells):
            cells[start + offset] = (character, style)


def _draw_marks(
    canvas: list[list[Cell]], marks: Sequence[ChartMark], x_axis: Axis, style: TerminalStyle
) -> None:
    """Vertical marks behind the lines, each labelled where there is room for the whole label."""
    faint = style_of("faint", style)
    columns = len(canvas[0])
    positions = x_axis.position(np.array([mark.x for mark in marks], np.float64))
    placed = [
        (_column(float(position), columns), mark.label)
        for position, mark in zip(positions, marks, strict=True)
        if 0 <= position <= 1
    ]
    for at, _ in placed:
        for row in canvas:
            if row[at][0] in _BLANKS:
                row[at] = ("┊" if style.unicode else ":", faint)
    for at, label in placed:
        words = label if style.unicode else label.encode("ascii", "replace").decode()
        # Over another mark only where there is no other place.
        any(
            _label_beside(row, at, words, faint, free)
            for free in (_BLANKS, _FREE)
            for row in reversed(canvas)
        )


_BLANKS = frozenset({" ", "\u2800"})
_FREE = _BLANKS | {"┊", ":"}


def _label_beside(row: list[Cell], at: int, words: str, style: Style, free: frozenset[str]) -> bool:
    """Write `words` at the right of column `at` or at its left, over cells that are `free` alone."""
    length = cell_len(words)
    if length != len(words):
        return True
    for start in (at + 1, at - length):
        beside = [row[column][0] for column in (start - 1, start + length) if 0 <= column < len(row)]
        if (
            0 <= start <= len(row) - length
            and all(character in free for character, _ in row[start : start + length])
            and all(character in _FREE for character in beside)
        ):
            _write(row, words, style, start)
            return True
    return False


def _text(cells: Sequence[Cell]) -> Text:
    """`cells` in runs of one style; a blank joins whatever run it is in, which saves escape sequences."""
    text = Text(no_wrap=True, end="")
    run: list[str] = []
    current = _BLANK
    for character, style in cells:
        if style is not current and character != " ":
            text.append("".join(run), current)
            run, current = [], style
        run.append(character)
    return text.append("".join(run), current)


def _framed(canvas: list[list[Cell]], axis: Axis, gutter: int, style: TerminalStyle) -> list[Text]:
    faint = style_of("faint", style)
    rows = len(canvas)
    labels: dict[int, str] = {}
    for position, label in axis.ticks:
        row = _column(1 - position, rows)
        if row not in labels and row - 1 not in labels and row + 1 not in labels:
            labels[row] = label
    bar, tick = ("│", "┤") if style.unicode else ("|", "+")
    framed = []
    for row, cells in enumerate(canvas):
        left = Text(end="").append(
            labels.get(row, "").rjust(gutter) + " " + (tick if row in labels else bar), faint
        )
        framed.append(left.append_text(_text(cells)))
    return framed


def _foot(chart: Chart, axis: Axis, gutter: int, columns: int, style: TerminalStyle) -> list[Text]:
    faint = style_of("faint", style)
    corner, line, tick = ("└", "─", "┬") if style.unicode else ("+", "-", "+")
    rule, labels = [line] * columns, [" "] * columns
    taken = -2
    for position, label in axis.ticks:
        at = _column(position, columns)
        start = min(max(0, at - len(label) // 2), columns - len(label))
        if start > taken + 1 and len(label) <= columns:
            labels[start : start + len(label)] = label
            taken = start + len(label)
            rule[at] = tick
    x_label = set_cell_size(chart.x_label, min(gutter, cell_len(chart.x_label))).rjust(gutter)
    return [
        Text(" " * (gutter + 1) + corner + "".join(rule), faint, end=""),
        Text(x_label + "  " + "".join(labels), faint, end=""),
    ]
