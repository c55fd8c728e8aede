"""Live mode: from the key to the first point of a curve, what a try takes, and the probe beside it.

SIGNTUI_DATA_DIR=... python benchmarks/live_mode.py
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Callable

from machine import describe
from textual.pilot import Pilot

from signtui.config import Assignment, Config, resolve
from signtui.render.terminal import TerminalStyle
from signtui.tui import launch
from signtui.tui.app import DashboardApp
from signtui.tui.widgets.chart import CurveChart
from signtui.tui.widgets.form import SettingsForm

CHANGES = (
    ("model.blocks.1.kernel", "right"),
    ("model.blocks.1.activation", "right"),
    ("augment.rotation", "right"),
)


async def until(pilot: Pilot[int], holds: Callable[[], object]) -> float:
    """The moment from which `holds` does."""
    while not holds():
        await pilot.pause(0.01)
    return time.perf_counter()


async def measure(config: Config) -> None:
    """One dashboard: live mode on, then a few changes."""
    app = DashboardApp(config, TerminalStyle("truecolor", unicode=True), launch.ENGINE)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.estimates.of(config))
        print(f"probe: {app.estimates.guessed_speed(config)}")
        form, chart = app.screen.query_one(SettingsForm), app.screen.query(CurveChart).first()

        async def one(key: str) -> None:
            before, strips = app.live.current, chart._strips
            pressed = time.perf_counter()
            await pilot.press(key)
            opened = await until(pilot, lambda: app.live.current is not before)
            run = app.live.current
            assert run is not None
            first = await until(pilot, lambda: run.state.history.points)
            shown = await until(pilot, lambda: chart._strips is not strips)
            ended = await until(pilot, lambda: run.state.ended)
            state = run.state
            accuracy = state.epochs[-1].validation.accuracy if state.epochs else 0.0
            images = state.data.train_images if state.data else 0
            speed = state.epochs[-1].images_per_second if state.epochs else 0.0
            size = f"{state.progress.epochs} x {images} images at {speed:.0f} a second"
            drawn = max(first, shown) - pressed
            print(
                f"{key:6} opened {opened - pressed:.2f} s, first point {first - pressed:.2f} s,"
                f" drawn {drawn:.2f} s, over {ended - pressed:.2f} s: {size}, validation {accuracy:.1%}"
            )

        await one("v")
        form.unfolded.add("model.blocks.1")
        for key, change in CHANGES:
            form.chosen = key
            await one(change)
    launch._tries().end()


if __name__ == "__main__":
    print(describe("signtui", "torch", "textual"))
    with tempfile.TemporaryDirectory() as runs:
        settings = {"data.directory": os.environ.get("SIGNTUI_DATA_DIR", ""), "runs.directory": runs}
        made = resolve([Assignment(k, v, "here") for k, v in settings.items() if v], environment={}).config
        asyncio.run(measure(made))
