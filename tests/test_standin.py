"""A program that can give its terminal back: real processes, and what whoever started them sees."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

SPLIT = """
import os, signal, sys, time
from signtui.standin import stand_in
standing_in = stand_in()
def say(words):
    print(words, flush=True)
"""


@contextmanager
def started(work: str, *words: str, program: str = SPLIT) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", program + work, *words],
        stdout=subprocess.PIPE,
        text=True,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_whoever_started_it_sees_the_output_and_the_exit_code() -> None:
    with started("say('at work'); sys.exit(7)") as process:
        assert process.communicate(timeout=30)[0] == "at work\n"
        assert process.returncode == 7


def test_a_worker_killed_by_a_signal_ends_as_shells_say_it() -> None:
    with started("os.kill(os.getpid(), signal.SIGTERM); time.sleep(60)") as process:
        process.wait(30)
        assert process.returncode == 128 + signal.SIGTERM


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_signals_reach_the_worker(number: signal.Signals) -> None:
    work = f"""
def end(number, frame):
    say(f"got {{number}}")
    os._exit(5)
signal.signal({int(number)}, end)
say("ready")
time.sleep(60)
"""
    with started(work) as process:
        assert line_of(process) == "ready"
        process.send_signal(number)
        assert line_of(process) == f"got {int(number)}"
        assert process.wait(30) == 5


def test_a_signal_that_comes_before_anyone_waits_reaches_the_worker(tmp_path: Path) -> None:
    program = """
import os, signal, sys, time
from signtui import standin
fork = os.fork
def slow_in_the_first_process():
    child = fork()
    while child and not os.path.exists(sys.argv[1] + "/sent"):
        time.sleep(0.01)
    return child
os.fork = slow_in_the_first_process
standin.stand_in()
def end(number, frame):
    print(f"got {number}", flush=True)
    os._exit(5)
signal.signal(signal.SIGHUP, end)
print("ready", flush=True)
time.sleep(60)
"""
    with started("", str(tmp_path), program=program) as process:
        assert line_of(process) == "ready"
        process.send_signal(signal.SIGHUP)
        (tmp_path / "sent").touch()
        assert line_of(process) == f"got {int(signal.SIGHUP)}"
        assert process.wait(30) == 5


def test_after_the_release_nobody_waits_and_the_work_goes_on(tmp_path: Path) -> None:
    work = """
say(os.getpid())
standing_in.release()
try:
    os.open("/dev/tty", os.O_RDWR)
    terminal = "a terminal"
except OSError:
    terminal = "no terminal"
while not os.path.exists(sys.argv[1] + "/go"):
    time.sleep(0.01)
print("this goes nowhere")
with open(sys.argv[1] + "/partial", "w") as file:
    file.write(f"{terminal}, session {os.getsid(0) == os.getpid()}, waiting {standing_in.is_waiting}")
os.rename(sys.argv[1] + "/partial", sys.argv[1] + "/done")
"""
    with started(work, str(tmp_path)) as process:
        worker = psutil.Process(int(line_of(process)))
        assert process.wait(30) == 0
        assert worker.is_running()
        (tmp_path / "go").touch()
        assert psutil.wait_procs([worker], 30)[0] == [worker]
        assert process.communicate(timeout=30)[0] == ""
    assert (tmp_path / "done").read_text() == "no terminal, session True, waiting False"


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="Linux tells a process of its parent's death"
)
@pytest.mark.parametrize(("bound", "survives"), [("die_with_it", False), ("outlive_it", True)])
def test_killed_outright_both_go_unless_the_worker_is_to_outlive_it(bound: str, survives: bool) -> None:
    work = f"""
standing_in.die_with_it()
standing_in.{bound}()
say(os.getpid())
time.sleep(60)
"""
    with started(work) as process:
        worker = psutil.Process(int(line_of(process)))
        process.kill()
        process.wait(30)
        if not survives:
            assert psutil.wait_procs([worker], 30)[0] == [worker]
            return
        assert worker.status() != psutil.STATUS_ZOMBIE
        worker.kill()
