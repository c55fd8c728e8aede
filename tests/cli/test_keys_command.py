"""The [keys] table from the command line: listed, checked, and refused before any screen opens."""

import pytest
from terminals import Terminal


def listed(answer):
    assert answer.code == 0
    return {entry["id"]: entry for entry in answer.json}


def test_every_id_is_listed_with_its_keys_and_where_they_act(signtui):
    entries = listed(signtui("config", "keys", "--json"))
    assert entries["chart.smoothing"]["keys"] == ["m"]
    assert entries["chart.smoothing"]["where"] == ["charts"]
    assert entries["quit.always"]["keys"] == ["ctrl+c", "ctrl+q"]
    assert entries["pause"]["does"] == "wait after this step"
    assert all(entry["from"] == "default" for entry in entries.values())
    rows = signtui("config", "keys").out.splitlines()
    assert len(rows) == len(entries) + 1
    assert "chart.smoothing" in {row.split()[0] for row in rows}


def test_keys_come_from_file_variables_and_options_in_their_order(signtui, tmp_path, monkeypatch):
    file = tmp_path / "config.toml"
    file.write_text('[keys]\n"chart.smoothing" = "M"\ntrain = "ctrl+t,t"\nform.more = "f6"\n')
    entries = listed(signtui("config", "keys", "--json"))
    assert entries["chart.smoothing"]["keys"] == ["M"]
    assert entries["chart.smoothing"]["from"] == "config.toml, line 2"
    assert entries["train"]["keys"] == ["ctrl+t", "t"]
    assert entries["train"]["default"] == ["t"]
    assert entries["form.more"]["keys"] == ["f6"]
    monkeypatch.setenv("SIGNTUI_KEYS__CHART__SMOOTHING", "f7")
    assert listed(signtui("config", "keys", "--json"))["chart.smoothing"]["keys"] == ["f7"]
    last = listed(signtui("config", "keys", "--json", "--set", "keys.chart.smoothing=f8"))
    assert last["chart.smoothing"]["keys"] == ["f8"]
    assert last["chart.smoothing"]["from"] == "--set keys.chart.smoothing=f8"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[keys]\n\n"chart.smothing" = "M"\n', ["line 3", "did you mean chart.smoothing?"]),
        ('[keys]\ntrain = "shift+a"\n', ["line 2", "write 'A'"]),
        ('[keys]\ntrain = "f5"\nstop = "f5"\n', ["line 2", "f5 is also"]),
        ('[keys.chart]\nsmoothing = "l"\n', ["line 2", "chart.log"]),
        ("[keys]\ntrain = 3\n", ["line 2", "must be text"]),
        ('[keys]\ntrain = ["t", "f5"]\n', ["line 2", "must be text"]),
        ('keys = "t"\n', ["line 1", "keys is a table"]),
    ],
)
def test_a_table_that_can_not_be_had_is_one_sentence_with_its_line(signtui, tmp_path, text, words):
    (tmp_path / "config.toml").write_text(text)
    for command in (("config", "keys"), ("config", "check")):
        answer = signtui(*command)
        assert (answer.code, answer.out) == (2, "")
        assert answer.err.count("\n") == 1
        for word in ["config.toml", *words]:
            assert word in answer.err


@pytest.mark.parametrize("command", [[], ["train", "--source=synthetic"], ["replay", "latest"]])
def test_a_wrong_key_is_told_before_any_screen(tmp_path, one_run, command):
    (tmp_path / "config.toml").write_text('[keys]\n"chart.smothing" = "M"\n')
    screen = Terminal(*command, columns=120)
    try:
        assert screen.end() == 2
        assert "config.toml, line 2" in screen.text
        assert "did you mean chart.smoothing?" in " ".join(screen.text.split())
        assert "\x1b[?1049h" not in screen.text
    finally:
        screen.close()


def test_a_key_of_ones_own_acts_in_a_terminal(tmp_path):
    (tmp_path / "config.toml").write_text('[keys]\nquit = "f10"\n')
    screen = Terminal(columns=120)
    try:
        screen.until("Configure")
        screen.until("f10.{1,40}quit")
        screen.press("\x1b[21~")
        assert screen.end() == 0
    finally:
        screen.close()


def test_the_state_variable_is_no_setting(signtui, monkeypatch, tmp_path):
    monkeypatch.setenv("SIGNTUI_STATE_DIR", str(tmp_path))
    assert signtui("config", "show").code == 0


def test_commands_without_a_screen_do_not_mind_the_keys(signtui, tmp_path):
    (tmp_path / "config.toml").write_text('[keys]\n"chart.smothing" = "M"\n')
    assert signtui("runs").code == 0
    assert signtui("config", "show").code == 0
