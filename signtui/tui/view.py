"""How the curves are looked at: which field, over what, how smooth. Kept apart so that it costs no numpy."""

from dataclasses import dataclass, fields
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
