"""From a run's state to its charts: which series, on which axes, with which marks.

The axes of a live run stand still as long as they can, for each move repaints the whole chart: x reaches to
the planned end from the start, y moves in steps.
"""

import math

import numpy as np
import numpy.typing as npt

from signtui.render.charts import Chart, ChartMark, Series
from signtui.runs.history import StepPoint
from signtui.runs.state import RunState
from signtui.tui.view import TITLES, Field, Unit, View

Array = npt.NDArray[np.float64]

_FIRST_POINTS = 20
_ENOUGH_EPOCHS = 3
_ACCURACY_FLOORS = (0.99, 0.98, 0.95, 0.9, 0.8, 0.5, 0.0)
_MARKED = {"pause": "pause", "learning_rate": "rate", "epochs": "epochs", "plateau": "plateau"}


def chart_of(state: RunState, field: Field, view: View, previous: RunState | None = None) -> Chart:
    """The chart of `field` over the run so far, with a curve of `previous` faint behind it."""
    train_x, train_y = _training(state, field, view)
    validation_x, validation_y = _validation(state, field, view)
    series = [
        Series("train", train_x, train_y, role="train", markers=False),
        Series("validation", validation_x, validation_y, role="validation", markers=True),
    ]
    behind = np.zeros(0)
    if previous is not None and previous.epochs:
        # One or two points of validation are no curve that anyone could see.
        curve = _validation if len(previous.epochs) >= _ENOUGH_EPOCHS else _training
        x, behind = curve(previous, field, view)
        series.insert(0, Series("last run", x, behind, faint=True, role="previous"))
    marks = _marks(state, view)
    every = np.concatenate([train_y, validation_y, behind])
    return Chart(
        title=TITLES[field],
        series=tuple(series),
        x_label={"epoch": "epoch", "step": "step", "time": "seconds"}[view.unit],
        y_label=_remarks(view),
        y_log=view.log,
        y_percent=field == "accuracy" and not view.log,
        x_whole=view.unit != "time",
        marks=marks,
        x_range=_x_range(state, view, train_x, validation_x),
        y_range=_y_range(field, view, every),
    )


def smoothed(points: Array, steps: Array, weight: float) -> Array:
    """The running mean of `points` (n,), each over `steps` (n,) steps, that keeps `weight` of its past.

    The weight is that of one point as the first ones came, so that the drawn part of the curve stays as it
    is while the run goes on; it is corrected at the start, where there is little past. Gaps are passed over.
    """
    if not weight or points.size < 3:
        return points
    kept = weight ** (steps / max(1.0, float(np.median(steps[:_FIRST_POINTS]))))
    result = np.empty_like(points)
    total = share = 0.0
    for index, (value, keep) in enumerate(zip(points.tolist(), kept.tolist(), strict=True)):
        if math.isfinite(value):
            total = keep * total + (1 - keep) * value
            share = keep * share + (1 - keep)
        result[index] = total / share if share else math.nan
    return result


def _training(state: RunState, field: Field, view: View) -> tuple[Array, Array]:
    points = state.history.points
    values = np.array([getattr(point, field) for point in points], np.float64)
    steps = np.array([point.steps for point in points], np.float64)
    return _places(state, points, view.unit), smoothed(values, steps, view.smoothing)


def _places(state: RunState, points: tuple[StepPoint, ...], unit: Unit) -> Array:
    if unit == "time":
        # Time by itself: a pause, or the hours before a resume, is no part of it.
        if not points:
            return np.zeros(0)
        times = np.array([point.time for point in points], np.float64)
        gaps = np.diff(times, prepend=state.started or times[0])
        usual = max(1.0, 5 * float(np.median(gaps))) if gaps.size > 4 else math.inf
        return np.cumsum(np.where(gaps > max(usual, 10.0), 0.0, np.maximum(gaps, 0.0)))
    steps = np.array([point.step for point in points], np.float64)
    return steps if unit == "step" else steps / max(1, state.progress.steps_per_epoch)


def _validation(state: RunState, field: Field, view: View) -> tuple[Array, Array]:
    values = np.array([getattr(epoch.validation, field) for epoch in state.epochs], np.float64)
    at_steps = np.array([epoch.step for epoch in state.epochs], np.float64)
    return _at(state, at_steps, view), values


def _at(state: RunState, steps: Array, view: View) -> Array:
    """Where on the x axis `steps` (n,) of the run lie."""
    if view.unit == "step":
        return steps
    if view.unit == "epoch":
        return steps / max(1, state.progress.steps_per_epoch)
    points = state.history.points
    if not points or not steps.size:
        return np.full(steps.size, np.nan)
    known = np.array([point.step for point in points], np.float64)
    return np.interp(steps, known, _places(state, points, "time"))


def _marks(state: RunState, view: View) -> tuple[ChartMark, ...]:
    marks = []
    if state.best is not None and len(state.epochs) > 1:
        best = next((epoch for epoch in state.epochs if epoch.epoch == state.best.epoch), None)
        if best is not None:
            marks.append((best.step, "best"))
    marks += [(mark.step, _MARKED[mark.kind]) for mark in state.marks if mark.kind in _MARKED]
    if state.ended is not None and state.ended.reason == "diverged":
        marks.append((state.progress.step, "diverged"))
    places = _at(state, np.array([step for step, _ in marks], np.float64), view)
    return tuple(ChartMark(float(x), label) for x, (_, label) in zip(places, marks, strict=True))


def _remarks(view: View) -> str:
    words = [f"smoothing {view.smoothing:g}"] if view.smoothing else []
    return ", ".join([*words, *(["log"] if view.log else [])])


def _x_range(state: RunState, view: View, *xs: Array) -> tuple[float, float] | None:
    reached = max([float(np.nanmax(x)) for x in xs if x.size and np.isfinite(x).any()], default=0.0)
    if view.unit == "time":
        return (0.0, _up(reached)) if state.ended is None else (0.0, max(reached, 1.0))
    epochs = len(state.epochs) if state.ended is not None else state.progress.epochs
    per_epoch = max(1, state.progress.steps_per_epoch) if view.unit == "step" else 1
    return (0.0, max(reached, float(epochs * per_epoch), 1.0))


def _y_range(field: Field, view: View, values: Array) -> tuple[float, float] | None:
    values = values[np.isfinite(values)]
    if view.log or not values.size:
        return None
    if field == "loss":
        # The very first losses may tower above the rest.
        return (0.0, _up(float(np.quantile(values, 0.98))))
    usual = float(np.quantile(values, 0.15))
    return (next(floor for floor in _ACCURACY_FLOORS if usual >= floor), 1.0)


def _up(value: float) -> float:
    """The next of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten."""
    if not value > 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(
        (factor * power for factor in (1, 1.5, 2, 3, 4, 5, 6, 8) if factor * power >= value), 10 * power
    )
