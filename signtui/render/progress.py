"""Headless training as it goes: a bar with figures on a terminal, one plain line an epoch elsewhere."""

import math
from dataclasses import dataclass, replace

from rich.style import Style
from rich.text import Text

from signtui.events import EpochEnded
from signtui.render import numbers
from signtui.render.palette import style_of
from signtui.render.terminal import TerminalStyle


@dataclass(frozen=True)
class ProgressSnapshot:
    """Where a run stands: `step` of `steps` in the whole run, `epoch` of `epochs`; what isn't known is None.

    `activity` is what it does instead of training, such as `validation`; `machine` are figures of the
    machine in words, the most important first, for the end of the line. `label` tells which of several runs
    it is.
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
    machine: tuple[str, ...] = ()
    label: str = ""


def progress_line(snapshot: ProgressSnapshot, style: TerminalStyle, width: int | None = None) -> Text:
    """`snapshot` as one line of at most `width` cells: a bar, then figures, the least important left out."""
    width = style.width if width is None else width
    faint = style_of("faint", style)
    share = min(1.0, max(0.0, snapshot.step / snapshot.steps)) if snapshot.steps > 0 else 0.0
    line = Text(end="", no_wrap=True).append_text(progress_bar(share, _bar_cells(snapshot, width), style))
    line.append(_epoch(snapshot), style_of("heading", style))
    left, right = _chosen(snapshot, width - line.cell_len)
    for words in left:
        line.append("  ").append(words, faint if words.startswith("step") else Style())
    if right:
        words = "  ".join(right)
        line.append(" " * max(2, width - line.cell_len - len(words))).append(words, faint)
    line.truncate(width)
    return line


_SHORTEST_BAR = 7


def _epoch(snapshot: ProgressSnapshot) -> str:
    label = f" {snapshot.label} " if snapshot.label else ""
    return f"{label} epoch {snapshot.epoch}/{snapshot.epochs}"


def _bar_cells(snapshot: ProgressSnapshot, width: int) -> int:
    """As many as training's figures leave, so that the bar stays as it is while something else is done."""
    training = replace(snapshot, activity="", loss=1.0, accuracy=1.0, images_per_second=1e4)
    room = width - _SHORTEST_BAR - len(_epoch(snapshot))
    taken = sum(2 + len(words) for part in _chosen(training, room) for words in part)
    return min(_SHORTEST_BAR + max(0, room - taken), max(_SHORTEST_BAR, min(30, width // 4)))


def _chosen(snapshot: ProgressSnapshot, room: int) -> tuple[list[str], list[str]]:
    """The figures that fit `room`: those of the run for the left, those of its machine for the right."""
    left, right = _figures(snapshot), list(snapshot.machine)
    # How hard the machine works says more than the last of the run's own figures; the rest of it says less.
    order = [*left[:3], *right[:1], *left[3:], *right[1:]]
    kept = []
    for words in order:
        if 2 + len(words) <= room:
            kept.append(words)
            room -= 2 + len(words)
    return [words for words in left if words in kept], [words for words in right if words in kept]


def _figures(snapshot: ProgressSnapshot) -> list[str]:
    """The run's figures, most important first; each has a steady width so that the line doesn't dance."""
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


def progress_bar(share: float, width: int, style: TerminalStyle) -> Text:
    """`share` (0 to 1) of `width` cells done, the rest faint."""
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
