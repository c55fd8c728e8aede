"""Leave-one-out: the runs that differ only in who is held out, put together as one series.

Nothing but the runs themselves says that they belong together. A run that holds somebody out, and validates
by photographs of the others, is a fold of the series of its plan: a checksum over all settings that decide
what is learned, and over the data. So a series that was broken off is found again, also by another process,
and a fold trained by hand counts as one.
"""

import hashlib
from pathlib import Path
from typing import Any

import msgspec

from signtui.config import Config, as_plain
from signtui.config.load import from_plain
from signtui.config.settings import OF_THIS_MACHINE
from signtui.errors import ConfigError, RunError
from signtui.events import DataFacts, HeldOut, Reason, Score
from signtui.runs.folder import RunFolder, run_folders
from signtui.runs.liveness import status as live_status
from signtui.runs.log import read_events
from signtui.runs.state import LIVE, RunState, Status
from signtui.runs.summary import read_summary

TAG = "leave-one-out"
"""The tag of runs that were started as folds, for people to find them by."""

ENDED_BY_PLAN: tuple[Reason, ...] = ("finished", "early_stopping", "time_limit")
"""How a fold ends whose score counts."""
# A run that finished without a score was ended while it was taken.
_TO_GO_ON_WITH: tuple[Status, ...] = ("stopped", "interrupted", "lost", "finished")
_NOT_OF_THE_PLAN = {*OF_THIS_MACHINE, "data.source", "data.own", "data.held_out", "train.rehearsal"}
"""Where things are, who is held out, and what plays no part in a fold; files count by their checksum."""


class Fold(msgspec.Struct, frozen=True):
    """One run of a series, or (`id` None) one that is still to come.

    `group` is who it holds out. `validation` is the best on photographs of the others, and `score` that on
    the group held out: None until the run has come to its planned end.
    """

    group: str
    id: str | None = None
    status: Status | None = None
    epochs: int = 0
    validation: Score | None = None
    seconds: float | None = None
    score: HeldOut | None = None

    @property
    def is_done(self) -> bool:
        """Whether its score is there."""
        return self.score is not None

    @property
    def is_live(self) -> bool:
        """Whether a process is at work on it."""
        return not self.is_done and self.status in LIVE

    @property
    def can_go_on(self) -> bool:
        """Whether it broke off where it can be taken up again."""
        return not self.is_done and self.status in _TO_GO_ON_WITH


class Series(msgspec.Struct, frozen=True):
    """All folds of one `plan`, one for each of the groups, in their order.

    `kind` is what is held out (signer). `config` is that of any of the folds, or of those to come; `started`
    is when the first of them began (seconds since 1970), None where none has.
    """

    plan: str
    kind: str
    config: Config
    data: str
    synthetic: bool
    classes: tuple[str, ...]
    folds: tuple[Fold, ...]
    started: float | None = None

    @property
    def done(self) -> tuple[Fold, ...]:
        """The folds with a score."""
        return tuple(fold for fold in self.folds if fold.is_done)

    @property
    def is_complete(self) -> bool:
        """Whether every group has been held out once."""
        return len(self.done) == len(self.folds)

    @property
    def next(self) -> Fold | None:
        """The fold to train next: the first without a score that nobody is at work on."""
        return next((fold for fold in self.folds if not fold.is_done and not fold.is_live), None)

    def run_without_score(self, run_id: str) -> str:
        """A sentence where the run of this id ended without the score of its fold; empty where it has one."""
        if any(fold.id == run_id and fold.is_done for fold in self.folds):
            return ""
        return (
            f"run {run_id} ended without its score, as where its weights were lost:"
            " move its folder away, and the series trains it anew"
        )

    @property
    def live(self) -> Fold | None:
        """The fold that a process is at work on."""
        return next((fold for fold in self.folds if fold.is_live), None)


class _Run(msgspec.Struct, frozen=True):
    """A run that holds somebody out, with its plan."""

    plan: str
    config: Config
    data: DataFacts
    started: float
    fold: Fold


def plan_of(config: Config, data: DataFacts) -> str:
    """Twelve hex digits that are the same for all folds of a series, and for no other run."""
    tree = as_plain(config)
    decisive: dict[str, Any] = {
        section: {
            key: value for key, value in tree[section].items() if f"{section}.{key}" not in _NOT_OF_THE_PLAN
        }
        for section in ("data", "augment", "model", "train")
    }
    decisive["images"] = {
        "files": [file.get("sha256") for file in data.files if file.get("role") == "train"],
        "groups": data.groups_sha256,
        "size": data.image_size,
        "classes": data.classes,
    }
    content = msgspec.json.encode(decisive, order="deterministic")
    return hashlib.sha256(content).hexdigest()[:12]


def series_of(config: Config, data: DataFacts, runs_directory: Path) -> Series:
    """The series of `config`, with what there is of it in `runs_directory`.

    Raises:
        RunError: where the directory can't be read.
    """
    plan = plan_of(config, data)
    known = (series for series in SeriesReader().read(runs_directory) if series.plan == plan)
    return next(known, _series(plan, config, data, []))


class SeriesReader:
    """Reads the series in a runs directory; what hasn't changed since the last time isn't read again."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[tuple[int, int], _Run | None]] = {}
        self._of_none: set[Path] = set()  # runs that hold nobody out, whatever is yet to come in their logs

    def read(self, runs_directory: Path, now: float | None = None) -> list[Series]:
        """Every series, the one begun last first. A folder that can't be read is passed over.

        Raises:
            RunError: where the directory itself can't be read.
        """
        folders = run_folders(runs_directory)
        known, self._known = self._known, {}
        runs: dict[str, list[_Run]] = {}
        for folder in folders:
            found = self._run(folder, known.get(folder.path), now)
            if found is not None:
                runs.setdefault(found.plan, []).append(found)
        all_series = [
            _series(plan, of_plan[0].config, of_plan[0].data, of_plan) for plan, of_plan in runs.items()
        ]
        return sorted(all_series, key=lambda series: series.started or 0.0, reverse=True)

    def _run(
        self, folder: RunFolder, known: tuple[tuple[int, int], _Run | None] | None, now: float | None
    ) -> _Run | None:
        if folder.path in self._of_none:
            return None
        looks = _looks(folder)
        if known is not None and known[0] == looks and (known[1] is None or not _may_change(known[1])):
            self._known[folder.path] = known
            return known[1]
        try:
            found = _read(folder, now)
        except (RunError, OSError):
            found = None
        except _HoldsNobodyOut:
            self._of_none.add(folder.path)
            return None
        self._known[folder.path] = (looks, found)
        return found


def _looks(folder: RunFolder) -> tuple[int, int]:
    try:
        status = folder.events.stat()
    except OSError:
        return -1, 0
    return status.st_size, status.st_mtime_ns


def _may_change(run: _Run) -> bool:
    """Whether how it stands can change without a word in its log: its process may die, or be young."""
    return run.fold.status in (*LIVE, "lost")


class _HoldsNobodyOut(Exception):
    """A run is no fold, and never will be."""


def _read(folder: RunFolder, now: float | None) -> _Run | None:
    """The run in `folder`; None where it can't be told yet what it is.

    Raises:
        _HoldsNobodyOut: where it holds nobody out, began with other weights, or wasn't left to its plan.
    """
    if folder.summary.exists():
        brief = read_summary(folder, now)
        if brief.data is None or not brief.data.held_out:
            raise _HoldsNobodyOut
    state = RunState.of(read_events(folder.events, most_steps=0))
    data = state.data
    if data is None or state.started is None:
        return None
    if not data.held_out_images or _was_steered(state):
        raise _HoldsNobodyOut
    try:
        config = from_plain(state.config, str(folder.config))
    except ConfigError:  # of a newer signtui, or of one long ago
        return None
    # Other weights to go on from know whoever they learned from.
    if config.data.validation != "photographs" or config.train.from_:
        raise _HoldsNobodyOut
    ended = state.ended
    by_plan = ended is not None and ended.reason in ENDED_BY_PLAN
    fold = Fold(
        group=data.held_out,
        id=folder.id,
        status=live_status(folder, state, now),
        epochs=len(state.epochs),
        validation=state.best.validation if state.best else None,
        seconds=state.seconds,
        score=ended.held_out if ended is not None and by_plan else None,
    )
    return _Run(plan_of(config, data), config, data, state.started, fold)


def _was_steered(state: RunState) -> bool:
    return any(mark.kind in ("learning_rate", "epochs") for mark in state.marks)


def _series(plan: str, config: Config, data: DataFacts, runs: list[_Run]) -> Series:
    best: dict[str, _Run] = {}
    for run in runs:  # the oldest first, so that of equals the newest stays
        group = run.fold.group
        if group not in best or _worth(run.fold) >= _worth(best[group].fold):
            best[group] = run
    folds = tuple(best[group].fold if group in best else Fold(group) for group in data.groups)
    return Series(
        plan=plan,
        kind=data.group_kind,
        config=config,
        data=data.name,
        synthetic=data.synthetic,
        classes=data.classes,
        folds=folds,
        started=min((run.started for run in runs), default=None),
    )


def _worth(fold: Fold) -> int:
    """How much of a fold a run is: its score, then one at work, then what can go on, then what failed."""
    return 3 if fold.is_done else 2 if fold.is_live else 1 if fold.can_go_on else 0
