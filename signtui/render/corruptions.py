"""How harder images are read: a table, two charts and a row of pictures for each corruption."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from signtui.render import numbers
from signtui.render.block_art import guess_caption, image_grid
from signtui.render.charts import Chart, Series, build_chart
from signtui.render.columns import Cell, Column, table
from signtui.render.guesses import bar
from signtui.render.palette import series_look, style_of
from signtui.render.terminal import TerminalStyle
from signtui.runs.corruptions import CorruptionScore, CorruptionScores

POOR = 0.5
"""Accuracy below which a figure stands out."""

_CHART_LINES = 14
_SIDE_BY_SIDE = 110
_WIDEST_CHART = 100
_BAR = 24
_TABLE = 66
_GAP = 2
_WIDEST_PICTURE = 22
_NARROWEST_PICTURE = 8


def corruption_words(scores: CorruptionScores) -> str:
    """`worst mirrored 20.1 %; mean of 10 corruptions in 5 strengths`."""
    worst = min(scores.corruptions, key=lambda one: one.accuracy)
    kinds, strengths = len(scores.corruptions), len(worst.strengths)
    return (
        f"worst {worst.name} {numbers.percent(worst.accuracy)}; mean of {kinds} corruptions in {strengths}"
        " strengths"
    )


def corruption_table(scores: CorruptionScores, style: TerminalStyle, *, width: int | None = None) -> Table:
    """A row a corruption: accuracy in percent at each strength, and their mean; in all, the last row.

    On a terminal each name has the marker of its line in `corruption_charts` before it.
    """
    room = style.width if width is None else width
    unit = " %" if style.interactive else "%"
    strengths = [one.strength for one in scores.corruptions[0].strengths]
    bars = min(_BAR, room - _TABLE) if style.interactive else 0
    columns = [
        Column("corruption"),
        *(Column(str(strength), "right", 1) for strength in strengths),
        Column(f"mean{unit}", "right"),
        *([Column("")] if bars >= 4 else []),
    ]
    half = _half(scores)
    rows = [
        _row(
            _marked(one.name, place % half, style),
            [each.accuracy for each in one.strengths],
            one.accuracy,
            bars,
            style,
        )
        for place, one in enumerate(scores.corruptions)
    ]
    means = [
        sum(one.strengths[place].accuracy for one in scores.corruptions) / len(scores.corruptions)
        for place in range(len(strengths))
    ]
    rows.append(
        _row(
            Text("  mean" if style.interactive else "mean"), means, scores.accuracy, bars, style, strong=True
        )
    )
    return table(columns, rows, style, width=width)


def _half(scores: CorruptionScores) -> int:
    """How many corruptions the first chart shows."""
    return (len(scores.corruptions) + 1) // 2


def _marked(name: str, series: int, style: TerminalStyle) -> Text:
    if not style.interactive:
        return Text(name)
    look = series_look("other", series)
    mark = look.marker if style.unicode else look.ascii_marker
    return Text(end="").append(f"{mark} ", look.hue.style(style)).append(name)


def _row(
    name: Text,
    shares: Sequence[float],
    mean: float,
    bars: int,
    style: TerminalStyle,
    *,
    strong: bool = False,
) -> list[Cell]:
    heading = style_of("heading", style)
    cells: list[Cell] = [Text(name.plain, heading) if strong else name]
    for share in (*shares, mean):
        look = style_of("bad" if share < POOR else "heading" if strong else "text", style)
        words = (
            numbers.percent_aligned(share) if style.interactive else numbers.percent(share).removesuffix(" %")
        )
        cells.append(Text(words, look))
    if bars >= 4:
        cells.append(bar(mean, bars, style, "bad" if mean < POOR else "accent"))
    return cells


def corruption_charts(scores: CorruptionScores, style: TerminalStyle) -> list[Text]:
    """Accuracy over strength in two charts of half the corruptions each, as lines of text.

    They stand beside each other where there is room.
    """
    half = _half(scores)
    charts = [
        _chart(title, scores, scores.corruptions[part])
        for title, part in (
            ("Hand and lens", slice(0, half)),
            ("Light and cover", slice(half, None)),
        )
    ]
    if style.interactive and style.width >= _SIDE_BY_SIDE:
        width = (style.width - 3) // 2
        left, right = (build_chart(chart, width, _CHART_LINES, style).split("\n") for chart in charts)
        return [
            Text(end="").append_text(one).append("   ").append_text(other)
            for one, other in zip(left, right, strict=True)
        ]
    width = min(style.width, _WIDEST_CHART)
    first, second = (build_chart(chart, width, _CHART_LINES, style).split("\n") for chart in charts)
    return [*first, Text(end=""), *second]


def _chart(title: str, scores: CorruptionScores, some: Sequence[CorruptionScore]) -> Chart:
    """Strength 0 is the images as they are."""
    series = tuple(
        Series(
            one.name,
            [0, *(each.strength for each in one.strengths)],
            [scores.clean.accuracy, *(each.accuracy for each in one.strengths)],
            markers=True,
        )
        for one in some
    )
    return Chart(title, series, "strength", y_percent=True, y_range=(0.0, 1.0), y_exact=True)


def corruption_examples(scores: CorruptionScores, classes: Sequence[str], style: TerminalStyle) -> list[Text]:
    """A row for each corruption: one image as it is and at every strength, with what it is read as."""
    lines: list[Text] = []
    for one in scores.corruptions:
        lines += [*example_row(one, classes, style), Text(end="")]
    return lines[:-1]


def example_row(score: CorruptionScore, classes: Sequence[str], style: TerminalStyle) -> list[Text]:
    """What one corruption does to an image: a heading, the pictures, the guesses."""
    count = len(score.pictures)
    width = min(_WIDEST_PICTURE, max(_NARROWEST_PICTURE, (style.width - _GAP * (count - 1)) // count))
    heading = Text(end="").append(score.name, style_of("heading", style))
    heading.append(f"  {amounts_words(score)}", style_of("faint", style))
    heading.truncate(style.width)
    captions = [guess_caption(classes[score.truth], classes[guess], style) for guess in score.guesses]
    return [heading, *image_grid(list(score.pictures), captions, style, width).split("\n")]


def amounts_words(score: CorruptionScore) -> str:
    """`5, 10, 15, 22, 30 degrees`; shares in percent."""
    if score.unit.startswith("of "):
        return f"{', '.join(f'{round(amount * 100, 1):g}' for amount in score.amounts)} % {score.unit}"
    return f"{', '.join(f'{amount:g}' for amount in score.amounts)} {score.unit}"
