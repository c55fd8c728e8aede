"""A program in a real pseudo-terminal: what it sends, keys to it, signals, and how it leaves the terminal."""

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from typing import Any, Self

from vt import Screen

_ESCAPES = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_].*?\x1b\\|[()][AB0]|[=>78])"
)


def _environment() -> dict[str, str]:
    """That of the tests, in a terminal of its own: its size is what it is, whatever another one's was."""
    mine = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
    return mine | {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}


class Terminal:
    """Runs `command` on a terminal of its own; use it as a context."""

    def __init__(self, command: list[str], width: int = 120, height: int = 40, **environment: str) -> None:
        self.received = bytearray()
        self.screen = Screen(width)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._stood_there = ""
        self.first_byte: float | None = None
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.settings: list[Any] = termios.tcgetattr(slave)
        self._slave = slave
        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env=_environment() | environment,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.hang_up()

    def read(self, seconds: float = 0.05) -> bytes:
        """What came within `seconds`, or sooner if anything did."""
        if self._master < 0 or not select.select([self._master], [], [], seconds)[0]:
            return b""
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:
            return b""
        self.received += data
        self.screen.feed(self._decoder.decode(data))
        return data

    @property
    def text(self) -> str:
        """All that came so far, without escape sequences."""
        return _ESCAPES.sub(b"", bytes(self.received)).decode(errors="replace")

    def wait_for(self, words: str, seconds: float = 60.0) -> None:
        """Read until `words` have come, in one piece or to stand on the screen where they didn't before."""
        end = time.monotonic() + seconds
        while words not in self.text and not (words in self.screen.text and words not in self._stood_there):
            assert time.monotonic() < end, f"no {words!r} in {self.text[-3000:]!r}"
            self.read()

    def press(self, keys: str) -> None:
        """Type `keys`; what came before is forgotten."""
        self.received.clear()
        self._stood_there = self.screen.text
        os.write(self._master, keys.encode())

    def type(self, answer: str) -> None:
        """Send what a terminal says by itself."""
        os.write(self._master, answer.encode())

    def resize(self, width: int, height: int) -> None:
        """Another size, as when a window is dragged."""
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.screen.width = width
        os.kill(self.process.pid, signal.SIGWINCH)

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal to the program alone."""
        os.kill(self.process.pid, number)

    def hang_up(self) -> None:
        """Take the terminal away, as a lost connection does."""
        for descriptor in (self._master, self._slave):
            if descriptor >= 0:
                os.close(descriptor)
        self._master = self._slave = -1

    def wait(self, seconds: float = 30.0) -> int:
        """Read on until the program ends; its exit code."""
        end = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < end, f"still running after {self.text[-2000:]!r}"
            if self._master < 0:
                self.process.wait(seconds)
            self.read()
        while self.read():
            pass
        assert self.process.returncode is not None
        return self.process.returncode

    @property
    def is_as_before(self) -> bool:
        """Whether the terminal's line settings are those from before the program."""
        return bool(termios.tcgetattr(self._slave)[:4] == self.settings[:4])
