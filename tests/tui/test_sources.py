"""Where a run comes from: the log of another process, and the past played again."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from recorded_run import PER_EPOCH, START, begun, run_ended, step, whole_run

from signtui.config import Config
from signtui.errors import RunError
from signtui.events import AnyEvent, RunEnded, encode
from signtui.runs.control import ControlReader, Pause, Resume, SetLearningRate, Stop
from signtui.runs.folder import RunFolder, create_run
from signtui.runs.state import RunState
from signtui.tui import sources, watched
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


def long_run(steps: int) -> list[AnyEvent]:
    """A finished run of so many steps, with the end of an epoch now and then."""
    return [*begun(steps), run_ended(epochs=steps // PER_EPOCH)]


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some kilobytes are a long log, some steps are many."""
    monkeypatch.setattr(sources, "CHUNK", 60_000)
    monkeypatch.setattr(watched, "_FOLDED_AT_ONCE", 50)


def caught_up(run: WatchedRun) -> int:
    """Poll until no thread works for the run; how many polls that took."""
    polls = 0
    while not polls or run.is_catching_up:
        run.poll()
        polls += 1
        for thread in threading.enumerate():
            if thread.name.startswith(("reading", "folding")):
                thread.join()
    return polls


@pytest.mark.usefixtures("small_pieces")
def test_a_long_log_is_read_and_folded_in_threads_and_comes_to_the_same(folder: RunFolder) -> None:
    events = long_run(400)
    append(folder, events)
    run = WatchedRun(LogSource(folder, Clock(START)))
    assert not run.poll()
    assert run.is_catching_up
    assert run.status == "running"
    assert caught_up(run) >= 2
    assert run.state == RunState.of(events)
    assert run.status == "finished"
    assert not run.poll()


@pytest.mark.usefixtures("small_pieces")
def test_a_first_impression_of_a_long_log_comes_before_all_of_it(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = long_run(400)
    append(folder, events)
    go_on = threading.Event()
    whole: Callable[[sources.LogReader], object] = sources.LogReader.__iter__

    def held_up(reader: sources.LogReader) -> object:
        go_on.wait(10)
        return whole(reader)

    monkeypatch.setattr(sources.LogReader, "__iter__", held_up)
    run = WatchedRun(LogSource(folder, Clock(START)))
    while run.state.started is None:
        run.poll()
        if run._folding is not None:
            run._folding.join()
    assert run.state.progress.step == 400
    assert run.state.ended is not None
    assert len(run.state.history.points) > 300
    assert len(run.state.epochs) < 10
    assert run.is_catching_up
    go_on.set()
    caught_up(run)
    assert run.state == RunState.of(events)


@pytest.mark.usefixtures("small_pieces")
def test_a_burst_in_a_followed_log_is_caught_up_with_in_a_thread_too(folder: RunFolder) -> None:
    events = long_run(400)
    append(folder, events[:30])
    run = WatchedRun(LogSource(folder, Clock(START)))
    run.poll()
    assert run.state.progress.step > 20
    assert not run.is_catching_up
    append(folder, events[30:])
    caught_up(run)
    assert run.state == RunState.of(events)


@pytest.mark.usefixtures("small_pieces")
def test_a_long_log_of_a_newer_signtui_is_refused_in_a_sentence(folder: RunFolder) -> None:
    lines = [encode(event) for event in long_run(400)]
    lines[0] = lines[0].replace(b'"schema":1', b'"schema":9')
    folder.events.write_bytes(b"\n".join(lines) + b"\n")
    run = WatchedRun(LogSource(folder, Clock(START)))
    run.poll()
    caught_up(run)
    assert "upgrade signtui" in run.problem
    run.poll()
    assert not run.is_catching_up
    assert "upgrade signtui" in run.problem


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
