"""The list of runs, looked at again and again: only what changed since the last look is read.

A run that has ended costs a few file times; a live one is followed by the tail of its log.
"""

import time
from dataclasses import dataclass
from pathlib import Path

from signtui.errors import RunError
from signtui.runs.folder import RunFolder, run_folders
from signtui.runs.labels import Labels, read_labels
from signtui.runs.liveness import status as live_status
from signtui.runs.log import LogTail
from signtui.runs.order import is_live
from signtui.runs.show import open_run
from signtui.runs.state import RunState, fold_all
from signtui.runs.summary import Summary, read_summary, summarise

_Stamp = tuple[tuple[int, int] | None, ...]


@dataclass
class _Seen:
    """What the last look found: the files' times and sizes then, the row; of a live run, its state too."""

    stamp: _Stamp
    summary: Summary
    state: RunState | None = None
    tail: LogTail | None = None


class RunsWatch:
    """Looks at the runs in `directory`. Not for two threads at once."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._seen: dict[str, _Seen] = {}

    def look(self, now: float | None = None) -> tuple[Summary, ...]:
        """The runs as they are now, newest first, as `list_runs` gives them.

        Raises:
            RunError: where the directory can't be read.
        """
        now = time.time() if now is None else now
        folders = run_folders(self.directory)
        self._seen = {folder.id: self._row(folder, now) for folder in reversed(folders)}
        return tuple(seen.summary for seen in self._seen.values())

    def _row(self, folder: RunFolder, now: float) -> _Seen:
        stamp = _stamp(folder)
        before = self._seen.get(folder.id)
        if before is not None and before.stamp == stamp and not is_live(before.summary):
            return before
        try:
            if before is not None and before.tail is not None:
                return _followed(folder, stamp, before, now)
            return _read(folder, stamp, now)
        except (RunError, OSError) as error:
            labels = Labels(f"can't be read: {error}")
            return _Seen(stamp, summarise(RunState(), "failed", labels, folder.id))


def _read(folder: RunFolder, stamp: _Stamp, now: float) -> _Seen:
    summary = read_summary(folder, now)
    if not is_live(summary):
        return _Seen(stamp, summary)
    opened = open_run(folder, steps=False)
    return _Seen(stamp, summary, opened.state, opened.tail)


def _followed(folder: RunFolder, stamp: _Stamp, before: _Seen, now: float) -> _Seen:
    assert before.state is not None  # kept together with the tail
    assert before.tail is not None
    state = fold_all(before.state, before.tail.poll())
    summary = summarise(state, live_status(folder, state, now), read_labels(folder.labels), folder.id)
    if not is_live(summary):
        return _Seen(stamp, read_summary(folder, now))
    return _Seen(stamp, summary, state, before.tail)


def _stamp(folder: RunFolder) -> _Stamp:
    """When the files that a row is made of were written, and how long they are."""
    return tuple(
        _written(path)
        for path in (folder.events, folder.summary, folder.labels, folder.heartbeat, folder.error)
    )


def _written(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
