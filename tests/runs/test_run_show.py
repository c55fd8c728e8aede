"""One run in full."""

import json
import math
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from run_events import CONFIG, ended, epoch_ended, log_bytes, started, step, steps_between, whole_run

from signtui.config import Config
from signtui.errors import RunError
from signtui.events import AnyEvent
from signtui.runs.folder import RunFolder, create_run
from signtui.runs.labels import Labels, write_labels
from signtui.runs.show import open_run, show
from signtui.runs.state import RunState, fold_all


def made(directory: Path, events: list[AnyEvent]) -> RunFolder:
    folder = create_run(directory, Config())
    folder.events.write_bytes(log_bytes(events))
    return folder


def test_a_run_is_shown_with_all_its_keys_as_plain_json(tmp_path: Path) -> None:
    folder = made(tmp_path, whole_run())
    write_labels(folder.labels, Labels("a note", ("one",)))
    document = show(folder)
    assert document == json.loads(json.dumps(document, allow_nan=False))
    wanted = {"id", "status", "config", "data", "model", "epochs", "best", "test", "confusion"}
    assert wanted | {"marks", "started", "seconds", "notes", "tags"} <= set(document)
    assert (document["id"], document["status"]) == (folder.id, "finished")
    assert document["config"] == CONFIG
    assert document["model"]["layers"][0]["name"] == "head"
    assert [epoch["type"] for epoch in document["epochs"]] == ["epoch_ended"] * 3
    assert (document["notes"], document["tags"]) == ("a note", ["one"])


def test_the_confusion_is_of_the_test_or_else_of_the_best_epoch(tmp_path: Path) -> None:
    tested = show(made(tmp_path, whole_run()))
    assert (tested["confusion_split"], tested["confusion"]) == ("test", [[30, 0], [3, 27]])
    best = ((9, 0), (0, 9))
    events: list[AnyEvent] = [started(), epoch_ended(1, confusion=best), epoch_ended(2, best=False)]
    untested = show(made(tmp_path, [*events, ended(epochs=1, test=None)]))
    assert (untested["confusion_split"], untested["confusion"]) == ("validation", [[9, 0], [0, 9]])
    nothing = show(made(tmp_path, [started()]))
    assert (nothing["confusion_split"], nothing["confusion"]) == (None, None)


def test_a_diverged_run_is_shown_as_valid_json(tmp_path: Path) -> None:
    validation = replace(epoch_ended(1).validation, loss=math.inf)
    folder = made(
        tmp_path,
        [started(), step(1), epoch_ended(1, validation=validation), ended("diverged", message="NaN")],
    )
    document = show(folder)
    json.dumps(document, allow_nan=False)
    assert document["status"] == "diverged"
    assert document["epochs"][0]["validation"]["loss"] is None
    assert document["message"] == "NaN"


def test_a_run_that_has_not_said_a_word_shows_its_settings(tmp_path: Path) -> None:
    folder = create_run(tmp_path, Config())
    document = show(folder)
    assert document["status"] == "running"
    assert document["config"]["train"]["epochs"] == Config().train.epochs
    assert document["epochs"] == []
    folder.config.write_text("not = = toml")
    with pytest.raises(RunError, match=r"config\.toml"):
        show(folder)


def test_an_opened_run_can_be_followed(tmp_path: Path) -> None:
    events: list[AnyEvent] = [started(), *steps_between(1, 25)]
    folder = made(tmp_path, events)
    run = open_run(folder)
    assert run.state == RunState.of(events)
    assert run.tail.poll() == []
    more = [*steps_between(26, 30), ended()]
    with folder.events.open("ab") as log:
        log.write(log_bytes(more))
    assert fold_all(run.state, run.tail.poll()) == RunState.of([*events, *more])


def test_a_run_can_be_opened_before_its_log_is_there(tmp_path: Path) -> None:
    folder = create_run(tmp_path, Config())
    run = open_run(folder)
    assert run.state == RunState()
    folder.events.write_bytes(log_bytes(whole_run()))
    assert fold_all(run.state, run.tail.poll()) == RunState.of(whole_run())


def test_without_steps_only_their_history_is_missing(tmp_path: Path) -> None:
    folder = made(tmp_path, whole_run(epochs=30, per_epoch=50))
    full, brief = open_run(folder).state, open_run(folder, steps=False).state
    assert len(brief.history.points) < len(full.history.points)
    assert replace(full, history=brief.history) == brief
    assert msgspec.json.encode(show(folder, full)) == msgspec.json.encode(show(folder))
