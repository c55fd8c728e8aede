"""Where a run comes from: the log of another process, and the past played again."""

from pathlib import Path

import pytest
from recorded_run import PER_EPOCH, START, begun, run_ended, step, whole_run

from signtui.config import Config
from signtui.errors import RunError
from signtui.events import AnyEvent, RunEnded, encode
from signtui.runs.control import ControlReader, Pause, Resume, SetLearningRate, Stop
from signtui.runs.folder import RunFolder, create_run
from signtui.runs.state import RunState
from signtui.tui.sources import LogSource, ReplaySource
from signtui.tui.watched import WatchedRun


class Clock:
    """Stands still until it is told to go on."""

    def __init__(self, now: float = 0.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def append(folder: RunFolder, events: list[AnyEvent]) -> None:
    with folder.events.open("ab") as file:
        file.write(b"".join(encode(event) + b"\n" for event in events))


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return create_run(tmp_path, Config())


def test_a_followed_log_gives_what_is_appended_and_ends_where_the_whole_run_does(folder: RunFolder) -> None:
    run = WatchedRun(LogSource(folder, Clock(START)))
    events = whole_run()
    for event in events:
        append(folder, [event])
        run.poll()
    assert run.state == RunState.of(events)
    assert run.status == "finished"


def test_a_followed_run_whose_process_is_gone_is_lost(folder: RunFolder) -> None:
    clock = Clock(START)
    append(folder, begun(10))
    run = WatchedRun(LogSource(folder, clock))
    run.poll()
    clock.now += 3600
    assert run.poll()
    assert run.status == "lost"
    assert not run.is_live


def test_commands_to_a_followed_run_arrive_at_its_control(folder: RunFolder) -> None:
    append(folder, begun(10))
    reader = ControlReader(folder, from_start=True)
    source = LogSource(folder, Clock(START))
    source.poll()
    source.send(SetLearningRate(value=0.002))
    source.send(Stop())
    assert reader.poll() == [SetLearningRate(value=0.002), Stop()]
    append(folder, [run_ended()])
    source.poll()
    with pytest.raises(RunError, match="is over"):
        source.send(Pause())


def test_a_replay_keeps_the_run_s_own_time_times_its_speed(folder: RunFolder) -> None:
    append(folder, whole_run())
    clock = Clock()
    replay = WatchedRun(ReplaySource(folder, 2.0, clock))
    clock.now = 1.0  # two seconds of the run: 20 steps
    replay.poll()
    assert replay.state.progress.step == 20
    assert replay.status == "running"
    clock.now = 100.0
    replay.poll()
    assert replay.status == "finished"
    assert replay.state == RunState.of(whole_run())


def test_a_paused_replay_stands_still_and_then_goes_on_from_there(folder: RunFolder) -> None:
    append(folder, whole_run())
    clock = Clock()
    source = ReplaySource(folder, 1.0, clock)
    replay = WatchedRun(source)
    clock.now = 1.0
    replay.poll()
    replay.send(Pause())
    clock.now = 60.0
    assert not replay.source.poll()
    assert source.status(replay.state) == "paused"
    replay.send(Resume())
    clock.now = 61.0
    replay.poll()
    assert replay.state.progress.step == 20
    with pytest.raises(RunError, match="can't change"):
        replay.send(SetLearningRate(value=1.0))


def test_a_replay_skips_to_the_end_and_does_not_sit_through_a_long_silence(folder: RunFolder) -> None:
    append(folder, [*begun(10), step(11, time=START + 9000), run_ended()])
    clock = Clock()
    replay = WatchedRun(ReplaySource(folder, 1.0, clock))
    clock.now = 6.5
    replay.poll()
    assert replay.state.progress.step == 11
    again = ReplaySource(folder, 1.0, Clock())
    again.send(Stop())
    assert isinstance(again.poll()[-1], RunEnded)


def test_an_empty_log_cannot_be_played(folder: RunFolder) -> None:
    folder.events.touch()
    with pytest.raises(RunError, match="nothing to play"):
        ReplaySource(folder)


def test_the_state_keeps_the_watched_images_and_the_latest_guesses() -> None:
    state = RunState.of(begun(PER_EPOCH, right=7))
    assert state.samples is not None
    assert len(state.samples.pixels) == 24 * 28 * 28
    assert state.guesses is not None
    assert state.guesses.step == PER_EPOCH
