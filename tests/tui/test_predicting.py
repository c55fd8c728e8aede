"""A photo predicted in the dashboard: by the run's own weights, from the Runs screen and from the palette."""

import asyncio
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from pictures import picture
from PIL import Image
from recorded_run import CLASSES, RecordedSource, begun, dashboard, screen_text, settle
from run_folders import a_history, over_runs, refuse, until
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot
from textual.widgets import Input

from signtui.config import Config
from signtui.config.schema import Block, ModelSettings
from signtui.model.attribution import Attribution
from signtui.model.network import build
from signtui.model.predictor import Prediction
from signtui.model.weights import WeightsMetadata, save_weights
from signtui.render.terminal import TerminalStyle
from signtui.runs.folder import RunFolder
from signtui.tui import launch
from signtui.tui.app import DashboardApp
from signtui.tui.engine import Engine
from signtui.tui.path_completion import complete, typed_path
from signtui.tui.pictures import PictureLayer, pictures_on
from signtui.tui.screens.predict import PredictScreen
from signtui.tui.widgets.footer import Footer
from signtui.tui.widgets.prediction import CAUTION, PredictionPanel
from signtui.tui.widgets.runs_table import RunsTable

P = Pilot[int]
ENGINE = Engine(lambda: None, refuse, refuse, predict=launch._predict)


def with_weights(folder: RunFolder) -> RunFolder:
    """`folder` with the weights of a tiny network in it."""
    model = ModelSettings(blocks=(Block(filters=2, stride=4),))
    network = build(model, 28, len(CLASSES), 0)
    save_weights(folder.best, network.state_dict(), WeightsMetadata(model, CLASSES, 28, 1))
    return folder


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    folder = tmp_path / "my photos"
    folder.mkdir()
    noise = np.random.default_rng(0).integers(0, 255, (40, 60, 3), dtype=np.uint8)
    Image.fromarray(noise).save(folder / "hand one.jpg")
    Image.fromarray(noise).save(folder / "hand two.png")
    (folder / "notes.txt").write_text("no image")
    return folder / "hand one.jpg"


def panel(pilot: P) -> PredictionPanel:
    return pilot.app.screen.query_one(PredictionPanel)


def line(pilot: P) -> Input:
    return pilot.app.screen.query_one(Input)


async def ask(pilot: P) -> None:
    """The box, over the Runs screen with its five runs."""
    await until(pilot, lambda: pilot.app.screen.query(RunsTable))
    await until(pilot, lambda: pilot.app.screen.query_one(RunsTable).row_count == 5)
    await pilot.press("end")
    if pilot.app.size.width >= 120:  # the run beside the table is read by a thread
        await until(pilot, lambda: "100000-brisk-heron-3f" in screen_text(pilot))
    await pilot.press("p")
    await until(pilot, lambda: isinstance(pilot.app.screen, PredictScreen))
    await settle(pilot)


def test_p_on_the_runs_screen_reads_a_photo_with_that_run_s_network(tmp_path: Path, photo: Path) -> None:
    with_weights(a_history(tmp_path / "runs")["plain"])

    async def test(pilot: P) -> None:
        await ask(pilot)
        assert "Predict a photo with brisk-heron-3f" in screen_text(pilot)
        assert panel(pilot).shown == CAUTION
        assert "enter predict" in pilot.app.screen.query_one(Footer).shown
        line(pilot).value = str(photo)
        await pilot.press("enter")
        await until(pilot, lambda: "%" in panel(pilot).shown)
        assert "hand one.jpg" in panel(pilot).shown
        assert "by occlusion" in panel(pilot).shown
        await pilot.press("ctrl+t")
        await until(pilot, lambda: "Grad-CAM" in panel(pilot).shown)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, PredictScreen))
        await pilot.press("p")
        await until(pilot, lambda: isinstance(pilot.app.screen, PredictScreen))
        assert line(pilot).value == str(photo)

    over_runs(tmp_path / "runs", test, engine=ENGINE)


def test_what_can_t_be_read_is_a_sentence_in_the_box(tmp_path: Path, photo: Path) -> None:
    with_weights(a_history(tmp_path / "runs")["plain"])

    async def test(pilot: P) -> None:
        await ask(pilot)
        await pilot.press("enter")
        assert "Give the path of a photo" in panel(pilot).shown
        for name, reason in (("missing.png", "there is no such file"), ("notes.txt", "not an image")):
            line(pilot).value = str(photo.parent / name)
            await pilot.press("enter")
            await until(pilot, lambda reason=reason: reason in " ".join(panel(pilot).shown.split()))
        line(pilot).value = str(photo)
        await pilot.press("enter")
        await until(pilot, lambda: "%" in panel(pilot).shown)

    over_runs(tmp_path / "runs", test, engine=ENGINE)


def test_a_run_without_weights_says_so_in_the_box(tmp_path: Path, photo: Path) -> None:
    a_history(tmp_path / "runs")

    async def test(pilot: P) -> None:
        await ask(pilot)
        line(pilot).value = str(photo)
        await pilot.press("enter")
        await until(pilot, lambda: "no weights to predict with" in " ".join(panel(pilot).shown.split()))

    over_runs(tmp_path / "runs", test, engine=ENGINE)


def test_tab_completes_the_path_and_lists_what_it_could_be(tmp_path: Path, photo: Path) -> None:
    a_history(tmp_path / "runs")

    async def test(pilot: P) -> None:
        await ask(pilot)
        line(pilot).value = f"{tmp_path}/my"
        await pilot.press("tab")
        await until(pilot, lambda: line(pilot).value == f"{photo.parent}/")
        await pilot.press("tab")
        await until(pilot, lambda: line(pilot).value == f"{photo.parent}/hand ")
        assert panel(pilot).shown.split("  ") == ["hand one.jpg", "hand two.png"]
        await pilot.press("o", "tab")
        await until(pilot, lambda: line(pilot).value == str(photo))
        assert line(pilot).cursor_position == len(str(photo))
        await pilot.press("x", "tab")
        await until(pilot, lambda: "begins so" in panel(pilot).shown)

    over_runs(tmp_path / "runs", test, engine=ENGINE)


def test_only_the_last_photo_asked_for_is_shown(tmp_path: Path, photo: Path) -> None:
    a_history(tmp_path / "runs")
    first_may_end = threading.Event()

    def predict(folder: RunFolder, path: Path, method: str) -> Prediction:
        if path.name == "slow.png":
            assert first_may_end.wait(30)
        return Prediction(np.zeros((28, 28), np.uint8), ((path.stem, 1.0),))

    async def test(pilot: P) -> None:
        await ask(pilot)
        line(pilot).value = "slow.png"
        await pilot.press("enter")
        assert "reading the photo" in panel(pilot).shown
        line(pilot).value = "quick.png"
        await pilot.press("enter")
        await until(pilot, lambda: "100 %" in panel(pilot).shown)
        first_may_end.set()
        await settle(pilot)
        assert "quick" in panel(pilot).shown
        assert "slow" not in panel(pilot).shown

    over_runs(tmp_path / "runs", test, engine=Engine(lambda: None, refuse, refuse, predict=predict))


def test_a_bug_in_reading_leaves_the_dashboard_alive(
    tmp_path: Path, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_history(tmp_path / "runs")
    monkeypatch.setenv("SIGNTUI_STATE_DIR", str(tmp_path / "state"))

    def predict(folder: RunFolder, path: Path, method: str) -> Any:
        raise ZeroDivisionError("a bug")

    async def test(pilot: P) -> None:
        await ask(pilot)
        line(pilot).value = "a.png"
        await pilot.press("enter")
        await until(pilot, lambda: "a bug" in panel(pilot).shown or "bug" in panel(pilot).shown)

    over_runs(tmp_path / "runs", test, engine=Engine(lambda: None, refuse, refuse, predict=predict))


def test_without_an_engine_for_it_the_key_is_not_offered(tmp_path: Path) -> None:
    a_history(tmp_path / "runs")

    async def test(pilot: P) -> None:
        await until(pilot, lambda: pilot.app.screen.query_one(RunsTable).row_count == 5)
        await pilot.press("p")
        await settle(pilot)
        assert not isinstance(pilot.app.screen, PredictScreen)
        assert "p predict" not in pilot.app.screen.query_one(Footer).shown

    over_runs(tmp_path / "runs", test, size=(200, 60))


def test_the_palette_predicts_with_the_watched_run(tmp_path: Path) -> None:
    source = RecordedSource(begun(50), folder=tmp_path)

    async def go() -> None:
        app = dashboard(engine=ENGINE)
        async with app.run_test(size=(120, 40)) as pilot:
            app.watch_run(source)
            await settle(pilot)

            def offered() -> dict[str, Any]:
                commands = app.get_system_commands(app.screen)
                return {command.title: command.callback for command in commands}

            assert "Predict a photo" not in offered()
            source.folder.path.mkdir()
            with_weights(source.folder)
            offered()["Predict a photo"]()
            await until(pilot, lambda: isinstance(app.screen, PredictScreen))
            await settle(pilot)
            assert "Predict a photo with brisk-heron-3f" in screen_text(pilot)

    asyncio.run(go())


def test_paths_are_taken_as_shells_and_terminals_give_them(
    tmp_path: Path, photo: Path, monkeypatch: Any
) -> None:
    escaped = str(photo).replace(" ", "\\ ")
    for typed in (str(photo), f"'{photo}'", f'"{photo}" ', escaped, f" {photo}"):
        assert typed_path(typed) == photo
    monkeypatch.setenv("HOME", str(photo.parent))
    assert typed_path("~/hand two.png").exists()
    assert typed_path("'never closed") == Path("'never closed")
    assert complete("~/hand t").text == "~/hand two.png"


def test_completion_offers_folders_and_images_and_hides_the_hidden(tmp_path: Path) -> None:
    (tmp_path / "album").mkdir()
    (tmp_path / ".secret").mkdir()
    for name in ("alpha.jpg", "alpha.txt", ".alpha.png"):
        (tmp_path / name).touch()
    assert complete(f"{tmp_path}/").names == ("album/", "alpha.jpg")
    assert complete(f"{tmp_path}/.").names == (".alpha.png", ".secret/")
    assert complete(f"{tmp_path}/a").text == f"{tmp_path}/al"
    assert complete(f"{tmp_path}/nothing/a").names == ()


def a_prediction(folder: RunFolder, path: Path, method: str) -> Prediction:
    """A disc, with a heat in its upper left, the same everywhere."""
    rows, columns = np.mgrid[:28, :28]
    disc = (255 * np.clip(1.2 - np.hypot(rows - 14, columns - 14) / 14, 0, 1)).astype(np.uint8)
    heat = np.clip(1 - np.hypot(rows - 9, columns - 10) / 12, 0, 1).astype(np.float32)
    top = (("M", 0.7124), ("N", 0.2511), ("A", 0.0004))
    source = "a grey patch of 7x7 pixels"
    return Prediction(disc, top, Attribution("occlusion", 11, 0.7124, heat, 0.43, source))


def test_a_guess_that_is_not_sure_is_said_to_be_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    a_history(tmp_path / "runs")

    def doubtful(folder: RunFolder, path: Path, method: Any) -> Prediction:
        return replace(a_prediction(folder, path, method), sure_from=0.95)

    config = msgspec.structs.replace(Config(), runs=msgspec.structs.replace(Config().runs, directory="runs"))

    async def go() -> None:
        engine = Engine(lambda: None, refuse, refuse, predict=doubtful)
        app: DashboardApp = dashboard(TerminalStyle("none", False), config, engine)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("5")
            await ask(pilot)
            line(pilot).value = "photos/hand.jpg"
            await pilot.press("enter")
            await until(pilot, lambda: "not sure" in panel(pilot).shown)

    asyncio.run(go())


def test_the_photo_in_the_box_is_shown_as_pixels_where_the_terminal_has_them(tmp_path: Path) -> None:
    a_history(tmp_path / "runs")

    async def test(pilot: P) -> None:
        app = pilot.app
        assert isinstance(app, DashboardApp)
        app.pictures = PictureLayer("kitty", (10, 20))
        await ask(pilot)
        assert pictures_on(app.screen) == []
        line(pilot).value = "photos/hand.jpg"
        await pilot.press("enter")
        await until(pilot, lambda: "71.2 %" in panel(pilot).shown)
        await settle(pilot)
        (shown,) = pictures_on(app.screen)
        prediction = a_prediction(RunFolder(tmp_path), Path("hand.jpg"), "occlusion")
        assert shown.pixels == prediction.image.tobytes()
        assert shown.place in panel(pilot).region
        x, y, width, height = shown.place
        behind = [row.ljust(120)[x : x + width] for row in screen_text(pilot).split("\n")[y : y + height]]
        assert not "".join(behind).strip()
        assert "by occlusion" in panel(pilot).shown
        await pilot.press("ctrl+k")
        await until(pilot, lambda: not isinstance(app.screen, PredictScreen))
        assert pictures_on(app.screen) == []
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, PredictScreen))
        assert pictures_on(app.screen) == [shown]
        line(pilot).value = ""
        await pilot.press("enter")
        assert "Give the path of a photo" in panel(pilot).shown
        assert pictures_on(app.screen) == []

    engine = Engine(lambda: None, refuse, refuse, predict=a_prediction)
    over_runs(tmp_path / "runs", test, engine=engine)


@pytest.mark.usefixtures("standing_clock")
@pytest.mark.parametrize("colours", ["truecolor", "256", "ascii"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids="{0[0]}x{0[1]}".format)
def test_how_it_looks(
    size: tuple[int, int],
    colours: Any,
    tmp_path: Path,
    picture_snapshot: SnapshotAssertion,
) -> None:
    a_history(tmp_path / "runs")
    style = TerminalStyle("none", False) if colours == "ascii" else TerminalStyle(colours, True)
    engine = Engine(lambda: None, refuse, refuse, predict=a_prediction)
    config = msgspec.structs.replace(Config(), runs=msgspec.structs.replace(Config().runs, directory="runs"))
    drawn: list[str] = []

    async def go() -> None:
        app: DashboardApp = dashboard(style, config, engine)
        async with app.run_test(size=size) as pilot:
            await pilot.press("5")
            await ask(pilot)
            line(pilot).value = "photos/hand.jpg"
            line(pilot).cursor_blink = False
            await pilot.press("enter")
            await until(pilot, lambda: "71.2 %" in panel(pilot).shown)
            await settle(pilot)
            drawn.append(picture(app, styles=colours != "ascii"))

    asyncio.run(go())
    assert drawn[0] == picture_snapshot
    assert colours != "ascii" or drawn[0].isascii()
