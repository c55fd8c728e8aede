"""The list of runs, and the summaries it is made from."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from run_events import DATA, MODEL, ended, log_bytes, started, steps_between, whole_run

from signtui.config import Config
from signtui.events import AnyEvent
from signtui.runs import summary as summaries
from signtui.runs.folder import RunFolder, create_run
from signtui.runs.labels import Labels, write_labels
from signtui.runs.liveness import write_heartbeat
from signtui.runs.state import RunState
from signtui.runs.summary import Summary, list_runs, read_summary, summarise, write_summary

NOW = datetime(2026, 11, 22, 16, 3, 55, tzinfo=UTC)
KEYS = list(Summary.__struct_fields__)


def made(directory: Path, events: list[AnyEvent], number: int = 0) -> RunFolder:
    folder = create_run(directory, Config(), NOW + timedelta(seconds=number))
    folder.events.write_bytes(log_bytes(events))
    return folder


def finished(directory: Path, number: int = 0) -> RunFolder:
    folder = made(directory, whole_run(), number)
    write_summary(folder, RunState.of(whole_run()))
    return folder


def test_a_row_has_the_promised_keys(tmp_path: Path) -> None:
    folder = finished(tmp_path)
    (row,) = json.loads(msgspec.json.encode(list_runs(tmp_path)))
    assert list(row) == KEYS
    promised = {"id", "status", "preset", "data", "epochs", "best", "test"}
    assert set(KEYS) == promised | {"started", "seconds", "notes", "tags", "weights", "held_out"}
    assert row["id"] == folder.id
    assert row["status"] == "finished"
    assert row["preset"] == "fast"
    assert row["data"] == {"name": DATA.name, "kind": "published", "synthetic": False}
    assert (row["epochs"], row["best"]["epoch"], row["weights"]) == (3, 3, MODEL.weights)
    assert row["test"] == {"loss": 0.2, "accuracy": 0.95, "images": 60}
    assert (row["started"], row["seconds"]) == (started().time, 12.5)
    assert (row["notes"], row["tags"]) == ("", [])


def test_a_summary_file_is_an_object_with_the_same_keys_at_its_top(tmp_path: Path) -> None:
    document = json.loads(finished(tmp_path).summary.read_text())
    assert list(document) == [*KEYS, "log_bytes"]


def test_the_list_is_newest_first_and_empty_without_a_directory(tmp_path: Path) -> None:
    ids = [finished(tmp_path / "runs", number).id for number in range(4)]
    assert [row.id for row in list_runs(tmp_path / "runs")] == ids[::-1]
    assert list_runs(tmp_path / "nowhere") == []


def test_a_finished_run_is_listed_without_reading_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished(tmp_path)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the log was read")

    monkeypatch.setattr(summaries, "read_events", refuse)
    assert [row.status for row in list_runs(tmp_path)] == ["finished"]


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b'{"id": 3}', b"\xff" * 20])
def test_a_missing_or_damaged_summary_is_made_anew_from_the_log(
    tmp_path: Path, content: bytes | None
) -> None:
    folder = finished(tmp_path)
    (expected,) = list_runs(tmp_path)
    good = folder.summary.read_bytes()
    folder.summary.unlink()
    if content is not None:
        folder.summary.write_bytes(content)
    assert list_runs(tmp_path) == [expected]
    assert folder.summary.read_bytes() == good


def test_a_summary_older_than_its_log_is_not_believed(tmp_path: Path) -> None:
    folder = finished(tmp_path)
    with folder.events.open("ab") as log:
        log.write(log_bytes([started(resumed_at=30), *steps_between(31, 40)]))
    write_heartbeat(folder)
    row = read_summary(folder)
    assert (row.status, row.epochs, row.test) == ("running", 4, None)


def test_a_run_whose_log_was_deleted_is_still_listed(tmp_path: Path) -> None:
    folder = finished(tmp_path)
    (before,) = list_runs(tmp_path)
    folder.events.unlink()
    assert list_runs(tmp_path) == [before]


def test_a_renamed_folder_goes_by_its_new_name_and_labels_count_as_they_are(tmp_path: Path) -> None:
    folder = finished(tmp_path)
    write_labels(folder.labels, Labels("the good one", ("keep",)))
    shutil.move(folder.path, tmp_path / "favourite")
    (row,) = list_runs(tmp_path)
    assert (row.id, row.notes, row.tags) == ("favourite", "the good one", ("keep",))


def test_one_bad_folder_does_not_spoil_the_list(tmp_path: Path) -> None:
    good = finished(tmp_path, 0)
    future = made(tmp_path, [started(schema=99)], 1)
    folder_for_log = create_run(tmp_path, Config(), NOW + timedelta(seconds=2))
    folder_for_log.events.mkdir()
    junk = made(tmp_path, [], 3)
    junk.events.write_bytes(b"\x00\xff" * 5000)
    bad_labels = finished(tmp_path, 4)
    bad_labels.labels.write_text("{")
    rows = {row.id: row for row in list_runs(tmp_path, now=4e9)}
    assert len(rows) == 5
    assert rows[good.id].status == "finished"
    assert rows[future.id].status == "failed"
    assert "newer signtui" in rows[future.id].notes
    assert rows[folder_for_log.id].status == "failed"
    assert "can't be read" in rows[folder_for_log.id].notes
    assert rows[junk.id].status == "lost"
    assert rows[bad_labels.id].status == "finished"
    assert "labels.json" in rows[bad_labels.id].notes


def test_a_run_that_has_not_said_a_word_is_listed(tmp_path: Path) -> None:
    folder = create_run(tmp_path, Config())
    (row,) = list_runs(tmp_path)
    assert row == Summary(folder.id, "running", None, None, 0, None, None, None, None, "", (), None)


def test_synthetic_data_is_called_so(tmp_path: Path) -> None:
    data = msgspec.structs.replace(DATA, synthetic=True, kind="synthetic", name="synthetic hands")
    state = RunState.of([started(data=data), ended()])
    row = summarise(state, state.status, Labels())
    assert row.data is not None
    assert row.data.synthetic
