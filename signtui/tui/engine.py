"""How the dashboard gets at training: callables, their answers as messages, and memory kept for good."""

import gc
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.message import Message

from signtui.config import Config
from signtui.runs.folder import RunFolder
from signtui.tui.estimates import Prober
from signtui.tui.looks import Looking
from signtui.tui.sources import RunSource

if TYPE_CHECKING:
    from signtui.runs.corruptions import CorruptionScores
    from signtui.training.predicted import Look, Predictions, PredictionWish
    from signtui.tui.screens.predict import Predict

Opener = Callable[[], RunSource]
Progress = Callable[[int, int], None]
"""Told how many are done, of how many."""

Doing = Callable[[str, int, int], None]
"""Told what is done, and how many of it, of how many."""


@dataclass(frozen=True)
class Engine:
    """How the dashboard gets at training, which takes seconds to load: each is called in a thread.

    `load` imports what is heavy; `train` starts a new run, `resume` an old one with changes by key,
    `attempt` a try of live mode in place of the one before. They raise SigntuiError where that can't be.
    `probe` times a few steps, `predict` reads a photo, `microscope` looks into a network, for one thread at a
    time. `predictions` scores a split with the weights of an epoch, image by image, and tells how many of how
    many are done; None where it was cancelled. `look_closer` is at one image of that. `corruptions` scores
    the images of a split made harder to read, likewise. `next_fold` begins, or takes up, the run of a series
    of leave-one-out that is missing. What there is none of is not offered.
    """

    load: Callable[[], None]
    train: Callable[[Config], RunSource]
    resume: Callable[[RunFolder, dict[str, Any]], RunSource]
    attempt: Callable[[Config], RunSource] | None = None
    probe: Prober | None = None
    predict: "Predict | None" = None
    microscope: Looking | None = None
    predictions: "Callable[[PredictionWish, threading.Event, Progress], Predictions | None] | None" = None
    look_closer: "Callable[[Predictions, int], Look] | None" = None
    corruptions: "Callable[[PredictionWish, threading.Event, Doing], CorruptionScores | None] | None" = None
    next_fold: Callable[[Config], RunSource] | None = None


def keep_for_good() -> None:
    """Leave all that was made so far out of the garbage collector's rounds, and have it collect again.

    The program's own modules, and torch's, never go away; a round over them would hold up keys and training
    for a tenth of a second.
    """
    gc.freeze()
    gc.enable()


class EngineLoaded(Message):
    """PyTorch is there; training can begin without delay."""


class RunsOpened(Message):
    """The runs that were asked for are there to be followed."""

    def __init__(self, sources: Sequence[RunSource]) -> None:
        super().__init__()
        self.sources = sources


class RunRefused(Message):
    """A run that was asked for can't begin; `reason` is a sentence for the user."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason
