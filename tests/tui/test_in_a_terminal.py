"""The dashboard in a real terminal: first paint, a training, and every way to leave."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from terminal import Terminal

from signtui.events import AnyEvent, EpochEnded, RunEnded, RunStarted
from signtui.runs.folder import run_folders
from signtui.runs.liveness import status
from signtui.runs.log import read_events
from signtui.runs.state import RunState

SCRIPT = """
import os, sys
from signtui.config import Assignment, resolve
from signtui.tui import launch
settings = [Assignment(*pair.split("=", 1), "test") for pair in sys.argv[2:]]
config = resolve(settings, environment={}).config
if os.environ.get("SIGNTUI_TEST_BUG"):
    from signtui.tui.app import DashboardApp
    def action_help(self):
        1 / 0
    DashboardApp.action_help = action_help
sys.exit(getattr(launch, sys.argv[1])(config, **{"open_dashboard": {}, "attach": {}}[sys.argv[1]]))
"""
Open = Callable[..., Terminal]


@pytest.fixture
def opened(shapes: Path, tmp_path: Path) -> Open:
    def go(what: str = "open_dashboard", epochs: int = 3, **environment: str) -> Terminal:
        settings = {
            "data.directory": shapes,
            "runs.directory": tmp_path / "runs",
            "model.blocks": 2,
            "train.epochs": epochs,
            "train.threads": 1,
            "train.batch_size": 16,
        }
        words = [f"{key}={value}" for key, value in settings.items()]
        cache = str(tmp_path / "cache")
        return Terminal([sys.executable, "-c", SCRIPT, what, *words], SIGNTUI_CACHE_DIR=cache, **environment)

    return go


@contextmanager
def training(opened: Open, *, epochs: int, **environment: str) -> Iterator[Terminal]:
    """A dashboard on which a run is on."""
    with opened(epochs=epochs, **environment) as terminal:
        terminal.wait_for("no run yet")
        terminal.press("t")
        terminal.wait_for("validation images, truth")
        yield terminal


def the_process(tmp_path: Path) -> psutil.Process:
    """The process that the only run lives in."""
    started = the_run(tmp_path)[0]
    assert isinstance(started, RunStarted)
    return psutil.Process(started.pid)


def the_run(tmp_path: Path) -> list[AnyEvent]:
    (folder,) = run_folders(tmp_path / "runs")
    return list(read_events(folder.events))


def test_first_paint_a_training_its_summary_and_the_way_out(opened: Open, tmp_path: Path) -> None:
    with opened() as terminal:
        terminal.wait_for("Configure")
        terminal.wait_for("no run yet")
        terminal.press("t")
        terminal.wait_for("test ")
        terminal.wait_for("of 64 images")
        terminal.press("q")
        assert terminal.wait() == 0
        assert "finished after" in terminal.text
        assert str(tmp_path / "runs") in terminal.text
        assert "\x1b[?1049l" in bytes(terminal.received).decode(errors="replace")
        assert terminal.is_as_before
    events = the_run(tmp_path)
    assert isinstance(events[-1], RunEnded)
    assert events[-1].reason == "finished"


def test_quitting_a_live_run_asks_then_saves_it(opened: Open, tmp_path: Path) -> None:
    with training(opened, epochs=2000) as terminal:
        terminal.press("q")
        terminal.wait_for("is still training")
        terminal.press("s")
        assert terminal.wait(10) == 0
        assert "signtui train --resume" in terminal.text
        assert terminal.is_as_before
    events = the_run(tmp_path)
    assert isinstance(events[-1], RunEnded)
    assert events[-1].reason == "interrupted"
    assert run_folders(tmp_path / "runs")[0].last.exists()


def test_a_polite_kill_saves_the_run_and_says_143(opened: Open, tmp_path: Path) -> None:
    with training(opened, epochs=2000) as terminal:
        terminal.send_signal(signal.SIGTERM)
        assert terminal.wait(10) == 143
        assert terminal.is_as_before
    events = the_run(tmp_path)
    assert isinstance(events[-1], RunEnded)
    assert events[-1].reason == "terminated"


def test_a_run_goes_on_when_its_terminal_is_gone_and_attach_shows_it(opened: Open, tmp_path: Path) -> None:
    with training(opened, epochs=60) as terminal:
        terminal.send_signal(signal.SIGHUP)
        terminal.hang_up()
        with opened("attach") as other:
            other.wait_for("attached")
            other.press("s")
            other.wait_for("stopped; the best weights are kept")
            other.press("q")
            assert other.wait() == 0
        assert terminal.wait() == 0
    events = the_run(tmp_path)
    assert isinstance(events[-1], RunEnded)
    assert events[-1].reason == "stopped"
    assert any(isinstance(event, EpochEnded) for event in events)


@pytest.mark.parametrize("keys", ["d", "qd"])
def test_detached_the_run_goes_on_and_the_terminal_is_as_before(
    opened: Open, tmp_path: Path, keys: str
) -> None:
    with training(opened, epochs=40) as terminal:
        terminal.press(keys[0])
        if len(keys) > 1:
            terminal.wait_for("is still training")
            terminal.press(keys[1])
        assert terminal.wait(10) == 0
        assert "goes on in the background: signtui attach" in terminal.text
        assert terminal.is_as_before
        process = the_process(tmp_path)
        assert process.terminal() is None
        terminal.hang_up()
        assert psutil.wait_procs([process], 60)[0] == [process]
    events = the_run(tmp_path)
    assert isinstance(events[-1], RunEnded)
    assert events[-1].reason == "finished"
    assert sum(isinstance(event, EpochEnded) for event in events) == 40


def test_a_detached_run_ends_politely_when_it_is_asked_to(opened: Open, tmp_path: Path) -> None:
    with training(opened, epochs=2000) as terminal:
        terminal.press("d")
        assert terminal.wait(10) == 0
        process = the_process(tmp_path)
        process.terminate()
        assert psutil.wait_procs([process], 60)[0] == [process]
    events = the_run(tmp_path)
    assert isinstance(events[-1], RunEnded)
    assert events[-1].reason == "terminated"


def test_a_dashboard_killed_outright_takes_its_run_along_which_is_lost(opened: Open, tmp_path: Path) -> None:
    with training(opened, epochs=2000) as terminal:
        process = the_process(tmp_path)
        terminal.send_signal(signal.SIGKILL)
        assert psutil.wait_procs([process], 60)[0] == [process]
        (folder,) = run_folders(tmp_path / "runs")
        assert status(folder, RunState.of(the_run(tmp_path))) == "lost"


def test_attach_follows_every_live_run_and_the_brackets_turn_from_one_to_the_next(
    opened: Open, tmp_path: Path
) -> None:
    with training(opened, epochs=4000) as first, training(opened, epochs=4000) as second:
        with opened("attach") as terminal:
            newer, older = (folder.id.split("-", 2)[2] for folder in reversed(run_folders(tmp_path / "runs")))
            terminal.wait_for(f"› {newer}")
            terminal.press("]")
            terminal.wait_for(f"› {older}")
            terminal.press("s")
            terminal.wait_for("■ stopped")
            terminal.press("q")
            assert terminal.wait() == 0
        ends = [list(read_events(folder.events))[-1] for folder in run_folders(tmp_path / "runs")]
        assert [isinstance(event, RunEnded) for event in ends] == [True, False]
        first.press("q")
        assert first.wait() == 0
        second.press("S")
        second.wait_for("■ stopped")


def test_a_bug_of_the_screen_is_one_sentence_and_the_run_goes_on(opened: Open, tmp_path: Path) -> None:
    with training(opened, epochs=40, SIGNTUI_TEST_BUG="yes") as terminal:
        terminal.press("?")
        assert terminal.wait(10) == 0
        assert terminal.is_as_before
        assert "met a bug of its own (ZeroDivisionError: " in terminal.text
        assert "Traceback" not in terminal.text
        assert "goes on in the background" in terminal.text
        (folder,) = run_folders(tmp_path / "runs")
        assert "in action_help" in folder.screen_error.read_text()
        process = the_process(tmp_path)
        assert psutil.wait_procs([process], 60)[0] == [process]
    events = the_run(tmp_path)
    assert isinstance(events[-1], RunEnded)
    assert events[-1].reason == "finished"


def test_a_terminal_that_goes_without_a_word_leaves_no_process_spinning(opened: Open, tmp_path: Path) -> None:
    with training(opened, epochs=40) as terminal:
        process = the_process(tmp_path)
        terminal.hang_up()
        assert terminal.wait() == 0
        assert not process.is_running()
    events = the_run(tmp_path)
    assert isinstance(events[-1], RunEnded)
    assert events[-1].reason == "finished"


def test_nothing_heavy_is_imported_before_the_first_paint() -> None:
    code = (
        "import sys, signtui.tui.launch, signtui.tui.screens.train; "
        "print([name for name in ('torch', 'plotext', 'pooch', 'PIL') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
