"""How the program leaves: the user quits, the terminal goes away, or someone asks the process to end.

Textual knows no SIGHUP and no SIGTERM: by itself the process would die with its terminal, and its run too.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING, Literal

from signtui.errors import ExitCode
from signtui.runs.names import readable_suffix
from signtui.tui.sources import SessionSource
from signtui.tui.watched import WatchedRun

if TYPE_CHECKING:
    from signtui.training.session import TrainingSession
    from signtui.tui.app import DashboardApp

Cause = Literal["quit", "hang-up", "terminated", "interrupted"]
_CODES: dict[Cause, ExitCode] = {
    "terminated": ExitCode.TERMINATED,
    "interrupted": ExitCode.INTERRUPTED,
}


class Departure:
    """Why the screen was closed; ends the run accordingly, or lets it go on."""

    def __init__(self) -> None:
        self.cause: Cause = "quit"

    def watch_for_signals(self, app: "DashboardApp") -> None:
        """Close the screen on SIGHUP, SIGTERM and SIGINT, for as long as `app` runs. Call it in its loop."""
        loop = asyncio.get_running_loop()
        handlers: dict[str, Callable[[], None]] = {
            "SIGHUP": lambda: self._hang_up(app),
            "SIGTERM": lambda: self._end(app, "terminated"),
            "SIGINT": lambda: self._end(app, "interrupted"),
        }
        for name, handler in handlers.items():
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) != signal.SIG_IGN:
                # Not on Windows, nor in a thread.
                with suppress(NotImplementedError, RuntimeError, ValueError):
                    loop.add_signal_handler(number, handler)

    def _end(self, app: "DashboardApp", cause: Cause) -> None:
        self.cause = cause
        self._stop(app.session)
        app.exit(int(_CODES.get(cause, ExitCode.DONE)))

    def _hang_up(self, app: "DashboardApp") -> None:
        self.cause = "hang-up"
        silence()
        app.exit(int(ExitCode.DONE))

    def _stop(self, run: WatchedRun | None) -> None:
        if run is not None and run.is_live and isinstance(run.source, SessionSource):
            run.source.leave("terminated" if self.cause == "terminated" else "interrupted")

    def see_out(self, run: WatchedRun | None) -> int:
        """After the screen has closed: end the run or sit it out, say where it is, give the exit code."""
        if run is None or not isinstance(run.source, SessionSource):
            return int(_CODES.get(self.cause, ExitCode.DONE))
        session = run.source.session
        if self.cause == "hang-up":
            _unseen(session)
        else:
            self._stop(run)
            with suppress(KeyboardInterrupt):
                session.join()
        run.poll()
        if self.cause != "hang-up":
            for line in parting_words(run):
                sys.stdout.write(line + "\n")
        ended = run.state.ended
        failed = ended is not None and ended.reason in {"failed", "diverged"}
        return int(_CODES.get(self.cause, ExitCode.FAILED if failed else ExitCode.DONE))


def _unseen(session: "TrainingSession") -> None:
    """Wait for a run whose terminal is gone: nothing but a polite kill ends it before its time."""

    def terminate(_number: int, _frame: FrameType | None) -> None:
        session.control.stop("terminated")

    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, terminate)
    while not session.join(1.0):  # in pieces, so that the handler gets its turn
        pass


def parting_words(run: WatchedRun) -> list[str]:
    """Two lines for the terminal that is left behind: how the run stands, and where it is."""
    name = readable_suffix(run.state.id) or run.state.id
    if not name:
        return []
    ended = run.state.ended
    resumable = ended is not None and ended.reason in {"interrupted", "terminated"}
    how = f"signtui train --resume {name}" if resumable else f"signtui show-run {name}"
    return [
        f"{name} {run.state.status} after {run.state.progress.step:,} steps: {how}",
        str(run.source.folder.path),
    ]


def silence() -> None:
    """Point this process's streams at nothing: the terminal behind them is gone."""
    with suppress(OSError):
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nothing, descriptor)
        os.close(nothing)
