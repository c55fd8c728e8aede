"""Finer points for a zoomed chart: a run's state keeps some thousands, its log has them all."""

import threading
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from signtui.errors import RunError
from signtui.runs.folder import RunFolder
from signtui.runs.history import StepPoint
from signtui.runs.state import RunState

if TYPE_CHECKING:
    from signtui.runs.window import StepWindow

_MARGIN = 0.5
"""What is read at each side of the part that is shown, in its widths, so that panning has it already."""

_LAG = 0.125
"""The share of a view that may lack finer points at its right end, where the run goes on."""


class Closeup:
    """The finer points of one run, the last part that was read of them. Any thread may ask."""

    def __init__(self, folder: RunFolder) -> None:
        from signtui.runs.window import WindowReader  # noqa: PLC0415 - there is a run only after the first paint

        self._reader = WindowReader(folder.events)
        self._lock = threading.Lock()
        self._held: StepWindow | None = None
        self._resumes: tuple[int, ...] = ()

    def held(self, state: RunState, first: float, last: float, wanted: int) -> tuple[StepPoint, ...] | None:
        """What to show of the steps `first` to `last` by `wanted` points; None where the log must be read.

        Empty where the state's own points do.
        """
        points = state.history.points
        if state.history.stride == 1 or _count(points, first, last) >= wanted:
            return ()
        held = self._held
        if held is None or self._resumes != state.resumed_at or held.first > max(1.0, first):
            return None
        if held.last < min(last, state.progress.step) - _LAG * (last - first):
            return None
        return held.points if held.complete or _count(held.points, first, last) >= wanted else None

    def read(self, state: RunState, first: float, last: float, wanted: int) -> tuple[StepPoint, ...]:
        """The same, from the log where it must be; empty where that can't be read."""
        with self._lock:
            points = self.held(state, first, last, wanted)
            if points is not None:
                return points
            margin = _MARGIN * (last - first)
            begin, end = max(1, int(first - margin)), int(min(last + margin, state.progress.step))
            try:
                window = self._reader.read(begin, end, resumed=bool(state.resumed_at))
            except RunError:
                return ()
            self._resumes, self._held = state.resumed_at, window
            return window.points


def _count(points: tuple[StepPoint, ...], first: float, last: float) -> int:
    begin = bisect_left(points, first, key=lambda point: point.step)
    return bisect_right(points, last, lo=begin, key=lambda point: point.step) - begin
