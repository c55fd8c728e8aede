"""How the curves are looked at: which field and part, over what, how smooth. Apart, for it costs no numpy."""

from dataclasses import dataclass, fields
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


def worth_remembering(view: View) -> dict[str, object]:
    """What of a view is kept for the next time: axes and smoothing, not the part that is looked at."""
    return {
        field.name: getattr(view, field.name)
        for field in fields(view)
        if field.name in {"unit", "smoothing"} or "log" in field.name
    }


def as_remembered(kept: View | None) -> View:
    """`kept` where there is one that can be had, or the usual view."""
    return kept if kept is not None and kept.smoothing in SMOOTHING else View()
