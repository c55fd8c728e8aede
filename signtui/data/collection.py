"""A collection of photos of one's own hands: a folder per letter, as `--data-dir` reads it.

A photo is kept as the grey square it is learned from, of at most `KEPT_SIDE` pixels, without place, date or
anything else that a camera notes. Its file's name says which sitting it came in with and what it looks like:
`20261125-184205_IMG-0012_9f3a61c2.png`. Photos of one sitting have light, background and pose in common, so
validation holds them out together (see `sitting_groups`); a photo seen before is known by its checksum.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from signtui.data.images import LETTERS, BoolArray, ByteArray, GroupArray, IndexArray
from signtui.errors import DataError
from signtui.files import atomic_path

KEPT_SIDE = 128
"""Pixels: as many as `data.image_size` can ask for."""

_NAME = re.compile(r"(?P<sitting>\d{8}-(?:\d{6}|kept))_(?:.*_)?(?P<checksum>[0-9a-f]{8})\.png")
_KEPT = "kept"
_MOST_OF_A_NAME = 40


@dataclass(frozen=True, slots=True)
class OwnPhoto:
    """A photo to add: its letter, its grey square, uint8 (S, S), and what it is called where it came from."""

    letter: str
    square: ByteArray
    name: str

    @property
    def checksum(self) -> str:
        """Eight hex digits by which the same picture is known again."""
        side = str(len(self.square)).encode()
        return hashlib.sha256(side + b" " + self.square.tobytes()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Addition:
    """What came of adding photos: those added with their files, those there already, and those refused.

    `known` and `refused` say of each why, with the name it came by.
    """

    added: tuple[tuple[OwnPhoto, Path], ...]
    known: tuple[tuple[str, str], ...]
    refused: tuple[tuple[str, str], ...]


def letter_named(text: str) -> str | None:
    """The letter that `text` names, in either case; None where no still photo can show it (J, Z, words)."""
    letter = text.strip().upper()
    return letter if len(letter) == 1 and letter in LETTERS else None


def new_sitting(collection: Path, now: datetime) -> str:
    """A name for the photos that come in together `now`, which no photo of `collection` has yet."""
    taken = {sitting for path in _photos(collection) if (sitting := sitting_of(path)) is not None}
    while (name := f"{now:%Y%m%d-%H%M%S}") in taken:
        now += timedelta(seconds=1)
    return name


def kept_sitting(now: datetime) -> str:
    """The name for photos kept one by one as they are predicted, of a day each."""
    return f"{now:%Y%m%d}-{_KEPT}"


def sitting_of(path: Path) -> str | None:
    """The sitting that the file's name tells of, or None."""
    match = _NAME.fullmatch(path.name)
    return match["sitting"] if match else None


def letter_counts(collection: Path) -> dict[str, int]:
    """How many photos of each letter there are, by the alphabet; none where there is no folder."""
    counts: dict[str, int] = {}
    for path in _photos(collection):
        letter = letter_named(path.parent.name)
        if letter is not None:
            counts[letter] = counts.get(letter, 0) + 1
    return dict(sorted(counts.items()))


def add_photos(collection: Path, photos: Iterable[OwnPhoto], sitting: str) -> Addition:
    """Write `photos` into their letters' folders of `collection`, which is made where there is none.

    Raises:
        DataError: where `collection` is something else, or can't be written.
    """
    _refuse_other_folder(collection)
    known = {match["checksum"]: path for path in _photos(collection) if (match := _NAME.fullmatch(path.name))}
    added: list[tuple[OwnPhoto, Path]] = []
    again: list[tuple[str, str]] = []
    refused: list[tuple[str, str]] = []
    for photo in photos:
        twin = known.get(photo.checksum)
        if twin is not None:
            if letter_named(twin.parent.name) == photo.letter:
                again.append((photo.name, f"there already, as {twin.name}"))
            else:
                refused.append((photo.name, _of_another_letter(photo, twin)))
            continue
        path = _write(collection, photo, sitting)
        known[photo.checksum] = path
        added.append((photo, path))
    return Addition(tuple(added), tuple(again), tuple(refused))


def sitting_groups(
    labels: ByteArray, photographs: GroupArray | None, files: Sequence[Path]
) -> GroupArray | None:
    """What must be held out together where `files` came in by sittings: int32 (N,); None where none did.

    A letter's photos of one sitting are one group, and so are sittings that share a photograph (numbers of
    `photographs`, (N,)). A letter of a single sitting has its photographs as groups, as there is nothing else
    to hold out. Photos kept from predictions, mostly of misread hands, have negative numbers: they are always
    learned from, unless a letter has too few others.
    """
    sittings = [sitting_of(path) for path in files]
    if not any(sittings):
        return None
    numbers = {name: index for index, name in enumerate(dict.fromkeys(filter(None, sittings)))}
    each = np.arange(len(files), dtype=np.int64)
    pictures = each if photographs is None else photographs.astype(np.int64)
    by_sitting = np.array(
        [len(files) + numbers[name] if name else index for index, name in enumerate(sittings)], np.int64
    )
    kept = np.array([bool(name) and str(name).endswith(_KEPT) for name in sittings], np.bool_)
    groups = np.empty(len(files), np.int64)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        groups[members] = _groups_of_letter(pictures[members], by_sitting[members], kept[members])
        chosen = groups[members]
        # Numbers of one letter never meet those of another.
        groups[members] = np.where(chosen < 0, -1 - members, members[np.abs(chosen)])
    return groups.astype(np.int32)


def _groups_of_letter(
    pictures: IndexArray,
    sittings: IndexArray,
    kept: BoolArray,
) -> IndexArray:
    """Of each photo the first of its group; -1 where it is always learned from."""
    by_picture = _joined(pictures)
    # What looks like a photo that is always learned from would be no fresh test.
    bound = np.isin(by_picture, by_picture[kept])
    others = np.flatnonzero(~bound)
    if len(np.unique(by_picture[others])) < 2:
        return by_picture
    groups = np.full(len(pictures), -1, np.int64)
    whole = _joined(sittings[others], pictures[others])
    units = whole if len(np.unique(whole)) > 1 else _joined(pictures[others])
    groups[others] = others[units]
    return groups


def _joined(*keys: IndexArray) -> IndexArray:
    """(N,): of each place the first that a chain of places, equal in any of `keys` (N,), joins it to."""
    first = np.arange(len(keys[0]), dtype=np.int64)
    inverses = [np.unique(key, return_inverse=True)[1] for key in keys]
    while True:
        before = first.copy()
        for inverse in inverses:
            lowest = np.full(len(first), len(first), np.int64)
            np.minimum.at(lowest, inverse, first)
            first = lowest[inverse]
        if np.array_equal(first, before):
            return first


def _photos(collection: Path) -> list[Path]:
    try:
        return sorted(path for path in collection.glob("*/*.*") if not path.name.startswith("."))
    except OSError:
        return []


def _of_another_letter(photo: OwnPhoto, twin: Path) -> str:
    there = f"in the collection already as a photo of {twin.parent.name} ({twin})"
    return f"{there}; move that file if it shows {photo.letter}"


def _refuse_other_folder(collection: Path) -> None:
    if collection.exists() and not collection.is_dir():
        raise DataError(f"{collection} is a file, not a folder: name a folder for your photos.")
    with suppress(OSError):
        if any(collection.glob("*train.csv")) or any(collection.glob("*train.csv.gz")):
            raise DataError(
                f"{collection} holds a data set in CSV files, which would be read in place of photos: name"
                " another folder."
            )
        if (collection / "train").is_dir():
            raise DataError(
                f"{collection} is divided into train and test: name {collection / 'train'} in its place."
            )


def _write(collection: Path, photo: OwnPhoto, sitting: str) -> Path:
    from PIL import Image  # noqa: PLC0415 - slow to import, and rarely needed

    folder = _folder_of(collection, photo.letter)
    words = re.sub(r"[^A-Za-z0-9]+", "-", Path(photo.name).stem).strip("-")[:_MOST_OF_A_NAME]
    path = folder / "_".join(filter(None, (sitting, words, f"{photo.checksum}.png")))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with atomic_path(path, flush=False) as temporary:
            Image.fromarray(photo.square).save(temporary, format="PNG")
    except OSError as error:
        with suppress(OSError):
            folder.rmdir()  # an empty one would count as a letter without photos
        raise DataError(
            f"{path} can't be written ({error.strerror or error}): name a folder that you may write to."
        ) from error
    return path


def _folder_of(collection: Path, letter: str) -> Path:
    """The letter's folder, whichever case it has where it is there."""
    lower = collection / letter.lower()
    return lower if lower.is_dir() and not (collection / letter).is_dir() else collection / letter
