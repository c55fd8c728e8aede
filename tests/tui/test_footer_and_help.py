"""The footer where room is short, help that scrolls, and a terminal that becomes too small for a while."""

from pathlib import Path

import pytest
from recorded_run import RecordedSource, begun, on_screen, screen_text, settle
from run_folders import a_history, over_runs, until
from textual.containers import VerticalScroll
from textual.pilot import Pilot

from signtui.tui.screens.help import HelpScreen
from signtui.tui.screens.run import RunScreen
from signtui.tui.widgets.footer import Footer
from signtui.tui.widgets.form import SettingsForm
from signtui.tui.widgets.runs_table import RunsTable

P = Pilot[int]


def footer(pilot: P) -> str:
    return pilot.app.screen.query_one(Footer).shown


@pytest.mark.parametrize("panel", ["form", "accuracy", "samples"])
@pytest.mark.parametrize("width", [60, 80])
def test_a_live_run_can_always_be_paused_and_stopped_by_what_the_footer_says(width: int, panel: str) -> None:
    @on_screen(width, 24, events=begun(20))
    async def look(pilot: P, source: RecordedSource) -> None:
        pilot.app.screen.show_panel(panel)  # type: ignore[attr-defined]  # it is one of the dashboard's
        await settle(pilot)
        for words in ("space pause", "s stop", "? help", "q quit"):
            assert words in footer(pilot), footer(pilot)
        assert len(footer(pilot)) <= width + 2
        assert width < 80 or "^o jump" in footer(pilot)

    look()


@on_screen(80, 24)
async def test_before_a_run_training_stands_before_looks(pilot: P) -> None:
    for words in ("t train", "^o jump", "? help", "^p palette", "q quit"):
        assert words in footer(pilot)
    await pilot.press("2")
    await until(pilot, lambda: "fetch data" in footer(pilot))
    for words in ("letter", "^o jump", "? help", "^p palette", "q quit"):
        assert words in footer(pilot)


def test_the_runs_screen_says_open_and_filter_first(tmp_path: Path) -> None:
    a_history(tmp_path)

    async def look(pilot: P) -> None:
        await until(pilot, lambda: pilot.app.screen.query(RunsTable))
        await until(pilot, lambda: pilot.app.screen.query_one(RunsTable).row_count == 5)
        await settle(pilot)
        for words in ("enter open", "/ filter", "w watch", "? help", "^p palette", "q quit"):
            assert words in footer(pilot), footer(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))
        await settle(pilot)
        for words in ("esc back", "w watch", "? help", "q quit"):
            assert words in footer(pilot), footer(pilot)

    over_runs(tmp_path, look, size=(80, 24))


@on_screen(80, 24, events=begun(20))
async def test_help_scrolls_to_its_last_key_and_escape_closes_it(pilot: P, source: RecordedSource) -> None:
    await pilot.press("question_mark")
    await settle(pilot)
    page = pilot.app.screen.query_one(VerticalScroll)
    assert page.max_scroll_y > 0
    assert "esc close" in footer(pilot)
    first = screen_text(pilot)
    assert "The settings of the next run" in first
    await pilot.press("end")
    await until(pilot, lambda: page.scroll_y == page.max_scroll_y)
    await settle(pilot)
    assert "The settings of the next run" not in screen_text(pilot)
    assert "Runs" in screen_text(pilot)
    await pilot.press("home")
    await until(pilot, lambda: page.scroll_y == 0)
    await pilot.press("escape")
    await settle(pilot)
    assert not isinstance(pilot.app.screen, HelpScreen)


@on_screen(120, 40, events=begun(20))
async def test_help_names_a_pair_of_keys_once(pilot: P, source: RecordedSource) -> None:
    await pilot.press("question_mark")
    await settle(pilot)
    shown = [" ".join(row.split()) for row in screen_text(pilot).split("\n")]
    assert sum("left right change" in row for row in shown) == 1
    assert sum("+ - block" in row for row in shown) == 1
    assert sum("^o jump" in row for row in shown) == 1


@on_screen(120, 40, events=begun(20))
async def test_a_terminal_too_small_for_a_while_loses_nothing(pilot: P, source: RecordedSource) -> None:
    form = pilot.app.screen.query_one(SettingsForm)
    form.chosen = "train.epochs"
    await pilot.press("right")
    for width, height in ((59, 30), (120, 19), (10, 3)):
        await pilot.resize_terminal(width, height)
        await settle(pilot)
        words = f"signtui needs 60x20; this is {width}x{height}"
        assert screen_text(pilot).strip() == words[:width].strip()
        await pilot.press("ctrl+o")  # there is no panel to go to
        await settle(pilot)
        assert screen_text(pilot).strip() == words[:width].strip()
    await pilot.resize_terminal(120, 40)
    await settle(pilot)
    assert form.has_focus
    assert form.row.key == "train.epochs"
    assert pilot.app.config.train.epochs == 3  # type: ignore[attr-defined]  # it is the dashboard
    for words in ("Configure", "Accuracy", "Samples", "brisk-heron-3f", "space pause"):
        assert words in screen_text(pilot)


@on_screen(120, 40, events=begun(20))
async def test_the_panel_with_the_keys_is_the_one_that_a_narrow_terminal_shows(
    pilot: P, source: RecordedSource
) -> None:
    await pilot.click("#samples", offset=(20, 5))
    await pilot.resize_terminal(80, 24)
    await settle(pilot)
    assert "A > A" in screen_text(pilot)
    assert "preset" not in screen_text(pilot)
    await pilot.resize_terminal(120, 40)
    await settle(pilot)
    assert pilot.app.screen.query_one("#samples").has_focus
