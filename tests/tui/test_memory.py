"""What the dashboard remembers: theme, curves, folds, order and the form's settings; and when it does not."""

import asyncio
import os
import shlex
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_run import dashboard, screen_text, settle
from run_folders import a_history, until
from textual.pilot import Pilot

from signtui.config import Config, as_plain, preset_config
from signtui.render.terminal import TerminalStyle
from signtui.tui.app import DashboardApp
from signtui.tui.form_memory import FormMemory
from signtui.tui.memory import Memory, state_file
from signtui.tui.screens.runs import RunsScreen
from signtui.tui.theme import theme_for
from signtui.tui.widgets.chart import CurveChart
from signtui.tui.widgets.footer import Footer
from signtui.tui.widgets.form import SettingsForm
from signtui.tui.widgets.runs_table import RunsTable

P = Pilot[int]


def changed(config: Config, section: str, **values: Any) -> Config:
    return msgspec.structs.replace(
        config, **{section: msgspec.structs.replace(getattr(config, section), **values)}
    )


def visit(
    test: Callable[[P], Awaitable[None]],
    config: Config | None = None,
    *,
    edits: bool = True,
    size: tuple[int, int] = (120, 40),
) -> None:
    """Open the dashboard as `signtui` does, run `test`, and leave it."""
    config = config or Config()
    memory = Memory(state_file() if config.ui.remember else None)
    plain = dashboard()

    async def go() -> None:
        app = DashboardApp(
            config,
            TerminalStyle("truecolor", unicode=True),
            plain.engine,
            memory=memory,
            form_memory=FormMemory(config, memory if edits else None),
            poll_seconds=None,
        )
        async with app.run_test(size=size) as pilot:
            await settle(pilot)
            await test(pilot)

    asyncio.run(go())
    memory.save()


def app(pilot: P) -> DashboardApp:
    assert isinstance(pilot.app, DashboardApp)
    return pilot.app


def form(pilot: P) -> SettingsForm:
    return pilot.app.screen.query_one(SettingsForm)


async def choose(pilot: P, title: str) -> None:
    """Do what the palette calls so."""
    command = next(c for c in pilot.app.get_system_commands(pilot.app.screen) if c.title == title)
    result = command.callback()
    if result is not None:
        await result  # type: ignore[misc]  # some are coroutines
    await settle(pilot)


def titles(pilot: P) -> list[str]:
    return [command.title for command in pilot.app.get_system_commands(pilot.app.screen)]


async def edit(pilot: P) -> None:
    form(pilot).chosen = "train.epochs"
    await pilot.press("right")


async def nothing(pilot: P) -> None:
    pass


def test_edited_settings_are_taken_up_again_and_said_to_be() -> None:
    visit(edit)

    async def again(pilot: P) -> None:
        assert app(pilot).config.train.epochs == 3
        assert "as you left them (R: as configured)" in screen_text(pilot)
        assert "Settings as configured" in titles(pilot)

    visit(again)
    visit(again, size=(80, 24))


def test_capital_r_takes_back_every_edit_for_good() -> None:
    visit(edit)

    async def forget(pilot: P) -> None:
        await pilot.press("R")
        assert app(pilot).config == Config()
        assert "as you left them" not in screen_text(pilot)
        assert "Settings as configured" not in titles(pilot)
        await pilot.press("R")

    async def configured(pilot: P) -> None:
        assert app(pilot).config == Config()

    visit(forget)
    visit(configured)


def test_the_palette_takes_back_every_edit_too() -> None:
    async def both(pilot: P) -> None:
        await edit(pilot)
        await choose(pilot, "Settings as configured")
        assert app(pilot).config == Config()

    visit(both)


@pytest.mark.parametrize(
    "other",
    [
        preset_config("tiny"),
        changed(Config(), "train", seed=4),
        changed(Config(), "data", directory="elsewhere"),
    ],
    ids=["preset", "seed", "data"],
)
def test_another_start_wins_over_what_was_edited(other: Config) -> None:
    visit(edit)

    async def as_it_starts(pilot: P) -> None:
        assert app(pilot).config == other

    visit(as_it_starts, other)


def test_how_things_look_is_no_other_start() -> None:
    visit(edit)
    light = changed(Config(), "ui", theme="light")

    async def again(pilot: P) -> None:
        assert app(pilot).config == changed(light, "train", epochs=3)

    visit(again, light)


def test_a_start_that_trains_neither_takes_edits_up_nor_touches_them() -> None:
    visit(edit)

    async def other_edit(pilot: P) -> None:
        assert app(pilot).config == Config()
        form(pilot).chosen = "train.epochs"
        await pilot.press("left")

    async def again(pilot: P) -> None:
        assert app(pilot).config.train.epochs == 3

    visit(other_edit, edits=False)
    visit(again)


def test_edits_made_and_taken_back_by_hand_leave_nothing() -> None:
    async def there_and_back(pilot: P) -> None:
        await edit(pilot)
        await pilot.press("left")

    visit(there_and_back)

    async def quiet(pilot: P) -> None:
        assert "as you left them" not in screen_text(pilot)

    visit(quiet)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"version": 1, "form": {"start": 3}, "theme": "blue", "form.folds": 7, "runs.order": ["x"]}',
        b'{"version": 1, "theme": {"name": "pink", "over": "auto"}, "runs.order": ["nonsense", true]}',
        b'{"version": 1, "chart.loss": {"unit": "weeks", "smoothing": 0.6}, "form.folds": ["nowhere"]}',
        b'{"version": 1, "chart.loss": {"unit": "step", "smoothing": 0.5, "log": true}}',
        b'{"version": 99, "theme": {"name": "light", "over": "auto"}}',
        b"\xff\xfe\x00",
    ],
)
def test_a_damaged_or_foreign_file_is_as_if_it_were_not_there(state_directory: Path, content: bytes) -> None:
    (state_directory / "dashboard.json").write_bytes(content)

    async def look(pilot: P) -> None:
        assert app(pilot).config == Config()
        assert app(pilot).theme == "dark"
        await pilot.press("5")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunsScreen))
        await settle(pilot)

    visit(look)


def test_a_newer_file_is_left_alone(state_directory: Path) -> None:
    content = b'{"version": 99, "theme": {"name": "light"}}'
    (state_directory / "dashboard.json").write_bytes(content)
    visit(edit)
    assert (state_directory / "dashboard.json").read_bytes() == content


def test_edits_that_no_longer_make_settings_are_let_go(state_directory: Path) -> None:
    visit(edit)
    path = state_directory / "dashboard.json"
    path.write_bytes(path.read_bytes().replace(b'"epochs": 3', b'"epochs": -3'))

    async def as_configured(pilot: P) -> None:
        assert app(pilot).config == Config()

    visit(as_configured)


@pytest.mark.skipif(os.name != "posix", reason="a folder is made read-only by its mode")
def test_where_nothing_can_be_written_nothing_is_said(
    state_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_way = state_directory / "file"
    in_the_way.write_text("")
    monkeypatch.setenv("SIGNTUI_STATE_DIR", str(in_the_way / "below"))
    visit(edit)
    assert in_the_way.read_text() == ""


def test_remember_off_neither_reads_nor_writes(state_directory: Path) -> None:
    visit(edit)
    before = (state_directory / "dashboard.json").read_bytes()
    off = changed(Config(), "ui", remember=False)

    async def other(pilot: P) -> None:
        assert app(pilot).config == off
        await pilot.press("right")

    visit(other, off)
    assert (state_directory / "dashboard.json").read_bytes() == before


def test_folds_curves_and_order_are_as_they_were(tmp_path: Path) -> None:
    a_history(tmp_path)
    config = changed(Config(), "runs", directory=str(tmp_path))

    async def change(pilot: P) -> None:
        form(pilot).chosen = "model.blocks.1"
        await pilot.press("right", "tab", "m", "x", "l")
        await pilot.press("5")
        await until(pilot, lambda: pilot.app.screen.query(RunsTable))
        await until(pilot, lambda: pilot.app.screen.query_one(RunsTable).row_count == 5)
        await pilot.press("o", "O")
        await settle(pilot)

    async def look(pilot: P) -> None:
        assert "filters" in form(pilot).shown
        accuracy, loss = pilot.app.screen.query(CurveChart)
        assert (accuracy.view.unit, accuracy.view.smoothing, accuracy.view.log) == ("step", 0.9, True)
        assert (loss.view.unit, loss.view.smoothing, loss.view.log) == ("step", 0.9, False)
        await pilot.press("5")
        await until(pilot, lambda: pilot.app.screen.query(RunsTable))
        await until(pilot, lambda: pilot.app.screen.query_one(RunsTable).row_count == 5)
        assert "turned round" in screen_text(pilot)
        assert "by started" not in screen_text(pilot)

    visit(change, config)
    visit(look, config)


def test_a_theme_chosen_in_the_palette_stays_until_the_setting_changes() -> None:
    async def choose_light(pilot: P) -> None:
        assert "Theme: as configured" not in titles(pilot)
        await choose(pilot, "Theme: light")
        assert app(pilot).theme == "light"

    async def is_light(pilot: P) -> None:
        assert app(pilot).theme == "light"

    async def is_contrast(pilot: P) -> None:
        assert app(pilot).theme == "high-contrast"

    async def reset(pilot: P) -> None:
        await choose(pilot, "Theme: as configured")
        assert app(pilot).theme == "dark"

    async def is_dark(pilot: P) -> None:
        assert app(pilot).theme == "dark"

    visit(choose_light)
    visit(is_light)
    visit(is_contrast, changed(Config(), "ui", theme="high-contrast"))
    visit(reset)
    visit(is_dark)


@pytest.mark.parametrize(
    ("setting", "colour", "environment", "theme"),
    [
        ("auto", "truecolor", {}, "dark"),
        ("auto", "256", {"COLORFGBG": "0;15"}, "light"),
        ("auto", "truecolor", {"COLORFGBG": "15;default;0"}, "dark"),
        ("auto", "truecolor", {"COLORFGBG": "nonsense"}, "dark"),
        ("auto", "16", {"COLORFGBG": "0;15"}, "terminal"),
        ("auto", "none", {}, "terminal"),
        ("light", "16", {}, "light"),
        ("high-contrast", "truecolor", {"COLORFGBG": "0;15"}, "high-contrast"),
    ],
)
def test_auto_goes_by_the_terminal(
    setting: str, colour: Any, environment: dict[str, str], theme: str
) -> None:
    assert theme_for(setting, colour, environment) == theme


def test_two_dashboards_leave_each_other_what_they_did_not_touch(tmp_path: Path) -> None:
    path = tmp_path / "new" / "dashboard.json"
    one, other = Memory(path), Memory(path)
    one.keep("form.folds", ["a"])
    other.keep("runs.order", ["test", True])
    one.save()
    other.save()
    again = Memory(path)
    assert again.recall("form.folds", list[str]) == ["a"]
    assert again.recall("runs.order", tuple[str, bool]) == ("test", True)
    again.keep("form.folds", None)
    again.save()
    assert Memory(path).recall("form.folds", list[str]) is None
    assert list(path.parent.iterdir()) == [path]


def test_what_changes_is_written_before_leaving(tmp_path: Path) -> None:
    path = tmp_path / "dashboard.json"
    memory = Memory(path)
    memory.keep("form.folds", ["a"])
    assert memory.saving is not None
    memory.saving.join()
    assert Memory(path).recall("form.folds", list[str]) == ["a"]


@settings(deadline=None)
@given(st.sampled_from(["fast", "tutorial", "tiny", "accurate"]), st.integers(1, 50), st.floats(0, 0.5))
def test_any_edit_comes_back_as_it_was(preset: str, epochs: int, shift: float) -> None:
    memory = Memory()
    edited = changed(changed(preset_config(preset), "train", epochs=epochs), "augment", shift=shift)
    FormMemory(Config(), memory).keep(edited)
    taken_up = FormMemory(Config(), memory).taken_up
    assert as_plain(taken_up) == as_plain(edited)


def test_the_footer_never_says_what_the_form_would_swallow() -> None:
    async def typed(pilot: P) -> None:
        form(pilot).chosen = "train.epochs"
        await pilot.press("enter")
        await settle(pilot)
        shown = pilot.app.screen.query_one(Footer).shown
        assert "t train" not in shown
        assert "q quit" not in shown
        await pilot.press("escape")
        await settle(pilot)
        assert "t train" in pilot.app.screen.query_one(Footer).shown

    visit(typed)


def test_the_copied_command_is_of_the_form(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("SIGNTUI_") and name != "SIGNTUI_STATE_DIR":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    async def copy(pilot: P) -> None:
        await edit(pilot)
        await choose(pilot, "Copy the command of this run")
        assert shlex.split(app(pilot).clipboard) == ["signtui", "train", "--preset", "fast", "--epochs", "3"]

    visit(copy)
