"""Makes the pictures in docs/images: `python docs/make_images.py`, with the real data in SIGNTUI_DATA_DIR.

The page of a run is of one on the real data; the dashboard, which shows images, is of runs on synthetic
hands, since the pictures are part of the project and the data set is not.
"""

import asyncio
import io
import os
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from textual.pilot import Pilot

from signtui.config import Assignment, Config, resolve
from signtui.render.run_page import run_page
from signtui.render.terminal import TerminalStyle, console_for
from signtui.runs.folder import RunFolder
from signtui.runs.show import open_run, show, step_curves
from signtui.tui.app import DashboardApp
from signtui.tui.launch import ENGINE
from signtui.tui.sources import LogSource

IMAGES = Path(__file__).parent / "images"
STYLE = TerminalStyle("truecolor", True, 120, 50)
COLOURS_256 = TerminalStyle("256", True, 120, 50)
ASCII = TerminalStyle("none", False, 120, 50)
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
