"""The page of a series of leave-one-out: who was held out and how that hand was read, letters, confusion.

Takes the object that `evaluate --leave-one-out --json` prints, so the page can't know more than the JSON.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from signtui.render import numbers
from signtui.render.columns import Column, table
from signtui.render.heat_map import confusion_map
from signtui.render.palette import style_of
from signtui.render.tables import confused_pairs, percent_heading, status_text
from signtui.render.terminal import TerminalStyle
from signtui.runs.names import short_name

POOR = 0.9
"""Accuracy below which a signer or a letter stands out."""

_BAR = 24
_GAP = 3
_HALF = 37
_PARTS_IN_A_MILLION = 1_000_000
"""What mean shares are multiplied by for the map, which counts."""

Document = Mapping[str, Any]


def series_page(series: Document, style: TerminalStyle) -> RenderableType:
    """The series that `series` describes, as far as it has come."""
    heading = style_of("heading", style)
    parts: list[RenderableType] = [*_header(series, style), Text(""), folds_table(series, style)]
    if series["mean"] is None:
        return Group(*parts)
    by_letter = Text(f"By letter, mean over {_folds_words(series)}", heading)
    parts += [Text(""), by_letter, _letters(series, style)]
    title = f"Mean confusion, {_folds_words(series)}"
    parts += [Text(""), mean_confusion_map(series, style, title)]
    parts += [Text(""), Text("Most confused, in the mean", heading), pairs_text(series, style)]
    return Group(*parts)


def _header(series: Document, style: TerminalStyle) -> list[RenderableType]:
    faint = style_of("faint", style)
    kind, folds = series["kind"], series["folds"]
    done = sum(fold["accuracy"] is not None for fold in folds)
    first = Text().append(f"leave one {kind} out", style_of("heading", style))
    first.append(f"  plan {series['plan']}", faint)
    name = "SYNTHETIC hands, not photographs" if series["synthetic"] else series["data"]
    words = [f"preset {series['preset']}", f"seed {series['seed']}", name, f"{done} of {len(folds)} folds"]
    lines: list[RenderableType] = [first, Text(style.separator.join(words)), Text("")]
    if series["mean"] is None:
        return [*lines, Text("no fold is done yet", faint)]
    spread = "" if series["deviation"] is None else f"  deviation {100 * series['deviation']:.2f}"
    lines.append(_figure("mean", series["mean"], f"of {kind}s never seen{spread}", style))
    lines += [
        _figure(name, series[name]["accuracy"], f"{kind} {series[name]['group']}", style)
        for name in ("worst", "best")
    ]
    error = series.get("calibration_error")
    if error is not None:
        before = f"expected error there, {numbers.percent(error['before'])} without the temperatures"
        lines.append(_figure("calibration", error["after"], before, style))
    return lines


def _figure(label: str, accuracy: float, words: str, style: TerminalStyle) -> Text:
    line = Text().append(label.ljust(12), style_of("faint", style))
    line.append(f"{numbers.percent(accuracy):>7}", style_of("heading", style))
    return line.append(f"  {words}", style_of("faint", style))


def _folds_words(series: Document) -> str:
    done = sum(fold["accuracy"] is not None for fold in series["folds"])
    return f"{numbers.plural(done, series['kind'])} never seen"


def folds_table(series: Document, style: TerminalStyle, *, width: int | None = None) -> Table:
    """One row for each who is held out: accuracy with a bar, images, loss; validation is of the others."""
    columns = [
        Column(series["kind"]),
        Column(percent_heading("accuracy", style), "right"),
        *([Column("", gives_way=4)] if style.interactive else []),
        Column("loss", "right", 3),
        Column("images", "right", 2),
        Column(percent_heading("validation", style), "right", 1),
        Column("epochs", "right", 5),
        Column("seconds", "right", 6),
        Column("run"),
    ]
    return table(columns, [_fold_row(fold, style) for fold in series["folds"]], style, width=width)


def _fold_row(fold: Document, style: TerminalStyle) -> list[str | Text]:
    accuracy = fold["accuracy"]
    poor = accuracy is not None and accuracy < POOR
    seconds = fold["seconds"]
    return [
        Text(fold["group"], style_of("heading", style)),
        Text(numbers.percent_aligned(accuracy), style_of("bad" if poor else "text", style)),
        *([share_bar(accuracy, _BAR, style)] if style.interactive else []),
        numbers.loss(fold["loss"]) if fold["loss"] is not None else numbers.MISSING,
        _count(fold["images"], style),
        numbers.percent_aligned(fold["validation"]["accuracy"] if fold["validation"] else None),
        str(fold["epochs"]) if fold["id"] else numbers.MISSING,
        numbers.duration(seconds) if style.interactive or seconds is None else f"{seconds:.1f}",
        _run_cell(fold, style),
    ]


def _count(value: int | None, style: TerminalStyle) -> str:
    return numbers.count(value) if style.interactive or value is None else str(value)


def _run_cell(fold: Document, style: TerminalStyle) -> Text:
    if fold["id"] is None:
        return Text("to come" if style.interactive else numbers.MISSING, style_of("faint", style))
    name = short_name(fold["id"]) if style.interactive else fold["id"]
    cell = Text(name, style_of("accent", style))
    if fold["accuracy"] is None:
        cell.append("  ").append_text(status_text(fold["status"] or "", style))
    return cell


def share_bar(share: float | None, cells: int, style: TerminalStyle) -> Text:
    """A bar over `cells` for `share` (0 to 1), to half a cell where the characters allow it."""
    if share is None:
        return Text(" " * cells)
    look = style_of("bad" if share < POOR else "accent", style)
    if not style.unicode:
        return Text("#" * round(share * cells), look)
    whole, half = divmod(round(share * cells * 2), 2)
    return Text("━" * whole + "╸" * half, look)


def letters_table(
    series: Document, style: TerminalStyle, *, width: int | None = None, rows: range | None = None
) -> Table:
    """One row a letter: how well hands never seen are read, the worst of them and whose it is, images."""
    letters = series["letters"]
    columns = (
        Column("letter"),
        Column(percent_heading("mean", style), "right"),
        Column(percent_heading("worst", style), "right"),
        Column(series["kind"]),
        Column("images", "right", 1),
    )
    cells = []
    for index in range(len(letters)) if rows is None else rows:
        letter = letters[index]
        poor = letter["mean"] is not None and letter["mean"] < POOR
        cells.append(
            [
                Text(letter["name"], style_of("heading", style)),
                Text(numbers.percent_aligned(letter["mean"]), style_of("bad" if poor else "text", style)),
                numbers.percent_aligned(letter["worst"]),
                letter["group"] or numbers.MISSING,
                _count(letter["images"], style),
            ]
        )
    return table(columns, cells, style, width=width)


def _letters(series: Document, style: TerminalStyle) -> RenderableType:
    """The letters, their lower half beside the upper where a terminal has room for it."""
    count, width = len(series["letters"]), (style.width - _GAP) // 2
    if not style.interactive or width < _HALF or count < 8:
        return letters_table(series, style)
    middle = -(-count // 2)
    grid = Table.grid(padding=(0, _GAP, 0, 0), pad_edge=False)
    grid.add_row(
        letters_table(series, style, width=width, rows=range(middle)),
        letters_table(series, style, width=width, rows=range(middle, count)),
    )
    return grid


def mean_confusion_map(
    series: Document, style: TerminalStyle, title: str = "", cursor: tuple[int, int] | None = None
) -> Text:
    """The mean confusion, in percent of each letter."""
    counts = np.rint(np.asarray(series["mean_confusion"]) * _PARTS_IN_A_MILLION)
    return confusion_map(counts, series["classes"], style, title, cursor, as_shares=True)


def mean_pairs(series: Document, most: int = 12) -> list[tuple[str, str, float]]:
    """The most frequent mistakes in the mean: (truth, guess, share of the truth), most first."""
    counts = np.rint(np.asarray(series["mean_confusion"]) * _PARTS_IN_A_MILLION)
    classes: Sequence[str] = series["classes"]
    return [
        (truth, guess, wrong / _PARTS_IN_A_MILLION)
        for truth, guess, wrong, _ in confused_pairs(counts, classes, most)
    ]


def pairs_text(series: Document, style: TerminalStyle, most: int = 12) -> Text:
    """`M > N  12.3 %`, as many in a line as fit; one a line in a pipe."""
    pairs = mean_pairs(series, most)
    faint = style_of("faint", style)
    if not pairs:
        return Text("no mistakes", faint)
    names = max(len(f"{truth} > {guess}") for truth, guess, _ in pairs)
    across = max(1, (style.width + 4) // (names + 13)) if style.interactive else 1
    lines: list[Text] = [Text() for _ in range(-(-len(pairs) // across))]
    for index, (truth, guess, share) in enumerate(pairs):
        line = lines[index // across]
        line.append("    " if index % across else "")
        line.append(f"{truth} > {guess}".ljust(names), style_of("heading", style))
        line.append(f"  {numbers.percent(share):>7}")
    return Text("\n", no_wrap=True).join(lines)
