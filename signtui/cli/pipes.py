"""Who reads our streams: a screen, nobody any more; and sending what is still to come nowhere."""

import os
import sys
from contextlib import suppress
from typing import IO


def is_broken_pipe(error: BaseException) -> bool:
    """Whether `error` says that nobody reads any more; Rich turns a broken pipe into SystemExit."""
    return isinstance(error, BrokenPipeError) or (
        isinstance(error, SystemExit) and isinstance(error.__context__, BrokenPipeError)
    )


def descriptor_of(stream: IO[str]) -> int | None:
    """The file descriptor under `stream`; None where it lives in memory only."""
    try:
        return stream.fileno()
    except (OSError, ValueError, AttributeError):
        return None


def point_at_nothing(stream: IO[str] | int) -> None:
    """Let `stream` (or a descriptor) lead nowhere, or Python would complain once more as it ends."""
    descriptor = stream if isinstance(stream, int) else descriptor_of(stream)
    if descriptor is None:
        return
    with suppress(OSError):
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, descriptor)
        os.close(nothing)


def has_screen() -> bool:
    """Whether there is a terminal to draw on and to read keys from; a dumb one is as good as a pipe."""
    able = os.environ.get("TERM", "").lower() not in {"dumb", "unknown"}
    return able and sys.stdin.isatty() and sys.stdout.isatty()
