"""In which order runs are listed: by one of their figures, live ones before all others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from signtui.runs.state import LIVE
from signtui.runs.summary import Summary


@dataclass(frozen=True)
class Ordering:
    """A column to sort by: its name, the figure of a run (None: not known), which end comes first."""

    name: str
    figure: Callable[[Summary], float | str | None]
    greatest_first: bool


ORDERINGS: tuple[Ordering, ...] = (
    Ordering("started", lambda run: run.started, greatest_first=True),
    Ordering(
        "validation", lambda run: run.best.validation.accuracy if run.best else None, greatest_first=True
    ),
    Ordering("loss", lambda run: run.best.validation.loss if run.best else None, greatest_first=False),
    Ordering("test", lambda run: run.test.accuracy if run.test else None, greatest_first=True),
    Ordering("seconds", lambda run: run.seconds, greatest_first=False),
    Ordering("weights", lambda run: run.weights, greatest_first=False),
    Ordering("epochs", lambda run: run.epochs, greatest_first=True),
    Ordering("preset", lambda run: run.preset, greatest_first=False),
    Ordering("status", lambda run: run.status, greatest_first=False),
    Ordering("id", lambda run: run.id, greatest_first=True),
)
"""What runs can be ordered by; `loss` is that of the best validation."""


def is_live(run: Summary) -> bool:
    """Whether the run's process is at work, or waits in a pause."""
    return run.status in LIVE


def ordered(runs: Sequence[Summary], ordering: Ordering, *, reverse: bool = False) -> list[Summary]:
    """`runs` by `ordering`: live runs first, those whose figure is unknown last, equals as they came.

    `reverse` turns the figures round, and nothing else.
    """
    descending = ordering.greatest_first != reverse
    known = [run for run in runs if ordering.figure(run) is not None]
    unknown = [run for run in runs if ordering.figure(run) is None]
    # Sorting is stable in either direction, and so is the split into live and past.
    known.sort(key=ordering.figure, reverse=descending)  # type: ignore[arg-type]  # one kind of figure each
    listed = known + unknown
    return [run for run in listed if is_live(run)] + [run for run in listed if not is_live(run)]
