"""Makes the pictures in docs/images: `python docs/make_images.py`, with the real data in SIGNTUI_DATA_DIR.

The page of a run is of one on the real data; the dashboard, which shows images, is of one on synthetic
hands, since the pictures are part of the project and the data set is not.
"""

import asyncio
import io
import tempfile
from pathlib import Path

from signtui.config import Assignment, resolve
from signtui.errors import RunError
from signtui.render.run_page import run_page
from signtui.render.terminal import TerminalStyle, console_for
from signtui.runs.folder import RunFolder
from signtui.runs.show import open_run, show, step_curves
from signtui.tui.app import DashboardApp, Engine
from signtui.tui.sources import LogSource

IMAGES = Path(__file__).parent / "images"
STYLE = TerminalStyle("truecolor", True, 120, 50)


def train(runs: str, source: str) -> RunFolder:
    """A finished run of preset fast on images from `source`."""
    from signtui.training.session import TrainingSession  # noqa: PLC0415 - only where a run is wanted

    settings = [Assignment("runs.directory", runs, "here"), Assignment("data.source", source, "here")]
    session = TrainingSession.open(resolve(settings).config)
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


async def picture_of_dashboard(folder: RunFolder) -> None:
    """docs/images/train.svg: the Train screen at the end of the run."""
    engine = Engine(lambda: None, _refuse, _refuse)
    app = DashboardApp(resolve(environment={}).config, STYLE, engine, poll_seconds=None)
    async with app.run_test(size=(120, 40)) as pilot:
        app.watch_run(LogSource(folder))
        for _ in range(3):  # the log, the charts made of it, their drawing
            await pilot.pause()
            await app.workers.wait_for_complete()
        await pilot.pause()
        app.save_screenshot(str(IMAGES / "train.svg"))


def _refuse(*_: object) -> LogSource:
    raise RunError("nothing is trained for a picture")


def main() -> None:
    """Make every picture."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as runs:
        picture_of_run(train(runs, "csv"))
        asyncio.run(picture_of_dashboard(train(runs, "synthetic")))


if __name__ == "__main__":
    main()
