"""The bounded history of steps."""

import math

from hypothesis import given
from hypothesis import strategies as st
from run_events import step

from signtui.events import Step
from signtui.runs.history import MOST_POINTS, StepHistory

sorted_steps = st.lists(st.integers(1, 500), unique=True, max_size=120).map(sorted)


@given(sorted_steps, st.lists(st.integers(0, 120)), st.integers(1, 40))
def test_history_is_the_same_however_its_steps_arrive(numbers: list[int], cuts: list[int], most: int) -> None:
    steps = [step(number) for number in numbers]
    at_once = StepHistory().extended(steps, most)
    in_parts, start = StepHistory(), 0
    for cut in [*sorted(cuts), len(steps)]:
        in_parts = in_parts.extended(steps[start:cut], most)
        start = max(start, cut)
    assert in_parts == at_once
    assert len(at_once.points) <= most


@given(sorted_steps, st.integers(1, 40))
def test_each_point_is_the_mean_of_the_steps_in_its_cell(numbers: list[int], most: int) -> None:
    history = StepHistory().extended([step(number) for number in numbers], most)
    assert sum(history.values("steps")) == len(numbers)
    for point in history.points:
        cell = [step(n) for n in numbers if (n - 1) // history.stride == (point.step - 1) // history.stride]
        assert point.steps == len(cell)
        assert point.step == cell[-1].step
        assert point.time == cell[-1].time
        assert math.isclose(point.loss, sum(one.loss for one in cell) / len(cell), rel_tol=1e-9)


def test_a_long_run_keeps_its_whole_length_in_view() -> None:
    count = 5 * MOST_POINTS
    history = StepHistory().extended(step(number) for number in range(1, count + 1))
    assert history.stride == 8
    assert MOST_POINTS / 2 <= len(history.points) <= MOST_POINTS
    assert history.points[-1].step == count
    assert history.points[0].step == 8


def test_means_weigh_by_the_steps_an_event_stands_for() -> None:
    history = StepHistory().extended([step(3, 3, loss=1.0), step(4, 1, loss=5.0), step(9, 1)], most=2)
    assert history.points[0].loss == 2.0
    assert history.points[0].steps == 4


def test_a_step_that_is_told_twice_counts_once() -> None:
    steps = [step(1), step(2), step(2), step(1), step(3)]
    assert StepHistory().extended(steps) == StepHistory().extended([step(1), step(2), step(3)])


def test_one_figure_that_is_not_finite_does_not_blot_out_its_neighbours() -> None:
    steps: list[Step] = [step(1, loss=math.nan), step(2, loss=4.0), step(3, gradient_norm=math.inf), step(5)]
    history = StepHistory().extended(steps, most=2)
    assert history.stride == 4
    assert math.isfinite(history.points[0].loss)
    assert math.isfinite(history.points[0].gradient_norm)


def test_until_keeps_only_what_lies_wholly_before() -> None:
    history = StepHistory().extended([step(number) for number in range(1, 17)], most=4)
    assert history.stride == 4
    assert history.until(8).values("step") == [4, 8]
    assert history.until(11).values("step") == [4, 8]
    assert history.until(0).points == ()
