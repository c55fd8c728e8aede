import json
import time

import pytest
from drawing import STYLES, as_text, check_golden, written
from example_runs import STARTED, example_run
from rich.cells import cell_len

from signtui.render.run_page import run_page
from signtui.render.terminal import TerminalStyle, plain

ASCII = TerminalStyle("none", False, 80, 24)


@pytest.fixture(autouse=True)
def greenwich(monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def page(run, style):
    return as_text(run_page(run, style, STARTED + 600), style)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_the_page_fits_its_terminal(style, width):
    style = TerminalStyle(style.colour, style.unicode, width, 50)
    drawn = page(example_run(3, steps=True, synthetic=True), style)
    widest = max(cell_len(line) for line in drawn.split("\n"))
    assert widest <= max(width, 80)
    assert style.unicode or drawn.isascii()


def test_the_page_in_ascii_at_80_columns():
    check_golden("run_page.txt", page(example_run(2, steps=True, synthetic=True), ASCII))


def test_the_page_in_a_pipe():
    check_golden("run_page_pipe.txt", page(example_run(), plain()))
    assert "\x1b" not in written(run_page(example_run(), plain()), plain())


def test_the_page_of_one_epoch_without_steps_shows_its_points():
    drawn = page(example_run(1), TerminalStyle("none", True, 80, 24))
    assert drawn.count("●") >= 4
    assert "best epoch 1 of 1" in drawn


def test_charts_stand_side_by_side_where_there_is_room():
    wide = page(example_run(), TerminalStyle("none", True, 110, 40))
    assert any("Accuracy" in line and "Loss" in line for line in wide.split("\n"))
    narrow = page(example_run(), TerminalStyle("none", True, 109, 40))
    assert not any("Accuracy" in line and "Loss" in line for line in narrow.split("\n"))


def test_results_name_split_and_images_and_say_synthetic():
    drawn = page(example_run(synthetic=True), ASCII)
    assert "SYNTHETIC" in drawn.split("\n")[1]
    assert "test        99.97 %  loss 0.011  3,648 synthetic images" in drawn
    assert "synthetic test images" in drawn
    assert "ynthetic" not in page(example_run(), ASCII)


def test_a_run_that_has_only_begun_has_a_page():
    run = example_run(0, test=None, confusion=None, confusion_split=None, status="running")
    drawn = page(run, ASCII)
    assert "no epoch has ended yet" in drawn
    assert "running" in drawn


def test_a_page_needs_nothing_but_an_id():
    assert "abc" in page({"id": "abc", "status": "lost"}, ASCII)


def test_numbers_that_json_could_not_hold_are_gaps_not_crashes():
    run = example_run(3, status="diverged", message="the loss is not finite at step 321")
    run["epochs"][2]["train"]["loss"] = None
    run["epochs"][2]["validation"]["loss"] = None
    drawn = page(json.loads(json.dumps(run)), ASCII)
    assert "not finite at step 321" in drawn


def test_pauses_and_changes_of_rate_are_marked_on_the_curves():
    run = example_run(4, marks=[{"kind": "pause", "epoch": 2, "step": 214, "value": None, "text": ""}])
    assert "pause" in page(run, ASCII)
    run["marks"][0]["kind"] = "checkpoint"
    assert "pause" not in page(run, ASCII)
