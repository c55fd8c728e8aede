"""The Data screen by its keys, over small CSV files, drawn hands, and a real download from this machine."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from recorded_run import dashboard, screen_text
from run_folders import until
from textual.pilot import Pilot

from signtui.config import AugmentSettings, Config
from signtui.data import fetch, published
from signtui.data.fetch import Download, Source
from signtui.data.published import PublishedFile
from signtui.render.terminal import TerminalStyle
from signtui.tui.app import DashboardApp
from signtui.tui.gallery import Gallery, load_data
from signtui.tui.screens import data as data_screen
from signtui.tui.screens.data import DataNote, DataScreen, FetchProgressed
from signtui.tui.widgets import data_augment
from signtui.tui.widgets.data_augment import AugmentPanel, changed_copies
from signtui.tui.widgets.data_facts import DataFacts
from signtui.tui.widgets.data_gallery import GalleryPanel
from signtui.tui.widgets.footer import Footer

P = Pilot[int]
LABELS = [label for label in range(25) if label != 9]
PHOTOGRAPHS, VARIANTS = 4, 3


@pytest.fixture(autouse=True)
def cache_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNTUI_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    """A folder with a training CSV: each of 24 letters, 4 photographs in 3 variants each."""
    random = np.random.default_rng(0)
    folder = tmp_path / "letters"
    folder.mkdir()
    originals = random.integers(20, 236, (len(LABELS), PHOTOGRAPHS, 1, 784))
    noise = random.integers(-5, 6, (len(LABELS), PHOTOGRAPHS, VARIANTS, 784))
    labels = np.repeat(LABELS, PHOTOGRAPHS * VARIANTS)
    rows = np.column_stack([labels, (originals + noise).reshape(len(labels), 784)])
    header = ",".join(["label", *(f"pixel{number}" for number in range(1, 785))])
    np.savetxt(folder / "sign_mnist_train.csv", rows, fmt="%d", delimiter=",", header=header, comments="")
    return folder


def settings(**data: Any) -> Config:
    return msgspec.structs.replace(Config(), data=msgspec.structs.replace(Config().data, **data))


def over_data(
    config: Config,
    test: Callable[[P], Awaitable[None]],
    size: tuple[int, int] = (120, 40),
    style: TerminalStyle | None = None,
) -> None:
    """Run `test` on the Data screen of a dashboard with these settings."""

    async def go() -> None:
        app = dashboard(style or TerminalStyle("truecolor", unicode=True), config)
        async with app.run_test(size=size) as pilot:
            await pilot.press("2")
            await test(pilot)

    asyncio.run(go())


def app(pilot: P) -> DashboardApp:
    assert isinstance(pilot.app, DashboardApp)
    return pilot.app


def facts(pilot: P) -> str:
    return " ".join(pilot.app.screen.query_one(DataFacts).shown.split())


def images(pilot: P) -> str:
    return pilot.app.screen.query_one(GalleryPanel).shown


def title(pilot: P) -> str:
    return images(pilot).split("\n")[0]


def augmentation(pilot: P) -> str:
    return pilot.app.screen.query_one(AugmentPanel).shown


def note(pilot: P) -> str:
    return pilot.app.screen.query_one(DataNote).shown


def footer(pilot: P) -> str:
    return pilot.app.screen.query_one(Footer).shown


async def loaded(pilot: P) -> None:
    await until(pilot, lambda: pilot.app.screen.query(GalleryPanel) and "of 24" in title(pilot))


def test_facts_say_how_many_photographs_there_really_are(letters: Path) -> None:
    async def test(pilot: P) -> None:
        await loaded(pilot)
        await until(pilot, lambda: "288 images of 96 photographs, about 3 each" in facts(pilot))
        assert "Sign Language MNIST" in facts(pilot)
        assert "unknown (288 rows, the published file has 27,455)" in facts(pilot)
        assert "24 training photographs (72 images)" in facts(pilot)
        assert "SYNTHETIC" not in screen_text(pilot)

    over_data(settings(directory=str(letters), validation_fraction=0.25), test, (200, 60))


def test_every_letter_has_a_bar_with_its_counts(letters: Path) -> None:
    async def test(pilot: P) -> None:
        await loaded(pilot)
        lines = pilot.app.screen.query_one(DataFacts).shown.split("\n")
        bars = [line for line in lines if "━" in line]
        assert "".join(line[0] for line in bars) == "ABCDEFGHIKLMNOPQRSTUVWXY"
        assert all(line.split()[-2:] == ["12", "4"] for line in bars)

    over_data(settings(directory=str(letters)), test)


@pytest.mark.parametrize(
    ("size", "style"),
    [
        ((80, 24), TerminalStyle("256", unicode=True)),
        ((80, 24), TerminalStyle("none", unicode=False)),
        ((120, 40), TerminalStyle("none", unicode=False)),
        ((200, 60), TerminalStyle("truecolor", unicode=True)),
    ],
    ids=["80x24-256", "80x24-ascii", "120x40-ascii", "200x60-truecolor"],
)
def test_drawn_hands_are_called_synthetic_at_every_size(size: tuple[int, int], style: TerminalStyle) -> None:
    async def test(pilot: P) -> None:
        await loaded(pilot)
        if size[0] == 80:
            await pilot.press("shift+tab")
        await until(pilot, lambda: "SYNTHETIC hands" in screen_text(pilot))
        shown = screen_text(pilot)
        assert "not photographs" in facts(pilot)
        assert "f fetches the published photographs" in facts(pilot)
        assert all(len(row) <= size[0] for row in shown.split("\n"))
        if size[0] > 80:
            assert "Images" in shown
            assert "Augmentation" in shown
        if not style.unicode:
            assert shown.isascii()

    over_data(settings(source="synthetic", synthetic_images=48), test, size, style)


def test_arrow_keys_and_capitals_go_through_letters(letters: Path) -> None:
    async def test(pilot: P) -> None:
        await loaded(pilot)
        assert " A " in title(pilot)
        assert "1 of 24" in title(pilot)
        await pilot.press("right")
        assert " B " in title(pilot)
        await pilot.press("left", "left")
        assert " Y " in title(pilot)
        await pilot.press("K")
        assert " K   10 of 24" in title(pilot)

    over_data(settings(directory=str(letters)), test)


def test_one_image_stands_for_a_photograph_until_each_is_asked_for(letters: Path) -> None:
    async def test(pilot: P) -> None:
        await loaded(pilot)
        assert "photographs 1-4 of 4" in title(pilot)
        assert "> 1 x3 <" in images(pilot)
        await pilot.press("p")
        assert "of 12" in title(pilot)
        assert "> 1 <" in images(pilot)
        await pilot.press("down", "down")
        assert "> 3 <" in images(pilot)
        await pilot.press("end")
        assert "> 12 <" in images(pilot)
        await pilot.press("pageup")
        assert "> 12 <" not in images(pilot)
        await pilot.press("home")
        assert "> 1 <" in images(pilot)

    over_data(settings(directory=str(letters)), test)


def test_what_is_held_out_is_marked_and_can_be_looked_at_alone(letters: Path) -> None:
    async def test(pilot: P) -> None:
        await loaded(pilot)
        assert "◆ held out" in title(pilot)
        assert images(pilot).count("◆") == 1 + 1
        await pilot.press("w")
        assert "held out   photographs 1-1 of 1" in title(pilot)
        await pilot.press("w")
        assert "training" in title(pilot)

    over_data(settings(directory=str(letters), validation_fraction=0.25), test)


async def told(pilot: P, words: str) -> None:
    """Wait until the facts say `words`."""
    await until(pilot, lambda: words in " ".join(facts(pilot).split()), f"nothing of: {words}")


def test_facts_say_whose_the_images_are_and_who_is_held_out(signed_shapes: Path) -> None:
    async def test(pilot: P) -> None:
        await told(pilot, "3: ann bo cy, 104 to 108 training images each")
        await told(pilot, "signer bo (108 images) is scored at the end")
        await pilot.press("w")
        assert "held out" in title(pilot)

    over_data(settings(directory=str(signed_shapes), held_out="bo"), test)


def test_facts_say_who_there_is_where_nobody_of_that_name_can_be_held_out(signed_shapes: Path) -> None:
    async def test(pilot: P) -> None:
        await told(pilot, "has the signers ann, bo, cy")

    over_data(settings(directory=str(signed_shapes), held_out="dee"), test)


def test_facts_say_why_a_table_of_signers_is_passed_over(signed_shapes: Path, tmp_path: Path) -> None:
    for path in signed_shapes.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "signers.csv").write_text("file,row,signer\ntrain.csv,nought,ann\n")

    async def test(pilot: P) -> None:
        await told(pilot, "'nought' is not a whole number")

    over_data(settings(directory=str(tmp_path)), test)


def test_knob_changes_the_settings_and_what_is_drawn(letters: Path) -> None:
    async def test(pilot: P) -> None:
        await loaded(pilot)
        panel = pilot.app.screen.query_one(AugmentPanel)
        await until(pilot, lambda: "change 2" in augmentation(pilot) and not panel.is_waiting)
        before = panel._changed
        await pilot.press("tab", "up")
        assert app(pilot).config.augment.rotation == 15
        assert "‹ 15 ›" in augmentation(pilot)
        await until(pilot, lambda: panel._changed is not before and not panel.is_waiting)
        assert before is not None
        assert panel._changed is not None
        assert not np.array_equal(before, panel._changed)
        await pilot.press("backspace", "right", "minus")
        assert app(pilot).config.augment == msgspec.structs.replace(AugmentSettings(), shift=0.05)

    over_data(settings(directory=str(letters)), test)


def test_draw_again_shows_other_changes_by_the_same_knobs(letters: Path) -> None:
    async def test(pilot: P) -> None:
        await loaded(pilot)
        panel = pilot.app.screen.query_one(AugmentPanel)
        await until(pilot, lambda: panel._changed is not None and not panel.is_waiting)
        before = panel._changed
        await pilot.press("tab", "d")
        await until(pilot, lambda: panel._changed is not before and not panel.is_waiting)
        assert app(pilot).config.augment == AugmentSettings()

    over_data(settings(directory=str(letters)), test)


def test_a_note_says_that_torch_is_being_loaded(letters: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ready = threading.Event()
    real = changed_copies

    def slow(*arguments: Any) -> Any:
        assert ready.wait(20)
        return real(*arguments)

    monkeypatch.setattr(data_augment, "changed_copies", slow)

    async def test(pilot: P) -> None:
        await loaded(pilot)
        await until(pilot, lambda: "loading PyTorch" in augmentation(pilot))
        await pilot.press("right")
        assert " B " in title(pilot)
        ready.set()
        await until(pilot, lambda: "change 1" in augmentation(pilot))
        assert "loading PyTorch" not in augmentation(pilot)

    over_data(settings(directory=str(letters)), test)


def test_a_knob_moves_nothing_but_its_own_effect() -> None:
    image = np.random.default_rng(1).integers(0, 256, (28, 28), dtype=np.uint8)
    still = AugmentSettings(rotation=0, shift=0, zoom=0, brightness=0, contrast=0)
    assert np.array_equal(changed_copies(image, still, 3, 2), np.stack([image, image]))
    mirrored = changed_copies(image, msgspec.structs.replace(still, flip=True), 3, 12)
    assert {np.array_equal(copy, image) for copy in mirrored} == {True, False}
    assert all(np.array_equal(copy, image) or np.array_equal(copy, image[:, ::-1]) for copy in mirrored)


def test_at_80_columns_tab_goes_through_the_three_parts(letters: Path) -> None:
    async def test(pilot: P) -> None:
        await loaded(pilot)
        assert "Facts  Images  Augmentation" in screen_text(pilot)
        assert "photographs 1-4 of 4" in screen_text(pilot)
        await pilot.press("tab")
        await until(pilot, lambda: "as training may see it" in screen_text(pilot))
        assert "photographs 1-4" not in screen_text(pilot)
        await until(pilot, lambda: "change 1" in screen_text(pilot))
        await pilot.press("tab")
        await until(pilot, lambda: "288 images" in screen_text(pilot))

    over_data(settings(directory=str(letters)), test, (80, 24))


def test_data_that_cannot_be_read_is_one_sentence_and_other_settings_mend_it(
    letters: Path, tmp_path: Path
) -> None:
    async def test(pilot: P) -> None:
        await until(pilot, lambda: "does not exist: check --data-dir" in facts(pilot))
        app(pilot).edit_config(settings(directory=str(letters)))
        await loaded(pilot)

    over_data(settings(directory=str(tmp_path / "nowhere")), test)


def test_nothing_is_read_or_drawn_while_another_screen_is_shown(
    letters: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test(pilot: P) -> None:
        await loaded(pilot)
        panel = pilot.app.screen.query_one(AugmentPanel)
        await until(pilot, lambda: panel._changed is not None and not panel.is_waiting)
        await pilot.press("1")

        def never(*_: object) -> Any:
            raise AssertionError("work for a hidden screen")

        with monkeypatch.context() as patch:
            patch.setattr(data_augment, "changed_copies", never)
            patch.setattr(data_screen, "load_data", never)
            changed = settings(directory=str(letters), validation_fraction=0.25)
            augment = msgspec.structs.replace(changed.augment, rotation=90)
            app(pilot).edit_config(msgspec.structs.replace(changed, augment=augment))
            await pilot.pause()
            assert not panel.is_waiting
        await pilot.press("2")
        await until(pilot, lambda: "24 training photographs" in facts(pilot))

    over_data(settings(directory=str(letters)), test)


@contextmanager
def serving(body: bytes, hold: threading.Event | None = None) -> Iterator[str]:
    """A server of one file; with `hold`, the second half waits until that is set."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            half = len(body) // 2
            self.wfile.write(body[:half])
            self.wfile.flush()
            if hold is not None:
                hold.wait(20)
            self.wfile.write(body[half:])

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.01))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/train.csv"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def publish(monkeypatch: pytest.MonkeyPatch, url: str, body: bytes, directory: Path) -> None:
    """Have `body` be the published file, found at `url`."""
    import hashlib

    checksum = hashlib.sha256(body).hexdigest()
    file = PublishedFile("sign_mnist_train.csv", "train", 288, {checksum: (len(body), "published bytes")})
    source = Source("Test server", (Download(url, (file.name,)),))
    monkeypatch.setattr(published, "PUBLISHED", (file,))
    monkeypatch.setattr(fetch, "SOURCES", (source,))
    monkeypatch.setattr(data_screen, "download_directory", lambda: directory)


def test_fetch_downloads_with_a_bar_and_the_images_are_then_in_use(
    letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = (letters / "sign_mnist_train.csv").read_bytes()
    hold = threading.Event()
    heard: list[FetchProgressed] = []
    show = DataNote.show_progress

    def hear(self: DataNote, progress: FetchProgressed) -> None:
        heard.append(progress)
        show(self, progress)

    monkeypatch.setattr(DataNote, "show_progress", hear)

    async def test(pilot: P) -> None:
        await loaded(pilot)
        await until(pilot, lambda: "f fetch data" in footer(pilot))
        await pilot.press("f")
        await until(pilot, lambda: heard and "fetching from Test server" in note(pilot))
        assert heard[-1].total == len(body)
        await until(pilot, lambda: "f fetch data" not in footer(pilot))
        assert "esc stops it" in screen_text(pilot)
        hold.set()
        await until(pilot, lambda: "and in use" in note(pilot))
        await until(pilot, lambda: "288 images of 96 photographs" in facts(pilot))
        assert "published bytes" in facts(pilot)
        assert app(pilot).config.data.directory == str(tmp_path / "fetched")
        await until(pilot, lambda: "fetch data" not in footer(pilot))

    with serving(body, hold) as url:
        publish(monkeypatch, url, body, tmp_path / "fetched")
        over_data(settings(source="synthetic", synthetic_images=48), test)


def test_fetch_can_be_stopped(letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = (letters / "sign_mnist_train.csv").read_bytes()
    hold = threading.Event()

    async def test(pilot: P) -> None:
        await loaded(pilot)
        await pilot.press("f")
        await until(pilot, lambda: "fetching from" in note(pilot))
        await pilot.press("escape")
        hold.set()
        await until(pilot, lambda: "stopped; f goes on from there" in note(pilot))
        await until(pilot, lambda: "f fetch data" in footer(pilot))
        assert not (tmp_path / "fetched" / "sign_mnist_train.csv").exists()

    with serving(body, hold) as url:
        publish(monkeypatch, url, body, tmp_path / "fetched")
        over_data(settings(source="synthetic", synthetic_images=48), test)


def test_a_failed_fetch_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(monkeypatch, "http://127.0.0.1:9/train.csv", b"never there", tmp_path / "fetched")

    async def test(pilot: P) -> None:
        await loaded(pilot)
        await pilot.press("f")
        await until(pilot, lambda: "could not be downloaded" in note(pilot))
        assert isinstance(pilot.app.screen, DataScreen)

    over_data(settings(source="synthetic", synthetic_images=48), test)


@pytest.mark.real_data
def test_published_photographs_are_told_apart() -> None:
    import os

    directory = os.environ.get("SIGNTUI_DATA_DIR")
    if not directory:
        pytest.skip("SIGNTUI_DATA_DIR is not set: no published data set to test on")
    gallery = Gallery(load_data(settings(directory=directory)))
    assert 1100 < sum(len(_of_letter(gallery, letter)) for letter in range(24)) < 1300


def _of_letter(gallery: Gallery, letter: int) -> Any:
    gallery.show_letter(letter)
    return gallery.indices
