"""Reliability and expected calibration error, against their definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signtui.runs.calibration import BINS, calibration

GUESSES = st.lists(st.tuples(st.floats(0, 1, width=32), st.booleans()), min_size=1, max_size=80)


def slowly(guesses: list[tuple[float, bool]]) -> float:
    """The error by its definition, bin by bin."""
    error = 0.0
    for index in range(BINS):
        inside = [
            (sure, right)
            for sure, right in guesses
            if round(sure * BINS, 9) <= index + 1 and (round(sure * BINS, 9) > index or index == 0)
        ]
        if inside:
            sure = sum(one for one, _ in inside) / len(inside)
            right = sum(one for _, one in inside) / len(inside)
            error += abs(sure - right) * len(inside) / len(guesses)
    return error


@given(GUESSES)
def test_error_is_the_mean_distance_of_the_bins(guesses: list[tuple[float, bool]]) -> None:
    found = calibration([sure for sure, _ in guesses], [right for _, right in guesses])
    assert found is not None
    assert found.error == pytest.approx(slowly(guesses), abs=1e-9)
    assert 0 <= found.error <= 1
    assert abs(found.confidence - found.accuracy) <= found.error + 1e-9


@given(GUESSES)
def test_every_image_is_in_the_bin_of_its_confidence(guesses: list[tuple[float, bool]]) -> None:
    found = calibration([sure for sure, _ in guesses], [right for _, right in guesses])
    assert found is not None
    assert sum(one.images for one in found.bins) == found.images == len(guesses)
    for one in found.bins:
        assert (one.confidence is None) == (one.accuracy is None) == (one.images == 0)
        if one.confidence is not None:
            assert one.low - 1e-6 <= one.confidence <= one.high + 1e-6


def test_edges_belong_to_the_bin_below_and_nought_to_the_first() -> None:
    found = calibration([0.0, 0.1, 0.3, 1.0], [False, True, True, True])
    assert found is not None
    assert [one.images for one in found.bins] == [2, 0, 1, 0, 0, 0, 0, 0, 0, 1]


def test_nine_in_ten_right_at_ninety_percent_is_no_error() -> None:
    found = calibration(np.full(100, 0.9), np.arange(100) < 90)
    assert found is not None
    assert found.error == pytest.approx(0)


def test_no_images_have_no_calibration() -> None:
    assert calibration([], []) is None
