"""Reading, sampling and following logs, whole ones and damaged ones."""

import json
import math
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from run_events import (
    any_event,
    ended,
    epoch_ended,
    log_bytes,
    started,
    step,
    steps_between,
    whole_run,
)

from signtui.errors import RunError
from signtui.events import AnyEvent, Step, decode, encode
from signtui.runs import log
from signtui.runs.log import LogReader, Problems, read_events, tail
from signtui.runs.state import RunState, fold_all


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "20261122-160355-brisk-heron-3f").mkdir()
    return tmp_path / "20261122-160355-brisk-heron-3f" / "events.jsonl"


@given(any_event)
def test_every_event_survives_its_line(event: AnyEvent) -> None:
    line = encode(event)
    assert b"\n" not in line
    assert decode(line) == event


def test_the_quick_reader_knows_step_lines_from_others() -> None:
    lines = b"\n" + log_bytes(whole_run())
    others = [found[0][1:] for found in log._LINE_OF_ANOTHER_TYPE.finditer(lines)]
    assert others == [encode(event) for event in whole_run() if not isinstance(event, Step)]


@given(st.lists(any_event, max_size=30), st.integers(1, 400))
def test_a_log_is_read_as_written_however_it_is_cut_into_chunks(
    tmp_path_factory: pytest.TempPathFactory, events: list[AnyEvent], chunk: int
) -> None:
    path = tmp_path_factory.mktemp("run") / "events.jsonl"
    path.write_bytes(log_bytes(events))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log, "CHUNK", chunk)
        assert list(read_events(path)) == events
        others = [event for event in events if not isinstance(event, Step)]
        assert list(read_events(path, steps=False)) == others
        sampled = list(read_events(path, most_steps=1))
        assert [event for event in sampled if not isinstance(event, Step)] == others


def test_a_line_torn_at_any_byte_is_left_out(path: Path) -> None:
    events: list[AnyEvent] = [started(config={}), step(1), step(2), epoch_ended(1), ended()]
    content = log_bytes(events)
    ends = [index + 1 for index, byte in enumerate(content) if byte == ord("\n")]
    for cut in range(len(content) + 1):
        path.write_bytes(content[:cut])
        whole = sum(end <= cut for end in ends)
        reader = LogReader(path)
        assert list(reader) == events[:whole]
        assert reader.offset == max([0, *(end for end in ends if end <= cut)])
        assert reader.problems == Problems(torn=cut - reader.offset)


def test_events_of_a_newer_minor_version_are_passed_over(path: Path) -> None:
    lines = [encode(started()), b'{"type":"hologram","time":1,"depth":3}', encode(step(1))]
    # A known event with a field more is still that event.
    lines.append(encode(step(2)).replace(b'"loss"', b'"temperature":4,"loss"'))
    path.write_bytes(b"\n".join(lines) + b"\n")
    problems = Problems()
    assert list(read_events(path, problems=problems)) == [started(), step(1), step(2)]
    assert problems == Problems(unknown=1)


@pytest.mark.parametrize(
    "garbage",
    [
        b"not json",
        b"\x00" * 300,
        b"\xff\xfe\xfa",
        b"{}",
        b"[" * 100_000,
        b'{"type":"step","time":"soon"}',
        b'{"type":"step",',
        b'{"type":7}',
        encode(ended())[:-10],
        encode(step(3)).replace(b'"step":3', b'"step":null'),
    ],
)
def test_garbage_in_the_middle_is_counted_and_harms_nothing_else(path: Path, garbage: bytes) -> None:
    events: list[AnyEvent] = [started(), step(1), step(2), ended()]
    path.write_bytes(log_bytes(events[:3]) + garbage + b"\n" + log_bytes(events[3:]))
    problems = Problems()
    assert list(read_events(path, problems=problems)) == events
    assert problems == Problems(garbage=1)
    # Without the steps, garbage among them is not even looked at.
    problems = Problems()
    assert list(read_events(path, steps=False, problems=problems)) == [events[0], events[3]]
    assert problems == Problems(garbage=int(not garbage.startswith(b'{"type":"step",')))


def test_empty_lines_and_line_ends_of_windows_are_no_garbage(path: Path) -> None:
    path.write_bytes(b"\r\n\n" + log_bytes(whole_run()).replace(b"\n", b"\r\n") + b"\n")
    problems = Problems()
    assert list(read_events(path, problems=problems)) == whole_run()
    assert problems == Problems()


def test_numbers_that_json_cannot_hold_come_back_as_not_a_number(path: Path) -> None:
    path.write_bytes(log_bytes([started(), step(1, loss=math.nan, gradient_norm=math.inf)]))
    assert b'"loss":null' in path.read_bytes()
    problems = Problems()
    _, event = read_events(path, problems=problems)
    assert isinstance(event, Step)
    assert math.isnan(event.loss)
    assert math.isnan(event.gradient_norm)
    assert event.accuracy == step(1).accuracy
    assert problems == Problems()


def test_lines_that_another_program_wrote_are_read_too(path: Path) -> None:
    events = whole_run()
    spaced = (json.dumps(dict(reversed(json.loads(encode(event)).items()))) for event in events)
    path.write_text("\n".join(spaced) + "\n", encoding="utf-8")
    assert list(read_events(path)) == events
    assert list(read_events(path, steps=False)) == [event for event in events if not isinstance(event, Step)]


@pytest.mark.parametrize("steps", [True, False])
@pytest.mark.parametrize("changed", [False, True])
def test_a_log_from_the_future_is_refused_in_one_sentence(path: Path, steps: bool, changed: bool) -> None:
    line = encode(replace(started(), schema=2))
    if changed:  # the newer schema may have changed the type of any field
        line = line.replace(b'"threads":2', b'"threads":"two"')
    path.write_bytes(line + b"\n" + encode(step(1)) + b"\n")
    with pytest.raises(RunError) as caught:
        list(read_events(path, steps=steps))
    assert str(caught.value) == (
        "run 20261122-160355-brisk-heron-3f was written by a newer signtui"
        " (schema 2; this one reads 1): upgrade signtui"
    )
    with pytest.raises(RunError, match="upgrade signtui"):
        tail(path).poll()


def test_a_log_that_a_newer_signtui_resumed_is_refused_too(path: Path) -> None:
    path.write_bytes(log_bytes([started(), step(1), replace(started(resumed_at=1), schema=3)]))
    with pytest.raises(RunError, match="schema 3; this one reads 1"):
        list(read_events(path))


def test_a_missing_log_is_one_sentence(path: Path) -> None:
    with pytest.raises(RunError, match=r"run 20261122-160355-brisk-heron-3f has no events\.jsonl"):
        list(read_events(path))
    path.mkdir()
    with pytest.raises(RunError, match=r"can't read events\.jsonl of run"):
        list(read_events(path))


def test_a_crash_that_left_the_file_full_of_zeros_keeps_memory_bounded(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "MOST_LINE", 10_000)
    monkeypatch.setattr(log, "CHUNK", 256)
    path.write_bytes(log_bytes(whole_run()) + b"\0" * 100_000 + b"\n" + encode(step(31)) + b"\n")
    assert list(read_events(path)) == [*whole_run(), step(31)]


def test_a_huge_log_is_sampled_evenly_and_ends_where_it_ends(path: Path) -> None:
    events = whole_run(epochs=20, per_epoch=1000)
    path.write_bytes(log_bytes(events))
    sampled = list(read_events(path, most_steps=1000))
    steps = [event.step for event in sampled if isinstance(event, Step)]
    assert 900 < len(steps) < 1100
    assert steps == sorted(set(steps))
    assert max(b - a for a, b in pairwise(steps)) <= 40
    # Whatever comes before an event of another type is kept, so all but the step history is exact.
    assert set(range(1000, 20_001, 1000)) <= set(steps)
    exact, bounded = RunState.of(events), RunState.of(sampled)
    assert replace(exact, history=bounded.history) == bounded


def test_a_log_within_bounds_is_read_whole(path: Path) -> None:
    path.write_bytes(log_bytes(whole_run()))
    assert list(read_events(path, most_steps=100)) == whole_run()


@given(st.data())
def test_a_tail_delivers_each_event_once_however_the_file_grows(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("run") / "events.jsonl"
    events = whole_run(epochs=1)
    content = log_bytes(events)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(content)), max_size=8)))
    follower, seen = tail(path), tail(path).poll()
    with path.open("wb", buffering=0) as file:
        for start, stop in zip([0, *cuts], [*cuts, len(content)], strict=True):
            file.write(content[start:stop])
            seen += follower.poll()
            assert seen == events[: content[:stop].count(b"\n")]
    assert seen == events
    assert follower.poll() == []


def test_a_tail_goes_on_where_a_reader_ended(path: Path) -> None:
    events = whole_run()
    content = log_bytes(events)
    path.write_bytes(content[: len(content) // 2])
    reader = LogReader(path)
    state = RunState.of(reader)
    follower = tail(path, reader.offset)
    path.write_bytes(content)
    assert fold_all(state, follower.poll()) == RunState.of(events)


def test_a_tail_reads_a_long_log_in_parts(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "CHUNK", 5000)
    events = steps_between(1, 200)
    path.write_bytes(log_bytes(events))
    follower = tail(path)
    parts = list(iter(follower.poll, []))
    assert len(parts) > 5
    assert [event for part in parts for event in part] == events


def test_a_tail_tells_when_its_log_was_replaced(path: Path) -> None:
    path.write_bytes(log_bytes(whole_run()))
    follower = tail(path)
    follower.poll()
    path.write_bytes(log_bytes([started()]))
    with pytest.raises(RunError, match="got shorter while it was followed"):
        follower.poll()
