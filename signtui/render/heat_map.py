"""The confusion matrix as a heat map: what each letter was read as, told by numbers and by shade.

In narrow terminals cells are three columns wide, so that 24 letters fit 80 columns.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rich.style import Style
from rich.text import Text

from signtui.render import numbers
from signtui.render.palette import shade, style_of
from signtui.render.terminal import TerminalStyle

Counts = npt.NDArray[np.int64]

_NARROW, _WIDE = 3, 5
_RECALL = 6


@dataclass(frozen=True)
class _Layout:
    """Cells of the row labels, of each number and of the totals (0: none); whether numbers are counts."""

    margin: int
    cell: int
    as_counts: bool
    images: int


def confusion_map(
    confusion: npt.ArrayLike,
    classes: Sequence[str],
    style: TerminalStyle,
    title: str = "",
    cursor: tuple[int, int] | None = None,
    *,
    as_shares: bool = False,
) -> Text:
    """`confusion` (K, K) counts, `[truth, guess]`: rows are what was shown, columns what was read.

    Cells are counts where they fit, otherwise percent of the row's images (cut, never rounded up);
    nothing is a quiet dot. Right guesses are blue, wrong ones orange to red, both by their share of the row.
    The last columns are each letter's recall and, where there is room, its images. The cell at `cursor`
    (truth, guess) is reversed, and its two letters stand out. With `as_shares`, only the shares of the rows
    mean something, and no numbers of images are shown.
    """
    counts = np.asarray(confusion, np.int64)
    size = counts.shape[0] if counts.ndim == 2 else 0
    faint = style_of("faint", style)
    if not size or counts.shape != (size, size):
        return Text("no confusion matrix", faint, end="")
    names = [*classes, *map(str, range(len(classes), size))][:size]
    margin = max(2, *(len(name) for name in names))
    cell = _cell_width(np.minimum(counts, 100) if as_shares else counts, margin, style)
    as_counts = not as_shares and len(f"{counts.max()}") < cell
    images = max(8, len(numbers.count(int(counts.sum(axis=1).max()))) + 2)
    with_images = not as_shares and margin + size * cell + _RECALL + images + 1 <= style.width
    lines = _heading(title, as_counts, style)
    columns = Text(" " * margin, end="")
    truth, guess = cursor or (-1, -1)
    for index, name in enumerate(names):
        columns.append(name[: cell - 1].center(cell), _marked(style) if index == guess else faint)
    columns.append("recall" + ("images".rjust(images) if with_images else ""), faint)
    lines.append(columns)
    layout = _Layout(margin, cell, as_counts, images if with_images else 0)
    lines.extend(
        _row(counts[row], row, names[row], layout, style, guess if row == truth else -1)
        for row in range(size)
    )
    if with_images and cell >= _WIDE:
        lines.append(_totals(counts, margin, cell, style))
    return Text("\n", no_wrap=True, overflow="crop").join(lines)


def _heading(title: str, as_counts: bool, style: TerminalStyle) -> list[Text]:
    faint = style_of("faint", style)
    heading = Text(end="", no_wrap=True)
    heading.append(title, style_of("heading", style))
    unit = "images" if as_counts else "% of the row, <1 under one"
    words = f"rows: the truth, columns: the guess, {unit}"
    if not title or heading.cell_len + 2 + len(words) > style.width:
        below = Text(end="", no_wrap=True).append(words, faint)
        return [heading, below] if title else [below]
    return [heading.append(f"  {words}", faint)]


def _cell_width(counts: Counts, margin: int, style: TerminalStyle) -> int:
    size = counts.shape[0]
    wide = max(_WIDE, len(f"{counts.max()}") + 1)
    return wide if margin + size * wide + _RECALL <= style.width else _NARROW


def _marked(style: TerminalStyle) -> Style:
    return style_of("accent", style) + Style(bold=True, underline=True)


def _row(row: Counts, index: int, name: str, layout: _Layout, style: TerminalStyle, cursor: int) -> Text:
    """One row; the cell of column `cursor` is reversed (-1: none is)."""
    faint = style_of("faint", style)
    total = int(row.sum())
    line = Text(end="").append(name, _marked(style) if cursor >= 0 else style_of("heading", style))
    line.append(" " * (layout.margin - len(name)))
    for column, value in enumerate(row.tolist()):
        here = Style(reverse=True, bold=True) if column == cursor else Style()
        if not value or not total:
            line.append(("·" if style.unicode else ".").center(layout.cell), faint + here)
            continue
        words = str(value) if layout.as_counts else _percent(value, total)
        line.append(words.center(layout.cell), _cell_style(value / total, index == column, style) + here)
    recall = row[index] / total if total else None
    line.append(" " + _recall(recall))
    if layout.images:
        line.append(numbers.count(total).rjust(layout.images), faint)
    line.rstrip()
    return line


def _recall(share: float | None) -> str:
    """Percent to a tenth in five cells, cut; `100` only where every image was read right."""
    if share is None:
        return "  -  "
    return "100  " if share == 1 else f"{int(share * 1000 + 1e-9) / 10:5.1f}"


def _cell_style(share: float, right: bool, style: TerminalStyle) -> Style:
    # One image in twenty is already a lot of one mistake: errors climb their scale faster.
    strength = share if right else min(1.0, share * 4)
    return shade(strength, style, wrong=not right)


def _percent(value: int, total: int) -> str:
    whole = value * 100 // total
    return str(whole) if whole else "<1"


def _totals(counts: Counts, margin: int, cell: int, style: TerminalStyle) -> Text:
    line = Text(" " * margin, end="")
    for value in counts.sum(axis=0).tolist():
        line.append(
            f"{value}".center(cell) if len(f"{value}") < cell else "*".rjust(cell), style_of("faint", style)
        )
    return line.append("  guessed", style_of("faint", style))
