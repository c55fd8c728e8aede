"""Calibration: the reliability curve as a chart, and what it comes to. The chart is drawn in a thread."""

import threading
from dataclasses import dataclass, replace
from typing import ClassVar

from rich.text import Text
from textual.message import Message
from textual.strip import Strip

from signtui.events import Calibrated
from signtui.render.calibration import calibrated_words
from signtui.render.charts import SMALLEST, build_chart
from signtui.render.guesses import reliability_chart, reliability_lines
from signtui.render.terminal import TerminalStyle
from signtui.tui.newest import NewestWish
from signtui.tui.widgets.lines import as_strip
from signtui.tui.widgets.mistakes_panel import MistakesPanel

_TABLE_WIDTH, _TABLE_HEIGHT = 39, 11
_BESIDE = 78
_GAP = 3


@dataclass(frozen=True)
class _ChartWish:
    found: Calibrated
    test: bool
    style: TerminalStyle


class CalibrationPanel(MistakesPanel):
    """Whether the network is as sure as it is right."""

    PLACE: ClassVar[str] = "calibration"
    NAME = "Calibration"
    HELP: ClassVar[str] = (
        "Guesses are put into ten bins by confidence, the probability of the guess. A network that is"
        " 90 % sure should be right nine times in ten: its curve lies on the diagonal. Below it the network"
        " is too sure, above it not sure enough. The expected calibration error is the mean distance, each"
        " bin counted by its images; bins of few images say little. Label smoothing makes a network less"
        " sure. A temperature that was fitted on validation puts that right: all confidences are those after"
        " it, and the chart also shows how it was before. A guess counts as sure from the confidence that 19"
        " in 20 right guesses reach on validation."
    )

    class Drawn(Message):
        """A chart is ready to be shown."""

        def __init__(self, panel: "CalibrationPanel", wish: _ChartWish, strips: list[Strip]) -> None:
            super().__init__()
            self.panel, self.wish, self.strips = panel, wish, strips

        @property
        def control(self) -> "CalibrationPanel":
            """The panel it is for."""
            return self.panel

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._wish: _ChartWish | None = None
        self._chart: tuple[_ChartWish, list[Strip]] | None = None
        self._charts = NewestWish[_ChartWish]("drawing calibration", self._draw_chart)

    def on_unmount(self) -> None:
        """No more charts."""
        self._charts.drop()

    @property
    def is_drawn(self) -> bool:
        """Whether the chart that is wanted is the one that is shown."""
        return self._chart is not None and self._chart[0] == self._wish

    def found(self) -> Calibrated | None:
        """The calibration of the guesses that are known."""
        known = self.mistakes.known
        return None if known is None else known.calibrated

    def draw(self) -> None:
        """Show what is known, with the chart as soon as it is drawn."""
        found = self.found()
        if found is None or self.mistakes.words_without() or not self.size.width or not self.size.height:
            super().draw()
            return
        style = self.drawing_style
        table = reliability_lines(found.after, style)
        scope = self.mistakes.scope
        assert scope is not None
        words = calibrated_words(found)
        head = [
            as_strip(line)
            for line in [self.title(style, scope.counted), *self.sentences(words, style, "text")]
        ]
        room = style.height - len(head)
        beside = style.width >= _BESIDE
        below = not beside and room >= _TABLE_HEIGHT + SMALLEST[1] + 4
        width = style.width - (_TABLE_WIDTH + _GAP if beside else 0)
        height = room - (_TABLE_HEIGHT + 1 if below else 0)
        wish = _ChartWish(found, self.mistakes.split == "test", replace(style, width=width, height=height))
        self._wish = wish
        if not self.is_drawn:
            self._charts.want(wish)
        chart = self._chart[1] if self._chart is not None and self._chart[0].found is found else []
        self.show_strips([*head, *_laid_out(chart, [as_strip(line) for line in table], wish, beside, below)])

    def lines(self, style: TerminalStyle) -> list[Text]:
        """Before the guesses are known."""
        return [
            self.title(style),
            *self.sentences(
                "The curve appears when the weights have been read: of a run that trains, now and then.",
                style,
            ),
        ]

    def _draw_chart(self, wish: _ChartWish, cancelled: threading.Event) -> None:
        style = wish.style
        found = wish.found
        before = found.before if found.temperature != 1 else None
        chart = reliability_chart(found.after, "test" if wish.test else "validation", before)
        text = build_chart(chart, style.width, style.height, style)
        if not cancelled.is_set():
            self.post_message(self.Drawn(self, wish, [as_strip(line) for line in text.split("\n")]))

    def on_calibration_panel_drawn(self, event: Drawn) -> None:
        """Show it, unless another one is wanted by now."""
        event.stop()
        if event.wish == self._wish:
            self._chart = (event.wish, event.strips)
            self.draw()


def _laid_out(
    chart: list[Strip], table: list[Strip], wish: _ChartWish, beside: bool, below: bool
) -> list[Strip]:
    height, width = wish.style.height, wish.style.width
    chart = [strip.crop_extend(0, width, None) for strip in (chart + [Strip.blank(width)] * height)[:height]]
    if below:
        return [*chart, Strip.blank(width), *table]
    if not beside:
        return chart
    rows = [*table, *[Strip.blank(1)] * max(0, height - len(table))]
    return [Strip.join([left, Strip.blank(_GAP), right]) for left, right in zip(chart, rows, strict=False)]
