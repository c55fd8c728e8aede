import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signtui.render import numbers


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (1.0, "100 %"),
        (0.99998, "99.99 %"),
        (7171 / 7172, "99.98 %"),
        (0.9997, "99.97 %"),
        (0.998, "99.8 %"),
        (0.99, "99.0 %"),
        (0.931, "93.1 %"),
        (0.9316, "93.1 %"),
        (0.07, "7.0 %"),
        (0.0004, "<0.1 %"),
        (0.0, "0 %"),
        (None, "-"),
        (math.nan, "-"),
        (math.inf, "-"),
    ],
)
def test_percent_cuts_instead_of_rounding_up(share, shown):
    assert numbers.percent(share) == shown


@given(st.floats(0, 1))
def test_percent_never_overstates(share):
    text = numbers.percent(share).removesuffix(" %")
    if text.startswith("<"):
        assert 0 < share < 0.001
    else:
        assert float(text) <= share * 100 + 1e-9
    assert (text == "100") == (share == 1)


@given(st.integers(1, 100_000), st.data())
def test_percent_tells_one_mistake_from_none(images, data):
    right = data.draw(st.integers(0, images))
    assert (numbers.percent(right / images) == "100 %") == (right == images)


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_no_number_is_too_odd_to_format(value):
    for form in (
        numbers.percent,
        numbers.percent_aligned,
        numbers.duration,
        numbers.size,
        numbers.magnitude,
        numbers.loss,
        numbers.learning_rate,
        numbers.rate,
        numbers.moment,
    ):
        assert form(value).isascii()
        assert form(None)


@given(st.lists(st.floats(0, 1), min_size=1))
def test_aligned_percents_share_width_and_place_of_the_point(shares):
    column = [numbers.percent_aligned(share) for share in shares]
    assert {len(cell) for cell in column} == {6}
    assert {cell.index(".") for cell in column if "." in cell} <= {3}


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.84, "0.8 s"),
        (9.96, "10 s"),
        (12.3, "12 s"),
        (59.6, "1:00"),
        (245, "4:05"),
        (3723, "1:02:03"),
        (-1, "0.0 s"),
    ],
)
def test_duration(seconds, shown):
    assert numbers.duration(seconds) == shown


def test_duration_in_tenths():
    assert numbers.duration(12.34, tenths=True) == "12.3 s"
    assert numbers.duration(59.97, tenths=True) == "1:00"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(512, "512 B"), (999_999, "1.0 MB"), (21_525_120, "21.5 MB"), (83_281_065, "83.3 MB")],
)
def test_size(value, shown):
    assert numbers.size(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.412, "0.412"),
        (0.01, "0.010"),
        (0.00123, "0.0012"),
        (0.00001, "1.0e-05"),
        (math.nan, "nan"),
        (0, "0.000"),
    ],
)
def test_loss(value, shown):
    assert numbers.loss(value) == shown


def test_counts_have_separators_and_nouns_their_plural():
    assert numbers.count(27_455) == "27,455"
    assert numbers.plural(1, "epoch") == "1 epoch"
    assert numbers.plural(0, "epoch") == "0 epochs"
    assert numbers.magnitude(4_123_456) == "4.1 M"


def test_moments_are_told_as_a_person_would():
    noon = numbers.dt.datetime(2025, 11, 22, 12, 0).timestamp()
    assert numbers.moment(noon, noon + 60) == "today 12:00"
    assert numbers.moment(noon - 86_400, noon) == "yesterday 12:00"
    assert numbers.moment(noon - 7 * 86_400, noon) == "2025-11-15 12:00"
    assert numbers.moment(noon) == "2025-11-22 12:00"
