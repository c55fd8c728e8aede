"""Zooming and panning: from one window on a run to the next.

All of it is arithmetic on steps and on places of a `Scale`; nothing is drawn or read here. A window never
leaves what the run has done, but for a little room in front of a run that goes on, so that a view that
follows it stands still for a while.
"""

import math
from typing import TYPE_CHECKING

from signtui.tui.view import Window

if TYPE_CHECKING:
    from signtui.tui.scale import Scale

LEAST_STEPS = 10.0
"""The fewest steps that a window holds."""

ROOM = 0.25
"""The share of a window that may lie in front of a run that goes on."""


def shown(window: Window | None, scale: "Scale") -> tuple[float, float]:
    """The steps from the left end of the axis to the right one, for the run as it stands now."""
    if window is None:
        return (scale.first if scale.log else 0.0), scale.end
    first, last = window.first, window.last
    if window.follows and scale.newest > last:
        # In strides, for each move repaints all of the chart.
        stride = ROOM * window.width
        last += math.ceil((scale.newest - last) / stride) * stride
    last = min(last, _limit(window.width, scale))
    first = max(last - window.width, scale.first if scale.log else 0.0)
    return first, max(last, first + min(window.width, LEAST_STEPS))


def can_zoom_in(window: Window | None, newest: float) -> bool:
    """Whether there is a smaller window, for a run that has come to step `newest`."""
    return (newest if window is None else window.width) > LEAST_STEPS * 1.001


def zoomed(window: Window | None, scale: "Scale", factor: float, at: float | None = None) -> Window | None:
    """The window `factor` times as wide; None where that is all of the run.

    `at` is the step that stays where it is on the axis: without it the one in the middle, or the last where
    the run's newest step is in sight.
    """
    if window is None and factor >= 1:
        return None
    # All of a run that goes on shows the steps to come too; there is nothing in them to zoom in on.
    first, last = shown(window, scale) if window is not None else _all(scale)
    low, high = scale.place(first), scale.place(last)
    if at is None:
        share = 1.0 if scale.live and last >= scale.newest else 0.5
    else:
        share = min(1.0, max(0.0, (scale.place(at) - low) / (high - low)))
    kept = low + share * (high - low)
    first, last = scale.step(kept - (kept - low) * factor), scale.step(kept + (high - kept) * factor)
    if last - first < LEAST_STEPS:
        step = scale.step(kept)
        first, last = step - share * LEAST_STEPS, step + (1 - share) * LEAST_STEPS
    return _within(first, last, scale)


def panned(window: Window | None, scale: "Scale", share: float) -> Window | None:
    """The window moved by `share` of its width, to later steps where that is positive."""
    if window is None:
        return None
    first, last = shown(window, scale)
    low, high = scale.place(first), scale.place(last)
    by = share * (high - low)
    # It stops where the run ends, before it is made smaller there.
    by = min(by, scale.place(_limit(last - first, scale)) - high)
    by = max(by, scale.place(scale.first if scale.log else 0.0) - low)
    return _within(scale.step(low + by), scale.step(high + by), scale)


def at_start(window: Window | None, scale: "Scale") -> Window | None:
    """The window at the run's first steps."""
    if window is None:
        return None
    first, last = shown(window, scale)
    return _within(0.0, last - first, scale)


def at_newest(window: Window | None, scale: "Scale") -> Window | None:
    """The window at the run's newest steps; it follows them."""
    if window is None:
        return None
    first, last = shown(window, scale)
    limit = _limit(last - first, scale)
    return _within(limit - (last - first), limit, scale)


def _all(scale: "Scale") -> tuple[float, float]:
    """The largest window there is."""
    return (scale.first if scale.log else 0.0), max(_limit(scale.newest, scale), 1.0)


def _limit(width: float, scale: "Scale") -> float:
    return scale.newest + (ROOM * width if scale.live else 0.0)


def _within(first: float, last: float, scale: "Scale") -> Window | None:
    """A window of these steps, moved to where the run has some; None where it would hold them all."""
    width = max(last - first, LEAST_STEPS)
    least, most = _all(scale)
    if width >= (most - least) * (1 - 1e-9):
        return None
    last = max(min(last, _limit(width, scale)), least + width)
    return Window(last - width, last, follows=scale.live and last > scale.newest)
