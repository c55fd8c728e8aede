"""The log's writer: nothing lost, nobody kept waiting, whole again after a crash or a full disk."""

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from run_events import ended, epoch_ended, log_bytes, started, step, whole_run

from signtui.errors import RunError
from signtui.events import Step
from signtui.runs import writer
from signtui.runs.log import LogWriter, read_events


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


def test_everything_written_is_on_disk_after_close_in_order(path: Path) -> None:
    events = whole_run(epochs=20, per_epoch=100)
    with LogWriter(path) as log:
        for event in events:
            log.write(event)
    assert list(read_events(path)) == events


def test_many_threads_lose_nothing_and_tear_nothing(path: Path) -> None:
    log = LogWriter(path)

    def work(first: int) -> None:
        for number in range(first, first + 500):
            log.write(step(number))

    threads = [threading.Thread(target=work, args=(first,)) for first in range(1, 4001, 500)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.close()
    numbers = [event.step for event in read_events(path) if isinstance(event, Step)]
    assert sorted(numbers) == list(range(1, 4001))
    for first in range(1, 4001, 500):
        own = [number for number in numbers if first <= number < first + 500]
        assert own == sorted(own)


def test_the_thread_ends_with_the_log_and_closing_twice_is_harmless(path: Path) -> None:
    before = set(threading.enumerate())
    log = LogWriter(path)
    (thread,) = set(threading.enumerate()) - before
    assert not thread.daemon
    log.close()
    log.close()
    assert not thread.is_alive()
    with pytest.raises(ValueError, match="closed"):
        log.write(step(1))


@pytest.mark.parametrize("kept", [0, 1, 5])
def test_half_a_line_that_a_crash_left_is_cut_off(path: Path, kept: int) -> None:
    events = whole_run(epochs=2)
    whole, torn = log_bytes(events[:kept]), log_bytes(events[kept : kept + 1])
    for cut in (0, 1, len(torn) // 2, len(torn) - 1):
        path.write_bytes(whole + torn[:cut])
        with LogWriter(path) as log:
            log.write(step(99))
        assert path.read_bytes() == whole + log_bytes([step(99)])


def test_a_torn_line_longer_than_a_block_is_cut_off(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "_BLOCK", 64)
    path.write_bytes(log_bytes([started()]) + b"x" * 1000)
    LogWriter(path).close()
    assert path.read_bytes() == log_bytes([started()])
    path.write_bytes(b"x" * 1000)
    LogWriter(path).close()
    assert path.read_bytes() == b""


class Disk:
    """os.write with room for so many bytes; then it is full, until `room` is given."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.refused = threading.Event()
        self.write = os.write

    def __call__(self, descriptor: int, data: bytes) -> int:
        if self.room == 0:
            self.refused.set()
            raise OSError(errno.ENOSPC, "No space left on device")
        written = self.write(descriptor, data[: self.room])
        self.room -= written
        return written


def test_a_full_disk_is_told_at_the_next_check_and_at_close(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(room=3000)
    monkeypatch.setattr(os, "write", disk)
    log = LogWriter(path)
    log.check()
    for event in whole_run():
        log.write(event)
    assert disk.refused.wait(10)
    for number in range(100, 200):  # nobody is kept from training on
        log.write(step(number))
    with pytest.raises(RunError, match=r"can't write .*events\.jsonl \(No space left on device\): make room"):
        log.close()
    with pytest.raises(RunError, match="No space left"):
        log.check()
    # What is on disk is a whole log with a torn last line.
    events = list(read_events(path))
    assert events == whole_run()[: len(events)]


def test_a_disk_that_gets_room_again_has_the_whole_log(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(room=5555)  # in the middle of a line
    monkeypatch.setattr(os, "write", disk)
    log = LogWriter(path)
    events = whole_run(epochs=5)
    for event in events:
        log.write(event)
    assert disk.refused.wait(10)
    disk.room = 1 << 30
    log.close()
    log.check()
    assert list(read_events(path)) == events


def test_what_waits_for_a_full_disk_is_bounded(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(room=0)
    monkeypatch.setattr(os, "write", disk)
    monkeypatch.setattr(writer, "MOST_WAITING", 1000)
    log = LogWriter(path)
    for number in range(1, 21):
        log.write(step(number))
    with pytest.raises(RunError, match=r"\(1\d events are lost\)"):
        log.close()


@pytest.mark.parametrize("event", [started(), epoch_ended(1), ended()])
def test_epochs_start_and_end_reach_the_disk_at_once(
    path: Path, monkeypatch: pytest.MonkeyPatch, event: object
) -> None:
    flushed = threading.Event()
    monkeypatch.setattr(writer, "FLUSH_SECONDS", 1e6)
    log = LogWriter(path)
    monkeypatch.setattr(os, "fsync", lambda _: flushed.set())
    log.write(event)  # type: ignore[arg-type]  # one of three kinds of event
    assert flushed.wait(10)
    log.close()


def test_steps_alone_are_flushed_once_in_a_while(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushes: list[int] = []
    monkeypatch.setattr(writer, "FLUSH_SECONDS", 1e6)
    monkeypatch.setattr(os, "fsync", flushes.append)
    log = LogWriter(path)
    flushes.clear()  # of the folder that holds the new file
    for number in range(1, 1001):
        log.write(step(number))
    log.close()
    assert len(flushes) == 1  # that of close


def test_a_disk_that_fails_to_flush_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    log = LogWriter(path)
    log.write(started())
    with pytest.raises(RunError, match="Input/output error"):
        log.close()


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match="--runs-dir"):
        LogWriter(tmp_path / "file" / "events.jsonl")
    with pytest.raises(RunError, match="can't write"):
        LogWriter(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such locks")
def test_two_processes_cannot_write_one_log(tmp_path: Path) -> None:
    run = tmp_path / "20261122-160355-brisk-heron-3f"
    run.mkdir()
    with LogWriter(run / "events.jsonl"), pytest.raises(RunError, match="signtui attach 20261122"):
        LogWriter(run / "events.jsonl")
    LogWriter(run / "events.jsonl").close()


def test_a_log_that_nobody_closes_does_not_keep_the_program_from_ending(path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[2])\n"
        "from run_events import step; from signtui.runs.log import LogWriter\n"
        "log = LogWriter(Path(sys.argv[1]))\n"
        "for n in range(1, 101): log.write(step(n))\n"
        "raise SystemExit(7)\n"
    )
    here = str(Path(__file__).parent)
    done = subprocess.run([sys.executable, "-c", program, str(path), here], timeout=60, check=False)
    assert done.returncode == 7
    assert len(list(read_events(path))) == 100
