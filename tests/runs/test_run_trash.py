"""Deleting runs and taking that back."""

import os
from pathlib import Path

import pytest
from run_events import log_bytes, started, steps_between, whole_run

from signtui.errors import RunError
from signtui.runs.folder import RunFolder, run_folders
from signtui.runs.trash import discard, restore


def make_run(directory: Path, name: str = "20261122-160355-brisk-heron-3f") -> RunFolder:
    folder = RunFolder(directory / name)
    folder.path.mkdir(parents=True)
    folder.events.write_bytes(log_bytes(whole_run()))
    return folder


def test_a_deleted_run_is_listed_no_longer_and_comes_back_whole(tmp_path: Path) -> None:
    folder = make_run(tmp_path)
    before = folder.events.read_bytes()
    lies_in = discard(folder)
    assert run_folders(tmp_path) == []
    assert lies_in == tmp_path / ".trash" / folder.id
    assert restore(lies_in) == folder
    assert run_folders(tmp_path) == [folder]
    assert folder.events.read_bytes() == before


def test_two_runs_of_one_name_both_fit_in_the_trash(tmp_path: Path) -> None:
    first = discard(make_run(tmp_path))
    second = discard(make_run(tmp_path))
    assert first != second
    assert restore(second).id == first.name


def test_a_live_run_is_not_deleted(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "20261122-160355-brisk-heron-3f")
    folder.path.mkdir()
    folder.events.write_bytes(log_bytes([started(pid=os.getpid(), time=4e9), *steps_between(1, 5)]))
    with pytest.raises(RunError, match="is live: stop it before"):
        discard(folder)
    assert folder.events.exists()


def test_a_run_does_not_come_back_over_another(tmp_path: Path) -> None:
    lies_in = discard(make_run(tmp_path))
    make_run(tmp_path)
    with pytest.raises(RunError, match="stays in"):
        restore(lies_in)
    assert lies_in.is_dir()


def test_what_is_gone_from_the_trash_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="by hand"):
        restore(tmp_path / ".trash" / "20261122-160355-brisk-heron-3f")
