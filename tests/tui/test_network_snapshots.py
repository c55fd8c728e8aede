"""What the Network screen looks like, level by level, from weights that follow from a seed.

A change that is meant is taken over by `pytest tests/tui/test_network_snapshots.py --snapshot-update`.
"""

import asyncio
from dataclasses import replace

import pytest
from pictures import picture
from recorded_run import TRUECOLOR, RecordedSource, dashboard, refuse, settle, whole_run
from run_folders import until
from syrupy.assertion import SnapshotAssertion
from test_network_screen import MODEL, config_of, told, weights

from signtui.render.terminal import TerminalStyle
from signtui.training.looks import Look, Wish
from signtui.training.microscope import Microscope
from signtui.tui.engine import Engine
from signtui.tui.screens.network import NetworkScreen

pytestmark = pytest.mark.usefixtures("standing_clock")

STYLES = {
    "truecolor": TRUECOLOR,
    "256 colours": TerminalStyle("256", unicode=True),
    "no colour": TerminalStyle("none", unicode=True),
    "ascii": TerminalStyle("none", unicode=False),
}
LEVELS = {
    "layers": [],
    "feature maps": ["tab"],
    "channel": ["down", "down", "down", "down", "right", "enter"],
    "kernel": ["down", "down", "down", "down", "enter", "tab"],
    "convolution": ["enter", "enter", "up", "up", "left"],
    "sum": ["down", "down", "down", "down", "enter", "enter", "tab"],
    "and then": ["enter", "enter", "tab", "tab"],
}


def taken(level: str, size: tuple[int, int], style: TerminalStyle) -> str:
    """The picture of a level; the layers' times, which no two machines share, are as their multiply-adds."""
    microscope = Microscope()

    def look(wish: Wish) -> Look:
        found = microscope(wish)
        plans = [layer.plan for layer in found.view.layers]
        total = sum(plan.multiply_adds for plan in plans)
        return replace(found, shares={plan.module: plan.multiply_adds / total for plan in plans})

    config = config_of()
    source = RecordedSource(told(whole_run(), config))
    weights(source.folder.epochs / "00002.safetensors", MODEL, 3, 2)
    pictures: list[str] = []

    async def go() -> None:
        app = dashboard(style, config, Engine(lambda: None, refuse, refuse, microscope=look))
        async with app.run_test(size=size) as pilot:
            app.watch_run(source)
            await pilot.press("3")
            screen = app.screen
            assert isinstance(screen, NetworkScreen)
            await until(pilot, lambda: screen.scene.view is not None)
            await pilot.press(*LEVELS[level])
            if screen.scene.spot.level != "layers":
                await until(pilot, lambda: screen.scene.excitement is not None)
            await until(pilot, lambda: not screen.observation.looker.is_busy)
            await settle(pilot)
            pictures.append(picture(app, styles=style.colour != "none"))

    asyncio.run(go())
    return pictures[0]


@pytest.mark.parametrize("level", ["layers", "channel", "convolution"])
@pytest.mark.parametrize("style", STYLES)
def test_each_level_at_120x40(level: str, style: str, picture_snapshot: SnapshotAssertion) -> None:
    assert taken(level, (120, 40), STYLES[style]) == picture_snapshot


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("style", ["truecolor", "ascii"])
def test_each_part_at_80x24(level: str, style: str, picture_snapshot: SnapshotAssertion) -> None:
    assert taken(level, (80, 24), STYLES[style]) == picture_snapshot


@pytest.mark.parametrize("level", ["layers", "channel", "convolution"])
def test_each_level_at_200x60(level: str, picture_snapshot: SnapshotAssertion) -> None:
    assert taken(level, (200, 60), TRUECOLOR) == picture_snapshot
