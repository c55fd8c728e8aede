"""A live chart: drawn in a thread from a state that can't change, and swapped in where it is another.

One drawing at a time, the newest wins; no more of them than the dashboard's pace allows while only the run
goes on, none while the chart is hidden or nothing is new. Keys and mouse change how the curves are looked
at, on all charts alike.
"""

import math
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var
from textual.timer import Timer

from signtui.render.palette import style_of
from signtui.render.terminal import TerminalStyle
from signtui.runs.state import RunState
from signtui.tui import zoom
from signtui.tui.closeup import Closeup
from signtui.tui.view import (
    SMOOTHING,
    TITLES,
    UNITS,
    Field,
    View,
    Window,
    as_remembered,
    worth_remembering,
)
from signtui.tui.watched import WatchedRun
from signtui.tui.widgets.lines import RunPanel, wrapped

if TYPE_CHECKING:
    from signtui.tui.chart_drawing import DrawnChart
    from signtui.tui.scale import Scale

_WHEEL = 1.25
"""How much wider a notch of the wheel makes the window, or narrower."""


class ChartDrawn(Message):
    """A drawing is done; an older one that still waits is superseded."""

    def __init__(self, drawn: "DrawnChart", cost: float) -> None:
        super().__init__()
        self.drawn = drawn
        self.cost = cost  # seconds of a core

    def can_replace(self, message: Message) -> bool:
        """Textual's way to let the newest win."""
        return isinstance(message, ChartDrawn)


class CurveChart(RunPanel):
    """One field of the run over its course."""

    PLACE: ClassVar[str] = "charts"
    HELP: ClassVar[str] = (
        "A chart of the run: orange is training, smoothed, over augmented images; blue is validation at the"
        " end of each epoch, over images that training never sees. The faint line behind is the run before."
        " The wheel zooms at the pointer, a drag pans, a double click shows the whole run again."
    )
    ALLOW_SELECT = False  # a drag pans
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("plus,equals_sign", "zoom(0.5)", "zoom", key_display="+ -", id="chart.zoom.in"),
        Binding("minus", "zoom(2.0)", "zoom", show=False, id="chart.zoom.out"),
        Binding("left", "pan(-0.25)", "pan", key_display="left right", id="chart.pan.left"),
        Binding("right", "pan(0.25)", "pan", show=False, id="chart.pan.right"),
        Binding("shift+left", "pan(-1.0)", "pan by a whole view", show=False, id="chart.pan.far.left"),
        Binding("shift+right", "pan(1.0)", "pan by a whole view", show=False, id="chart.pan.far.right"),
        Binding("0", "whole", "whole", tooltip="the whole run again", id="chart.whole"),
        Binding("home", "start", "to the start", show=False, id="chart.start"),
        Binding("end", "newest", "to the newest step", show=False, id="chart.newest"),
        Binding("m", "smooth", "smoothing", tooltip="how much the curve is smoothed", id="chart.smoothing"),
        Binding("l", "log", "log y", tooltip="a logarithmic y axis", id="chart.log"),
        Binding("L", "log_x", "log x", show=False, tooltip="a logarithmic x axis", id="chart.log.x"),
        Binding("x", "unit", "axis", tooltip="x in epochs, steps, seconds", id="chart.unit"),
    ]

    view: var[View] = var(View, init=False)

    def __init__(self, field: Field, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes="panel")
        self.field: Field = field
        self._run: WatchedRun | None = None
        self._asked: object = None
        self._busy = self._stale = False
        self._waiting: Timer | None = None
        self._last_build = -math.inf
        self._cost, self._has_drawn = 0.0, False
        self._plot = (0, 0)  # its first column, and how many there are
        self._dragged: tuple[int, Window] | None = None  # the column it was taken at, and what was shown then

    def on_mount(self) -> None:
        """Look at the curves as the last time."""
        self.view = as_remembered(self.dashboard.memory.recall(f"chart.{self.field}", View))

    def watch_view(self, view: View) -> None:
        """For the next time."""
        self.dashboard.memory.keep(f"chart.{self.field}", worth_remembering(view))

    def on_show(self) -> None:
        """What was not drawn while the chart was hidden is drawn now."""
        self.draw()

    def draw(self) -> None:
        """Have the chart drawn, if there is anything new to see and it can be seen."""
        run = self.dashboard.watched
        if run is not self._run:
            self._run, self.view = run, replace(self.view, window=None)
        if not self.is_on_screen_now or not self.size.width:
            return
        state = run.state if run is not None else RunState()
        previous = self.dashboard.behind
        key = (_fingerprint(state, self.view), id(previous), self.view, self.drawing_style, self.has_focus)
        if key == self._asked:
            return
        if state.started is None and not self._busy:
            self._asked = key
            self._show_nothing_yet()
            return
        if self._busy:
            self._stale = True
            return
        wait = self._last_build + self.dashboard.pace.until_next_chart(self._cost) - time.monotonic()
        if self._asked is not None and wait > 0 and self._only_grew(key):
            if self._waiting is None:
                self._waiting = self.set_timer(wait, self._draw_again)
            return
        self._asked, self._busy, self._stale = key, True, False
        self._last_build = time.monotonic()
        closeup = run.closeup if run is not None else None
        build = partial(self._build, state, self.view, previous, closeup, self.drawing_style, self.has_focus)
        # Without a description Textual would write one: the whole state, in a tenth of a second.
        self.run_worker(build, thread=True, group="charts", description=f"drawing {self.field}")

    def _show_nothing_yet(self) -> None:
        """Before any run: no axes, and nothing loaded to draw them with."""
        style = self.drawing_style
        look = style_of("accent" if self.has_focus else "heading", style)
        reading = self._run is not None and self._run.is_catching_up
        told = "reading the log of the run ..." if reading else "training and validation are drawn here"
        words = wrapped(told, style_of("faint", style), style.width)
        self.show([Text(TITLES[self.field], look), Text(), *words])

    def _draw_again(self) -> None:
        self._stale, self._waiting = False, None
        self.draw()

    @property
    def is_on_screen_now(self) -> bool:
        """Whether anyone could see it."""
        return self.is_mounted and self.screen.is_current and self.display

    @property
    def is_settled(self) -> bool:
        """Whether nothing is being drawn."""
        return not self._busy

    def _only_grew(self, key: tuple[object, ...]) -> bool:
        """Whether the run went on and all else stayed: then the drawing can wait a little."""
        return isinstance(self._asked, tuple) and key[1:] == self._asked[1:]

    def _build(
        self,
        state: RunState,
        view: View,
        previous: RunState | None,
        closeup: Closeup | None,
        style: TerminalStyle,
        focused: bool,
    ) -> None:
        """In the thread: draw, and tell; no better drawing is waited for where another is wanted by now."""
        from signtui.tui.chart_drawing import ChartRequest, drawings  # noqa: PLC0415 - brings numpy

        request = ChartRequest(state, self.field, view, previous, closeup, style, focused)
        began = time.thread_time()
        for drawn in drawings(request):
            final = drawn.final or self._stale
            self.post_message(ChartDrawn(replace(drawn, final=final), time.thread_time() - began))
            if final:
                return

    def on_chart_drawn(self, message: ChartDrawn) -> None:
        """Swap the drawing in."""
        message.stop()
        drawn = message.drawn
        self._plot = (drawn.left, drawn.columns)
        began = time.thread_time()
        self.show_strips(drawn.strips)
        if drawn.final:
            # The first drawing also pays for loading what draws.
            self._cost = message.cost + time.thread_time() - began if self._has_drawn else 0.0
            self._has_drawn = True
            self._busy = False
            if self._stale:
                self._draw_again()

    def look_at(self, view: View) -> None:
        """Look at the curves as `view` says, with this chart's own logarithmic y axis."""
        self.view = replace(view, log=self.view.log)
        self.refresh_bindings()
        self.draw()

    def _look_all(self, view: View) -> None:
        """Have all charts of the screen look at the curves as `view` says."""
        for chart in self.screen.query(CurveChart):
            chart.look_at(view)

    def action_smooth(self) -> None:
        """More smoothing, and round to none."""
        position = SMOOTHING.index(self.view.smoothing)
        self._look_all(replace(self.view, smoothing=SMOOTHING[(position + 1) % len(SMOOTHING)]))

    def action_log(self) -> None:
        """A logarithmic y axis, or a linear one again."""
        self.view = replace(self.view, log=not self.view.log)
        self.draw()

    def action_log_x(self) -> None:
        """A logarithmic x axis, or a linear one again."""
        self._look_all(replace(self.view, x_log=not self.view.x_log))

    def action_unit(self) -> None:
        """x in epochs, steps, seconds."""
        unit = UNITS[(UNITS.index(self.view.unit) + 1) % len(UNITS)]
        self._look_all(replace(self.view, unit=unit))

    def action_zoom(self, factor: float) -> None:
        """Show a part `factor` times as wide, around the newest step in sight or else the middle."""
        scale = self._scale()
        if scale is not None:
            self._look_through(zoom.zoomed(self.view.window, scale, factor))

    def action_pan(self, share: float) -> None:
        """Show what lies beside, by `share` of the width."""
        scale = self._scale()
        if scale is not None:
            self._look_through(zoom.panned(self.view.window, scale, share))

    def action_start(self) -> None:
        """The first steps, as wide."""
        scale = self._scale()
        if scale is not None:
            self._look_through(zoom.at_start(self.view.window, scale))

    def action_newest(self) -> None:
        """The newest steps, as wide; a run that goes on is followed."""
        scale = self._scale()
        if scale is not None:
            self._look_through(zoom.at_newest(self.view.window, scale))

    def action_whole(self) -> None:
        """The whole run again."""
        self._look_through(None)

    def _look_through(self, window: Window | None) -> None:
        if window != self.view.window:
            self._look_all(replace(self.view, window=window))

    def _scale(self) -> "Scale | None":
        """The x axis as the run stands, None before it has taken steps enough to zoom in on."""
        run = self._run
        if run is None or not zoom.can_zoom_in(None, run.state.progress.step):
            return None
        from signtui.tui.scale import scale_of  # noqa: PLC0415 - numpy, after the first paint

        return scale_of(run.state, self.view.unit, self.view.x_log)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What does nothing now is not offered."""
        window = self.view.window
        if action == "zoom" and parameters[0] == 0.5:
            newest = self._run.state.progress.step if self._run is not None else 0
            return zoom.can_zoom_in(window, newest)
        if action in {"zoom", "pan", "whole", "start", "newest"}:
            return window is not None
        return True

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Zoom in at the pointer."""
        event.stop()
        self._wheel(event.x, 1 / _WHEEL)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Zoom out at the pointer."""
        event.stop()
        self._wheel(event.x, _WHEEL)

    def _wheel(self, column: int, factor: float) -> None:
        scale, (left, columns) = self._scale(), self._plot
        if scale is None or not columns:
            return
        if factor < 1 and not zoom.can_zoom_in(self.view.window, scale.newest):
            return
        first, last = (scale.place(step) for step in zoom.shown(self.view.window, scale))
        share = min(1.0, max(0.0, (column - left) / max(1, columns - 1)))
        at = scale.step(first + share * (last - first))
        self._look_through(zoom.zoomed(self.view.window, scale, factor, at))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of a zoomed chart."""
        scale = self._scale()
        if event.button == 1 and self.view.window is not None and scale is not None:
            self.capture_mouse()
            self._dragged = (event.x, Window(*zoom.shown(self.view.window, scale)))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Pull it along."""
        scale, columns = self._scale(), self._plot[1]
        if self._dragged is None or scale is None or not columns:
            return
        if not event.button:  # it was let go where nobody saw it
            self._let_go()
            return
        start, window = self._dragged
        self._look_through(zoom.panned(window, scale, (start - event.x) / columns))

    def on_mouse_up(self) -> None:
        """Let go of it."""
        self._let_go()

    def _let_go(self) -> None:
        if self._dragged is not None:
            self._dragged = None
            self.release_mouse()

    def on_click(self, event: events.Click) -> None:
        """A double click: the whole run again."""
        if event.chain == 2:
            self.action_whole()


def _fingerprint(state: RunState, view: View) -> tuple[object, ...]:
    """What of a state a chart depends on that is looked at like this."""
    ended = state.ended.reason if state.ended else None
    told = (state.id, state.progress.epochs, len(state.epochs), len(state.marks), ended)
    window = view.window
    if window is not None and not window.follows and state.progress.step > window.last:
        return (*told, state.history.stride)  # whatever comes now lies beyond
    return (*told, state.progress.step, len(state.history.points))
