"""A run in brief, as `runs` lists it: written to summary.json when the run ends, so that a list is quick.

A summary counts only while the log is as long as it was then; otherwise the log itself is asked.
"""

import time
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec.structs import asdict

from signtui.errors import RunError
from signtui.events import Best, DataFacts, HeldOut
from signtui.files import write_atomic
from signtui.runs.folder import RunFolder, run_folders
from signtui.runs.labels import Labels, read_labels
from signtui.runs.liveness import status as live_status
from signtui.runs.log import read_events
from signtui.runs.state import RunState, Status


class DataBrief(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a run learnt from; `synthetic` goes wherever its figures go.

    `held_out` names the signer (or other group) whose images it keeps for the end, where there is one.
    """

    name: str
    kind: str
    synthetic: bool
    held_out: str = ""


class TestBrief(msgspec.Struct, frozen=True):
    """The best weights on the test images."""

    __test__ = False  # no test of its own, whatever its name says to pytest

    loss: float
    accuracy: float
    images: int


class HeldOutBrief(msgspec.Struct, frozen=True):
    """The best weights on the images of a `group` that the run never saw; `kind` is what it is (signer)."""

    kind: str
    group: str
    loss: float
    accuracy: float
    images: int


class Summary(msgspec.Struct, frozen=True):
    """One row of the list of runs; as JSON, one object of `runs --json`.

    `epochs` counts those that ended, `weights` the trainable weights; `started` is in seconds since 1970.
    What the log does not say is None.
    """

    id: str
    status: Status
    preset: str | None
    data: DataBrief | None
    epochs: int
    best: Best | None
    test: TestBrief | None
    started: float | None
    seconds: float | None
    notes: str
    tags: tuple[str, ...]
    weights: int | None
    held_out: HeldOutBrief | None = None


class _Stored(Summary, frozen=True, kw_only=True):
    """The content of summary.json: the summary, and how long the log was when it was made."""

    log_bytes: int


_decoder = msgspec.json.Decoder(_Stored)


def summarise(state: RunState, status: Status, labels: Labels, run_id: str | None = None) -> Summary:
    """The brief of a run. `run_id` is the name of its folder, where that is not the id its log gives."""
    data, ended = state.data, state.ended
    test, held_out = (ended.test, ended.held_out) if ended else (None, None)
    preset = state.config.get("preset")
    return Summary(
        id=run_id or state.id,
        status=status,
        preset=preset if isinstance(preset, str) else None,
        data=_data_brief(data) if data else None,
        epochs=len(state.epochs),
        best=state.best,
        test=TestBrief(test.loss, test.accuracy, test.images) if test else None,
        started=state.started,
        seconds=state.seconds if state.started is not None else None,
        notes=labels.notes,
        tags=labels.tags,
        weights=state.model.weights if state.model else None,
        held_out=_held_out_brief(held_out) if held_out else None,
    )


def _data_brief(data: DataFacts) -> DataBrief:
    held_out = data.held_out if data.held_out_images else ""
    return DataBrief(data.name, data.kind, data.synthetic, held_out)


def _held_out_brief(score: HeldOut) -> HeldOutBrief:
    return HeldOutBrief(score.kind, score.group, score.loss, score.accuracy, score.images)


def write_summary(folder: RunFolder, state: RunState) -> None:
    """Write summary.json for a run that has ended; its log must be closed.

    Raises:
        OSError: where the folder can't be written.
    """
    summary = summarise(state, state.status, _labels(folder), folder.id)
    stored = _Stored(**asdict(summary), log_bytes=folder.events.stat().st_size)
    write_atomic(folder.summary, msgspec.json.format(msgspec.json.encode(stored), indent=2) + b"\n")


def read_summary(folder: RunFolder, now: float | None = None) -> Summary:
    """The brief of the run in `folder`, from summary.json where that still holds, or else from its log.

    Raises:
        RunError: where the log can't be read, or is from a newer signtui.
    """
    labels = _labels(folder)
    stored = _stored(folder)
    if stored is not None:
        return _with_labels(stored, folder, labels)
    state = RunState.of(read_events(folder.events, most_steps=0)) if folder.events.exists() else RunState()
    if state.ended is not None:
        with suppress(OSError):  # a folder that only others may write to can be listed all the same
            write_summary(folder, state)
    return summarise(state, live_status(folder, state, now), labels, folder.id)


def list_runs(runs_directory: Path, now: float | None = None) -> list[Summary]:
    """Every run in the directory, newest first; none where there is no directory.

    A folder that can't be read as a run does not spoil the list: it appears as `failed`, and its notes say
    what is wrong with it.

    Raises:
        RunError: where the directory itself can't be read.
    """
    now = time.time() if now is None else now
    return [_row(folder, now) for folder in reversed(run_folders(runs_directory))]


def _row(folder: RunFolder, now: float) -> Summary:
    try:
        return read_summary(folder, now)
    except (RunError, OSError) as error:
        labels = Labels(f"can't be read: {error}")
        return summarise(RunState(), "failed", labels, folder.id)


def _with_labels(stored: _Stored, folder: RunFolder, labels: Labels) -> Summary:
    """As a plain summary: labels and the folder's name may have changed since."""
    fields = asdict(stored) | {"id": folder.id, "notes": labels.notes, "tags": labels.tags}
    del fields["log_bytes"]
    return Summary(**fields)


def _labels(folder: RunFolder) -> Labels:
    try:
        return read_labels(folder.labels)
    except RunError as error:
        return Labels(str(error))


def _stored(folder: RunFolder) -> _Stored | None:
    """summary.json, unless it is missing, damaged, or older than the log's last line."""
    try:
        stored = _decoder.decode(folder.summary.read_bytes())
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None
    try:
        log_bytes = folder.events.stat().st_size
    except FileNotFoundError:  # deleted to save room; its brief is all that is left of the run
        return stored
    except OSError:
        return None
    return stored if stored.log_bytes == log_bytes else None
