"""The command palette: what it offers as things stand, and what its own commands do."""

import asyncio
from pathlib import Path

from recorded_run import RecordedSource, begun, on_screen, screen_text, settle, whole_run
from run_folders import a_history, over_runs, until
from textual.app import SystemCommand
from textual.command import CommandPalette
from textual.pilot import Pilot

from signtui.render.terminal import TerminalStyle
from signtui.tui.app import DashboardApp
from signtui.tui.widgets.runs_table import RunsTable

P = Pilot[int]


def commands(pilot: P) -> dict[str, SystemCommand]:
    return {command.title: command for command in pilot.app.get_system_commands(pilot.app.screen)}


async def choose(pilot: P, title: str) -> None:
    """Type the name into the palette and take the first that it finds."""
    await pilot.press("ctrl+p")
    await until(pilot, lambda: isinstance(pilot.app.screen, CommandPalette))
    await pilot.press(*("space" if letter == " " else letter for letter in title.lower()))
    await until(pilot, lambda: pilot.app.screen.query("CommandList").first().option_count)  # type: ignore[attr-defined]  # a list of options
    await asyncio.sleep(0)
    await settle(pilot)
    await pilot.press("enter")
    await until(pilot, lambda: not isinstance(pilot.app.screen, CommandPalette))
    await settle(pilot)


def app(pilot: P) -> DashboardApp:
    assert isinstance(pilot.app, DashboardApp)
    return pilot.app


@on_screen()
async def test_before_any_run_there_is_nothing_about_one(pilot: P) -> None:
    titles = commands(pilot)
    assert "Train" in titles
    for absent in (
        "Pause",
        "Stop",
        "Go on",
        "Copy the path of this run",
        "Settings as configured",
        "Palette",
    ):
        assert absent not in titles
    assert "Show Train" not in titles
    assert "Show Runs" in titles
    assert "Theme: dark" not in titles
    assert "Theme: as configured" not in titles


@on_screen(events=whole_run())
async def test_after_a_run_its_path_can_be_copied_and_it_can_not_be_stopped(
    pilot: P, source: RecordedSource
) -> None:
    assert "Stop" not in commands(pilot)
    await choose(pilot, "Copy the path of this run")
    assert app(pilot).clipboard == str(source.folder.path.resolve())
    await choose(pilot, "Copy the path of the runs folder")
    assert app(pilot).clipboard == str(Path("runs").resolve())


@on_screen(events=begun(20))
async def test_steps_by_one_are_for_keys_alone(pilot: P, source: RecordedSource) -> None:
    assert not {"Change", "Block", "Panel"} & set(commands(pilot))
    assert "wait after this step (key space)" in commands(pilot)["Pause"].help


@on_screen(80, 24)
async def test_it_goes_to_panels_also_to_hidden_ones(pilot: P) -> None:
    assert "Go to Configure" not in commands(pilot)
    await choose(pilot, "Go to Samples")
    assert pilot.app.screen.focused is not None
    assert pilot.app.screen.focused.id == "samples"
    assert "Samples" in screen_text(pilot)


@on_screen(style=TerminalStyle("none", unicode=False))
async def test_in_ascii_all_of_it_is_ascii(pilot: P) -> None:
    await pilot.press("ctrl+p")
    await until(pilot, lambda: isinstance(pilot.app.screen, CommandPalette))
    await settle(pilot)
    text = screen_text(pilot)
    assert "Copy the command of this run" in text
    assert text.isascii(), sorted({character for character in text if not character.isascii()})


def test_on_the_runs_screen_it_is_about_the_chosen_run(tmp_path: Path) -> None:
    folders = a_history(tmp_path)

    async def look(pilot: P) -> None:
        await until(pilot, lambda: pilot.app.screen.query(RunsTable))
        await until(pilot, lambda: pilot.app.screen.query_one(RunsTable).row_count == 5)
        assert commands(pilot)["Copy the path of this run"].help == folders["live"].id
        assert "Watch" in commands(pilot)
        assert "Compare" not in commands(pilot)
        await pilot.press("end")
        await settle(pilot)
        assert commands(pilot)["Copy the path of this run"].help == folders["plain"].id
        assert "Watch" not in commands(pilot)

    over_runs(tmp_path, look)
