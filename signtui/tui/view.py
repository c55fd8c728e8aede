"""How the curves are looked at: which field and part, over what, how smooth. Apart, for it costs no numpy."""

from dataclasses import dataclass
from typing import Literal

Field = Literal["accuracy", "loss"]
Unit = Literal["epoch", "step", "time"]

TITLES: dict[Field, str] = {"accuracy": "Accuracy", "loss": "Loss"}
UNITS: tuple[Unit, ...] = ("epoch", "step", "time")
SMOOTHING = (0.0, 0.6, 0.9, 0.97)
"""The weights of the past that a curve can be smoothed with."""


@dataclass(frozen=True)
class Window:
    """The part of a run that the curves are zoomed to: its steps from `first` to `last`.

    One that `follows` moves on when the run leaves it.
    """

    first: float
    last: float
    follows: bool = False

    @property
    def width(self) -> float:
        """How many steps it holds."""
        return self.last - self.first


@dataclass(frozen=True)
class View:
    """How the curves are looked at; without a `window` all of the run is."""

    unit: Unit = "epoch"
    smoothing: float = 0.6
    log: bool = False
    x_log: bool = False
    window: Window | None = None
