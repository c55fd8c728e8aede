"""What a command came to: its exit code, and at most one sentence about why it failed."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress

from signtui.cli.pipes import point_at_nothing
from signtui.errors import ExitCode, SigntuiError


def outcome(work: Callable[[], int | None]) -> int:
    """Do `work` and return its exit code; an error is one sentence on stderr, never a traceback."""
    try:
        code = work()
    except SigntuiError as error:
        return complain(str(error), error.exit_code)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return complain(f"{where}{error.strerror or error}", ExitCode.FAILED)
    except Exception as error:  # a bug: its traceback is kept, and the user spared
        import traceback  # noqa: PLC0415 - only where something went wrong

        from signtui.bugs import bug_sentence  # noqa: PLC0415 - as above

        if os.environ.get("SIGNTUI_DEBUG"):
            traceback.print_exc()
        return complain(bug_sentence(error), ExitCode.FAILED)
    return int(code or ExitCode.DONE)


def complain(sentence: str, code: ExitCode) -> int:
    """Say what is wrong on stderr; gives `code` back."""
    with suppress(OSError):
        sys.stdout.flush()
    say(f"signtui: error: {' '.join(sentence.split())}")
    return int(code)


def say(line: str) -> None:
    """Put a line on stderr, wherever that leads."""
    try:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()
    except OSError:
        point_at_nothing(sys.stderr)
