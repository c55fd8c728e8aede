"""What a gain is said to be: the difference of the two figures beside it, as a reader would reckon."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signtui.render import numbers
from signtui.render.gain import gain_lines
from signtui.render.terminal import TerminalStyle

STYLE = TerminalStyle("none", False, 120, 40)


def line(before: float, after: float) -> str:
    score = {"loss": 1.0, "images": 24}
    own = {"before": score | {"accuracy": before}, "after": score | {"accuracy": after}}
    (told,) = gain_lines({"own": own}, STYLE)
    return " ".join(told.plain.split())


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (0.0, 1 / 24, "0 % -> 4.1 % +4.1 points"),
        (1 / 24, 0.0, "4.1 % -> 0 % -4.1 points"),
        (11 / 24, 14 / 24, "45.8 % -> 58.3 % +12.5 points"),
        (0.98, 0.9994, "98.0 % -> 99.94 % +1.94 points"),
        (0.5, 0.5, "50.0 % -> 50.0 % +0.0 points"),
        (0.0, 1.0, "0 % -> 100 % +100 points"),
    ],
)
def test_points_are_those_between_the_figures_that_are_shown(before, after, shown):
    assert f"new photos {shown} 24 held out" in line(before, after)


@given(st.integers(0, 200), st.integers(0, 200))
def test_any_two_figures_and_their_points_add_up(before, after):
    shown = re.search(r"(\S+) % -> (\S+) % (\S+) points", line(before / 200, after / 200))
    assert shown is not None
    assert Decimal(shown[1]) + Decimal(shown[3]) == Decimal(shown[2])


def test_a_score_that_is_no_number_has_no_points():
    assert "points" not in line(float("nan"), 0.5)
    assert numbers.percent(0.5) in line(float("nan"), 0.5)
