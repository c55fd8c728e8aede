"""The Signers screen by its keys, over series in a runs folder, and a series trained from it."""

import asyncio
import json
from pathlib import Path

import pytest
from held_out_runs import held_out_run
from msgspec.structs import replace
from recorded_run import TRUECOLOR, screen_text, settle
from recorded_series import SIGNERS, P, RecordedSeriesEngine, a_series, config_over, over, screen
from run_folders import until

from signtui.config import Config
from signtui.runs.folder import run_folders
from signtui.runs.series import SeriesReader
from signtui.training.leave_one_out import LeaveOneOut
from signtui.tui import launch
from signtui.tui.app import DashboardApp
from signtui.tui.screens.signers import SignersScreen
from signtui.tui.widgets.signers_panels import FoldsPanel, HandConfusionPanel, HandLettersPanel


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("SIGNTUI_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "signers-cache"))


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "runs"


def done_of_first(signers: SignersScreen) -> int:
    """Folds done of the series that is listed first; 0 while none is."""
    series = signers.signers.series
    return len(series[0].done) if series else 0


def shown(pilot: P, kind: type[FoldsPanel] | type[HandLettersPanel] | type[HandConfusionPanel]) -> str:
    return screen(pilot).query_one(kind).shown


def test_signers_letters_and_confusion_are_shown_with_mean_and_worst(runs, signed_shapes) -> None:
    a_series(runs)

    async def test(pilot: P, recorded: RecordedSeriesEngine) -> None:
        folds = shown(pilot, FoldsPanel)
        assert "preset fast · seed 0 · 7 of 7 signers" in folds
        assert "mean 86.8 %" in folds
        assert "worst 73.9 % signer 4" in folds
        assert "best 93.9 % signer 2" in folds
        assert "mean of 7 signers" in shown(pilot, HandLettersPanel)
        confusion = shown(pilot, HandConfusionPanel)
        assert "mean of 7 signers never seen" in confusion
        assert "A > A  87.8 % of A  right" in confusion

    over(runs, test, data=signed_shapes)


def test_arrows_choose_a_signer_and_space_shows_that_hand_alone(runs, signed_shapes) -> None:
    a_series(runs)

    async def test(pilot: P, recorded: RecordedSeriesEngine) -> None:
        await pilot.press("down", "down", "down", "down", "up")
        assert screen(pilot).signers.fold.group == "4"
        await pilot.press("space")
        assert "signer 4 alone" in shown(pilot, HandLettersPanel)
        assert "A > A  75.0 % of A" in shown(pilot, HandConfusionPanel)
        await pilot.press("down")
        assert "signer 5 alone" in shown(pilot, HandLettersPanel)
        await pilot.press("space")
        assert "mean of 7 signers" in shown(pilot, HandLettersPanel)

    over(runs, test, data=signed_shapes)


def test_left_and_right_go_through_the_series_the_newest_first(runs, signed_shapes) -> None:
    a_series(runs)
    a_series(runs, 2, seed=5, time=5000.0)

    async def test(pilot: P, recorded: RecordedSeriesEngine) -> None:
        assert "seed 5 · 2 of 7 signers" in shown(pilot, FoldsPanel)
        assert "series 1 of 2" in shown(pilot, FoldsPanel)
        assert "to come" in shown(pilot, FoldsPanel)
        await pilot.press("right")
        assert "seed 0 · 7 of 7 signers" in shown(pilot, FoldsPanel)
        await pilot.press("left")
        assert "seed 5 · 2 of 7 signers" in shown(pilot, FoldsPanel)
        await pilot.press("left")
        assert "series 2 of 2" in shown(pilot, FoldsPanel)

    over(runs, test, data=signed_shapes)


def test_enter_opens_the_run_on_the_train_screen(runs, signed_shapes) -> None:
    a_series(runs)

    async def test(pilot: P, recorded: RecordedSeriesEngine) -> None:
        fold = screen(pilot).signers.fold
        await pilot.press("enter")
        await settle(pilot)
        app = pilot.app
        assert isinstance(app, DashboardApp)
        assert app.current_mode == "train"
        assert app.watched is not None
        assert app.watched.source.folder.id == fold.id
        await until(pilot, lambda: app.watched.state.ended, "its log was not read")
        app.poll_run(always=True)
        await settle(pilot)
        text = screen_text(pilot)
        assert "signer 1, never seen 88.9 % of 480 images" in text
        assert "most often misread M > N 7 of 20" in text

    over(runs, test, data=signed_shapes)


def test_the_letters_can_be_ordered_and_lead_to_their_row_of_the_confusion(runs, signed_shapes) -> None:
    a_series(runs)

    async def test(pilot: P, recorded: RecordedSeriesEngine) -> None:
        await pilot.press("tab")
        panel = screen(pilot).query_one(HandLettersPanel)
        assert panel.has_focus
        await pilot.press("o")
        assert "lowest mean" in panel.shown
        assert panel.shown.split("\n")[2].split()[1] == "M"
        await pilot.press("o")
        assert "lowest worst" in panel.shown
        await pilot.press("o", "down", "down", "up")
        assert panel.at == 1
        await pilot.press("enter")
        assert screen(pilot).query_one(HandConfusionPanel).has_focus
        assert screen(pilot).signers.cursor == (1, 2)
        assert "B > C  12.1 % of B" in shown(pilot, HandConfusionPanel)

    over(runs, test, data=signed_shapes)


def test_arrows_walk_the_confusion_and_n_goes_from_mistake_to_mistake(runs, signed_shapes) -> None:
    a_series(runs)

    async def test(pilot: P, recorded: RecordedSeriesEngine) -> None:
        await pilot.press("shift+tab")
        panel = screen(pilot).query_one(HandConfusionPanel)
        assert panel.has_focus
        await pilot.press("n")
        assert "M > N  37.1 % of M" in panel.shown
        await pilot.press("n")
        assert "A > B" in panel.shown
        await pilot.press("N")
        assert "M > N" in panel.shown
        await pilot.press("up", "left", "down", "right", "right")
        assert screen(pilot).signers.cursor == (11, 13)
        await pilot.press("shift+tab")
        assert screen(pilot).query_one(HandLettersPanel).has_focus

    over(runs, test, data=signed_shapes)


def test_the_cursor_of_the_confusion_does_not_outlive_its_series(runs, signed_shapes) -> None:
    a_series(runs)
    held_out_run(runs, "bo", time=500.0)

    async def test(pilot: P, recorded: RecordedSeriesEngine) -> None:
        panel = screen(pilot).query_one(HandConfusionPanel)
        panel.focus()
        await pilot.press("n")
        assert screen(pilot).signers.cursor == (11, 12)
        screen(pilot).query_one(FoldsPanel).focus()
        await pilot.press("right")
        assert "1 of 3 signers" in shown(pilot, FoldsPanel)
        assert screen(pilot).signers.cursor == (0, 0)
        assert "A > A  100 % of A" in panel.shown

    over(runs, test, data=signed_shapes)


def test_a_newer_series_of_fewer_letters_is_shown_from_its_first_cell(runs, signed_shapes) -> None:
    a_series(runs)

    async def test(pilot: P, recorded: RecordedSeriesEngine) -> None:
        panel = screen(pilot).query_one(HandConfusionPanel)
        panel.focus()
        await pilot.press("n")
        held_out_run(runs, "bo", time=5000.0)
        screen(pilot).look()
        await until(pilot, lambda: len(screen(pilot).signers.series) == 2, "the run was not found")
        await settle(pilot)
        assert screen(pilot).signers.cursor == (0, 0)
        assert "A > A  100 % of A" in panel.shown

    over(runs, test, data=signed_shapes)


def test_at_80_columns_tab_brings_one_part_after_another(runs, signed_shapes) -> None:
    a_series(runs)

    async def test(pilot: P, recorded: RecordedSeriesEngine) -> None:
        text = screen_text(pilot)
        assert "Signers  Letters  Confusion" in text
        assert "worst 73.9 % signer 4" in text
        assert "worst %" not in text
        assert max(map(len, text.split("\n"))) <= 80
        await pilot.press("tab")
        await settle(pilot)
        assert "worst %" in screen_text(pilot)
        assert "worst 73.9 %" not in screen_text(pilot)
        await pilot.press("tab")
        await settle(pilot)
        assert "columns: the guess" in screen_text(pilot)

    over(runs, test, data=signed_shapes, size=(80, 24))


def test_without_a_table_it_says_what_is_missing(runs, shapes) -> None:
    async def test(pilot: P, recorded: RecordedSeriesEngine) -> None:
        text = " ".join(screen_text(pilot).split())
        assert "Nothing says whose hand each image of" in text
        assert "file,row,signer" in text
        await pilot.press("t", "r", "s", "enter", "space", "left", "down")
        assert not recorded.asked

    over(runs, test, data=shapes)


def test_a_table_that_is_wrong_is_told_with_its_place(runs, signed_shapes, tmp_path) -> None:
    folder = tmp_path / "wrong"
    folder.mkdir()
    for path in signed_shapes.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "signers.csv").write_text("file,row,signer\ntrain.csv,nought,ann\n")

    async def test(pilot: P, recorded: RecordedSeriesEngine) -> None:
        text = "".join(screen_text(pilot).split())
        assert "line2,columnrow:'nought'isnotawholenumber" in text

    over(runs, test, data=folder)


def test_with_signers_it_says_what_t_would_do_and_t_does_it_by_the_form(runs, signed_shapes) -> None:
    async def test(pilot: P, recorded: RecordedSeriesEngine) -> None:
        text = " ".join(screen_text(pilot).split())
        assert "has the hands of 3 signers" in text
        assert "t trains 3 runs by the settings of the form" in text
        app = pilot.app
        assert isinstance(app, DashboardApp)
        app.edit_config(replace(app.config, train=replace(app.config.train, epochs=7)))
        await pilot.press("t")
        await until(pilot, lambda: recorded.asked and not app.opening, "nobody was asked")
        assert recorded.asked[0].train.epochs == 7
        assert not app.series.is_on, "a refusal ends it"
        assert "no training in this test" in app.refusal

    over(runs, test, data=signed_shapes)


def test_r_goes_on_with_the_series_that_is_shown_where_things_are_now(runs, signed_shapes) -> None:
    a_series(runs, 3, seed=9)

    async def test(pilot: P, recorded: RecordedSeriesEngine) -> None:
        app = pilot.app
        assert isinstance(app, DashboardApp)
        await pilot.press("r")
        await until(pilot, lambda: recorded.asked and not app.opening, "nobody was asked")
        (asked,) = recorded.asked
        assert (asked.train.seed, asked.data.held_out) == (9, "")
        assert asked.data.directory == str(signed_shapes)
        assert asked.runs.directory == str(runs)

    over(runs, test, data=signed_shapes)


def test_a_complete_series_cannot_go_on(runs, signed_shapes) -> None:
    a_series(runs)

    async def test(pilot: P, recorded: RecordedSeriesEngine) -> None:
        await pilot.press("r")
        await settle(pilot)
        assert not recorded.asked

    over(runs, test, data=signed_shapes)


def test_a_run_that_appears_in_the_folder_appears_on_the_screen(runs, signed_shapes) -> None:
    async def test(pilot: P, recorded: RecordedSeriesEngine) -> None:
        held_out_run(runs, "bo")
        screen(pilot).look()
        await until(pilot, lambda: screen(pilot).signers.series, "the run was not found")
        await settle(pilot)
        assert "1 of 3 signers" in shown(pilot, FoldsPanel)
        assert "worst 75.0 % signer bo" in shown(pilot, FoldsPanel)

    over(runs, test, data=signed_shapes)


def test_every_signer_stays_in_sight_when_the_line_below_them_comes_up(runs, signed_shapes) -> None:
    epochs = Config().train.epochs
    a_series(runs, epochs=epochs)

    async def test(pilot: P, recorded: RecordedSeriesEngine) -> None:
        assert len(shown(pilot, FoldsPanel).split("\n")) == 3 + len(SIGNERS)
        a_series(runs, seed=5, time=5000.0, epochs=epochs)
        screen(pilot).look()
        await until(pilot, lambda: "series 1 of 2" in shown(pilot, FoldsPanel), "it was not found")
        await settle(pilot)
        rows = shown(pilot, FoldsPanel).split("\n")[3:-1]
        assert [row[2:].split()[0] for row in rows] == list(SIGNERS)

    over(runs, test, data=signed_shapes)


def test_a_title_is_drawn_once_when_the_keys_go_elsewhere(runs, signed_shapes) -> None:
    a_series(runs)

    async def test(pilot: P, recorded: RecordedSeriesEngine) -> None:
        drawn = []
        panel = screen(pilot).query_one(HandLettersPanel)
        draw = panel.draw
        panel.draw = lambda: (drawn.append(panel.has_focus), draw())  # type: ignore[method-assign,assign,return-value]
        await pilot.press("tab", "tab")
        assert drawn == [True, False]

    over(runs, test, data=signed_shapes)


def test_nobody_looks_while_the_screen_is_hidden(runs, signed_shapes) -> None:
    a_series(runs, 1)

    async def test(pilot: P, recorded: RecordedSeriesEngine) -> None:
        hidden = screen(pilot)
        await pilot.press("1")
        await settle(pilot)
        before = hidden.signers.found
        a_series(runs, 7)
        hidden.look()
        await settle(pilot)
        assert hidden.signers.found is before
        await pilot.press("6")
        await until(pilot, lambda: len(hidden.signers.series[0].done) == 7, "it was not looked at again")

    over(runs, test, data=signed_shapes)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Training that gives way to nobody, and patience where a busy neighbour makes it wait all the same."""
    monkeypatch.setattr(launch, "BELOW_THE_SCREEN", 0)
    monkeypatch.setattr("run_folders.WAITING_SECONDS", 100.0)


def quick(runs: Path, data: Path, epochs: int) -> Config:
    config = config_over(runs, data)
    block = replace(config.model.blocks[0], filters=4)
    return replace(
        config,
        model=replace(config.model, blocks=(block,)),
        train=replace(config.train, epochs=epochs, batch_size=32, threads=1, clean_images=0),
    )


@pytest.mark.timeout(300)
def test_a_series_trains_fold_after_fold_and_says_how_it_came_out(runs, signed_shapes, at_once) -> None:
    async def go() -> None:
        app = DashboardApp(quick(runs, signed_shapes, 2), TRUECOLOR, launch.ENGINE, poll_seconds=0.02)
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.press("6")
            await until(pilot, lambda: screen(pilot).signers.found is not None, "nothing was looked at")
            await pilot.press("t")
            assert app.series.is_on
            await until(pilot, lambda: len(run_folders(runs)) == 3 and not app.series.is_on, "not all folds")
            (series,) = SeriesReader().read(runs)
            assert series.is_complete
            told = [notification.message for notification in app._notifications]
            assert any(message.startswith("mean ") for message in told)
            screen(pilot).look()
            await until(pilot, lambda: done_of_first(screen(pilot)) == 3, "not shown")
            await pilot.press("t")
            await until(pilot, lambda: "has been held out" in app.refusal, "what is done is trained again")
            assert len(run_folders(runs)) == 3

    asyncio.run(go())


@pytest.mark.timeout(300)
def test_a_bug_in_reading_a_series_ends_it_with_a_sentence(runs, signed_shapes, at_once, monkeypatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("no such column")

    async def go() -> None:
        app = DashboardApp(quick(runs, signed_shapes, 1), TRUECOLOR, launch.ENGINE, poll_seconds=0.02)
        async with app.run_test(size=(120, 40)) as pilot:
            monkeypatch.setattr("signtui.runs.left_out.series_with", broken)
            app.series.begin(app.config)
            await until(pilot, lambda: app._notifications, "nothing was said")
            assert not app.series.is_on
            (told,) = [notification.message for notification in app._notifications]
            assert told.startswith("signtui met a bug of its own (ValueError: no such column)")
            assert len(run_folders(runs)) == 1

    asyncio.run(go())


@pytest.mark.timeout(300)
def test_s_stops_the_run_and_the_series_and_r_goes_on_with_both(runs, signed_shapes, at_once) -> None:
    async def go() -> None:
        app = DashboardApp(quick(runs, signed_shapes, 3000), TRUECOLOR, launch.ENGINE, poll_seconds=0.02)
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.press("6")
            await until(pilot, lambda: screen(pilot).signers.found is not None, "nothing was looked at")
            await pilot.press("t")
            await until(pilot, lambda: app.session and app.session.state.progress.step > 3, "no step")
            screen(pilot).look()
            await until(pilot, lambda: "training" in shown(pilot, FoldsPanel), "no fold at work")
            await pilot.press("s")
            await until(pilot, lambda: app.session and app.session.state.ended, "it goes on")
            assert not app.series.is_on
            (folder,) = run_folders(runs)
            screen(pilot).look()
            await until(pilot, lambda: screen(pilot).signers.series[0].live is None, "not seen as over")
            await until(pilot, lambda: app.can_train, "still at work")
            await pilot.press("r")
            await until(pilot, lambda: app.session and app.session.state.resumed_at, "it was not resumed")
            assert run_folders(runs) == [folder]
            await pilot.press("s")
            await until(pilot, lambda: app.session and app.session.state.ended, "it goes on")

    asyncio.run(go())


@pytest.mark.timeout(300)
def test_a_fold_that_ends_without_its_score_ends_the_series(runs, signed_shapes, at_once) -> None:
    config = quick(runs, signed_shapes, 1)
    session = LeaveOneOut.open(config).next_session()
    assert session is not None
    session.start()
    session.join()
    *log, last = session.folder.events.read_text().splitlines()
    ended = json.loads(last) | {"held_out": None}  # told to end at once while its last scores were taken
    session.folder.events.write_text("\n".join([*log, json.dumps(ended)]) + "\n")
    session.folder.best.unlink()

    async def go() -> None:
        app = DashboardApp(config, TRUECOLOR, launch.ENGINE, poll_seconds=0.02)
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.press("6")
            await until(pilot, lambda: screen(pilot).signers.found is not None, "nothing was looked at")
            await pilot.press("t")
            await until(pilot, lambda: not app.series.is_on, "it is tried again and again")
            told = [notification.message for notification in app._notifications]
            assert any(f"run {session.folder.id} ended without its score" in message for message in told)
            assert len(run_folders(runs)) == 1

    asyncio.run(go())
