"""Paths as people type or paste them, and how a shell completes them."""

import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from signtui.data.photo import SUFFIXES

MOST_NAMES = 200


@dataclass(frozen=True)
class Completion:
    """`text` with as much added as is certain; `names` are what it could go on with, folders with a slash."""

    text: str
    names: tuple[str, ...]


def typed_path(text: str) -> Path:
    """What `text` means: `~` is the home folder, and quotes and backslashes of a shell are taken away."""
    text = text.strip()
    path = Path(text).expanduser()
    if not text or os.path.exists(path):  # noqa: PTH110 - unlike Path's, it never raises
        return path
    try:
        words = shlex.split(text)
    except ValueError:
        return path
    return Path(words[0]).expanduser() if len(words) == 1 else path


def complete(text: str) -> Completion:
    """Complete the last part of `text` among folders and images. Reads the folder: for a thread."""
    head, start = os.path.split(text)
    try:
        with os.scandir(Path(head or ".").expanduser()) as entries:
            names = sorted(
                entry.name + ("/" if entry.is_dir() else "") for entry in entries if _offered(entry, start)
            )[:MOST_NAMES]
    except OSError:
        return Completion(text, ())
    if not names:
        return Completion(text, ())
    common = os.path.commonprefix(names)  # noqa: RUF071 - of characters, as it is typed
    return Completion(os.path.join(head, common), tuple(names))  # noqa: PTH118 - `./` and `~` stay as typed


def _offered(entry: "os.DirEntry[str]", start: str) -> bool:
    """Whether it goes on from `start`: hidden only where that begins with a dot."""
    if not entry.name.startswith(start) or (entry.name.startswith(".") and not start):
        return False
    return entry.is_dir() or os.path.splitext(entry.name)[1].lower() in SUFFIXES  # noqa: PTH122 - a name
