"""What the figures of a fine-tuning say, and what so few photos can't."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signtui.runs.gain import FEW, cautions, interval


def told(before, after, of, counts=(3, 3), notes=()):
    def score(right):
        return {"accuracy": right / of, "images": of, "loss": 1.0}

    own = {"before": score(before), "after": None if after is None else score(after)}
    return {"own": own, "learned_by_class": counts, "notes": notes}


@given(st.integers(1, 5000), st.data())
def test_an_interval_holds_its_share_and_is_narrower_for_more_photos(of, data):
    right = data.draw(st.integers(0, of))
    low, high = interval(right, of)
    assert 0 <= low <= right / of <= high <= 1
    wider_low, wider_high = low, high
    low, high = interval(right * 10, of * 10)
    assert high - low < wider_high - wider_low


def test_the_interval_is_wilson_s():
    low, high = interval(8, 10)
    assert (low, high) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))


def test_few_photos_are_said_to_be_few_and_a_gain_that_may_be_chance_too():
    (sentence,) = cautions(told(6, 8, 10), "AB")
    assert sentence.startswith(
        "10 photos held out are few: of many such photos, 49% to 94% would be read right"
    )
    assert sentence.endswith("and the gain may be chance")


def test_a_gain_that_chance_hardly_makes_is_not_called_so():
    (sentence,) = cautions(told(10, 95, 100), "AB")
    assert "may be chance" not in sentence


def test_many_photos_need_no_caution():
    assert cautions(told(100, 180, FEW), "AB") == []


def test_before_the_end_nothing_is_said_of_a_gain():
    assert cautions(told(1, None, 4), "AB") == []


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ((3, 3, 0, 1), "no new photo of C was learned from"),
        ((3, 0, 0, 0), "the new photos learned from show only A; of other letters nothing new was learned"),
    ],
)
def test_letters_without_a_new_photo_are_named(counts, sentence):
    assert cautions(told(FEW, FEW, FEW, counts), "ABCD") == [sentence]


def test_what_the_run_itself_notes_comes_last():
    assert cautions(told(FEW, FEW, FEW, notes=("the end",)), "AB") == ["the end"]
