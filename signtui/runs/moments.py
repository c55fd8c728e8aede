"""The moments of a run at which its network can be looked at: before training, kept epochs, the best, now."""

from dataclasses import dataclass
from pathlib import Path

from signtui.runs.folder import RunFolder


@dataclass(frozen=True)
class Moment:
    """Weights of a run: `epoch` 0 is before training, whose weights follow from the seed and need no file.

    `now` marks those of a live run as they are; `best` those of the epoch with the best validation.
    """

    epoch: int
    path: Path | None = None
    best: bool = False
    now: bool = False

    @property
    def words(self) -> str:
        """What the moment is called."""
        if self.now:
            return "now"
        if self.path is None:
            return "before training"
        return f"epoch {self.epoch}" + (" (best)" if self.best else "")


def moments(
    folder: RunFolder, *, best: int | None, last: int | None = None, live: bool = False
) -> tuple[Moment, ...]:
    """The moments of a run, earliest first; `best` is its best epoch, later epochs than `last` are left out.

    Weights of epochs that were not kept are passed over; a live run's present ones count once they are there.
    """
    found = {
        int(path.stem): path
        for path in sorted(folder.epochs.glob("*.safetensors"))
        if path.stem.isdigit() and (last is None or int(path.stem) <= last)
    }
    is_over = last is None and not live  # before that, the file may be of another epoch by now
    if best is not None and is_over and folder.best.is_file():
        found[best] = folder.best  # in full precision
    after = tuple(Moment(epoch, found[epoch], best=epoch == best) for epoch in sorted(found))
    present = (Moment(0, folder.now, now=True),) if live and folder.now.is_file() else ()
    return (Moment(0), *after, *present)
