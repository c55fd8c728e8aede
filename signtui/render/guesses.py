"""Guesses and mistakes as lines of text: pairs, precision and recall, the likeliest guesses, reliability."""

from collections.abc import Sequence

from rich.style import Style
from rich.text import Text

from signtui.render import numbers
from signtui.render.charts import Chart, Role, Series
from signtui.render.palette import Name, style_of
from signtui.render.rows import in_sight
from signtui.render.tables import POOR_RECALL
from signtui.render.terminal import TerminalStyle
from signtui.runs.calibration import Calibration, ReliabilityBin
from signtui.runs.mistakes import ClassFigures, ConfusedPair

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_NAME = 3
_SHARES = 7
_LEAST_BAR = 4
_DOTS = 40


def bar(share: float, cells: int, style: TerminalStyle, look: Name = "accent") -> Text:
    """`share` (0..1) of `cells` cells filled, in eighths of a cell where there are such characters."""
    share = min(1.0, max(0.0, share))
    if not style.unicode:
        full = int(share * cells)
        return Text("#" * full, style_of(look, style), end="").append(
            "." * (cells - full), style_of("faint", style)
        )
    eighths = int(share * cells * 8)
    words = "█" * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")
    return Text(words.ljust(cells), style_of(look, style), end="")


def pair_line(pair: ConfusedPair, classes: Sequence[str], style: TerminalStyle, width: int) -> Text:
    """`M > N   12 of 140   3 of 7 photographs`; the photographs where they are known and there is room."""
    faint = style_of("faint", style)
    line = Text(end="").append(f"{classes[pair.truth]} > {classes[pair.guess]}".ljust(6), Style(bold=True))
    line.append(f"{pair.images:>4,}", style_of("bad", style)).append(f" of {pair.of_images:<4,}", faint)
    if pair.photographs is None or pair.of_photographs is None:
        return line
    counted = f" {pair.photographs:>2} of {pair.of_photographs}"
    for noun in (" photographs", " photos"):
        if line.cell_len + len(counted + noun) <= width:
            return line.append(counted).append(noun, faint)
    return line


def letters_heading(style: TerminalStyle, width: int) -> Text:
    """The heading over `letter_line`s of the same width."""
    cells = _bar_cells(width)
    words = f"{'':<{_NAME}}{'recall %':<{_SHARES + cells + 1}}{'precision %':<{_SHARES + cells + 1}}"
    if not cells:
        words = f"{'':<{_NAME}}{'recall':<{_SHARES + 1}}{'precis.':<{_SHARES + 1}}"
    return Text(words + "images", style_of("faint", style), end="")


def letter_line(name: str, figures: ClassFigures, style: TerminalStyle, width: int) -> Text:
    """One class: recall and precision in percent, each with a bar where there is room, and its images."""
    cells = _bar_cells(width)
    line = Text(end="").append(name.ljust(_NAME), style_of("heading", style))
    for share in (figures.recall, figures.precision):
        poor = share is not None and share < POOR_RECALL
        line.append(numbers.percent_aligned(share).ljust(_SHARES), style_of("bad" if poor else "text", style))
        line.append_text(bar(share or 0.0, cells, style, "bad" if poor else "accent")).append(" ")
    return line.append(f"{figures.images:>6,}", style_of("faint", style))


def _bar_cells(width: int) -> int:
    cells = (width - _NAME - 2 * (_SHARES + 1) - 6) // 2
    return min(30, cells) if cells >= _LEAST_BAR else 0


def guess_lines(
    guesses: Sequence[tuple[int, float]],
    truth: int,
    classes: Sequence[str],
    style: TerminalStyle,
    width: int,
) -> list[Text]:
    """The likeliest guesses, one a line: probability as a number and a bar; the truth is marked."""
    lines = []
    names = max(len(name) for name in classes)
    room = max(0, min(40, width - names - 9 - len("  the truth")))
    for index, probability in guesses:
        line = Text(end="").append(classes[index].ljust(names), style_of("heading", style))
        line.append(f" {numbers.percent(probability):>7} ")
        line.append_text(bar(probability, room, style, "good" if index == truth else "accent"))
        if index == truth:
            line.append("  the truth", style_of("good", style))
        lines.append(line)
    return lines


def reliability_chart(found: Calibration, split: Role, before: Calibration | None = None) -> Chart:
    """The share of right guesses over the mean confidence of each bin; the diagonal is what it should be.

    `before` is how it was without the temperature.
    """
    diagonal = [step / _DOTS for step in range(_DOTS + 1)]
    sure = Series("ideal", diagonal, diagonal, faint=True, role="previous", markers=False)
    right = _reliability_series("right, surest bin" if before is None else "after", found, split)
    earlier = () if before is None else (_reliability_series("before", before, "other"),)
    return Chart(
        "Reliability",
        (sure, *earlier, right),
        "sure",
        "share right",
        y_percent=True,
        x_whole=False,
        x_range=(0.0, 1.0),
        y_range=(0.0, 1.0),
        x_exact=True,
        y_exact=True,
    )


def _reliability_series(name: str, found: Calibration, role: Role) -> Series:
    filled = [one for one in found.bins if one.images]
    return Series(
        name,
        [one.confidence or 0.0 for one in filled],
        [one.accuracy or 0.0 for one in filled],
        role=role,
        markers=True,
    )


def reliability_lines(found: Calibration, style: TerminalStyle) -> list[Text]:
    """The bins as a table, the surest first: how many images, how sure on average, how many of them right."""
    faint = style_of("faint", style)
    lines = [Text("confidence   images   sure %  right %", faint, end="")]
    for one in reversed(found.bins):
        line = Text(end="").append(f"{one.low:.1f} - {one.high:.1f} ", style_of("heading", style))
        line.append(f"{one.images:>9,}  ", faint if not one.images else Style())
        if one.images:
            line.append(f" {numbers.percent_aligned(one.confidence)}  ")
            line.append(numbers.percent_aligned(one.accuracy), style_of(_look_of(one), style))
        lines.append(line)
    return lines


def _look_of(one: ReliabilityBin) -> Name:
    assert one.confidence is not None
    assert one.accuracy is not None
    return "bad" if one.accuracy < one.confidence - 0.1 else "text"


def calibration_words(found: Calibration) -> str:
    """The expected calibration error, and which way it leans."""
    lean = found.confidence - found.accuracy
    how = "more sure than right" if lean > 0 else "less sure than right"
    error = f"expected calibration error {numbers.percent(found.error)}"
    if abs(lean) < 0.0005:
        return f"{error}: on average as sure as right"
    return (
        f"{error}: on average {how}, {numbers.percent(found.confidence)} sure and"
        f" {numbers.percent(found.accuracy)} right"
    )


def epoch_strip(
    epochs: Sequence[int], epoch: int, best: int | None, style: TerminalStyle, cells: int
) -> Text:
    """The epochs as dots, the shown one filled, the best underlined; of many, those about the shown one."""
    faint, accent = style_of("faint", style), style_of("accent", style)
    here = epochs.index(epoch) if epoch in epochs else 0
    line = Text(end="")
    for place in in_sight(here, len(epochs), cells):
        number, shown = epochs[place], place == here
        sign = ("●" if shown else "○") if style.unicode else ("O" if shown else ".")
        if number == best and not shown:
            sign = "◎" if style.unicode else "o"
        line.append(sign, accent + Style(bold=True) if shown else faint)
    return line
