"""The Runs screen by its keys, over real run folders."""

from pathlib import Path
from typing import Any

import pytest
from held_out_runs import held_out_run
from recorded_run import begun, epoch_ended, run_ended, screen_text, step
from run_folders import a_history, make_run, over_runs, refuse, until
from textual.pilot import Pilot
from textual.widgets import Input

from signtui.config import Config
from signtui.events import encode
from signtui.render.terminal import TerminalStyle
from signtui.runs.folder import RunFolder, run_folders
from signtui.runs.labels import read_labels
from signtui.tui.app import DashboardApp, Engine
from signtui.tui.screens.questions import ConfirmScreen, EditLineScreen
from signtui.tui.screens.run import RunScreen
from signtui.tui.screens.runs import RunsListed, RunsScreen
from signtui.tui.screens.train import TrainScreen
from signtui.tui.sources import LogSource
from signtui.tui.widgets.chart import CurveChart
from signtui.tui.widgets.footer import Footer
from signtui.tui.widgets.lines import Lines
from signtui.tui.widgets.run_view import RunView
from signtui.tui.widgets.runs_table import RunsTable

P = Pilot[int]


def app(pilot: P) -> DashboardApp:
    assert isinstance(pilot.app, DashboardApp)
    return pilot.app


def screen(pilot: P) -> RunsScreen:
    found = pilot.app.screen
    assert isinstance(found, RunsScreen)
    return found


def table(pilot: P) -> RunsTable:
    return screen(pilot).query_one(RunsTable)


def names(pilot: P) -> list[str]:
    """The runs on the table, from the top, by their first word."""
    place = list(table(pilot).columns).index("name")  # type: ignore[arg-type]  # keys compare to their names
    rows = (table(pilot).get_row_at(row) for row in range(table(pilot).row_count))
    return [str(row[place]).partition("-")[0] for row in rows]


def line(pilot: P) -> str:
    return screen(pilot).query_one("#runs-line", Lines).shown


def page(pilot: P) -> str:
    return pilot.app.screen.query_one(RunView).shown


def footer(pilot: P) -> str:
    return pilot.app.screen.query_one(Footer).shown


def told(pilot: P) -> list[str]:
    return [notification.message for notification in pilot.app._notifications]


async def listed(pilot: P, count: int = 5) -> None:
    await until(pilot, lambda: pilot.app.screen.query(RunsTable) and table(pilot).row_count == count)


async def go_to(pilot: P, name: str) -> None:
    """Put the cursor on the run whose name starts so."""
    for _ in names(pilot):
        if names(pilot)[table(pilot).cursor_row] == name:
            break
        await pilot.press("down")
    await pilot.pause()


def test_live_run_stands_first_and_then_the_newest(tmp_path: Path) -> None:
    a_history(tmp_path)

    async def test(pilot: P) -> None:
        await listed(pilot)
        assert names(pilot) == ["swift", "glad", "keen", "calm", "brisk"]
        assert "5 runs   1 live   by started" in line(pilot)

    over_runs(tmp_path, test)


@pytest.mark.parametrize(
    ("size", "style"),
    [
        ((80, 24), TerminalStyle("none", unicode=False)),
        ((120, 40), TerminalStyle("none", unicode=False)),
        ((120, 40), TerminalStyle("256", unicode=True)),
        ((200, 60), TerminalStyle("truecolor", unicode=True)),
    ],
    ids=["80x24-ascii", "120x40-ascii", "120x40-256", "200x60-truecolor"],
)
def test_every_size_shows_status_scores_and_what_is_synthetic(
    tmp_path: Path, size: tuple[int, int], style: TerminalStyle
) -> None:
    a_history(tmp_path)

    async def test(pilot: P) -> None:
        await listed(pilot)
        await until(pilot, lambda: "calm-otter-01" in screen_text(pilot))
        shown = screen_text(pilot)
        calm = next(row for row in shown.split("\n") if "calm-otter-01" in row)
        assert "synthetic" in calm
        assert "97.5" in calm
        assert any("lost" in row for row in shown.split("\n") if "glad-fox-03" in row)
        assert all(len(row) <= size[0] for row in shown.split("\n"))
        if not style.unicode:
            assert "+ finished" in calm
            assert screen_text(pilot).isascii()
        beside = size[0] >= 120
        assert screen(pilot).query_one(RunView).display == beside
        if beside:
            await until(pilot, lambda: "Accuracy" in page(pilot))
            await until(pilot, lambda: "Accuracy" in screen_text(pilot))
        if size[0] == 200:
            assert "night" in shown
            assert "71,240" in shown

    over_runs(tmp_path, test, size, style)


@pytest.mark.parametrize("size", [(80, 24), (200, 60)], ids=["80x24", "200x60"])
def test_how_a_group_held_out_was_read_has_a_column_where_a_run_held_one_out(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    a_history(tmp_path)

    async def test(pilot: P) -> None:
        await listed(pilot)
        assert "held_out" not in table(pilot).columns
        held_out_run(tmp_path, "bo", time=1.0)
        screen(pilot).look()
        await listed(pilot, 6)
        place = list(table(pilot).columns).index("held_out")  # type: ignore[arg-type]  # as in `names`
        cells = [str(table(pilot).get_row_at(row)[place]).strip() for row in range(6)]
        assert cells == ["-", "-", "-", "-", "-", "75.0"]
        await until(pilot, lambda: "held-out %" in screen_text(pilot))

    over_runs(tmp_path, test, size)


def test_folds_show_how_their_group_was_read_instead_of_an_empty_test_column(tmp_path: Path) -> None:
    for group in ("ann", "bo"):
        held_out_run(tmp_path, group)

    async def test(pilot: P) -> None:
        await listed(pilot, 2)
        assert "held_out" in table(pilot).columns
        assert "test" not in table(pilot).columns

    over_runs(tmp_path, test, (120, 40))


def test_no_runs_is_said_with_what_to_do(tmp_path: Path) -> None:
    async def test(pilot: P) -> None:
        await until(pilot, lambda: "No runs yet in" in screen_text(pilot))
        assert "1 shows the Train screen" in screen_text(pilot)
        await until(pilot, lambda: "delete" not in footer(pilot))
        await until(pilot, lambda: "note" not in footer(pilot))
        make_run(tmp_path / "runs", "100000-brisk-heron-3f")
        screen(pilot).look()
        await listed(pilot, 1)

    over_runs(tmp_path / "runs", test)


def test_order_goes_through_the_columns_and_turns_round(tmp_path: Path) -> None:
    a_history(tmp_path)

    async def test(pilot: P) -> None:
        await listed(pilot)
        await pilot.press("o")
        assert "by validation" in line(pilot)
        assert names(pilot)[0] == "swift"
        assert names(pilot).index("brisk") < names(pilot).index("glad")
        await pilot.press("O")
        assert "by validation, turned round" in line(pilot)
        assert names(pilot).index("brisk") > names(pilot).index("glad")

    over_runs(tmp_path, test, (200, 60))


def test_filter_narrows_the_table_as_it_is_written(tmp_path: Path) -> None:
    a_history(tmp_path)

    async def test(pilot: P) -> None:
        await listed(pilot)
        await pilot.press("slash", *"status=finished preset=tiny")
        await listed(pilot, 1)
        assert names(pilot) == ["calm"]
        assert "1 of 5 runs" in line(pilot)
        await pilot.press("enter")
        assert pilot.app.focused is table(pilot)
        await pilot.press("escape")
        await listed(pilot, 5)
        assert not screen(pilot).query_one(Input).display

    over_runs(tmp_path, test)


def test_a_condition_without_sense_is_told_and_the_others_hold(tmp_path: Path) -> None:
    a_history(tmp_path)

    async def test(pilot: P) -> None:
        await listed(pilot)
        await pilot.press("slash", *"val>high")
        await until(pilot, lambda: "needs a number" in line(pilot))
        assert table(pilot).row_count == 5
        await pilot.press(*" preset=tiny")
        await listed(pilot, 1)

    over_runs(tmp_path, test)


def test_a_filter_that_nothing_meets_says_how_to_undo_it(tmp_path: Path) -> None:
    a_history(tmp_path)

    async def test(pilot: P) -> None:
        await listed(pilot)
        await pilot.press("slash", *"zebra")
        await until(pilot, lambda: "No run is like that." in screen_text(pilot))
        await pilot.press("escape")
        await listed(pilot)

    over_runs(tmp_path, test)


def test_a_lost_process_is_said_beside_the_table_and_can_be_resumed(tmp_path: Path) -> None:
    folders = a_history(tmp_path)
    asked: list[tuple[RunFolder, dict[str, Any]]] = []

    def resume(folder: RunFolder, changes: dict[str, Any]) -> Any:
        asked.append((folder, changes))
        return LogSource(folder)

    async def test(pilot: P) -> None:
        await listed(pilot)
        await until(pilot, lambda: "resume" not in footer(pilot))
        await go_to(pilot, "glad")
        await until(pilot, lambda: "Its process is gone without a last word" in page(pilot))
        await until(pilot, lambda: "r resume" in footer(pilot))
        await pilot.press("r")
        await until(pilot, lambda: asked and app(pilot).current_mode == "train")
        assert asked == [(folders["lost"], {})]

    over_runs(tmp_path, test, engine=Engine(lambda: None, refuse, resume))


def test_marked_runs_lay_their_curves_over_each_other_with_their_differences(tmp_path: Path) -> None:
    a_history(tmp_path)

    async def test(pilot: P) -> None:
        await listed(pilot)
        await until(pilot, lambda: "compare" not in footer(pilot))
        await go_to(pilot, "calm")
        await pilot.press("space", "space")
        await until(pilot, lambda: "Settings that differ" in page(pilot))
        assert "2 marked" in line(pilot)
        await until(pilot, lambda: "c compare" in footer(pilot))
        first, second = page(pilot).split("\n")[1:3]
        assert first.startswith("● calm-otter-01")
        assert second.startswith("▲ brisk-heron-3f")
        assert "Validation accuracy" in page(pilot)
        assert "train.epochs" in page(pilot)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen) and "train.epochs" in page(pilot))
        await pilot.press("escape", "escape")
        await until(pilot, lambda: "marked" not in line(pilot))

    over_runs(tmp_path, test, (160, 50))


def test_a_seventh_mark_is_refused(tmp_path: Path) -> None:
    for number in range(7):
        make_run(tmp_path, f"10000{number}-brisk-heron-3{number}")

    async def test(pilot: P) -> None:
        await listed(pilot, 7)
        await pilot.press(*["space"] * 7)
        await pilot.pause()
        assert "6 marked" in line(pilot)

    over_runs(tmp_path, test)


def test_enter_opens_the_whole_page_and_escape_comes_back(tmp_path: Path) -> None:
    a_history(tmp_path)

    async def test(pilot: P) -> None:
        await listed(pilot)
        await go_to(pilot, "brisk")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen) and "Confusion" in page(pilot))
        assert "brisk-heron-3f" in screen_text(pilot)
        assert "Most confused" in page(pilot)
        before = screen_text(pilot)
        await pilot.press("pagedown")
        await until(pilot, lambda: screen_text(pilot) != before)
        await pilot.press("escape")
        assert names(pilot)[table(pilot).cursor_row] == "brisk"

    over_runs(tmp_path, test, (80, 24))


def test_notes_and_tags_are_edited_and_kept(tmp_path: Path) -> None:
    folder = a_history(tmp_path)["plain"]

    async def test(pilot: P) -> None:
        await listed(pilot)
        await go_to(pilot, "brisk")
        await pilot.press("n")
        await until(pilot, lambda: isinstance(pilot.app.screen, EditLineScreen))
        assert "brisk-heron-3f" in screen_text(pilot)
        await pilot.press(*", a good one", "enter")
        await until(pilot, lambda: read_labels(folder.labels).notes == "first try, a good one")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunsScreen))
        await pilot.press("g")
        await until(pilot, lambda: isinstance(pilot.app.screen, EditLineScreen))
        await pilot.press(*" #wide, night", "enter")
        await until(pilot, lambda: read_labels(folder.labels).tags == ("night", "wide"))
        await until(pilot, lambda: isinstance(pilot.app.screen, RunsScreen))
        await until(pilot, lambda: "night wide" in screen_text(pilot))
        await pilot.press("n", *" never mind", "escape")
        await pilot.pause()
        assert read_labels(folder.labels).notes == "first try, a good one"

    over_runs(tmp_path, test, (200, 60))


def test_delete_asks_moves_to_the_trash_and_is_undone(tmp_path: Path) -> None:
    folder = a_history(tmp_path)["plain"]

    async def test(pilot: P) -> None:
        await listed(pilot)
        await until(pilot, lambda: "undelete" not in footer(pilot))
        await go_to(pilot, "brisk")
        await pilot.press("x")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen))
        assert "Delete brisk-heron-3f?" in screen_text(pilot)
        await pilot.press("n")
        assert folder.events.exists()
        await pilot.press("x", "y")
        await listed(pilot, 4)
        assert not folder.path.exists()
        assert (tmp_path / ".trash" / folder.id).is_dir()
        await pilot.press("z")
        await listed(pilot, 5)
        assert folder.events.exists()

    over_runs(tmp_path, test)


def test_a_live_run_is_not_offered_for_deletion_but_can_be_watched(tmp_path: Path) -> None:
    folder = a_history(tmp_path)["live"]

    async def test(pilot: P) -> None:
        await listed(pilot)
        await until(pilot, lambda: "w watch" in footer(pilot))
        await until(pilot, lambda: "delete" not in footer(pilot))
        await pilot.press("x")
        assert isinstance(pilot.app.screen, RunsScreen)
        await pilot.press("w")
        await until(pilot, lambda: app(pilot).current_mode == "train")
        watched = app(pilot).watched
        assert watched is not None
        assert watched.source.folder == folder
        assert watched.state.progress.step == 20

    over_runs(tmp_path, test)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
def test_the_curves_of_a_finished_run_open_on_the_train_screen(tmp_path: Path, size: tuple[int, int]) -> None:
    folder = a_history(tmp_path)["plain"]

    async def test(pilot: P) -> None:
        await listed(pilot)
        await go_to(pilot, "brisk")
        await until(pilot, lambda: "w curves" in footer(pilot))
        assert "w watch" not in footer(pilot)
        await pilot.press("w")
        await until(pilot, lambda: isinstance(pilot.app.screen, TrainScreen))
        chart = pilot.app.screen.query_one("#accuracy", CurveChart)
        await until(pilot, lambda: chart.has_focus and "┤" in chart.shown)
        watched = app(pilot).watched
        assert watched is not None
        assert (watched.source.folder, watched.status) == (folder, "finished")
        await pilot.press("+")
        await until(pilot, lambda: "0.5-1.5" in chart.shown and chart.is_settled)
        text = screen_text(pilot)
        assert "✓ finished  12.0 s" in text
        assert "test 97.7 % of 483 images" in text
        assert "t train" in footer(pilot)
        assert "pause" not in footer(pilot)

    over_runs(tmp_path, test, size)


def test_a_runs_settings_go_into_the_form(tmp_path: Path) -> None:
    a_history(tmp_path)

    async def test(pilot: P) -> None:
        await listed(pilot)
        heard: list[Config] = []
        app(pilot).config_edited.subscribe(app(pilot).screen, heard.append)
        await go_to(pilot, "calm")
        await pilot.press("u")
        await until(pilot, lambda: app(pilot).current_mode == "train")
        assert app(pilot).config.preset == "tiny"
        assert app(pilot).config.train.epochs == 4
        assert app(pilot).config.runs.directory == str(tmp_path)
        assert heard == [app(pilot).config]

    over_runs(tmp_path, test)


def test_export_writes_the_epochs_and_shows_where(tmp_path: Path) -> None:
    folder = a_history(tmp_path)["plain"]

    async def test(pilot: P) -> None:
        await listed(pilot)
        await go_to(pilot, "brisk")
        await pilot.press("e")
        await until(pilot, (folder.path / "epochs.csv").exists)
        await until(pilot, lambda: told(pilot))
        assert told(pilot) == [f"epochs written to {folder.path / 'epochs.csv'}"]
        assert len((folder.path / "epochs.csv").read_text().splitlines()) == 3

    over_runs(tmp_path, test, (200, 60))


def test_a_live_run_goes_on_under_the_cursor(tmp_path: Path) -> None:
    folder = a_history(tmp_path)["live"]

    async def test(pilot: P) -> None:
        await listed(pilot)
        await go_to(pilot, "swift")
        with folder.events.open("ab") as file:
            for event in [*(step(number) for number in range(21, 41)), epoch_ended(1), run_ended(epochs=1)]:
                file.write(encode(event) + b"\n")
        screen(pilot).look()
        await until(pilot, lambda: "swift-wren-04" in screen_text(pilot) and "live" not in line(pilot))
        assert names(pilot)[table(pilot).cursor_row] == "swift"
        await until(pilot, lambda: "finished" in page(pilot))

    over_runs(tmp_path, test)


def test_an_unchanged_directory_is_not_drawn_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_history(tmp_path)

    async def test(pilot: P) -> None:
        await listed(pilot)
        heard: list[RunsListed] = []
        drawn: list[object] = []
        whole = RunsScreen.on_runs_listed

        def hear(self: RunsScreen, event: RunsListed) -> None:
            heard.append(event)
            whole(self, event)

        monkeypatch.setattr(RunsScreen, "on_runs_listed", hear)
        monkeypatch.setattr(RunsTable, "show_runs", lambda *_: drawn.append(1))
        screen(pilot).look()
        await until(pilot, lambda: heard)
        assert heard[0].runs == screen(pilot)._list.runs
        assert not drawn

    over_runs(tmp_path, test)


def test_nothing_is_looked_at_while_another_screen_is_shown(tmp_path: Path) -> None:
    a_history(tmp_path)

    async def test(pilot: P) -> None:
        await listed(pilot)
        runs = screen(pilot)
        await pilot.press("1")
        assert runs._timer is not None
        assert not runs._timer._active.is_set()
        await pilot.press("5")
        assert runs._timer._active.is_set()

    over_runs(tmp_path, test)


def test_a_runs_directory_that_cannot_be_read_is_told_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "runs"
    file.write_text("not a folder")

    async def test(pilot: P) -> None:
        await until(pilot, lambda: "can't read the runs directory" in screen_text(pilot).replace("\n", ""))

    over_runs(file, test)


def test_runs_left_by_a_crash_at_the_start_do_not_spoil_the_table(tmp_path: Path) -> None:
    make_run(tmp_path, "100000-brisk-heron-3f")
    broken = make_run(tmp_path, "110000-calm-otter-01", begun(1))
    broken.events.write_bytes(b"garbage\n")
    assert len(run_folders(tmp_path)) == 2

    async def test(pilot: P) -> None:
        await listed(pilot, 2)
        await go_to(pilot, "calm")
        await until(pilot, lambda: "calm-otter-01" in page(pilot))

    over_runs(tmp_path, test)
