"""The probe: a few steps of the real loop, timed and ended in time."""

import threading

import pytest
import torch

from signtui.runs.speed import Speed
from signtui.training.probe import MOST_SECONDS, _Stopwatch, probe

CPU = torch.device("cpu")


def test_a_tiny_network_is_timed_and_nothing_is_left_behind(config_for, tmp_path):
    config = config_for()
    speed = probe(config, 12, 4, threading.Event())
    assert isinstance(speed, Speed)
    assert speed.training > 0
    assert speed.scoring > 0
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("changes", [{"train__device": "cuda:99"}, {"train__device": "abacus"}])
def test_where_nothing_can_be_timed_there_is_no_speed(config_for, changes):
    assert probe(config_for(**changes), 12, 4, threading.Event()) is None


def test_a_learning_rate_that_diverges_is_timed_all_the_same(config_for):
    assert probe(config_for(train__learning_rate="100"), 12, 4, threading.Event()) is not None


def test_a_cancelled_probe_ends_after_a_step_and_says_nothing(config_for):
    cancelled = threading.Event()
    cancelled.set()
    assert probe(config_for(), 12, 4, cancelled) is None


def stepped(seconds_a_step, first):
    """A stopwatch that watched steps until it had enough; the first steps take longer by `first` each."""
    now = [0.0]
    stopwatch = _Stopwatch(CPU, threading.Event(), lambda: now[0])
    steps = 0
    stopwatch.take()
    while not stopwatch.stop_reason:
        steps += 1
        now[0] += seconds_a_step + (first if steps <= 2 else 0.0)
        stopwatch.take()
    return stopwatch, steps


def test_the_first_steps_do_not_count():
    stopwatch, _ = stepped(0.01, 0.2)
    assert stopwatch.seconds_per_step == pytest.approx(0.01)


def test_quick_steps_are_few_and_slow_ones_end_in_time():
    assert stepped(0.001, 0.0)[1] == 14
    stopwatch, steps = stepped(0.3, 0.0)
    assert steps * 0.3 < MOST_SECONDS + 0.3 + 1e-9
    assert stopwatch.seconds_per_step == pytest.approx(0.3)


def test_a_step_of_seconds_is_timed_by_the_second_of_two():
    stopwatch, steps = stepped(2.0, 5.0)
    assert steps == 2
    assert stopwatch.seconds_per_step == pytest.approx(7.0)
