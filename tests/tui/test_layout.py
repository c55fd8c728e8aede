"""How the Train screen lies at each size, and what it is drawn with on poorer terminals."""

import re

import msgspec
import pytest
from recorded_run import RecordedSource, begun, guesses, on_screen, screen_text, settle, whole_run
from run_folders import until
from textual.pilot import Pilot

from signtui.render.terminal import TerminalStyle
from signtui.tui.theme import THEMES
from signtui.tui.widgets.lines import RunPanel
from signtui.tui.widgets.samples import SamplesPanel

P = Pilot[int]
STYLES = (
    TerminalStyle("truecolor", unicode=True),
    TerminalStyle("256", unicode=True),
    TerminalStyle("16", unicode=True),
    TerminalStyle("none", unicode=False),
)


@on_screen(120, 40, events=begun(60))
async def test_at_120_columns_all_panels_stand_side_by_side(pilot: P, source: RecordedSource) -> None:
    rows = screen_text(pilot).split("\n")
    assert len(rows) == 40
    assert rows[0].startswith(" 1 Train  2 Data")
    assert rows[0].endswith("brisk-heron-3f · ▶ attached · epoch 2/2 · best 95.0 %")
    assert rows[2].startswith(" Configure")
    assert "Accuracy" in rows[2]
    assert "Loss" in rows[2]
    assert any("71,240 weights" in row for row in rows)
    assert any("Samples  validation images, truth > guess" in row for row in rows)
    assert "epoch 2/2" in rows[38]
    assert "1,280 images/s" in rows[38]
    assert "cpu  97 %  memory 641.0 MB" in rows[38]


@on_screen(80, 24, events=begun(60))
async def test_at_80_columns_tab_brings_one_part_after_another(pilot: P, source: RecordedSource) -> None:
    text = screen_text(pilot)
    assert "Configure  Curves  Samples" in text
    assert "blocks" in text
    assert "Accuracy" not in text
    await pilot.press("tab")
    await settle(pilot)
    text = screen_text(pilot)
    assert "Accuracy" in text
    assert "Loss" in text
    assert "blocks" not in text
    await pilot.press("tab", "tab")
    await settle(pilot)
    assert "A > A ✓ 91 %" in screen_text(pilot)
    assert "Accuracy" not in screen_text(pilot)


@on_screen(200, 60, events=whole_run())
async def test_at_200_columns_more_samples_are_shown_larger(pilot: P, source: RecordedSource) -> None:
    text = screen_text(pilot)
    assert len(text.split("\n")) == 60
    assert text.count(" > ") >= 14
    assert "✓ finished  12.0 s  signtui show-run brisk-heron-3f" in text


@pytest.mark.parametrize("over", [False, True], ids=["trains", "over"])
@pytest.mark.parametrize(
    ("lines", "chart", "samples"), [(24, 6, (12, 8)), (30, 6, (18, 14)), (60, 30, (18, 18))]
)
def test_the_charts_have_room_above_a_summary(
    lines: int, chart: int, samples: tuple[int, int], over: bool
) -> None:
    @on_screen(100, lines, events=whole_run() if over else begun(60))
    async def test(pilot: P, source: RecordedSource) -> None:
        await until(pilot, lambda: "epoch  0" in screen_text(pilot), "no chart has an axis")
        text, screen = screen_text(pilot), pilot.app.screen
        assert ("most often misread" in text) is over
        assert re.search(r"> [A-Y] [✓✗]", text), "no sample is whole"
        assert screen.query_one("#accuracy").size.height >= chart
        shown = screen.query_one(SamplesPanel)
        assert shown.size.height == samples[over]
        assert shown.region.bottom == screen.query_one("#right").region.bottom

    test()


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 40)])
def test_what_will_be_where_there_is_no_run_yet_is_said_whole(size: tuple[int, int]) -> None:
    @on_screen(*size)
    async def test(pilot: P) -> None:
        screen = pilot.app.screen
        for part, shown, last in (
            ("curves", "#accuracy", "drawn here"),
            ("samples", "#samples", "it learns"),
        ):
            screen.show_part(part)  # type: ignore[attr-defined]  # the Train screen's
            await settle(pilot)
            assert last in " ".join(screen.query_one(shown, RunPanel).shown.split())

    test()


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (100, 30), (120, 40), (200, 60)])
@pytest.mark.parametrize("style", STYLES, ids=lambda style: f"{style.colour}-{style.unicode}")
def test_no_caption_of_a_sample_is_cut(size: tuple[int, int], style: TerminalStyle) -> None:
    sure = msgspec.structs.replace(guesses(60, 20), confidences=(1.0,) * 24)

    @on_screen(*size, events=[*begun(60), sure], style=style)
    async def look(pilot: P, source: RecordedSource) -> None:
        pilot.app.screen.query_one(SamplesPanel).focus()
        pilot.app.screen.show_part("samples")  # type: ignore[attr-defined]  # the Train screen's
        await settle(pilot)
        lines = pilot.app.screen.query_one(SamplesPanel).shown.split("\n")
        captions = [part for line in lines[1:] for part in re.split(r"  +", line.strip()) if " > " in part]
        right, wrong = ("✓", "✗") if style.unicode else ("\\+", "x")
        assert len(captions) >= 6
        for caption in captions:
            assert re.fullmatch(f"[A-Y] > [A-Y] ({right}|{wrong})( 100 %)?", caption)

    look()


@on_screen(59, 19)
async def test_too_small_a_terminal_gets_a_sentence(pilot: P) -> None:
    assert screen_text(pilot).strip() == "signtui needs 60x20; this is 59x19"


@on_screen(60, 20, events=begun(60))
async def test_the_smallest_terminal_has_all_parts(pilot: P, source: RecordedSource) -> None:
    for part in ("preset", "Accuracy", "Loss", "A > A"):
        assert part in screen_text(pilot)
        await pilot.press("tab")
        await settle(pilot)


@on_screen(120, 40, events=whole_run(), style=TerminalStyle("none", unicode=False))
async def test_ascii_without_colour_is_all_ascii(pilot: P, source: RecordedSource) -> None:
    text = screen_text(pilot)
    assert text.isascii(), sorted({character for character in text if not character.isascii()})
    assert "A > A + 91 %" in text
    strips = pilot.app.screen._compositor.render_strips()
    colours = {
        colour.name
        for strip in strips
        for segment in strip
        if segment.style
        for colour in (segment.style.color, segment.style.bgcolor)
        if colour is not None and not colour.is_default
    }
    assert colours == set() or pilot.app.get_line_filters()


@pytest.mark.parametrize("name", [theme.name for theme in THEMES])
def test_every_theme_draws(name: str) -> None:
    @on_screen(100, 30, events=begun(20))
    async def look(pilot: P, source: RecordedSource) -> None:
        pilot.app.theme = name
        await settle(pilot)
        assert "Accuracy" in screen_text(pilot)

    look()
