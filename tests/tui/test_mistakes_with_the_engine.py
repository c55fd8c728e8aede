"""The Mistakes screen over real runs: trained here, live in this process, and with its data gone."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from recorded_run import TRUECOLOR, settle
from run_folders import until
from textual.pilot import Pilot

from signtui.config import Assignment, Config, resolve
from signtui.events import EpochEnded, RunEnded
from signtui.training.session import TrainingSession
from signtui.tui import launch
from signtui.tui.app import DashboardApp
from signtui.tui.screens.corruptions import CorruptionsPage, CorruptionsScreen
from signtui.tui.screens.mistakes import MistakesScreen
from signtui.tui.sources import LogSource, SessionSource
from signtui.tui.widgets.mistakes_images import MisreadPanel
from signtui.tui.widgets.mistakes_panel import NoteLine, ScopeLine

P = Pilot[int]


@pytest.fixture
def config(shapes: Path, tmp_path: Path, tiny_run: dict[str, str]) -> Config:
    data = tmp_path / "shapes"
    shutil.copytree(shapes, data)
    settings = tiny_run | {
        "data.directory": str(data),
        "model.blocks.*.filters": "4",
        "train.epochs": "2",
        "train.learning_rate": "0.002",
    }
    return resolve([Assignment(key, value, "test") for key, value in settings.items()], environment={}).config


def finished(config: Config) -> TrainingSession:
    session = TrainingSession.open(config)
    session.start()
    assert session.join(60)
    return session


def over(config: Config, test: Callable[[P, DashboardApp], Awaitable[None]]) -> None:
    async def go() -> None:
        app = DashboardApp(config, TRUECOLOR, launch.ENGINE, poll_seconds=0.02)
        async with app.run_test(size=(120, 40)) as pilot:
            await test(pilot, app)

    asyncio.run(go())


def screen(pilot: P) -> MistakesScreen:
    found = pilot.app.screen
    assert isinstance(found, MistakesScreen)
    return found


def test_a_finished_run_shows_just_the_images_that_it_counted_as_misread(config: Config) -> None:
    session = finished(config)
    told = list(session.mailbox.drain())
    epochs = {event.epoch: event for event in told if isinstance(event, EpochEnded)}
    ended = told[-1]
    assert isinstance(ended, RunEnded)
    assert ended.test is not None

    def misread(confusion: tuple[tuple[int, ...], ...]) -> int:
        return sum(map(sum, confusion)) - sum(row[index] for index, row in enumerate(confusion))

    async def test(pilot: P, app: DashboardApp) -> None:
        await pilot.press("4")
        await until(pilot, lambda: screen(pilot).mistakes.known is not None, "no predictions")
        mistakes = screen(pilot).mistakes
        assert mistakes.epoch == ended.best.epoch  # type: ignore[union-attr]
        assert len(mistakes.listed) == misread(epochs[mistakes.epoch or 0].confusion)
        assert mistakes.difference == ""
        screen(pilot).show_panel("misread")
        if len(mistakes.listed):
            await until(
                pilot, lambda: "nearest:" in screen(pilot).query_one(MisreadPanel).shown, "no closer look"
            )
        await pilot.press("w")
        await until(pilot, lambda: screen(pilot).mistakes.known is not None, "no test images")
        assert len(mistakes.listed) == misread(ended.test.confusion)  # type: ignore[union-attr]
        await pilot.press("w", "comma")
        await until(pilot, lambda: screen(pilot).mistakes.known is not None, "no other epoch")

    over(config, test)


def test_a_run_that_trains_here_is_followed_and_ends_with_what_it_learned(config: Config) -> None:
    session = TrainingSession.open(replace(config, train=replace(config.train, epochs=4)))

    async def test(pilot: P, app: DashboardApp) -> None:
        app.watch_run(SessionSource(session))
        session.start()
        await pilot.press("4")
        await until(pilot, lambda: screen(pilot).mistakes.known is not None, "no predictions while it trains")
        await until(pilot, lambda: app.watched is not None and app.watched.state.ended, "it does not end")
        await until(
            pilot,
            lambda: (
                "finished" in screen(pilot).query_one(ScopeLine).shown
                and screen(pilot).mistakes.known is not None
            ),
            "the end is not shown",
        )
        assert screen(pilot).mistakes.has_test

    over(config, test)
    assert session.join(60)


def test_corruptions_of_a_finished_run_are_scored_on_its_own_images(config: Config) -> None:
    session = finished(config)

    async def test(pilot: P, app: DashboardApp) -> None:
        app.watch_run(LogSource(session.folder))
        await pilot.press("4")
        await until(pilot, lambda: screen(pilot).mistakes.known is not None, "no predictions")
        known = screen(pilot).mistakes.known
        assert known is not None
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, CorruptionsScreen), "not opened")
        await until(pilot, lambda: getattr(app.screen, "scores", None) is not None, "not scored")
        found = app.screen
        assert isinstance(found, CorruptionsScreen)
        assert found.scores is not None
        assert found.scores.images == len(known)
        assert found.scores.clean.accuracy == pytest.approx(1 - known.misread.mean())
        await until(pilot, lambda: "rotation" in found.query_one(CorruptionsPage).shown, "no page")

    over(config, test)


def test_other_data_are_refused_in_a_sentence_and_the_numbers_stay(config: Config) -> None:
    session = finished(config)
    file = Path(config.data.directory) / "train.csv"
    file.write_text("\n".join(file.read_text().splitlines()[:-40]) + "\n")

    async def test(pilot: P, app: DashboardApp) -> None:
        app.watch_run(LogSource(session.folder))
        await pilot.press("4")
        await until(pilot, lambda: "other data" in screen(pilot).query_one(NoteLine).shown, "not refused")
        await settle(pilot)
        assert screen(pilot).mistakes.confusion is not None
        assert screen(pilot).mistakes.known is None

    over(config, test)
