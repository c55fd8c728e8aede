"""`signtui` itself, `attach` and `replay`: when there is a terminal, and when there is none."""

import re

import pytest
from commands import SMALL
from terminals import Terminal, the_run


@pytest.fixture
def terminal(tmp_path, monkeypatch):
    monkeypatch.setenv("SIGNTUI_RUNS_DIR", str(tmp_path / "runs"))
    monkeypatch.chdir(tmp_path)
    opened = []

    def start(*arguments, **environment):
        opened.append(Terminal(*arguments, columns=120, **environment))
        return opened[-1]

    yield start
    for screen in opened:
        screen.close()


@pytest.mark.parametrize("command", [["attach"], ["replay"], ["--preset=tiny"]])
def test_a_screen_needs_a_terminal(signtui, command):
    answer = signtui(*command)
    assert answer.code == 2
    assert answer.err.count("\n") == 1
    assert "needs a terminal that can move its cursor" in answer.err
    assert "signtui train --headless" in answer.err


def test_options_of_the_dashboard_do_not_stand_before_a_command(signtui):
    answer = signtui("--preset=tiny", "runs")
    assert answer.code == 2
    assert "write them after it: signtui runs" in answer.err


def test_signtui_alone_opens_the_dashboard_and_q_leaves_it(terminal):
    screen = terminal("--preset=tiny")
    screen.until("Configure")
    screen.until("tiny")
    screen.press("q")
    assert screen.end() == 0


def test_a_wrong_setting_is_one_sentence_before_any_screen(terminal):
    screen = terminal("--set", "train.epohcs=3")
    assert screen.end() == 2
    assert "did you mean train.epochs?" in screen.text
    assert "\x1b[?1049h" not in screen.text


def test_train_on_a_terminal_trains_on_the_dashboard(terminal, tmp_path):
    screen = terminal("train", *SMALL, "--epochs=1")
    screen.until(r"finished")
    screen.press("q")
    assert screen.end() == 0
    assert '"reason":"finished"' in (the_run(tmp_path) / "events.jsonl").read_text()
    assert re.search(r"show-run", screen.text)
    again = terminal("replay", "latest", "--speed=1000")
    again.until("Configure|finished")
    again.press("q")
    assert again.end() == 0


def test_attach_without_a_live_run_says_what_to_do(terminal):
    screen = terminal("attach")
    assert screen.end() == 2
    assert "no run is on" in screen.text


def test_doctor_on_a_terminal_says_what_it_answered_about_images(terminal):
    screen = terminal("doctor")
    screen.until(r"\x1b\[c")
    screen.press("\x1b_Gi=31;OK\x1b\\\x1b[6;20;10t\x1b[?62;4c")
    screen.end()
    text = re.sub(r"\x1b\[[\d;]*m", "", screen.text)
    assert re.search(r"images +kitty, sixel, cells of 10x20 pixels", text)


def test_low_bandwidth_and_images_are_options_of_every_dashboard(signtui):
    for command in ([], ["train"], ["attach"], ["replay"]):
        words = signtui(*command, "--help").out
        assert "--low-bandwidth" in words
        assert "--images" in words


def test_an_unknown_way_to_draw_images_is_one_sentence(terminal):
    screen = terminal("--images=vga")
    assert screen.end() == 2
    assert "--images" in screen.text
    assert "blocks, auto, kitty, sixel" in screen.text


def test_a_dumb_terminal_gets_plain_lines_and_no_screen(terminal):
    screen = terminal("train", *SMALL, "--epochs=1", TERM="dumb")
    assert screen.end() == 0
    assert "\x1b" not in screen.text
    assert "validation" in screen.text
    alone = terminal(TERM="dumb")
    assert alone.end() == 0
    assert "\x1b" not in alone.text
    assert "Without a command: the dashboard" in alone.text
    refused = terminal("replay", TERM="dumb")
    assert refused.end() == 2
    assert "needs a terminal that can move its cursor" in refused.text
