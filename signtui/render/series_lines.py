"""Lines of the Signers screen: who was held out, each letter of hands never seen, the figures in brief."""

from collections.abc import Sequence

from rich.style import Style
from rich.text import Text

from signtui.render import numbers
from signtui.render.palette import status_look, style_of
from signtui.render.progress import progress_bar
from signtui.render.series_page import POOR, share_bar
from signtui.render.terminal import TerminalStyle
from signtui.runs.left_out import Letter, Outcome
from signtui.runs.names import short_name
from signtui.runs.series import Fold, Series

_ACCURACY = 8
_IMAGES, _VALIDATION, _TIME, _RUN = 9, 9, 8, 26
_SHORTEST_BAR, _LONGEST_BAR = 8, 48


def series_in_brief(series: Series, style: TerminalStyle) -> str:
    """`preset fast · seed 0 · 5 of 7 signers`: which series it is, and how far."""
    done = f"{len(series.done)} of {numbers.plural(len(series.folds), series.kind)}"
    words = [f"preset {series.config.preset}", f"seed {series.config.train.seed}", done]
    return style.separator.join(words)


def figures_line(series: Series, found: Outcome, style: TerminalStyle) -> Text:
    """`mean 87.0 %  worst 76.4 % signer 4  best ...`, as much as fits."""
    faint = style_of("faint", style)
    line = Text(end="", no_wrap=True)
    if found.mean is None or found.worst is None or found.best is None:
        return line.append("no score yet", faint)
    pieces = [("mean", found.mean, "")]
    for name, fold in (("worst", found.worst), ("best", found.best)):
        if fold.score is not None:
            pieces.append((name, fold.score.accuracy, f" {series.kind} {fold.group}"))
    for name, accuracy, whose in pieces:
        part = Text("   " if line.plain else "", end="").append(f"{name} ", faint)
        look = style_of("bad" if accuracy < POOR else "good", style) + Style(bold=True)
        part.append(numbers.percent(accuracy), look).append(whose)
        if line.cell_len + part.cell_len <= style.width:
            line.append_text(part)
    spread = "" if found.deviation is None else f"   deviation {100 * found.deviation:.1f}"
    if line.cell_len + len(spread) <= style.width:
        line.append(spread, faint)
    return line


class FoldColumns:
    """Which columns the folds have in `width` cells: the bar takes what is left over."""

    def __init__(self, series: Series, width: int) -> None:
        self.name = max(len(series.kind), *(len(fold.group) for fold in series.folds))
        room = width - self.name - _ACCURACY - 2 - _SHORTEST_BAR
        shown = []
        # The most telling first.
        for column, cells in (
            ("run", _RUN),
            ("validation", _VALIDATION),
            ("images", _IMAGES),
            ("time", _TIME),
        ):
            if room >= cells:
                shown.append(column)
                room -= cells
        self.shown = frozenset(shown)
        self.bar = min(_LONGEST_BAR, _SHORTEST_BAR + room)


def folds_heading(series: Series, columns: FoldColumns, style: TerminalStyle) -> Text:
    """The columns' names."""
    line = series.kind.ljust(columns.name) + "accuracy".rjust(_ACCURACY + 1) + " " * (columns.bar + 1)
    for name, heading, cells in (
        ("images", "images", _IMAGES),
        ("validation", "others %", _VALIDATION),
        ("time", "time", _TIME),
    ):
        if name in columns.shown:
            line += heading.rjust(cells)
    if "run" in columns.shown:
        line += "  run"
    return Text(line, style_of("faint", style), end="", no_wrap=True)


def fold_line(fold: Fold, columns: FoldColumns, style: TerminalStyle, progress: float | None) -> Text:
    """One who is held out; `progress` (0 to 1) is how far a run has come that is at it."""
    faint = style_of("faint", style)
    line = Text(end="", no_wrap=True).append(fold.group.ljust(columns.name), style_of("heading", style))
    if fold.score is not None:
        accuracy = fold.score.accuracy
        look = style_of("bad" if accuracy < POOR else "text", style)
        line.append(f" {numbers.percent(accuracy):>{_ACCURACY}} ", look)
        line.append_text(share_bar(accuracy, columns.bar, style))
    elif progress is not None:
        line.append(f" {'training':>{_ACCURACY}} ", style_of("accent", style))
        line.append_text(progress_bar(progress, columns.bar, style))
    else:
        line.append(f" {numbers.MISSING:>{_ACCURACY}} ", faint)
    line.append(" " * (columns.name + _ACCURACY + 2 + columns.bar - line.cell_len))
    images = numbers.count(fold.score.images) if fold.score else numbers.MISSING
    others = numbers.percent_aligned(fold.validation.accuracy if fold.validation else None)
    time = numbers.duration(fold.seconds) if fold.seconds is not None else numbers.MISSING
    for name, words, cells in (
        ("images", images, _IMAGES),
        ("validation", others, _VALIDATION),
        ("time", time, _TIME),
    ):
        if name in columns.shown:
            line.append(words.rjust(cells), faint)
    if "run" in columns.shown:
        line.append("  ").append_text(_run(fold, style))
    return line


def _run(fold: Fold, style: TerminalStyle) -> Text:
    if fold.id is None or fold.status is None:
        return Text("to come", style_of("faint", style), end="")
    look = status_look(fold.status)
    mark = look.mark if style.unicode else look.ascii_mark
    name = short_name(fold.id)
    cell = Text(f"{mark} ", style_of(look.name, style), end="")
    return cell.append(name, style_of("accent", style))


def hand_letters_heading(kind: str, style: TerminalStyle, width: int) -> Text:
    """The columns' names over `hand_letter_line`."""
    room = _letter_bar(width)
    line = "   " + "mean %".rjust(7) + " " * (room + 2) + "worst %".rjust(7) + f"  {kind}"
    return Text(line[:width], style_of("faint", style), end="", no_wrap=True)


def hand_letter_line(letter: Letter, style: TerminalStyle, width: int) -> Text:
    """One letter: the mean over the hands never seen, a bar, the worst of them and whose it is."""
    line = Text(end="", no_wrap=True).append(letter.name[:2].ljust(3), style_of("heading", style))
    poor = letter.mean is not None and letter.mean < POOR
    line.append(
        numbers.percent_aligned(letter.mean).rjust(7), style_of("bad" if poor else "text", style)
    ).append(" ")
    room = _letter_bar(width)
    bar = share_bar(letter.mean, room, style)
    line.append_text(bar).append(" " * (room - bar.cell_len + 1))
    line.append(numbers.percent_aligned(letter.worst).rjust(7))
    line.append(f"  {letter.group or ''}", style_of("faint", style))
    line.truncate(width)
    return line


def _letter_bar(width: int) -> int:
    return max(4, min(40, width - 3 - 7 - 2 - 7 - 8))


def list_words(words: Sequence[str], most: int) -> str:
    """`a, b and 3 more`."""
    shown = ", ".join(words[:most])
    return shown if len(words) <= most else f"{shown} and {len(words) - most} more"
