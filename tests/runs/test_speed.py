"""How fast a network learns, and what an epoch takes, by the runs that were."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from run_events import epoch_ended
from run_events import started as run_started

from signtui.config import Config, as_plain, preset_config
from signtui.events import encode
from signtui.runs.folder import RunFolder
from signtui.runs.speed import Counts, Past, Speed, config_of, cost_key, epoch_seconds, past_of, speed_of
from signtui.runs.state import RunState

HERE = socket.gethostname()


def started(config=None, host=HERE, **changes):
    return run_started(config=as_plain(config or Config()), host=host, **changes)


def test_an_epoch_is_its_steps_and_all_that_is_scored():
    speed = Speed(1000.0, 4000.0)
    assert epoch_seconds(speed, Counts(10_000, 2000), 2000) == pytest.approx(11.0)
    assert epoch_seconds(speed, Counts(1000, 0), -1) == pytest.approx(1.25)
    assert epoch_seconds(speed, Counts(1000, 400), 5000) == pytest.approx(1.35)


def test_a_run_tells_the_speed_of_its_last_epoch_on_this_machine_only():
    ended = epoch_ended(1)
    speed = speed_of(RunState.of([started(), ended]))
    assert speed.training == ended.images_per_second
    assert speed_of(RunState.of([started(host="elsewhere"), ended])) is None
    assert speed_of(RunState.of([started()])) is None


def test_what_an_epoch_took_comes_out_again():
    ended = replace(epoch_ended(1), images_per_second=1000.0, seconds=12.0)
    counts = Counts(ended.train.images, ended.validation.images)
    clean = ended.clean.images if ended.clean else 0
    speed = speed_of(RunState.of([started(), ended]))
    took = ended.train.images / 1000.0
    expected = 12.0 if took < 12.0 else took + (counts.validation + clean) / speed.scoring
    assert epoch_seconds(speed, counts, clean) == pytest.approx(expected)


@given(st.sampled_from(["learning_rate", "seed", "epochs", "momentum", "schedule"]))
def test_what_costs_nothing_leaves_the_key_alone(name):
    other = {"learning_rate": 0.5, "seed": 3, "epochs": 9, "momentum": 0.1, "schedule": "cosine"}[name]
    config = replace(Config(), train=replace(Config().train, **{name: other}))
    assert cost_key(config, 28) == cost_key(Config(), 28)


def test_what_is_computed_changes_the_key():
    config = Config()
    others = [
        replace(config, train=replace(config.train, batch_size=32)),
        replace(config, train=replace(config.train, optimiser="sgd")),
        replace(config, train=replace(config.train, threads=1)),
        replace(config, train=replace(config.train, ema=0.0)),
        replace(config, augment=replace(config.augment, rotation=0.0, shift=0.0, zoom=0.0)),
        preset_config("tiny"),
    ]
    keys = {cost_key(each, 28) for each in (config, *others)}
    assert len(keys) == 1 + len(others)
    more_rotation = replace(config, augment=replace(config.augment, rotation=30.0))
    assert cost_key(more_rotation, 28) == cost_key(config, 28)
    assert cost_key(config, 64) != cost_key(config, 28)


def run_in(directory, name, *events):
    folder = RunFolder(directory / name)
    folder.path.mkdir(parents=True)
    folder.events.write_bytes(b"".join(encode(event) + b"\n" for event in events))
    return folder


def test_the_newest_run_with_the_same_network_tells_its_speed_and_the_number_of_its_images(tmp_path):
    slow = replace(epoch_ended(1), images_per_second=10.0)
    run_in(tmp_path, "20261101-100000-old-owl-00", started(), slow)
    run_in(tmp_path, "20261102-100000-new-owl-01", started(), epoch_ended(1))
    run_in(tmp_path, "20261103-100000-tiny-owl-02", started(preset_config("tiny")), slow)
    (tmp_path / "20261104-100000-broken-owl-03").mkdir()
    (tmp_path / "20261104-100000-broken-owl-03" / "events.jsonl").write_bytes(b"nonsense\n")
    past = past_of(tmp_path, Config(), 28)
    assert past.speed.training == epoch_ended(1).images_per_second
    data = started().data
    assert past.counts == Counts(data.train_images, data.validation_images)


def test_runs_of_other_data_or_machines_tell_only_what_they_can(tmp_path):
    fewer = replace(Config(), data=replace(Config().data, most_images=1000))
    run_in(tmp_path, "20261101-100000-old-owl-00", started(fewer), epoch_ended(1))
    past = past_of(tmp_path, Config(), 28)
    assert past.speed is not None
    assert past.counts is None
    assert past_of(tmp_path / "nowhere", Config(), 28) == Past()
    elsewhere = tmp_path / "elsewhere"
    run_in(elsewhere, "20261101-100000-old-owl-00", started(host="elsewhere"), epoch_ended(1))
    assert past_of(elsewhere, Config(), 28).speed is None


def test_settings_of_another_version_are_no_settings():
    state = RunState.of([run_started(config={"preset": "of yesteryear"}, host=HERE)])
    assert config_of(state) is None
    assert config_of(RunState()) is None
