"""The filter line over guesses: what it understands, what it refuses, that it never breaks."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signtui.errors import RunError
from signtui.runs.guess_query import (
    GuessTable,
    condition_on,
    parse_guess_query,
    sensible_part,
    with_condition,
)

CLASSES = tuple("ABCDEFGHIKLMNOPQRSTUVWXY")
A, M, N, S = (CLASSES.index(letter) for letter in "AMNS")
TABLE = GuessTable(
    truth=np.array([M, M, N, A]),
    guess=np.array([N, S, N, S]),
    second=np.array([M, M, M, A]),
    confidence=np.array([0.95, 0.6, 0.99, 0.9], np.float32),
    photograph=np.array([1, 2, 3, 4], np.int32),
)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("", [0, 1, 2, 3]),
        ("truth=M", [0, 1]),
        ("truth=m guess=n", [0]),
        ("truth!=M", [2, 3]),
        ("-truth=M", [2, 3]),
        ("truth=M,A", [0, 1, 3]),
        ("confidence>0.9", [0, 2]),
        ("confidence>=0.9", [0, 2, 3]),
        ("confidence > 90%", [0, 2]),
        ("sure<70", [1]),
        ("second=M guess=S", [1]),
        ("photograph=3", [2]),
        ("photo>2 -guess=S", [2]),
    ],
)
def test_a_line_lets_through_what_it_says(line: str, found: list[int]) -> None:
    assert np.flatnonzero(parse_guess_query(line, CLASSES).matches(TABLE)).tolist() == found


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("M", "says nothing by itself"),
        ("colour=red", "guesses have no colour"),
        ("truth>M", "only = and !="),
        ("truth=", "waits for a letter"),
        ("truth=J", "J and Z are motions"),
        ("guess=8", "no class 8"),
        ("confidence>high", "needs a number"),
        ("photograph=1.5", "needs a number"),
        ("confidence=nan", "needs a number"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(line: str, words: str) -> None:
    with pytest.raises(RunError, match=words):
        parse_guess_query(line, CLASSES)
    assert sensible_part(line, CLASSES).matches(TABLE).all()


def test_without_photographs_no_image_meets_a_condition_on_them() -> None:
    table = GuessTable(TABLE.truth, TABLE.guess, TABLE.second, TABLE.confidence, None)
    assert not parse_guess_query("photograph=1", CLASSES).matches(table).any()


@given(st.text(max_size=40))
def test_no_line_breaks_it(line: str) -> None:
    with suppress(RunError):
        assert parse_guess_query(line, CLASSES).matches(TABLE).shape == (4,)
    assert sensible_part(line, CLASSES).matches(TABLE).shape == (4,)


def test_a_condition_takes_the_place_of_the_one_before() -> None:
    line = with_condition("truth=M confidence>0.9", "truth", "truth=N")
    assert parse_guess_query(line, CLASSES) == parse_guess_query("confidence>0.9 truth=N", CLASSES)
    assert condition_on(line, "truth") == "truth=N"
    assert with_condition(line, "truth", "") == "confidence>0.9"
    assert condition_on("confidence>0.9", "truth") == ""
