import json
import os
import signal
import subprocess
import sys
import time

import pytest

from signtui.events import Step
from signtui.runs.folder import run_folders
from signtui.runs.log import read_events

QUICK = ("--blocks=1", "--set=model.blocks.*.filters=4", "--batch-size=32", "--clean-images=0", "--threads=1")


@pytest.fixture
def series(signtui, signed_shapes):
    """The command over the signed shapes, with more options."""
    options = ("--leave-one-out", "signers", f"--data-dir={signed_shapes}", *QUICK)
    return lambda *more: signtui("evaluate", *options, "--epochs=2", *more)


def test_every_signer_is_held_out_and_the_figures_are_one_object(series):
    answer = series("--json")
    assert answer.code == 0
    found = answer.json
    assert found["complete"] is True
    assert [fold["group"] for fold in found["folds"]] == ["ann", "bo", "cy"]
    accuracies = [fold["accuracy"] for fold in found["folds"]]
    assert found["mean"] == pytest.approx(sum(accuracies) / 3)
    assert found["worst"]["accuracy"] == min(accuracies)
    assert [fold["images"] for fold in found["folds"]] == [108, 108, 104]
    assert len(found["letters"]) == len(found["classes"]) == len(found["mean_confusion"]) == 4
    assert sum(map(sum, found["confusion"])) == 320
    assert all(sum(row) == pytest.approx(1) for row in found["mean_confusion"])
    assert "signer ann" in answer.err
    for when in ("before", "after"):
        errors = [fold["calibration"][when]["error"] for fold in found["folds"]]
        assert found["calibration_error"][when] == pytest.approx(sum(errors) / 3)


def test_what_is_done_is_not_done_again(series, signtui):
    first = series("--json").json
    again = series("--json", "--threads=2")
    assert again.json == first | {"config": again.json["config"]}
    assert "3 done before" in again.err
    assert len(signtui("runs", "--json", "--tag=leave-one-out").json) == 3
    other = series("--json", "--seed=1").json
    assert other["plan"] != first["plan"]
    assert len(signtui("runs", "--json").json) == 6


def test_the_page_shows_signers_letters_and_confusion(series):
    answer = series()
    assert answer.code == 0
    for words in ("leave one signer out", "mean", "worst", "calibration", "By letter", "Mean confusion"):
        assert words in answer.out
    lines = [line.split() for line in answer.out.splitlines()]
    assert [line[0] for line in lines if line and line[0] in ("ann", "bo", "cy")] == ["ann", "bo", "cy"]
    headings = {word for line in lines if line and line[0] in ("signer", "letter") for word in line}
    assert {"accuracy%", "validation%", "mean%", "worst%"} <= headings


def test_a_fold_is_an_ordinary_run(series, signtui):
    (first, *_) = series("--json").json["folds"]
    shown = signtui("show-run", first["id"], "--json").json
    assert shown["held_out"]["accuracy"] == first["accuracy"]
    assert shown["confusion_split"] == "held-out"
    assert "signer ann, never seen before" in signtui("show-run", first["id"]).out
    scored = signtui("evaluate", first["id"], "--split=held-out", "--json").json
    assert scored["accuracy"] == first["accuracy"]
    assert scored["confusion"] == first["confusion"]


def test_a_run_trained_by_hand_with_the_same_settings_is_its_fold(series, signtui, signed_shapes):
    trained = signtui(
        "train", "--headless", f"--data-dir={signed_shapes}", *QUICK, "--epochs=2", "--held-out=bo"
    )
    assert trained.code == 0
    assert "held out    signer bo: 108 images, scored once at the end" in trained.err
    assert "108 images of signer bo, never seen before" in trained.out
    answer = series("--json")
    assert "1 done before" in answer.err
    assert len(signtui("runs", "--json").json) == 3


def test_it_takes_no_run_and_needs_to_know_whose_the_images_are(signtui, series, shapes):
    for more in ("latest", "--split=test", "--corruptions"):
        assert "give neither an ID nor --split nor --corruptions" in series(more).err
    refused = series("--most=5")
    assert refused.code == 2
    assert "--most goes with --corruptions" in refused.err
    refused = series("--held-out=bo")
    assert refused.code == 2
    assert "--held-out holds out one of them, and --leave-one-out each in turn" in refused.err
    assert "nobody could be left out" in series("--set=train.from=latest").err
    answer = signtui("evaluate", "--leave-one-out", "signers", f"--data-dir={shapes}")
    assert answer.code == 3
    assert "put a file,row,signer table beside the images" in answer.err
    answer = series("--groups=nobody.csv")
    assert answer.code == 3
    assert "nobody.csv does not exist" in answer.err
    answer = signtui("evaluate", "--epochs=3")
    assert answer.code == 2
    assert "--epochs goes with --leave-one-out" in answer.err


def test_a_run_that_holds_nobody_out_has_no_such_split(signtui, signed_shapes):
    signtui("train", "--headless", f"--data-dir={signed_shapes}", *QUICK, "--epochs=1")
    answer = signtui("evaluate", "--split=held-out")
    assert answer.code == 3
    assert "this run kept no signer for the end" in answer.err


def test_validation_can_be_a_signer(signtui, signed_shapes):
    answer = signtui(
        "train",
        "--headless",
        f"--data-dir={signed_shapes}",
        *QUICK,
        "--epochs=1",
        "--held-out=cy",
        "--validation=signers",
    )
    assert answer.code == 0
    assert "signer cy (104 images)" in answer.err
    assert "choose the best epoch here" in answer.err
    assert signtui("show-run", "--json").json["held_out"] is None


def test_a_run_that_diverges_ends_the_series_with_its_reason(series):
    answer = series("--learning-rate=100", "--optimiser=sgd", "--schedule=constant", "--gradient-clip=0")
    assert answer.code == 1
    assert "without ann:" in answer.err


def _forget_the_score(folder) -> None:
    """As if it had been told to end at once while its last scores were taken."""
    *log, last = folder.events.read_text().splitlines()
    ended = json.loads(last) | {"held_out": None}
    folder.events.write_text("\n".join([*log, json.dumps(ended)]) + "\n")


def test_a_fold_that_cannot_be_scored_ends_the_series_with_its_reason(series, tmp_path):
    series()
    folder = run_folders(tmp_path / "runs")[0]
    _forget_the_score(folder)
    folder.best.write_bytes(b"damaged")
    answer = series()
    assert answer.code == 1
    assert "without ann:" in answer.err
    assert "not a readable weights file" in answer.err


def test_a_fold_that_ends_without_its_score_ends_the_series(series, tmp_path):
    series()
    folder = run_folders(tmp_path / "runs")[0]
    _forget_the_score(folder)
    folder.best.unlink()
    for _ in range(2):  # and not for ever, whenever it is tried again
        answer = series()
        assert answer.code == 1
        assert "without ann:" in answer.err
        assert f"run {folder.id} ended without its score" in answer.err
        assert "Traceback" not in answer.err


def test_ctrl_c_ends_the_series_and_the_same_command_goes_on(series, signed_shapes, tmp_path):
    program = [sys.executable, "-m", "signtui", "evaluate", "--leave-one-out", "signers"]
    options = [f"--data-dir={signed_shapes}", *QUICK, "--epochs=4000", "--json"]
    with subprocess.Popen(
        [*program, *options], cwd=tmp_path, env=os.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        deadline = time.monotonic() + 90
        while not _has_a_step(tmp_path / "runs"):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"the same command goes on where this one stopped" in err
    assert b'"complete": false' in out
    (folder,) = run_folders(tmp_path / "runs")
    assert folder.last.is_file()


def _has_a_step(runs) -> bool:
    return any(
        isinstance(event, Step)
        for folder in run_folders(runs)
        if folder.events.exists()
        for event in read_events(folder.events)
    )
