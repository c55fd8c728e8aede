"""The learning rate at each step, as a function of where the run stands.

Functions of the step, not objects with a past: a resume, and a change of epochs or learning rate on the
way, need nothing but the numbers.
"""

import math
from dataclasses import dataclass

from signtui.config.schema import TrainSettings

PLATEAU_PATIENCE = 2
PLATEAU_FACTOR = 0.5
PLATEAU_THRESHOLD = 1e-3


def factor(settings: TrainSettings, step: int, steps: int) -> float:
    """Share of the peak learning rate at `step` (0-based) of `steps` in the whole run.

    one_cycle: a straight climb over the warm-up, then a straight fall to nearly zero (Smith 2018,
    https://arxiv.org/abs/1803.09820). cosine: the same climb, then half a cosine (Loshchilov and Hutter
    2016, https://arxiv.org/abs/1608.03983).
    """
    if settings.schedule in ("constant", "plateau"):
        return 1.0
    climb = settings.warmup * steps
    if step < climb:
        return (step + 1) / (climb + 1)
    share = min(1.0, (step - climb + 1) / (steps - climb + 1))
    if settings.schedule == "one_cycle":
        return max(1e-4, 1 - share)
    return max(1e-4, (1 + math.cos(math.pi * share)) / 2)


@dataclass
class Plateau:
    """Halves the learning rate when the validation loss has not fallen for `PLATEAU_PATIENCE` epochs."""

    lowest: float = math.inf
    stalled: int = 0
    factor: float = 1.0

    def after_epoch(self, loss: float) -> bool:
        """Take in an epoch's validation loss; True when the rate was lowered."""
        if loss < self.lowest * (1 - PLATEAU_THRESHOLD):
            self.lowest, self.stalled = loss, 0
            return False
        self.stalled += 1
        if self.stalled < PLATEAU_PATIENCE:
            return False
        self.factor, self.stalled = self.factor * PLATEAU_FACTOR, 0
        return True
