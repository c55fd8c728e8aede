"""The Train screen by its keys, over recorded events."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import msgspec
from recorded_run import (
    RUN_ID,
    START,
    TRUECOLOR,
    RecordedSource,
    begun,
    guesses,
    news,
    on_screen,
    run_ended,
    screen_text,
    settle,
    step,
    whole_run,
)
from textual.pilot import Pilot

from signtui.config import Config
from signtui.errors import DataError
from signtui.events import Mark
from signtui.runs.control import Pause, Resume, SetEpochs, SetLearningRate, Stop
from signtui.runs.folder import RunFolder
from signtui.tui.app import DashboardApp, Engine
from signtui.tui.screens.quit import QuitScreen
from signtui.tui.widgets.chart import CurveChart
from signtui.tui.widgets.footer import Footer
from signtui.tui.widgets.form import SettingsForm
from signtui.tui.widgets.samples import SamplesPanel

P = Pilot[int]
CLOSED = threading.Event()


def footer(pilot: P) -> str:
    return pilot.app.screen.query_one(Footer).shown


def form(pilot: P) -> SettingsForm:
    return pilot.app.screen.query_one(SettingsForm)


@on_screen()
async def test_before_any_run_the_footer_offers_what_acts_and_nothing_else(pilot: P) -> None:
    assert "t train" in footer(pilot)
    assert "q quit" in footer(pilot)
    assert "pause" not in footer(pilot)
    assert "stop" not in footer(pilot)
    assert "no run yet" in screen_text(pilot)


@on_screen(events=begun(30))
async def test_space_pauses_and_space_again_goes_on(pilot: P, source: RecordedSource) -> None:
    assert "space pause" in footer(pilot)
    await pilot.press("space")
    assert source.sent == [Pause()]
    source.waiting = [Mark(time=START + 4, kind="pause", epoch=1, step=30)]
    await news(pilot)
    assert "space go on" in footer(pilot)
    assert "‖ attached, paused" in screen_text(pilot)
    await pilot.press("space")
    assert source.sent == [Pause(), Resume()]


@on_screen(events=begun(30))
async def test_s_stops_and_the_summary_stays(pilot: P, source: RecordedSource) -> None:
    await pilot.press("s")
    assert source.sent == [Stop()]
    source.waiting = [run_ended("stopped")]
    await news(pilot)
    text = screen_text(pilot)
    assert "■ stopped; the best weights are kept" in text
    assert "test 97.7 % of 483 images" in text
    assert "M > N 3 of 23" in text
    assert "s stop" not in footer(pilot)
    assert "t train" in footer(pilot)


@on_screen(events=begun(50))
async def test_live_settings_steer_the_run_and_others_wait(pilot: P, source: RecordedSource) -> None:
    app, its = pilot.app, form(pilot)
    before: Config = app.config  # type: ignore[attr-defined]  # it is the dashboard
    its.chosen = "train.learning_rate"
    await pilot.press("left")
    lower = app.config.train.learning_rate  # type: ignore[attr-defined]  # as above
    assert lower < before.train.learning_rate
    assert source.sent == [SetLearningRate(value=lower)]
    its.chosen = "train.epochs"
    await pilot.press("right")
    assert source.sent[1:] == [SetEpochs(value=before.train.epochs + 1)]
    its.chosen = "train.batch_size"
    await pilot.press("right")
    assert len(source.sent) == 2
    assert app.config.train.batch_size == 256  # type: ignore[attr-defined]  # it is the dashboard
    assert "counts from the next run" in " ".join(its.shown.split())


@on_screen(events=begun(30))
async def test_charts_smooth_scale_and_change_their_axis(pilot: P, source: RecordedSource) -> None:
    accuracy, loss = pilot.app.screen.query(CurveChart)
    await pilot.press("tab")
    assert accuracy.has_focus
    await pilot.press("m", "x", "x")
    await settle(pilot)
    assert accuracy.view.smoothing == loss.view.smoothing == 0.9
    assert "seconds" in accuracy.shown
    assert "seconds" in loss.shown
    await pilot.press("l")
    await settle(pilot)
    assert accuracy.view.log
    assert not loss.view.log


@on_screen(events=begun(30))
async def test_f_gives_one_panel_the_whole_screen(pilot: P, source: RecordedSource) -> None:
    await pilot.press("tab", "f")
    await settle(pilot)
    accuracy, loss = pilot.app.screen.query(CurveChart)
    assert accuracy.size.width > 110
    assert not loss.display
    assert "esc all panels" in footer(pilot)
    await pilot.press("tab")
    await settle(pilot)
    assert loss.size.width > 110
    await pilot.press("escape")
    await settle(pilot)
    assert accuracy.display
    assert form(pilot).display


@on_screen(events=begun(30, right=20))
async def test_samples_show_truth_guess_and_how_many_are_right(pilot: P, source: RecordedSource) -> None:
    panel = pilot.app.screen.query_one(SamplesPanel)
    assert "20 of 24 right" in panel.shown
    assert "A > A ✓ 91 %" in panel.shown
    assert "Y > A ✗ 91 %" in panel.shown
    source.waiting = [guesses(31, 24)]
    await news(pilot)
    assert "24 of 24 right" in panel.shown
    assert "Y > Y ✓ 91 %" in panel.shown


@on_screen(events=begun(30))
async def test_only_news_draw_a_chart_anew(pilot: P, source: RecordedSource) -> None:
    chart = pilot.app.screen.query(CurveChart).first()
    before = chart._strips
    await news(pilot)
    assert chart._strips is before
    source.waiting = [step(31), run_ended()]
    await news(pilot)
    while chart._strips is before:  # at most one drawing a second
        await pilot.pause(0.02)


@on_screen(events=whole_run())
async def test_a_diverged_and_a_lost_run_say_so(pilot: P, source: RecordedSource) -> None:
    lost = RecordedSource(begun(10))
    lost.lost = True
    pilot.app.watch_run(lost)  # type: ignore[attr-defined]  # it is the dashboard
    await settle(pilot)
    assert "its process is gone" in screen_text(pilot)
    assert "? lost" in screen_text(pilot)
    diverged = RecordedSource([*begun(10), run_ended("diverged", "the loss is no longer a finite number", 0)])
    pilot.app.watch_run(diverged)  # type: ignore[attr-defined]  # as above
    await settle(pilot)
    assert "✗ diverged" in screen_text(pilot)
    assert "no longer a finite number" in screen_text(pilot)


@on_screen(events=begun(10))
async def test_a_log_that_cannot_be_read_is_a_sentence(pilot: P, source: RecordedSource) -> None:
    source.unreachable = True
    await news(pilot)
    assert "can't read the log" in screen_text(pilot)


def no_data(_: Config) -> Any:
    raise DataError("data.csv, row 3: 783 pixels where 784 are needed")


@on_screen(engine=Engine(lambda: None, no_data, no_data))
async def test_a_run_that_cannot_begin_says_why_and_the_dashboard_lives_on(pilot: P) -> None:
    await pilot.press("t")
    for thread in threading.enumerate():
        if thread.name == "opening a run":
            thread.join()
    await settle(pilot)
    assert "row 3: 783 pixels" in screen_text(pilot)
    assert "t train" in footer(pilot)


recorded = RecordedSource(begun(5))


@on_screen(engine=Engine(lambda: None, lambda _: recorded, lambda *_: recorded))
async def test_t_trains_with_the_settings_of_the_form(pilot: P) -> None:
    await pilot.press("t")
    for thread in threading.enumerate():
        if thread.name == "opening a run":
            thread.join()
    await settle(pilot)
    assert "brisk-heron-3f · ▶ attached · epoch 1/2" in screen_text(pilot)


@on_screen(events=begun(30))
async def test_shift_s_stops_at_once(pilot: P, source: RecordedSource) -> None:
    await pilot.press("S")
    assert source.sent == [Stop(now=True)]
    source.waiting = [run_ended("stopped")]
    await news(pilot)
    await pilot.press("S")
    assert source.sent == [Stop(now=True)]


class Elsewhere(RecordedSource):
    """Another recorded run, in a folder of its own."""

    def __init__(self, name: str, events: list[Any]) -> None:
        super().__init__([msgspec.structs.replace(events[0], id=name), *events[1:]])
        self.folder = RunFolder(Path("runs") / name)


@on_screen(events=begun(30))
async def test_several_runs_have_a_line_each_and_the_brackets_choose(
    pilot: P, source: RecordedSource
) -> None:
    app: Any = pilot.app
    assert "[ ] run" not in footer(pilot)
    other = Elsewhere("20261122-160355-quiet-otter-11", begun(60))
    app.watch_run(other)
    await settle(pilot)
    assert "[ ] run" in footer(pilot)
    assert "› quiet-otter-11" in screen_text(pilot)
    assert "  brisk-heron-3f " in screen_text(pilot)
    await pilot.press("right_square_bracket")
    await settle(pilot)
    assert "› brisk-heron-3f" in screen_text(pilot)
    await pilot.press("s")
    assert (source.sent, other.sent) == ([Stop()], [])
    await pilot.press("left_square_bracket")
    await settle(pilot)
    assert "› quiet-otter-11" in screen_text(pilot)
    source.waiting = [run_ended("stopped")]
    await news(pilot)
    assert "■ stopped" in screen_text(pilot)
    await pilot.click("OtherRuns", offset=(4, 0))
    await settle(pilot)
    assert "› brisk-heron-3f" in screen_text(pilot)


@on_screen(events=begun(60))
async def test_a_run_that_is_over_gives_way_to_the_next_one_opened(pilot: P, source: RecordedSource) -> None:
    app: Any = pilot.app
    source.waiting = [run_ended()]
    await news(pilot)
    app.watch_run(Elsewhere("20261122-160355-quiet-otter-11", begun(5)))
    await settle(pilot)
    assert [run.state.id for run in app.followed.runs] == ["20261122-160355-quiet-otter-11"]
    assert app.behind.id == RUN_ID


@on_screen(events=begun(5))
async def test_detaching_is_offered_only_where_a_run_trains_here_and_can_go_on(
    pilot: P, source: RecordedSource
) -> None:
    app: Any = pilot.app
    assert "d detach" not in footer(pilot)
    app.followed.session = app.watched
    await pilot.press("d", "q")
    await settle(pilot)
    assert isinstance(app.screen, QuitScreen)
    assert "detach" not in screen_text(pilot)
    await pilot.press("d")
    assert isinstance(app.screen, QuitScreen)


def broken(_: Config) -> Any:
    return 1 / 0


@on_screen(engine=Engine(lambda: None, broken, broken))
async def test_a_bug_on_the_way_to_a_run_is_a_sentence_and_the_dashboard_lives_on(pilot: P) -> None:
    await pilot.press("t")
    for thread in threading.enumerate():
        if thread.name == "opening a run":
            thread.join()
    await settle(pilot)
    assert "met a bug of its own (ZeroDivisionError" in screen_text(pilot)
    assert "t train" in footer(pilot)


@on_screen(events=begun(5))
async def test_q_leaves_a_run_of_another_process_alone(pilot: P, source: RecordedSource) -> None:
    await pilot.press("q")
    assert pilot.app.return_code == 0
    assert source.sent == []


@on_screen(events=begun(5))
async def test_q_asks_while_a_run_trains_here(pilot: P, source: RecordedSource) -> None:
    app: Any = pilot.app
    app.followed.session = app.watched
    await pilot.press("q")
    await settle(pilot)
    assert isinstance(app.screen, QuitScreen)
    assert "brisk-heron-3f is still training" in screen_text(pilot)
    await pilot.press("escape")
    await settle(pilot)
    assert not isinstance(app.screen, QuitScreen)
    await pilot.press("q", "s")
    assert app.return_value == 0


@on_screen()
async def test_help_is_about_the_focused_panel_and_lists_its_keys(pilot: P) -> None:
    await pilot.press("question_mark")
    await settle(pilot)
    text = screen_text(pilot)
    assert "The settings of the next run" in text
    assert "train" in text
    await pilot.press("escape", "tab", "question_mark")
    await settle(pilot)
    assert "A chart of the run" in screen_text(pilot)
    assert "smoothing" in screen_text(pilot)


@on_screen(events=begun(10))
async def test_the_palette_offers_what_can_be_done_now(pilot: P, source: RecordedSource) -> None:
    titles = [command.title for command in pilot.app.get_system_commands(pilot.app.screen)]
    assert "Pause" in titles
    assert "Stop" in titles
    assert "Go on" not in titles
    assert "Theme: light" in titles


def test_with_a_run_to_begin_with_a_narrow_terminal_opens_on_its_curves() -> None:
    opened = threading.Event()
    source = RecordedSource(whole_run(), "replay")

    def open_it() -> RecordedSource:
        opened.wait(60)
        return source

    async def go() -> None:
        engine = Engine(lambda: None, no_data, no_data)
        app = DashboardApp(Config(), TRUECOLOR, engine, [open_it], poll_seconds=None)
        async with app.run_test(size=(80, 24)) as pilot:
            await settle(pilot)
            assert app.focused is not None
            assert app.focused.id == "accuracy"
            opened.set()
            while app.opening:
                await pilot.pause(0.01)
            await settle(pilot)
            assert app.focused.id == "accuracy"
            assert "Accuracy" in screen_text(pilot)

    asyncio.run(go())


@on_screen(events=begun(30))
async def test_new_guesses_change_the_captions_and_leave_the_images(pilot: P, source: RecordedSource) -> None:
    panel = pilot.app.screen.query_one(SamplesPanel)
    before = panel.shown.split("\n")
    source.waiting = [guesses(31, 3)]
    await news(pilot)
    after = panel.shown.split("\n")
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert changed
    assert all(">" in line for line in changed)
    await settle(pilot)
    panel._images = panel._drawn = ()
    panel.draw()
    assert panel.shown.split("\n") == after
