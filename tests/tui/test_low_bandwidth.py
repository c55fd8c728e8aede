"""What little is sent on a thin line, and that keys are answered at once all the same."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from recorded_run import (
    START,
    TRUECOLOR,
    RecordedSource,
    begun,
    dashboard,
    epoch_ended,
    guesses,
    news,
    on_screen,
    run_ended,
    screen_text,
    settle,
    step,
)
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

from signtui.config import Config
from signtui.events import Mark, System
from signtui.tui import partial_repaint
from signtui.tui.app import DashboardApp
from signtui.tui.pace import Pace
from signtui.tui.widgets.progress import ProgressLine
from signtui.tui.widgets.samples import SamplesPanel

P = Pilot[int]
MOST_BYTES = 300
"""Of one update in which everything moves."""
Test = Callable[[P, RecordedSource], Awaitable[None]]


def config(low: bool) -> Config:
    return msgspec.structs.replace(Config(), ui=msgspec.structs.replace(Config().ui, low_bandwidth=low))


def over_a_run(test: Test, low: bool = True, width: int = 120) -> None:
    async def go() -> None:
        app = dashboard(TRUECOLOR, config(low))
        async with app.run_test(size=(width, 40)) as pilot:
            await settle(pilot)
            source = RecordedSource(begun(30, right=20))
            app.watch_run(source)
            await settle(pilot)
            await test(pilot, source)

    asyncio.run(go())


def app_of(pilot: P) -> DashboardApp:
    assert isinstance(pilot.app, DashboardApp)
    return pilot.app


def progress(pilot: P) -> str:
    return pilot.app.screen.query_one(ProgressLine).shown


def samples(pilot: P) -> str:
    return pilot.app.screen.query_one(SamplesPanel).shown


def test_figures_wait_until_their_second_is_over() -> None:
    async def test(pilot: P, source: RecordedSource) -> None:
        assert "loss 0.674" in progress(pilot)
        source.waiting = [step(31)]
        await news(pilot)
        assert "loss 0.674" in progress(pilot)
        app_of(pilot).pace = Pace(0, 0, 0)  # the second is over
        await news(pilot)
        assert "loss 0.656" in progress(pilot)

    over_a_run(test)


def test_a_key_and_a_pause_are_shown_at_once() -> None:
    async def test(pilot: P, source: RecordedSource) -> None:
        source.waiting = [step(31)]
        await news(pilot)
        await pilot.press("space")
        await settle(pilot)
        assert "loss 0.656" in progress(pilot)
        source.waiting = [Mark(time=START + 4, kind="pause", epoch=1, step=31)]
        await news(pilot)
        assert "paused" in progress(pilot)

    over_a_run(test)


def test_new_guesses_wait_but_not_for_a_key_nor_after_the_end() -> None:
    async def test(pilot: P, source: RecordedSource) -> None:
        source.waiting = [guesses(31, 24)]
        app_of(pilot).poll_run(always=True)
        await settle(pilot)
        assert "20 of 24 right" in samples(pilot)
        pilot.app.screen.query_one(SamplesPanel).focus()
        await settle(pilot)
        assert "24 of 24 right" in samples(pilot)
        source.waiting = [guesses(32, 22), run_ended("stopped", epochs=0)]
        await news(pilot)
        assert "22 of 24 right" in samples(pilot)

    over_a_run(test)


def test_the_header_says_so_where_there_is_room() -> None:
    async def says(pilot: P, source: RecordedSource) -> None:
        assert "low bandwidth" in screen_text(pilot).split("\n")[0]

    async def says_not(pilot: P, source: RecordedSource) -> None:
        assert "bandwidth" not in screen_text(pilot)

    over_a_run(says)
    over_a_run(says_not, low=False)
    over_a_run(says_not, width=60)


def test_images_are_drawn_in_the_greys_of_the_palette() -> None:
    async def test(pilot: P, source: RecordedSource) -> None:
        strips = pilot.app.screen.query_one(SamplesPanel)._strips
        art = [segment for strip in strips for segment in strip if "▀" in segment.text]
        assert art
        for segment in art:
            assert segment.style is not None
            assert segment.style.color is not None
            assert segment.style.color.number in range(232, 256)

    over_a_run(test)


@pytest.mark.parametrize("low", [False, True])
def test_what_a_paused_run_costs_its_machine_is_no_news(low: bool) -> None:
    async def test(pilot: P, source: RecordedSource) -> None:
        source.waiting = [Mark(time=START + 4, kind="pause", epoch=1, step=30)]
        await news(pilot)
        heard: list[object] = []
        app_of(pilot).run_progressed.subscribe(pilot.app, heard.append)
        source.waiting = [System(time=START + 5, cpu=0.01, memory=1)]
        await news(pilot)
        assert not heard
        assert "cpu" not in progress(pilot)

    over_a_run(test, low=low)


@on_screen()
async def test_no_cursor_blinks(pilot: P) -> None:
    for keys in (["5", "slash"], ["escape", "ctrl+p"]):
        await pilot.press(*keys)
        await settle(pilot)
        focused = pilot.app.focused
        assert isinstance(focused, Input)
        assert not focused.cursor_blink


def test_an_update_of_figures_curves_and_samples_is_a_few_hundred_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every part of the screen is drawn at each of 50 polls; how often they come is a matter of pace."""
    partial_repaint.install()
    sent: list[int] = []

    def count(app: DashboardApp, _: Screen[Any], update: Any) -> None:
        if update is not None and not app._batch_count:
            sent.append(len(update.render_segments(app.console).encode()))

    monkeypatch.setattr(DashboardApp, "_display", count)

    async def test(pilot: P, source: RecordedSource) -> None:
        app_of(pilot).pace = Pace(0, 0, 0)
        sent.clear()
        for number in range(31, 81):
            source.waiting = [step(number), guesses(number, 20 + number % 5)]
            source.waiting += [epoch_ended(number // 40)] if number % 40 == 0 else []
            await news(pilot)
        assert 0 < sum(sent) / 50 < MOST_BYTES, sum(sent) / 50

    over_a_run(test, low=False)
