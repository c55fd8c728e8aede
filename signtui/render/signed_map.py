"""Numbers with a sign as a picture: feature maps as coloured half blocks, kernels as numbers on colour.

Blue is above nought, red below. Without colours a map is drawn in characters that differ by sign, and
numbers carry theirs.
"""

import math

import numpy as np
import numpy.typing as npt
from rich.style import Style
from rich.text import Text

from signtui.render.block_art import half_blocks, scaled
from signtui.render.palette import SIGNED_STOPS, diverging, style_of
from signtui.render.terminal import TerminalStyle

Values = npt.NDArray[np.floating]

_NEGATIVE, _POSITIVE = "-~=", ".+*#@"
_LEVELS = 12
"""Colours on each side of nought."""

_QUIET = 0.06
"""A share of the largest value that is drawn as nought, where only characters tell."""


def limit_of(values: Values) -> float:
    """The largest distance from nought, which the colours of `values` are scaled to; 1 where all are 0."""
    finite = np.abs(values[np.isfinite(values)])
    return float(finite.max()) if finite.size and finite.max() > 0 else 1.0


def map_rows(height: int, width: int, columns: int) -> int:
    """Lines of a map of (height, width) drawn `columns` wide, its shape kept."""
    return max(1, math.ceil(columns * height / width / 2))


def signed_map(
    values: Values,
    style: TerminalStyle,
    columns: int,
    limit: float | None = None,
    marks: tuple[tuple[int, int, int, int], ...] = (),
) -> Text:
    """`values` (H, W) as a picture `columns` wide, coloured up to `limit` (default: their largest).

    `marks` are rectangles (row, column, height, width) in values, framed, or filled where they are small.
    """
    height, width = values.shape
    rows = map_rows(height, width, columns)
    limit = limit or limit_of(values)
    coloured = style.unicode and style.colour in {"truecolor", "256"}
    shares = np.clip(_resampled(np.nan_to_num(values), rows * (2 if coloured else 1), columns) / limit, -1, 1)
    if coloured:
        colours = [_colour(level, style) for level in range(-_LEVELS, _LEVELS + 1)]
        lines = half_blocks(np.rint(shares * _LEVELS).astype(np.int64) + _LEVELS, colours)
    else:
        lines = _characters(shares)
    _mark(lines, marks, (height, width), columns, style)
    return Text("\n", no_wrap=True, overflow="crop").join(lines)


def _resampled(values: Values, rows: int, columns: int) -> npt.NDArray[np.float64]:
    """Values as they are where they only grow, each copied; means where they shrink."""
    height, width = values.shape
    if rows >= height and columns >= width:
        down = np.minimum(np.arange(rows) * height // rows, height - 1)
        across = np.minimum(np.arange(columns) * width // columns, width - 1)
        return np.asarray(values[down][:, across], np.float64)
    return scaled(values, rows, columns)


def _colour(level: int, style: TerminalStyle) -> str:
    share = level / _LEVELS
    cold, nought, warm = SIGNED_STOPS
    end = warm if share > 0 else cold
    mixed = [round(n + (e - n) * abs(share)) for n, e in zip(nought, end, strict=True)]
    if style.colour == "truecolor":
        return f"#{mixed[0]:02x}{mixed[1]:02x}{mixed[2]:02x}"
    red, green, blue = (max(0, min(5, round((part - 35) / 40))) for part in mixed)
    if abs(share) < _QUIET:
        return "color(235)"
    return f"color({16 + 36 * red + 6 * green + blue})"


def _characters(shares: npt.NDArray[np.float64]) -> list[Text]:
    return [Text("".join(map(_character, row)), end="") for row in shares.tolist()]


def _character(share: float) -> str:
    if abs(share) < _QUIET:
        return " "
    ramp = _POSITIVE if share > 0 else _NEGATIVE
    return ramp[min(len(ramp) - 1, int(abs(share) * len(ramp)))]


def _mark(
    lines: list[Text],
    marks: tuple[tuple[int, int, int, int], ...],
    shape: tuple[int, int],
    columns: int,
    style: TerminalStyle,
) -> None:
    height, width = shape
    rows = len(lines)
    look = style_of("warning", style) + Style(bold=True)
    for top, left, tall, wide in marks:
        first = max(0, top) * rows // height
        last = min(rows - 1, max(first, -(-min(height, top + tall) * rows // height) - 1))
        start = max(0, left) * columns // width
        end = max(start + 1, -(-min(width, left + wide) * columns // width))
        for row in range(first, last + 1):
            _overlay(lines[row], start, _frame_row(row - first, last - first + 1, end - start, style), look)


def _frame_row(row: int, rows: int, columns: int, style: TerminalStyle) -> str:
    """A row of a frame around so many cells; blanks are what it leaves to be seen. A small one is filled."""
    if columns < 3 or rows < 2:
        return ("█" if style.unicode and style.colour != "none" else "X") * columns
    top, middle, bottom = ("┌─┐", "│ │", "└─┘") if style.unicode else ("+-+", "| |", "+-+")
    pieces = top if row == 0 else bottom if row == rows - 1 else middle
    return pieces[0] + pieces[1] * (columns - 2) + pieces[2]


def _overlay(line: Text, start: int, words: str, look: Style) -> None:
    plain = line.plain
    kept = "".join(plain[start + at] if word == " " else word for at, word in enumerate(words))
    line.plain = plain[:start] + kept + plain[start + len(words) :]
    for at, word in enumerate(words):
        if word != " ":
            line.stylize(look, start + at, start + at + 1)


def scale_words(limit: float, style: TerminalStyle) -> Text:
    """What the colours mean: `-1.25 ▇ 0 ▇ +1.25`."""
    faint = style_of("faint", style)
    line = Text(end="")
    if style.unicode and style.colour in {"truecolor", "256"}:
        line.append(f"{number(-limit)} ", faint)
        for level in (-_LEVELS, -_LEVELS // 2, 0, _LEVELS // 2, _LEVELS):
            line.append(" ", Style(bgcolor=_colour(level, style)))
        return line.append(f" {number(limit)}", faint)
    return line.append(f"{number(-limit)} {_NEGATIVE[::-1]}   {_POSITIVE} {number(limit)}", faint)


def number(value: float, decimals: int = 3) -> str:
    """`value` with its sign: `+0.125`, `-12.3`; never wider than 7 characters."""
    if not math.isfinite(value):
        return f"{value:+}"
    size = abs(value)
    if size >= 99_999:
        return f"{value:+.0e}"
    while decimals and len(f"{value:+.{decimals}f}") > 7:
        decimals -= 1
    return f"{value:+.{decimals}f}"


def number_grid(
    values: Values,
    style: TerminalStyle,
    limit: float,
    room: tuple[int, int],
    *,
    hidden: npt.NDArray[np.bool_] | None = None,
    frame: tuple[int, int] | None = None,
    cell: int = 7,
) -> list[Text]:
    """`values` (H, W) as numbers on the colours of a kernel, within `room` (columns, lines).

    What doesn't fit is counted in a last line. Where `hidden`, there is padding: its zeros are faint.
    `frame` is a place that a mark points at. A grid is `across * (cell + 1)` wide.
    """
    height, width = values.shape
    across = max(1, min(width, room[0] // (cell + 1)))
    down = height if height <= room[1] else max(1, room[1] - 1)
    note = across < width or down < height
    if note and down == height and down + 1 > room[1]:
        down = max(1, down - 1)
    lines = []
    for row in range(down):
        line = Text(end="")
        for column in range(across):
            here = frame == (row, column)
            words = number(float(values[row, column]), 3 if cell >= 7 else 2)
            words = f"{words:>{cell}}"[:cell]
            if hidden is not None and hidden[row, column]:
                line.append(f"{'pad 0':>{cell}}", style_of("faint", style))
            else:
                look = diverging(float(values[row, column]) / limit, style)
                line.append(words, look + Style(bold=True) if here else look)
            line.append(("◂" if style.unicode else "<") if here else " ", Style(bold=True))
        lines.append(line)
    if note:
        left = [
            f"{count} more {name}{'s' if count > 1 else ''}"
            for count, name in ((height - down, "row"), (width - across, "column"))
            if count
        ]
        lines.append(Text("and " + ", ".join(left), style_of("faint", style), end=""))
    return lines
