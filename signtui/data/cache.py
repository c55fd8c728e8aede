"""Keeps parsed and drawn arrays between runs, so that a file is parsed once.

An entry is a folder of `.npy` files, mapped into memory when read, and `entry.json`, written last, with the
size and CRC-32 of each: an entry that is half-written or damaged is not believed and is made again. A folder
that can't be written means no caching, never an error.
"""

import hashlib
import os
import time
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from signtui.files import atomic_path, cache_directory, write_atomic

Arrays: TypeAlias = Mapping[str, npt.NDArray[Any]]

# A file changed twice within a clock tick of the file system can keep its size and time.
_SETTLED_SECONDS = 2.0
_MOST_CHECKSUMS = 256


class _Part(msgspec.Struct, frozen=True):
    bytes: int
    crc32: int


class _Entry(msgspec.Struct, frozen=True):
    parts: dict[str, _Part]


class _Checksum(msgspec.Struct, frozen=True):
    """The checksum of a file's content as long as the file looks the same from outside."""

    size: int
    mtime_ns: int
    inode: int
    sha256: str
    content_bytes: int


_entry_decoder = msgspec.json.Decoder(_Entry)
_checksums_decoder = msgspec.json.Decoder(dict[str, _Checksum])


def cached(key: str, build: Callable[[], Arrays]) -> dict[str, npt.NDArray[Any]]:
    """The arrays kept under `key`, or those that `build` makes, which are then kept.

    `key` must change whenever `build` would make other arrays. All arrays returned are read-only.
    """
    folder = cache_directory() / "arrays" / hashlib.sha256(key.encode()).hexdigest()[:32]
    kept = _read(folder)
    if kept is not None:
        return kept
    built = build()
    with suppress(OSError):
        _write(folder, built)
        # The mapped copy instead of the built one: its memory can be given back under pressure.
        kept = _read(folder)
    if kept is not None and kept.keys() == built.keys():
        return kept
    arrays = {name: array.view() for name, array in built.items()}
    for array in arrays.values():
        array.flags.writeable = False
    return arrays


def _read(folder: Path) -> dict[str, npt.NDArray[Any]] | None:
    """The entry's arrays as read-only memory maps, or None where there is no sound entry."""
    try:
        entry = _entry_decoder.decode((folder / "entry.json").read_bytes())
        arrays = {}
        for name, part in entry.parts.items():
            path = folder / f"{name}.npy"
            if path.stat().st_size != part.bytes or _crc32(path) != part.crc32:
                return None
            # An empty array can't be mapped.
            mapped = np.load(path, mmap_mode="r", allow_pickle=False)
            arrays[name] = mapped.view(np.ndarray)
    except (OSError, ValueError, EOFError, msgspec.MsgspecError):
        return None
    return arrays


def _write(folder: Path, arrays: Arrays) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    parts = {}
    for name, array in arrays.items():
        path = folder / f"{name}.npy"
        with atomic_path(path) as temporary:
            with temporary.open("wb") as file:
                np.save(file, array, allow_pickle=False)
            parts[name] = _Part(temporary.stat().st_size, _crc32(temporary))
    write_atomic(folder / "entry.json", msgspec.json.encode(_Entry(parts)))


def _crc32(path: Path) -> int:
    checksum = 0
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            checksum = zlib.crc32(chunk, checksum)
    return checksum


def known_checksum(path: Path) -> tuple[str, int] | None:
    """The sha256 and length of the unpacked content of the file at `path`, if unchanged since recorded."""
    try:
        status = path.stat()
        record = _checksums().get(str(path.resolve()))
    except OSError:
        return None
    if record is None or (record.size, record.mtime_ns, record.inode) != _looks(status):
        return None
    return record.sha256, record.content_bytes


def record_checksum(path: Path, status: os.stat_result, sha256: str, content_bytes: int) -> None:
    """Remember the checksum of the file at `path`, which looked like `status` before it was read."""
    if time.time() - status.st_mtime < _SETTLED_SECONDS:
        return
    with suppress(OSError):
        records = _checksums()
        records.pop(str(path.resolve()), None)
        records[str(path.resolve())] = _Checksum(*_looks(status), sha256, content_bytes)
        newest = dict(list(records.items())[-_MOST_CHECKSUMS:])
        cache_directory().mkdir(parents=True, exist_ok=True)
        write_atomic(_checksums_path(), msgspec.json.encode(newest))


def _looks(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ino


def _checksums_path() -> Path:
    return cache_directory() / "checksums.json"


def _checksums() -> dict[str, _Checksum]:
    try:
        return _checksums_decoder.decode(_checksums_path().read_bytes())
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return {}
