"""The filter line over the runs: what it understands, what it refuses, that it never breaks."""

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from signtui.errors import RunError
from signtui.events import Best, Score
from signtui.runs.query import parse_query, sensible_part
from signtui.runs.summary import DataBrief, HeldOutBrief, Summary, TestBrief

NOON = 1_795_348_800.0
DAY = 86_400.0


def a_run(**changes: object) -> Summary:
    fields: dict[str, object] = {
        "id": "20261122-160355-brisk-heron-3f",
        "status": "finished",
        "preset": "fast",
        "data": DataBrief("Sign Language MNIST", "published", False),
        "epochs": 5,
        "best": Best(4, Score(0.02, 0.995, 2612)),
        "test": TestBrief(0.03, 0.98, 3661),
        "started": NOON,
        "seconds": 83.0,
        "notes": "wider first block",
        "tags": ("night", "Wide"),
        "weights": 71_240,
    }
    return Summary(**(fields | changes))  # type: ignore[arg-type]


def test_a_run_can_be_asked_for_by_its_score_on_whoever_it_holds_out() -> None:
    run = a_run(held_out=HeldOutBrief("signer", "bo", 0.9, 0.8125, 320))
    assert parse_query("held_out>80%").matches(run)
    assert not parse_query("held_out>0.9").matches(run)
    assert not parse_query("held_out>0").matches(a_run())


UNKNOWN = a_run(preset=None, data=None, best=None, test=None, started=None, seconds=None, weights=None)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "   ",
        "heron",
        "HERON brisk",
        "mnist",
        "night",
        '"first block"',
        "val>0.99",
        "val>99%",
        "val > 99.4",
        "validation>=0.995 test<0.99",
        "loss<=0.02",
        "epochs=5",
        "epochs!=4",
        "seconds<90",
        "time<1:30",
        "time>1m",
        "weights<72k weights>70,000",
        "preset=fast",
        "preset=FAST",
        "preset=tiny,fast",
        "preset!=tiny",
        "tag=wide",
        "status=finished",
        "is=finished,stopped",
        "synthetic=no",
        "data=published",
        'notes="first block"',
        "started=today",
        "started>yesterday",
        "started=2026-11-22",
        "-tiny",
        "-preset=tiny -synthetic=yes",
        "val>0.99 preset=fast tag=night status=finished",
    ],
)
def test_line_lets_the_run_through(line: str) -> None:
    assert parse_query(line, NOON).matches(a_run())


@pytest.mark.parametrize(
    "line",
    [
        "otter",
        "heron otter",
        "val>0.995",
        "val>99.6%",
        "epochs>5",
        "seconds>2m",
        "weights>1m",
        "preset=fas",
        "preset!=fast",
        "tag=nigh",
        "status=lost",
        "synthetic=yes",
        "synthetic",
        "started<2026-11-22",
        "started=yesterday",
        "-heron",
        "-val>0.99",
        "val>0.99 preset=tiny",
    ],
)
def test_line_holds_the_run_back(line: str) -> None:
    assert not parse_query(line, NOON).matches(a_run())


@pytest.mark.parametrize(
    "line", ["val<1", "val!=0.5", "test>0", "seconds<1h", "weights>0", "synthetic=no", "started<today"]
)
def test_what_a_run_does_not_know_meets_no_condition(line: str) -> None:
    assert not parse_query(line, NOON).matches(UNKNOWN)


def test_drawn_hands_are_found_as_synthetic() -> None:
    drawn = a_run(data=DataBrief("synthetic hands", "synthetic", True))
    assert parse_query("synthetic").matches(drawn)
    assert parse_query("synthetic=yes").matches(drawn)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("vall>0.9", "runs have no vall"),
        ("val>high", "validation needs a number, such as validation>0.99"),
        ("val>", "needs a number"),
        ("val>nan", "needs a number"),
        ("val>inf", "needs a number"),
        ("seconds<soon", "such as seconds<90 or 1:30"),
        ("preset>fast", "only = and !="),
        ("preset=", "waits for a word"),
        ("status=done", "runs are one of running, paused"),
        ("synthetic=perhaps", "synthetic=yes or synthetic=no"),
        ("started>soon", "write a day"),
    ],
)
def test_a_condition_without_sense_is_refused_in_one_sentence(line: str, words: str) -> None:
    with pytest.raises(RunError, match=words) as refused:
        parse_query(line, NOON)
    assert "\n" not in str(refused.value)


@given(
    st.text(alphabet=st.sampled_from("val>=<!-\"' 0.9%k:,xyz_preset=syntheticstarted\u00e9\n"), max_size=40)
)
@example("-")
@example('preset="')
@example("started=9999-12-31")
def test_any_line_is_understood_or_refused_as_a_user_error(line: str) -> None:
    with suppress(RunError):
        query = parse_query(line, NOON)
        assert query.matches(a_run()) in (True, False)
        assert query.matches(UNKNOWN) in (True, False)


@given(
    st.lists(st.sampled_from(["heron", "otter", "val>0.99", "preset=tiny", "-wide", "epochs<9"]), max_size=4)
)
def test_a_line_holds_exactly_where_each_of_its_terms_does(terms: list[str]) -> None:
    alone = all(parse_query(term).matches(a_run()) for term in terms)
    assert parse_query("  ".join(terms)).matches(a_run()) == alone


def test_while_a_condition_is_being_written_the_others_hold() -> None:
    query = sensible_part("val> preset=fast status=fin heron", NOON)
    assert query.matches(a_run())
    assert not sensible_part("val> preset=tiny").matches(a_run())
