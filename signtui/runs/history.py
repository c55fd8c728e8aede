"""The step-by-step story of a run for its charts: as many points as a chart can use, however long the run.

Points lie on a grid of steps. When there are too many, the grid gets twice as coarse and neighbours merge
into their weighted mean, so that the whole run stays in view at half the resolution. A point depends on
the steps alone, never on how they arrived.
"""

import math
from collections.abc import Iterable

import msgspec

from signtui.events import Step

MOST_POINTS = 4096


class StepPoint(msgspec.Struct, frozen=True, gc=False):
    """Means over `steps` optimiser steps that end at `step` (of the whole run, from 1), at `time`."""

    step: int
    steps: int
    epoch: int
    time: float
    loss: float
    accuracy: float
    learning_rate: float
    gradient_norm: float
    images_per_second: float


class StepHistory(msgspec.Struct, frozen=True):
    """Points in order of step; each covers one cell of `stride` steps, of which some may be unreported."""

    points: tuple[StepPoint, ...] = ()
    stride: int = 1

    def extended(self, steps: Iterable[Step], most: int = MOST_POINTS) -> "StepHistory":
        """This history with `steps` at its end; a step that is not after the last one is left out."""
        points, stride = list(self.points), self.stride
        for step in steps:
            if points and step.step <= points[-1].step:
                continue
            _append(points, point_of(step), stride)
            if len(points) > most:
                stride, points = _coarser(points, stride, most)
        return StepHistory(tuple(points), stride)

    def until(self, step: int) -> "StepHistory":
        """Only what lies wholly at or before `step`; the grid stays as coarse as it is."""
        return StepHistory(tuple(point for point in self.points if point.step <= step), self.stride)

    def values(self, field: str) -> list[float]:
        """One field of every point, such as `loss`."""
        return [getattr(point, field) for point in self.points]


def point_of(step: Step) -> StepPoint:
    """One step event as a point of its own."""
    return StepPoint(
        step.step,
        max(1, step.steps),
        step.epoch,
        step.time,
        step.loss,
        step.accuracy,
        step.learning_rate,
        step.gradient_norm,
        step.images_per_second,
    )


def _append(points: list[StepPoint], point: StepPoint, stride: int) -> None:
    if points and (points[-1].step - 1) // stride == (point.step - 1) // stride:
        points[-1] = _merged(points[-1], point)
    else:
        points.append(point)


def _coarser(points: list[StepPoint], stride: int, most: int) -> tuple[int, list[StepPoint]]:
    while len(points) > most:
        stride *= 2
        finer, points = points, []
        for point in finer:
            _append(points, point, stride)
    return stride, points


def _merged(first: StepPoint, second: StepPoint) -> StepPoint:
    a, b = first.steps, second.steps
    return StepPoint(
        second.step,
        a + b,
        second.epoch,
        second.time,
        _mean(first.loss, a, second.loss, b),
        _mean(first.accuracy, a, second.accuracy, b),
        _mean(first.learning_rate, a, second.learning_rate, b),
        _mean(first.gradient_norm, a, second.gradient_norm, b),
        _mean(first.images_per_second, a, second.images_per_second, b),
    )


def _mean(first: float, a: int, second: float, b: int) -> float:
    """The weighted mean; a value that is not finite would blot out its neighbours, so it gives way."""
    mean = (first * a + second * b) / (a + b)
    if math.isfinite(mean):
        return mean
    return first if math.isfinite(first) else second
