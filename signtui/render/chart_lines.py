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

    @property
    def last(self) -> float | None:
        """The value at the end, None of an empty line."""
        return float(self.y[-1]) if self.y.size else None


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
    """The points within the axes (0..1), and their neighbours outside, put on the edge."""
    with np.errstate(invalid="ignore"):
        inside = (x >= 0) & (x <= 1) & (y >= 0) & (y <= 1)
    near = inside.copy()
    near[1:] |= inside[:-1] & connected[1:]
    near[:-1] |= inside[1:] & connected[1:]
    near &= np.isfinite(x) & np.isfinite(y)
    dropped = np.cumsum(~near)[near]
    joined = connected[near]
    joined[1:] &= dropped[1:] == dropped[:-1]
    joined[:1] = False
    return np.clip(x[near], 0, 1), np.clip(y[near], 0, 1), joined


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


def shows_markers(line: Line, columns: int) -> bool:
    """Whether each point gets a marker: as the series says, otherwise where there are few for the width."""
    if line.series.markers is not None and line.x.size <= columns:
        return line.series.markers
    return line.x.size * 4 <= columns or line.x.size == 1
