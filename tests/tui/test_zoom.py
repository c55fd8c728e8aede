"""The arithmetic of zooming and panning: whatever is done, the window lies on the run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded_run import PER_EPOCH, START, begun, run_ended, step

from signtui.events import AnyEvent
from signtui.runs.state import RunState, fold_all
from signtui.tui import zoom
from signtui.tui.scale import Scale, scale_of
from signtui.tui.view import Unit, Window

UNITS: tuple[Unit, ...] = ("epoch", "step", "time")
scales = st.builds(
    lambda steps, over, unit, log: scale_of(
        RunState.of([*begun(steps), *([run_ended()] if over else [])]), unit, log
    ),
    st.integers(12, 2 * PER_EPOCH),
    st.booleans(),
    st.sampled_from(UNITS),
    st.booleans(),
)
moves = st.one_of(
    st.tuples(st.just("zoom"), st.sampled_from([0.5, 0.8, 1.25, 2.0]), st.none() | st.floats(-50, 400)),
    st.tuples(st.just("pan"), st.floats(-2, 2), st.none()),
    st.tuples(st.sampled_from(["start", "newest"]), st.none(), st.none()),
)


def moved(window: Window | None, scale: Scale, move: tuple[str, float, float | None]) -> Window | None:
    kind, amount, at = move
    if kind == "zoom":
        return zoom.zoomed(window, scale, amount, at)
    if kind == "pan":
        return zoom.panned(window, scale, amount)
    return zoom.at_start(window, scale) if kind == "start" else zoom.at_newest(window, scale)


@given(scales, st.lists(moves, max_size=12))
def test_a_window_never_leaves_the_run_and_holds_ten_steps_at_least(
    scale: Scale, path: list[tuple[str, float, float | None]]
) -> None:
    window: Window | None = None
    for move in path:
        window = moved(window, scale, move)
        if window is None:
            continue
        first, last = zoom.shown(window, scale)
        room = zoom.ROOM * window.width if scale.live else 0.0
        assert first >= 0
        assert last <= scale.newest + room + 1e-6
        assert last - first >= min(10, scale.newest) - 1e-6
        assert scale.live or not window.follows


@given(scales, st.floats(0.05, 0.95))
def test_a_step_that_is_zoomed_in_on_stays_where_it_is(scale: Scale, share: float) -> None:
    window = zoom.zoomed(None, scale, 0.8)
    if window is None:
        return
    low, high = (scale.place(step) for step in zoom.shown(window, scale))
    step = scale.step(low + share * (high - low))
    closer = zoom.zoomed(window, scale, 0.9, step)
    assert closer is not None
    narrowest = closer.width <= zoom.LEAST_STEPS + 1e-6
    if narrowest or closer.last >= scale.newest or closer.first <= scale.first:  # held up
        return
    low, high = (scale.place(step) for step in zoom.shown(closer, scale))
    assert (scale.place(step) - low) / (high - low) == pytest.approx(share, abs=0.02)


@given(scales, st.floats(0, 2 * PER_EPOCH))
def test_places_and_steps_are_each_other_s_inverse(scale: Scale, step: float) -> None:
    if not scale.log or step >= scale.first:
        assert scale.step(scale.place(step)) == pytest.approx(step, abs=1e-3)


def test_time_leaves_a_pause_out() -> None:
    events: list[AnyEvent] = begun(30)
    later = [step(number, time=START + 3600 + number / 10) for number in range(31, 41)]
    scale = scale_of(fold_all(RunState.of(events), later), "time")
    assert scale.place(40) - scale.place(30) < 5
    assert scale.place(30) == pytest.approx(3, abs=0.2)


def test_a_window_that_follows_moves_in_strides_and_stands_still_between() -> None:
    state = RunState.of(begun(40))
    window = zoom.zoomed(zoom.zoomed(None, scale_of(state, "step"), 0.5), scale_of(state, "step"), 0.8)
    assert window is not None
    assert window.follows
    seen = []
    for number in range(41, 81):
        state = fold_all(state, [step(number)])
        first, last = zoom.shown(window, scale_of(state, "step"))
        assert first < number <= last
        assert last - first == pytest.approx(window.width)
        seen.append(first)
    places = sorted(set(seen))
    assert len(places) <= 1 + 40 / (zoom.ROOM * window.width)
    assert seen == sorted(seen)


def test_the_end_of_a_run_takes_the_room_in_front_away() -> None:
    state = RunState.of(begun(40))
    window = zoom.zoomed(None, scale_of(state, "step"), 0.5)
    assert zoom.shown(window, scale_of(state, "step"))[1] > 40
    over = scale_of(fold_all(state, [run_ended()]), "step")
    assert zoom.shown(window, over)[1] == 40
