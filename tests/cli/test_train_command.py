import contextlib
import json
import re
import shutil
import subprocess
import sys

import psutil
import pytest
from commands import SMALL, letters_csv
from terminals import wait_for_line

from signtui.config import SETTINGS


def test_json_is_the_events_alone_and_ends_with_run_ended(signtui):
    answer = signtui("train", *SMALL, "--epochs=2", "--json")
    assert answer.code == 0
    kinds = [event["type"] for event in answer.events]
    assert kinds[0] == "run_started"
    assert kinds[-1] == "run_ended"
    assert kinds.count("epoch_ended") == 2
    first, last = answer.events[0], answer.events[-1]
    assert first["schema"] == 1
    assert last["id"] == first["id"]
    assert last["reason"] == "finished"
    assert last["synthetic"] is True
    assert last["best"]["validation"]["images"] == first["data"]["validation_images"]
    assert last["test"]["images"] == first["data"]["test_images"]


def detached(*options):
    """`signtui train --detach` in a process of its own: what it printed, said and ended with."""
    command = [sys.executable, "-m", "signtui", "train", "--detach", *SMALL, *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_detached_a_run_prints_its_id_and_goes_on_to_its_end(tmp_path):
    done = detached("--epochs=60")
    assert done.returncode == 0
    (folder,) = (tmp_path / "runs").iterdir()
    assert done.stdout == f"{folder.name}\n"
    assert "goes on in the background: signtui attach" in done.stderr
    wait_for_line(folder / "events.jsonl", "run_started")
    started = json.loads((folder / "events.jsonl").read_text().splitlines()[0])
    with contextlib.suppress(psutil.NoSuchProcess):  # it was quicker
        psutil.Process(started["pid"]).wait(120)
    last = json.loads((folder / "events.jsonl").read_text().splitlines()[-1])
    assert (last["type"], last["reason"], last["epochs"]) == ("run_ended", "finished", 60)


def test_what_cannot_train_is_told_before_it_is_let_go(tmp_path):
    (tmp_path / "train.csv").write_text("label,pixel1\n0,300\n")
    done = detached("--source=csv", f"--data-dir={tmp_path}")
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr.splitlines()[-1].startswith("signtui: error: ")
    assert not (tmp_path / "runs").exists()


def test_detach_and_json_exclude_each_other(signtui):
    answer = signtui("train", "--detach", "--json")
    assert answer.code == 2
    assert "give one of them" in answer.err


def test_json_lines_are_the_log_itself(signtui, tmp_path):
    answer = signtui("train", *SMALL, "--epochs=1", "--json")
    (folder,) = (tmp_path / "runs").iterdir()
    assert answer.out == (folder / "events.jsonl").read_text()


def test_without_a_terminal_there_is_one_line_an_epoch_then_the_result(signtui):
    answer = signtui("train", *SMALL, "--epochs=2", "--headless")
    assert answer.code == 0
    lines = answer.out.splitlines()
    assert [line.split()[1] for line in lines[:2]] == ["1/2", "2/2"]
    assert re.match(r"validation +[\d.]+ % .* 24 synthetic images, best epoch [12]", lines[2])
    assert re.match(r"test +[\d.]+ % .* 64 synthetic images, scored once", lines[3])
    assert re.match(r"run +\S+  finished after 2 epochs", lines[4])
    assert len(lines) == 5
    assert "\x1b" not in answer.out + answer.err


def test_narration_says_synthetic_how_to_get_real_hands_and_what_next(signtui):
    answer = signtui("train", *SMALL, "--epochs=1")
    assert "synthetic hands, drawn by signtui, not photographs" in answer.err
    assert "signtui data fetch" in answer.err
    run = answer.out.splitlines()[-1].split()[1]
    assert f"signtui show-run {run}" in answer.err


def test_narration_counts_the_networks_that_answer_together(signtui):
    words = signtui("train", *SMALL, "--epochs=1", "--ensemble=2").err
    assert "2 networks that answer together" in words
    assert "networks" not in signtui("train", *SMALL, "--epochs=1").err


def test_real_images_are_not_called_synthetic_and_photographs_are_counted(signtui, tmp_path):
    letters_csv(tmp_path / "sign_mnist_train.csv", 192)
    letters_csv(tmp_path / "sign_mnist_test.csv", 96, seed=1)
    options = [option for option in SMALL if "source" not in option]
    answer = signtui("train", *options, f"--data-dir={tmp_path}", "--epochs=1")
    assert answer.code == 0
    assert "synthetic" not in answer.out + answer.err
    assert "144 images of 72 photographs" in answer.err
    assert "48 images of 24 photographs, best epoch 1" in answer.out


def test_a_validation_that_leaks_is_warned_about(signtui, tmp_path):
    letters_csv(tmp_path / "sign_mnist_train.csv", 192)
    options = [option for option in SMALL if "source" not in option]
    answer = signtui("train", *options, f"--data-dir={tmp_path}", "--epochs=1", "--validation=random")
    assert "warning: " in answer.err
    assert "have a twin in training" in answer.err


def test_a_run_that_diverges_exits_1_and_says_why(signtui):
    answer = signtui(
        "train", *SMALL, "--json", "--optimiser=sgd", "--learning-rate=100", "--epochs=40", "--ema=0",
        "--schedule=constant", "--set=model.blocks.1.normalisation=none", "--input-scaling=unit",
        "--set=model.blocks.1.activation=none", "--head-pooling=flatten",
    )  # fmt: skip
    assert answer.code == 1
    assert answer.events[-1]["reason"] == "diverged"
    complaint = answer.err.splitlines()[-1]
    assert complaint == f"signtui: error: {answer.events[-1]['message']}"


def test_a_time_limit_is_a_good_end(signtui):
    answer = signtui("train", *SMALL, "--epochs=10000", "--time-limit=0.2", "--json")
    assert answer.code == 0
    assert answer.events[-1]["reason"] == "time_limit"


def test_resume_goes_on_to_more_epochs(signtui, one_run):
    answer = signtui("train", "--resume", "latest", "--epochs=3", "--json")
    assert answer.code == 0
    assert answer.events[0]["resumed_at"] == answer.events[0]["steps_per_epoch"] * 2
    assert [event["epoch"] for event in answer.events if event["type"] == "epoch_ended"] == [3]
    assert answer.events[-1]["id"] == one_run


def test_resume_of_a_run_that_is_done_says_what_to_give(signtui, one_run):
    answer = signtui("train", "--resume", one_run)
    assert answer.code == 2
    assert "--epochs" in answer.err


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (["--batch-size=8"], "--batch-size"),
        (["--preset=tiny"], "--preset"),
        (["--flip"], "--flip"),
        (["--no-flip"], "--no-flip"),
        (["--set=train.seed=3"], "--set train.seed=3"),
    ],
)
def test_resume_refuses_all_but_live_settings(signtui, one_run, given, named):
    answer = signtui("train", "--resume", one_run, *given)
    assert answer.code == 2
    assert answer.err.startswith(f"signtui: error: {named} can't be given with --resume")


def test_every_setting_is_an_option_of_its_own(signtui):
    text = signtui("train", "--help").out
    words = set(re.findall(r"--[a-z-]+", text))
    assert {setting.option for setting in SETTINGS.values()} <= words
    assert "Usage: signtui train" in text
    assert all(len(line) <= 80 for line in text.splitlines())


def test_options_reach_the_run_with_their_values(signtui, tmp_path):
    signtui("train", *SMALL, "--epochs=1", "--flip", "--hidden=12,6", "--tags=a,b", "--label-smoothing=0.05")
    folder = next((tmp_path / "runs").iterdir())
    config = json.loads((folder / "events.jsonl").read_text().splitlines()[0])["config"]
    assert config["augment"]["flip"] is True
    assert config["model"]["head"]["hidden"] == [12, 6]
    assert config["train"]["label_smoothing"] == 0.05
    assert config["runs"]["tags"] == ["a", "b"]
    assert [block["filters"] for block in config["model"]["blocks"]] == [4]


def test_a_runs_own_config_repeats_it(signtui, one_run, tmp_path):
    shutil.copy(tmp_path / "runs" / one_run / "config.toml", tmp_path / "again.toml")
    first = signtui("show-run", one_run, "--json").json
    again = signtui("train", "--config=again.toml", "--runs-dir=runs", "--json").events
    last = [event for event in again if event["type"] == "epoch_ended"][-1]
    assert last["validation"] == first["epochs"][-1]["validation"]
