"""The dashboard in a real terminal: first paint, a training, and every way to leave."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from terminal import Terminal

from signtui.events import AnyEvent, EpochEnded, RunEnded
from signtui.runs.folder import run_folders
from signtui.runs.log import read_events

SCRIPT = """
import sys
from signtui.config import Assignment, resolve
from signtui.tui import launch
settings = [Assignment(*pair.split("=", 1), "test") for pair in sys.argv[2:]]
config = resolve(settings, environment={}).config
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
    with opened(epochs=2000) as terminal:
        terminal.wait_for("no run yet")
        terminal.press("t")
        terminal.wait_for("validation images, truth")
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
    with opened(epochs=2000) as terminal:
        terminal.wait_for("no run yet")
        terminal.press("t")
        terminal.wait_for("validation images, truth")
        terminal.send_signal(signal.SIGTERM)
        assert terminal.wait(10) == 143
        assert terminal.is_as_before
    events = the_run(tmp_path)
    assert isinstance(events[-1], RunEnded)
    assert events[-1].reason == "terminated"


def test_a_run_goes_on_when_its_terminal_is_gone_and_attach_shows_it(opened: Open, tmp_path: Path) -> None:
    with opened(epochs=60) as terminal:
        terminal.wait_for("no run yet")
        terminal.press("t")
        terminal.wait_for("validation images, truth")
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


def test_nothing_heavy_is_imported_before_the_first_paint() -> None:
    code = (
        "import sys, signtui.tui.launch, signtui.tui.screens.train; "
        "print([name for name in ('torch', 'plotext', 'pooch', 'PIL') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
