"""Giving a terminal back while the work goes on: a small process stands between the shell and the program.

A shell waits for the process that it started, so a program that wants to go on without its terminal must not
be that process. `stand_in` splits the program in two before it has done anything: the first process only
waits, the second one works, in the terminal, as if it were alone. When it lets go, the first one ends and
the shell has its terminal back, while the work goes on where it is: nothing is saved, loaded or started anew.
"""

import os
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress
from types import FrameType
from typing import Final

_FORWARDED = ("SIGTERM", "SIGHUP", "SIGINT", "SIGWINCH")
_GO_ON_ALONE: Final = b"+"
_PR_SET_PDEATHSIG = 1


class StandIn:
    """The working process's line to the one that waits in its place."""

    def __init__(self, line: int) -> None:
        self._line = line
        self._held = True
        self._waiting_process = os.getppid()

    @property
    def is_waiting(self) -> bool:
        """Whether the shell still waits, so that the terminal can be given back."""
        return self._held

    def die_with_it(self) -> None:
        """Have this process killed when the waiting one is killed outright: to a user they are one program.

        Linux only; call it in the main thread, as `outlive_it`.
        """
        _signal_on_parents_death(signal.SIGKILL)
        if os.getppid() != self._waiting_process:  # it is gone already
            os.kill(os.getpid(), signal.SIGKILL)

    def outlive_it(self) -> None:
        """Go on whatever becomes of the waiting process: the terminal is gone, or given back."""
        _signal_on_parents_death(0)

    def release(self) -> None:
        """Give the terminal back: the waiting process ends with exit code 0, this one goes on without."""
        if not self._held:
            return
        self._held = False
        self.outlive_it()
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        silence()
        with suppress(OSError):
            os.setsid()  # out of reach of what the terminal sends to its own
        with suppress(OSError):
            os.write(self._line, _GO_ON_ALONE)
        os.close(self._line)


def stand_in() -> StandIn | None:
    """Go on in a child process while this one waits for it, passes signals on, and ends as it does.

    Returns in the child only, or None where a system can't do that. Call it before there are threads.
    """
    if not hasattr(os, "fork"):
        return None
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    reading, writing = os.pipe()
    # A signal that comes before the first process can pass it on has to wait, or would end that one alone.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _forwarded())
    child = os.fork()
    if child == 0:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os.close(reading)
        return StandIn(writing)
    os.close(writing)
    os._exit(_wait_for(child, reading, before))


def silence() -> None:
    """Point this process's streams at nothing: the terminal behind them is gone."""
    with suppress(OSError):
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nothing, descriptor)
        os.close(nothing)


def _forwarded() -> list[int]:
    """The signals that this system has of those that are passed on, but for those that are ignored."""
    numbers = (getattr(signal, name, None) for name in _FORWARDED)
    return [number for number in numbers if number and signal.getsignal(number) != signal.SIG_IGN]


def _wait_for(child: int, line: int, mask: Iterable[int]) -> int:
    """Sit there until the child has let go or ended; the exit code that it left.

    `mask`: the signals that stay blocked once there is someone to pass the others on.
    """

    def pass_on(number: int, _frame: FrameType | None) -> None:
        with suppress(ProcessLookupError):
            os.kill(child, number)

    for number in _forwarded():
        signal.signal(number, pass_on)
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    if os.read(line, 1) == _GO_ON_ALONE:
        return 0
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def _signal_on_parents_death(number: int) -> None:
    if not sys.platform.startswith("linux"):
        return
    import ctypes  # noqa: PLC0415 - not before the first paint

    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
