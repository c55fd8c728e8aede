"""A run as events, and a dashboard over it that asks nobody and waits for nothing."""

import asyncio
import functools
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from textual.pilot import Pilot

from signtui.config import Config
from signtui.errors import RunError
from signtui.events import (
    SCHEMA,
    AnyEvent,
    Best,
    DataFacts,
    EpochEnded,
    Guesses,
    ModelFacts,
    RunEnded,
    RunStarted,
    Samples,
    Score,
    Step,
    System,
    Test,
)
from signtui.render.terminal import TerminalStyle
from signtui.runs.control import Command
from signtui.runs.folder import RunFolder
from signtui.runs.state import RunState, Status
from signtui.tui.app import DashboardApp, Engine
from signtui.tui.sources import Kind

START = 1_795_363_435.0
RUN_ID = "20261122-160355-brisk-heron-3f"
CLASSES = tuple("ABCDEFGHIKLMNOPQRSTUVWXY")
PER_EPOCH = 40
TRUECOLOR = TerminalStyle("truecolor", unicode=True)


def run_started(config: Config | None = None) -> RunStarted:
    data = DataFacts(
        name="Sign Language MNIST",
        kind="published",
        synthetic=False,
        classes=CLASSES,
        image_size=28,
        train_images=PER_EPOCH * 128,
        validation_images=480,
        test_images=480,
        validation="photographs",
    )
    return RunStarted(
        time=START,
        schema=SCHEMA,
        id=RUN_ID,
        config=msgspec.json.decode(msgspec.json.encode(config or Config())),
        data=data,
        model=ModelFacts(layers=(), weights=71_240, multiply_adds=1_000_000),
        steps_per_epoch=PER_EPOCH,
        device="cpu",
        precision="fp32",
        threads=2,
        versions={},
        host="here",
        pid=1,
    )


def samples() -> Samples:
    pixels = np.linspace(0, 255, 24 * 28 * 28).astype(np.uint8)
    return Samples(time=START, side=28, truths=tuple(range(24)), pixels=pixels.tobytes())


def guesses(step: int, right: int) -> Guesses:
    found = tuple(index if index < right else (index + 1) % 24 for index in range(24))
    return Guesses(time=START + step / 10, epoch=1, step=step, guesses=found, confidences=(0.91,) * 24)


def step(number: int, **changes: Any) -> Step:
    fields: dict[str, Any] = {
        "time": START + number / 10,
        "epoch": (number - 1) // PER_EPOCH + 1,
        "step": number,
        "steps": 1,
        "loss": 3.2 / (1 + number / 8),
        "accuracy": 1 - 1 / (1 + number / 8),
        "learning_rate": 0.01,
        "gradient_norm": 1.0,
        "images_per_second": 1280.0,
    }
    return Step(**(fields | changes))


def epoch_ended(number: int) -> EpochEnded:
    score = Score(0.5 / number, 1 - 0.05 / number, 480)
    return EpochEnded(
        time=START + number * PER_EPOCH / 10 + 0.2,
        epoch=number,
        step=number * PER_EPOCH,
        train=score,
        clean=None,
        validation=score,
        recall=(1.0,) * 24,
        confusion=tuple(tuple(20 if a == b else 0 for a in range(24)) for b in range(24)),
        learning_rate=0.01,
        gradient_norm=1.0,
        seconds=4.2,
        images_per_second=1280.0,
        best=True,
    )


def run_ended(reason: Any = "finished", message: str = "", epochs: int = 2) -> RunEnded:
    confusion = [[20 if a == b else 0 for a in range(24)] for b in range(24)]
    confusion[11][12] = 3  # M read as N
    return RunEnded(
        time=START + 12,
        id=RUN_ID,
        reason=reason,
        epochs=epochs,
        best=Best(epochs, Score(0.25, 0.975, 480)) if epochs else None,
        test=Test(0.2, 0.9771, 483, (1.0,) * 24, tuple(map(tuple, confusion))) if epochs else None,
        seconds=12.0,
        synthetic=False,
        message=message,
    )


def begun(steps: int = 0, right: int = 20) -> list[AnyEvent]:
    """The first `steps` steps of a run of two epochs, with what comes between them."""
    events: list[AnyEvent] = [run_started(), samples(), System(time=START, cpu=0.97, memory=641_000_000)]
    for number in range(1, steps + 1):
        events.append(step(number))
        if number % PER_EPOCH == 0:
            events.append(epoch_ended(number // PER_EPOCH))
    if steps:
        events.append(guesses(steps, right))
    return events


def whole_run() -> list[AnyEvent]:
    return [*begun(2 * PER_EPOCH), run_ended()]


class RecordedSource:
    """Says what a test has it say, and remembers what it was told."""

    def __init__(self, events: list[AnyEvent], kind: Kind = "attached", folder: Path = Path("runs")) -> None:
        self.kind: Kind = kind
        self.folder = RunFolder(folder / RUN_ID)
        self.waiting = list(events)
        self.sent: list[Command] = []
        self.lost = False
        self.unreachable = False

    def poll(self) -> list[AnyEvent]:
        if self.unreachable:
            raise RunError("can't read the log of run brisk-heron-3f")
        events, self.waiting = self.waiting, []
        return events

    def send(self, command: Command) -> None:
        self.sent.append(command)

    def status(self, state: RunState) -> Status:
        return "lost" if self.lost else state.status

    def now(self) -> float:
        return START + 5


def refuse(*_: object) -> Any:
    raise RunError("no training in this test")


def dashboard(
    style: TerminalStyle = TRUECOLOR,
    config: Config | None = None,
    engine: Engine | None = None,
) -> DashboardApp:
    engine = engine or Engine(lambda: None, refuse, refuse)
    return DashboardApp(config or Config(), style, engine, poll_seconds=None)


async def settle(pilot: Pilot[int]) -> None:
    """Wait until nothing is left to be drawn."""
    for _ in range(2):
        await pilot.pause()
        await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def news(pilot: Pilot[int]) -> None:
    """Have the dashboard ask for news, and draw them."""
    app = pilot.app
    assert isinstance(app, DashboardApp)
    app.poll_run()
    await settle(pilot)


def screen_text(pilot: Pilot[int]) -> str:
    """What stands on the screen, without colours."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)


def on_screen(
    width: int = 120, height: int = 40, **how: Any
) -> Callable[[Callable[..., Awaitable[None]]], Callable[..., None]]:
    """Runs a test over a dashboard of that size; `how` goes to `dashboard`, `events` begin its run."""

    def decorate(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
        def run() -> None:
            async def go() -> None:
                events = how.get("events")
                source = RecordedSource(events, how.get("kind", "attached")) if events is not None else None
                rest = {key: value for key, value in how.items() if key not in {"events", "kind"}}
                app = dashboard(**rest)
                async with app.run_test(size=(width, height)) as pilot:
                    await settle(pilot)
                    if source is not None:
                        app.watch_run(source)
                        await settle(pilot)
                    await (test(pilot, source) if source is not None else test(pilot))

            asyncio.run(go())

        functools.update_wrapper(run, test)
        del run.__wrapped__  # type: ignore[attr-defined]  # pytest would look for fixtures there
        return run

    return decorate
