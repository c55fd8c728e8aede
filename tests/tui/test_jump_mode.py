"""Jump mode: a letter on every panel, one key goes there, on every screen and at every size."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded_run import RecordedSource, begun, on_screen, screen_text, settle
from run_folders import a_history, over_runs, until
from textual.pilot import Pilot
from textual.widgets import Input

from signtui.render.terminal import TerminalStyle
from signtui.tui.screens.data import DataScreen
from signtui.tui.screens.run import RunScreen
from signtui.tui.screens.runs import RunsScreen
from signtui.tui.screens.train import TrainScreen
from signtui.tui.widgets.footer import Footer
from signtui.tui.widgets.form import SettingsForm
from signtui.tui.widgets.jump import JumpLabel, JumpMode, letters_for
from signtui.tui.widgets.runs_table import RunsTable

P = Pilot[int]


def footer(pilot: P) -> str:
    return pilot.app.screen.query_one(Footer).shown


def focused(pilot: P) -> str | None:
    return pilot.app.screen.focused.id if pilot.app.screen.focused else None


def labels(pilot: P) -> dict[str, tuple[int, int]]:
    """Where each letter stands on the screen."""
    return {
        label.shown.strip(" []"): (label.region.x + 1, label.region.y)
        for label in pilot.app.screen.query(JumpLabel)
    }


@on_screen(120, 40, events=begun(30))
async def test_each_panel_has_its_letter_at_its_corner_and_the_letter_goes_there(
    pilot: P, source: RecordedSource
) -> None:
    await pilot.press("ctrl+o")
    await settle(pilot)
    screen = pilot.app.screen
    assert labels(pilot) == {
        "c": tuple(screen.query_one("#form").region.offset),
        "a": tuple(screen.query_one("#accuracy").region.offset),
        "l": tuple(screen.query_one("#loss").region.offset),
        "s": tuple(screen.query_one("#samples").region.offset),
    }
    assert "l Loss" in footer(pilot)
    assert "5 Runs" in footer(pilot)
    assert "esc leave" in footer(pilot)
    await pilot.press("l")
    await settle(pilot)
    assert focused(pilot) == "loss"
    assert labels(pilot) == {}
    assert not screen.query(JumpMode)
    assert source.sent == []


@on_screen(120, 40)
async def test_escape_and_the_same_key_leave_with_the_focus_where_it_was(pilot: P) -> None:
    for key in ("escape", "ctrl+o"):
        await pilot.press("tab", "ctrl+o")
        await settle(pilot)
        assert labels(pilot)
        before = {"escape": "accuracy", "ctrl+o": "loss"}[key]
        await pilot.press(key)
        await settle(pilot)
        assert focused(pilot) == before
        assert labels(pilot) == {}


@on_screen(120, 40, events=begun(30))
async def test_no_other_plain_key_acts_meanwhile(pilot: P, source: RecordedSource) -> None:
    await pilot.press("ctrl+o", "t", "space", "q", "enter", "f")
    await settle(pilot)
    assert pilot.app.is_running
    assert source.sent == []
    assert labels(pilot)
    assert not pilot.app.screen.has_class("-full")


@on_screen(80, 24, events=begun(30))
async def test_at_80_columns_hidden_parts_are_gone_to_by_their_names(
    pilot: P, source: RecordedSource
) -> None:
    await pilot.press("ctrl+o")
    await settle(pilot)
    assert sorted(labels(pilot)) == ["c", "s", "u"]
    row = screen_text(pilot).split("\n")[1]
    for letter in ("u", "s"):
        column, line = labels(pilot)[letter]
        assert line == 1
        assert row[column] == letter
    for words in ("c Configure", "u Curves", "s Samples", "2 Data", "esc leave"):
        assert words in footer(pilot)
    await pilot.press("u")
    await settle(pilot)
    assert focused(pilot) == "accuracy"
    assert "Accuracy" in screen_text(pilot)


@on_screen(120, 40, events=begun(30))
async def test_from_a_full_screen_a_letter_brings_another_panel_up_alone(
    pilot: P, source: RecordedSource
) -> None:
    await pilot.press("f", "ctrl+o", "s")
    await settle(pilot)
    assert focused(pilot) == "samples"
    assert pilot.app.screen.query_one("#samples").size.width > 110
    assert not pilot.app.screen.query_one("#form").display


@on_screen(120, 40)
async def test_digits_go_to_screens(pilot: P) -> None:
    await pilot.press("ctrl+o", "2")
    await settle(pilot)
    assert isinstance(pilot.app.screen, DataScreen)
    await pilot.press("1")
    await settle(pilot)
    assert isinstance(pilot.app.screen, TrainScreen)
    assert labels(pilot) == {}


@pytest.mark.parametrize(("width", "letters"), [(120, "afi"), (80, "afi")])
def test_the_data_screen_has_its_letters(width: int, letters: str) -> None:
    @on_screen(width, 40 if width == 120 else 24)
    async def look(pilot: P) -> None:
        await pilot.press("2")
        await until(pilot, lambda: focused(pilot) == "gallery")
        await pilot.press("ctrl+o")
        await settle(pilot)
        assert "".join(sorted(labels(pilot))) == letters
        await pilot.press("a")
        await until(pilot, lambda: focused(pilot) == "augment")
        assert "Augmentation" in screen_text(pilot)

    look()


def test_the_runs_screen_and_a_runs_page_have_theirs(tmp_path: Path) -> None:
    a_history(tmp_path)

    async def look(pilot: P) -> None:
        await until(pilot, lambda: pilot.app.screen.query(RunsTable) and focused(pilot) == "runs-table")
        await until(pilot, lambda: pilot.app.screen.query_one(RunsTable).row_count == 5)
        await pilot.press("ctrl+o")
        await settle(pilot)
        assert sorted(labels(pilot)) == ["p", "t"]
        assert "f Filter" in footer(pilot)
        await pilot.press("p")
        await until(pilot, lambda: focused(pilot) == "runs-page")
        await pilot.press("ctrl+o", "f")
        await until(pilot, lambda: isinstance(pilot.app.screen.focused, Input))
        await pilot.press("c", "ctrl+o", "t")  # from a line that is being typed, too
        await until(pilot, lambda: focused(pilot) == "runs-table")
        assert pilot.app.screen.query_one(Input).value == "c"
        await pilot.press("escape", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))
        await settle(pilot)
        await pilot.press("ctrl+o")
        await settle(pilot)
        assert "p Page" in footer(pilot)
        await pilot.press("1")
        await until(pilot, lambda: isinstance(pilot.app.screen, TrainScreen))
        await pilot.press("5")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunsScreen))

    over_runs(tmp_path, look)


@on_screen(120, 40)
async def test_what_was_being_typed_is_let_go(pilot: P) -> None:
    form = pilot.app.screen.query_one(SettingsForm)
    form.chosen = "train.epochs"
    await pilot.press("enter", "7")
    assert "t train" not in footer(pilot)
    await pilot.press("ctrl+o", "c")
    await settle(pilot)
    assert form.entry is None
    app: Any = pilot.app
    assert app.config.train.epochs == 2


@on_screen(120, 40)
async def test_a_new_size_and_a_click_end_it(pilot: P) -> None:
    await pilot.press("ctrl+o")
    await settle(pilot)
    await pilot.resize_terminal(100, 30)
    await settle(pilot)
    assert labels(pilot) == {}
    assert focused(pilot) == "form"
    for place in ((0, 0), (20, 5)):  # on the letter, and elsewhere on the panel
        await pilot.press("home", "ctrl+o")
        await settle(pilot)
        await pilot.click("#samples", offset=place)
        await settle(pilot)
        assert labels(pilot) == {}
        assert focused(pilot) == "samples"
        await pilot.press("tab")


@on_screen(120, 40, style=TerminalStyle("none", unicode=False))
async def test_letters_are_read_without_colour_and_in_ascii(pilot: P) -> None:
    await pilot.press("ctrl+o")
    await settle(pilot)
    rows = screen_text(pilot).split("\n")
    assert "[a]" in rows[2]
    assert "[l]" in rows[2]
    assert screen_text(pilot).isascii()
    strip = next(iter(pilot.app.screen.query(JumpLabel)))._strips[0]
    assert all(segment.style is not None and segment.style.reverse for segment in strip)


@given(st.lists(st.text(max_size=6), max_size=24), st.sets(st.sampled_from("abcdef")))
def test_no_two_panels_share_a_letter(names: list[str], taken: set[str]) -> None:
    letters = letters_for(names, "".join(taken))
    assert len(set(letters)) == len(letters) == min(len(names), 26 - len(taken))
    assert taken.isdisjoint(letters)
    assert all("a" <= letter <= "z" for letter in letters)
