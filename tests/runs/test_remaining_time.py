"""How long a run has still to go."""

from typing import Any

import pytest
from msgspec.structs import replace
from run_events import DATA, START, ended, epoch_ended, mark, started, step, steps_between

from signtui.config import Config
from signtui.config.schema import as_plain
from signtui.events import Evaluating, Score
from signtui.runs.progress import remaining_seconds
from signtui.runs.state import RunState, fold

# 320 images in 10 steps an epoch, at 1,000 images a second: 0.032 s a step.
FIGURES: dict[str, Any] = {"images_per_second": 1000.0}


def config(epochs: int, clean_images: int = 0, time_limit: float = 0.0) -> dict[str, Any]:
    tree: dict[str, Any] = as_plain(Config())
    changes = {"epochs": epochs, "clean_images": clean_images, "time_limit": time_limit}
    return tree | {"train": tree["train"] | changes}


def run(epochs: int, until: int, clean_images: int = 0, time_limit: float = 0.0) -> RunState:
    settings = config(epochs, clean_images, time_limit)
    start = started(config=settings, data=replace(DATA, test_images=0))
    return RunState.of([start, *(step(number, **FIGURES) for number in range(1, until + 1))])


def test_nothing_is_foretold_before_there_is_anything_to_reckon_from() -> None:
    assert remaining_seconds(RunState(), START) is None
    assert remaining_seconds(RunState.of([started()]), START) is None


def test_an_ended_run_has_nothing_to_go() -> None:
    assert remaining_seconds(RunState.of([started(), step(1), ended()]), START) is None


def test_in_the_first_epoch_validation_is_reckoned_at_a_third_of_training() -> None:
    state = run(epochs=2, until=5)
    # 15 steps, and 40 validation images twice.
    assert remaining_seconds(state, state.last) == pytest.approx(15 * 0.032 + 2 * 40 / 1000 / 3)
    with_clean = run(epochs=2, until=5, clean_images=64)
    assert remaining_seconds(with_clean, state.last) == pytest.approx(15 * 0.032 + 2 * 104 / 1000 / 3)


def test_afterwards_what_the_last_epoch_took_counts() -> None:
    state = fold(run(epochs=3, until=10), epoch_ended(1, seconds=5.32, train=Score(1, 0.5, 320)))
    assert remaining_seconds(state, state.last) == pytest.approx(2 * (0.32 + 5.0))


def test_a_validation_that_is_under_way_counts_for_what_is_left_of_it() -> None:
    state = fold(run(epochs=2, until=10), epoch_ended(1, seconds=5.32))
    for number in range(11, 21):
        state = fold(state, step(number, **FIGURES))
    assert remaining_seconds(state, state.last) == pytest.approx(5.0)
    halfway = Evaluating(time=START + 20, epoch=2, split="validation", images=20, of=40)
    state = fold(state, halfway)
    assert remaining_seconds(state, state.last) == pytest.approx(2.5)


def test_clean_images_are_scored_before_validation() -> None:
    state = fold(run(epochs=1, until=10, clean_images=120), step(10, **FIGURES))
    whole = 160 / 3000
    for split, images, left in (("train", 60, 100), ("train", 120, 40), ("validation", 10, 30)):
        state = fold(state, Evaluating(time=START + 20, epoch=1, split=split, images=images, of=120))  # type: ignore[arg-type]  # one of the splits
        assert remaining_seconds(state, state.last) == pytest.approx(whole * left / 160)


def test_the_final_test_is_part_of_it() -> None:
    start = started(config=config(1))
    state = RunState.of([start, *(step(number, **FIGURES) for number in range(1, 11))])
    assert remaining_seconds(state, state.last) == pytest.approx((40 + 60) / 3000)


def test_time_passes_between_events_but_not_in_a_pause() -> None:
    state = run(epochs=100, until=5)
    now = remaining_seconds(state, state.last)
    assert now is not None
    assert remaining_seconds(state, state.last + 2) == pytest.approx(now - 2)
    paused = fold(state, mark("pause", 5))
    assert remaining_seconds(paused, state.last + 2) == pytest.approx(now)


def test_more_epochs_take_longer_and_a_time_limit_ends_it() -> None:
    state = run(epochs=2, until=5)
    longer = fold(state, mark("epochs", 5, 20.0))
    assert (remaining_seconds(longer, state.last) or 0) > 5 * (remaining_seconds(state, state.last) or 0)
    limited = run(epochs=1000, until=5, time_limit=6.0)
    assert remaining_seconds(limited, limited.last) == pytest.approx(1.0)


def test_it_never_goes_below_zero() -> None:
    state = RunState.of([started(config=config(1)), *steps_between(1, 30)])
    assert remaining_seconds(state, state.last + 1e6) == 0
