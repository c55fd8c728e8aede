"""What a chart's thread does: from a state that can't change to strips for the screen."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from textual.strip import Strip

from signtui.render.charts import draw_chart
from signtui.render.palette import style_of
from signtui.render.terminal import TerminalStyle
from signtui.runs.history import StepPoint
from signtui.runs.state import RunState
from signtui.tui import zoom
from signtui.tui.closeup import Closeup
from signtui.tui.curves import chart_of
from signtui.tui.scale import scale_of
from signtui.tui.view import Field, View
from signtui.tui.widgets.lines import as_strip

_WIDE_ENOUGH = 64
_POINTS_A_COLUMN = 2


@dataclass(frozen=True)
class ChartRequest:
    """What is to be drawn, and with what. `closeup` has finer points of the run, where it has a log."""

    state: RunState
    field: Field
    view: View
    previous: RunState | None
    closeup: Closeup | None
    style: TerminalStyle
    focused: bool


@dataclass(frozen=True)
class DrawnChart:
    """Strips for the screen, the plot's first column and how many it has; `final`: no better one follows."""

    strips: list[Strip]
    left: int
    columns: int
    final: bool


def drawings(request: ChartRequest) -> Iterator[DrawnChart]:
    """The chart at once from what is known, and again where a look into the run's log makes it finer."""
    closeup = request.closeup
    if closeup is None or (request.view.window is None and not request.view.x_log):
        yield _drawn(request, (), final=True)
        return
    first, last = _spread_out(request)
    wanted = _POINTS_A_COLUMN * request.style.width
    finer = closeup.held(request.state, first, last, wanted)
    yield _drawn(request, finer or (), final=finer is not None)
    if finer is None:
        yield _drawn(request, closeup.read(request.state, first, last, wanted), final=True)


def _spread_out(request: ChartRequest) -> tuple[float, float]:
    """The steps that are in sight; on a logarithmic axis those of them that lie far from each other."""
    view = request.view
    first, last = zoom.shown(view.window, scale_of(request.state, "step", view.x_log))
    if not view.x_log:
        return first, last
    column = (last / first) ** (1 / max(1, request.style.width))  # from its one end to the other
    return first, min(last, first + request.state.history.stride / (column - 1))


def _drawn(request: ChartRequest, finer: tuple[StepPoint, ...], *, final: bool) -> DrawnChart:
    style = request.style
    chart = chart_of(request.state, request.field, request.view, request.previous, finer)
    if style.width < _WIDE_ENOUGH:
        chart = replace(chart, y_label="")  # the legend's figures say more
    drawing = draw_chart(chart, style.width, style.height, style)
    text = drawing.text
    if request.focused:
        text.stylize(style_of("accent", style), 0, len(chart.title))
    return DrawnChart([as_strip(line) for line in text.split("\n")], drawing.left, drawing.columns, final)
