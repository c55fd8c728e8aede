"""Which epoch's weights are kept as the best, and whether a run still gets better."""

from dataclasses import dataclass
from typing import Any, TypedDict

import msgspec

from signtui.events import Best, Score


class BestEpochState(TypedDict):
    """What a checkpoint keeps of `BestEpoch`, its epochs as plain data."""

    best: dict[str, Any] | None
    highest: float
    improved: dict[str, Any] | None


@dataclass
class BestEpoch:
    """The best epoch so far, by its score on validation images of so many `photographs`.

    With `keeps_last` it is always the latest: what is held out then chooses nothing. `highest` is the highest
    accuracy of any epoch, `improved` the epoch that last was better than all before it.
    """

    photographs: int
    keeps_last: bool = False
    best: Best | None = None
    highest: float = 0.0
    improved: Best | None = None

    def take(self, epoch: int, validation: Score) -> bool:
        """Take up the score at the end of `epoch`; True where its weights are to be kept as the best."""
        self.highest = max(self.highest, validation.accuracy)
        if self.improved is None or _is_better(validation, self.improved.validation):
            self.improved = Best(epoch=epoch, validation=validation)
        # A misread photograph costs all of its variants, so a difference of less than one photograph is
        # chance. Among equals the latest: what was learned since is worth having.
        close = self.highest - validation.accuracy < 1 / self.photographs
        return self.best is None or self.keeps_last or close

    def keep(self, epoch: int, validation: Score) -> None:
        """The weights of `epoch` are kept as the best."""
        self.best = Best(epoch=epoch, validation=validation)

    def has_stalled(self, done: int, patience: int) -> bool:
        """Whether of `done` epochs none of the last `patience` was better than all before; never with 0."""
        return bool(patience and self.improved and done - self.improved.epoch >= patience)

    def state(self) -> BestEpochState:
        """What a checkpoint keeps."""
        best, improved = msgspec.to_builtins(self.best), msgspec.to_builtins(self.improved)
        return BestEpochState(best=best, highest=self.highest, improved=improved)

    def restore(self, state: BestEpochState) -> None:
        """Take up what a checkpoint kept."""
        self.best = msgspec.convert(state["best"], Best | None)
        self.highest = state["highest"]
        self.improved = msgspec.convert(state["improved"], Best | None)


def _is_better(score: Score, than: Score) -> bool:
    return (score.accuracy, -score.loss) > (than.accuracy, -than.loss)
