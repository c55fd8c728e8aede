"""Leave one out: trains a run for each signer, which never sees that signer, and scores it on that hand.

Each fold is an ordinary run that holds one group out: it chooses its epoch by photographs of the others, and
the test images are left alone. What was done before, by whatever process, is not done again.
"""

from pathlib import Path

from msgspec.structs import replace

from signtui.config import Config
from signtui.config.settings import OF_THIS_MACHINE, values_of
from signtui.data.held_out import group_named
from signtui.errors import ConfigError, RunError
from signtui.events import DataFacts
from signtui.runs.folder import RunFolder
from signtui.runs.series import TAG, Fold, Series, series_of
from signtui.training.material import gather
from signtui.training.session import TrainingSession


class LeaveOneOut:
    """A series of runs by one configuration: how it stands, and its next run."""

    def __init__(self, config: Config, facts: DataFacts) -> None:
        self.config = config
        self._facts = facts

    @classmethod
    def open(cls, config: Config, what: str = "") -> "LeaveOneOut":
        """The series of `config`; `what` is what the user calls those who are left out, such as signers.

        Raises:
            ConfigError: where the network can't work, or the images aren't grouped by `what`.
            DataError: where there are no images to use, or it isn't known whose they are.
        """
        if config.train.from_:
            raise ConfigError(
                f"train.from = {config.train.from_}: a run that goes on from other weights knows whoever they"
                " learned from, so nobody could be left out of it; leave train.from empty"
            )
        config = replace(config, data=replace(config.data, validation="photographs", held_out=""))
        material = gather(config)
        dataset = material.dataset
        kind = group_named(dataset, "", "--leave-one-out" + (f" {what}" if what else "")).kind
        if what and what not in (kind, f"{kind}s"):
            raise ConfigError(
                f"--leave-one-out {what}: the images of {dataset.name} are grouped by {kind};"
                f" write --leave-one-out {kind}s"
            )
        return cls(config, material.facts())

    def series(self) -> Series:
        """How it stands, by the runs in the runs directory. Raises RunError where that can't be read."""
        directory = Path(self.config.runs.directory).expanduser()
        return series_of(self.config, self._facts, directory)

    def next_session(self) -> TrainingSession | None:
        """The next fold, new or taken up where it broke off, to be started; None where all are done.

        Raises:
            RunError: where another process is at work on the series.
            ConfigError, DataError: where it can't start.
        """
        series = self.series()
        if series.live is not None:
            raise RunError(
                f"{series.kind} {series.live.group} is being trained on by another process"
                f" (run {series.live.id}): wait for it, or stop it"
            )
        return None if series.next is None else self.session_of(series.next)

    def session_of(self, fold: Fold) -> TrainingSession:
        """The run of `fold`: from its last checkpoint where it broke off, or else from the start."""
        if fold.can_go_on and fold.id is not None:
            folder = RunFolder(Path(self.config.runs.directory).expanduser() / fold.id)
            if folder.last.is_file():
                here = values_of(self.config, OF_THIS_MACHINE)  # which may be elsewhere than when it began
                return TrainingSession.resume(folder, here, score_test=False)
        return TrainingSession.open(_fold_config(self.config, fold.group), score_test=False)


def _fold_config(config: Config, group: str) -> Config:
    tags = tuple(dict.fromkeys((*config.runs.tags, TAG)))
    return replace(config, data=replace(config.data, held_out=group), runs=replace(config.runs, tags=tags))
