"""How the program leaves: the user quits or detaches, the terminal goes away, or the process is asked to end.

Textual knows no SIGHUP and no SIGTERM: by itself the process would die with its terminal, and its run too.
"""

import asyncio
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING, Literal

from signtui.bugs import bug_sentence
from signtui.errors import ExitCode
from signtui.runs.names import short_name
from signtui.standin import StandIn, silence
from signtui.tui.sources import SessionSource
from signtui.tui.watched import WatchedRun

if TYPE_CHECKING:
    from signtui.training.session import TrainingSession
    from signtui.tui.app import DashboardApp

Cause = Literal["quit", "detached", "hang-up", "terminated", "interrupted"]
_CODES: dict[Cause, ExitCode] = {
    "terminated": ExitCode.TERMINATED,
    "interrupted": ExitCode.INTERRUPTED,
}

_LOOK_SECONDS = 1.0


class Departure:
    """Why the screen was closed; ends the run accordingly, or lets it go on.

    `stand_in` is the process that can give the terminal back, None where there is none. `bug` is what the
    screen itself failed of.
    """

    def __init__(self, stand_in: StandIn | None = None) -> None:
        self.cause: Cause = "quit"
        self.bug: Exception | None = None
        self._stand_in = stand_in

    @property
    def can_detach(self) -> bool:
        """Whether the run could go on without the terminal."""
        return self._stand_in is not None and self._stand_in.is_waiting

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
        # A terminal can also go without a word: under nohup, or where it is not the session's own.
        app.set_interval(_LOOK_SECONDS, lambda: None if os.isatty(0) else self._hang_up(app))

    def after_first_paint(self) -> None:
        """What can wait until then: be one program with the process that stands in."""
        if self._stand_in is not None:
            self._stand_in.die_with_it()

    def detach(self, app: "DashboardApp") -> None:
        """Close the screen and let the run go on in the background."""
        self.cause = "detached"
        app.exit(int(ExitCode.DONE))

    def _end(self, app: "DashboardApp", cause: Cause) -> None:
        self.cause = cause
        self._stop(app.session)
        app.exit(int(_CODES.get(cause, ExitCode.DONE)))

    def _hang_up(self, app: "DashboardApp") -> None:
        if self.cause == "hang-up":
            return
        self.cause = "hang-up"
        if self._stand_in is not None:
            self._stand_in.outlive_it()
        silence()
        app.exit(int(ExitCode.DONE))

    def _stop(self, run: WatchedRun | None) -> None:
        if run is not None and run.is_live and isinstance(run.source, SessionSource):
            run.source.leave("terminated" if self.cause == "terminated" else "interrupted")

    def see_out(self, run: WatchedRun | None) -> int:
        """After the screen has closed: end the run or let it go on, say where it is, give the exit code."""
        session = run.source.session if run is not None and isinstance(run.source, SessionSource) else None
        if self.bug is not None:
            self._own_up(self.bug, session)
        if run is None or session is None:
            return int(ExitCode.FAILED if self.bug else _CODES.get(self.cause, ExitCode.DONE))
        if self.cause == "hang-up":
            _unseen(session)
            return int(ExitCode.DONE)
        if self.cause == "detached" and run.is_live:
            self._let_go(run, session)
            return int(ExitCode.DONE)
        self._stop(run)
        with suppress(KeyboardInterrupt):
            session.join()
        run.poll()
        for line in parting_words(run):
            sys.stdout.write(line + "\n")
        ended = run.state.ended
        failed = self.bug is not None or (ended is not None and ended.reason in {"failed", "diverged"})
        return int(_CODES.get(self.cause, ExitCode.FAILED if failed else ExitCode.DONE))

    def _own_up(self, bug: Exception, session: "TrainingSession | None") -> None:
        """Say what became of the screen; a run that can go on without it does."""
        if os.environ.get("SIGNTUI_DEBUG"):
            traceback.print_exception(bug)
        path = session.folder.screen_error if session is not None else None
        sys.stderr.write(f"signtui: error: {bug_sentence(bug, path)}\n")
        if self.cause == "quit" and self.can_detach:
            self.cause = "detached"

    def _let_go(self, run: WatchedRun, session: "TrainingSession") -> None:
        """Give the terminal back and see the run to its end without it."""
        for line in parting_words(run):
            sys.stdout.write(line + "\n")
        if self._stand_in is not None:
            self._stand_in.release()
        _unseen(session)


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
    name = short_name(run.state.id)
    if not name:
        return []
    if run.is_live:
        first = f"{name} goes on in the background: signtui attach {name}"
    else:
        ended = run.state.ended
        resumable = ended is not None and ended.reason in {"interrupted", "terminated"}
        how = f"signtui train --resume {name}" if resumable else f"signtui show-run {name}"
        first = f"{name} {run.state.status} after {run.state.progress.step:,} steps: {how}"
    return [first, str(run.source.folder.path)]
