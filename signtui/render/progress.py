"""Headless training as it goes: a bar with figures on a terminal, one plain line an epoch elsewhere."""

import math
from dataclasses import dataclass

from rich.style import Style
from rich.text import Text

from signtui.events import EpochEnded
from signtui.render import numbers
from signtui.render.palette import style_of
from signtui.render.terminal import TerminalStyle


@dataclass(frozen=True)
class ProgressSnapshot:
    """Where a run stands: `step` of `steps` in the whole run, `epoch` of `epochs`; what isn't known is None.

    `activity` is what it does instead of training, such as `validation`.
    """

    epoch: int
    epochs: int
    step: int
    steps: int
    images_per_second: float | None = None
    loss: float | None = None
    accuracy: float | None = None
    seconds_left: float | None = None
    activity: str = ""


def progress_line(snapshot: ProgressSnapshot, style: TerminalStyle, width: int | None = None) -> Text:
    """`snapshot` as one line of at most `width` cells: a bar, then figures, the least important left out."""
    width = style.width if width is None else width
    faint = style_of("faint", style)
    share = min(1.0, max(0.0, snapshot.step / snapshot.steps)) if snapshot.steps > 0 else 0.0
    line = Text(end="", no_wrap=True).append_text(_bar(share, max(8, min(30, width // 4)), style))
    line.append(f" epoch {snapshot.epoch}/{snapshot.epochs}", style_of("heading", style))
    for words in _figures(snapshot):
        if line.cell_len + 2 + len(words) <= width:
            line.append("  ").append(words, faint if words.startswith("step") else Style())
    line.truncate(width)
    return line


def _figures(snapshot: ProgressSnapshot) -> list[str]:
    """The figures, most important first; each has a steady width so that the line doesn't dance."""
    figures = [f"{_left(snapshot.seconds_left):>9}"]
    if snapshot.activity:
        return [*figures, snapshot.activity]
    if snapshot.loss is not None:
        figures.append(f"loss {numbers.loss(snapshot.loss)}")
    if snapshot.accuracy is not None:
        figures.append(f"{numbers.percent(snapshot.accuracy):>7}")
    if snapshot.images_per_second is not None:
        figures.append(f"{numbers.rate(snapshot.images_per_second):>16}")
    if snapshot.steps:
        figures.append(f"step {snapshot.step:>{len(str(snapshot.steps))}}/{snapshot.steps}")
    return figures


def _left(seconds: float | None) -> str:
    if seconds is None or not math.isfinite(seconds):
        return ""
    return f"{numbers.duration(seconds) if seconds >= 10 else f'{max(0.0, seconds):.0f} s'} left"


def _bar(share: float, width: int, style: TerminalStyle) -> Text:
    done, rest = ("━", "─") if style.unicode else ("#", "-")
    cells = int(share * width)
    bar = Text(end="").append(done * cells, style_of("accent", style))
    return bar.append(rest * (width - cells), style_of("faint", style))


def epoch_line(event: EpochEnded, epochs: int) -> str:
    """One plain line about an epoch that ended; `*` marks the best so far."""
    mark = "  *" if event.best else ""
    validation = event.validation
    return (
        f"epoch {event.epoch:>{len(str(epochs))}}/{epochs}"
        f"  train {numbers.percent(event.train.accuracy)} loss {numbers.loss(event.train.loss)}"
        f"  validation {numbers.percent(validation.accuracy)} loss {numbers.loss(validation.loss)}"
        f" ({numbers.count(validation.images)} images)"
        f"  {numbers.rate(event.images_per_second)}"
        f"  {numbers.duration(event.seconds, tenths=True)}{mark}"
    )
