"""Sorting the list of runs."""

from hypothesis import given
from hypothesis import strategies as st

from signtui.events import Best, Score
from signtui.runs.order import ORDERINGS, is_live, ordered
from signtui.runs.summary import Summary

BY_NAME = {ordering.name: ordering for ordering in ORDERINGS}


def a_run(name: str, status: str = "finished", accuracy: float | None = None, **changes: object) -> Summary:
    best = None if accuracy is None else Best(1, Score(0.1, accuracy, 100))
    fields = {"preset": None, "data": None, "epochs": 1, "best": best, "test": None, "started": None}
    more = {"seconds": None, "notes": "", "tags": (), "weights": None}
    return Summary(id=name, status=status, **(fields | more | changes))  # type: ignore[arg-type]


def names(runs: list[Summary]) -> str:
    return "".join(run.id for run in runs)


def test_best_validation_comes_first_and_unknown_last() -> None:
    runs = [a_run("a", accuracy=0.5), a_run("b"), a_run("c", accuracy=0.9)]
    assert names(ordered(runs, BY_NAME["validation"])) == "cab"
    assert names(ordered(runs, BY_NAME["validation"], reverse=True)) == "acb"


def test_live_runs_stand_before_all_others_in_any_order() -> None:
    runs = [a_run("a", accuracy=0.9), a_run("b", "paused", 0.1), a_run("c", "lost"), a_run("d", "running")]
    assert names(ordered(runs, BY_NAME["validation"])) == "bdac"
    assert names(ordered(runs, BY_NAME["validation"], reverse=True)) == "bdac"


def test_quickest_and_smallest_come_first() -> None:
    runs = [a_run("a", seconds=9.0, weights=7), a_run("b", seconds=3.0, weights=8)]
    assert names(ordered(runs, BY_NAME["seconds"])) == "ba"
    assert names(ordered(runs, BY_NAME["weights"])) == "ab"


@given(
    st.lists(
        st.tuples(st.sampled_from(["running", "finished", "lost"]), st.none() | st.floats(0, 1)), max_size=8
    ),
    st.sampled_from(ORDERINGS),
    st.booleans(),
)
def test_ordering_loses_no_run_and_settles(
    rows: list[tuple[str, float | None]], ordering: object, reverse: bool
) -> None:
    runs = [a_run(chr(97 + index), status, accuracy) for index, (status, accuracy) in enumerate(rows)]
    once = ordered(runs, ordering, reverse=reverse)  # type: ignore[arg-type]
    assert sorted(names(once)) == sorted(names(runs))
    assert ordered(once, ordering, reverse=reverse) == once  # type: ignore[arg-type]
    live = [is_live(run) for run in once]
    assert live == sorted(live, reverse=True)
