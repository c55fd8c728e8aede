"""What Ctrl-C, a polite kill and a lost terminal mean to a training: end well, or go on unseen."""

import os
import signal
import threading
from collections import deque
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Protocol, Self

from signtui.cli.voice import Voice
from signtui.errors import ExitCode

PATIENCE_SECONDS = 3.0
"""How long a run may take to end after the second Ctrl-C."""


class Stoppable(Protocol):
    """A run's control, as far as signals go."""

    def stop(self, reason: Any = ..., *, now: bool = ...) -> None:
        """End the run."""


class TrainingSignals:
    """While entered: SIGINT and SIGTERM stop the run that `steer` was given, SIGHUP only silences it.

    A signal that the process was told to ignore (nohup, a shell's background jobs) stays ignored. Before
    there is a run, SIGINT and SIGTERM end the command.
    """

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._control: Stoppable | None = None
        self._interrupts = 0
        self._before: dict[int, Any] = {}
        self._waiting: deque[Callable[[], None]] = deque()
        self._reacting = False

    def steer(self, control: Stoppable) -> None:
        """From now on there is a run to stop."""
        self._control = control

    def __enter__(self) -> Self:
        self._install("SIGINT", self._interrupt)
        self._install("SIGTERM", self._terminate)
        self._install("SIGHUP", self._voice.hang_up)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _install(self, name: str, reaction: Callable[[], None]) -> None:
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        in_charge = threading.current_thread() is threading.main_thread()
        if number is None or not in_charge or signal.getsignal(number) == signal.SIG_IGN:
            return

        def handle(_number: int, _frame: FrameType | None) -> None:
            self._waiting.append(reaction)
            self._react()

        self._before[number] = signal.signal(number, handle)

    def _react(self) -> None:
        """Take what came one by one: a signal within a reaction could wait for ever for its locks."""
        while self._waiting and not self._reacting:
            self._reacting = True
            try:
                self._waiting.popleft()()
            finally:
                self._reacting = False

    def _interrupt(self) -> None:
        if self._control is None:
            raise KeyboardInterrupt
        self._interrupts += 1
        if self._interrupts == 1:
            self._voice.announce_at_once("stopping after this step; Ctrl-C again to stop at once")
            self._control.stop("interrupted")
        elif self._interrupts == 2:
            self._control.stop("interrupted", now=True)
            timer = threading.Timer(PATIENCE_SECONDS, self._give_up)
            timer.daemon = True
            timer.start()

    def _terminate(self) -> None:
        if self._control is None:
            raise SystemExit(ExitCode.TERMINATED)
        self._control.stop("terminated")

    def _give_up(self) -> None:
        self._voice.leave_terminal_tidy()
        os._exit(ExitCode.INTERRUPTED)
