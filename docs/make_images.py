"""Makes the pictures in docs/images: `python docs/make_images.py`, with the real data in SIGNTUI_DATA_DIR.

The page of a run is of one on the real data; the dashboard, which shows images, is of runs on synthetic
hands, since the pictures are part of the project and the data set is not. So are its signers: several
lots of synthetic hands, each set a little further apart than the one before.
"""

import asyncio
import contextlib
import io
import os
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np
from PIL import Image
from textual.pilot import Pilot
from textual.widgets import Input

from signtui.config import Assignment, Config, resolve
from signtui.data.images import LETTERS
from signtui.data.synthetic.generate import synthetic_hands
from signtui.render.run_page import run_page
from signtui.render.terminal import TerminalStyle, console_for
from signtui.runs.folder import RunFolder
from signtui.runs.show import open_run, show, step_curves
from signtui.tui.app import DashboardApp
from signtui.tui.launch import ENGINE
from signtui.tui.screens.corruptions import CorruptionsScreen
from signtui.tui.sources import LogSource

IMAGES = Path(__file__).parent / "images"
STYLE = TerminalStyle("truecolor", True, 120, 50)
COLOURS_256 = TerminalStyle("256", True, 120, 50)
ASCII = TerminalStyle("none", False, 120, 50)
SPREADS = (1.0, 1.3, 1.6, 2.0)
"""How far the hands of each drawn signer are set apart."""

HANDS_OF_A_SIGNER = 1440
P = Pilot[int]
Act = Callable[[P, DashboardApp], Awaitable[None]]


def settings(runs: str, source: str, **more: object) -> Config:
    """Settings of a run on images from `source`, or of a dashboard over `runs`."""
    given = {"runs.directory": runs, "data.source": source} | {
        key.replace("__", "."): value for key, value in more.items()
    }
    return resolve([Assignment(key, value, "here") for key, value in given.items()]).config


def train(config: Config) -> RunFolder:
    """A finished run."""
    from signtui.training.session import TrainingSession  # noqa: PLC0415 - only where a run is wanted

    session = TrainingSession.open(config)
    session.start()
    session.join()
    return session.folder


def train_series(config: Config) -> None:
    """A run without each signer of the data."""
    from signtui.training.leave_one_out import LeaveOneOut  # noqa: PLC0415 - only where it is wanted

    work = LeaveOneOut.open(config, "signers")
    while (session := work.next_session()) is not None:
        session.start()
        session.join()


def draw_signers(folder: Path) -> None:
    """A CSV of synthetic hands as the published ones are written, and a table of whose each of them is."""
    folder.mkdir()
    numbers = np.array([ord(letter) - ord("A") for letter in LETTERS])
    rows, signers = [], ["file,row,signer"]
    for signer, spread in enumerate(SPREADS, start=1):
        images, labels = synthetic_hands(HANDS_OF_A_SIGNER, signer, spread=spread)
        rows.append(np.column_stack((numbers[labels], images.reshape(len(images), -1))))
        signers += [f"train.csv,{len(signers) + row},{signer}" for row in range(len(images))]
    header = "label," + ",".join(f"pixel{number}" for number in range(1, rows[0].shape[1]))
    np.savetxt(
        folder / "train.csv", np.concatenate(rows), fmt="%d", delimiter=",", header=header, comments=""
    )
    (folder / "signers.csv").write_text("\n".join(signers) + "\n")


def draw_photos(folder: Path, count: int = 9) -> None:
    """Synthetic hands as photos of one's own: a folder per letter."""
    images, labels = synthetic_hands(count, 7, size=128)
    for number, (image, label) in enumerate(zip(images, labels, strict=True), start=1):
        of_letter = folder / LETTERS[label]
        of_letter.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(of_letter / f"hand-{number}.png")


def picture_of_run(folder: RunFolder) -> None:
    """docs/images/show-run.svg."""
    opened = open_run(folder)
    page = show(folder, opened.state)
    page["steps"] = step_curves(opened.state)
    console = console_for(STYLE, io.StringIO(), record=True)
    console.print(run_page(page, STYLE))
    console.save_svg(str(IMAGES / "show-run.svg"), title="signtui show-run")


async def settled(pilot: P, seconds: float = 1.5) -> None:
    """Wait until threads and drawings are done, and a little longer for what they set off."""
    for _ in range(3):
        await pilot.pause()
        await pilot.app.workers.wait_for_complete()
    await pilot.pause(seconds)
    await pilot.app.workers.wait_for_complete()


def picture_of_dashboard(
    name: str, config: Config, act: Act, size: tuple[int, int] = (120, 40), style: TerminalStyle = STYLE
) -> None:
    """docs/images/NAME.svg: the dashboard after `act`."""

    async def go() -> None:
        app = DashboardApp(config, style, ENGINE)
        async with app.run_test(size=size) as pilot:
            await settled(pilot)
            await act(pilot, app)
            await settled(pilot)
            app.clear_notifications()
            await pilot.pause()
            app.save_screenshot(str(IMAGES / f"{name}.svg"))

    asyncio.run(go())


def watching(folder: RunFolder, *keys: str, seconds: float = 0.0) -> Act:
    """Open the run and press `keys`."""

    async def act(pilot: P, app: DashboardApp) -> None:
        app.watch_run(LogSource(folder))
        await settled(pilot)
        for key in keys:
            await pilot.press(key)
            await settled(pilot, max(0.3, seconds))

    return act


def pressing(*keys: str, seconds: float = 2.0) -> Act:
    """Press `keys`."""

    async def act(pilot: P, app: DashboardApp) -> None:  # noqa: ARG001 - as the others
        for key in keys:
            await pilot.press(key)
            await settled(pilot, seconds)

    return act


async def corrupted(pilot: P, app: DashboardApp) -> None:
    """From the Mistakes screen to the corruptions, until all are scored."""
    await pilot.press("x")
    await settled(pilot)
    screen = app.screen
    assert isinstance(screen, CorruptionsScreen)
    while screen.scores is None:
        assert not screen.problem, screen.problem
        await pilot.pause(0.2)


async def photos_read(pilot: P, app: DashboardApp) -> None:
    """The box that adds photos, with those in `photos` read and shown."""
    await pilot.press("2", "i")
    await settled(pilot)
    app.screen.query_one("#import-path", Input).value = "photos/"
    await pilot.press("enter")
    await settled(pilot, 3)


def one_after_the_other(*acts: Act) -> Act:
    """All of them."""

    async def act(pilot: P, app: DashboardApp) -> None:
        for each in acts:
            await each(pilot, app)

    return act


def main() -> None:
    """Make every picture."""
    IMAGES.mkdir(exist_ok=True)
    os.environ["SIGNTUI_STATE_DIR"] = tempfile.mkdtemp()
    with tempfile.TemporaryDirectory() as runs:
        picture_of_run(train(settings(runs, "csv")))
    with tempfile.TemporaryDirectory() as runs:
        hands = settings(runs, "synthetic")
        train(settings(runs, "synthetic", preset="tiny"))
        run = train(hands)
        picture_of_dashboard("train", hands, watching(run))
        picture_of_dashboard("train-80x24", hands, watching(run, "tab"), (80, 24))
        picture_of_dashboard("zoom", hands, watching(run, "tab", "f", "plus", "plus", "x"))
        picture_of_dashboard("data", hands, pressing("2", seconds=6))
        picture_of_dashboard("runs", hands, pressing("5", "space", "space"))
        picture_of_dashboard("live", hands, live_mode)
        picture_of_dashboard("mistakes", hands, watching(run, "4", seconds=4))
        picture_of_dashboard("network", hands, watching(run, "3", seconds=4))
        picture_of_dashboard("convolution", hands, watching(run, "3", "down", "enter", "enter", seconds=3))
        small = (80, 24)
        narrow = watching(run, "3", "enter", "enter", "tab", seconds=2)
        picture_of_dashboard("convolution-80x24", hands, narrow, small)
        picture_of_dashboard("network-256", hands, watching(run, "3", seconds=4), small, COLOURS_256)
        picture_of_dashboard("network-ascii", hands, watching(run, "3", seconds=4), small, ASCII)
        picture_of_dashboard("ascii", hands, watching(run), style=ASCII)
        picture_of_dashboard(
            "corruptions", hands, one_after_the_other(watching(run, "4", seconds=4), corrupted)
        )
    pictures_of_drawn_photos()


def pictures_of_drawn_photos() -> None:
    """docs/images/signers.svg and import.svg, in a folder of its own, which the pictures don't name."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        draw_signers(Path("drawn-hands"))
        four = settings("runs", "auto", data__directory="drawn-hands", train__epochs=4)
        train_series(four)
        picture_of_dashboard("signers", four, pressing("6"))
        draw_photos(Path("photos"))
        picture_of_dashboard("import", settings("runs", "synthetic"), photos_read)


async def live_mode(pilot: P, app: DashboardApp) -> None:
    """A try with a kernel of 3, and one with a kernel of 5 in the first block."""
    form = app.screen.query_one("#form")
    await pilot.press("v")
    await _until_over(pilot, app)
    form.chosen = "model.blocks.1"  # type: ignore[attr-defined]  # the row with the cursor
    await pilot.press("enter", "down", "down", "right")
    await pilot.pause(2)
    await _until_over(pilot, app)


async def _until_over(pilot: P, app: DashboardApp) -> None:
    while app.watched is None or app.watched.state.ended is None:
        await pilot.pause(0.2)


if __name__ == "__main__":
    main()
