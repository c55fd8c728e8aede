"""Tries with the real engine: one at a time, in folders of their own, the test images left alone."""

import pytest
from msgspec.structs import replace

from signtui.errors import RunError
from signtui.runs.folder import run_folders
from signtui.runs.tries import KEPT, tries_directory
from signtui.training.tries import Tries


@pytest.fixture
def try_config(config_for, tmp_path):
    def make(**changes):
        config = config_for(**({"data__most_images": 100, "train__epochs": 1} | changes))
        directory = str(tries_directory(str(tmp_path / "runs")))
        return replace(config, runs=replace(config.runs, directory=directory))

    return make


def ended(session):
    return list(session.mailbox.until_ended())[-1]


def test_the_next_try_ends_the_one_before_at_once(try_config):
    tries = Tries()
    first = tries.begin(try_config(train__epochs=10_000))
    second = tries.begin(try_config())
    assert first.join(0)
    assert ended(first).reason == "stopped"
    assert ended(second).reason == "finished"
    tries.end()


def test_a_try_learns_from_few_images_and_leaves_the_test_images_alone(try_config, tmp_path):
    tries = Tries()
    session = tries.begin(try_config())
    events = list(session.mailbox.until_ended())
    started, last = events[0], events[-1]
    assert started.data.train_images <= 100
    assert started.data.validation_images == 32
    assert last.best is not None
    assert last.test is None
    assert run_folders(tmp_path / "runs") == []
    assert [folder.id for folder in run_folders(tmp_path / "runs" / ".live")] == [session.folder.id]
    tries.end()


def test_no_more_than_the_newest_few_are_kept(try_config, tmp_path):
    tries = Tries()
    ids = []
    for _ in range(KEPT + 2):
        session = tries.begin(try_config())
        assert session.join(30)
        ids.append(session.folder.id)
    kept = {folder.id for folder in run_folders(tmp_path / "runs" / ".live")}
    assert len(kept) == KEPT
    assert ids[-1] in kept


def test_after_the_end_none_begins(try_config):
    tries = Tries()
    session = tries.begin(try_config(train__epochs=10_000))
    tries.close()
    assert session.join(0)
    with pytest.raises(RunError, match="ending"):
        tries.begin(try_config())


def test_a_try_leaves_whoever_is_held_out_alone(try_config, signed_shapes):
    tries = Tries()
    session = tries.begin(try_config(data__directory=signed_shapes, data__held_out="bo"))
    events = list(session.mailbox.until_ended())
    assert events[0].data.held_out == "bo"
    assert events[-1].reason == "finished"
    assert events[-1].held_out is None
    tries.end()
