"""The Corruptions screen: progress, what it came to, given up when nobody looks, and how it looks."""

import asyncio
import threading
from collections.abc import Awaitable, Callable

import numpy as np
import pytest
from pictures import picture
from recorded_guesses import RecordedEngine, finished_run, pictures
from recorded_run import TRUECOLOR, RecordedSource, dashboard, settle
from run_folders import until
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual.pilot import Pilot

from signtui.data.corruptions import CORRUPTIONS
from signtui.errors import RunError
from signtui.render.terminal import TerminalStyle
from signtui.runs.corruptions import CorruptionScore, CorruptionScores, StrengthScore
from signtui.training.predicted import PredictionWish
from signtui.tui.engine import Engine
from signtui.tui.screens.corruptions import CorruptionsLine, CorruptionsPage, CorruptionsScreen
from signtui.tui.screens.mistakes import MistakesScreen

P = Pilot[int]
ASCII = TerminalStyle("none", unicode=False)
SIZES = [(80, 24), (120, 40)]


def scores() -> CorruptionScores:
    images = pictures(10)
    made = []
    for place, one in enumerate(CORRUPTIONS):
        strengths = tuple(
            StrengthScore(strength, 0.98 - (0.01 + place / 60) * strength, 0.1 * strength, (1.0,))
            for strength in range(1, 6)
        )
        shown = np.stack([np.roll(images[place], step * 2, axis=0) for step in range(6)])
        guesses = (3, 3, 3, 3, 7, 8)
        made.append(CorruptionScore(one.name, one.amounts, one.unit, strengths, shown, 3, guesses))
    return CorruptionScores(StrengthScore(0, 0.98, 0.05, (1.0,)), tuple(made), 400, 0)


class CorruptingEngine(RecordedEngine):
    """As the recorded one, and scores corruptions as soon as a test lets it."""

    def __init__(self) -> None:
        super().__init__()
        self.corrupted: list[PredictionWish] = []
        self.let = threading.Event()
        self.failure = ""

    def corruptions(
        self, wish: PredictionWish, cancelled: threading.Event, progress: Callable[[str, int, int], None]
    ) -> CorruptionScores | None:
        self.corrupted.append(wish)
        progress("blur, strength 3", 460, 1000)
        while not self.let.wait(0.005):
            if cancelled.is_set():
                self.cancelled += 1
                return None
        if self.failure:
            raise RunError(self.failure)
        return scores()

    @property
    def engine(self) -> Engine:
        found = super().engine
        return Engine(
            found.load,
            found.train,
            found.resume,
            predictions=found.predictions,
            look_closer=found.look_closer,
            corruptions=self.corruptions,
        )


def over(
    test: Callable[[P, CorruptingEngine], Awaitable[None]],
    size: tuple[int, int] = (120, 40),
    style: TerminalStyle = TRUECOLOR,
    recorded: RecordedEngine | None = None,
) -> None:
    """Run `test` on the Mistakes screen over a run that is over."""

    async def go() -> None:
        engine = recorded or CorruptingEngine()
        app = dashboard(style, None, engine.engine)
        async with app.run_test(size=size) as pilot:
            await settle(pilot)
            app.watch_run(RecordedSource(finished_run()))
            await pilot.press("4")
            await settle(pilot)
            await test(pilot, engine)  # type: ignore[arg-type]
            if isinstance(engine, CorruptingEngine):
                engine.let.set()

    asyncio.run(go())


def screen(pilot: P) -> CorruptionsScreen:
    found = pilot.app.screen
    assert isinstance(found, CorruptionsScreen)
    return found


async def opened(pilot: P) -> None:
    await pilot.press("x")
    await until(pilot, lambda: isinstance(pilot.app.screen, CorruptionsScreen), "not opened")


def line(pilot: P) -> str:
    return screen(pilot).query_one(CorruptionsLine).shown


def page(pilot: P) -> str:
    return screen(pilot).query_one(CorruptionsPage).shown


def test_x_scores_what_the_mistakes_are_of_and_shows_it() -> None:
    async def test(pilot: P, engine: CorruptingEngine) -> None:
        mistakes = pilot.app.screen
        assert isinstance(mistakes, MistakesScreen)
        wish = mistakes.mistakes.wish
        await opened(pilot)
        await until(pilot, lambda: "46 %  blur, strength 3" in line(pilot), "no progress")
        assert engine.corrupted == [wish]
        engine.let.set()
        await until(pilot, lambda: "rotation" in page(pilot), "no page")
        assert "validation images  epoch 2  400 of 480 images" in line(pilot)
        assert "as they are 98.0 %" in line(pilot)
        assert "worst background" in line(pilot)
        for one in CORRUPTIONS:
            assert one.name in page(pilot)
        assert page(pilot).count("D > D ✓") == 40
        assert page(pilot).count("strength  0") == 2
        assert max(len(row) for row in page(pilot).split("\n")) < 120
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is mistakes, "not back")

    over(test)


def test_leaving_gives_it_up_and_coming_back_begins_anew() -> None:
    async def test(pilot: P, engine: CorruptingEngine) -> None:
        await opened(pilot)
        await until(pilot, lambda: len(engine.corrupted) == 1, "not asked")
        await pilot.press("1")
        await until(pilot, lambda: engine.cancelled == 1, "not given up")
        await pilot.press("4")
        await until(pilot, lambda: len(engine.corrupted) == 2, "not begun anew")
        engine.let.set()
        await until(pilot, lambda: "rotation" in page(pilot), "no page")
        await pilot.press("1", "4")
        await settle(pilot)
        assert len(engine.corrupted) == 2

    over(test)


def test_what_can_t_be_scored_is_said_in_a_sentence() -> None:
    async def test(pilot: P, engine: CorruptingEngine) -> None:
        engine.failure = "the weights of epoch 2 were not kept"
        engine.let.set()
        await opened(pilot)
        await until(pilot, lambda: engine.failure in line(pilot), "no sentence")
        assert page(pilot).strip() == ""

    over(test)


def test_the_page_scrolls_by_keys() -> None:
    async def test(pilot: P, engine: CorruptingEngine) -> None:
        engine.let.set()
        await opened(pilot)
        await until(pilot, lambda: "rotation" in page(pilot), "no page")
        await settle(pilot)
        await pilot.press("end")
        found = screen(pilot).query_one(CorruptionsPage)
        await until(pilot, lambda: found.scroll_y > 40, "not scrolled")

    over(test)


def test_without_an_engine_for_it_the_key_is_not_offered() -> None:
    async def test(pilot: P, engine: CorruptingEngine) -> None:
        assert "x" not in pilot.app.screen.active_bindings
        await pilot.press("x")
        await settle(pilot)
        assert isinstance(pilot.app.screen, MistakesScreen)

    over(test, recorded=RecordedEngine())


class TextPicture(SingleFileSnapshotExtension):
    """One text file a snapshot."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.mark.parametrize("colours", ["truecolor", "ascii"])
@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
@pytest.mark.parametrize("done", [True, False], ids=["done", "scoring"])
def test_how_it_looks(size: tuple[int, int], colours: str, done: bool, snapshot: SnapshotAssertion) -> None:
    taken: list[str] = []

    async def test(pilot: P, engine: CorruptingEngine) -> None:
        if done:
            engine.let.set()
        await opened(pilot)
        await until(pilot, lambda: "%" in line(pilot), "nothing said")
        if done:
            await until(pilot, lambda: "rotation" in page(pilot), "no page")
        await settle(pilot)
        taken.append(picture(pilot.app, styles=colours == "truecolor" and size == (120, 40)))

    over(test, size, TRUECOLOR if colours == "truecolor" else ASCII)
    assert taken[0] == snapshot.use_extension(TextPicture)
    if colours == "ascii":
        assert taken[0].isascii()
