"""Files written whole or not at all.

A reader sees either the old file or the new one, never half of one, also after a power cut: the bytes go
to a temporary file in the same folder, reach the disk, and only then take the name.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

TEMPORARY_SUFFIX = ".tmp"


def cache_directory() -> Path:
    """`SIGNTUI_CACHE_DIR`, or the user's cache folder for signtui."""
    if named := os.environ.get("SIGNTUI_CACHE_DIR"):
        return Path(named)
    import platformdirs  # noqa: PLC0415 - not needed where the variable is set

    return Path(platformdirs.user_cache_dir("signtui"))


def write_atomic(path: Path, data: bytes | str) -> None:
    """Replace the content of `path` by `data` (text is written as UTF-8, line ends as they are).

    Raises:
        OSError: where the folder is missing or can't be written; `path` is then as it was.
    """
    content = data.encode() if isinstance(data, str) else data
    with atomic_path(path) as temporary:
        temporary.write_bytes(content)


@contextmanager
def atomic_path(path: Path, *, flush: bool = True) -> Iterator[Path]:
    """Give a writer that needs a file name a temporary one; what it wrote takes `path`'s place at the end.

    The name, in the same folder, starts with a dot and ends in `.tmp`. If the block raises, or writes
    nothing, `path` stays as it was and the temporary file is removed. Without `flush` the disk is not waited
    for: what soon is replaced anyway may be lost in a power cut.

    Raises:
        OSError: where the folder can't be written, or FileNotFoundError where the block wrote no file.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{os.urandom(4).hex()}{TEMPORARY_SUFFIX}")
    try:
        yield temporary
        if flush:
            _flush_to_disk(temporary)
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    if flush:
        flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Make the names in `folder` (a rename, a new file) survive a power cut, where the system can."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows can't open a folder; a folder may also be writable and not readable
        return
    try:
        with suppress(OSError):  # some network file systems refuse; the rename itself has happened
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _flush_to_disk(path: Path) -> None:
    # Opened for writing: Windows refuses to flush a descriptor that can only read.
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
