"""Photos of one's own hands, read to be added to a collection: a folder per letter, or one letter's photos.

What is no photo is refused with a reason, and the others are read.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from signtui.data.collection import KEPT_SIDE, OwnPhoto, add_photos, kept_sitting, letter_named
from signtui.data.photo import Crop, PhotoError, read_square
from signtui.errors import DataError

SMALLEST_SIDE = 16
"""Pixels: of fewer nobody can tell one hand from another."""

Progress = Callable[[int, int], None]
"""Told how many files are read, of how many."""

NO_LETTER = "not a letter that a photo can show (A to Y without J, which is a motion as Z is)"


@dataclass(frozen=True, slots=True)
class Reading:
    """The photos of a source, and what was refused: each by its name, and why."""

    photos: tuple[OwnPhoto, ...]
    refused: tuple[tuple[str, str], ...]


def read_source(
    source: Path, letter: str = "", crop: Crop = "centre", progress: Progress | None = None
) -> Reading:
    """The photos of `source`: a folder per letter, or with a `letter` a file or the files right in a folder.

    What `progress` raises ends the reading and passes through.

    Raises:
        DataError: where there is no such source, no such letter, or nothing says which letters it shows.
    """
    if letter and letter_named(letter) is None:
        raise DataError(f"{letter} is {NO_LETTER}.")
    wanted: list[tuple[str, Path]] = []
    refused: list[tuple[str, str]] = []
    try:
        wanted += _listed(source, letter_named(letter), refused)
    except OSError as error:
        raise DataError(
            f"{error.filename or source} can't be read ({error.strerror or error}): check that you may."
        ) from error
    found = list(_read(wanted, crop, progress))
    refused += [(one.name, one.reason) for one in found if isinstance(one, PhotoError)]
    return Reading(tuple(one for one in found if isinstance(one, OwnPhoto)), tuple(refused))


def one_photo(source: Path | bytes, letter: str, crop: Crop = "centre", name: str = "") -> OwnPhoto:
    """A single photo of `letter`, to be kept. Raises PhotoError where it is none."""
    name = name or (str(source) if isinstance(source, Path) else "the image")
    square = read_square(source, KEPT_SIDE, crop, name)
    if len(square) < SMALLEST_SIDE:
        pixels = "1 pixel" if len(square) == 1 else f"{len(square)} pixels"
        raise PhotoError(name, f"only {pixels} high or wide, too few to show a hand")
    return OwnPhoto(letter, square, name)


def keep_photo(source: Path, letter: str, collection: Path, now: datetime) -> str:
    """Add one photo to `collection`, to be learned from; the sentence says whether it was there already.

    Raises:
        DataError: where it is no photo, `letter` is none, or the photo is there as another one.
    """
    named = letter_named(letter)
    if named is None:
        raise DataError(f"{letter.strip()} is {NO_LETTER}.")
    addition = add_photos(collection, [one_photo(source, named)], kept_sitting(now))
    for name, reason in addition.refused:
        raise DataError(f"{name}: {reason}")
    if addition.known:
        return f"kept already as {named} in {collection}"
    return f"kept as {named} in {collection}"


def _read(
    wanted: list[tuple[str, Path]], crop: Crop, progress: Progress | None
) -> Iterator[OwnPhoto | PhotoError]:
    # Decoding releases the interpreter lock.
    pool = ThreadPoolExecutor(min(4, os.cpu_count() or 1))
    try:
        for done, found in enumerate(pool.map(lambda item: _photo(item[1], item[0], crop), wanted), 1):
            yield found
            if progress:
                progress(done, len(wanted))
    finally:
        pool.shutdown(cancel_futures=True)


def _photo(path: Path, letter: str, crop: Crop) -> OwnPhoto | PhotoError:
    try:
        return one_photo(path, letter, crop)
    except PhotoError as error:
        return error


def _listed(source: Path, letter: str | None, refused: list[tuple[str, str]]) -> Iterator[tuple[str, Path]]:
    """Each file to read with its letter; what is none goes to `refused`."""
    if not source.exists():
        raise DataError(f"{source} does not exist: name a folder of photos, or a photo.")
    if not (source.is_dir() or source.is_file()):
        raise DataError(f"{source} is neither a photo nor a folder: name a folder of photos, or a photo.")
    if letter is not None:
        return _of_one_letter(source, letter, refused)
    if source.is_file():
        raise DataError(f"{source} is one photo: say of which letter, as in --letter A.")
    return _by_letter(source, refused)


def _of_one_letter(source: Path, letter: str, refused: list[tuple[str, str]]) -> Iterator[tuple[str, Path]]:
    entries = [source] if source.is_file() else _visible(source)
    if not any(entry.is_file() for entry in entries):
        raise DataError(f"{source} has no photo right in it: name the folder that those of {letter} lie in.")
    for entry in entries:
        if entry.is_file():
            yield letter, entry
        else:
            refused.append((str(entry), f"a folder, and all photos of {letter} must lie right in {source}"))


def _by_letter(source: Path, refused: list[tuple[str, str]]) -> Iterator[tuple[str, Path]]:
    entries = _visible(source)
    if not any(entry.is_dir() and letter_named(entry.name) for entry in entries):
        raise DataError(
            f"{source} has no folder named for a letter (A, B, ...): sort the photos so, or say of which"
            " letter they all are, as in --letter A."
        )
    for entry in entries:
        named = letter_named(entry.name) if entry.is_dir() else None
        if named is not None:
            yield from _files_of(entry, named, refused)
        elif entry.is_dir():
            refused.append((str(entry), f"{entry.name} is {NO_LETTER}"))
        else:
            refused.append((str(entry), "in no letter's folder"))


def _files_of(folder: Path, letter: str, refused: list[tuple[str, str]]) -> Iterator[tuple[str, Path]]:
    for entry in _visible(folder):
        if entry.is_file():
            yield letter, entry
        else:
            refused.append((str(entry), "a folder in a letter's folder, which is left alone"))


def _visible(folder: Path) -> list[Path]:
    return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
