"""A run's epochs as CSV."""

import csv
from pathlib import Path

import pytest
from run_events import epoch_ended, log_bytes, started, whole_run

from signtui.errors import RunError
from signtui.runs.export import COLUMNS, export_epochs
from signtui.runs.folder import RunFolder


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path / "20261122-160355-brisk-heron-3f")
    folder.path.mkdir()
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_each_epoch_is_a_line_with_its_own_figures(folder: RunFolder) -> None:
    folder.events.write_bytes(log_bytes(whole_run(epochs=3)))
    path = export_epochs(folder)
    assert path == folder.path / "epochs.csv"
    table = rows(path)
    assert [row["epoch"] for row in table] == ["1", "2", "3"]
    assert tuple(table[0]) == COLUMNS
    for row in table:
        told = epoch_ended(int(row["epoch"]))
        assert float(row["validation_loss"]) == told.validation.loss
        assert float(row["train_accuracy"]) == told.train.accuracy
        assert row["synthetic"] == "no"


def test_what_was_not_scored_is_empty(folder: RunFolder) -> None:
    folder.events.write_bytes(log_bytes([started(), epoch_ended(1, clean=None)]))
    assert rows(export_epochs(folder))[0]["clean_loss"] == ""


def test_a_run_without_epochs_has_nothing_to_export(folder: RunFolder) -> None:
    folder.events.write_bytes(log_bytes([started()]))
    with pytest.raises(RunError, match="no epochs to export"):
        export_epochs(folder)
