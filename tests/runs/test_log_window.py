"""Windows of a log: as the naive reading of all of it, for little work however long it is."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from run_events import epoch_ended, log_bytes, started, step, whole_run

from signtui.errors import RunError
from signtui.events import AnyEvent, RunStarted, Step, System, encode
from signtui.runs.history import StepPoint, point_of
from signtui.runs.window import WindowReader


def naive(events: list[AnyEvent]) -> list[StepPoint]:
    """Every step that still counts, one event after the other."""
    points: list[StepPoint] = []
    for event in events:
        if isinstance(event, RunStarted):
            at = event.resumed_at or 0
            points = [point for point in points if point.step <= at]
        elif isinstance(event, Step):
            points.append(point_of(event))
    return points


@st.composite
def logs(draw: st.DrawFn) -> list[AnyEvent]:
    """A run of some stretches with gaps between its steps and other events between its lines."""
    events: list[AnyEvent] = [started()]
    at = 0
    for stretch in range(draw(st.integers(1, 4))):
        if stretch:
            at = draw(st.integers(0, at))
            events.append(started(resumed_at=at))
        for gap in draw(st.lists(st.integers(1, 9), max_size=60)):
            at += gap
            events.append(step(at, steps=gap))
            if gap == 9:
                events += [epoch_ended(at), System(time=1.0, cpu=0.5, memory=1)]
    return events


torn = st.sampled_from([b"", b'{"type":"st', b'{"type":"step","epoch":1,"step":999999'])


@given(logs(), st.integers(0, 400), st.integers(0, 200), torn)
def test_a_window_holds_what_the_whole_log_says_of_those_steps(
    tmp_path_factory: pytest.TempPathFactory, events: list[AnyEvent], first: int, width: int, rest: bytes
) -> None:
    path = tmp_path_factory.mktemp("run") / "events.jsonl"
    path.write_bytes(log_bytes(events) + rest)
    resumed = sum(isinstance(event, RunStarted) for event in events) > 1
    window = WindowReader(path).read(first, first + width, resumed=resumed)
    assert window.complete
    assert list(window.points) == [point for point in naive(events) if first <= point.step <= first + width]


@given(logs(), st.integers(1, 12))
def test_a_window_of_too_many_steps_is_an_even_choice_of_them(
    tmp_path_factory: pytest.TempPathFactory, events: list[AnyEvent], most: int
) -> None:
    path = tmp_path_factory.mktemp("run") / "events.jsonl"
    path.write_bytes(log_bytes(events))
    window = WindowReader(path).read(0, 10_000, most, resumed=True)
    every = naive(events)
    steps = [point.step for point in window.points]
    assert steps == sorted(set(steps))
    assert set(window.points) <= set(every)
    assert len(steps) == len(every) if window.complete else len(steps) <= most + 8
    assert bool(steps) == bool(every)


def long_log(path: Path, steps: int) -> None:
    with path.open("wb") as file:
        file.write(encode(started()) + b"\n")
        for number in range(1, steps + 1):
            file.write(encode(step(number)) + b"\n")
            if number % 5000 == 0:
                file.write(encode(epoch_ended(number // 5000)) + b"\n")


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("long") / "events.jsonl"
    long_log(path, 60_000)
    return path


@pytest.mark.parametrize(("first", "last"), [(1, 10), (30_000, 30_400), (59_990, 70_000), (1, 60_000)])
def test_the_work_for_a_window_does_not_grow_with_the_log(long: Path, first: int, last: int) -> None:
    reader = WindowReader(long)
    window = reader.read(first, last, 500)
    steps = [point.step for point in window.points]
    inside = min(last, 60_000) - first + 1
    assert window.complete == (inside <= 500)
    assert 0.9 * min(inside, 500) <= len(steps) <= 500
    assert steps[0] - first <= inside / 100
    assert min(last, 60_000) - steps[-1] <= inside / 100
    assert max(b - a for a, b in pairwise(steps)) <= max(1, inside / 200)
    # The log has 13 MB; a point costs a block of a kilobyte at most, finding the ends a few more.
    assert long.stat().st_size > 13e6
    assert reader.bytes_read < 500 * 1024 + 100_000


def test_ten_times_the_log_takes_a_few_more_reads(tmp_path: Path, long: Path) -> None:
    short = tmp_path / "events.jsonl"
    long_log(short, 6_000)
    few, many = WindowReader(short), WindowReader(long)
    few.read(3_000, 3_100)
    many.read(30_000, 30_100)
    assert many.bytes_read < few.bytes_read + 40_000


def test_a_resumed_log_is_looked_over_once_and_then_only_what_grew(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    events: list[AnyEvent] = [*whole_run(epochs=30, per_epoch=100), started(resumed_at=2000)]
    path.write_bytes(log_bytes(events))
    reader = WindowReader(path)
    assert [point.step for point in reader.read(1990, 2010, resumed=True).points] == list(range(1990, 2001))
    before = reader.bytes_read
    with path.open("ab") as file:
        file.write(log_bytes([step(number, loss=9.0) for number in range(2001, 2101)]))
    points = reader.read(1990, 2010, resumed=True).points
    assert [point.step for point in points] == list(range(1990, 2011))
    assert [point.loss for point in points[11:]] == [9.0] * 10
    assert reader.bytes_read - before < 100_000


def test_damage_in_the_log_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    lines = [encode(step(number)) + b"\n" for number in range(1, 3001)]
    lines[1500:1500] = [b"\0" * 50_000 + b"\n", b'{"type":"step","step":"many"}\n', b"\xff\xfe\n"]
    path.write_bytes(encode(started()) + b"\n" + b"".join(lines))
    steps = [point.step for point in WindowReader(path).read(1400, 1600).points]
    assert steps == list(range(1400, 1601))


def test_a_log_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"has no events\.jsonl"):
        WindowReader(tmp_path / "events.jsonl").read(1, 2)
