import pytest

from signtui.config import resolve
from signtui.config.document import template


def shown(answer):
    assert answer.code == 0
    return {entry["key"]: (entry["value"], entry["from"]) for entry in answer.json["settings"]}


def test_each_layer_beats_the_one_below_and_is_named(signtui, tmp_path, monkeypatch):
    show = ("config", "show", "--json")
    assert shown(signtui(*show))["train.epochs"] == (2, "default")
    assert shown(signtui(*show, "--preset=tutorial"))["train.epochs"] == (15, "preset tutorial")
    (tmp_path / "config.toml").write_text("[train]\nepochs = 3\n")
    assert shown(signtui(*show))["train.epochs"] == (3, "config.toml, line 2")
    monkeypatch.setenv("SIGNTUI_TRAIN__EPOCHS", "4")
    assert shown(signtui(*show))["train.epochs"] == (4, "environment variable SIGNTUI_TRAIN__EPOCHS")
    assert shown(signtui(*show, "--set=train.epochs=5"))["train.epochs"] == (5, "--set train.epochs=5")


def test_train_takes_the_same_layers(signtui, tmp_path, monkeypatch):
    (tmp_path / "mine.toml").write_text("[train]\nepochs = 0\n")
    monkeypatch.setenv("SIGNTUI_CONFIG", "mine.toml")
    assert "mine.toml, line 2" in signtui("train").err
    (tmp_path / "mine.toml").write_text("[train]\nepochs = 3\n")
    monkeypatch.setenv("SIGNTUI_TRAIN__EPOCHS", "none")
    assert "SIGNTUI_TRAIN__EPOCHS" in signtui("train").err


def test_all_blocks_set_at_once_name_that_place(signtui):
    rows = shown(signtui("config", "show", "--json", "--set=model.blocks.*.filters=7"))
    assert rows["model.blocks.2.filters"] == (7, "--set model.blocks.*.filters=7")
    assert rows["model.blocks.2.kernel"] == (3, "default")


def test_changed_shows_only_what_is_no_default(signtui):
    answer = signtui("config", "show", "--changed", "--set=train.seed=9")
    assert [line.split()[0] for line in answer.out.splitlines()] == ["key", "train.seed"]


def test_the_template_is_a_sound_file_that_changes_nothing(signtui, tmp_path):
    answer = signtui("config", "template")
    assert answer.out == template()
    (tmp_path / "config.toml").write_text(answer.out)
    assert resolve(environment={}).config == resolve(file=tmp_path / "config.toml", environment={}).config
    checked = signtui("config", "check")
    assert checked.code == 0
    assert "all sound" in checked.out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[train]\nepochs = 0\n", ["line 2", "train.epochs"]),
        ("[train\n", ["not valid TOML"]),
        ("[train]\nepoch = 1\n", ["line 2", "did you mean train.epochs?"]),
        ("[[model.blocks]]\nfilters = 4\nkernel = 31\npadding = 'none'\n", ["block 1"]),
    ],
)
def test_check_finds_what_is_wrong(signtui, tmp_path, text, words):
    (tmp_path / "mine.toml").write_text(text)
    answer = signtui("config", "check", "mine.toml")
    assert (answer.code, answer.out) == (2, "")
    for word in ["mine.toml", *words]:
        assert word in answer.err


def test_path_prints_the_file_in_force(signtui, tmp_path):
    answer = signtui("config", "path")
    assert (answer.code, answer.out) == (0, "")
    (tmp_path / "config.toml").write_text("")
    assert signtui("config", "path").out == f"{tmp_path / 'config.toml'}\n"


def test_doctor_checks_everything_and_finds_nothing_wrong_here(signtui, tmp_path):
    answer = signtui("doctor", "--json", "--runs-dir=fresh/runs")
    assert answer.code == 0
    found = {(finding["area"], finding["name"]): finding for finding in answer.json}
    assert all(finding["works"] for finding in found.values())
    assert found["runs", "directory"]["found"] == str(tmp_path / "fresh" / "runs")
    assert "none found" in found["data", "images"]["found"]
    assert not (tmp_path / "fresh").exists()


def test_doctor_exits_with_the_code_of_what_is_wrong(signtui, tmp_path):
    (tmp_path / "file").write_text("")
    assert signtui("doctor", "--runs-dir=file/runs").code == 2
    assert signtui("doctor", "--data-dir=nowhere").code == 3
