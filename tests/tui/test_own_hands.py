"""Photos of one's own in the dashboard: imported on the Data screen, learned from by a run, kept."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from pictures import picture
from PIL import Image
from recorded_run import RecordedSource, begun, dashboard, run_ended, screen_text, settle
from run_folders import a_history, make_run, over_runs, refuse, until
from syrupy.assertion import SnapshotAssertion
from test_predicting import ask, line, panel, with_weights
from test_with_the_engine import app_over
from textual.pilot import Pilot
from textual.widgets import Input

from signtui import events
from signtui.config import Assignment, Config, resolve
from signtui.data import collection, importing
from signtui.data.collection import letter_counts
from signtui.events import BeforeAfter, FineTuning
from signtui.render.terminal import TerminalStyle
from signtui.runs.folder import RunFolder, run_folders
from signtui.runs.log import read_events
from signtui.runs.state import RunState
from signtui.tui import launch
from signtui.tui.app import DashboardApp
from signtui.tui.engine import Engine
from signtui.tui.pictures import PictureLayer, pictures_on
from signtui.tui.screens.importing import ImportScreen
from signtui.tui.screens.predict import PredictScreen
from signtui.tui.screens.questions import ConfirmScreen, EditLineScreen
from signtui.tui.widgets.data_facts import DataFacts
from signtui.tui.widgets.data_gallery import GalleryPanel
from signtui.tui.widgets.footer import Footer
from signtui.tui.widgets.import_panel import HINT, ImportPanel
from signtui.tui.widgets.runs_table import RunsTable
from signtui.tui.widgets.summary import Summary

P = Pilot[int]


@pytest.fixture(autouse=True)
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNTUI_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


def save(path: Path, number: int, size: int = 28) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows, columns = np.mgrid[:size, :size]
    middle = size * (3 + number) / 10
    disc = 255 * np.clip(1.2 - np.hypot(rows - middle, columns - size / 2) / (size / 2), 0, 1)
    Image.fromarray(disc.astype(np.uint8)).save(path)
    return path


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Two photos of A, one of B, and a text."""
    for number, name in enumerate(("A/1.png", "A/2.png", "B/1.png")):
        save(tmp_path / "photos" / name, number)
    (tmp_path / "photos/A/notes.txt").write_text("no photo")
    return tmp_path / "photos"


def collection_of_three(folder: Path) -> None:
    """Three photos that were added before."""
    for number in range(3):
        save(folder / f"own-hands/A/{number}.png", number + 3)


def settings(**data: Any) -> Config:
    data = {"source": "synthetic", "synthetic_images": 48} | data
    return msgspec.structs.replace(Config(), data=msgspec.structs.replace(Config().data, **data))


def over_import(
    test: Callable[[P], Awaitable[None]],
    config: Config | None = None,
    size: tuple[int, int] = (120, 40),
    style: TerminalStyle | None = None,
) -> None:
    """Run `test` in the box that `i` on the Data screen opens."""

    async def go() -> None:
        app = dashboard(style or TerminalStyle("truecolor", unicode=True), config or settings())
        async with app.run_test(size=size) as pilot:
            await pilot.press("2")
            await until(pilot, lambda: app.screen.query(GalleryPanel))
            await until(pilot, lambda: app.screen.query_one(GalleryPanel).gallery is not None)
            await pilot.press("i")
            await until(pilot, lambda: isinstance(app.screen, ImportScreen))
            await settle(pilot)
            await test(pilot)

    asyncio.run(go())


def shown(pilot: P) -> str:
    return pilot.app.screen.query_one(ImportPanel).shown


def words(pilot: P) -> str:
    return " ".join(shown(pilot).split())


def path_line(pilot: P) -> Input:
    return pilot.app.screen.query_one("#import-path", Input)


async def look_at(pilot: P, path: Path) -> None:
    path_line(pilot).value = str(path)
    await pilot.press("enter")


def test_photos_to_be_added_are_shown_as_pixels_where_the_terminal_has_them(photos: Path) -> None:
    async def test(pilot: P) -> None:
        app = pilot.app
        assert isinstance(app, DashboardApp)
        app.pictures = PictureLayer("kitty", (10, 20))
        await look_at(pilot, photos)
        await until(pilot, lambda: "3 photos: enter adds them" in shown(pilot))
        await settle(pilot)
        pictures = pictures_on(app.screen)
        assert len(pictures) == 3
        assert all(one.place in app.screen.query_one(ImportPanel).region for one in pictures)
        assert "▀" not in shown(pilot)
        for one, letter in zip(pictures, "ABA", strict=True):
            below = screen_text(pilot).split("\n")[one.place.bottom].ljust(120)
            assert below[one.place.x : one.place.right].strip() == letter
        await pilot.press("enter")
        await until(pilot, lambda: "3 photos added" in shown(pilot))
        assert pictures_on(app.screen) == []

    over_import(test)


def test_photos_are_looked_at_first_and_added_by_a_second_enter(photos: Path, tmp_path: Path) -> None:
    async def test(pilot: P) -> None:
        assert "Add photos to own-hands" in screen_text(pilot)
        assert words(pilot) == HINT
        await pilot.press("enter")
        assert "Give the path of photos" in shown(pilot)
        await look_at(pilot, photos)
        await until(pilot, lambda: "3 photos: enter adds them" in shown(pilot))
        assert "A 2  B 1" in shown(pilot)
        assert "notes.txt: not an image" in words(pilot)
        assert "▀" in shown(pilot)
        assert not (tmp_path / "own-hands").exists()
        await pilot.press("enter")
        await until(pilot, lambda: "3 photos added" in shown(pilot))
        assert "f on the Runs screen" in shown(pilot)
        assert letter_counts(tmp_path / "own-hands") == {"A": 2, "B": 1}
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, ImportScreen))

    over_import(test)


def test_the_letter_of_all_is_typed_below_the_path(photos: Path, tmp_path: Path) -> None:
    async def test(pilot: P) -> None:
        await look_at(pilot, photos / "A")
        await until(pilot, lambda: "no folder named for a letter" in words(pilot))
        await pilot.press("down", "w", "enter")
        await until(pilot, lambda: "2 photos: enter adds them" in shown(pilot))
        await pilot.press("up", "enter")
        await until(pilot, lambda: "2 photos added" in shown(pilot))
        assert letter_counts(tmp_path / "own-hands") == {"W": 2}

    over_import(test)


def test_after_another_letter_or_path_is_typed_enter_looks_again(photos: Path, tmp_path: Path) -> None:
    async def test(pilot: P) -> None:
        await look_at(pilot, photos)
        await until(pilot, lambda: "enter adds them" in shown(pilot))
        await pilot.press("down", "j")
        await until(pilot, lambda: "Enter looks at the photos." in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "j is not a letter that a photo can show" in words(pilot))
        assert not (tmp_path / "own-hands").exists()

    over_import(test)


def test_tab_completes_the_path_and_comes_back_from_the_letter(photos: Path) -> None:
    async def test(pilot: P) -> None:
        path_line(pilot).value = "pho"
        path_line(pilot).cursor_position = 3
        await pilot.press("tab")
        await until(pilot, lambda: path_line(pilot).value == "photos/")
        await pilot.press("tab")
        await until(pilot, lambda: shown(pilot).split() == ["A/", "B/"])
        await pilot.press("down", "tab")
        assert pilot.app.screen.focused is path_line(pilot)
        await pilot.press("x", "tab")
        await until(pilot, lambda: "begins so" in shown(pilot))

    over_import(test)


def test_what_can_t_be_added_is_a_sentence_and_the_box_goes_on(photos: Path, tmp_path: Path) -> None:
    (tmp_path / "own-hands").write_text("a file")

    async def test(pilot: P) -> None:
        await look_at(pilot, tmp_path / "nowhere")
        await until(pilot, lambda: "does not exist" in words(pilot))
        await look_at(pilot, photos)
        await until(pilot, lambda: "enter adds them" in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "own-hands is a file, not a folder" in words(pilot))
        (tmp_path / "own-hands").unlink()
        await pilot.press("enter")
        await until(pilot, lambda: "enter adds them" in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "3 photos added" in shown(pilot))

    over_import(test)


def test_photos_that_are_there_already_are_not_added_again(photos: Path, tmp_path: Path) -> None:
    async def test(pilot: P) -> None:
        for sentence in ("3 photos added.", "0 photos added, 3 photos there already."):
            await look_at(pilot, photos)
            await until(pilot, lambda: "enter adds them" in shown(pilot))
            await pilot.press("enter")
            await until(pilot, lambda sentence=sentence: sentence in words(pilot))
        assert letter_counts(tmp_path / "own-hands") == {"A": 2, "B": 1}

    over_import(test)


def test_a_collection_that_the_data_screen_shows_is_read_again(photos: Path, tmp_path: Path) -> None:
    collection_of_three(tmp_path)

    async def test(pilot: P) -> None:
        await look_at(pilot, photos)
        await until(pilot, lambda: "enter adds them" in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "3 photos added" in shown(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "6 images" in pilot.app.screen.query_one(DataFacts).shown)

    over_import(test, settings(source="auto", directory="own-hands"))


@pytest.fixture
def may_add(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Photos are added only once this is set."""
    event, add_photos = threading.Event(), collection.add_photos

    def slow(*arguments: Any) -> Any:
        assert event.wait(30)
        return add_photos(*arguments)

    monkeypatch.setattr(collection, "add_photos", slow)
    return event


@pytest.mark.parametrize("keys", [("x",), ("x", "enter"), ("down", "w"), ("tab",)])
def test_what_is_typed_while_photos_are_added_changes_nothing_about_them(
    photos: Path, keys: tuple[str, ...], may_add: threading.Event
) -> None:
    async def test(pilot: P) -> None:
        await look_at(pilot, photos)
        await until(pilot, lambda: "enter adds them" in shown(pilot))
        await pilot.press("enter", *keys)
        assert "adding the photos" in shown(pilot)
        may_add.set()
        await until(pilot, lambda: "3 photos added" in shown(pilot))
        assert "notes.txt: not an image" in words(pilot)
        assert pilot.app.memory.recall("import.path", str) == str(photos)
        await pilot.press("escape")
        await until(pilot, lambda: "6 images" in pilot.app.screen.query_one(DataFacts).shown)

    collection_of_three(photos.parent)
    over_import(test, settings(source="auto", directory="own-hands"))


def test_leaving_while_photos_are_added_closes_the_box_when_they_are(
    photos: Path, may_add: threading.Event
) -> None:
    async def test(pilot: P) -> None:
        await look_at(pilot, photos)
        await until(pilot, lambda: "enter adds them" in shown(pilot))
        await pilot.press("enter", "escape")
        await pilot.pause()
        assert "the box closes" in words(pilot)
        may_add.set()
        await until(pilot, lambda: not isinstance(pilot.app.screen, ImportScreen))
        await until(pilot, lambda: "6 images" in pilot.app.screen.query_one(DataFacts).shown)

    collection_of_three(photos.parent)
    over_import(test, settings(source="auto", directory="own-hands"))


def test_leaving_the_box_ends_a_reading(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(60):
        save(photos / f"C/{number}.png", number % 9)
    may_go_on, begun_reading, count = threading.Event(), threading.Event(), [0]
    one_photo = importing.one_photo

    def slow(*arguments: Any, **named: Any) -> Any:
        begun_reading.set()
        assert may_go_on.wait(30)
        count[0] += 1
        return one_photo(*arguments, **named)

    monkeypatch.setattr(importing, "one_photo", slow)

    async def test(pilot: P) -> None:
        await look_at(pilot, photos)
        await until(pilot, begun_reading.is_set)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, ImportScreen))
        may_go_on.set()
        await settle(pilot)
        assert count[0] < 60

    over_import(test)


def begin_with(started: list[Config]) -> Engine:
    def train(config: Config) -> Any:
        started.append(config)
        return RecordedSource(begun(3))

    return Engine(lambda: None, train, refuse)


def with_config(folder: RunFolder) -> RunFolder:
    """`folder` with what a run is gone on from by: its settings and weights."""
    from signtui.config.document import run_document

    folder.config.write_text(run_document(Config()))
    return with_weights(folder)


async def choose_the_oldest(pilot: P) -> None:
    await until(pilot, lambda: pilot.app.screen.query(RunsTable))
    await until(pilot, lambda: pilot.app.screen.query_one(RunsTable).row_count == 5)
    await pilot.press("end")
    await settle(pilot)


def test_f_goes_on_from_a_run_after_saying_with_how_many_photos(tmp_path: Path) -> None:
    folder = with_config(a_history(tmp_path / "runs")["plain"])
    for number in range(4):
        save(tmp_path / f"own-hands/A/{number}.png", number)
    started: list[Config] = []

    async def test(pilot: P) -> None:
        await choose_the_oldest(pilot)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen))
        await settle(pilot)
        assert "Fine-tune brisk-heron-3f with 4 photos in own-hands?" in screen_text(pilot)
        assert "A 4" in screen_text(pilot)
        assert "y fine-tune" in pilot.app.screen.query_one(Footer).shown
        await pilot.press("n")
        await settle(pilot)
        assert not started
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen))
        await pilot.press("y")
        await until(pilot, lambda: started and pilot.app.screen.query(Summary))
        assert started[0].train.from_ == folder.id
        assert started[0].data.directory == "own-hands"

    over_runs(tmp_path / "runs", test, engine=begin_with(started))


def test_without_photos_f_says_how_to_collect_some(tmp_path: Path) -> None:
    with_config(a_history(tmp_path / "runs")["plain"])

    async def test(pilot: P) -> None:
        await choose_the_oldest(pilot)
        await pilot.press("f")
        await until(pilot, lambda: "no photos in own-hands yet" in _said(pilot))
        assert not isinstance(pilot.app.screen, ConfirmScreen)

    over_runs(tmp_path / "runs", test, engine=begin_with([]))


def _said(pilot: P) -> str:
    return " ".join(notification.message for notification in pilot.app._notifications)


def test_f_is_not_offered_for_a_run_without_weights(tmp_path: Path) -> None:
    make_run(tmp_path / "runs", "100000-brisk-heron-3f", [*begun(3), run_ended("stopped", epochs=0)])

    async def test(pilot: P) -> None:
        await until(pilot, lambda: pilot.app.screen.query(RunsTable))
        await until(pilot, lambda: pilot.app.screen.query_one(RunsTable).row_count == 1)
        await settle(pilot)
        assert "f fine-tune" not in pilot.app.screen.query_one(Footer).shown
        await pilot.press("f")
        await settle(pilot)
        assert not isinstance(pilot.app.screen, ConfirmScreen)

    over_runs(tmp_path / "runs", test, (200, 60), engine=begin_with([]))


def test_a_misread_photo_is_kept_as_what_it_shows(tmp_path: Path) -> None:
    with_weights(a_history(tmp_path / "runs")["plain"])
    photo = save(tmp_path / "hand.png", 3)

    async def test(pilot: P) -> None:
        await ask(pilot)
        await pilot.press("ctrl+k")
        await settle(pilot)
        assert isinstance(pilot.app.screen, PredictScreen)  # nothing was read yet
        line(pilot).value = str(photo)
        await pilot.press("enter")
        await until(pilot, lambda: "%" in panel(pilot).shown)
        for letter, answer in (
            ("w", "kept as W in own-hands"),
            ("Z", "Z is not a letter"),
            ("A", "as a photo of W"),
        ):
            await pilot.press("ctrl+k")
            await until(pilot, lambda: isinstance(pilot.app.screen, EditLineScreen))
            assert "Which letter does hand.png show?" in screen_text(pilot)
            line(pilot).value = letter
            await pilot.press("enter")
            await until(pilot, lambda answer=answer: answer in _said(pilot))
        await pilot.press("ctrl+k")
        await until(pilot, lambda: isinstance(pilot.app.screen, EditLineScreen))
        await pilot.press("escape")
        await settle(pilot)
        assert letter_counts(tmp_path / "own-hands") == {"W": 1}

    engine = Engine(lambda: None, refuse, refuse, predict=launch._predict)
    over_runs(tmp_path / "runs", test, engine=engine)


def score(right: int, of: int) -> events.Test:
    return events.Test(loss=0.5, accuracy=right / of, images=of, recall=(), confusion=())


GAIN = FineTuning(
    time=0.0,
    parent="20261121-090000-old-robin-aa",
    origin="20261121-090000-old-robin-aa",
    learned=12,
    held_out=4,
    learned_by_class=(6, 6),
    repeats=32,
    rehearsed=2048,
    own=BeforeAfter(score(1, 4), score(3, 4)),
    origin_held_out=BeforeAfter(score(99, 100), score(98, 100)),
)


def test_the_train_screen_says_at_the_end_what_was_gained_and_forgotten() -> None:
    async def go() -> None:
        app = dashboard()
        async with app.run_test(size=(120, 40)) as pilot:
            app.watch_run(RecordedSource([*begun(3), GAIN, run_ended()]))
            await settle(pilot)
            said = app.screen.query_one(Summary).shown
            assert "25.0 % →  75.0 %  +50.0 points  4 held out" in said
            assert "99.0 % →  98.0 %  -1.0 points  100 that old-robin-aa held out" in said

    asyncio.run(go())


def test_from_photos_to_a_run_that_reads_them(shapes: Path, tmp_path: Path) -> None:
    """With the engine: a run, photos, and a run that goes on from it."""
    given = {
        "data.directory": str(shapes),
        "model.blocks": "2",
        "model.blocks.*.filters": "8",
        "model.blocks.*.pooling": "max",
        "train.batch_size": "32",
        "train.threads": "1",
    }
    config = resolve([Assignment(key, value, "test") for key, value in given.items()], environment={}).config
    random = np.random.default_rng(0)
    for label in range(4):
        (tmp_path / f"own-hands/{label}").mkdir(parents=True)
        for number in range(8):
            image = random.integers(100, 220, (12, 12))
            image[3 * label : 3 * label + 3] -= 100
            Image.fromarray(image.astype(np.uint8)).save(tmp_path / f"own-hands/{label}/{number}.png")

    async def go() -> None:
        app = app_over(config)
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.press("t")
            await until(pilot, lambda: app.watched and app.watched.state.ended, "no end of the first run")
            await pilot.press("5")
            await until(pilot, lambda: app.screen.query(RunsTable))
            await until(pilot, lambda: app.screen.query_one(RunsTable).row_count == 1)
            await pilot.press("f")
            await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
            await pilot.press("y")
            await until(pilot, lambda: app.watched and app.watched.state.fine_tuning, "no second run")
            await until(pilot, lambda: app.watched and app.watched.state.ended, "no end of the second run")
            await until(pilot, lambda: "new photos" in app.screen.query_one(Summary).shown)

    asyncio.run(go())
    first, second = run_folders(tmp_path / "runs")
    gain = RunState.of(read_events(second.events)).fine_tuning
    assert gain is not None
    assert gain.parent == first.id
    assert gain.own.after is not None
    assert (gain.learned, gain.held_out) == (24, 8)


@pytest.mark.parametrize("colours", ["truecolor", "ascii"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids="{0[0]}x{0[1]}".format)
def test_how_it_looks(
    size: tuple[int, int], colours: str, photos: Path, picture_snapshot: SnapshotAssertion
) -> None:
    style = TerminalStyle("none", False) if colours == "ascii" else TerminalStyle("truecolor", True)
    drawn: list[str] = []

    async def test(pilot: P) -> None:
        path_line(pilot).cursor_blink = False
        await look_at(pilot, Path("photos"))
        await until(pilot, lambda: "enter adds them" in shown(pilot))
        await settle(pilot)
        drawn.append(picture(pilot.app, styles=colours != "ascii"))

    over_import(test, size=size, style=style)
    assert drawn[0] == picture_snapshot
    assert colours != "ascii" or drawn[0].isascii()
