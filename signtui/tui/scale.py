"""The x axis of a run: its steps as epochs, steps or seconds, and where they stand on the axis."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from signtui.runs.history import StepPoint
from signtui.runs.state import RunState
from signtui.tui.view import Unit

Array = npt.NDArray[np.float64]

_USUAL_GAP = 10.0
"""Seconds between two points that are no pause, however short the others are."""


@dataclass(frozen=True)
class Scale:
    """Steps of a run to x and back; a *place* is x, or its logarithm where the axis is logarithmic.

    `first` is the least step that a logarithmic axis shows, `newest` the last one done, `end` where the
    whole axis ends. `live`: more steps may come. `known` are steps with their seconds, both (n,) and rising,
    where the axis shows time.
    """

    unit: Unit
    log: bool
    per_epoch: int
    first: float
    newest: float
    end: float
    live: bool
    known: tuple[Array, Array] | None = None

    def x(self, steps: Array) -> Array:
        """Where `steps` (n,) are in the axis's unit; after the last known time the mean pace goes on."""
        if self.unit == "step":
            return steps
        if self.known is None:
            return steps / self.per_epoch
        known, seconds = self.known
        pace = seconds[-1] / max(1.0, known[-1])
        beyond = np.maximum(0.0, steps - known[-1]) * pace
        return np.asarray(np.interp(steps, known, seconds) + beyond, np.float64)

    def place(self, step: float) -> float:
        """Where a step stands on the axis."""
        x = float(self.x(np.array([max(step, self.first) if self.log else step]))[0])
        return math.log10(max(x, 1e-9)) if self.log else x

    def step(self, place: float) -> float:
        """The step that stands there: the inverse of `place`."""
        x = 10.0**place if self.log else place
        if self.unit == "step":
            return x
        if self.known is None:
            return x * self.per_epoch
        known, seconds = self.known
        pace = seconds[-1] / max(1.0, known[-1])
        beyond = max(0.0, x - seconds[-1]) / pace if pace else 0.0
        return float(np.interp(x, seconds, known)) + beyond


def scale_of(state: RunState, unit: Unit, log: bool = False) -> Scale:
    """The x axis of the run as it stands."""
    points = state.history.points
    per_epoch = max(1, state.progress.steps_per_epoch)
    live = state.ended is None
    reached = float(max([state.progress.step, *(epoch.step for epoch in state.epochs[-1:])]))
    epochs = state.progress.epochs if live else 0
    return Scale(
        unit=unit,
        log=log,
        per_epoch=per_epoch,
        first=float(points[0].step if points and points[0].step > state.history.stride else 1),
        newest=reached,
        end=max(reached, float(epochs * per_epoch), 1.0),
        live=live,
        known=_known_times(state) if unit == "time" else None,
    )


def _known_times(state: RunState) -> tuple[Array, Array]:
    points = state.history.points
    if not points:
        return np.zeros(1), np.zeros(1)
    steps = np.array([0, *(point.step for point in points)], np.float64)
    return steps, np.concatenate([np.zeros(1), _seconds(points, state.started)])


def _seconds(points: tuple[StepPoint, ...], started: float | None) -> Array:
    """How long the run had worked at each point: a pause, or the hours before a resume, is no part of it."""
    times = np.array([point.time for point in points], np.float64)
    gaps = np.diff(times, prepend=started or times[0])
    usual = max(1.0, 5 * float(np.median(gaps))) if gaps.size > 4 else math.inf
    return np.cumsum(np.where(gaps > max(usual, _USUAL_GAP), 0.0, np.maximum(gaps, 0.0)))
