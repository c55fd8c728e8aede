"""Every signer held out once: the folds are ordinary runs, go on where they broke off, and never cheat."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from msgspec.structs import replace
from recorded_reading import PLAIN, digests
from safetensors.torch import load_file

from signtui.errors import ConfigError, DataError, RunError
from signtui.events import EpochEnded, RunStarted, Step
from signtui.runs.folder import RunFolder
from signtui.runs.left_out import outcome
from signtui.runs.liveness import write_heartbeat
from signtui.runs.log import read_events
from signtui.runs.summary import list_runs
from signtui.training.leave_one_out import LeaveOneOut


@pytest.fixture
def work(config_for, signed_shapes):
    """The series of the shapes with these changes of the settings."""

    def make(**changes):
        return LeaveOneOut.open(config_for(**{"data__directory": signed_shapes} | changes), "signers")

    return make


@pytest.fixture
def all_folds(train):
    """Trains what is missing of a series, up to `most` folds: their sessions."""

    def go(work, most=99, steer=None):
        sessions = []
        while len(sessions) < most and (session := work.next_session()) is not None:
            train(steer=steer, session=session)
            sessions.append(session)
        return sessions

    return go


def test_each_signer_is_held_out_by_a_run_of_its_own(work, all_folds):
    series_work = work()
    sessions = all_folds(series_work)
    assert [session.config.data.held_out for session in sessions] == ["ann", "bo", "cy"]
    series = series_work.series()
    assert series.is_complete
    assert [fold.id for fold in series.folds] == [session.folder.id for session in sessions]
    assert outcome(series).mean > 0.9
    for fold, session in zip(series.folds, sessions, strict=True):
        assert fold.score == session.ended.held_out
        assert fold.score.images == len(session.material.split.held_out.images)
    rows = list_runs(Path(series_work.config.runs.directory))
    assert [row.held_out.group for row in rows] == ["cy", "bo", "ann"]
    assert {row.tags for row in rows} == {("leave-one-out",)}
    assert {row.test for row in rows} == {None}  # the test images have no say in it
    assert series_work.next_session() is None


def test_no_fold_sees_whom_it_holds_out_before_its_last_score(work, all_folds, read):
    series_work = work(**PLAIN)
    while (session := series_work.next_session()) is not None:
        held_out = set(digests(session.material.split.held_out.images.images))
        test = set(digests(session.material.dataset.test.images))
        read.clear()
        session.start()
        session.join()
        assert session.ended.reason == "finished"
        first = next(place for place, (_, image) in enumerate(read) if image in held_out)
        before, after = read[:first], read[first:]
        assert len(before) > 3 * len(session.material.split.train_indices)
        assert not held_out & {image for _, image in before}
        assert sorted(image for _, image in after) == sorted(held_out)
        assert {what for what, _ in after} == {"scored"}
        assert not test & {image for _, image in read}


def test_the_epoch_is_chosen_by_photographs_of_the_others(work):
    session = work().next_session()
    split = session.material.split
    assert session.config.data.validation == "photographs"
    assert not set(digests(split.held_out.images.images)) & set(digests(split.validation.images))
    assert "of other signers" in split.validation_name


@pytest.mark.parametrize("validation", ["published", "random", "signers"])
def test_whatever_validation_is_set_folds_use_photographs(work, validation):
    assert work(data__validation=validation).config.data.validation == "photographs"


def test_a_series_goes_on_where_another_process_left_it(work, all_folds, train):
    all_folds(work(), most=1)
    (second,) = all_folds(work(), most=1)
    assert second.config.data.held_out == "bo"
    assert [fold.is_done for fold in work().series().folds] == [True, True, False]


def test_a_fold_goes_on_within_and_ends_as_if_it_had_never_stopped(work, all_folds, train):
    def stop(session, event):
        if isinstance(event, Step) and event.epoch == 2:
            session.control.stop("interrupted")

    broken = work()
    (first,) = all_folds(broken, most=1, steer=stop)
    assert first.ended.reason == "interrupted"
    assert not broken.series().folds[0].is_done
    (again,) = all_folds(broken, most=1)
    assert again.folder == first.folder
    log = list(read_events(again.folder.events))
    assert [event.resumed_at for event in log if isinstance(event, RunStarted)][1] > 0
    assert again.ended.reason == "finished"


def test_a_fold_that_was_broken_off_has_the_weights_and_score_of_one_that_was_not(work, all_folds, tmp_path):
    def stop(session, event):
        if isinstance(event, EpochEnded) and event.epoch == 1:
            session.control.stop("interrupted")

    (whole,) = all_folds(work(runs__directory=tmp_path / "whole"), most=1)
    broken = work(runs__directory=tmp_path / "broken")
    all_folds(broken, most=1, steer=stop)
    (again,) = all_folds(broken, most=1)
    one, other = load_file(whole.folder.best), load_file(again.folder.best)
    assert all(torch.equal(tensor, other[name]) for name, tensor in one.items())
    assert again.ended.held_out == whole.ended.held_out
    assert again.ended.test is None


@pytest.mark.timeout(300)
def test_a_fold_killed_in_its_process_is_taken_up_from_its_checkpoint(work, signed_shapes, tmp_path):
    runs = tmp_path / "killed"
    series_work = work(runs__directory=runs, train__epochs=30)
    program = f"""
import os, signal, sys
from signtui.config import resolve
from signtui.training.leave_one_out import LeaveOneOut
from signtui.events import EpochEnded
from pathlib import Path
config = resolve(file=Path({str(tmp_path / "config.toml")!r}), environment={{}}).config
session = LeaveOneOut.open(config, "signers").next_session()
session.start()
for event in session.mailbox.until_ended():
    if isinstance(event, EpochEnded) and (session.folder.last).is_file():
        os.kill(os.getpid(), signal.SIGKILL)
"""
    from signtui.config.document import run_document

    (tmp_path / "config.toml").write_text(run_document(series_work.config))
    subprocess.run([sys.executable, "-c", program], check=False, timeout=200)
    (fold,) = [fold for fold in series_work.series().folds if fold.id]
    assert fold.status == "lost"
    session = series_work.next_session()
    assert session.folder.id == fold.id
    session.start()
    session.join()
    assert session.ended.reason == "finished"
    assert series_work.series().folds[0].is_done


def test_a_fold_whose_checkpoint_is_gone_starts_anew(work, all_folds):
    def stop(session, event):
        if isinstance(event, Step):
            session.control.stop("interrupted")

    series_work = work()
    (first,) = all_folds(series_work, most=1, steer=stop)
    first.folder.last.unlink()
    session = series_work.next_session()
    assert session.folder != first.folder
    assert session.config.data.held_out == "ann"


def test_a_fold_goes_on_with_the_data_in_another_place(work, all_folds, signed_shapes, tmp_path):
    def stop(session, event):
        if isinstance(event, Step):
            session.control.stop("interrupted")

    (first,) = all_folds(work(), most=1, steer=stop)
    moved = tmp_path / "moved"
    moved.mkdir()
    for path in signed_shapes.iterdir():
        (moved / path.name).write_bytes(path.read_bytes())
    (again,) = all_folds(work(data__directory=moved), most=1)
    assert again.folder == first.folder
    assert again.config.data.directory == str(moved)


def test_another_process_at_work_on_the_series_is_not_disturbed(work, all_folds):
    def stop(session, event):
        if isinstance(event, Step):
            session.control.stop("interrupted")

    series_work = work()
    (first,) = all_folds(series_work, most=1, steer=stop)
    log = first.folder.events.read_bytes().splitlines(keepends=True)
    first.folder.events.write_bytes(b"".join(log[:-1]))
    first.folder.summary.unlink()
    write_heartbeat(RunFolder(first.folder.path))  # as if it lived in this process
    with pytest.raises(RunError, match=r"signer ann is being trained on by another process"):
        series_work.next_session()


def test_what_is_left_out_must_be_what_images_are_grouped_by(config_for, signed_shapes, shapes):
    config = config_for(data__directory=signed_shapes)
    with pytest.raises(ConfigError, match="are grouped by signer; write --leave-one-out signers"):
        LeaveOneOut.open(config, "cameras")
    with pytest.raises(DataError, match=r"--leave-one-out signers: nothing says whose hand"):
        LeaveOneOut.open(config_for(data__directory=shapes), "signers")
    synthetic = replace(config, data=replace(config.data, source="synthetic", synthetic_images=96))
    with pytest.raises(DataError, match="nothing says whose hand each image of synthetic hands is"):
        LeaveOneOut.open(synthetic, "signers")
