"""The filter line over guesses: conditions such as `truth=M guess=N confidence>0.9`.

All of them must hold; a minus before one turns it round. The grammar is that of the list of runs.
"""

import math
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from signtui.errors import RunError
from signtui.runs.conditions import COMPARE, read_share, value_of, written

EXAMPLE = "truth=M guess=N confidence>0.9"
"""A line that shows what can be asked."""

KEYS = ("truth", "guess", "second", "confidence", "photograph")
"""What a condition can be about."""

_NAMES = {
    "true": "truth",
    "letter": "truth",
    "read": "guess",
    "conf": "confidence",
    "sure": "confidence",
    "photo": "photograph",
}
_LETTERS = {"truth", "guess", "second"}

Mask: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class GuessTable:
    """Guesses by image, each (N,): class indices, the guess's probability, photographs where known."""

    truth: npt.NDArray[np.int64]
    guess: npt.NDArray[np.int64]
    second: npt.NDArray[np.int64]
    confidence: npt.NDArray[np.float32]
    photograph: npt.NDArray[np.int32] | None

    def __len__(self) -> int:
        return len(self.truth)


@dataclass(frozen=True)
class Condition:
    """One condition: `wanted` are class indices for the letters, or one number."""

    key: str
    sign: str
    wanted: tuple[float, ...]
    negated: bool

    def holds(self, table: GuessTable) -> Mask:
        """Bool (N,): which images meet it. What isn't known of an image meets no condition."""
        values = getattr(table, self.key)
        if values is None:
            return np.zeros(len(table), np.bool_)
        if self.key in _LETTERS:
            met = np.isin(values, np.array(self.wanted, np.int64))
            met = ~met if self.sign == "!=" else met
        else:
            met = COMPARE[self.sign](values, np.asarray(self.wanted[0], values.dtype))
        return np.asarray(~met if self.negated else met, np.bool_)


@dataclass(frozen=True)
class GuessQuery:
    """A filter line understood; an empty one lets all images through."""

    conditions: tuple[Condition, ...] = ()

    def matches(self, table: GuessTable) -> Mask:
        """Bool (N,): the images that meet every condition."""
        met = np.ones(len(table), np.bool_)
        for condition in self.conditions:
            met &= condition.holds(table)
        return met


def parse_guess_query(text: str, classes: Sequence[str]) -> GuessQuery:
    """The filter line `text` over guesses among `classes`.

    Raises:
        RunError: where a condition names nothing that guesses have, or its value makes no sense for it.
    """
    return GuessQuery(tuple(_condition(match, classes) for match in written(text)))


def sensible_part(text: str, classes: Sequence[str]) -> GuessQuery:
    """As `parse_guess_query`, without the conditions that it would refuse: for a line still being written."""
    conditions = []
    for match in written(text):
        with suppress(RunError):
            conditions.append(_condition(match, classes))
    return GuessQuery(tuple(conditions))


def with_condition(text: str, key: str, condition: str) -> str:
    """The line `text` with `condition` in place of all that it says about `key`; empty: nothing about it."""
    kept = [match[0].strip() for match in written(text) if _key_of(match) != key]
    return " ".join([*kept, condition] if condition else kept)


def condition_on(text: str, key: str) -> str:
    """The first condition of the line `text` that is about `key`, as it was written; empty without one."""
    return next((match[0].strip() for match in written(text) if _key_of(match) == key), "")


def _key_of(match: re.Match[str]) -> str:
    key = (match["key"] or "").lower()
    return _NAMES.get(key, key)


def _condition(match: re.Match[str], classes: Sequence[str]) -> Condition:
    key, sign, value = _key_of(match), match["sign"], value_of(match)
    if not match["key"]:
        raise RunError(f"{value} says nothing by itself: write conditions such as {EXAMPLE}")
    if key not in KEYS:
        raise RunError(f"guesses have no {match['key']}: ask for one of {', '.join(KEYS)}")
    if key in _LETTERS:
        return Condition(key, sign, _letters(key, sign, value, classes), bool(match["minus"]))
    return Condition(key, sign, (_number(key, sign, value),), bool(match["minus"]))


def _letters(key: str, sign: str, value: str, classes: Sequence[str]) -> tuple[float, ...]:
    if sign not in ("=", "!="):
        raise RunError(f"{key}{sign}{value}: {key} is a letter, so only = and != can be asked of it")
    known = {name.casefold(): index for index, name in enumerate(classes)}
    words = [word for word in value.split(",") if word]
    if not words:
        raise RunError(f"{key}{sign} waits for a letter, such as {key}{sign}{classes[0]}")
    for word in words:
        if word.casefold() not in known:
            motion = (
                " (J and Z are motions, which no still image shows)" if word.upper() in ("J", "Z") else ""
            )
            raise RunError(f"{key}{sign}{value}: there is no class {word}{motion}")
    return tuple(known[word.casefold()] for word in words)


def _number(key: str, sign: str, value: str) -> float:
    try:
        number = read_share(value) if key == "confidence" else float(int(value))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        example = "0.9" if key == "confidence" else "12"
        raise RunError(f"{key}{sign}{value}: {key} needs a number, such as {key}{sign}{example}")
    return number
