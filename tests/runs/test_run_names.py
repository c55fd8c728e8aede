"""Ids of runs."""

import random
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from signtui.runs.names import ADJECTIVES, NOUNS, PATTERN, new_run_id, readable_suffix

moments = st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))


@given(moments, st.integers())
def test_an_id_is_the_utc_time_and_a_readable_suffix(now: datetime, seed: int) -> None:
    run_id = new_run_id(now, random.Random(seed))
    assert PATTERN.fullmatch(run_id)
    assert run_id.startswith(f"{now:%Y%m%d-%H%M%S}-")
    assert run_id.endswith(readable_suffix(run_id))


@given(moments, st.timedeltas(timedelta(seconds=1), timedelta(days=9999)), st.integers())
def test_ids_sort_by_the_time_they_were_made(now: datetime, later: timedelta, seed: int) -> None:
    source = random.Random(seed)
    assert new_run_id(now, source) < new_run_id(now + later, source)


def test_the_time_is_utc_wherever_the_clock_stands() -> None:
    there = datetime(2026, 11, 22, 18, 3, 55, tzinfo=timezone(timedelta(hours=2)))
    assert new_run_id(there, random.Random(1)).startswith("20261122-160355-")


def test_the_words_are_plain_and_each_stands_once() -> None:
    for words in (ADJECTIVES, NOUNS):
        assert len(set(words)) == len(words) > 60
        assert all(word.isascii() and word.isalpha() and word.islower() for word in words)


def test_a_folder_with_another_name_has_no_suffix() -> None:
    assert readable_suffix("my favourite") == ""
