"""What the Mistakes screen looks like: every panel, size and terminal, from recorded guesses.

`pytest tests/tui/test_mistakes_snapshots.py --snapshot-update` takes over a change that is meant.
"""

import asyncio

import pytest
from pictures import picture
from recorded_guesses import RecordedEngine, finished_run, live_run
from recorded_run import TRUECOLOR, RecordedSource, begun, dashboard, run_ended, settle
from run_folders import until
from syrupy.assertion import SnapshotAssertion

from signtui.events import AnyEvent
from signtui.render.terminal import TerminalStyle
from signtui.tui.screens.mistakes import PARTS, MistakesScreen
from signtui.tui.widgets.mistakes_calibration import CalibrationPanel
from signtui.tui.widgets.mistakes_images import MisreadPanel

pytestmark = pytest.mark.usefixtures("standing_clock")

SIZES = [(80, 24), (120, 40), (200, 60)]
STYLES = {
    "truecolor": TRUECOLOR,
    "256 colours": TerminalStyle("256", unicode=True),
    "ascii": TerminalStyle("none", unicode=False),
}


def taken(
    events: list[AnyEvent], size: tuple[int, int], style: TerminalStyle, panel: str, *, styles: bool
) -> str:
    """The picture of the screen with the keys on `panel`, all worked out."""
    pictures: list[str] = []

    async def go() -> None:
        recorded = RecordedEngine()
        app = dashboard(style, None, recorded.engine)
        async with app.run_test(size=size) as pilot:
            await settle(pilot)
            app.watch_run(RecordedSource(events))
            await pilot.press("4")
            screen = app.screen
            assert isinstance(screen, MistakesScreen)
            if screen.mistakes.wish is not None:
                await until(pilot, lambda: screen.mistakes.known is not None, "no predictions")
            screen.show_panel(panel)
            await settle(pilot)
            if screen.mistakes.known is not None and screen.query_one(MisreadPanel).region:
                await until(pilot, lambda: screen.mistakes.look is not None, "no look")
            chart = screen.query_one(CalibrationPanel)
            if screen.mistakes.known is not None and chart.region:
                await until(pilot, lambda: chart.is_drawn, "no curve")
            await settle(pilot)
            pictures.append(picture(app, styles=styles))

    asyncio.run(go())
    return pictures[0]


@pytest.mark.parametrize("colours", ["truecolor", "ascii"])
@pytest.mark.parametrize("panel", PARTS)
@pytest.mark.parametrize("size", SIZES[:2], ids="{0[0]}x{0[1]}".format)
def test_panels(size: tuple[int, int], panel: str, colours: str, picture_snapshot: SnapshotAssertion) -> None:
    coloured = colours == "truecolor" and size == (120, 40)
    text = taken(finished_run(), size, STYLES[colours], panel, styles=coloured)
    assert text == picture_snapshot
    if colours == "ascii":
        assert text.isascii()


def test_256_colours(picture_snapshot: SnapshotAssertion) -> None:
    text = taken(finished_run(), (120, 40), STYLES["256 colours"], "confusion", styles=True)
    assert text == picture_snapshot


def test_all_at_once(picture_snapshot: SnapshotAssertion) -> None:
    assert taken(finished_run(), (200, 60), TRUECOLOR, "confusion", styles=False) == picture_snapshot


STATES: dict[str, list[AnyEvent]] = {
    "live": live_run(1),
    "synthetic": live_run(synthetic=True),
    "no mistakes": finished_run(3),
    "starting": begun(5),
    "diverged": [*begun(10), run_ended("diverged", "the loss is no longer a finite number", 0)],
}


@pytest.mark.parametrize("state", STATES)
def test_states(state: str, picture_snapshot: SnapshotAssertion) -> None:
    assert taken(STATES[state], (120, 40), TRUECOLOR, "confusion", styles=False) == picture_snapshot
