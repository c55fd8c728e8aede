"""The figures of each step, kept on the training device and read back only when there is something to say.

Reading a GPU's numbers makes the processor wait for it, so the loop leaves them there, and turns them into
a `step` event about ten times a second.
"""

import math
import time
from dataclasses import dataclass

import torch
from torch import Tensor

LOSS, ACCURACY, GRADIENT_NORM, IMAGES = range(4)


@dataclass(frozen=True, slots=True)
class Interval:
    """Means over `steps` steps of `images` images; `seconds` is what they took."""

    loss: float
    accuracy: float
    gradient_norm: float
    images: int
    steps: int
    seconds: float


class NonFinite(Exception):
    """A loss or gradient that is no number; `step` is the first, 0-based within the epoch."""

    def __init__(self, step: int, what: str) -> None:
        super().__init__(step, what)
        self.step = step
        self.what = what


class Meter:
    """The figures of one epoch of `steps` steps: float (steps, 3) on `device`, and the images of each."""

    def __init__(self, steps: int, device: torch.device) -> None:
        self._figures = torch.zeros(steps, 3, device=device)
        self._images: list[int] = []
        self._read: list[list[float]] = []
        self._since = time.perf_counter()
        self._timed_seconds = 0.0
        self._timed_images = 0

    def restore(self, rows: list[list[float]]) -> None:
        """Take up an epoch whose first steps had these figures."""
        self._read = [list(row) for row in rows]
        self._images = [round(row[IMAGES]) for row in rows]

    @property
    def rows(self) -> list[list[float]]:
        """Loss, accuracy, gradient norm and images of every step read so far."""
        return self._read

    def record(self, loss: Tensor, accuracy: Tensor, gradient_norm: Tensor, images: int) -> None:
        """Keep the figures of one step; nothing is read back."""
        self._figures[len(self._images)] = torch.stack((loss, accuracy, gradient_norm))
        self._images.append(images)

    @property
    def waiting_seconds(self) -> float:
        """Time since the last `read` (or `restart_clock`)."""
        return time.perf_counter() - self._since

    def restart_clock(self) -> None:
        """Leave out the time since the last `read`: a pause."""
        self._since = time.perf_counter()

    def read(self) -> Interval | None:
        """Means since the last call, or None where no step was recorded since.

        Raises:
            NonFinite: where a loss or gradient norm among them is infinite or no number.
        """
        first, recorded = len(self._read), len(self._images)
        if first == recorded:
            return None
        figures = self._figures[first:recorded].tolist()
        seconds = self.waiting_seconds
        self.restart_clock()
        for number, row in enumerate(figures):
            for column, what in ((LOSS, "loss"), (GRADIENT_NORM, "gradient")):
                if not math.isfinite(row[column]):
                    raise NonFinite(first + number, what)
        rows = [[*row, images] for row, images in zip(figures, self._images[first:], strict=True)]
        self._read += rows
        interval = _interval(rows, seconds)
        self._timed_seconds += seconds
        self._timed_images += interval.images
        return interval

    def total(self) -> Interval:
        """Means over all steps read, those of before a resume too."""
        return _interval(self._read, self._timed_seconds)

    @property
    def images_per_second(self) -> float:
        """Training speed over the steps timed here."""
        return self._timed_images / max(1e-9, self._timed_seconds)


def _interval(rows: list[list[float]], seconds: float) -> Interval:
    images = sum(row[IMAGES] for row in rows)

    def mean(column: int) -> float:
        return sum(row[column] * row[IMAGES] for row in rows) / max(1.0, images)

    return Interval(
        loss=mean(LOSS),
        accuracy=mean(ACCURACY),
        gradient_norm=sum(row[GRADIENT_NORM] for row in rows) / max(1, len(rows)),
        images=round(images),
        steps=len(rows),
        seconds=seconds,
    )
