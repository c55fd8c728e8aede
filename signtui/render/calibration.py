"""How sure a network is against how often it is right, with its temperature and without: words and a curve.

Takes the object that the JSON output has, as `run_page` does.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from signtui.events import Calibrated
from signtui.render import numbers
from signtui.render.charts import Role, build_chart
from signtui.render.columns import Cell, Column, table
from signtui.render.guesses import calibration_words, reliability_chart, reliability_lines
from signtui.render.palette import style_of
from signtui.render.terminal import TerminalStyle

_CHART_LINES = 14
_WIDEST = 64
_TABLE = 39
_GAP = 3
_NARROWEST = 36

_ROLES: dict[str, Role] = {"validation": "validation", "test": "test", "train": "train"}


def read(calibration: Calibrated | Mapping[str, Any] | None) -> Calibrated | None:
    """`calibration` as its type; None where there is none."""
    return None if calibration is None else msgspec.convert(msgspec.to_builtins(calibration), Calibrated)


def error_words(found: Calibrated) -> str:
    """`expected calibration error 1.2 %, 6.4 % before the temperature of 0.71`."""
    words = f"expected calibration error {numbers.percent(found.after.error)}"
    if found.temperature == 1:
        return f"{words}, no temperature fitted"
    return f"{words}, {numbers.percent(found.before.error)} before the temperature of {found.temperature:.2f}"


def sure_words(found: Calibrated) -> str:
    """`sure (from 98.1 %) of 94.9 %, of which 99.9 % right`; empty where nothing says what is sure."""
    if found.sure_from is None or found.sure is None or found.sure_right is None:
        return ""
    share = numbers.percent(found.sure / found.after.images)
    words = f"sure (from {numbers.percent(found.sure_from)}) of {share}"
    if not found.sure:
        return words
    return f"{words}, of which {numbers.percent(found.sure_right / found.sure)} right"


def calibration_lines(found: Calibrated) -> list[Text]:
    """The words, each on a line of its own."""
    confidence, right = numbers.percent(found.after.confidence), numbers.percent(found.after.accuracy)
    mean = f"on average {confidence} sure and {right} right"
    return [Text(words, end="") for words in (error_words(found), mean, sure_words(found)) if words]


def calibrated_words(found: Calibrated) -> str:
    """All of the words in one sentence."""
    if found.temperature == 1 and found.sure_from is None:
        return calibration_words(found.after)
    return "; ".join(line.plain for line in calibration_lines(found))


def calibration_section(found: Calibrated, split: str, style: TerminalStyle) -> list[RenderableType]:
    """The words, the reliability curve and its table; beside each other where there is room."""
    bins = Text("\n").join(reliability_lines(found.after, style))
    parts: list[RenderableType] = [Text("Calibration", style_of("heading", style))]
    parts += calibration_lines(found)
    parts.append(Text(""))
    room = style.width - _TABLE - _GAP
    if not style.interactive or room < _NARROWEST:
        return [*parts, _curve(found, split, min(style.width, _WIDEST), style), Text(""), bins]
    return [*parts, _beside(_curve(found, split, min(room, _WIDEST), style), bins)]


def calibration_page(splits: Mapping[str, Any], style: TerminalStyle) -> list[RenderableType]:
    """Every split of `splits` (calibrations by name) as a row of figures, and its reliability curve."""
    found = {split: one for split in splits if (one := read(splits[split])) is not None}
    if not found:
        return []
    curves: list[RenderableType] = []
    beside = style.interactive and len(found) > 1 and style.width >= 2 * _NARROWEST + _GAP
    share = (style.width - _GAP * (len(found) - 1)) // len(found)
    if beside and share >= _NARROWEST:
        curves = [_beside(*(_curve(one, split, min(share, _WIDEST), style) for split, one in found.items()))]
    else:
        for split, one in found.items():
            curves += [_curve(one, split, min(style.width, _WIDEST), style), Text("")]
    return [_rows(found, style), Text(""), *curves]


def _rows(found: Mapping[str, Calibrated], style: TerminalStyle) -> Table:
    unit = " %" if style.interactive else "%"
    columns = (
        Column("split"),
        Column("images", "right", 3),
        Column(f"confident{unit}", "right", 2),
        Column(f"right{unit}", "right", 2),
        Column(f"error{unit}", "right"),
        Column("before" if style.interactive else "before%", "right", 1),
        Column("temperature", "right", 1),
        Column("sure from", "right", 1),
        Column("sure", "right", 1),
        Column("right of sure", "right", 1),
    )
    return table(columns, [_row(split, one, style) for split, one in found.items()], style)


def _row(split: str, one: Calibrated, style: TerminalStyle) -> list[Cell]:
    sure = one.sure / one.after.images if one.sure is not None else None
    right = one.sure_right / one.sure if one.sure and one.sure_right is not None else None
    shares = (one.after.confidence, one.after.accuracy, one.after.error, one.before.error)
    return [
        split.replace("_", "-"),
        numbers.count(one.after.images),
        *(_share(share, style) for share in shares),
        f"{one.temperature:.2f}",
        *(_share(share, style) for share in (one.sure_from, sure, right)),
    ]


def _share(share: float | None, style: TerminalStyle) -> str:
    words = numbers.percent_aligned(share) if style.interactive else numbers.percent(share)
    return words.removesuffix(" %")


def _curve(found: Calibrated, split: str, width: int, style: TerminalStyle) -> Text:
    before = found.before if found.temperature != 1 else None
    chart = reliability_chart(found.after, _ROLES.get(split, "other"), before)
    return build_chart(replace(chart, title=split.replace("_", "-").capitalize()), width, _CHART_LINES, style)


def _beside(*parts: RenderableType) -> Table:
    grid = Table.grid(padding=(0, _GAP, 0, 0), pad_edge=False)
    grid.add_row(*parts)
    return grid
