"""The filter line over the list of runs: free words and conditions such as `val>0.99 preset=fast tag=x`.

Everything in the line must hold; a minus before a word or a condition turns it round. What a run does not
know (the test of one that never got there) meets no condition.
"""

import datetime as dt
import math
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import get_args

from signtui.errors import RunError
from signtui.runs.conditions import COMPARE, read_share, value_of, written
from signtui.runs.state import Status
from signtui.runs.summary import Summary

EXAMPLE = "val>0.99 preset=fast tag=night status=finished"
"""A line that shows what can be asked."""

_THOUSANDS = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9}
_NUMBER = re.compile(r"(\d+\.?\d*|\.\d+)([kmg]?)", re.IGNORECASE)
_CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d\d)")
_DURATION = re.compile(r"(\d+\.?\d*|\.\d+)([smh]?)", re.IGNORECASE)
_SECONDS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
_YES, _NO = {"yes", "true", "1"}, {"no", "false", "0"}


@dataclass(frozen=True)
class Term:
    """One word or condition. `text` is how it was written; `holds` tells whether a run meets it."""

    text: str
    holds: Callable[[Summary], bool]


@dataclass(frozen=True)
class Query:
    """A filter line understood: a run matches where every term holds; an empty one lets all runs through."""

    terms: tuple[Term, ...] = ()

    def matches(self, run: Summary) -> bool:
        """Whether `run` meets every term."""
        return all(term.holds(run) for term in self.terms)


def parse_query(text: str, now: float | None = None) -> Query:
    """The filter line `text`; `now` (seconds since 1970, default: the clock) is what `today` means.

    Raises:
        RunError: where a condition names nothing that runs have, or its value makes no sense for it.
    """
    return Query(tuple(_term(match, now) for match in written(text)))


def sensible_part(text: str, now: float | None = None) -> Query:
    """As `parse_query`, without the conditions that it would refuse: for a line still being written."""
    terms = []
    for match in written(text):
        with suppress(RunError):
            terms.append(_term(match, now))
    return Query(tuple(terms))


def _term(match: re.Match[str], now: float | None) -> Term:
    holds = _condition(match, now) if match["key"] else _word(value_of(match))
    return Term(match[0].strip(), _negated(holds) if match["minus"] else holds)


def _negated(holds: Callable[[Summary], bool]) -> Callable[[Summary], bool]:
    return lambda run: not holds(run)


def _word(word: str) -> Callable[[Summary], bool]:
    """A free word: part of the id, preset, data, status, notes or a tag, in any case of letters."""
    wanted = word.casefold()
    return lambda run: any(wanted in text.casefold() for text in _texts(run))


def _texts(run: Summary) -> list[str]:
    return [run.id, run.preset or "", _data(run), run.status, run.notes, *run.tags]


def _data(run: Summary) -> str:
    if run.data is None:
        return ""
    return f"synthetic {run.data.name}" if run.data.synthetic else f"{run.data.name} {run.data.kind}"


@dataclass(frozen=True)
class _Quantity:
    """Something with a size: what it is of a run, how its value is read, and an example of one."""

    of: Callable[[Summary], float | None]
    read: Callable[[str], float]
    example: str


def _number(text: str) -> float:
    match = _NUMBER.fullmatch(text.replace(",", ""))
    if match is None:
        raise ValueError(text)
    return float(match[1]) * _THOUSANDS[match[2].lower()]


def _seconds(text: str) -> float:
    clock = _CLOCK.fullmatch(text)
    if clock:
        return int(clock[1] or 0) * 3600.0 + int(clock[2]) * 60 + int(clock[3])
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return float(match[1]) * _SECONDS[match[2].lower()]


_QUANTITIES: dict[str, _Quantity] = {
    "validation": _Quantity(
        lambda run: run.best.validation.accuracy if run.best else None, read_share, "0.99"
    ),
    "loss": _Quantity(lambda run: run.best.validation.loss if run.best else None, float, "0.05"),
    "test": _Quantity(lambda run: run.test.accuracy if run.test else None, read_share, "0.99"),
    "held_out": _Quantity(lambda run: run.held_out.accuracy if run.held_out else None, read_share, "0.9"),
    "epochs": _Quantity(lambda run: run.epochs, _number, "5"),
    "seconds": _Quantity(lambda run: run.seconds, _seconds, "90 or 1:30"),
    "weights": _Quantity(lambda run: run.weights, _number, "70k"),
}
_WORDS: dict[str, Callable[[Summary, str], bool]] = {
    "preset": lambda run, value: (run.preset or "").casefold() == value,
    "status": lambda run, value: run.status == value,
    "tag": lambda run, value: any(tag.casefold() == value for tag in run.tags),
    "id": lambda run, value: value in run.id.casefold(),
    "data": lambda run, value: value in _data(run).casefold(),
    "notes": lambda run, value: value in run.notes.casefold(),
}
_NAMES = {
    "val": "validation",
    "accuracy": "validation",
    "val_loss": "loss",
    "time": "seconds",
    "tags": "tag",
    "note": "notes",
    "params": "weights",
    "is": "status",
}
KEYS = (*_QUANTITIES, *_WORDS, "synthetic", "started")
"""What a condition can be about; `val` is short for `validation`."""


def _condition(match: re.Match[str], now: float | None) -> Callable[[Summary], bool]:
    key, sign, value = match["key"].lower(), match["sign"], value_of(match)
    key = _NAMES.get(key, key)
    if key in _QUANTITIES:
        return _compared(_QUANTITIES[key], key, sign, value)
    if key == "started":
        return _started(sign, value, now)
    if key not in KEYS:
        raise RunError(f"runs have no {match['key']}: ask for one of {', '.join(KEYS)}")
    if sign not in ("=", "!="):
        raise RunError(f"{key}{sign}{value}: {key} is a word, so only = and != can be asked of it")
    if not value:
        raise RunError(f"{key}{sign} waits for a word to compare with")
    holds = _synthetic(value) if key == "synthetic" else _worded(key, value)
    return _negated(holds) if sign == "!=" else holds


def _compared(quantity: _Quantity, key: str, sign: str, value: str) -> Callable[[Summary], bool]:
    try:
        wanted = quantity.read(value)
    except ValueError:
        wanted = math.nan
    if not math.isfinite(wanted):
        raise RunError(f"{key}{sign}{value}: {key} needs a number, such as {key}{sign}{quantity.example}")
    compare = COMPARE[sign]

    def holds(run: Summary) -> bool:
        known = quantity.of(run)
        return known is not None and compare(known, wanted)

    return holds


def _worded(key: str, value: str) -> Callable[[Summary], bool]:
    """One word, or several with commas between them, of which any will do."""
    wanted = [word.casefold() for word in value.split(",") if word]
    if key == "status":
        known = get_args(Status)
        for word in wanted:
            if word not in known:
                raise RunError(f"status={word}: runs are one of {', '.join(known)}")
    test = _WORDS[key]
    return lambda run: any(test(run, word) for word in wanted)


def _synthetic(value: str) -> Callable[[Summary], bool]:
    if value.lower() not in _YES | _NO:
        raise RunError(f"synthetic={value}: write synthetic=yes or synthetic=no")
    wanted = value.lower() in _YES
    return lambda run: run.data is not None and run.data.synthetic == wanted


def _started(sign: str, value: str, now: float | None) -> Callable[[Summary], bool]:
    """Days are compared as days, in local time."""
    try:
        today = (dt.datetime.now() if now is None else dt.datetime.fromtimestamp(now)).date()
        days_ago = {"today": 0, "yesterday": 1}.get(value.lower())
        wanted = (
            dt.date.fromisoformat(value) if days_ago is None else today - dt.timedelta(days=days_ago)
        ).toordinal()
    except (ValueError, OverflowError):
        raise RunError(
            f"started{sign}{value}: write a day, such as started{sign}2026-01-31 or started{sign}today"
        ) from None
    compare = COMPARE[sign]

    def holds(run: Summary) -> bool:
        if run.started is None:
            return False
        try:
            day = dt.datetime.fromtimestamp(run.started).date().toordinal()
        except (OverflowError, OSError, ValueError):
            return False
        return bool(compare(day, wanted))

    return holds
