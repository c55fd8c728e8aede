"""The fold over a run's events."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from run_events import (
    START,
    any_event,
    ended,
    epoch_ended,
    mark,
    started,
    step,
    step_events,
    steps_between,
    whole_run,
)

from signtui.events import AnyEvent, Evaluating, Score, System
from signtui.runs.state import RunState, fold, fold_all

logs = st.lists(any_event | step_events, max_size=40)


@given(logs, st.lists(st.integers(0, 40), max_size=6))
def test_the_fold_does_not_depend_on_how_events_are_batched(events: list[AnyEvent], cuts: list[int]) -> None:
    one_by_one = RunState()
    for event in events:
        one_by_one = fold(one_by_one, event)
    in_parts, start = RunState(), 0
    for cut in [*sorted(cuts), len(events)]:
        in_parts = fold_all(in_parts, events[start:cut])
        start = max(start, cut)
    assert RunState.of(events) == one_by_one == in_parts


def test_a_whole_run_is_told_by_its_state() -> None:
    state = RunState.of(whole_run(epochs=3))
    assert state.id == "20261122-160355-brisk-heron-3f"
    assert (state.status, state.started, state.seconds) == ("finished", START, 12.5)
    assert [epoch.epoch for epoch in state.epochs] == [1, 2, 3]
    assert state.best is not None
    assert state.best.epoch == 3
    assert state.history.values("step") == list(range(1, 31))
    assert (state.progress.epoch, state.progress.step, state.progress.steps_per_epoch) == (3, 30, 10)
    assert state.data is not None
    assert state.model is not None
    assert state.model.weights == 71_240


def test_a_state_is_left_as_it_was_by_what_follows() -> None:
    before = RunState.of(whole_run()[:20])
    copy = replace(before)
    fold_all(before, whole_run()[20:])
    assert before == copy


def test_the_best_is_the_last_epoch_that_was_called_so() -> None:
    state = RunState.of([started(), epoch_ended(1), epoch_ended(2), epoch_ended(3, best=False)])
    assert state.best is not None
    assert state.best.epoch == 2
    assert state.best.validation == epoch_ended(2).validation


def test_the_last_word_on_the_best_is_the_runs_own() -> None:
    last = ended(epochs=1)
    assert RunState.of([started(), epoch_ended(1, best=False), last]).best == last.best
    assert RunState.of([started(), epoch_ended(1), ended(epochs=0)]).best is not None


def comparable(state: RunState) -> RunState:
    """`state` without what tells when and how often its processes started."""
    return replace(state, resumes=0, resumed_at=(), seconds_before=0.0, session_started=0.0)


@given(st.integers(0, 29), st.integers(0, 29), st.integers(1, 30))
def test_a_resumed_run_equals_one_that_was_never_interrupted(first: int, second: int, per_epoch: int) -> None:
    reached, resumed_at = max(first, second), min(first, second)
    start = started(steps_per_epoch=per_epoch)
    interrupted: list[AnyEvent] = [
        start,
        *steps_between(1, reached, per_epoch),
        mark("learning_rate", reached + 1, 0.5),
        replace(start, time=START + 500, resumed_at=resumed_at),
        *steps_between(resumed_at + 1, 30, per_epoch),
        ended(),
    ]
    resumed = RunState.of(interrupted)
    uninterrupted = RunState.of([start, *steps_between(1, 30, per_epoch), ended()])
    assert (resumed.resumes, resumed.resumed_at) == (1, (resumed_at,))
    assert comparable(resumed) == comparable(uninterrupted)


def test_a_resume_at_once_stands_where_the_checkpoint_was() -> None:
    before = [started(), *steps_between(1, 17), mark("plateau", 17), ended("stopped")]
    state = RunState.of([*before, started(resumed_at=10, time=START + 2000)])
    assert (state.status, state.ended) == ("running", None)
    assert (state.progress.step, state.progress.epoch) == (10, 1)
    assert [epoch.epoch for epoch in state.epochs] == [1]
    assert state.history.points[-1].step == 10
    assert state.marks == ()
    assert state.started == START


def test_a_run_remembers_where_it_was_taken_up_again_as_far_as_that_still_counts() -> None:
    def resumed(*at: int) -> tuple[int, ...]:
        return RunState.of(
            [started(), *steps_between(1, 40), *(started(resumed_at=n) for n in at)]
        ).resumed_at

    assert resumed() == ()
    assert resumed(10, 30) == (10, 30)
    assert resumed(10, 30, 20) == (10, 20)
    # A session that took a run up tells nothing of what was before.
    assert RunState.of([started(resumed_at=7)]).resumed_at == (7,)


def test_an_epoch_that_was_cut_short_counts_until_the_run_goes_on() -> None:
    cut_short = epoch_ended(1, step=7, complete=False)
    stopped = RunState.of([started(), *(step(n) for n in range(1, 8)), cut_short, ended("stopped")])
    assert stopped.epochs == (cut_short,)
    assert stopped.best is not None
    resumed = fold_all(stopped, [started(resumed_at=7)])
    assert (resumed.epochs, resumed.best) == ((), None)
    resumed = fold_all(resumed, steps_between(8, 10))
    assert [(epoch.epoch, epoch.complete) for epoch in resumed.epochs] == [(1, True)]


def test_an_epoch_that_is_told_again_takes_the_place_of_the_first() -> None:
    again = epoch_ended(2, seconds=9.0)
    state = RunState.of([started(), epoch_ended(1), epoch_ended(2), epoch_ended(3), again])
    assert state.epochs == (epoch_ended(1), again)


def test_a_history_that_was_made_coarser_loses_at_most_the_cell_of_the_resume() -> None:
    steps = steps_between(1, 20_000, 1000)
    resumed = RunState.of([started(), *steps, started(resumed_at=9_003), *steps_between(9_004, 20_000, 1000)])
    straight = RunState.of([started(), *steps])
    assert resumed.history.stride == straight.history.stride == 8
    assert resumed.history.values("step") == straight.history.values("step")
    steps_lost = [
        (one.step, other.steps - one.steps)
        for one, other in zip(resumed.history.points, straight.history.points, strict=True)
        if one.steps != other.steps
    ]
    assert steps_lost == [(9_008, 3)]
    # Means taken in another order may differ in their last bits.
    kept = [point.loss for point in resumed.history.points if point.step != 9_008]
    assert kept == pytest.approx([p.loss for p in straight.history.points if p.step != 9_008], rel=1e-12)
    assert resumed.epochs == straight.epochs


def test_seconds_leave_out_the_time_between_interruption_and_resume() -> None:
    events: list[AnyEvent] = [started(), step(1, time=START + 40)]
    assert RunState.of(events).seconds == 40
    events += [started(resumed_at=1, time=START + 10_000), step(2, time=START + 10_005)]
    assert RunState.of(events).seconds == 45


def test_a_pause_lasts_until_it_is_taken_back() -> None:
    state = RunState.of([started(), step(1), mark("pause", 1)])
    assert state.status == "paused"
    assert fold(state, System(time=START + 2, cpu=0.1, memory=1)).status == "paused"
    assert fold(state, mark("resume", 1)).status == "running"
    resumed_elsewhere = fold(state, started(resumed_at=1, time=START + 50))
    assert resumed_elsewhere.status == "running"
    assert resumed_elsewhere.marks == state.marks


def test_changes_on_the_way_show_in_the_progress() -> None:
    state = RunState.of([started(), step(1), mark("epochs", 1, 7.0), mark("learning_rate", 1, 0.25)])
    assert (state.progress.epochs, state.progress.learning_rate) == (7, 0.25)
    assert fold(state, step(2)).progress.epochs == 7


def test_evaluating_shows_until_training_goes_on_or_the_epoch_ends() -> None:
    evaluating = Evaluating(time=START + 9, epoch=1, split="validation", images=16, of=40)
    state = RunState.of([started(), step(10), evaluating])
    assert state.progress.evaluating == evaluating
    for event in (step(11), epoch_ended(1), ended()):
        assert fold(state, event).progress.evaluating is None


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        ("finished", "finished"),
        ("early_stopping", "finished"),
        ("time_limit", "finished"),
        ("stopped", "stopped"),
        ("interrupted", "interrupted"),
        ("terminated", "interrupted"),
        ("diverged", "diverged"),
        ("failed", "failed"),
    ],
)
def test_every_reason_has_its_status(reason: Any, status: str) -> None:
    assert RunState.of([started(), ended(reason)]).status == status


def test_a_log_without_its_beginning_still_folds() -> None:
    state = RunState.of([epoch_ended(4, validation=Score(0.1, 0.9, 40)), step(41)])
    assert state.started is None
    assert state.progress.step == 41
