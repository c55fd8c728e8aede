"""Live mode by its keys, over an engine that gives recorded tries."""

import threading
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from recorded_run import (
    RUN_ID,
    RecordedSource,
    begun,
    epoch_ended,
    news,
    on_screen,
    refuse,
    run_ended,
    run_started,
    screen_text,
    settle,
    step,
)
from textual.pilot import Pilot

from signtui.config import Config, as_plain, preset_config
from signtui.errors import DataError
from signtui.events import AnyEvent, EpochEnded, Score
from signtui.runs.control import Stop
from signtui.runs.tries import LIVE
from signtui.tui import live
from signtui.tui.app import DashboardApp, Engine
from signtui.tui.live_lines import changed_settings
from signtui.tui.tries import SIZES, TrySize, size_for, try_config, try_seconds
from signtui.tui.widgets.footer import Footer
from signtui.tui.widgets.form import SettingsForm
from signtui.tui.widgets.summary import Summary

P = Pilot[int]


@pytest.fixture(autouse=True)
def settled_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "SETTLED_SECONDS", 0.001)


class Tries:
    """An engine whose tries say what the test has them say."""

    def __init__(self) -> None:
        self.configs: list[Config] = []
        self.sources: list[RecordedSource] = []
        self.trained: list[Config] = []
        self.problem = ""

    @property
    def engine(self) -> Engine:
        return Engine(lambda: None, self._train, refuse, self._attempt)

    def _attempt(self, config: Config) -> RecordedSource:
        if self.problem:
            raise DataError(self.problem)
        self.configs.append(config)
        started = replace(run_started(config), id=f"{RUN_ID[:-2]}{len(self.configs):02}")
        source = RecordedSource([started, *(step(number) for number in range(1, 20))], "live")
        self.sources.append(source)
        return source

    def _train(self, config: Config) -> RecordedSource:
        self.trained.append(config)
        return RecordedSource(begun(5), "session")


def with_tries(width: int = 120, height: int = 40, **how: Any) -> Any:
    """`on_screen` whose test also gets the engine's tries."""

    def decorate(test: Any) -> Any:
        tries = Tries()

        async def run(pilot: P, source: RecordedSource | None = None) -> None:
            await (test(pilot, tries, source) if source is not None else test(pilot, tries))

        run.__name__ = test.__name__
        return on_screen(width, height, engine=tries.engine, **how)(run)

    return decorate


def finished(accuracy: float) -> list[AnyEvent]:
    ended: EpochEnded = replace(epoch_ended(2), validation=Score(0.3, accuracy, 480))
    return [ended, run_ended()]


async def opened(pilot: P) -> None:
    """Wait until no try is being opened, and show what there is."""
    for _ in range(3):
        await pilot.pause(0.005)
        for thread in threading.enumerate():
            if thread.name in {"opening a try", "opening a run"}:
                thread.join()
        await settle(pilot)


async def until_tried(pilot: P, tries: Tries, count: int) -> None:
    while len(tries.configs) < count:
        await opened(pilot)
    await opened(pilot)


def dashboard(pilot: P) -> DashboardApp:
    app = pilot.app
    assert isinstance(app, DashboardApp)
    return app


def summary(pilot: P) -> str:
    return pilot.app.screen.query_one(Summary).shown


def choose(pilot: P, key: str) -> SettingsForm:
    form = pilot.app.screen.query_one(SettingsForm)
    form.unfolded |= {"model.blocks.1", "more.training"}
    form.chosen = key
    return form


@with_tries()
async def test_v_tries_the_settings_at_once_and_v_again_ends_it(pilot: P, tries: Tries) -> None:
    assert "v live" in pilot.app.screen.query_one(Footer).shown
    await pilot.press("v")
    await until_tried(pilot, tries, 1)
    assert tries.configs == [try_config(Config(), TrySize())]
    form = pilot.app.screen.query_one(SettingsForm)
    assert form.shown.split("\n")[0].endswith("live")
    header, *_ = screen_text(pilot).split("\n")
    assert "live  brisk-heron-01 · ▶ live · epoch 1/1" in header
    assert "live  the first try" in summary(pilot)
    await pilot.press("v")
    await settle(pilot)
    assert tries.sources[0].sent == [Stop(now=True)]
    assert not form.shown.split("\n")[0].endswith("live")
    assert len(tries.configs) == 1


@with_tries()
async def test_a_changed_setting_ends_the_try_and_the_next_begins(pilot: P, tries: Tries) -> None:
    await pilot.press("v")
    await until_tried(pilot, tries, 1)
    choose(pilot, "model.blocks.1.kernel")
    await pilot.press("right")
    assert tries.sources[0].sent == [Stop(now=True)]
    await until_tried(pilot, tries, 2)
    assert tries.configs[1].model.blocks[0].kernel == 5
    assert tries.configs[1].data == tries.configs[0].data
    assert dashboard(pilot).watched is dashboard(pilot).live.current


@with_tries()
async def test_the_try_before_stays_behind_and_the_change_is_named(pilot: P, tries: Tries) -> None:
    await pilot.press("v")
    await until_tried(pilot, tries, 1)
    tries.sources[0].waiting = finished(0.912)
    await news(pilot)
    assert "validation 91.2 %" in summary(pilot)
    choose(pilot, "model.blocks.1.kernel")
    await pilot.press("right")
    assert tries.sources[0].sent == []  # it was over
    await until_tried(pilot, tries, 2)
    assert "block 1 kernel 3 › 5   validation 91.2 % › ..." in summary(pilot)
    tries.sources[1].waiting = finished(0.93)
    await news(pilot)
    assert "block 1 kernel 3 › 5   validation 91.2 % › 93.0 %  +1.8 points" in summary(pilot)
    assert "one seed, 1 epoch of 5,120 images, validated on 480" in summary(pilot)
    behind = dashboard(pilot).behind
    assert behind is not None
    assert behind.id.endswith("01")
    assert "last run" in screen_text(pilot)


@with_tries()
async def test_a_try_that_was_cut_short_is_not_compared_with(pilot: P, tries: Tries) -> None:
    await pilot.press("v")
    await until_tried(pilot, tries, 1)
    tries.sources[0].waiting = finished(0.9)
    await news(pilot)
    choose(pilot, "train.batch_size")
    await pilot.press("right")
    await until_tried(pilot, tries, 2)
    tries.sources[1].waiting = [epoch_ended(1), run_ended("stopped")]
    await pilot.press("right")
    await until_tried(pilot, tries, 3)
    assert "batch size 128 › 512   validation 90.0 % › ..." in summary(pilot)


@with_tries()
async def test_a_try_of_another_size_is_not_compared_with(pilot: P, tries: Tries) -> None:
    await pilot.press("v")
    await until_tried(pilot, tries, 1)
    tries.sources[0].waiting = finished(0.912)
    await news(pilot)
    form = choose(pilot, "data.most_images")
    form.unfolded.add("more.data")
    await pilot.press("right")
    await until_tried(pilot, tries, 2)
    assert tries.configs[1].data.most_images == 1000
    assert "the first try of its size   validation ..." in summary(pilot)
    assert dashboard(pilot).behind is None


@with_tries()
async def test_a_try_that_diverges_says_so_and_the_one_before_stays(pilot: P, tries: Tries) -> None:
    await pilot.press("v")
    await until_tried(pilot, tries, 1)
    tries.sources[0].waiting = finished(0.9)
    await news(pilot)
    choose(pilot, "train.learning_rate")
    await pilot.press("right")
    await until_tried(pilot, tries, 2)
    tries.sources[1].waiting = [run_ended("diverged", "the loss is no longer a finite number", 0)]
    await news(pilot)
    assert "learning rate 0.02 › 0.05   validation 90.0 % › diverged" in summary(pilot)
    await pilot.press("left")
    await until_tried(pilot, tries, 3)
    assert "the same settings again" in summary(pilot)


@with_tries()
async def test_what_tries_do_not_have_starts_none(pilot: P, tries: Tries) -> None:
    await pilot.press("v")
    await until_tried(pilot, tries, 1)
    choose(pilot, "train.epochs")
    await pilot.press("right", "right")
    await opened(pilot)
    form = pilot.app.screen.query_one(SettingsForm)
    assert "tries of live mode have their own" in " ".join(form.shown.split())
    assert tries.sources[0].sent == []
    assert len(tries.configs) == 1


@with_tries()
async def test_a_stack_that_cannot_be_is_refused_at_its_field_and_not_tried(pilot: P, tries: Tries) -> None:
    await pilot.press("v")
    await until_tried(pilot, tries, 1)
    form = choose(pilot, "model.blocks.1.kernel")
    await pilot.press("enter", "ctrl+u", *"99", "enter")
    await opened(pilot)
    assert "must be a whole number" in " ".join(form.shown.split())
    assert len(tries.configs) == 1


@with_tries()
async def test_a_try_that_cannot_begin_says_why(pilot: P, tries: Tries) -> None:
    tries.problem = "data.csv, row 3: 783 pixels where 784 are needed"
    await pilot.press("v")
    await opened(pilot)
    assert "row 3: 783 pixels" in summary(pilot)
    tries.problem = ""
    choose(pilot, "model.blocks.1.kernel")
    await pilot.press("right")
    await until_tried(pilot, tries, 1)
    assert "row 3" not in summary(pilot)


@with_tries()
async def test_t_ends_live_mode_and_trains_in_full(pilot: P, tries: Tries) -> None:
    await pilot.press("v")
    await until_tried(pilot, tries, 1)
    await pilot.press("t")
    await opened(pilot)
    assert tries.sources[0].sent == [Stop(now=True)]
    assert tries.trained == [Config()]
    assert not dashboard(pilot).live.on
    run = dashboard(pilot).watched
    assert run is not None
    assert run.source.kind == "session"


@with_tries()
async def test_a_try_cannot_be_paused_and_does_not_keep_anyone_from_leaving(pilot: P, tries: Tries) -> None:
    await pilot.press("v")
    await until_tried(pilot, tries, 1)
    footer = pilot.app.screen.query_one(Footer).shown
    assert "pause" not in footer
    assert "stop" not in footer
    await pilot.press("q")
    assert pilot.app.return_code == 0


@with_tries(events=begun(10))
async def test_live_mode_waits_for_a_real_run(pilot: P, tries: Tries, source: RecordedSource) -> None:
    await pilot.press("v")
    await opened(pilot)
    assert tries.configs == []
    assert "live  after this run" in summary(pilot)
    assert "live after this run" in pilot.app.screen.query_one(SettingsForm).shown
    source.waiting = [run_ended()]
    await news(pilot)
    await news(pilot)
    await until_tried(pilot, tries, 1)
    assert "live  the first try" in summary(pilot)


@on_screen()
async def test_without_an_engine_that_tries_there_is_no_live_mode(pilot: P) -> None:
    assert "v live" not in pilot.app.screen.query_one(Footer).shown
    await pilot.press("v")
    assert not dashboard(pilot).live.on


@with_tries(80, 24)
async def test_in_a_narrow_terminal_the_outcome_stands_under_the_form(pilot: P, tries: Tries) -> None:
    await pilot.press("v")
    await until_tried(pilot, tries, 1)
    tries.sources[0].waiting = finished(0.912)
    await news(pilot)
    text = screen_text(pilot)
    assert "Configure" in text
    assert "validation 91.2 %" in text


def test_a_try_is_a_small_copy_of_the_run_in_a_folder_of_its_own() -> None:
    config = replace(Config(), runs=replace(Config().runs, directory="here", tags=("night",)))
    small = try_config(config, TrySize(4000, 2))
    assert small.data.most_images == 4000
    assert small.train.epochs == 2
    assert Path(small.runs.directory) == Path("here") / LIVE
    assert small.runs.tags == ()
    assert small.model == config.model
    fewer = replace(config, data=replace(config.data, most_images=500))
    assert try_config(fewer, TrySize(4000, 2)).data.most_images == 500


@pytest.mark.parametrize("rate", [50.0, 500.0, 3000.0, 100_000.0])
def test_a_try_is_as_large_as_a_few_seconds_allow(rate: float) -> None:
    from signtui.runs.speed import Speed

    speed = Speed(rate, 3 * rate)
    size = size_for(speed, 2600)
    assert size in SIZES
    assert try_seconds(size, speed, 2600) <= 6 or size == SIZES[0]
    assert try_seconds(size, speed, 2600) > 2 or size == SIZES[-1]


def test_changes_are_named_as_the_form_names_them() -> None:
    before = as_plain(Config())
    assert changed_settings(before, before) == ""
    assert changed_settings(before, as_plain(preset_config("tiny"))) == "preset fast > tiny"
    four = replace(Config(), model=replace(Config().model, blocks=Config().model.blocks[:4]))
    assert changed_settings(before, as_plain(four)).endswith("block 5 left out")
    five = changed_settings(as_plain(four), before)
    assert five.endswith("block 5 added")
    many = replace(
        Config(), augment=replace(Config().augment, rotation=1.0, shift=0.2, zoom=0.3, flip=True, shear=4.0)
    )
    assert changed_settings(before, as_plain(many)).endswith(", 2 more")
    assert "rotation 12 > 1" in changed_settings(before, as_plain(many))


@pytest.mark.parametrize(("epochs", "points"), [(1, 40), (2, 80), (3, 3)])
def test_the_curve_behind_is_of_training_until_validation_has_points_enough(epochs: int, points: int) -> None:
    from signtui.runs.state import RunState
    from signtui.tui.curves import chart_of
    from signtui.tui.view import View

    before = RunState.of(begun(40 * epochs))
    chart = chart_of(RunState.of(begun(10)), "accuracy", View(), before)
    behind = next(series for series in chart.series if series.role == "previous")
    assert len(behind.x) == points
    assert behind.faint
