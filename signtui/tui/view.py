"""How the curves are looked at: which field, over what, how smooth. Kept apart so that it costs no numpy."""

from dataclasses import dataclass
from typing import Literal

Field = Literal["accuracy", "loss"]
Unit = Literal["epoch", "step", "time"]

TITLES: dict[Field, str] = {"accuracy": "Accuracy", "loss": "Loss"}
UNITS: tuple[Unit, ...] = ("epoch", "step", "time")
SMOOTHING = (0.0, 0.6, 0.9, 0.97)
"""The weights of the past that a curve can be smoothed with."""


@dataclass(frozen=True)
class View:
    """How the curves are looked at."""

    unit: Unit = "epoch"
    smoothing: float = 0.6
    log: bool = False
