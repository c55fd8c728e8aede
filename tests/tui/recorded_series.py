"""A runs folder with series of leave-one-out in it, and a dashboard on its Signers screen."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from held_out_runs import config_of, facts, held_out_run
from msgspec.structs import replace
from recorded_run import CLASSES, TRUECOLOR, dashboard, refuse, settle
from run_folders import until
from textual.pilot import Pilot

from signtui.config import Config
from signtui.render.terminal import TerminalStyle
from signtui.tui.app import Engine
from signtui.tui.screens.signers import SignersScreen
from signtui.tui.sources import RunSource

P = Pilot[int]
SIGNERS = tuple("1234567")
RIGHT = {"1": 18, "2": 19, "3": 17, "4": 15, "5": 18, "6": 19, "7": 17}
"""Of twenty images of each letter, how many are read right of each hand; the rest as the next letter."""


def letters(right: int, hard: int) -> list[list[int]]:
    """Twenty images a letter; of the letter at `hard` five fewer are right."""
    size = len(CLASSES)
    rows = [[0] * size for _ in range(size)]
    for index in range(size):
        hits = right - 5 if index == hard else right
        rows[index][index] = hits
        rows[index][(index + 1) % size] = 20 - hits
    return rows


def a_series(directory: Path, done: int = 7, *, seed: int = 0, time: float = 1000.0, epochs: int = 1) -> None:
    """The first `done` of seven folds over 24 letters; M is the hardest."""
    for place, group in enumerate(SIGNERS[:done]):
        held_out_run(
            directory,
            group,
            config=config_of(group, directory, seed=seed, epochs=epochs),
            data=facts(group, CLASSES, SIGNERS),
            confusion=letters(RIGHT[group], 11),
            time=time + place,
            name=100 * seed + place,
        )


class RecordedSeriesEngine:
    """Begins no run, and remembers which series it was asked to go on with."""

    def __init__(self) -> None:
        self.asked: list[Config] = []
        self.engine = Engine(lambda: None, refuse, refuse, next_fold=self._next_fold)

    def _next_fold(self, config: Config) -> RunSource:
        self.asked.append(config)
        return refuse()  # type: ignore[no-any-return]  # it raises


def config_over(directory: Path, data: Path | None) -> Config:
    """Settings with runs in `directory` and images in `data`; without, synthetic hands."""
    config = Config()
    source = replace(config.data, directory=str(data)) if data else replace(config.data, source="synthetic")
    source = replace(source, synthetic_images=48)
    return replace(config, data=source, runs=replace(config.runs, directory=str(directory)))


def over(
    directory: Path,
    test: Callable[[P, RecordedSeriesEngine], Awaitable[None]],
    *,
    data: Path | None = None,
    size: tuple[int, int] = (120, 40),
    style: TerminalStyle = TRUECOLOR,
) -> None:
    """Run `test` on the Signers screen over the runs in `directory`, once they have been looked at."""

    async def go() -> None:
        recorded = RecordedSeriesEngine()
        app = dashboard(style, config_over(directory, data), recorded.engine)
        async with app.run_test(size=size) as pilot:
            await settle(pilot)
            await pilot.press("6")
            await until(pilot, lambda: screen(pilot).signers.found is not None, "nothing was looked at")
            await settle(pilot)
            await test(pilot, recorded)

    asyncio.run(go())


def screen(pilot: P) -> SignersScreen:
    found = pilot.app.screen
    assert isinstance(found, SignersScreen)
    return found
