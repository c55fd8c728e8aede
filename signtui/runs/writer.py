"""Writes a run's log without ever keeping the training waiting: a queue, and a thread that empties it.

Lines are only ever appended. What could not be written (a full disk) stays in the queue and is tried again,
from the very byte it stopped at, so that the log is whole again once there is room.
"""

import os
import queue
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from signtui.errors import RunError
from signtui.events import AnyEvent, EpochEnded, RunEnded, RunStarted, encode
from signtui.files import flush_folder

if sys.platform != "win32":
    import fcntl

FLUSH_SECONDS = 1.0
"""The most that a power cut can take; epochs and the run's start and end reach the disk at once."""

MOST_WAITING = 64 << 20
"""Bytes kept while the disk takes nothing; beyond it lines are lost, and `check` says how many."""

_THREAD_NAME = "log of "
_AT_ONCE = 4096
_BLOCK = 64 << 10
_LineAndUrgency = tuple[bytes, bool]


class LogWriter:
    """Appends events to the log at `path`; `write` may be called by any thread and never waits for the disk.

    Opening a log that a crash has left with half a line at its end cuts that half off. The log is locked
    against a second writer, where the system can.

    Raises:
        RunError: where the log can't be opened, or another process is writing it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._queue: queue.SimpleQueue[_LineAndUrgency | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False
        self._write_error: OSError | None = None
        self._flush_error: OSError | None = None
        self._lost = 0
        self._pending = bytearray()
        self._unsynced = False
        self._synced_at = time.monotonic()
        self._descriptor = self._open()
        self._thread = threading.Thread(target=self._work, name=_THREAD_NAME + path.parent.name, daemon=False)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.close()
        except RunError:
            if error is None:  # what went wrong first says more than what followed
                raise

    def write(self, event: AnyEvent) -> None:
        """Put `event` at the end of the log, soon. Raises ValueError after `close`."""
        urgent = isinstance(event, RunStarted | EpochEnded | RunEnded)
        line = encode(event) + b"\n"
        with self._lock:
            if self._closed:
                raise ValueError(f"the log {self.path} is closed")
            self._queue.put((line, urgent))

    def check(self) -> None:
        """Raises RunError while there are events that the disk did not take."""
        error = self._write_error or self._flush_error
        if error is not None:
            lost = f" ({self._lost} events are lost)" if self._lost else ""
            raise RunError(
                f"can't write {self.path} ({error.strerror or error}){lost}:"
                " make room on the disk, or train with another --runs-dir"
            ) from error

    def close(self) -> None:
        """Write and flush all that is waiting, then end the thread; a second call does nothing.

        Raises:
            RunError: where the disk did not take everything.
        """
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._queue.put(None)
        self._thread.join()
        self.check()

    def _open(self) -> int:
        new = not self.path.exists()
        try:
            descriptor = os.open(
                self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666
            )
        except OSError as error:
            raise RunError(
                f"can't write {self.path} ({error.strerror or error}): choose a folder you can write to with"
                " --runs-dir"
            ) from error
        try:
            self._claim(descriptor)
            _cut_torn_line(descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        if new:
            flush_folder(self.path.parent)
        return descriptor

    def _claim(self, descriptor: int) -> None:
        if sys.platform == "win32":  # has no such lock: nothing keeps two processes from resuming one run
            return
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            name = self.path.parent.name
            raise RunError(
                f"run {name} is being written by another process: `signtui attach {name}` shows it"
            ) from error
        except OSError:  # some network file systems have no locks
            return

    def _work(self) -> None:
        going = True
        while going:
            going, urgent = self._collect()
            self._append()
            due = time.monotonic() - self._synced_at >= FLUSH_SECONDS
            if self._unsynced and (urgent or due or not going):
                self._sync()
        os.close(self._descriptor)

    def _collect(self) -> tuple[bool, bool]:
        """Move what waits in the queue to `_pending`: (whether to go on, whether to flush it now)."""
        urgent = False
        for taken in range(_AT_ONCE):
            try:
                item = self._queue.get(timeout=FLUSH_SECONDS) if taken == 0 else self._queue.get_nowait()
            except queue.Empty:
                return not (taken == 0 and self._abandoned()), urgent
            if item is None:
                return False, urgent
            line, pressing = item
            urgent = urgent or pressing
            if len(self._pending) + len(line) > MOST_WAITING:
                self._lost += 1
            else:
                self._pending += line
        return True, urgent

    def _abandoned(self) -> bool:
        """Whether the program is ending with nobody left to close this log, so that it could never end."""
        if threading.main_thread().is_alive() or not self._queue.empty():
            return False
        own = threading.current_thread()
        others = (thread for thread in threading.enumerate() if thread is not own and thread.is_alive())
        return all(thread.daemon or thread.name.startswith(_THREAD_NAME) for thread in others)

    def _append(self) -> None:
        try:
            while self._pending:
                written = os.write(self._descriptor, bytes(self._pending[:_BLOCK]))
                del self._pending[:written]
                self._unsynced = True
        except OSError as error:
            self._write_error = error
        else:
            if not self._lost:
                self._write_error = None

    def _sync(self) -> None:
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            # It stays: a system may report such a loss once, and take the next flush as if all were well.
            self._flush_error = error
            return
        self._unsynced = False
        self._synced_at = time.monotonic()


def _cut_torn_line(descriptor: int) -> None:
    """End the file after its last line end."""
    size = os.lseek(descriptor, 0, os.SEEK_END)
    end = size
    while end > 0:
        start = max(0, end - _BLOCK)
        os.lseek(descriptor, start, os.SEEK_SET)
        found = os.read(descriptor, end - start).rfind(b"\n")
        if found >= 0:
            end = start + found + 1
            break
        end = start
    if end < size:
        os.ftruncate(descriptor, end)
        os.fsync(descriptor)
