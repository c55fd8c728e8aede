"""The charts of the Train screen by their keys and by mouse, over recorded events."""

from typing import Any

import msgspec
from recorded_run import (
    PER_EPOCH,
    START,
    RecordedSource,
    begun,
    news,
    on_screen,
    run_ended,
    run_started,
    settle,
    step,
    whole_run,
)
from textual import events
from textual.geometry import Offset
from textual.pilot import Pilot

from signtui.events import Mark
from signtui.render.terminal import TerminalStyle
from signtui.tui.widgets.chart import CurveChart
from signtui.tui.widgets.footer import Footer

P = Pilot[int]
LONG = [*begun(2 * PER_EPOCH), run_ended()]


def charts(pilot: P) -> tuple[CurveChart, CurveChart]:
    accuracy, loss = pilot.app.screen.query(CurveChart)
    return accuracy, loss


def shown(pilot: P) -> tuple[float, float] | None:
    """The window of both charts, to a tenth of a step."""
    accuracy, loss = charts(pilot)
    assert accuracy.view.window == loss.view.window
    window = accuracy.view.window
    return None if window is None else (round(window.first, 1), round(window.last, 1))


async def press(pilot: P, *keys: str) -> None:
    await pilot.press(*keys)
    await settle(pilot)


def part(chart: CurveChart) -> str:
    return chart.shown.split("\n")[0]


@on_screen(200, 60, events=LONG)
async def test_plus_and_minus_zoom_both_charts_around_the_middle(pilot: P, source: RecordedSource) -> None:
    await press(pilot, "tab", "+")
    assert shown(pilot) == (20, 60)
    for chart in charts(pilot):
        assert "epoch 0.5-1.5" in part(chart)
    await press(pilot, "=")
    assert shown(pilot) == (30, 50)
    await press(pilot, "-")
    assert shown(pilot) == (20, 60)
    await press(pilot, "-")
    assert shown(pilot) is None
    assert "epoch 0" not in part(charts(pilot)[0])


@on_screen(200, 60, events=LONG)
async def test_arrows_pan_home_and_end_go_to_the_ends_and_zero_shows_all(
    pilot: P, source: RecordedSource
) -> None:
    await press(pilot, "tab", "+", "+")
    assert shown(pilot) == (30, 50)
    await press(pilot, "left")
    assert shown(pilot) == (25, 45)
    await press(pilot, "right", "right")
    assert shown(pilot) == (35, 55)
    await press(pilot, "shift+left")
    assert shown(pilot) == (15, 35)
    await press(pilot, "shift+left")
    assert shown(pilot) == (0, 20)
    await press(pilot, "shift+right", "shift+right", "shift+right", "shift+right")
    assert shown(pilot) == (60, 80)
    await press(pilot, "home")
    assert shown(pilot) == (0, 20)
    await press(pilot, "end")
    assert shown(pilot) == (60, 80)
    await press(pilot, "0")
    assert shown(pilot) is None


@on_screen(200, 60, events=LONG)
async def test_ten_steps_are_the_least_that_is_shown(pilot: P, source: RecordedSource) -> None:
    await press(pilot, "tab", *["+"] * 10)
    assert shown(pilot) == (35, 45)
    assert "+ - zoom" not in pilot.app.screen.query_one(Footer).shown


@on_screen(120, 40, events=LONG)
async def test_only_keys_that_act_are_offered(pilot: P, source: RecordedSource) -> None:
    footer = pilot.app.screen.query_one(Footer)
    await press(pilot, "tab")
    assert "+ - zoom" in footer.shown
    assert "left right pan" not in footer.shown
    assert "0 whole" not in footer.shown
    await press(pilot, "left", "0", "-", "home", "end")
    assert shown(pilot) is None
    await press(pilot, "+")
    assert "left right pan" in footer.shown
    assert "0 whole" in footer.shown


@on_screen(120, 40, events=begun(5))
async def test_a_run_of_a_few_steps_has_nothing_to_zoom_in_on(pilot: P, source: RecordedSource) -> None:
    await press(pilot, "tab", "+")
    assert shown(pilot) is None
    assert "zoom" not in pilot.app.screen.query_one(Footer).shown


@on_screen(200, 60, events=LONG)
async def test_another_unit_keeps_the_part_of_the_run(pilot: P, source: RecordedSource) -> None:
    await press(pilot, "tab", "+", "+", "x")
    assert shown(pilot) == (30, 50)
    assert "step 30-50" in part(charts(pilot)[0])
    await press(pilot, "x")
    assert shown(pilot) == (30, 50)
    assert "seconds 3.0-5.0" in part(charts(pilot)[1])


@on_screen(200, 60, events=LONG)
async def test_the_y_axis_fits_what_is_in_sight(pilot: P, source: RecordedSource) -> None:
    await press(pilot, "tab", "+", "+", "shift+right")
    accuracy, loss = charts(pilot)
    labels = [row.split("┤")[0].strip() for row in loss.shown.split("\n") if "┤" in row]
    numbers = [float(label) for label in labels if label]
    assert 0 < min(numbers) < 0.4
    assert max(numbers) < 0.7
    assert "0 %" not in [row.split("┤")[0].strip() for row in accuracy.shown.split("\n")]


@on_screen(200, 60, events=LONG)
async def test_capital_l_makes_x_logarithmic_on_both_charts(pilot: P, source: RecordedSource) -> None:
    await press(pilot, "tab", "x", "L")
    for chart in charts(pilot):
        assert "log x" in part(chart)
        ticks = chart.shown.split("\n")[-1].split()
        assert ticks[:4] == ["step", "1", "2", "5"]
    await press(pilot, "l")
    assert "log x and y" in part(charts(pilot)[0])
    assert "log x and y" not in part(charts(pilot)[1])
    await press(pilot, "+")
    window = charts(pilot)[0].view.window
    assert window is not None
    # Half of the axis, not of the steps, around its middle.
    assert round(window.first, 1) == round(80**0.25, 1)
    assert round(window.last, 1) == round(80**0.75, 1)
    await press(pilot, "L", "0")
    assert "log x" not in part(charts(pilot)[1])


async def tell(pilot: P, source: RecordedSource, first: int, last: int) -> None:
    source.waiting = [step(number) for number in range(first, last + 1)]
    chart = charts(pilot)[0]
    chart._last_build = 0  # as if the last drawing were long ago
    charts(pilot)[1]._last_build = 0
    await news(pilot)


def x_axis(chart: CurveChart) -> list[str]:
    return chart.shown.split("\n")[-2:]


@on_screen(200, 60, events=begun(40))
async def test_a_zoomed_view_of_the_newest_step_follows_and_stands_still_meanwhile(
    pilot: P, source: RecordedSource
) -> None:
    await press(pilot, "tab", "+", "x")
    accuracy, loss = charts(pilot)
    assert shown(pilot) == (21.2, 46.2)
    before = [x_axis(accuracy), x_axis(loss)]
    await tell(pilot, source, 41, 46)
    assert "step 21-46" in part(accuracy)
    assert [x_axis(accuracy), x_axis(loss)] == before
    await tell(pilot, source, 47, 48)
    assert "step 28-52" in part(accuracy)
    assert "step 28-52" in part(loss)


@on_screen(200, 60, events=begun(40))
async def test_a_view_of_the_past_stays_there_and_end_brings_the_newest_back(
    pilot: P, source: RecordedSource
) -> None:
    await press(pilot, "tab", "+", "shift+left")
    assert shown(pilot) == (0, 25)
    accuracy, _ = charts(pilot)
    drawn = accuracy._strips
    await tell(pilot, source, 41, 70)
    assert accuracy._strips is drawn  # nothing that is seen has changed: nothing is drawn
    assert shown(pilot) == (0, 25)
    await press(pilot, "end")
    assert shown(pilot) == (51.2, 76.2)
    await tell(pilot, source, 71, 80)
    assert "epoch 1.4-2.1" in part(accuracy)


@on_screen(200, 60, events=begun(40))
async def test_another_run_is_seen_whole(pilot: P, source: RecordedSource) -> None:
    await press(pilot, "tab", "+")
    app: Any = pilot.app
    app.watch_run(RecordedSource(whole_run()))
    await settle(pilot)
    assert shown(pilot) is None


def at(chart: CurveChart, share: float, row: int = 4) -> Offset:
    """A cell of the plot, at `share` of its width."""
    left, columns = chart._plot
    return chart.region.offset + Offset(left + round(share * (columns - 1)), row)


async def send(
    pilot: P, kind: type[events.MouseEvent], where: Offset, button: int = 0, shift: bool = False
) -> None:
    """As the terminal's driver does it."""
    pilot.app.post_message(kind(None, where.x, where.y, 0, 0, button, shift, False, False))
    await settle(pilot)


@on_screen(200, 60, events=LONG)
async def test_the_wheel_zooms_at_the_pointer(pilot: P, source: RecordedSource) -> None:
    accuracy, _ = charts(pilot)
    await send(pilot, events.MouseScrollUp, at(accuracy, 0.25))
    window = accuracy.view.window
    assert window is not None
    assert abs(window.width - 64) < 0.01
    # The step under the pointer stays there: a quarter of the way, as before.
    assert abs((0.25 * 80 - window.first) / 64 - 0.25) < 0.01
    await send(pilot, events.MouseScrollUp, at(accuracy, 0.25))
    window = accuracy.view.window
    assert window is not None
    assert abs((0.25 * 80 - window.first) / window.width - 0.25) < 0.02
    await send(pilot, events.MouseScrollDown, at(accuracy, 0.25))
    await send(pilot, events.MouseScrollDown, at(accuracy, 0.25))
    assert shown(pilot) is None


@on_screen(200, 60, events=LONG)
async def test_a_drag_pans_and_a_double_click_shows_the_whole(pilot: P, source: RecordedSource) -> None:
    accuracy, loss = charts(pilot)
    await press(pilot, "tab", "+", "+")
    assert shown(pilot) == (30, 50)
    await send(pilot, events.MouseDown, at(loss, 0.5), 1)
    assert loss.has_focus
    await send(pilot, events.MouseMove, at(loss, 0.75), 1)
    window = accuracy.view.window
    assert window is not None
    assert abs(window.first - 25) < 0.3
    # Out of the chart and on: it still has the pointer.
    await send(pilot, events.MouseMove, at(accuracy, 0.02), 1)
    assert shown(pilot) == (60, 80)
    await send(pilot, events.MouseUp, at(accuracy, 0.02), 1)
    await send(pilot, events.MouseMove, at(loss, 0.9))
    assert shown(pilot) == (60, 80)
    for _ in range(2):
        await send(pilot, events.MouseDown, at(loss, 0.5), 1)
        await send(pilot, events.MouseUp, at(loss, 0.5), 1)
    assert shown(pilot) is None


@on_screen(200, 60, events=LONG)
async def test_a_click_on_a_chart_gives_it_the_keys(pilot: P, source: RecordedSource) -> None:
    _, loss = charts(pilot)
    await send(pilot, events.MouseDown, at(loss, 0.5), 1)
    await send(pilot, events.MouseUp, at(loss, 0.5), 1)
    assert loss.has_focus
    assert shown(pilot) is None
    await press(pilot, "+")
    assert shown(pilot) == (20, 60)


def mark(kind: Any, at_step: int, value: float | None = None, later: float = 0.0) -> Mark:
    return Mark(time=START + at_step / 10 + later, kind=kind, epoch=1, step=at_step, value=value)


HAPPENINGS = [
    mark("pause", 10),
    mark("resume", 10, later=12.0),
    mark("learning_rate", 28, 0.002),
    mark("plateau", 46, 0.001),
    mark("epochs", 60, 3),
    mark("pause", 74),
]


def check_marks(text: str) -> None:
    for label in ("paused 12 s", "rate 0.002", "plateau", "3 epochs", "best", "paused"):
        assert label in text, label


@on_screen(80, 24, events=[*begun(2 * PER_EPOCH), *HAPPENINGS])
async def test_what_happened_to_a_run_is_marked_and_readable_at_80_columns(
    pilot: P, source: RecordedSource
) -> None:
    await press(pilot, "tab")
    for chart in charts(pilot):
        check_marks(chart.shown)


@on_screen(80, 24, events=[*begun(2 * PER_EPOCH), *HAPPENINGS], style=TerminalStyle("none", unicode=False))
async def test_marks_and_zoom_read_in_ascii_too(pilot: P, source: RecordedSource) -> None:
    await press(pilot, "tab")
    check_marks(charts(pilot)[0].shown)
    await press(pilot, "+")
    for chart in charts(pilot):
        assert chart.shown.isascii()
        assert "epoch 1.1-2.3" in part(chart)


@on_screen(80, 24, events=[*begun(60), run_ended("diverged", "the loss is no longer a finite number", 1)])
async def test_divergence_is_marked_where_it_happened(pilot: P, source: RecordedSource) -> None:
    await press(pilot, "tab")
    assert "diverged" in charts(pilot)[0].shown


@on_screen(
    80,
    24,
    events=[
        *begun(30),
        mark("pause", 30),
        msgspec.structs.replace(run_started(), resumed_at=30, time=START + 900),
        step(31),
    ],
)
async def test_where_another_process_took_the_run_up_is_marked(pilot: P, source: RecordedSource) -> None:
    await press(pilot, "tab")
    assert "resumed" in charts(pilot)[0].shown
    assert "paused" not in charts(pilot)[0].shown


@on_screen(60, 20, events=LONG)
async def test_the_smallest_terminal_says_which_part_is_seen(pilot: P, source: RecordedSource) -> None:
    await press(pilot, "tab", "+")
    for chart in charts(pilot):
        assert "0.5-1.5" in part(chart)
