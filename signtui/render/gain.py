"""What going on from a run's weights brought: before and after on new photos, and on what it knew before."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

from signtui.render import numbers
from signtui.render.palette import Name, style_of
from signtui.render.terminal import TerminalStyle
from signtui.runs.gain import cautions
from signtui.runs.names import short_name

_LABEL = 12


def start_words(told: Mapping[str, Any]) -> str:
    """What is learned: `72 new photos, each 28 times an epoch, beside 2,048 images of brisk-heron`."""
    words = numbers.plural(told["learned"], "new photo")
    if told["repeats"] > 1:
        words += f", each {told['repeats']} times an epoch"
    if told["rehearsed"]:
        words += f", beside {numbers.count(told['rehearsed'])} images that were learned before"
    return words


def gain_lines(told: Mapping[str, Any], style: TerminalStyle) -> list[Text]:
    """The two comparisons of a `fine_tuning` event, as plain data; without an end, what there was before."""
    lines = [_line("new photos", told["own"], "held out", style)]
    before = told.get("origin_held_out")
    if before:
        origin = short_name(told["origin"])
        lines.append(_line("old images", before, f"that {origin} held out", style))
    return lines


def caution_lines(told: Mapping[str, Any], classes: Sequence[str], style: TerminalStyle) -> list[Text]:
    """What these figures can't say, a sentence a line."""
    return [Text(sentence, style_of("faint", style)) for sentence in cautions(told, classes)]


def _line(label: str, pair: Mapping[str, Any], what: str, style: TerminalStyle) -> Text:
    faint, before, after = style_of("faint", style), pair["before"], pair.get("after")
    line = Text().append(label.ljust(_LABEL), faint)
    line.append(f"{numbers.percent(before['accuracy']):>7}")
    if after:
        line.append(" → " if style.unicode else " -> ", faint)
        line.append(f"{numbers.percent(after['accuracy']):>7}", style_of("heading", style))
        line.append_text(_points(before["accuracy"], after["accuracy"], style))
    return line.append(f"  {numbers.count(before['images'])} {what}", faint)


def _points(before: float, after: float, style: TerminalStyle) -> Text:
    """`  +12.5 points`, good or bad in colour and always by its sign; none where a score is no number."""
    if not (math.isfinite(before) and math.isfinite(after)):
        return Text(end="")
    by = numbers.points(after, before)
    look: Name = "good" if by > 0 else "bad" if by < 0 else "faint"
    return Text(f"  {by:+f} points", style_of(look, style), end="")
