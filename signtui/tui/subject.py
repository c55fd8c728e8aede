"""Whose network is under the microscope: the watched run's, the latest run's, or one not trained yet."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from signtui.config import Config
from signtui.errors import RunError
from signtui.model.views import Pixels
from signtui.runs.folder import RunFolder, run_folders
from signtui.runs.log import read_events
from signtui.runs.moments import Moment, moments
from signtui.runs.names import short_name
from signtui.runs.speed import config_of
from signtui.runs.state import RunState
from signtui.tui.watched import WatchedRun


@dataclass(frozen=True, eq=False)
class Subject:
    """A run, or settings without one. `images` uint8 (N, S, S) with `truths` are what the run watches."""

    config: Config
    folder: RunFolder | None = None
    classes: tuple[str, ...] = ()
    image_size: int = 0
    images: Pixels | None = None
    truths: tuple[int, ...] = ()
    best: int | None = None
    last: int | None = None
    live: bool = False
    checksums: tuple[str, ...] | None = None

    @property
    def name(self) -> str:
        """What it goes by."""
        if self.folder is None:
            return "a fresh network of the form's settings, not trained"
        return short_name(self.folder.id)

    def moments(self) -> tuple[Moment, ...]:
        """When it can be looked at, earliest first; the last is what is shown at first while it is live."""
        if self.folder is None:
            return (Moment(0),)
        return moments(self.folder, best=self.best, last=self.last, live=self.live)


def subject_of(
    folder: RunFolder, state: RunState, *, live: bool = False, replay: bool = False
) -> Subject | None:
    """The run in `folder`, by what its events say; None before they say enough."""
    config = config_of(state)
    if config is None or state.data is None:
        return None
    images = None
    if state.samples is not None:
        side = state.samples.side
        images = np.frombuffer(state.samples.pixels, np.uint8).reshape(-1, side, side)
    return Subject(
        config,
        folder,
        state.data.classes,
        state.data.image_size,
        images,
        state.samples.truths if state.samples is not None else (),
        state.best.epoch if state.best is not None else None,
        len(state.epochs) if replay else None,
        live,
        tuple(str(file.get("sha256")) for file in state.data.files),
    )


def subject_watched(run: WatchedRun) -> Subject | None:
    """The run that is on the screens."""
    replay = run.source.kind == "replay"
    return subject_of(run.source.folder, run.state, live=run.is_live and not replay, replay=replay)


def latest_subject(runs_directory: Path) -> Subject | None:
    """The newest run that has left weights; None where none has. Reads its log."""
    try:
        folders = run_folders(runs_directory)
    except RunError:
        return None
    for folder in reversed(folders):
        if not folder.best.is_file() and not any(folder.epochs.glob("*.safetensors")):
            continue
        try:
            found = subject_of(folder, RunState.of(read_events(folder.events, steps=False)))
        except RunError:
            continue
        if found is not None:
            return found
    return None
