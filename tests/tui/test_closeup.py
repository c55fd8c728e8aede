"""A zoomed chart of a long run takes its points from the log; the fold keeps too few of them."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from recorded_run import TRUECOLOR, begun, dashboard, epoch_ended, run_started, settle, step
from run_folders import until
from textual.pilot import Pilot

from signtui.events import AnyEvent, RunStarted, encode
from signtui.runs.folder import RunFolder
from signtui.runs.history import MOST_POINTS
from signtui.runs.state import RunState
from signtui.tui import chart_drawing
from signtui.tui.app import DashboardApp
from signtui.tui.closeup import Closeup
from signtui.tui.curves import chart_of
from signtui.tui.sources import LogSource
from signtui.tui.view import View, Window
from signtui.tui.widgets.chart import CurveChart

STEPS = 4 * MOST_POINTS


def wave(number: int) -> float:
    """A loss that goes up and down within ten steps: the coarse curve can't show it."""
    return 2 + math.sin(number * math.pi / 5)


def events(steps: int = STEPS) -> list[AnyEvent]:
    return [run_started(), *(step(number, loss=wave(number), epoch=1) for number in range(1, steps + 1))]


def write(folder: RunFolder, told: list[AnyEvent]) -> None:
    folder.path.mkdir(parents=True, exist_ok=True)
    with folder.events.open("ab") as file:
        file.write(b"".join(encode(event) + b"\n" for event in told))


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path / "20261122-100000-brisk-heron-3f")
    write(folder, events())
    return folder


def test_points_come_from_the_log_only_where_the_state_has_too_few(folder: RunFolder) -> None:
    state, closeup = RunState.of(events()), Closeup(folder)
    assert state.history.stride == 4
    assert closeup.held(state, 0, STEPS, 200) == ()
    assert closeup.held(state, 8000, 8200, 200) is None
    points = closeup.read(state, 8000, 8200, 200)
    assert [point.loss for point in points if 8000 <= point.step <= 8200] == [
        wave(number) for number in range(8000, 8201)
    ]
    # Half a view further needs no other look into the log.
    assert closeup.held(state, 8090, 8290, 200) == points
    assert closeup.held(state, 8150, 8350, 200) is None


def test_a_short_run_has_all_its_points_anyway(folder: RunFolder) -> None:
    assert Closeup(folder).held(RunState.of(begun(80)), 10, 20, 200) == ()


def test_what_a_resume_took_back_is_read_anew(folder: RunFolder) -> None:
    before = RunState.of(events())
    closeup = Closeup(folder)
    closeup.read(before, 8000, 8200, 200)
    start = run_started()
    again: list[AnyEvent] = [
        RunStarted(**{name: getattr(start, name) for name in start.__struct_fields__} | {"resumed_at": 8100}),
        *(step(number, loss=0.5, epoch=1) for number in range(8101, 8301)),
    ]
    write(folder, again)
    after = RunState.of([*events(), *again])
    points = {point.step: point.loss for point in closeup.read(after, 8000, 8200, 200)}
    assert points[8100] == wave(8100)
    assert points[8101] == 0.5


def test_a_log_that_is_gone_leaves_the_coarse_curve(tmp_path: Path) -> None:
    state = RunState.of(events())
    assert Closeup(RunFolder(tmp_path / "gone")).read(state, 8000, 8200, 200) == ()


def test_finer_points_take_the_place_of_the_coarse_and_newer_ones_follow(folder: RunFolder) -> None:
    state = RunState.of(events())
    finer = Closeup(folder).read(state, 8000, 8200, 200)
    view = View("step", smoothing=0, window=Window(8000, 8200))
    train = next(
        series for series in chart_of(state, "loss", view, finer=finer).series if series.name == "train"
    )
    assert [y for x, y in zip(train.x, train.y, strict=True) if 8000 <= x <= 8200] == [  # type: ignore[arg-type]
        wave(number) for number in range(8000, 8201)
    ]
    assert max(train.x) == STEPS  # type: ignore[type-var]


async def over(folder: RunFolder, test: Callable[[Pilot[int], DashboardApp], Awaitable[None]]) -> None:
    app = dashboard()
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        app.watch_run(LogSource(folder))
        await until(pilot, lambda: app.watched is not None and app.watched.state.progress.step)
        await settle(pilot)
        await test(pilot, app)


def test_a_logarithmic_axis_takes_its_first_steps_from_the_log(folder: RunFolder) -> None:
    state = RunState.of(events())
    request = chart_drawing.ChartRequest(
        state, "loss", View("step", smoothing=0, x_log=True), None, Closeup(folder), TRUECOLOR, False
    )
    request = replace(request, style=replace(TRUECOLOR, width=100, height=20))
    coarse, fine = chart_drawing.drawings(request)
    assert (coarse.final, fine.final) == (False, True)
    # Four decades: each of the first ten steps has columns of its own.
    plot = slice(fine.left, fine.left + fine.columns // 4)
    assert sum(not cell.isspace() for strip in fine.strips[1:-2] for cell in strip.text[plot]) > 20
    assert sum(not cell.isspace() for strip in coarse.strips[1:-2] for cell in strip.text[plot]) < 20


@pytest.mark.parametrize("kind", ["small", "large"])
def test_the_dashboard_shows_the_coarse_curve_at_once_and_then_the_finer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    folder = RunFolder(tmp_path / "20261122-100000-brisk-heron-3f")
    write(folder, [*events(STEPS if kind == "small" else 5 * STEPS), epoch_ended(1)])
    drawn: list[bool] = []
    real = chart_drawing._drawn
    monkeypatch.setattr(
        chart_drawing,
        "_drawn",
        lambda request, finer, final: drawn.append(bool(finer)) or real(request, finer, final=final),
    )

    async def look(pilot: Pilot[int], app: DashboardApp) -> None:
        assert app.watched is not None
        watched = app.watched
        await until(pilot, lambda: not watched.is_catching_up)
        await settle(pilot)
        chart = app.screen.query_one("#loss", CurveChart)
        chart.focus()
        await pilot.press("m", "m", "m")  # no smoothing
        await settle(pilot)
        drawn.clear()
        await pilot.press(*["+"] * 14)
        await until(pilot, lambda: True in drawn and chart.is_settled)
        await settle(pilot)
        assert drawn[0] is False
        assert drawn[-1] is True
        # Ten steps of a wave from 1 to 3: the curve comes near the ends of the axis.
        labels = [row.split("┤")[0].strip() for row in chart.shown.split("\n") if "┤" in row]
        assert {"1.0", "3.0"} <= set(labels) or {"1", "3"} <= set(labels)

    asyncio.run(over(folder, look))
