"""Looking at the list of runs again and again."""

import os
from pathlib import Path

import pytest
from run_events import ended, log_bytes, started, steps_between, whole_run

from signtui.events import AnyEvent
from signtui.runs import watch
from signtui.runs.folder import RunFolder
from signtui.runs.labels import Labels, write_labels
from signtui.runs.liveness import write_heartbeat
from signtui.runs.summary import list_runs
from signtui.runs.watch import RunsWatch


def made(directory: Path, number: int, events: list[AnyEvent]) -> RunFolder:
    folder = RunFolder(directory / f"20261122-16030{number}-brisk-heron-3f")
    folder.path.mkdir(parents=True)
    folder.events.write_bytes(log_bytes(events))
    return folder


def append(folder: RunFolder, events: list[AnyEvent]) -> None:
    with folder.events.open("ab") as file:
        file.write(log_bytes(events))


def test_a_look_sees_what_the_list_of_runs_says(tmp_path: Path) -> None:
    for number in range(3):
        made(tmp_path, number, whole_run(epochs=number + 1))
    made(tmp_path, 7, [started(), *steps_between(1, 12)])
    assert list(RunsWatch(tmp_path).look()) == list_runs(tmp_path)


def test_no_directory_is_no_runs(tmp_path: Path) -> None:
    assert RunsWatch(tmp_path / "none").look() == ()


def test_an_ended_run_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(tmp_path, 1, whole_run())
    looker = RunsWatch(tmp_path)
    looker.look()
    first = looker.look()

    def read_again(*_: object) -> None:
        raise AssertionError("an unchanged run was read again")

    monkeypatch.setattr(watch, "read_summary", read_again)
    assert looker.look() == first


def test_a_live_run_is_followed_to_its_end(tmp_path: Path) -> None:
    folder = made(tmp_path, 1, [started(pid=os.getpid()), *steps_between(1, 10)])
    write_heartbeat(folder)
    looker = RunsWatch(tmp_path)
    assert [(run.status, run.epochs) for run in looker.look()] == [("running", 1)]
    append(folder, steps_between(11, 20))
    assert [(run.status, run.epochs) for run in looker.look()] == [("running", 2)]
    append(folder, [ended(epochs=2)])
    assert [(run.status, run.epochs) for run in looker.look()] == [("finished", 2)]
    assert list(looker.look()) == list_runs(tmp_path)


def test_a_run_whose_process_goes_is_lost_at_the_next_look(tmp_path: Path) -> None:
    folder = made(tmp_path, 1, [started(pid=os.getpid()), *steps_between(1, 10)])
    write_heartbeat(folder)
    looker = RunsWatch(tmp_path)
    assert looker.look()[0].status == "running"
    folder.heartbeat.unlink()
    assert looker.look()[0].status == "lost"
    append(folder, [started(resumed_at=10, pid=os.getpid())])
    write_heartbeat(folder)
    assert looker.look()[0].status == "running"


def test_new_labels_and_deleted_runs_are_seen(tmp_path: Path) -> None:
    first, second = made(tmp_path, 1, whole_run()), made(tmp_path, 2, whole_run())
    looker = RunsWatch(tmp_path)
    looker.look()
    write_labels(first.labels, Labels("wider", ("x",)))
    second.events.rename(tmp_path / "elsewhere")
    second.summary.unlink()
    (run,) = looker.look()
    assert (run.id, run.notes, run.tags) == (first.id, "wider", ("x",))


def test_a_damaged_run_does_not_spoil_the_list(tmp_path: Path) -> None:
    made(tmp_path, 1, whole_run())
    newer = made(tmp_path, 2, [started(schema=99)])
    rows = {run.id: run for run in RunsWatch(tmp_path).look()}
    assert rows[newer.id].status == "failed"
    assert "newer signtui" in rows[newer.id].notes
