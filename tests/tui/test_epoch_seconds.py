"""The expected seconds of an epoch on the form: by which runs, by which probe, and when there is none."""

import socket
import threading
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from recorded_run import (
    RecordedSource,
    begun,
    news,
    on_screen,
    refuse,
    run_ended,
    run_started,
    settle,
)
from textual.pilot import Pilot

from signtui.config import Config
from signtui.events import AnyEvent, RunStarted, encode
from signtui.runs.folder import RunFolder
from signtui.runs.speed import Speed
from signtui.tui import estimates
from signtui.tui.app import DashboardApp, Engine
from signtui.tui.widgets.form import SettingsForm

P = Pilot[int]
PROBE = "probing speed"
USUAL = Speed(2000.0, 8000.0)


@pytest.fixture(autouse=True)
def settled_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(estimates, "SETTLED_SECONDS", 0.001)
    monkeypatch.chdir(tmp_path)  # with no runs of the past


class Probe:
    """Answers at once, or when the test lets it."""

    def __init__(self, speed: Speed | None = USUAL) -> None:
        self.speed = speed
        self.asked: list[Config] = []
        self.cancelled: list[threading.Event] = []
        self.may_answer = threading.Event()
        self.may_answer.set()

    def __call__(self, config: Config, side: int, classes: int, cancelled: threading.Event) -> Speed | None:
        assert (side, classes) == (28, 24)
        self.asked.append(config)
        self.cancelled.append(cancelled)
        self.may_answer.wait(30)
        return None if cancelled.is_set() else self.speed


def with_probe(probe: Probe | None = None, **how: Any) -> Any:
    def decorate(test: Any) -> Any:
        found = probe or Probe()

        async def run(pilot: P, source: RecordedSource | None = None) -> None:
            await (test(pilot, found, source) if source is not None else test(pilot, found))

        run.__name__ = test.__name__
        engine = Engine(lambda: None, lambda _: RecordedSource(begun(5), "session"), refuse, None, found)
        return on_screen(engine=engine, **how)(run)

    return decorate


def form(pilot: P) -> SettingsForm:
    return pilot.app.screen.query_one(SettingsForm)


def dashboard(pilot: P) -> DashboardApp:
    app = pilot.app
    assert isinstance(app, DashboardApp)
    return app


async def answered(pilot: P, words: str) -> None:
    """Wait until the form says so."""
    for _ in range(200):
        await pilot.pause(0.005)
        for thread in threading.enumerate():
            if thread.name in {PROBE, "loading PyTorch", "opening a run"}:
                thread.join()
        await settle(pilot)
        if words in form(pilot).shown:
            return
    raise AssertionError(f"{words!r} did not come: {form(pilot).shown}")


def here(events: list[AnyEvent], **changes: Any) -> list[AnyEvent]:
    return [
        replace(event, host=socket.gethostname(), **changes) if isinstance(event, RunStarted) else event
        for event in events
    ]


@with_probe()
async def test_a_probe_tells_what_a_thousand_images_take(pilot: P, probe: Probe) -> None:
    await answered(pilot, "0.5 s per 1,000 images (probe)")
    assert probe.asked == [Config()]


@with_probe()
async def test_only_what_costs_something_is_probed_anew(pilot: P, probe: Probe) -> None:
    await answered(pilot, "(probe)")
    form(pilot).chosen = "augment.rotation"
    await pilot.press("right")
    assert "(probe)" in form(pilot).shown
    form(pilot).chosen = "train.learning_rate"
    await pilot.press("right")
    assert len(probe.asked) == 1
    probe.speed = Speed(500.0, 1500.0)
    probe.may_answer.clear()
    form(pilot).chosen = "train.batch_size"
    await pilot.press("right")
    assert "timing an epoch ..." in form(pilot).shown
    probe.may_answer.set()
    await answered(pilot, "2.0 s per 1,000 images (probe)")
    assert [config.train.batch_size for config in probe.asked] == [128, 256]
    await pilot.press("left")
    assert "0.5 s per 1,000 images (probe)" in form(pilot).shown


synthetic = replace(Config(), data=replace(Config().data, source="synthetic", synthetic_images=6000))


@with_probe(config=synthetic)
async def test_of_synthetic_hands_the_number_is_known(pilot: P, probe: Probe) -> None:
    # 5,400 learned from at 2,000 a second; 600 for validation and 2,048 clean ones scored at 8,000.
    await answered(pilot, "about 3.0 s an epoch (probe)")


@with_probe(events=here(begun(80)), kind="attached")
async def test_a_run_of_these_settings_knows_better_than_a_probe(
    pilot: P, probe: Probe, source: RecordedSource
) -> None:
    # 5,120 images at 1,280 a second, and what the epoch's 4.2 s leave for scoring its 480 validation images.
    await news(pilot)
    assert "an epoch (measured)" in form(pilot).shown
    source.waiting = [run_ended()]
    await news(pilot)
    assert "an epoch (last run)" in form(pilot).shown


elsewhere = here(begun(80))
elsewhere[0] = run_started()


@with_probe(events=elsewhere)
async def test_a_run_on_another_machine_tells_nothing_of_this_one(
    pilot: P, probe: Probe, source: RecordedSource
) -> None:
    await answered(pilot, "(probe)")


@with_probe()
async def test_nothing_is_probed_while_a_run_trains_here(pilot: P, probe: Probe) -> None:
    await answered(pilot, "(probe)")
    app = dashboard(pilot)
    app.watch_run(RecordedSource(begun(5), "session"))
    app.followed.session = app.watched
    form(pilot).chosen = "train.batch_size"
    await pilot.press("right")
    await settle(pilot)
    assert "an epoch is timed after this run" in form(pilot).shown
    assert len(probe.asked) == 1
    assert app.watched is not None
    source = app.watched.source
    assert isinstance(source, RecordedSource)
    source.waiting = [run_ended()]
    await news(pilot)
    await answered(pilot, "(probe)")


slow = Probe()
slow.may_answer.clear()


@with_probe(slow)
async def test_training_ends_a_probe_before_it_begins(pilot: P, probe: Probe) -> None:
    while not probe.asked:
        await pilot.pause(0.005)
    await pilot.press("t")
    assert probe.cancelled[0].is_set()
    assert dashboard(pilot).opening
    probe.may_answer.set()
    while dashboard(pilot).opening:
        await pilot.pause(0.005)
    assert dashboard(pilot).watched is not None


@with_probe(Probe(None))
async def test_what_cannot_be_timed_is_left_out(pilot: P, probe: Probe) -> None:
    while not probe.asked or "timing" in form(pilot).shown:
        await pilot.pause(0.005)
    assert "probe" not in form(pilot).shown
    assert len(probe.asked) == 1


@with_probe()
async def test_behind_another_screen_nothing_is_probed(pilot: P, probe: Probe) -> None:
    await answered(pilot, "(probe)")
    app = dashboard(pilot)
    await pilot.press("5")
    app.edit_config(replace(app.config, train=replace(app.config.train, batch_size=64)))
    await settle(pilot)
    assert not [thread for thread in threading.enumerate() if thread.name == PROBE]
    assert len(probe.asked) == 1
    await pilot.press("1")
    await answered(pilot, "(probe)")
    assert len(probe.asked) == 2


def test_a_run_of_the_past_saves_the_probe(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "runs" / "20261101-100000-old-owl-00")
    folder.path.mkdir(parents=True)
    folder.events.write_bytes(b"".join(encode(event) + b"\n" for event in here(begun(80))))

    @with_probe()
    async def test(pilot: P, probe: Probe) -> None:
        await answered(pilot, "an epoch (last run)")
        assert probe.asked == []

    test()
