"""Makes the pictures in docs/images from a run: `python docs/make_images.py [RUN_FOLDER]`.

Without a folder it first trains preset fast on the data set that SIGNTUI_DATA_DIR names.
"""

import io
import sys
import tempfile
from pathlib import Path

from signtui.config import Assignment, resolve
from signtui.render.run_page import run_page
from signtui.render.terminal import TerminalStyle, console_for
from signtui.runs.folder import RunFolder
from signtui.runs.show import open_run, show, step_curves

IMAGES = Path(__file__).parent / "images"
STYLE = TerminalStyle("truecolor", True, 120, 50)


def train(runs: str) -> RunFolder:
    """A finished run of preset fast."""
    from signtui.training.session import TrainingSession  # noqa: PLC0415 - only where a run is wanted

    session = TrainingSession.open(resolve([Assignment("runs.directory", runs, "here")]).config)
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


def main() -> None:
    """Make every picture."""
    IMAGES.mkdir(exist_ok=True)
    if len(sys.argv) > 1:
        picture_of_run(RunFolder(Path(sys.argv[1])))
        return
    with tempfile.TemporaryDirectory() as runs:
        picture_of_run(train(runs))


if __name__ == "__main__":
    main()
