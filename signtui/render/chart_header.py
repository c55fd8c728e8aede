"""The first line of a chart: what it shows, which part of it, and what each of its lines stands for."""

import math
from collections.abc import Sequence
from itertools import product

from rich.text import Text

from signtui.render import numbers
from signtui.render.chart_lines import Line
from signtui.render.palette import style_of
from signtui.render.terminal import TerminalStyle

_LEGENDS = ((True, True), (False, True), (False, False))  # with values, with samples


def header(
    title: str,
    part: tuple[str, str],
    remarks: str,
    lines: Sequence[Line],
    width: int,
    style: TerminalStyle,
    *,
    until: float = math.inf,
    percent: bool = False,
) -> Text:
    """`title`, `part` and `remarks`, and at the right each line with its sample, name and last value.

    `part` says in two words and in one which part is shown; empty where that is all. What does not fit
    into `width` gives way, the part last. Values are those last reached at `until`, as shares of 1 with
    `percent`.
    """
    name = Text(end="", no_wrap=True).append(title, style_of("heading", style))
    heads = _heads(name, part, remarks, style)
    for head, (with_values, with_samples) in product(heads, _LEGENDS):
        entries = [_legend_entry(line, style, until, percent, with_values, with_samples) for line in lines]
        legend = Text("   " if with_samples else "  ", end="").join(entries)
        gap = width - head.cell_len - legend.cell_len
        if gap >= 2:
            return head.append(" " * gap).append_text(legend)
    head = heads[-1]
    head.truncate(width, overflow="crop")
    head.pad_right(width - head.cell_len)
    return head


def _heads(name: Text, part: tuple[str, str], remarks: str, style: TerminalStyle) -> list[Text]:
    """The left half, from all there is to say to the least that must be said."""
    faint, accent = style_of("faint", style), style_of("accent", style)
    full, short = part
    whole = name.copy().append(f"  {full}" if full else "", accent)
    heads = [whole.copy().append(f"  {remarks}", faint)] if remarks else []
    if not full:
        return heads or [whole]
    return [*heads, whole, name.copy().append(f" {short}", accent)]


def _legend_entry(
    line: Line, style: TerminalStyle, until: float, percent: bool, with_value: bool, with_sample: bool
) -> Text:
    faint = style_of("faint", style)
    look = faint if line.series.faint else line.look.hue.style(style)
    entry = Text(end="")
    if with_sample:
        entry.append(_sample(line, style) + " ", look)
    entry.append(line.series.name, faint if line.series.faint else look)
    last = line.last(until)
    if with_value and last is not None and not line.series.faint:
        entry.append(f" {numbers.percent(last) if percent else numbers.loss(last)}")
    return entry


def _sample(line: Line, style: TerminalStyle) -> str:
    if not style.unicode:
        stroke = line.look.ascii_line
        return stroke * 2 if line.series.faint else f"{stroke}{line.look.ascii_marker}{stroke}"
    if line.series.role == "previous":
        return "⠐⠐⠐"
    return f"⠒{line.look.marker}⠒" if not line.series.faint else "⠒⠒"
