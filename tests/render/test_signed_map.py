"""Signed numbers as pictures and grids: the sign is not told by colour alone, what is left out is counted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signtui.render.signed_map import limit_of, map_rows, number, number_grid, scale_words, signed_map
from signtui.render.terminal import TerminalStyle

TRUECOLOR = TerminalStyle("truecolor", unicode=True)
ASCII = TerminalStyle("none", unicode=False)
VALUES = np.array([[-1.0, -0.4, 0.0], [0.0, 0.4, 1.0]], np.float32)


def test_without_colours_the_sign_shows_in_the_character() -> None:
    lines = signed_map(np.repeat(VALUES, 2, axis=0), ASCII, 6).plain.split("\n")
    assert set(lines[0][:2]) <= set("-~=")
    assert set(lines[-1][-2:]) <= set(".+*#@")
    assert "  " in lines[0]
    assert "-~=" in scale_words(1, ASCII).plain[::-1] or "=~-" in scale_words(1, ASCII).plain


def test_colours_differ_by_sign_and_a_map_of_zeros_is_of_one() -> None:
    row = signed_map(np.array([[-1.0, 1.0], [-1.0, 1.0]]), TRUECOLOR, 2)
    colours = {span.style.color.name for span in row.spans}  # type: ignore[union-attr]
    assert len(colours) == 2
    flat = signed_map(np.zeros((2, 2)), TRUECOLOR, 2)
    assert len({span.style.color.name for span in flat.spans}) == 1  # type: ignore[union-attr]


@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 60), st.booleans())
def test_a_map_is_as_wide_and_as_high_as_promised(height: int, width: int, columns: int, plain: bool) -> None:
    values = np.random.default_rng(0).normal(size=(height, width))
    art = signed_map(values, ASCII if plain else TRUECOLOR, columns)
    lines = art.split("\n", allow_blank=True)
    assert len(lines) == map_rows(height, width, columns)
    assert {line.cell_len for line in lines} == {columns}


@given(st.integers(0, 9), st.integers(0, 9), st.integers(1, 40))
def test_a_mark_stands_on_the_map_without_widening_it(row: int, column: int, columns: int) -> None:
    art = signed_map(np.ones((10, 10)), ASCII, columns, marks=((row, column, 1, 1),))
    assert {line.cell_len for line in art.split("\n", allow_blank=True)} == {columns}
    assert any(mark in art.plain for mark in "X|+")


def test_a_frame_leaves_what_it_frames_to_be_seen() -> None:
    art = signed_map(np.ones((8, 8)), ASCII, 16, marks=((2, 2, 4, 4),)).plain.split("\n")
    assert art[2][4:12] == "+------+"
    assert art[3][4:12] == "|@@@@@@|"


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.125, "+0.125"), (-12.3456, "-12.346"), (1234.5, "+1234.5"), (-99_998, "-99998"), (3e7, "+3e+07")],
)
def test_a_number_has_its_sign_and_at_most_seven_characters(value: float, words: str) -> None:
    assert number(value) == words


@given(st.floats(-1e30, 1e30))
def test_no_number_is_wider_than_its_cell(value: float) -> None:
    assert len(number(value)) <= 7


def test_a_grid_shows_every_number_where_there_is_room() -> None:
    grid = number_grid(VALUES, ASCII, limit_of(VALUES), (24, 2), frame=(1, 2))
    assert [line.plain.split() for line in grid] == [
        ["-1.000", "-0.400", "+0.000"],
        ["+0.000", "+0.400", "+1.000<"],
    ]


def test_a_grid_counts_what_does_not_fit() -> None:
    grid = number_grid(np.ones((5, 6)), ASCII, 1, (17, 3))
    assert len(grid) == 3
    assert grid[-1].plain == "and 3 more rows, 4 more columns"


def test_padding_is_told_from_a_value_of_nought() -> None:
    hidden = np.array([[True, False, False], [False, False, False]])
    grid = number_grid(np.zeros((2, 3)), ASCII, 1, (24, 2), hidden=hidden)
    assert grid[0].plain.split() == ["pad", "0", "+0.000", "+0.000"]
