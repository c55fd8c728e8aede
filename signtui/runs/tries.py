"""Where the short runs of live mode are kept: in `.live` beside the others, the newest few of them."""

import shutil
from pathlib import Path

from signtui.runs.folder import run_folders
from signtui.runs.names import PATTERN
from signtui.runs.order import is_live
from signtui.runs.summary import read_summary

LIVE = ".live"
"""The folder in the runs directory that holds them; lists of runs pass it over."""

KEPT = 5


def tries_directory(runs_directory: str) -> Path:
    """Where tries go when other runs go to `runs_directory`."""
    return Path(runs_directory).expanduser() / LIVE


def prune(directory: Path, kept: int = KEPT) -> list[str]:
    """Delete all but the newest `kept` tries in `directory` and say which; never what isn't a try, or is on.

    Only folders named and filled as signtui does it count, and only in a directory called `.live`.

    Raises:
        RunError: where the directory can't be read.
    """
    if directory.name != LIVE:
        return []
    tries = [
        folder
        for folder in run_folders(directory)
        if PATTERN.fullmatch(folder.id) and not folder.path.is_symlink()
    ]
    old = [folder for folder in tries[: max(0, len(tries) - kept)] if not is_live(read_summary(folder))]
    for folder in old:
        shutil.rmtree(folder.path, ignore_errors=True)
    return [folder.id for folder in old]
