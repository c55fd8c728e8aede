"""Below the help stands a lesson: that of the panel or the setting, with the run's numbers, and the next."""

import pytest
from recorded_run import RUN_ID, RecordedSource, begun, on_screen, screen_text, settle, step, whole_run
from textual.containers import VerticalScroll
from textual.pilot import Pilot

from signtui.lessons import LESSONS, lesson_named
from signtui.tui.screens.help import HelpScreen, lesson_behind
from signtui.tui.widgets.form import SettingsForm

P = Pilot[int]


async def asked(pilot: P) -> HelpScreen:
    await pilot.press("question_mark")
    await settle(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, HelpScreen)
    return screen


@on_screen(80, 24, events=whole_run())
async def test_help_comes_first_and_l_leads_to_the_lesson(pilot: P, source: RecordedSource) -> None:
    await asked(pilot)
    assert "Lesson" not in screen_text(pilot)
    assert "l lesson" in screen_text(pilot)
    await pilot.press("l")
    await settle(pilot)
    assert "Lesson  Feature maps  6 of 22" in screen_text(pilot)
    assert "1x28x28 > 16x14x14" in screen_text(pilot)
    await pilot.press("home")
    await settle(pilot)
    assert "Lesson" not in screen_text(pilot)
    await pilot.press("escape")
    await settle(pilot)
    assert not isinstance(pilot.app.screen, HelpScreen)


@on_screen(80, 24, events=whole_run())
async def test_n_and_p_go_through_every_lesson_and_round(pilot: P, source: RecordedSource) -> None:
    screen = await asked(pilot)
    first = LESSONS.index(screen.lesson)
    for turn in range(1, len(LESSONS) + 1):
        await pilot.press("n")
        await settle(pilot)
        lesson = LESSONS[(first + turn) % len(LESSONS)]
        assert screen.lesson is lesson
        shown = screen_text(pilot)
        assert f"Lesson  {lesson.title}" in shown, "it begins at its beginning"
        page = screen.query_one(VerticalScroll)
        await pilot.press("end")
        await settle(pilot)
        assert page.scroll_y == page.max_scroll_y
    await pilot.press("p")
    await settle(pilot)
    assert screen.lesson is LESSONS[first - 1]
    assert f"run {RUN_ID}" in screen.lesson_page().plain


PANELS = {"form": "feature-maps", "accuracy": "overfitting", "loss": "loss", "samples": "softmax"}


@pytest.mark.parametrize(("panel", "lesson"), PANELS.items(), ids=PANELS)
def test_each_panel_leads_to_its_lesson(panel: str, lesson: str) -> None:
    @on_screen(120, 40)
    async def look(pilot: P) -> None:
        pilot.app.screen.show_panel(panel)  # type: ignore[attr-defined]  # it is one of the dashboard's
        await settle(pilot)
        screen = await asked(pilot)
        assert screen.lesson is lesson_named(lesson)
        assert "the settings of the next run" in screen.lesson_page().plain

    look()


@on_screen(120, 40)
async def test_on_the_form_the_setting_under_the_cursor_decides(pilot: P) -> None:
    form = pilot.app.screen.query_one(SettingsForm)
    for setting, lesson in (
        ("train.learning_rate", "learning-rate"),
        ("train.epochs", "epochs"),
        ("train.batch_size", "epochs"),
    ):
        form.chosen = setting
        assert form.row.key == setting
        screen = await asked(pilot)
        assert screen.lesson is lesson_named(lesson)
        await pilot.press("escape")
        await settle(pilot)
    for row in [row for row in form.rows if row.can_be_chosen]:
        form.chosen = row.key
        if row.kind == "setting":
            assert lesson_named(form.lesson)
        assert lesson_behind(pilot.app.screen) in LESSONS  # also where a fold is chosen


@on_screen(120, 40, events=begun(20))
async def test_a_lesson_asked_for_again_has_the_runs_newer_numbers(pilot: P, source: RecordedSource) -> None:
    screen = await asked(pilot)
    while screen.lesson.name != "epochs":
        await pilot.press("n")
    assert "it has made 20." in screen.lesson_page().plain
    await pilot.press("escape")
    source.waiting = [step(number) for number in range(21, 31)]
    pilot.app.poll_run()  # type: ignore[attr-defined]  # it is the dashboard
    await settle(pilot)
    screen = await asked(pilot)
    while screen.lesson.name != "epochs":
        await pilot.press("n")
    assert "it has made 30." in screen.lesson_page().plain
