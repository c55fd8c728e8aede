"""Training on a real terminal: the bar, Ctrl-C, kill, a terminal that goes away, a pipe that closes."""

import json
import os
import re
import signal
import subprocess
import sys

import pytest
from commands import SMALL

if sys.platform == "win32":
    pytest.skip("needs pseudo-terminals", allow_module_level=True)

from terminals import PATIENCE, Terminal, the_run, wait_for_line

LONG = [*SMALL, "--epochs=10000", "--schedule=constant"]


@pytest.fixture
def terminal():
    opened = []

    def start(*arguments, **options):
        opened.append(Terminal(*arguments, **options))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


def last_event(folder):
    return json.loads((folder / "events.jsonl").read_text().splitlines()[-1])


def test_the_bar_moves_below_epoch_lines_and_ctrl_c_ends_the_run_well(terminal, tmp_path):
    screen = terminal("train", "--headless", *LONG)
    screen.until(r"loading PyTorch")
    screen.until(r"[━─].*epoch \d+/10000")
    screen.until(r"epoch +2/10000.*validation")
    screen.press("\x03")
    assert screen.end() == 130
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.text)
    assert "stopping after this step; Ctrl-C again to stop at once" in text
    assert re.search(r"validation +[\d.<]+ % .*24 synthetic images", text)
    assert "Traceback" not in text
    lines = [line.rpartition("\r")[2] for line in text.replace("\r\n", "\n").splitlines()]
    assert all(len(line) <= 80 for line in lines)
    # The cursor that the bar hid is back.
    assert screen.text.rfind("\x1b[?25h") > screen.text.rfind("\x1b[?25l")
    folder = the_run(tmp_path)
    assert last_event(folder)["reason"] == "interrupted"
    assert f"signtui train --resume {folder.name}" in text
    assert (folder / "best.safetensors").is_file()


def test_kill_stops_saves_and_exits_143(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "signtui", "train", *LONG],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    first = process.stdout.readline()
    assert first.startswith("epoch")
    process.terminate()
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 143
    assert "interrupted (terminated)" in out.splitlines()[-1]
    assert "Traceback" not in err
    folder = the_run(tmp_path)
    assert last_event(folder)["reason"] == "terminated"
    assert (folder / "last.ckpt").is_file()


def test_a_run_outlives_its_terminal(terminal, tmp_path):
    screen = terminal("train", "--headless", *SMALL, "--epochs=25", "--schedule=constant")
    screen.until(r"epoch +1/25.*validation")
    screen.hang_up()
    folder = the_run(tmp_path)
    wait_for_line(folder / "events.jsonl", '"run_ended"')
    assert screen.process.wait(PATIENCE) == 0
    assert last_event(folder)["reason"] == "finished"
    assert last_event(folder)["epochs"] == 25


def test_a_run_outlives_the_reader_of_its_lines(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "signtui", "train", *SMALL, "--epochs=10", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert json.loads(process.stdout.readline())["type"] == "run_started"
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait(PATIENCE) == 0
    assert b"Traceback" not in err
    assert b"BrokenPipe" not in err
    assert last_event(the_run(tmp_path))["epochs"] == 10


def test_a_second_ctrl_c_ends_a_run_that_does_not_listen(tmp_path):
    """A run whose training thread is stuck in one endless call is left within seconds."""
    program = """
import sys, threading, signtui.training.trainer as trainer
class Stuck(trainer.Trainer):
    def _between_steps(self):
        print("stuck", flush=True)
        threading.Event().wait()
trainer.Trainer = Stuck
import signtui.training.session as session
session.Trainer = Stuck
from signtui.cli.application import run
sys.exit(run(sys.argv[1:]))
"""
    process = subprocess.Popen(
        [sys.executable, "-c", program, "train", *LONG],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "stuck\n"
    os.kill(process.pid, signal.SIGINT)
    while "Ctrl-C again" not in process.stderr.readline():
        assert process.poll() is None
    os.kill(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "Traceback" not in err


def test_ctrl_c_before_there_is_a_run_leaves_nothing_behind(terminal, tmp_path):
    screen = terminal("train", "--headless", *LONG)
    screen.until(r"loading PyTorch")
    screen.press("\x03")
    assert screen.end() == 130
    assert "Traceback" not in screen.text
    assert not (tmp_path / "runs").exists()
