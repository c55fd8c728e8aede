"""What happened to a run, as marks on its charts: the best epoch, pauses, changes, a stall, the end of it."""

from collections.abc import Iterator

import numpy as np

from signtui.events import Mark
from signtui.render import numbers
from signtui.render.charts import ChartMark
from signtui.runs.state import RunState
from signtui.tui.scale import Scale


def marks_of(state: RunState, scale: Scale) -> tuple[ChartMark, ...]:
    """The marks of `state` on the x axis that `scale` says."""
    places = [
        *_best(state),
        *_happenings(state.marks, state.resumed_at),
        *((step, "resumed") for step in state.resumed_at),
    ]
    if state.ended is not None and state.ended.reason == "diverged":
        places.append((state.progress.step, "diverged"))
    at = scale.x(np.array([step for step, _ in places], np.float64))
    return tuple(ChartMark(float(x), label) for x, (_, label) in zip(at, places, strict=True))


def _best(state: RunState) -> Iterator[tuple[int, str]]:
    if state.best is not None and len(state.epochs) > 1:
        yield from ((epoch.step, "best") for epoch in state.epochs if epoch.epoch == state.best.epoch)


def _happenings(marks: tuple[Mark, ...], resumed_at: tuple[int, ...]) -> Iterator[tuple[int, str]]:
    """Step and label of each; a pause that ended where it began is one mark, with how long it took."""
    pause: Mark | None = None
    for mark in marks:
        if mark.kind == "pause":
            if pause is not None:
                yield pause.step, "paused"
            pause = mark
        elif mark.kind == "resume" and pause is not None:
            if pause.step == mark.step:
                yield mark.step, f"paused {numbers.duration(mark.time - pause.time)}"
            else:
                yield pause.step, "paused"
                yield mark.step, "resumed"
            pause = None
        elif label := _label(mark):
            yield mark.step, label
    if (
        pause is not None and pause.step not in resumed_at
    ):  # else the run went on from there in another process
        yield pause.step, "paused"


def _label(mark: Mark) -> str:
    match mark.kind:
        case "resume":
            return "resumed"
        case "learning_rate":
            return f"rate {numbers.learning_rate(mark.value)}"
        case "epochs":
            return numbers.plural(int(mark.value), "epoch") if mark.value else "epochs"
        case "plateau":
            return "plateau"
        case _:  # a warning belongs to no step
            return ""
