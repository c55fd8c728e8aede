"""One run in full: its state from the log, and all that `show-run` tells about it as plain data."""

import tomllib
from dataclasses import dataclass
from typing import Any

import msgspec

from signtui.errors import RunError
from signtui.events import Calibrated
from signtui.runs.folder import RunFolder
from signtui.runs.labels import read_labels
from signtui.runs.liveness import status as live_status
from signtui.runs.log import LogReader, LogTail, Problems
from signtui.runs.state import RunState

MOST_STEPS = 50_000
"""Step events read of a log when a run is opened; one that has more is sampled."""


@dataclass(frozen=True)
class OpenedRun:
    """A run read from its folder: its state, what the reader passed over, and a tail to follow it with."""

    folder: RunFolder
    state: RunState
    problems: Problems
    tail: LogTail


def open_run(folder: RunFolder, *, steps: bool = True) -> OpenedRun:
    """Read a run's log into its state, within about a second however long the log is.

    A run whose process has not yet written its log opens as an empty state. `steps=False` leaves the step
    history out.

    Raises:
        RunError: where the log can't be read, or is from a newer signtui.
    """
    reader = LogReader(folder.events, most_steps=MOST_STEPS if steps else 0)
    state = RunState()
    if folder.events.exists():
        state = RunState.of(reader)
    return OpenedRun(folder, state, reader.problems, LogTail(folder.events, reader.offset))


def show(folder: RunFolder, state: RunState | None = None, now: float | None = None) -> dict[str, Any]:
    """The run as one object of plain data, the content of `show-run --json`.

    `confusion` counts images as `[truth][guess]` over the split that `confusion_split` names: the test
    images where they were scored, or else the group held out, or else the validation images at the best
    epoch. `calibration` holds that of each split that was scored with the best weights, by its name. `state`
    spares reading the log again.

    Raises:
        RunError: where the run can't be read.
    """
    if state is None:
        state = open_run(folder, steps=False).state
    labels = read_labels(folder.labels)
    split, confusion = _confusion(state)
    ended = state.ended
    document = {
        "id": folder.id,
        "status": live_status(folder, state, now),
        "reason": ended.reason if ended else None,
        "message": ended.message if ended else "",
        "preset": state.config.get("preset"),
        "config": state.config or _written_config(folder),
        "data": state.data,
        "model": state.model,
        "epochs": state.epochs,
        "best": state.best,
        "test": ended.test if ended else None,
        "held_out": ended.held_out if ended else None,
        "fine_tuning": state.fine_tuning,
        "confusion": confusion,
        "confusion_split": split,
        "calibration": _calibration(state),
        "marks": state.marks,
        "started": state.started,
        "seconds": state.seconds if state.started is not None else None,
        "resumes": state.resumes,
        "device": state.device,
        "precision": state.precision,
        "threads": state.threads,
        "versions": state.versions,
        "notes": labels.notes,
        "tags": labels.tags,
    }
    # Through JSON and back: numbers that JSON can't hold become None here as they do for its readers.
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(document))
    return plain


def _confusion(state: RunState) -> tuple[str | None, tuple[tuple[int, ...], ...] | None]:
    if state.ended is not None and state.ended.test is not None:
        return "test", state.ended.test.confusion
    if state.ended is not None and state.ended.held_out is not None:
        return "held-out", state.ended.held_out.confusion
    best = state.best.epoch if state.best else None
    for epoch in reversed(state.epochs):
        if best in (None, epoch.epoch):
            return "validation", epoch.confusion
    return None, None


def _calibration(state: RunState) -> dict[str, Calibrated]:
    best = state.best.epoch if state.best else None
    validation = next((epoch.calibration for epoch in state.epochs if epoch.epoch == best), None)
    ended = state.ended
    test, held_out = (ended.test, ended.held_out) if ended is not None else (None, None)
    found = {
        "validation": validation,
        "test": test.calibration if test is not None else None,
        "held_out": held_out.calibration if held_out is not None else None,
    }
    return {split: one for split, one in found.items() if one is not None}


def _written_config(folder: RunFolder) -> dict[str, Any]:
    """The settings in config.toml, for a run that has not said a word yet."""
    try:
        return tomllib.loads(folder.config.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise RunError(f"can't read {folder.config} ({error}): the run's settings are lost") from error


def step_curves(state: RunState) -> dict[str, list[float]]:
    """The training curve within the epochs: epochs as numbers, losses and accuracies."""
    per_epoch = max(1, state.progress.steps_per_epoch)
    points = state.history.points
    return {
        "epoch": [point.step / per_epoch for point in points],
        "loss": [point.loss for point in points],
        "accuracy": [point.accuracy for point in points],
    }
