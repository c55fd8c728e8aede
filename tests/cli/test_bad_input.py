"""Each mistake a person can make is one sentence on stderr, nothing on stdout, and the right exit code."""

import gzip
import json
import os
import shutil

import pytest
from commands import SMALL, letters_csv

from signtui.errors import ExitCode

USAGE, DATA = int(ExitCode.USAGE), int(ExitCode.DATA)


def refused(answer, code, *words):
    assert answer.out == ""
    assert answer.code == code
    (line,) = answer.err.splitlines()
    assert line.startswith("signtui: error: ")
    for word in words:
        assert word in line


def with_line(text: str, number: int, change) -> str:
    lines = text.splitlines()
    lines[number] = change(lines[number])
    return "\n".join(lines) + "\n"


def cell(column: int, value: str):
    def change(line: str) -> str:
        cells = line.split(",")
        cells[column] = value
        return ",".join(cells)

    return change


BAD_TEXT = {
    "empty": (lambda _: "", ["empty"]),
    "ragged row": (lambda text: with_line(text, 5, lambda line: line + ",7"), ["row 6"]),
    "letter among pixels": (lambda text: with_line(text, 4, cell(3, "x")), ["row 5", "pixel3"]),
    "pixel 256": (lambda text: with_line(text, 4, cell(3, "256")), ["row 5", "pixel3", "256"]),
    "pixel -1": (lambda text: with_line(text, 4, cell(3, "-1")), ["row 5", "pixel3", "-1"]),
    "label 30": (lambda text: with_line(text, 7, cell(0, "30")), ["row 8", "30"]),
    "wrong header": (lambda text: with_line(text, 0, lambda _: "a,b,c"), ["header"]),
}


@pytest.mark.parametrize("fault", BAD_TEXT)
def test_a_fault_in_a_csv_is_named_with_its_file(signtui, tmp_path, fault):
    path = letters_csv(tmp_path / "sign_mnist_train.csv")
    change, words = BAD_TEXT[fault]
    path.write_text(change(path.read_text()))
    refused(signtui("data", "info", "--data-dir", str(tmp_path)), DATA, path.name, *words)


def test_train_refuses_the_same_and_leaves_no_run_behind(signtui, tmp_path):
    path = letters_csv(tmp_path / "sign_mnist_train.csv")
    path.write_text(with_line(path.read_text(), 4, cell(3, "256")))
    answer = signtui("train", "--data-dir", str(tmp_path), "--json")
    refused(answer, DATA, "row 5", "pixel3")
    assert not (tmp_path / "runs").exists()


def test_a_truncated_gzip_is_named(signtui, tmp_path):
    whole = gzip.compress(letters_csv(tmp_path / "whole.csv").read_bytes())
    path = tmp_path / "sign_mnist_train.csv.gz"
    path.write_bytes(whole[: len(whole) // 2])
    refused(signtui("data", "info", "--data-dir", str(path)), DATA, path.name, "ends too early")


def test_binary_junk_is_named(signtui, tmp_path):
    path = tmp_path / "sign_mnist_train.csv"
    path.write_bytes(bytes(range(256)) * 40)
    refused(signtui("data", "info", "--data-dir", str(tmp_path)), DATA, path.name)


def test_a_missing_file_is_named(signtui, tmp_path):
    refused(signtui("data", "info", "--data-dir", "nowhere.csv"), DATA, "nowhere.csv", "does not exist")


def test_an_unknown_key_gets_the_nearest_one(signtui):
    answer = signtui("train", "--set", "train.epoch=3")
    refused(answer, USAGE, "--set train.epoch=3", "did you mean train.epochs?")


def test_a_key_in_a_file_is_named_with_its_line(signtui, tmp_path):
    (tmp_path / "config.toml").write_text("[train]\n\nepochs = 0\n")
    refused(signtui("runs"), USAGE, "config.toml, line 3", "train.epochs", "from 1 to 10,000")


def test_a_value_out_of_range_names_its_option(signtui):
    refused(signtui("train", "--rotation", "270"), USAGE, "--rotation", "augment.rotation", "0 to 180")


@pytest.mark.parametrize("command", ["train", "model"])
def test_an_impossible_stack_names_the_block_and_its_size(signtui, command):
    options = [*SMALL, "--json"] if command == "train" else []
    answer = signtui(command, *options, "--blocks=7", "--set=model.blocks.*.pooling=max")
    refused(answer, USAGE, "block 5", "28x28 > 14x14 > 7x7 > 3x3 > 1x1")


@pytest.mark.parametrize("command", [["show-run"], ["evaluate"], ["train", "--epochs=9", "--resume"]])
def test_an_unknown_run_is_named(signtui, one_run, command):
    refused(signtui(*command, "no-such-run"), USAGE, "no run 'no-such-run'", "runs")


def test_an_ambiguous_run_is_listed(signtui, one_run, tmp_path):
    other = one_run[:8] + "-235959-other-name-00"
    shutil.copytree(tmp_path / "runs" / one_run, tmp_path / "runs" / other)
    refused(signtui("show-run", one_run[:8]), USAGE, "more than one run", one_run, other)


def test_no_runs_at_all_says_how_to_make_one(signtui):
    refused(signtui("show-run"), USAGE, "signtui train")


def test_a_run_from_the_future_is_refused(signtui, one_run, tmp_path):
    log = tmp_path / "runs" / one_run / "events.jsonl"
    lines = log.read_text().splitlines()
    lines[0] = json.dumps(json.loads(lines[0]) | {"schema": 999})
    log.write_text("\n".join(lines) + "\n")
    refused(signtui("show-run", one_run), USAGE, one_run, "newer signtui", "999")


def test_a_runs_directory_that_cannot_be_made_is_named(signtui, tmp_path):
    (tmp_path / "file").write_text("")
    refused(signtui("train", *SMALL, "--runs-dir=file/runs"), USAGE, "file/runs", "--runs-dir")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_an_unwritable_runs_directory_is_named(signtui, tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    refused(signtui("train", *SMALL, "--runs-dir=locked"), USAGE, "locked", "--runs-dir")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["trian"], ["'trian'", "did you mean train?"]),
        (["train", "--epoch", "3"], ["--epoch", "--epochs", "signtui train --help"]),
        (["train", "--epochs"], ["--epochs", "--help"]),
        (["train", "--config", "no.toml"], ["no.toml"]),
        (["runs", "--limit", "many"], ["--limit", "signtui runs --help"]),
        (["runs", "--sort", "colour"], ["--sort colour", "validation"]),
        (["runs", "--status", "fine"], ["--status fine", "finished"]),
        (["data", "preview", "-n", "0"], ["-n 0"]),
        (["data", "preview", "--source=synthetic", "--synthetic-images=192", "--letter=J"], ["--letter J"]),
        (["data", "nothing"], ["'nothing'"]),
        (["evaluate", "--split", "all"], ["--split all", "validation"]),
        (["model", "--classes", "1"], ["--classes 1"]),
    ],
)
def test_usage_mistakes_are_one_sentence(signtui, arguments, words):
    refused(signtui(*arguments), USAGE, *words)


def test_an_unknown_variable_is_refused(signtui, monkeypatch):
    monkeypatch.setenv("SIGNTUI_RUNDIR", "x")
    refused(signtui("runs"), USAGE, "SIGNTUI_RUNDIR")


def test_a_bug_is_one_sentence_and_its_traceback_is_kept(signtui, monkeypatch, cache):
    def broken(*_, **__):
        raise ZeroDivisionError("by nought")

    monkeypatch.setattr("signtui.cli.runs.list_runs", broken)
    answer = signtui("runs")
    refused(answer, 1, "ZeroDivisionError: by nought", "last-bug.txt")
    assert "broken" in (cache / "last-bug.txt").read_text()
    monkeypatch.setenv("SIGNTUI_DEBUG", "1")
    assert "Traceback" in signtui("runs").err
