"""The dashboard over the real engine, on images that a tiny network learns in a moment."""

import asyncio
import threading
from pathlib import Path

import pytest
from recorded_run import TRUECOLOR, settle
from run_folders import until
from textual.pilot import Pilot

from signtui.config import Assignment, Config, resolve
from signtui.events import EpochEnded
from signtui.runs.folder import RunFolder, run_folders
from signtui.runs.log import read_events
from signtui.runs.state import RunState
from signtui.runs.tries import LIVE
from signtui.training.session import TrainingSession
from signtui.tui import launch
from signtui.tui.app import DashboardApp
from signtui.tui.sources import LogSource
from signtui.tui.widgets.chart import CurveChart
from signtui.tui.widgets.form import SettingsForm
from signtui.tui.widgets.summary import Summary

P = Pilot[int]


@pytest.fixture
def config(tiny_run: dict[str, str]) -> Config:
    return resolve([Assignment(key, value, "test") for key, value in tiny_run.items()], environment={}).config


def app_over(config: Config) -> DashboardApp:
    return DashboardApp(config, TRUECOLOR, launch.ENGINE, poll_seconds=0.02)


def choose(pilot: P, key: str) -> SettingsForm:
    form = pilot.app.screen.query_one(SettingsForm)
    form.unfolded.add("model.blocks.1")
    form.chosen = key
    return form


def test_live_mode_tries_a_kernel_and_compares_it(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signtui.tui.live.SHORTEST", 0.0)  # tries of other sizes are not compared
    monkeypatch.setattr("signtui.tui.live.LONGEST", float("inf"))

    async def go() -> None:
        app = app_over(config)
        async with app.run_test(size=(120, 40)) as pilot:
            summary = app.screen.query_one(Summary)
            await pilot.press("v")
            await until(pilot, lambda: app.live.current and app.live.current.state.ended, "no first try")
            choose(pilot, "model.blocks.1.kernel")
            await pilot.press("right")
            await until(pilot, lambda: "block 1 kernel 3 › 5" in summary.shown, "the change is not named")
            await until(
                pilot, lambda: "points" in summary.shown or "no change" in summary.shown, "no outcome"
            )
            assert "validated on" in summary.shown
            assert app.live.before is not None
            assert app.behind is app.live.before
            await until(
                pilot, lambda: "last run" in app.screen.query(CurveChart).first().shown, "no curve behind"
            )
            assert len(run_folders(tmp_path / "runs" / LIVE)) == 2
            assert run_folders(tmp_path / "runs") == []

    asyncio.run(go())
    launch._tries().end()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("training ")]


def test_t_trains_in_full_after_the_try_has_ended(config: Config, tmp_path: Path) -> None:
    async def go() -> None:
        app = app_over(config)
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.press("v")
            await until(pilot, lambda: app.live.current is not None, "no try")
            await pilot.press("t")
            await until(pilot, lambda: app.session is not None and app.session.state.ended, "no run")
            assert app.session is not None
            assert app.session.state.data is not None
            assert app.session.state.data.train_images > 200
            assert app.session.state.ended is not None
            assert app.session.state.ended.test is not None
            assert not app.live.on

    asyncio.run(go())
    (folder,) = run_folders(tmp_path / "runs")
    assert RunState.of(read_events(folder.events)).status == "finished"


def test_the_probe_times_the_real_network(config: Config) -> None:
    async def go() -> None:
        app = app_over(config)
        async with app.run_test(size=(120, 40)) as pilot:
            form = app.screen.query_one(SettingsForm)
            await until(pilot, lambda: "images (probe)" in form.shown, "no seconds")

    asyncio.run(go())


def test_epochs_and_learning_rate_change_an_attached_run_and_leave_marks(
    config: Config, tmp_path: Path
) -> None:
    from msgspec.structs import replace

    session = TrainingSession.open(replace(config, train=replace(config.train, epochs=9000)))
    session.start()

    async def go(folder: RunFolder) -> None:
        app = app_over(replace(config, train=replace(config.train, epochs=9000)))
        async with app.run_test(size=(120, 40)) as pilot:
            app.watch_run(LogSource(folder))
            await until(pilot, lambda: app.watched and app.watched.state.progress.step > 3, "no steps")
            await pilot.press("space")  # thousands of tiny epochs would only make work
            await until(pilot, lambda: app.watched and app.watched.status == "paused", "no pause")
            form = choose(pilot, "train.learning_rate")
            await pilot.press("left")
            form.chosen = "train.epochs"
            await pilot.press("enter", "ctrl+u", *"8000", "enter")
            assert app.watched is not None
            run = app.watched
            await until(pilot, lambda: {m.kind for m in run.state.marks} >= {"learning_rate", "epochs"})
            lower = app.config.train.learning_rate
            assert lower < config.train.learning_rate
            assert [m.value for m in run.state.marks if m.kind == "learning_rate"] == [lower]
            assert run.state.progress.epochs == 8000
            form.chosen = "train.batch_size"
            await pilot.press("right")
            assert "counts from the next run" in " ".join(form.shown.split())
            chart = app.screen.query(CurveChart).first()
            await settle(pilot)
            await until(pilot, lambda: "rate" in chart.shown, "no mark on the chart")
            await pilot.press("s")
            await until(pilot, lambda: run.state.ended, "the run did not stop")

    asyncio.run(go(session.folder))
    assert session.join(30)


def test_a_run_resumed_here_shows_what_came_before(config: Config) -> None:
    session = TrainingSession.open(config)
    session.start()
    for event in session.mailbox.until_ended():
        if isinstance(event, EpochEnded) and event.epoch == 1:
            session.control.stop("stopped")
    assert session.join(30)
    before = RunState.of(read_events(session.folder.events))
    assert before.epochs[0].complete

    async def go() -> None:
        app = app_over(config)
        async with app.run_test(size=(120, 40)) as pilot:
            statuses = []
            app.run_progressed.subscribe(app.screen, lambda run: statuses.append(run.status))
            app.resume(session.folder)
            await until(pilot, lambda: app.session is not None and app.session.state.ended, "not resumed")
            assert app.session is not None
            state = app.session.state
            assert state.resumes == 1
            assert [epoch.epoch for epoch in state.epochs] == list(range(1, config.train.epochs + 1))
            assert state.epochs[0] == before.epochs[0]
            assert state.history.until(before.progress.step) == before.history
            assert "stopped" not in statuses

    asyncio.run(go())
