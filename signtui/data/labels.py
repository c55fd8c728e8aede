"""What the numbers in a file's label column mean: letters of the alphabet, or just numbered classes.

The published letters are labelled 0 (A) to 24 (Y) by their place in the alphabet; J (9) and Z (25)
are absent. Some copies close the gap and run 0 to 23. Other sets (digits, clothes) number their classes
from 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from signtui.data.images import LETTERS, ByteArray, Kind
from signtui.errors import DataError

_J = 9
_OFFICIAL = [label for label in range(25) if label != _J]
_FEW_CLASSES = 10


@dataclass(frozen=True, slots=True)
class LabelledFile:
    """A file and the labels it holds, uint8 (N,), in the order of its rows."""

    path: Path
    labels: ByteArray


@dataclass(frozen=True, slots=True)
class LabelScheme:
    """The meaning of the labels. `class_of`: uint8 (256,), the class index of each label that may occur."""

    kind: Kind
    classes: tuple[str, ...]
    class_of: ByteArray


def recognise_labels(files: Sequence[LabelledFile], letters: bool) -> LabelScheme:
    """Find the scheme that the labels of all `files` (one data set's) follow together.

    `letters` says that the files' names promise letters. Otherwise labels are letters where they are among
    0 to 24 without 9 and go beyond 9, or are exactly 0 to 23. Anything else numbers the classes from 0
    without gaps, except that a few rows of a set of up to ten classes may lack some.

    Raises:
        DataError: naming the file and the row of the first label that fits no scheme.
    """
    present = set(np.unique(np.concatenate([file.labels for file in files])).tolist())
    highest = max(present)
    if letters:
        return _letters(files, present)
    if (present <= set(_OFFICIAL) and highest > _J) or present == set(range(24)):
        return _letters(files, present)
    count = highest + 1
    if count > _FEW_CLASSES and len(present) < count:
        # Name what no set of letters has; failing that, what lies behind the first gap.
        gap = next(label for label in range(count) if label not in present)
        last_good = _OFFICIAL[-1] if highest > _OFFICIAL[-1] > gap else gap
        allowed = (
            "labels must be 0 to 24 without 9 (letters), 0 to 23 (letters, remapped), or number the classes "
            f"from 0 without gaps, and no row has label {gap}"
        )
        raise _stray_label(files, {label for label in present if label > last_good}, allowed)
    return LabelScheme("csv", tuple(str(label) for label in range(count)), np.arange(256, dtype=np.uint8))


def _letters(files: Sequence[LabelledFile], present: set[int]) -> LabelScheme:
    # No file has both 9 and 24, unless by mistake; the rarer is then the mistake.
    rows = np.bincount(np.concatenate([file.labels for file in files]), minlength=25)
    remapped = bool(rows[_J] > rows[24])
    allowed = set(range(24)) if remapped else set(_OFFICIAL)
    if not present <= allowed:
        numbers = "0 to 23" if remapped else "0 to 24 without 9 (J is a motion)"
        raise _stray_label(files, present - allowed, f"the letters' labels are {numbers}")
    class_of = np.arange(256, dtype=np.uint8)
    if not remapped:
        class_of[_J + 1 :] -= 1
    return LabelScheme("remapped" if remapped else "published", tuple(LETTERS), class_of)


def _stray_label(files: Sequence[LabelledFile], stray: set[int], allowed: str) -> DataError:
    for file in files:
        rows = np.flatnonzero(np.isin(file.labels, list(stray)))
        if len(rows):
            return DataError(
                f"{file.path}, row {rows[0] + 2} (the header is row 1), column label: "
                f"{file.labels[rows[0]]} is not a label of this set; {allowed}; correct the row or get "
                "the file again."
            )
    raise RuntimeError(f"no file has the labels {sorted(stray)}")
