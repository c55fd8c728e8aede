"""What is said about a bug of signtui's own: one sentence for the user, and the traceback kept in a file."""

import os
import traceback
from pathlib import Path

from signtui.files import cache_directory, write_atomic


def bug_sentence(error: BaseException, path: Path | None = None) -> str:
    """Keep the traceback of `error` at `path` (else in the cache folder) and say where it is.

    With `SIGNTUI_DEBUG` set nothing is kept: the caller shows it.
    """
    what = f"signtui met a bug of its own ({type(error).__name__}: {error})"
    if os.environ.get("SIGNTUI_DEBUG"):
        return what
    path = path or cache_directory() / "last-bug.txt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, "".join(traceback.format_exception(error)))
    except OSError:
        return f"{what}; SIGNTUI_DEBUG=1 shows the traceback"
    return f"{what}; the traceback is in {path}"
