"""A live chart: drawn in a thread from a state that can't change, and swapped in where it is another.

No more drawings than the dashboard's pace allows, none while the chart is hidden or nothing is new.
"""

import math
import time
from dataclasses import replace
from functools import partial
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from signtui.render.palette import style_of
from signtui.render.terminal import TerminalStyle
from signtui.runs.state import RunState
from signtui.tui.view import SMOOTHING, TITLES, UNITS, Field, View
from signtui.tui.widgets.lines import RunPanel, as_strip

_WIDE_ENOUGH = 64


class ChartDrawn(Message):
    """A drawing is done; an older one that still waits is superseded."""

    def __init__(self, strips: list[Strip]) -> None:
        super().__init__()
        self.strips = strips

    def can_replace(self, message: Message) -> bool:
        """Textual's way to let the newest win."""
        return isinstance(message, ChartDrawn)


class CurveChart(RunPanel):
    """One field of the run over its course."""

    HELP: ClassVar[str] = (
        "A chart of the run: orange is training, smoothed, over augmented images; blue is validation at the"
        " end of each epoch, over images that training never sees. The faint line behind is the run before."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "smooth", "smoothing", id="chart.smoothing"),
        Binding("l", "log", "log", id="chart.log"),
        Binding("x", "unit", "axis", id="chart.unit"),
    ]

    def __init__(self, field: Field, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes="panel")
        self.field: Field = field
        self.view = View()
        self._asked: object = None
        self._busy = self._stale = False
        self._last_build = -math.inf

    def on_show(self) -> None:
        """What was not drawn while the chart was hidden is drawn now."""
        self.draw()

    def draw(self) -> None:
        """Have the chart drawn, if there is anything new to see and it can be seen."""
        if not self.is_on_screen_now or not self.size.width:
            return
        run = self.dashboard.watched
        state = run.state if run is not None else RunState()
        previous = self.dashboard.previous
        key = (_fingerprint(state), id(previous), self.view, self.drawing_style, self.has_focus)
        if key == self._asked:
            return
        if state.started is None and not self._busy:
            self._asked = key
            self._show_nothing_yet()
            return
        if self._busy:
            self._stale = True
            return
        wait = self._last_build + self.dashboard.pace.chart - time.monotonic()
        if self._asked is not None and wait > 0 and self._only_grew(key):
            if not self._stale:
                self._stale = True
                self.set_timer(wait, self._draw_again)
            return
        self._asked, self._busy, self._stale = key, True, False
        self._last_build = time.monotonic()
        style, focused = self.drawing_style, self.has_focus
        build = partial(self._build, state, self.field, self.view, previous, style, focused)
        self.run_worker(build, thread=True, group="charts", exit_on_error=True)

    def _show_nothing_yet(self) -> None:
        """Before any run: no axes, and nothing loaded to draw them with."""
        style = self.drawing_style
        look = style_of("accent" if self.has_focus else "heading", style)
        words = Text("training and validation are drawn here", style_of("faint", style))
        words.truncate(style.width)
        self.show([Text(TITLES[self.field], look), Text(), words])

    def _draw_again(self) -> None:
        self._stale = False
        self.draw()

    @property
    def is_on_screen_now(self) -> bool:
        """Whether anyone could see it."""
        return self.is_mounted and self.screen.is_current and self.display

    def _only_grew(self, key: tuple[object, ...]) -> bool:
        """Whether the run went on and all else stayed: then the drawing can wait a little."""
        return isinstance(self._asked, tuple) and key[1:] == self._asked[1:]

    def _build(
        self,
        state: RunState,
        field: Field,
        view: View,
        previous: RunState | None,
        style: TerminalStyle,
        focused: bool,
    ) -> None:
        """In the thread: draw, and tell."""
        from signtui.render.charts import build_chart  # noqa: PLC0415 - with numpy, after the first paint
        from signtui.tui.curves import chart_of  # noqa: PLC0415 - as above

        chart = chart_of(state, field, view, previous)
        if style.width < _WIDE_ENOUGH:
            chart = replace(chart, y_label="")  # the legend's figures say more
        text = build_chart(chart, style.width, style.height, style)
        if focused:
            text.stylize(style_of("accent", style), 0, len(chart.title))
        self.post_message(ChartDrawn([as_strip(line) for line in text.split("\n")]))

    def on_chart_drawn(self, message: ChartDrawn) -> None:
        """Swap the drawing in."""
        message.stop()
        self._busy = False
        self.show_strips(message.strips)
        if self._stale:
            self._draw_again()

    def look_at(self, view: View) -> None:
        """Look at the curves as `view` says, with this chart's own log axis."""
        self.view = replace(view, log=self.view.log)
        self.draw()

    def action_smooth(self) -> None:
        """More smoothing, and round to none."""
        position = SMOOTHING.index(self.view.smoothing)
        self.post_message(
            ViewChosen(replace(self.view, smoothing=SMOOTHING[(position + 1) % len(SMOOTHING)]))
        )

    def action_log(self) -> None:
        """A logarithmic y axis, or a linear one again."""
        self.view = replace(self.view, log=not self.view.log)
        self.draw()

    def action_unit(self) -> None:
        """x in epochs, steps, seconds."""
        unit = UNITS[(UNITS.index(self.view.unit) + 1) % len(UNITS)]
        self.post_message(ViewChosen(replace(self.view, unit=unit)))


class ViewChosen(Message):
    """The curves are to be looked at in another way, on every chart alike but for the log axis."""

    def __init__(self, view: View) -> None:
        super().__init__()
        self.view = view


def _fingerprint(state: RunState) -> tuple[object, ...]:
    """What of a state a chart depends on."""
    ended = state.ended.reason if state.ended else None
    return (
        state.id,
        state.progress.step,
        state.progress.epochs,
        len(state.epochs),
        len(state.marks),
        len(state.history.points),
        ended,
    )
