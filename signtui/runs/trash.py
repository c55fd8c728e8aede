"""Deleting a run, and taking that back: its folder moves to `.trash` beside the others."""

from pathlib import Path

from signtui.errors import RunError
from signtui.runs.folder import RunFolder
from signtui.runs.order import is_live
from signtui.runs.summary import read_summary

TRASH = ".trash"
"""The folder in the runs directory that holds what was deleted; lists of runs pass it over."""


def discard(folder: RunFolder) -> Path:
    """Move the run to the trash; returns where it lies there.

    Raises:
        RunError: where it is still live, or can't be moved.
    """
    if is_live(read_summary(folder)):
        raise RunError(f"run {folder.id} is live: stop it before you delete it")
    trash = folder.path.parent / TRASH
    try:
        trash.mkdir(exist_ok=True)
        return folder.path.rename(_free(trash, folder.id))
    except OSError as error:
        raise RunError(
            f"can't move run {folder.id} to {trash} ({error.strerror or error}):"
            " you need to be able to write to the runs directory"
        ) from error


def restore(discarded: Path) -> RunFolder:
    """Take the run at `discarded`, as `discard` returned it, back among the others.

    Raises:
        RunError: where it is no longer there, its name is taken, or it can't be moved.
    """
    name = discarded.name.partition("~")[0]
    target = discarded.parent.parent / name
    if target.exists():
        raise RunError(f"there is a run {name} again: the deleted one stays in {discarded}")
    try:
        return RunFolder(discarded.rename(target))
    except OSError as error:
        raise RunError(
            f"can't take {discarded} back ({error.strerror or error}): move it to {target} by hand"
        ) from error


def _free(trash: Path, name: str) -> Path:
    """A path in the trash for `name`, numbered where a run of that name lies there already."""
    path, number = trash / name, 1
    while path.exists():
        number += 1
        path = trash / f"{name}~{number}"
    return path
