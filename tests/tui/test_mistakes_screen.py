"""The Mistakes screen by its keys, over a recorded run and predictions that are at hand."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from recorded_guesses import (
    IMAGES,
    RecordedEngine,
    confusion,
    ended,
    finished_run,
    live_run,
    weights_folder,
)
from recorded_run import RecordedSource, begun, dashboard, news, run_ended, screen_text, settle
from run_folders import until
from textual.pilot import Pilot
from textual.widgets import Input

from signtui.config import Config
from signtui.events import AnyEvent, EpochEnded, HeldOut, RunEnded, RunStarted, encode
from signtui.model.sureness import Sureness
from signtui.render.terminal import TerminalStyle
from signtui.tui import guessing
from signtui.tui.app import DashboardApp
from signtui.tui.screens import mistakes as module
from signtui.tui.screens.mistakes import MistakesScreen
from signtui.tui.widgets.footer import Footer
from signtui.tui.widgets.mistakes_calibration import CalibrationPanel
from signtui.tui.widgets.mistakes_confusion import ConfusionPanel
from signtui.tui.widgets.mistakes_images import MisreadPanel
from signtui.tui.widgets.mistakes_panel import NoteLine, ScopeLine
from signtui.tui.widgets.mistakes_rows import LettersPanel, PairsPanel

P = Pilot[int]


def over(
    events: list[AnyEvent] | None,
    test: Callable[[P, RecordedEngine], Awaitable[None]],
    size: tuple[int, int] = (120, 40),
    style: TerminalStyle | None = None,
    config: Config | None = None,
    prepare: Callable[[RecordedSource], None] | None = None,
) -> None:
    """Run `test` on the Mistakes screen over a run that said `events`."""

    async def go() -> None:
        recorded = RecordedEngine()
        app = dashboard(style or TerminalStyle("truecolor", unicode=True), config, recorded.engine)
        async with app.run_test(size=size) as pilot:
            await settle(pilot)
            if events is not None:
                source = RecordedSource(events)
                if prepare is not None:
                    prepare(source)
                app.watch_run(source)
            await pilot.press("4")
            await settle(pilot)
            await test(pilot, recorded)
            recorded.go_on.set()

    asyncio.run(go())


def screen(pilot: P) -> MistakesScreen:
    found = pilot.app.screen
    assert isinstance(found, MistakesScreen)
    return found


def dashboard_of(pilot: P) -> DashboardApp:
    assert isinstance(pilot.app, DashboardApp)
    return pilot.app


def shown(pilot: P, kind: type[Any]) -> str:
    text: str = screen(pilot).query_one(kind).shown
    return text


def first_line(pilot: P, kind: type[Any]) -> str:
    return shown(pilot, kind).split("\n")[0]


async def known(pilot: P) -> None:
    """Wait for the guesses."""
    await until(pilot, lambda: screen(pilot).mistakes.known is not None, "no predictions")
    await settle(pilot)


def test_the_confusion_is_there_at_once_with_what_it_is_of() -> None:
    async def test(pilot: P, recorded: RecordedEngine) -> None:
        scope = shown(pilot, ScopeLine)
        assert "brisk-heron-3f" in scope
        assert "validation" in scope
        assert "epoch 2 best" in scope
        assert f"{IMAGES} images of 96 photographs" in scope
        assert "seed 0" in scope
        text = shown(pilot, ConfusionPanel)
        assert "J and Z are signed by a motion" in text
        assert "validation, 480 images" in text
        assert "A > A" in text

    over(finished_run(), test)


def test_arrows_walk_the_cells_and_enter_lists_the_images_of_one() -> None:
    async def test(pilot: P, recorded: RecordedEngine) -> None:
        await known(pilot)
        assert isinstance(pilot.app.focused, ConfusionPanel)
        await pilot.press("left", "up", "down", "down", "right", "up", "left")
        assert screen(pilot).mistakes.cursor == (1, 0)
        await pilot.press("n")
        text = shown(pilot, ConfusionPanel)
        assert "M > N  6 of 20 images of M, 30.0 %, 2 of 4 photographs" in text
        await pilot.press("n")
        assert "M > S  1 of 20" in shown(pilot, ConfusionPanel)
        await pilot.press("N")
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(pilot.app.focused, MisreadPanel)
        assert screen(pilot).mistakes.filter == "truth=M guess=N"
        assert "6 misread of validation, 480 images" in first_line(pilot, MisreadPanel)
        assert screen(pilot).query_one(Input).value == "truth=M guess=N"

    over(finished_run(), test)


def run_of_three_letters() -> list[AnyEvent]:
    """A run that is over and knows A, B and C alone."""
    confusion = ((20, 0, 0), (1, 19, 0), (0, 0, 20))
    recall = (1.0, 0.95, 1.0)
    smaller: list[AnyEvent] = []
    for event in finished_run():
        if isinstance(event, RunStarted):
            data = msgspec.structs.replace(event.data, classes=tuple("ABC"))
            smaller.append(msgspec.structs.replace(event, data=data))
        elif isinstance(event, EpochEnded):
            smaller.append(msgspec.structs.replace(event, recall=recall, confusion=confusion))
        elif isinstance(event, RunEnded):
            smaller.append(msgspec.structs.replace(event, test=None))
        else:
            smaller.append(event)
    return smaller


def test_another_run_is_looked_at_from_its_first_cell_and_without_the_filter(tmp_path: Path) -> None:
    async def test(pilot: P, recorded: RecordedEngine) -> None:
        await known(pilot)
        await pilot.press("n", "enter")
        await settle(pilot)
        mistakes = screen(pilot).mistakes
        assert mistakes.cursor == (11, 12)
        mistakes.each_image = True
        line = screen(pilot).query_one("#mistakes-filter", Input)
        assert (line.display, line.value) == (True, "truth=M guess=N")
        screen(pilot).show_panel("confusion")
        recorded.problem = "its weights were not kept"
        dashboard_of(pilot).watch_run(RecordedSource(run_of_three_letters(), folder=tmp_path))
        await settle(pilot)
        assert mistakes.cursor == (0, 0)
        assert "A > A  20 of 20" in shown(pilot, ConfusionPanel)
        assert (mistakes.filter, mistakes.each_image) == ("", False)
        assert (line.display, line.value) == (False, "")
        await pilot.press("n")
        assert "B > A  1 of 20" in shown(pilot, ConfusionPanel)

    over(finished_run(), test)


def test_a_cell_on_the_diagonal_lists_what_was_read_right() -> None:
    async def test(pilot: P, recorded: RecordedEngine) -> None:
        await known(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert "20 of validation, 480 images" in first_line(pilot, MisreadPanel)

    over(finished_run(), test)


def test_pairs_count_images_and_photographs() -> None:
    async def test(pilot: P, recorded: RecordedEngine) -> None:
        await known(pilot)
        await pilot.press("tab")
        assert "8 of 480 validation" in first_line(pilot, PairsPanel)
        assert "M > N    6 of 20    2 of 4 photos" in shown(pilot, PairsPanel)
        await pilot.press("down")
        assert screen(pilot).mistakes.cursor == (11, 17)
        await pilot.press("down", "up", "enter")
        await settle(pilot)
        assert screen(pilot).mistakes.filter == "truth=M guess=S"

    over(finished_run(), test)


def test_letters_have_precision_and_recall_and_the_worst_come_first() -> None:
    async def test(pilot: P, recorded: RecordedEngine) -> None:
        await known(pilot)
        await pilot.press("tab", "tab")
        assert isinstance(pilot.app.focused, LettersPanel)
        rows = shown(pilot, LettersPanel).split("\n")
        assert rows[2].lstrip("› ").startswith("A  100")
        await pilot.press("o")
        rows = shown(pilot, LettersPanel).split("\n")
        assert "lowest recall" in rows[0]
        assert rows[2].lstrip("› ").startswith("M   65")
        await pilot.press("o")
        assert shown(pilot, LettersPanel).split("\n")[2].lstrip("› ").startswith("N   95.0")
        await pilot.press("down", "down", "up", "up", "enter")
        await settle(pilot)
        assert screen(pilot).mistakes.filter == "truth=N"

    over(finished_run(), test)


async def to_images(pilot: P) -> None:
    await known(pilot)
    screen(pilot).show_panel("misread")
    await settle(pilot)


def chosen(pilot: P) -> int | None:
    return screen(pilot).mistakes.chosen


def test_misread_images_come_with_guesses_where_it_looked_and_the_nearest() -> None:
    async def test(pilot: P, recorded: RecordedEngine) -> None:
        await to_images(pilot)
        await until(pilot, lambda: "where it looked" in shown(pilot, MisreadPanel), "no look")
        text = shown(pilot, MisreadPanel)
        assert "8 misread of validation, 480 images" in text
        assert "M > N ✗  99.5 %  #44" in text
        assert "M read as N" in text
        assert "nearest: N 0.83" in text
        assert "photograph 44: 5 of its 5 images misread" in text
        assert "Nearest in training: image 13 of photograph 12, N, correlation 0.834." in text
        assert "Grad-CAM, block 2" in text
        lines = text.split("\n")
        guesses = [line for line in lines if "%" in line[30:]]
        assert len(guesses) == 3
        assert sum("the truth" in line for line in guesses) == 1

    over(finished_run(), test)


def test_the_list_is_walked_by_key() -> None:
    async def test(pilot: P, recorded: RecordedEngine) -> None:
        await to_images(pilot)
        places = screen(pilot).mistakes.listed.tolist()
        assert chosen(pilot) == places[0]
        await pilot.press("down", "down", "up")
        assert chosen(pilot) == places[1]
        await pilot.press("end")
        assert chosen(pilot) == places[-1]
        await pilot.press("home", "pagedown", "pageup", "up")
        assert chosen(pilot) == places[0]
        mistakes = screen(pilot).mistakes
        await until(pilot, lambda: mistakes.looked_at == places[0], "the last wish is not looked at")

    over(finished_run(), test)


def test_keys_filter_by_truth_guess_and_confidence() -> None:
    async def test(pilot: P, recorded: RecordedEngine) -> None:
        await to_images(pilot)
        mistakes = screen(pilot).mistakes
        await pilot.press("N")
        assert mistakes.filter == "truth=N"
        assert len(mistakes.listed) == 1
        await pilot.press("M")
        assert mistakes.filter == "truth=M"
        assert len(mistakes.listed) == 7
        await pilot.press("g")
        assert mistakes.filter == "truth=M guess=N"
        await pilot.press("g")
        assert mistakes.filter == "truth=M guess=S"
        await pilot.press("g")
        assert mistakes.filter == "truth=M"
        await pilot.press("c", "c")
        assert mistakes.filter == "truth=M confidence>0.9"
        assert len(mistakes.listed) == 3
        await pilot.press("c", "c")
        assert mistakes.filter == "truth=M"
        await pilot.press("M")
        assert mistakes.filter == ""
        await pilot.press("M", "escape")
        assert mistakes.filter == ""
        assert not screen(pilot).query_one(Input).display

    over(finished_run(), test)


def test_all_images_can_be_listed_and_variants_put_together() -> None:
    async def test(pilot: P, recorded: RecordedEngine) -> None:
        await to_images(pilot)
        mistakes = screen(pilot).mistakes
        await pilot.press("p")
        assert "4 misread photographs" in first_line(pilot, MisreadPanel)
        assert "#44 x5" in shown(pilot, MisreadPanel)
        await pilot.press("a")
        assert len(mistakes.listed) == 99  # 96 photographs, three of them guessed in two ways
        await pilot.press("p")
        assert len(mistakes.listed) == IMAGES
        assert "✓" in shown(pilot, MisreadPanel) or "✗" in shown(pilot, MisreadPanel)
        await pilot.press("a")
        assert len(mistakes.listed) == 8

    over(finished_run(), test)


def test_where_there_is_room_for_two_pictures_l_shows_where_it_looked() -> None:
    async def test(pilot: P, recorded: RecordedEngine) -> None:
        await to_images(pilot)
        await until(pilot, lambda: "nearest: N" in shown(pilot, MisreadPanel), "no look")
        assert "where it looked" not in shown(pilot, MisreadPanel)
        await pilot.press("l")
        assert "where it looked" in shown(pilot, MisreadPanel)
        assert "nearest: N" not in shown(pilot, MisreadPanel)
        await pilot.press("l")
        assert "nearest: N" in shown(pilot, MisreadPanel)

    over(finished_run(), test, size=(80, 24))


def test_a_filter_is_written_and_what_makes_no_sense_is_said() -> None:
    async def test(pilot: P, recorded: RecordedEngine) -> None:
        await known(pilot)
        await pilot.press("slash", *"truth=M")
        await settle(pilot)
        assert len(screen(pilot).mistakes.listed) == 7
        await pilot.press(*" size>3", "enter")
        await until(
            pilot,
            lambda: any("guesses have no size" in toast.message for toast in pilot.app._notifications),
            "not refused",
        )
        assert isinstance(pilot.app.focused, Input)
        for _ in " size>3":
            await pilot.press("backspace")
        await pilot.press("enter")
        assert isinstance(pilot.app.focused, MisreadPanel)
        assert screen(pilot).mistakes.filter == "truth=M"
        await pilot.press("slash", "escape")
        assert isinstance(pilot.app.focused, MisreadPanel)
        assert screen(pilot).mistakes.filter == ""

    over(finished_run(), test)


def test_epochs_are_scrubbed_at_once_and_only_the_newest_is_worked_out() -> None:
    async def test(pilot: P, recorded: RecordedEngine) -> None:
        await known(pilot)
        recorded.go_on.clear()
        await pilot.press("comma")
        assert "epoch 1" in shown(pilot, ScopeLine)
        counts = screen(pilot).mistakes.confusion
        assert counts is not None
        assert counts.tolist() == [list(row) for row in confusion(1)]
        assert "reading the validation images with the weights of epoch 1" in shown(pilot, NoteLine)
        await until(pilot, lambda: len(recorded.wishes) == 2, "not asked for")
        await pilot.press("full_stop", "full_stop", "comma", "b")
        assert "epoch 2 best" in shown(pilot, ScopeLine)
        await until(pilot, lambda: screen(pilot).mistakes.known is not None, "the best is not known")
        recorded.go_on.set()
        await settle(pilot)
        assert screen(pilot).mistakes.epoch == 2

    over(finished_run(), test)


def test_scrubbing_keeps_the_filter() -> None:
    async def test(pilot: P, recorded: RecordedEngine) -> None:
        await to_images(pilot)
        await pilot.press("A")
        assert "No image is like that" in shown(pilot, MisreadPanel)
        await pilot.press("comma")
        await known(pilot)
        assert "10 misread" in first_line(pilot, MisreadPanel)

    over(finished_run(), test)


def test_test_images_are_there_when_the_run_is_over_and_labelled() -> None:
    async def test(pilot: P, recorded: RecordedEngine) -> None:
        await known(pilot)
        assert "w test images" in shown(pilot, Footer)
        await pilot.press("w")
        await known(pilot)
        assert recorded.wishes[-1].split == "test"
        assert "test images, scored once" in shown(pilot, NoteLine)
        assert "test" in shown(pilot, ScopeLine)
        assert screen(pilot).mistakes.epochs == (2,)
        await pilot.press("comma")
        assert screen(pilot).mistakes.epoch == 2
        await pilot.press("w")
        await known(pilot)
        assert screen(pilot).mistakes.split == "validation"

    over(finished_run(), test, size=(200, 60))


def test_the_hand_held_out_comes_after_the_test_images_and_is_labelled() -> None:
    *before, last = finished_run()
    assert isinstance(last, RunEnded)
    assert last.test is not None
    held_out = HeldOut("signer", "bo", 0.4, 0.9, 480, last.test.recall, last.test.confusion)

    async def test(pilot: P, recorded: RecordedEngine) -> None:
        await known(pilot)
        await pilot.press("w")
        await known(pilot)
        assert "w held-out signer" in shown(pilot, Footer)
        await pilot.press("w")
        await known(pilot)
        assert recorded.wishes[-1].split == "held-out"
        assert "a hand it never saw, scored once" in shown(pilot, NoteLine)
        assert "held-out" in shown(pilot, ScopeLine)
        assert "w validation" in shown(pilot, Footer)
        await pilot.press("w")
        assert screen(pilot).mistakes.split == "validation"

    over([*before, msgspec.structs.replace(last, held_out=held_out)], test, size=(200, 60))


def test_nobody_looks_at_the_test_images_of_a_live_run() -> None:
    async def test(pilot: P, recorded: RecordedEngine) -> None:
        await known(pilot)
        await pilot.press("w")
        await settle(pilot)
        assert screen(pilot).mistakes.split == "validation"
        assert "test images" not in shown(pilot, Footer)

    over(live_run(), test)


def test_a_live_run_is_followed_epoch_by_epoch_and_each_is_read_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guessing, "REST", 0.0)
    sources: list[RecordedSource] = []

    async def test(pilot: P, recorded: RecordedEngine) -> None:
        await known(pilot)
        assert [wish.epoch for wish in recorded.wishes] == [1]
        for _ in range(3):
            await news(pilot)
        sources[0].waiting.append(ended(2))
        await news(pilot)
        await known(pilot)
        assert screen(pilot).mistakes.epoch == 2
        assert [wish.epoch for wish in recorded.wishes] == [1, 2]

    over(live_run(1), test, prepare=sources.append)


def test_a_live_run_is_left_to_train_for_a_while_after_each_reading() -> None:
    sources: list[RecordedSource] = []

    async def test(pilot: P, recorded: RecordedEngine) -> None:
        await known(pilot)
        screen(pilot).guessing.not_before += 1000
        sources[0].waiting.append(ended(2))
        await news(pilot)
        assert screen(pilot).mistakes.epoch == 2
        assert [wish.epoch for wish in recorded.wishes] == [1]
        await pilot.press("comma")
        assert screen(pilot).mistakes.known is not None

    over(live_run(1), test, prepare=sources.append)


async def outrun_by_epochs(pilot: P, recorded: RecordedEngine, source: RecordedSource) -> None:
    """The second epoch is being read when the third and the fourth end."""
    await known(pilot)
    screen(pilot).guessing.not_before = 0.0
    recorded.go_on.clear()
    for epoch in (2, 3, 4):
        source.waiting.append(ended(epoch))
        await news(pilot)
        await until(pilot, lambda: len(recorded.wishes) > 1, "not asked for")
    assert screen(pilot).mistakes.epoch == 4
    assert [wish.epoch for wish in recorded.wishes] == [1, 2]


def test_a_reading_that_takes_longer_than_an_epoch_comes_to_its_end_and_the_newest_is_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guessing, "REST", 0.0)
    sources: list[RecordedSource] = []

    async def test(pilot: P, recorded: RecordedEngine) -> None:
        await outrun_by_epochs(pilot, recorded, sources[0])
        assert "reading the validation images" not in shown(pilot, NoteLine)
        recorded.go_on.set()
        await known(pilot)
        assert [wish.epoch for wish in recorded.wishes] == [1, 2, 4]
        assert recorded.cancelled == 0

    over(live_run(1), test, prepare=sources.append)


def test_after_a_reading_that_took_longer_than_an_epoch_the_run_is_left_to_train(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guessing, "REST", 10_000_000.0)
    sources: list[RecordedSource] = []

    def waiting(pilot: P) -> int:
        """How many timers are set to ask again."""
        return sum(timer._interval > 60 and timer._task is not None for timer in screen(pilot)._timers)

    async def test(pilot: P, recorded: RecordedEngine) -> None:
        await outrun_by_epochs(pilot, recorded, sources[0])
        recorded.go_on.set()
        await until(pilot, lambda: waiting(pilot) == 1, "nobody waits")
        assert screen(pilot).mistakes.known is None
        for epoch in (5, 6):
            sources[0].waiting.append(ended(epoch))
            await news(pilot)
        assert waiting(pilot) == 1
        assert [wish.epoch for wish in recorded.wishes] == [1, 2]
        screen(pilot).action_epoch(-4)
        await known(pilot)
        assert screen(pilot).mistakes.epoch == 2
        assert [wish.epoch for wish in recorded.wishes] == [1, 2], "what was read is read again"

    over(live_run(1), test, prepare=sources.append)


def test_nothing_is_said_to_be_read_while_the_run_is_left_to_train() -> None:
    sources: list[RecordedSource] = []

    async def test(pilot: P, recorded: RecordedEngine) -> None:
        await known(pilot)
        screen(pilot).guessing.not_before += 1000
        sources[0].waiting += [ended(2), ended(3)]
        await news(pilot)
        recorded.go_on.clear()
        await pilot.press("comma")
        assert "reading the validation images" in shown(pilot, NoteLine)
        await pilot.press("full_stop")
        assert screen(pilot).mistakes.is_followed
        assert "reading the validation images" not in shown(pilot, NoteLine)

    over(live_run(1), test, prepare=sources.append)


def test_nothing_is_read_while_another_screen_is_shown() -> None:
    sources: list[RecordedSource] = []

    async def test(pilot: P, recorded: RecordedEngine) -> None:
        await known(pilot)
        mistakes_screen = screen(pilot)
        mistakes_screen.guessing.not_before = 0.0
        await pilot.press("1")
        sources[0].waiting.append(ended(2))
        await news(pilot)
        assert [wish.epoch for wish in recorded.wishes] == [1]
        await pilot.press("4")
        await until(pilot, lambda: len(recorded.wishes) == 2, "not read when shown again")

    over(live_run(1), test, prepare=sources.append)


def test_leaving_the_screen_gives_up_what_is_under_way() -> None:
    async def test(pilot: P, recorded: RecordedEngine) -> None:
        await known(pilot)
        recorded.go_on.clear()
        await pilot.press("comma")
        await until(pilot, lambda: len(recorded.wishes) == 2, "not asked for")
        await pilot.press("1")
        await until(pilot, lambda: recorded.cancelled == 1, "not given up")

    over(finished_run(), test)


def test_why_there_are_no_images_is_said_once() -> None:
    async def test(pilot: P, recorded: RecordedEngine) -> None:
        await known(pilot)
        recorded.problem = "the weights of epoch 1 of run brisk-heron-3f were not kept"
        await pilot.press("comma")
        await until(pilot, lambda: "were not kept" in shown(pilot, NoteLine), "no reason")
        asked = len(recorded.wishes)
        await news(pilot)
        await news(pilot)
        assert len(recorded.wishes) == asked
        assert "M > N" in shown(pilot, PairsPanel)
        await pilot.press("full_stop")
        await settle(pilot)
        assert "were not kept" not in shown(pilot, NoteLine)

    over(finished_run(), test)


def test_calibration_says_the_error_and_draws_the_curve() -> None:
    async def test(pilot: P, recorded: RecordedEngine) -> None:
        await known(pilot)
        screen(pilot).show_panel("calibration")
        await until(pilot, lambda: "Reliability" in shown(pilot, CalibrationPanel), "no curve")
        await until(pilot, lambda: "0.9 - 1.0       475" in shown(pilot, CalibrationPanel), "no table")
        text = shown(pilot, CalibrationPanel)
        assert "480 validation images of 96 photographs" in text
        assert "expected calibration error" in text

    over(finished_run(), test)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_calibration_says_how_it_was_before_the_temperature_and_what_is_sure(size: tuple[int, int]) -> None:
    async def test(pilot: P, recorded: RecordedEngine) -> None:
        recorded.sureness = Sureness(0.67, 0.96)
        await pilot.press("comma")
        await known(pilot)
        screen(pilot).show_panel("calibration")
        await until(pilot, lambda: "▲" in shown(pilot, CalibrationPanel), "no curve of before")
        text = " ".join(shown(pilot, CalibrationPanel).split())
        assert "before the temperature of 0.67" in text
        assert "sure (from 96.0 %) of" in text
        assert "●" in text
        assert size[0] < 120 or ("⠒▲⠒ before" in text and "⠒●⠒ after" in text)

    over(finished_run(), test, size=size)


def test_tab_goes_through_the_panels() -> None:
    async def test(pilot: P, recorded: RecordedEngine) -> None:
        seen = []
        for _ in range(5):
            await pilot.press("tab")
            seen.append(pilot.app.focused.id if pilot.app.focused else None)
        assert seen == ["pairs", "letters", "misread", "calibration", "confusion"]
        await pilot.press("shift+tab")
        assert pilot.app.focused is not None
        assert pilot.app.focused.id == "calibration"

    over(finished_run(), test, size=(80, 24))


def test_no_mistakes_are_good_news() -> None:
    async def test(pilot: P, recorded: RecordedEngine) -> None:
        await known(pilot)
        assert "No validation image was misread: 480 of 480 right." in " ".join(
            shown(pilot, PairsPanel).split()
        )
        await pilot.press("n")
        screen(pilot).show_panel("misread")
        await settle(pilot)
        assert "No validation image was misread: 480 of 480 right." in shown(pilot, MisreadPanel)

    over(finished_run(3), test)


def test_synthetic_hands_are_called_so_everywhere() -> None:
    async def test(pilot: P, recorded: RecordedEngine) -> None:
        assert "480 synthetic images" in shown(pilot, ScopeLine)
        for kind in (ConfusionPanel, PairsPanel, LettersPanel):
            assert "synthetic" in first_line(pilot, kind)

    over(live_run(synthetic=True), test)


def test_without_a_run_it_says_how_to_begin_one(tmp_path: Path) -> None:
    async def test(pilot: P, recorded: RecordedEngine) -> None:
        assert "No run to look at yet: 1 shows the Train screen; t there begins one." in screen_text(pilot)
        await pilot.press("tab", "enter", "n", "comma", "slash", "b", "w", "o", "enter")
        assert recorded.wishes == []

    over(None, test, config=over_runs_in(tmp_path), size=(200, 60))


def over_runs_in(directory: Path) -> Config:
    return msgspec.structs.replace(
        Config(), runs=msgspec.structs.replace(Config().runs, directory=str(directory))
    )


def test_without_a_watched_run_the_latest_that_is_over_is_shown(tmp_path: Path) -> None:
    folder = weights_folder(tmp_path)
    (folder / "events.jsonl").write_bytes(b"".join(encode(event) + b"\n" for event in finished_run()))

    async def test(pilot: P, recorded: RecordedEngine) -> None:
        await known(pilot)
        assert "brisk-heron-3f" in shown(pilot, ScopeLine)
        assert recorded.wishes[0].folder.path == folder

    over(None, test, config=over_runs_in(tmp_path))


@pytest.mark.parametrize(
    ("events", "lost", "words"),
    [
        (begun(10), False, "No epoch has ended yet"),
        (begun(10), True, "The run was lost before its first epoch ended"),
        ([*begun(10), run_ended("diverged", "the loss is no number", 0)], False, "diverged before its first"),
        (
            [*begun(10), run_ended("failed", "out of memory", 0)],
            False,
            "so nothing was scored: out of memory",
        ),
    ],
)
def test_a_run_without_epochs_says_why_there_is_nothing(
    events: list[AnyEvent], lost: bool, words: str
) -> None:
    async def test(pilot: P, recorded: RecordedEngine) -> None:
        assert words in " ".join(shown(pilot, ConfusionPanel).split())
        assert recorded.wishes == []

    def prepare(source: RecordedSource) -> None:
        source.lost = lost

    over(events, test, prepare=prepare)


def test_a_lost_run_keeps_what_it_told() -> None:
    async def test(pilot: P, recorded: RecordedEngine) -> None:
        await known(pilot)
        assert "lost" in shown(pilot, ScopeLine)
        assert "M > N" in shown(pilot, PairsPanel)

    def prepare(source: RecordedSource) -> None:
        source.lost = True

    over(live_run(), test, prepare=prepare)


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 40), (160, 45), (200, 60)])
def test_every_panel_is_drawn_within_its_width(size: tuple[int, int]) -> None:
    async def test(pilot: P, recorded: RecordedEngine) -> None:
        await known(pilot)
        for panel_id in module.PARTS:
            screen(pilot).show_panel(panel_id)
            await settle(pilot)
            panel = screen(pilot).query_one(f"#{panel_id}")
            assert panel.region.width > 20
            assert panel.region.right <= size[0]
            assert panel.region.bottom <= size[1]

    over(finished_run(), test, size=size)


def test_ascii_terminals_get_ascii() -> None:
    async def test(pilot: P, recorded: RecordedEngine) -> None:
        await known(pilot)
        for panel_id in module.PARTS:
            screen(pilot).show_panel(panel_id)
            await settle(pilot)
            assert screen_text(pilot).isascii()

    over(finished_run(), test, style=TerminalStyle("none", unicode=False))
