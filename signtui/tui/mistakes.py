"""What the Mistakes screen is about: a run, a split, an epoch, a filter. Knows no widget and no thread.

What a run told of itself, the confusion of each epoch, is there at once; which images those were comes
later, as predictions made with the weights that it kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from signtui.errors import RunError
from signtui.events import DataFacts
from signtui.render import numbers
from signtui.runs.folder import RunFolder
from signtui.runs.guess_query import GuessQuery, sensible_part
from signtui.runs.mistakes import (
    ConfusedPair,
    confusion_of,
    numbered,
    photographs_by_class,
    photographs_confused,
    ranked_pairs,
)
from signtui.runs.state import LIVE, RunState, Status
from signtui.training.predicted import PredictionWish, SplitName

if TYPE_CHECKING:
    from signtui.training.predicted import Look, Predictions

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Subject:
    """The run that is looked at."""

    folder: RunFolder
    state: RunState
    status: Status

    @property
    def is_live(self) -> bool:
        """Whether epochs are still to come."""
        return self.status in LIVE


@dataclass(frozen=True)
class Scope:
    """What figures are about: how many images and photographs of which split, after which epoch."""

    split: SplitName
    epoch: int
    images: int
    photographs: int | None
    seed: int
    synthetic: bool

    @property
    def counted(self) -> str:
        """`3,612 validation images of 173 photographs`."""
        kind = "synthetic " if self.synthetic else ""
        of = "" if self.photographs is None else f" of {numbers.plural(self.photographs, 'photograph')}"
        return f"{self.images:,} {kind}{self.split} {'image' if self.images == 1 else 'images'}{of}"

    @property
    def kind(self) -> str:
        """`validation`, or `synthetic validation`."""
        return f"synthetic {self.split}" if self.synthetic else self.split

    @property
    def brief(self) -> str:
        """`validation, 3,612 images`."""
        kind = " synthetic" if self.synthetic else ""
        return f"{self.split}, {self.images:,}{kind} images"


class Mistakes:
    """Where someone is in the mistakes of a run.

    `chosen_epoch` is None while the newest epoch of a live run, or the best of one that is over, is shown.
    `progress` is how many images of how many are read, while they are; `problem` why there are none.
    """

    def __init__(self) -> None:
        self.subject: Subject | None = None
        self.split: SplitName = "validation"
        self.chosen_epoch: int | None = None
        self.filter = ""
        self.each_image = False
        self.by_photograph = False
        self.cursor = (0, 0)
        self.at = 0
        self.predictions: Predictions | None = None
        self.look: Look | None = None
        self.looked_at: int | None = None
        self.progress: tuple[int, int] | None = None
        self.problem = ""

    def take(self, subject: Subject | None) -> None:
        """Look at this run; where it is another one than before, from the start."""
        before = self.subject
        self.subject = subject
        if subject is None or before is None or before.folder.path != subject.folder.path:
            self.split, self.chosen_epoch, self.filter, self.at = "validation", None, "", 0
            self.cursor, self.each_image = (0, 0), False
            self.predictions = self.look = self.looked_at = None
        if self.split not in self.splits:
            self.split = "validation"

    @property
    def data(self) -> DataFacts | None:
        """What the run learns from."""
        return self.subject.state.data if self.subject is not None else None

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes; none without a run."""
        return self.data.classes if self.data is not None else ()

    @property
    def epochs(self) -> tuple[int, ...]:
        """The epochs that have ended; of what is scored once, the one whose weights it was scored with."""
        if self.subject is None:
            return ()
        state = self.subject.state
        if self.split != "validation":
            return (state.best.epoch,) if state.best is not None else ()
        return tuple(epoch.epoch for epoch in state.epochs)

    @property
    def epoch(self) -> int | None:
        """The epoch that is shown; None where none has ended."""
        epochs = self.epochs
        if not epochs or self.subject is None:
            return None
        if self.chosen_epoch in epochs:
            return self.chosen_epoch
        best = self.subject.state.best
        if not self.subject.is_live and best is not None and best.epoch in epochs:
            return best.epoch
        return epochs[-1]

    @property
    def splits(self) -> tuple[SplitName, ...]:
        """What can be looked at: the test images and the group held out only once the run has scored them."""
        if self.subject is None or self.subject.is_live or self.subject.state.best is None:
            return ("validation",)
        ended = self.subject.state.ended
        test: tuple[SplitName, ...] = ("test",) if ended is not None and ended.test is not None else ()
        held_out: tuple[SplitName, ...] = (
            ("held-out",) if ended is not None and ended.held_out is not None else ()
        )
        return ("validation", *test, *held_out)

    @property
    def next_split(self) -> SplitName:
        """The one after the one that is shown."""
        splits = self.splits
        return splits[(splits.index(self.split) + 1) % len(splits)]

    @property
    def has_test(self) -> bool:
        """Whether the run has scored the test images."""
        return "test" in self.splits

    @property
    def is_followed(self) -> bool:
        """Whether what is shown changes by itself, epoch by epoch, while the run trains."""
        return self.subject is not None and self.subject.is_live and self.chosen_epoch is None

    @property
    def wish(self) -> PredictionWish | None:
        """The predictions that would tell more about what is shown."""
        if self.subject is None or self.epoch is None:
            return None
        return PredictionWish(self.subject.folder, self.epoch, self.split)

    @property
    def known(self) -> "Predictions | None":
        """The predictions, where they are of what is shown."""
        found = self.predictions
        return found if found is not None and found.wish == self.wish else None

    @property
    def told(self) -> Counts | None:
        """The confusion (K, K) that the run itself counted."""
        if self.subject is None or self.epoch is None:
            return None
        state = self.subject.state
        if self.split != "validation":
            ended = state.ended
            once = None if ended is None else ended.test if self.split == "test" else ended.held_out
            return None if once is None else np.array(once.confusion, np.int64)
        shown = next((epoch for epoch in state.epochs if epoch.epoch == self.epoch), None)
        return None if shown is None else np.array(shown.confusion, np.int64)

    @property
    def confusion(self) -> Counts | None:
        """The confusion that is shown: of the predictions where they are there, so that all agrees."""
        known = self.known
        if known is None:
            return self.told
        return _confusion(known)

    @property
    def scope(self) -> Scope | None:
        """What the figures are about."""
        counts, data = self.confusion, self.data
        if counts is None or data is None or self.epoch is None or self.subject is None:
            return None
        known = self.known
        photographs = data.validation_photographs if self.split == "validation" else None
        seed = self.subject.state.config.get("train", {}).get("seed", 0)
        return Scope(
            self.split,
            self.epoch,
            int(counts.sum()),
            known.photographs if known is not None else photographs,
            int(seed),
            data.synthetic,
        )

    @property
    def pairs(self) -> list[ConfusedPair]:
        """What is confused, most first; in photographs too where these are known."""
        counts, known = self.confusion, self.known
        if counts is None:
            return []
        if known is None or known.images.photographs is None:
            return ranked_pairs(counts)
        table, groups, classes = known.table, known.images.photographs, len(known.classes)
        return ranked_pairs(
            counts,
            photographs_confused(table.truth, table.guess, groups, classes),
            photographs_by_class(table.truth, groups, classes),
        )

    @property
    def difference(self) -> str:
        """A sentence where the kept weights count otherwise than the run did; they are rounded."""
        told, known = self.told, self.known
        if told is None or known is None:
            return ""
        then, now = int(told.sum() - np.trace(told)), int(known.misread.sum())
        if np.array_equal(told, _confusion(known)):
            return ""
        how = "kept in half precision" if known.half else "on this processor"
        return f"the run itself counted {then:,} misread; with its weights {how} it is {now:,}"

    @property
    def query(self) -> GuessQuery:
        """The filter, without what makes no sense in it."""
        return sensible_part(self.filter, self.classes)

    @property
    def listed(self) -> npt.NDArray[np.int64]:
        """Places of the images that the filter lets through: the misread ones, the surest first.

        By photograph, one image stands for those of its photograph that were guessed the same.
        """
        known = self.known
        if known is None:
            return np.zeros(0, np.int64)
        places = np.flatnonzero(self._let_through(known))
        places = places[np.argsort(-known.table.confidence[places], kind="stable")]
        groups = known.table.photograph
        if not self.by_photograph or groups is None:
            return places
        _, first = np.unique(numbered(groups[places], known.table.guess[places]), return_index=True)
        return places[np.sort(first)]

    def alike(self, places: Sequence[int]) -> dict[int, int]:
        """For each place how many images let through are of its photograph and guessed the same."""
        known = self.known
        groups = None if known is None else known.table.photograph
        if known is None or groups is None:
            return dict.fromkeys(places, 1)
        table, met = known.table, self._let_through(known)
        return {
            place: int((met & (groups == groups[place]) & (table.guess == table.guess[place])).sum())
            for place in places
        }

    def _let_through(self, known: "Predictions") -> npt.NDArray[np.bool_]:
        """Bool (N,): the images that the filter lets through, of the misread ones or of all."""
        met = self.query.matches(known.table)
        return met if self.each_image else met & known.misread

    @property
    def chosen(self) -> int | None:
        """Place of the image under the cursor of the list."""
        places = self.listed
        return int(places[min(self.at, len(places) - 1)]) if len(places) else None

    def scrub(self, by: int) -> bool:
        """Go `by` epochs further, True where there is one; the last of a live run is then followed."""
        epochs, epoch = self.epochs, self.epoch
        if epoch is None or self.subject is None:
            return False
        place = min(max(0, epochs.index(epoch) + by), len(epochs) - 1)
        follows = self.subject.is_live and place == len(epochs) - 1
        self.chosen_epoch = None if follows else epochs[place]
        return self.epoch != epoch

    def show_best(self) -> None:
        """Go to the best epoch."""
        best = self.subject.state.best if self.subject is not None else None
        if best is not None:
            self.chosen_epoch = best.epoch

    def switch_split(self) -> None:
        """Validation, test, the group held out, as far as there are any."""
        self.split = self.next_split
        self.at = 0

    def set_filter(self, text: str) -> None:
        """Filter by this line, from the first image on."""
        self.filter, self.at = text, 0

    def words_without(self) -> str:
        """Why there is nothing to show; empty where there is something."""
        if self.subject is None:
            return "No run to look at yet: {show.train:1} shows the Train screen; {train:t} there begins one."
        if self.epoch is not None and self.confusion is not None:
            return ""
        state, status = self.subject.state, self.subject.status
        if status in LIVE:
            return "No epoch has ended yet: what the network confuses is counted at the end of each."
        message = f": {state.ended.message}" if state.ended is not None and state.ended.message else ""
        return f"The run {_became(status)} before its first epoch ended, so nothing was scored{message}."


def _became(status: Status) -> str:
    return {"lost": "was lost", "failed": "failed", "diverged": "diverged"}.get(status, f"was {status}")


def _confusion(predictions: "Predictions") -> Counts:
    table = predictions.table
    return confusion_of(table.truth, table.guess, len(predictions.classes))


def latest_finished(folders: list[RunFolder]) -> Subject | None:
    """The newest of `folders` (oldest first) whose run is over and has weights to look at, if any."""
    from signtui.runs.show import open_run  # noqa: PLC0415 - only without a watched run

    for folder in reversed(folders):
        if not folder.summary.is_file() or not folder.best.is_file():
            continue
        try:
            state = open_run(folder, steps=False).state
        except RunError:
            continue
        if state.ended is not None and state.epochs:
            return Subject(folder, state, state.status)
    return None
