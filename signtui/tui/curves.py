"""From a run's state to its charts: which series, on which axes, with which marks.

The axes of a live run stand still as long as they can, for each move repaints the whole chart: x reaches to
the planned end from the start, y moves in steps. A zoomed chart shows its window exactly, y fitted to it.
"""

import math
from bisect import bisect_right

import numpy as np

from signtui.render.axes import number_labels, round_step
from signtui.render.charts import Chart, Series
from signtui.runs.history import StepPoint
from signtui.runs.state import RunState
from signtui.tui import zoom
from signtui.tui.chart_marks import marks_of
from signtui.tui.scale import Array, Scale, scale_of
from signtui.tui.view import TITLES, Field, View

_FIRST_POINTS = 20
_ENOUGH_EPOCHS = 3
_ACCURACY_FLOORS = (0.99, 0.98, 0.95, 0.9, 0.8, 0.5, 0.0)
_X_LABELS = {"epoch": "epoch", "step": "step", "time": "seconds"}

Ends = tuple[float, float]


def chart_of(
    state: RunState,
    field: Field,
    view: View,
    previous: RunState | None = None,
    finer: tuple[StepPoint, ...] = (),
) -> Chart:
    """The chart of `field` over the run so far, with a curve of `previous` faint behind it.

    `finer` points stand in for the state's own from the first of them to the last, and before.
    """
    scale = scale_of(state, view.unit, view.x_log)
    train_x, train_y = _training(state, scale, field, view, finer)
    validation_x, validation_y = _validation(state, scale, field)
    series = [
        Series("train", train_x, train_y, role="train", markers=False),
        Series("validation", validation_x, validation_y, role="validation", markers=True),
    ]
    if previous is not None and previous.epochs:
        x, behind = _behind(previous, field, view)
        series.insert(0, Series("last run", x, behind, faint=True, role="previous"))
    ends = _x_ends(view, scale)
    zoomed = view.window is not None
    y_ends = _fitted(series, ends, field, view) if zoomed else _y_ends(series, field, view)
    return Chart(
        title=TITLES[field],
        series=tuple(series),
        x_label=_X_LABELS[view.unit],
        y_label=_remarks(view),
        y_log=view.log,
        x_log=view.x_log,
        y_percent=field == "accuracy" and not view.log,
        x_whole=view.unit != "time",
        marks=marks_of(state, scale),
        x_range=ends,
        y_range=y_ends,
        # A view that follows a run over time has no ends to rely on: its pace is never quite the same.
        x_exact=zoomed and not (view.unit == "time" and scale.live),
        y_exact=zoomed and not view.log,
        part=_part(ends, view) if zoomed else ("", ""),
    )


def _behind(previous: RunState, field: Field, view: View) -> tuple[Array, Array]:
    """The validation curve of an earlier run; one or two points are none, and its training stands in."""
    scale = scale_of(previous, view.unit, view.x_log)
    if len(previous.epochs) >= _ENOUGH_EPOCHS:
        return _validation(previous, scale, field)
    return _training(previous, scale, field, view, ())


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


def _training(
    state: RunState, scale: Scale, field: Field, view: View, finer: tuple[StepPoint, ...]
) -> tuple[Array, Array]:
    at, values = _smooth_curve(state.history.points, field, view)
    if finer:
        # Each by itself: a point of one stands for a hundred steps where one of the other is a single one.
        later = bisect_right(state.history.points, finer[-1].step, key=lambda point: point.step)
        finer_at, finer_values = _smooth_curve(finer, field, view)
        at, values = np.append(finer_at, at[later:]), np.append(finer_values, values[later:])
    return scale.x(at), values


def _smooth_curve(points: tuple[StepPoint, ...], field: Field, view: View) -> tuple[Array, Array]:
    values = np.array([getattr(point, field) for point in points], np.float64)
    covered = np.array([point.steps for point in points], np.float64)
    at = np.array([point.step for point in points], np.float64)
    return at, smoothed(values, covered, view.smoothing)


def _validation(state: RunState, scale: Scale, field: Field) -> tuple[Array, Array]:
    values = np.array([getattr(epoch.validation, field) for epoch in state.epochs], np.float64)
    return scale.x(np.array([epoch.step for epoch in state.epochs], np.float64)), values


def _remarks(view: View) -> str:
    words = [f"smoothing {view.smoothing:g}"] if view.smoothing else []
    logarithmic = " and ".join(name for name, on in (("x", view.x_log), ("y", view.log)) if on)
    return ", ".join([*words, *([f"log {logarithmic}"] if logarithmic else [])])


def _x_ends(view: View, scale: Scale) -> Ends:
    first, last = (float(x) for x in scale.x(np.array(zoom.shown(view.window, scale))))
    if view.window is None and view.unit == "time":
        last = float(scale.x(np.array([scale.newest]))[0])
        last = _up(last) if scale.live else max(last, 1.0)
    return first, last


def _part(ends: Ends, view: View) -> tuple[str, str]:
    low, high = number_labels(list(ends), round_step((ends[1] - ends[0]) / 5))
    return f"{_X_LABELS[view.unit]} {low}-{high}", f"{low}-{high}"


def _y_ends(series: list[Series], field: Field, view: View) -> Ends | None:
    values = np.concatenate([np.asarray(one.y, np.float64) for one in series])
    values = values[np.isfinite(values)]
    if view.log or not values.size:
        return None
    if field == "loss":
        # The very first losses may tower above the rest.
        return (0.0, _up(float(np.quantile(values, 0.98))))
    usual = float(np.quantile(values, 0.15))
    return (next(floor for floor in _ACCURACY_FLOORS if usual >= floor), 1.0)


def _fitted(series: list[Series], ends: Ends, field: Field, view: View) -> Ends | None:
    """The ends of a y axis that holds what can be seen between `ends`, at round values."""
    seen = np.concatenate([_seen(one, ends) for one in series])
    seen = seen[seen > 0] if view.log else seen
    if not seen.size:
        return None
    low, high = float(seen.min()), float(seen.max())
    if view.log:
        return low, high
    step = round_step(max((high - low) / 4, 0.002 if field == "accuracy" else abs(high) / 50, 1e-12))
    low, high = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    if field == "accuracy":
        low, high = max(0.0, low), min(1.0, high)
    return (low, high) if high > low else (low - step, high)


def _seen(series: Series, ends: Ends) -> Array:
    """The values (n,) of a series between the ends of the x axis, those at the very ends among them."""
    x, y = np.asarray(series.x, np.float64), np.asarray(series.y, np.float64)
    known = np.isfinite(x) & np.isfinite(y)
    x, y = x[known], y[known]
    if not x.size:
        return y
    borders = [end for end in ends if x[0] <= end <= x[-1]]
    return np.concatenate([y[(x >= ends[0]) & (x <= ends[1])], np.interp(borders, x, y)])


def _up(value: float) -> float:
    """The next of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten."""
    if not value > 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(
        (factor * power for factor in (1, 1.5, 2, 3, 4, 5, 6, 8) if factor * power >= value), 10 * power
    )
