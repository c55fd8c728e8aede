"""The lines of a chart before they are drawn: cleaned, cut to the axes, reduced to what can be shown."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from signtui.render.axes import Array
from signtui.render.palette import SeriesLook

Role = Literal["train", "validation", "test", "previous", "other"]


@dataclass(frozen=True)
class Series:
    """A line of a chart: `x` and `y` are (n,) numbers; where one isn't finite the line has a gap.

    `markers` shows each point (None: where there are few).
    """

    name: str
    x: npt.ArrayLike
    y: npt.ArrayLike
    faint: bool = False
    role: Role = "other"
    markers: bool | None = None


@dataclass(frozen=True)
class Line:
    """A series made ready: x and y (n,) finite and sorted by x; is each point joined to the one before?"""

    series: Series
    look: SeriesLook
    x: Array
    y: Array
    connected: npt.NDArray[np.bool_]

    def last(self, x: float) -> float | None:
        """The last value up to `x`, None where there is none."""
        before = int(np.searchsorted(self.x, x + abs(x) * 1e-9, "right"))
        return float(self.y[before - 1]) if before else None


def _numbers(values: npt.ArrayLike) -> Array:
    return np.asarray(values, dtype=np.float64).ravel()


def prepare(series: Series, look: SeriesLook, *, x_log: bool = False, y_log: bool = False) -> Line:
    """`series` without what can't be drawn: not finite, or not positive where an axis is logarithmic."""
    x, y = _numbers(series.x), _numbers(series.y)
    length = min(x.size, y.size)
    x, y = x[:length], y[:length]
    keep = np.isfinite(x) & np.isfinite(y)
    keep &= (x > 0) if x_log else True
    keep &= (y > 0) if y_log else True
    segment = np.cumsum(~keep)[keep]
    x, y = x[keep], y[keep]
    if x.size and np.any(x[1:] < x[:-1]):
        order = np.argsort(x, kind="stable")
        x, y, segment = x[order], y[order], segment[order]
    connected = np.zeros(x.size, np.bool_)
    connected[1:] = segment[1:] == segment[:-1]
    return Line(series, look, x, y, connected)


def visible(
    x: Array, y: Array, connected: npt.NDArray[np.bool_]
) -> tuple[Array, Array, npt.NDArray[np.bool_]]:
    """A line over x (n,), sorted, cut at the ends of the axes (0..1).

    Where it crosses an end of the x axis it gets a point there; a neighbour above or below is put on the
    edge.
    """
    x, y, connected = _cut(x, y, connected)
    with np.errstate(invalid="ignore"):
        inside = (y >= 0) & (y <= 1)
    near = inside.copy()
    near[1:] |= inside[:-1] & connected[1:]
    near[:-1] |= inside[1:] & connected[1:]
    near &= np.isfinite(y)
    dropped = np.cumsum(~near)[near]
    joined = connected[near]
    joined[1:] &= dropped[1:] == dropped[:-1]
    joined[:1] = False
    return x[near], np.clip(y[near], 0, 1), joined


def within(x: Array, y: Array) -> npt.NDArray[np.bool_]:
    """Which of the points (n,) lie within the axes (0..1): those that may have a marker."""
    with np.errstate(invalid="ignore"):
        return np.asarray((x >= 0) & (x <= 1) & (y >= 0) & (y <= 1))


def _cut(x: Array, y: Array, connected: npt.NDArray[np.bool_]) -> tuple[Array, Array, npt.NDArray[np.bool_]]:
    """The part of the line with x in 0..1; where it goes on beyond, its height there."""
    first, end = int(np.searchsorted(x, 0.0, "left")), int(np.searchsorted(x, 1.0, "right"))
    xs, ys, links = [x[first:end]], [y[first:end]], [connected[first:end].copy()]
    if 0 < first < x.size and connected[first] and x[first] > 0:
        height = _height(x, y, first, 0.0)
        xs, ys, links = [np.zeros(1), *xs], [height, *ys], [np.zeros(1, np.bool_), *links]
    if 0 < end < x.size and connected[end] and x[end - 1] < 1:
        height = _height(x, y, end, 1.0)
        xs, ys, links = [*xs, np.ones(1)], [*ys, height], [*links, np.ones(1, np.bool_)]
    return np.concatenate(xs), np.concatenate(ys), np.concatenate(links)


def _height(x: Array, y: Array, index: int, at: float) -> Array:
    """y (1,) at x = `at`, on the line from the point before `index` to the one there."""
    share = (at - x[index - 1]) / (x[index] - x[index - 1])
    return np.array([y[index - 1] + share * (y[index] - y[index - 1])])


def reduce_points(
    x: Array, y: Array, connected: npt.NDArray[np.bool_], columns: int
) -> tuple[Array, Array, npt.NDArray[np.bool_]]:
    """At most two points a column of a line over x in 0..1: its lowest and its highest, in their order.

    `x`, `y` and `connected` (is there a line from the point before?) are (n,), sorted by x.
    Gaps narrower than a column are closed.
    """
    if x.size <= 2 * columns:
        return x, y, connected
    column = np.minimum((x * columns).astype(np.int64), columns - 1)
    by_height = np.lexsort((y, column))
    starts = np.flatnonzero(np.diff(column[by_height], prepend=-1))
    ends = np.append(starts[1:], x.size) - 1
    kept = np.unique(np.concatenate([by_height[starts], by_height[ends]]))
    adjacent = np.diff(column[kept], prepend=column[kept[0]]) <= 1
    # A point not connected to the one before it means a gap; between neighbouring columns it is too narrow.
    breaks = np.cumsum(~connected)
    whole = np.diff(breaks[kept], prepend=breaks[kept[0]]) == 0
    joined = adjacent | whole
    joined[0] = False
    return x[kept], y[kept], joined


def shows_markers(line: Line, points: int, columns: int) -> bool:
    """Whether each of the `points` of a line in sight gets a marker: as its series says, or if few."""
    if line.series.markers is not None and points <= columns:
        return line.series.markers
    return points * 4 <= columns or points == 1
