"""A real `signtui` process on a real pseudo-terminal, or on pipes."""

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

PATIENCE = 90.0
_LATEST = 20_000  # characters that are searched again and again


class Terminal:
    """`signtui` with a terminal of its own; `until` reads on to a pattern, as a person would wait for it."""

    def __init__(
        self, *arguments: str, columns: int = 80, stderr: int | None = None, **environment: str
    ) -> None:
        self.master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.text = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "signtui", *arguments],
            env=os.environ | {"TERM": "xterm-256color", "LANG": "C.UTF-8", "COLORTERM": ""} | environment,
            stderr=stderr,
            preexec_fn=lambda: _take(slave, keep_stderr=stderr is not None),  # noqa: PLW1509 - no other thread runs here
        )
        os.close(slave)

    def until(self, pattern: str) -> str:
        """Read until `pattern` is on the terminal; returns all that was written so far."""
        while not re.search(pattern, self.text[-_LATEST:]):
            if not self._read():
                raise AssertionError(f"{pattern!r} never came; the terminal said:\n{self.text}")
        return self.text

    def end(self) -> int:
        """Read on to the end of the process; returns its exit code."""
        while self._read():
            pass
        return self.process.wait(PATIENCE)

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def hang_up(self) -> None:
        """Close the terminal: the system sends SIGHUP to the process that it was the terminal of."""
        os.close(self.master)

    def close(self) -> None:
        """Leave nothing behind, whatever the test came to."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)

    def _read(self) -> bool:
        ready, _, _ = select.select([self.master], [], [], PATIENCE)
        try:
            piece = os.read(self.master, 65_536) if ready else b""
        except OSError:  # Linux says so when the last process has closed the terminal
            piece = b""
        self.text += piece.decode(errors="replace")
        return bool(piece)


def _take(slave: int, *, keep_stderr: bool) -> None:
    """Make `slave` the terminal of this process, as a login does."""
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for descriptor in (0, 1) if keep_stderr else (0, 1, 2):
        os.dup2(slave, descriptor)


def wait_for_line(path: Path, words: str) -> None:
    """Until the file at `path`, which another process writes, has `words` in it."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if path.exists() and words in path.read_text():
            return
        select.select([], [], [], 0.05)
    raise AssertionError(f"{words!r} never came to {path}")


def the_run(directory: Path) -> Path:
    (folder,) = (directory / "runs").iterdir()
    return folder
