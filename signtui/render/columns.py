"""Columns: a few aligned ones under quiet headings, no rules.

On a terminal the least important columns give way when it is narrow. In a pipe every column is there, whole,
separated by two spaces, so that grep, cut and awk can take it from there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rich.table import Table
from rich.text import Text

from signtui.render.palette import style_of
from signtui.render.terminal import TerminalStyle

_GAP = 2
_SHORTEST = 12
Cell = str | Text


@dataclass(frozen=True)
class Column:
    """One column: its heading, which side its cells stand on, how readily it gives way.

    The column with the highest `gives_way` goes first; 0 never goes. `shrinks` marks the one whose
    cells may be cut short to fit.
    """

    heading: str
    justify: Literal["left", "right"] = "left"
    gives_way: int = 0
    shrinks: bool = False


def table(
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    style: TerminalStyle,
    *,
    width: int | None = None,
) -> Table:
    """`rows` of cells under `columns`, within `width` cells (default: the terminal's) unless it is a pipe."""
    cells = [[_as_text(cell) for cell in row] for row in rows]
    natural = [
        max([len(column.heading), *(row[index].cell_len for row in cells)])
        for index, column in enumerate(columns)
    ]
    room = style.width if width is None else width
    kept = _fitting(columns, natural, room, style)
    spare = room - sum(_least(columns[index], natural[index]) + _GAP for index in kept) + _GAP
    grid = Table(
        box=None,
        pad_edge=False,
        padding=(0, _GAP, 0, 0),
        header_style=style_of("faint", style),
        show_edge=False,
        show_header=any(column.heading for column in columns),
        collapse_padding=False,
    )
    for index in kept:
        column = columns[index]
        wide = natural[index]
        if style.interactive:
            wide = min(wide, _least(column, wide) + max(0, spare))
        grid.add_column(
            _aligned(Text(column.heading), column, natural[index]),
            no_wrap=True,
            overflow="ellipsis" if column.shrinks and style.unicode else "crop",
            # Left to itself, Rich would take what is missing from every column alike.
            max_width=wide,
            min_width=wide,
        )
    for row in cells:
        grid.add_row(*(_aligned(row[index], columns[index], natural[index]) for index in kept))
    return grid


def _as_text(cell: Cell) -> Text:
    return cell if isinstance(cell, Text) else Text(cell)


def _aligned(cell: Text, column: Column, width: int) -> Text:
    """`cell` filled up on its left where it stands right; Rich would drop the spaces that align decimals."""
    if column.justify == "left":
        return cell
    return Text(" " * (width - cell.cell_len)).append_text(cell)


def _least(column: Column, natural: int) -> int:
    return min(natural, _SHORTEST) if column.shrinks else natural


def _fitting(
    columns: Sequence[Column], natural: Sequence[int], width: int, style: TerminalStyle
) -> list[int]:
    kept = list(range(len(columns)))
    if not style.interactive:
        return kept
    while True:
        needed = sum(_least(columns[index], natural[index]) + _GAP for index in kept)
        loose = [index for index in kept if columns[index].gives_way]
        if needed - _GAP <= width or not loose:
            return kept
        kept.remove(max(loose, key=lambda index: (columns[index].gives_way, index)))
