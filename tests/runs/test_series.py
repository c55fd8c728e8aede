"""Runs that each hold one signer out, found again as one series, and what it says."""

import json
import math

import msgspec
import pytest
from held_out_runs import GROUPS, config_of, facts, held_out_run
from msgspec.structs import replace

from signtui.runs.left_out import document, outcome
from signtui.runs.liveness import write_heartbeat
from signtui.runs.series import SeriesReader, plan_of, series_of


def the_series(directory):
    (series,) = SeriesReader().read(directory)
    return series


def test_runs_that_differ_only_in_who_is_held_out_are_one_series(tmp_path):
    folders = [held_out_run(tmp_path, group) for group in GROUPS]
    series = the_series(tmp_path)
    assert [fold.group for fold in series.folds] == list(GROUPS)
    assert [fold.id for fold in series.folds] == [folder.id for folder in folders]
    assert series.is_complete
    assert (series.kind, series.data, series.next) == ("signer", "Sign Language MNIST", None)


def test_a_group_without_a_run_is_a_fold_to_come(tmp_path):
    held_out_run(tmp_path, "bo")
    series = the_series(tmp_path)
    assert [fold.is_done for fold in series.folds] == [False, True, False]
    assert series.next.group == "ann"
    assert not series.is_complete


@pytest.mark.parametrize(
    "change",
    [
        lambda c: replace(c, train=replace(c.train, seed=7)),
        lambda c: replace(c, augment=replace(c.augment, rotation=33.0)),
        lambda c: replace(c, data=replace(c.data, validation_fraction=0.3)),
        lambda c: replace(c, model=replace(c.model, blocks=c.model.blocks[:1])),
    ],
)
def test_whatever_changes_what_is_learned_makes_another_plan(tmp_path, change):
    config = config_of("ann", tmp_path)
    assert plan_of(config, facts("ann")) != plan_of(change(config), facts("ann"))


def test_other_images_or_another_table_make_another_plan(tmp_path):
    config = config_of("ann", tmp_path)
    plan = plan_of(config, facts("ann"))
    other = replace(facts("ann"), files=({"role": "train", "sha256": "44"},))
    assert plan_of(config, other) != plan
    assert plan_of(config, replace(facts("ann"), groups_sha256="55")) != plan
    test_file = ({"role": "train", "sha256": "11"}, {"role": "test", "sha256": "44"})
    assert plan_of(config, replace(facts("ann"), files=test_file)) == plan


def test_where_things_are_and_how_they_look_is_not_part_of_the_plan(tmp_path):
    config = config_of("ann", tmp_path)
    moved = replace(
        config,
        data=replace(
            config.data,
            directory="/elsewhere",
            groups="/elsewhere/who.csv",
            own="/elsewhere/own",
            held_out="bo",
        ),
        train=replace(config.train, device="cpu", threads=1, rehearsal=7),
        runs=replace(config.runs, directory="/runs", tags=("a",), notes="b"),
        ui=replace(config.ui, theme="light"),
    )
    assert plan_of(moved, facts("bo")) == plan_of(config, facts("ann"))


def test_a_log_from_before_a_setting_was_declared_is_of_the_same_plan(tmp_path):
    folder = held_out_run(tmp_path, "ann")
    first, *rest = folder.events.read_text().splitlines()
    started = json.loads(first)
    del started["config"]["augment"]["shear"], started["config"]["data"]["most_images"]
    folder.events.write_text("\n".join([json.dumps(started), *rest]) + "\n")
    assert the_series(tmp_path).plan == plan_of(config_of("bo", tmp_path), facts("bo"))


@pytest.mark.parametrize("reason", ["stopped", "interrupted", "terminated", None])
def test_a_run_that_broke_off_has_no_score_and_can_go_on(tmp_path, reason):
    held_out_run(tmp_path, "ann", reason=reason, scored=reason == "stopped")
    fold = the_series(tmp_path).folds[0]
    assert not fold.is_done
    assert fold.can_go_on
    assert the_series(tmp_path).next == fold


@pytest.mark.parametrize("reason", ["early_stopping", "time_limit"])
def test_an_end_that_the_settings_plan_counts(tmp_path, reason):
    held_out_run(tmp_path, "ann", reason=reason)
    assert the_series(tmp_path).folds[0].is_done


def test_a_failed_run_is_no_fold_and_cannot_go_on(tmp_path):
    held_out_run(tmp_path, "ann", reason="diverged")
    fold = the_series(tmp_path).folds[0]
    assert not fold.is_done
    assert not fold.can_go_on
    assert fold.status == "diverged"


def test_a_run_that_was_steered_by_hand_is_not_of_the_series(tmp_path):
    held_out_run(tmp_path, "ann", steered=True)
    held_out_run(tmp_path, "bo")
    assert [fold.id is not None for fold in the_series(tmp_path).folds] == [False, True, False]


def test_a_run_that_validates_by_something_else_is_not_of_a_series(tmp_path):
    config = config_of("ann", tmp_path)
    random = replace(config, data=replace(config.data, validation="random"))
    held_out_run(tmp_path, "ann", config=random)
    assert SeriesReader().read(tmp_path) == []


def test_a_run_that_goes_on_from_other_weights_is_not_of_a_series(tmp_path):
    """It knows whoever these learned from."""
    config = config_of("ann", tmp_path, from_="another")
    held_out_run(tmp_path, "ann", config=config)
    assert SeriesReader().read(tmp_path) == []


def test_a_run_at_work_is_live_and_not_next(tmp_path):
    folder = held_out_run(tmp_path, "ann", reason=None)
    write_heartbeat(folder)  # this very process
    series = the_series(tmp_path)
    assert series.live.group == "ann"
    assert series.next.group == "bo"


def test_of_several_runs_of_a_fold_the_one_with_a_score_counts_then_the_newest(tmp_path):
    done = held_out_run(tmp_path, "ann")
    held_out_run(tmp_path, "ann", reason="interrupted", scored=False)
    assert the_series(tmp_path).folds[0].id == done.id


def test_runs_that_hold_nobody_out_and_damaged_ones_are_passed_over(tmp_path):
    held_out_run(tmp_path, "ann")
    nobody = replace(facts(""), held_out_images=0)
    held_out_run(tmp_path, "ann", data=nobody, scored=False)
    broken = held_out_run(tmp_path, "bo", reason=None)
    broken.events.write_bytes(b'{"type":"run_started","schema":99}\n')
    assert [fold.group for fold in the_series(tmp_path).folds if fold.id] == ["ann"]


def test_a_reader_notices_what_changed_and_asks_no_more_of_the_rest(tmp_path, monkeypatch):
    held_out_run(tmp_path, "ann")
    reader = SeriesReader()
    first = reader.read(tmp_path)
    calls = []
    from signtui.runs import series as room

    read = room._read
    monkeypatch.setattr(room, "_read", lambda *arguments: calls.append(arguments) or read(*arguments))
    assert reader.read(tmp_path) == first
    assert not calls
    held_out_run(tmp_path, "bo")
    (series,) = reader.read(tmp_path)
    assert len(series.done) == 2
    assert len(calls) == 1


def test_no_directory_means_no_series(tmp_path):
    assert SeriesReader().read(tmp_path / "none") == []
    series = series_of(config_of("ann", tmp_path), facts("ann"), tmp_path / "none")
    assert [fold.id for fold in series.folds] == [None, None, None]
    assert outcome(series).mean is None


def test_mean_worst_and_letters_are_of_the_signers(tmp_path):
    for group in GROUPS:
        held_out_run(tmp_path, group)
    series = the_series(tmp_path)
    found = outcome(series)
    assert found.mean == pytest.approx((0.9 + 0.75 + 1) / 3)
    assert found.pooled == pytest.approx(53 / 60)
    assert found.deviation == pytest.approx(math.sqrt(sum((x - found.mean) ** 2 for x in (0.9, 0.75, 1)) / 2))
    assert (found.worst.group, found.best.group) == ("bo", "cy")
    a, b = found.letters
    assert (a.mean, a.worst, a.group, a.images) == (pytest.approx(28 / 30), 0.8, "ann", 30)
    assert (b.mean, b.worst, b.group, b.images) == (pytest.approx(25 / 30), 0.5, "bo", 30)
    assert found.counts == ((28, 2), (5, 25))
    assert found.confusion[0] == pytest.approx((28 / 30, 2 / 30))
    assert found.confusion[1] == pytest.approx((5 / 30, 25 / 30))


def test_the_document_is_plain_data(tmp_path):
    held_out_run(tmp_path, "bo")
    plain = document(the_series(tmp_path))
    assert json.loads(msgspec.json.encode(plain)) == plain
    assert plain["complete"] is False
    assert plain["mean"] == plain["worst"]["accuracy"] == 0.75
    assert [fold["accuracy"] for fold in plain["folds"]] == [None, 0.75, None]
    assert plain["deviation"] is None
    assert [letter["name"] for letter in plain["letters"]] == ["A", "B"]
