"""The moments at which a run's network can be looked at."""

from pathlib import Path

import pytest

from signtui.runs.folder import RunFolder
from signtui.runs.moments import moments


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """A run with the weights of epochs 2 to 4, its best, and a moment of its present."""
    folder = RunFolder(tmp_path / "20261122-160355-brisk-heron-3f")
    folder.epochs.mkdir(parents=True)
    for epoch in (2, 3, 4):
        (folder.epochs / f"{epoch:05d}.safetensors").touch()
    (folder.epochs / "notes.txt").touch()
    folder.best.touch()
    folder.now.touch()
    return folder


def test_a_finished_run_has_the_start_the_kept_epochs_and_its_best_in_full(folder: RunFolder) -> None:
    found = moments(folder, best=3)
    assert [moment.words for moment in found] == ["before training", "epoch 2", "epoch 3 (best)", "epoch 4"]
    assert found[2].path == folder.best
    assert found[0].path is None


def test_a_best_epoch_that_was_not_kept_stands_in_its_place(folder: RunFolder) -> None:
    assert [moment.epoch for moment in moments(folder, best=1)] == [0, 1, 2, 3, 4]


def test_a_live_run_ends_with_its_present_once_that_is_there(folder: RunFolder) -> None:
    found = moments(folder, best=3, live=True)
    assert found[-1].words == "now"
    assert found[-1].path == folder.now
    assert found[2].path == folder.epochs / "00003.safetensors"
    folder.now.unlink()
    assert not moments(folder, best=3, live=True)[-1].now


def test_a_replay_shows_no_epoch_that_has_not_come_yet(folder: RunFolder) -> None:
    found = moments(folder, best=2, last=3)
    assert [moment.words for moment in found] == ["before training", "epoch 2 (best)", "epoch 3"]
    assert folder.best not in [moment.path for moment in found]


def test_a_run_without_weights_has_its_start_alone(tmp_path: Path) -> None:
    assert len(moments(RunFolder(tmp_path / "nothing"), best=None)) == 1
