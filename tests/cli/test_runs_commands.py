import json
import shutil
import subprocess
import sys

import pytest


@pytest.fixture
def three_runs(one_run, tmp_path):
    """Ids, newest first: two copies of the run with other scores, tags and a later second in their id."""
    ids = [one_run]
    for number, accuracy in ((1, 0.9), (2, 0.1)):
        name = f"2099010{number}-000000-later-run-0{number}"
        folder = tmp_path / "runs" / name
        shutil.copytree(tmp_path / "runs" / one_run, folder)
        lines = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
        lines[-1]["best"]["validation"]["accuracy"] = accuracy
        if number == 2:
            lines[-1]["reason"] = "stopped"
        (folder / "events.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        (folder / "labels.json").write_text(json.dumps({"notes": "", "tags": [f"tag{number}"]}))
        ids.insert(0, name)
    return ids


def ids_of(answer):
    assert answer.code == 0
    return [run["id"] for run in answer.json]


def test_runs_as_json_has_the_promised_fields(signtui, one_run):
    (run,) = signtui("runs", "--json").json
    promised = (
        "id",
        "status",
        "preset",
        "data",
        "epochs",
        "best",
        "test",
        "started",
        "seconds",
        "notes",
        "tags",
    )
    assert set(promised) <= set(run)
    assert run["id"] == one_run
    assert run["status"] == "finished"
    assert run["epochs"] == 2
    assert run["notes"] == "for tests"
    assert run["tags"] == ["small"]
    assert run["data"]["synthetic"] is True


def test_runs_come_newest_first_and_can_be_narrowed(signtui, three_runs):
    newest, middle, oldest = three_runs
    assert ids_of(signtui("runs", "--json")) == three_runs
    assert ids_of(signtui("runs", "--json", "--limit=2")) == three_runs[:2]
    assert ids_of(signtui("runs", "--json", "--status=stopped")) == [newest]
    assert ids_of(signtui("runs", "--json", "--tag=tag1")) == [middle]
    assert ids_of(signtui("runs", "--json", "--sort=validation"))[0] == middle
    assert ids_of(signtui("runs", "--json", "--tag=nobody")) == []
    assert oldest in signtui("runs").out


def test_the_table_is_plain_when_piped(signtui, three_runs):
    answer = signtui("runs")
    header, *rows = answer.out.splitlines()
    assert header.split()[:2] == ["id", "status"]
    assert [row.split()[0] for row in rows] == three_runs
    assert "synthetic" in rows[0]
    assert "\x1b" not in answer.out


def test_no_runs_are_no_error(signtui):
    answer = signtui("runs")
    assert (answer.code, answer.out) == (0, "")
    assert "signtui train" in answer.err
    assert signtui("runs", "--json").json == []


def test_show_run_as_json_has_the_promised_fields(signtui, one_run):
    run = signtui("show-run", "--json").json
    promised = ("id", "status", "config", "data", "model", "epochs", "best", "test", "confusion")
    assert set(promised) <= set(run)
    assert run["id"] == one_run
    assert len(run["epochs"]) == 2
    assert sum(map(sum, run["confusion"])) == run["test"]["images"]


@pytest.mark.parametrize("cut", [slice(None), slice(0, 17), slice(16, None)])
def test_show_run_takes_an_id_its_start_or_its_words(signtui, one_run, cut):
    assert signtui("show-run", one_run[cut], "--json").json["id"] == one_run


def test_the_page_has_scores_curves_network_and_confusion_and_says_synthetic(signtui, one_run):
    answer = signtui("show-run")
    assert answer.code == 0
    for words in (one_run, "SYNTHETIC", "Accuracy", "Loss", "block 1 convolution", "Confusion", "test"):
        assert words.replace(" ", "-") in answer.out or words in answer.out
    assert "\x1b" not in answer.out


def test_a_reader_that_leaves_early_is_no_error(one_run):
    process = subprocess.Popen(
        [sys.executable, "-m", "signtui", "show-run"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(60) == 0
    process.stderr.close()


def test_runs_directory_follows_default_file_variable_option(signtui, one_run, tmp_path, monkeypatch):
    (tmp_path / "runs").rename("elsewhere")
    assert ids_of(signtui("runs", "--json")) == []
    (tmp_path / "config.toml").write_text('[runs]\ndirectory = "elsewhere"\n')
    assert ids_of(signtui("runs", "--json")) == [one_run]
    monkeypatch.setenv("SIGNTUI_RUNS_DIR", "nothing-here")
    assert ids_of(signtui("runs", "--json")) == []
    assert ids_of(signtui("runs", "--json", "--runs-dir=elsewhere")) == [one_run]
