"""What each screen looks like: every size and every state, from recorded events and a clock that stands.

A change that is meant is taken over by `pytest tests/tui/test_snapshots.py --snapshot-update`; the
snapshots are text, so that a review shows what changed on the screen.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from pictures import picture
from recorded_run import (
    START,
    TRUECOLOR,
    RecordedSource,
    begun,
    dashboard,
    run_ended,
    settle,
    step,
    whole_run,
)
from run_folders import a_history, until
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from signtui.config import Config
from signtui.events import AnyEvent, Mark, RunStarted
from signtui.render.terminal import TerminalStyle
from signtui.tui.app import DashboardApp
from signtui.tui.widgets.data_augment import AugmentPanel
from signtui.tui.widgets.data_facts import DataFacts
from signtui.tui.widgets.data_gallery import GalleryPanel
from signtui.tui.widgets.run_view import RunView
from signtui.tui.widgets.runs_table import RunsTable

SIZES = [(80, 24), (120, 40), (200, 60)]
pytestmark = pytest.mark.usefixtures("standing_clock")

STYLES = {
    "truecolor": TRUECOLOR,
    "256 colours": TerminalStyle("256", unicode=True),
    "16 colours": TerminalStyle("16", unicode=True),
    "no colour": TerminalStyle("none", unicode=True),
    "ascii": TerminalStyle("none", unicode=False),
}
P = Pilot[int]


def taken(
    prepare: Callable[[P, DashboardApp], Awaitable[None]],
    size: tuple[int, int] = (120, 40),
    style: TerminalStyle = TRUECOLOR,
    config: Config | None = None,
    *,
    styles: bool = True,
) -> str:
    """The picture of a dashboard after `prepare`."""
    pictures: list[str] = []

    async def go() -> None:
        app = dashboard(style, config)
        async with app.run_test(size=size) as pilot:
            await settle(pilot)
            await prepare(pilot, app)
            await settle(pilot)
            pictures.append(picture(app, styles=styles))

    asyncio.run(go())
    return pictures[0]


# The Train screen


def synthetic(events: list[AnyEvent]) -> list[AnyEvent]:
    first = events[0]
    assert isinstance(first, RunStarted)
    data = msgspec.structs.replace(first.data, name="synthetic hands", kind="synthetic", synthetic=True)
    ended = events[-1]
    rest = [*events[1:-1], msgspec.structs.replace(ended, synthetic=True)] if ended != first else []
    return [msgspec.structs.replace(first, data=data), *rest]


PAUSED = [*begun(50), Mark(time=START + 5.2, kind="pause", epoch=2, step=50)]
RATE = [
    *begun(30),
    Mark(time=START + 3.1, kind="learning_rate", epoch=1, step=30, value=0.005),
    *(step(number) for number in range(31, 61)),
]
DIVERGED = [
    *begun(10),
    run_ended("diverged", "the loss is no longer a finite number after epoch 1, step 10", 0),
]
FAILED = [*begun(10), run_ended("failed", "cuda:0 ran out of memory at a batch size of 4096", 0)]
STATES: dict[str, list[AnyEvent] | None] = {
    "empty": None,
    "starting": begun(0),
    "training": begun(60),
    "synthetic": synthetic(whole_run()),
    "paused": PAUSED,
    "learning rate changed": RATE,
    "diverged": DIVERGED,
    "failed": FAILED,
    "finished": whole_run(),
    "lost": begun(50),
}


def training(state: str) -> Callable[[P, DashboardApp], Awaitable[None]]:
    async def prepare(pilot: P, app: DashboardApp) -> None:
        events = STATES[state]
        if events is not None:
            source = RecordedSource(events)
            source.lost = state == "lost"
            app.watch_run(source)
            if app.screen.has_class("-narrow"):
                await pilot.press("tab")

    return prepare


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
def test_train(state: str, size: tuple[int, int], picture_snapshot: SnapshotAssertion) -> None:
    assert taken(training(state), size, styles=size == (120, 40)) == picture_snapshot


@pytest.mark.parametrize("colours", STYLES)
@pytest.mark.parametrize("size", SIZES[:2], ids="{0[0]}x{0[1]}".format)
def test_train_on_poorer_terminals(
    colours: str, size: tuple[int, int], picture_snapshot: SnapshotAssertion
) -> None:
    text = taken(training("finished"), size, STYLES[colours])
    assert text == picture_snapshot
    if colours == "ascii":
        assert text.isascii()


async def three_runs(pilot: P, app: DashboardApp) -> None:
    for number in range(3):
        source = RecordedSource(begun(20 + 20 * number), folder=Path(f"runs{number}"))
        source.waiting[0] = msgspec.structs.replace(
            source.waiting[0], id=f"20261122-160355-keen-owl-0{number}"
        )
        app.watch_run(source)
    await settle(pilot)


@pytest.mark.parametrize("size", SIZES[:2], ids="{0[0]}x{0[1]}".format)
def test_several_runs(size: tuple[int, int], picture_snapshot: SnapshotAssertion) -> None:
    assert taken(three_runs, size, styles=False) == picture_snapshot


def test_help(picture_snapshot: SnapshotAssertion) -> None:
    async def prepare(pilot: P, app: DashboardApp) -> None:
        await pilot.press("question_mark")

    assert taken(prepare, (80, 24), styles=False) == picture_snapshot


def test_leaving_a_live_run(picture_snapshot: SnapshotAssertion) -> None:
    async def prepare(pilot: P, app: DashboardApp) -> None:
        await training("training")(pilot, app)
        app.followed.session = app.watched
        await pilot.press("q")

    assert taken(prepare, (80, 24), styles=False) == picture_snapshot


# The Runs screen


def over(directory: Path) -> Config:
    runs = msgspec.structs.replace(Config().runs, directory=str(directory))
    return msgspec.structs.replace(Config(), runs=runs)


async def runs_screen(pilot: P, app: DashboardApp) -> None:
    await pilot.press("5")
    await until(pilot, lambda: app.screen.query_one(RunsTable).row_count == 5)
    if app.screen.query_one(RunView).display:
        await until(pilot, lambda: "epoch" in app.screen.query_one(RunView).shown)


@pytest.mark.parametrize("colours", ["truecolor", "ascii"])
@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
def test_runs(
    size: tuple[int, int], colours: str, tmp_path: Path, picture_snapshot: SnapshotAssertion
) -> None:
    a_history(tmp_path / "runs")
    text = taken(runs_screen, size, STYLES[colours], over(Path("runs")), styles=colours == "truecolor")
    assert text == picture_snapshot


def test_no_runs_yet(picture_snapshot: SnapshotAssertion) -> None:
    async def prepare(pilot: P, app: DashboardApp) -> None:
        await pilot.press("5")
        await until(
            pilot,
            lambda: "No runs yet" in "".join(lines.shown for lines in app.screen.query("Lines").results()),
        )

    assert taken(prepare, (80, 24), config=over(Path("runs")), styles=False) == picture_snapshot


def test_runs_compared(tmp_path: Path, picture_snapshot: SnapshotAssertion) -> None:
    a_history(tmp_path / "runs")

    async def prepare(pilot: P, app: DashboardApp) -> None:
        await runs_screen(pilot, app)
        await pilot.press("space", "space", "space", "space", "space", "c")
        await until(pilot, lambda: "preset" in app.screen.query_one(RunView).shown)

    assert taken(prepare, config=over(Path("runs")), styles=False) == picture_snapshot


# The Data screen


@pytest.fixture(scope="module")
def hands(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty-four letters, three photographs of each in three variants: plain shapes, the same everywhere."""
    folder = tmp_path_factory.mktemp("hands")
    labels = [label for label in range(25) if label != 9]
    y, x = np.mgrid[:28, :28]
    rows = []
    for label in labels:
        for photograph in range(3):
            for variant in range(3):
                bars = ((x * (photograph + 2) + y * (label + 3)) // 9) % 2
                image = np.clip(
                    70 + 90 * bars + 10 * photograph + 3 * variant + (x * y) % (label + 5), 0, 255
                )
                rows.append([label, *image.ravel().tolist()])
    header = ",".join(["label", *(f"pixel{number}" for number in range(1, 785))])
    lines = [header, *(",".join(map(str, row)) for row in rows)]
    (folder / "sign_mnist_train.csv").write_text("\n".join(lines) + "\n")
    return folder


def reading(directory: Path) -> Config:
    data = msgspec.structs.replace(Config().data, directory=str(directory))
    return msgspec.structs.replace(Config(), data=data)


async def data_screen(pilot: P, app: DashboardApp) -> None:
    await pilot.press("2")
    screen = app.screen
    await until(pilot, lambda: screen.query_one(GalleryPanel).gallery is not None)
    await until(
        pilot, lambda: "24" in screen.query_one(DataFacts).shown or not screen.query_one(DataFacts).size
    )
    panel = screen.query_one(AugmentPanel)
    await until(pilot, lambda: panel._changed is not None or not panel.size)


@pytest.mark.parametrize("colours", ["truecolor", "ascii"])
@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
def test_data(
    size: tuple[int, int],
    colours: str,
    hands: Path,
    picture_snapshot: SnapshotAssertion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(hands.parent)
    config: Any = reading(Path(hands.name))
    assert taken(data_screen, size, STYLES[colours], config, styles=False) == picture_snapshot
