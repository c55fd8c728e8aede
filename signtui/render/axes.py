"""Axes of a chart: limits that grow in steps, round ticks, labels with the digits they need.

Everything is computed in plain numbers here, logarithmic axes included, so that the plotting library only
ever sees positions between 0 and 1.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

_LARGEST = 1e300
_SAME = 1e-12
_SMALLEST_RANGE = 1e-290


@dataclass(frozen=True)
class Axis:
    """From `low` to `high` (in decades where `log`), with `ticks` as (position 0..1, label)."""

    low: float
    high: float
    log: bool
    ticks: tuple[tuple[float, str], ...]

    def position(self, values: Array) -> Array:
        """Where `values` (n,) lie: 0 at the low end, 1 at the high end; NaN for what has no logarithm."""
        with np.errstate(all="ignore"):
            scaled = np.log10(np.where(values > 0, values, np.nan)) if self.log else _within_reason(values)
            return np.asarray((scaled - self.low) / (self.high - self.low), np.float64)


def _within_reason(values: Array) -> Array:
    return np.asarray(np.clip(values, -_LARGEST, _LARGEST), np.float64)


def round_step(smallest: float) -> float:
    """The smallest of 1, 2 or 5 times a power of ten that is at least `smallest` (positive)."""
    power = 10.0 ** math.floor(math.log10(smallest))
    for factor in (1.0, 2.0, 5.0):
        if factor * power >= smallest * (1 - 1e-9):
            return factor * power
    return 10.0 * power


def linear_axis(
    values: Array, ticks: int, *, percent: bool = False, whole: bool = False, exact: bool = False
) -> Axis:
    """An axis over the finite `values` (n,) with about `ticks` labels.

    `percent`: values are shares; the axis stays within 0 and 100 %. `whole`: ticks on whole numbers, unless
    the axis is short and the values aren't whole. `exact`: it ends at the least and the largest of `values`,
    not at the next step.
    """
    low, high = _extent(values, 1.0 if whole else None)
    if percent and not exact and low >= 0 and high <= 1:
        low, high = _share_limits(values, low, high)
        bounds = (0.0, 1.0)
    else:
        bounds = (-math.inf, math.inf)
    step = round_step((high - low) / max(1, ticks))
    # Whole numbers have whole ticks; within one epoch its fractions are wanted.
    whole = whole and (high - low >= 2 or bool(np.all(values == np.rint(values))))
    step = max(1.0, step) if whole else step
    # The ends move in finer steps than the labels, so that little of the height is lost.
    fine = max(1.0, step / 5) if whole else step / 5
    if not exact:
        low = max(bounds[0], math.floor(low / fine + 1e-9) * fine)
        high = min(bounds[1], math.ceil(high / fine - 1e-9) * fine)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    if last - first > 10 * max(1, ticks):
        last = first
    positions = [index * step for index in range(first, last + 1)] or [low]
    labels = percent_labels(positions, step) if percent else number_labels(positions, step)
    return Axis(
        low,
        high,
        False,
        tuple(
            (min(1.0, max(0.0, (position - low) / (high - low))), label)
            for position, label in zip(positions, labels, strict=True)
        ),
    )


def log_axis(values: Array, ticks: int, *, exact: bool = False) -> Axis:
    """An axis in powers of ten over the positive `values` (n,), labelled with the real values.

    `exact`: it ends at the least and the largest of them, not at the next 1, 2 or 5.
    """
    positive = values[values > 0]
    with np.errstate(all="ignore"):
        decades = np.log10(positive) if positive.size else np.zeros(1)
    low, high = float(decades.min()), float(decades.max())
    if high - low < 1e-6:
        low, high = low - 0.5, high + 0.5
    if not exact:
        low, high = _snapped(low, -1), _snapped(high, 1)
    span = high - low
    if span > ticks:
        every = math.ceil(span / max(1, ticks))
        exponents = range(math.ceil(low), math.floor(high) + 1)
        marks = [(float(exponent), 1.0) for exponent in exponents if exponent % every == 0]
    else:
        # The closest two of 1-2-5 are 0.3 decades apart, of 1-3 0.48; labels want two lines each.
        factors = (1.0, 2.0, 5.0) if span <= 0.3 * ticks else (1.0, 3.0) if span <= 0.47 * ticks else (1.0,)
        marks = [
            (float(exponent), factor)
            for exponent in range(math.floor(low), math.ceil(high) + 1)
            for factor in factors
        ]
    placed = [(exponent + math.log10(factor), exponent, factor) for exponent, factor in marks]
    labelled = [
        (at, _power_label(int(exponent), factor))
        for at, exponent, factor in placed
        if low - 1e-9 <= at <= high + 1e-9
    ]
    if len(labelled) < 3 and exact:
        labelled = max(labelled, _evenly_valued(low, high, ticks), key=len)
    return Axis(
        low,
        high,
        True,
        tuple((min(1.0, max(0.0, (at - low) / span)), label) for at, label in labelled),
    )


def _evenly_valued(low: float, high: float, ticks: int) -> list[tuple[float, str]]:
    """Ticks between two decades too near each other for 1, 2 and 5: round values at even differences."""
    least, largest = 10.0**low, 10.0**high
    step = round_step((largest - least) / max(1, ticks))
    first, last = math.ceil(least / step - 1e-9), math.floor(largest / step + 1e-9)
    values = [index * step for index in range(first, last + 1)]
    if not values:
        return []
    return list(zip((math.log10(value) for value in values), number_labels(values, step), strict=True))


def _snapped(decade: float, direction: int) -> float:
    """The decade of the next 1, 2 or 5 times a power of ten, downwards (-1) or upwards (1)."""
    whole = math.floor(decade)
    steps = [whole + math.log10(factor) for factor in (1.0, 2.0, 5.0, 10.0)]
    if direction > 0:
        return next((step for step in steps if step >= decade - 1e-9), steps[-1])
    return next((step for step in reversed(steps) if step <= decade + 1e-9), steps[0])


def _extent(values: Array, room_for_one: float | None = None) -> tuple[float, float]:
    if values.size == 0:
        return 0.0, 1.0
    values = _within_reason(values)
    low, high = float(values.min()), float(values.max())
    largest = max(abs(low), abs(high))
    if high - low <= max(_SAME * largest, _SMALLEST_RANGE):
        # One value: it stands in the middle of an axis of its own size.
        room = room_for_one or (abs(low) / 2 if abs(low) > _SMALLEST_RANGE else 1.0)
        room = max(room, abs(low) * _SAME * 100)
        return low - room, high + room
    return low, high


def _share_limits(values: Array, low: float, high: float) -> tuple[float, float]:
    """Limits for shares, which zoom in: close to 1 the few errors that are left must be told apart.

    Where most values are above 80 %, the first steep climb is left below the axis.
    """
    high = 1.0 if high > 0.5 else high
    usual = float(np.quantile(values, 0.2)) if values.size else low
    if usual > 0.8:
        low = max(low, usual - (1.0 - usual))
    room = max(high - low, (1.0 - low) / 2, 0.001)
    return max(0.0, min(low, high - room)), high


def percent_labels(positions: list[float], step: float) -> list[str]:
    """Labels in percent, all with the decimals that `step` needs."""
    decimals = max(0, -math.floor(math.log10(step * 100) + 1e-9))
    return [f"{position * 100:.{min(6, decimals)}f} %" for position in positions]


def number_labels(positions: list[float], step: float) -> list[str]:
    """Labels as short numbers, all with the decimals that `step` needs."""
    largest = max(abs(position) for position in positions)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    if largest >= 1e6 or decimals > 5:
        digits = 1 + max(0, math.floor(math.log10(max(largest, step) / step) + 1e-9))
        return [_short(position, min(6, digits)) for position in positions]
    return [f"{position + 0.0:,.{decimals}f}" for position in positions]


def _short(value: float, digits: int) -> str:
    text = f"{value:.{digits}g}"
    mantissa, exponent, power = text.partition("e")
    return f"{mantissa}e{int(power)}" if exponent else text


def _power_label(exponent: int, factor: float) -> str:
    if -4 <= exponent <= 4:
        return f"{factor * 10.0**exponent:,.{max(0, -exponent)}f}"
    return f"{factor:.0f}e{exponent}"
