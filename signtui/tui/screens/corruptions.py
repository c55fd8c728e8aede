"""Corruptions: a run's weights on images that were made harder to read, in ten ways and five strengths each.

It is scored in a thread of the lowest priority, on a part of the images where there are many, and only while
the screen is shown; the page is drawn in a thread too.
"""

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.console import Group, RenderableType
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from signtui.bugs import bug_sentence
from signtui.errors import SigntuiError
from signtui.render import numbers
from signtui.render.corruptions import (
    corruption_charts,
    corruption_examples,
    corruption_table,
    corruption_words,
)
from signtui.render.guesses import bar
from signtui.render.palette import style_of
from signtui.render.terminal import TerminalStyle
from signtui.runs.names import short_name
from signtui.training.predicted import PredictionWish
from signtui.tui.newest import NewestWish
from signtui.tui.screens.base import DashboardScreen, Panel
from signtui.tui.widgets.lines import Lines
from signtui.tui.widgets.page import Page, page_strips

if TYPE_CHECKING:
    from signtui.runs.corruptions import CorruptionScores

_PROGRESS_SECONDS = 0.2
_BAR = 24


@dataclass(frozen=True)
class CorruptionsSubject:
    """What is scored: the weights and the split, of `of_images` images, with the names of the classes."""

    wish: PredictionWish
    classes: tuple[str, ...]
    of_images: int
    synthetic: bool

    @property
    def words(self) -> str:
        """`brisk-heron  validation  epoch 2`."""
        folder = self.wish.folder
        name = short_name(folder.id)
        kind = "synthetic " if self.synthetic else ""
        return f"{name}  {kind}{self.wish.split} images  epoch {self.wish.epoch}"


class Corrupting(Message):
    """How far the scoring is, and what it scores."""

    def __init__(self, what: str, done: int, of: int) -> None:
        super().__init__()
        self.what, self.done, self.of = what, done, of

    def can_replace(self, message: Message) -> bool:
        """Textual's way to let the newest win."""
        return isinstance(message, Corrupting)


class Corrupted(Message):
    """The scores are there, or the sentence why not."""

    def __init__(self, found: "CorruptionScores | None", problem: str = "") -> None:
        super().__init__()
        self.found, self.problem = found, problem


class CorruptionsLine(Lines):
    """Whose weights on which images, and below it how far the scoring is, or what it came to."""

    def draw(self) -> None:
        """Show both lines."""
        screen: CorruptionsScreen = self.screen  # type: ignore[assignment]  # it is on no other
        style = self.drawing_style
        if not style.width:
            return
        first = Text(" ", end="").append(screen.subject.words, style_of("accent", style))
        lines = [first.append(f"  {screen.counted}", style_of("faint", style)), screen.state(style)]
        for line in lines:
            line.truncate(style.width, overflow="ellipsis" if style.unicode else "crop")
        self.show(lines)


class CorruptionsPage(Page):
    """Table, charts and pictures, scrolled; drawn in a thread."""

    PLACE: ClassVar[str] = "corruptions"
    HELP: ClassVar[str] = (
        "Accuracy under each corruption at five strengths, their mean, and what becomes of one image that is"
        " read right as it is. The marker before a name is that of its line in the charts. Scroll with the"
        " arrow and page keys."
    )

    class Drawn(Message):
        """The page is ready."""

        def __init__(self, style: TerminalStyle, strips: list[Strip]) -> None:
            super().__init__()
            self.style, self.strips = style, strips

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._pages = NewestWish[TerminalStyle]("drawing corruptions", self._draw_page)
        self._scores: CorruptionScores | None = None
        self._class_names: tuple[str, ...] = ()
        self._is_new = True

    def on_mount(self) -> None:
        """Draw anew when the colours change."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self.renew())

    def on_unmount(self) -> None:
        """No more pages."""
        self._pages.drop()

    def on_resize(self) -> None:
        """Lay it out for the new width."""
        self.renew()

    def show_scores(self, scores: "CorruptionScores", classes: tuple[str, ...]) -> None:
        """Show these as soon as they are drawn."""
        self._scores, self._class_names, self._is_new = scores, classes, True
        self.renew()

    def renew(self) -> None:
        """Draw it for the present size and colours."""
        if self._scores is not None and self.scrollable_content_region.width >= 24:
            self._pages.want(self.style_to_draw_with)

    def _draw_page(self, style: TerminalStyle, cancelled: threading.Event) -> None:
        scores, classes = self._scores, self._class_names
        if scores is None:
            return
        strips = page_strips(corruptions_page(scores, classes, style), style)
        if not cancelled.is_set():
            self.post_message(self.Drawn(style, strips))

    def on_corruptions_page_drawn(self, event: Drawn) -> None:
        """Show it, unless the size has changed meanwhile."""
        event.stop()
        if event.style == self.style_to_draw_with:
            self.show_strips(event.strips, from_top=self._is_new)
            self._is_new = False


class CorruptionsScreen(DashboardScreen):
    """A run's weights on harder images."""

    CSS_PATH = "corruptions.tcss"
    AUTO_FOCUS = "#corruptions-page"
    PLACE: ClassVar[str] = "Corruptions screen"
    FIRST_KEYS = ("corruptions.back",)
    PANELS = (Panel("corruptions-page", "Corruptions", CorruptionsPage),)
    HELP: ClassVar[str] = (
        "The images turned, moved, zoomed, mirrored, blurred, noisy, pale, darker or lighter, covered, and"
        " before another backdrop. The same pictures every time, so that two runs can be compared; `signtui"
        " evaluate --corruptions` scores all images of the split."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,backspace",
            "back",
            "back",
            key_display="esc",
            id="corruptions.back",
            tooltip="back to the mistakes",
        ),
    ]

    def __init__(self, subject: CorruptionsSubject) -> None:
        super().__init__()
        self.subject = subject
        self.scores: CorruptionScores | None = None
        self.problem = ""
        self._progress: tuple[str, int, int] | None = None
        self._scoring = NewestWish[PredictionWish]("scoring corruptions", self._score)

    def compose_body(self) -> list[Widget]:
        """Two lines, and the page below them."""
        return [CorruptionsLine(id="corruptions-line"), CorruptionsPage(id="corruptions-page")]

    def on_unmount(self) -> None:
        """Nothing is wanted any more."""
        self._scoring.drop()

    def on_screen_resume(self) -> None:
        """Score, where that isn't done."""
        super().on_screen_resume()
        if self.scores is None and not self.problem:
            self._scoring.want(self.subject.wish)
        self.query_one(CorruptionsLine).draw()

    def on_screen_suspend(self) -> None:
        """Nobody sees it: nothing is worked out."""
        self._scoring.drop()
        self._progress = None

    @property
    def counted(self) -> str:
        """`1,000 of 2,745 images`, or how many there are."""
        if self.scores is None or self.scores.images == self.subject.of_images:
            return numbers.plural(self.subject.of_images, "image")
        return f"{self.scores.images:,} of {numbers.plural(self.subject.of_images, 'image')}"

    def state(self, style: TerminalStyle) -> Text:
        """How far it is, what went wrong, or what it came to, in a line."""
        faint, line = style_of("faint", style), Text(" ", end="")
        if self.problem:
            return line.append(self.problem, style_of("bad", style))
        if self.scores is not None:
            heading = style_of("heading", style)
            line.append("as they are ", faint).append(numbers.percent(self.scores.clean.accuracy), heading)
            line.append("  corrupted ", faint).append(numbers.percent(self.scores.accuracy), heading)
            return line.append(f"  {corruption_words(self.scores)}", faint)
        if self._progress is None:
            return line.append("reading the weights and the images ...", faint)
        what, done, of = self._progress
        line.append_text(bar(done / of, min(_BAR, max(0, style.width - 40)), style))
        return line.append(f" {done * 100 // of} %  {what}", faint)

    def _score(self, wish: PredictionWish, cancelled: threading.Event) -> None:
        score = self.dashboard.engine.corruptions
        assert score is not None
        told = 0.0

        def progressed(what: str, done: int, of: int) -> None:
            nonlocal told
            if time.monotonic() - told >= _PROGRESS_SECONDS:
                told = time.monotonic()
                self.post_message(Corrupting(what, done, of))

        try:
            message = Corrupted(score(wish, cancelled, progressed))
        except (SigntuiError, OSError) as error:
            message = Corrupted(None, str(error))
        except Exception as error:  # a bug: the screen lives on and says where its traceback is
            message = Corrupted(None, bug_sentence(error))
        if not cancelled.is_set():
            self.post_message(message)

    def on_corrupting(self, event: Corrupting) -> None:
        """Say how far it is."""
        if self.scores is None:
            self._progress = (event.what, event.done, event.of)
            self.query_one(CorruptionsLine).draw()

    def on_corrupted(self, event: Corrupted) -> None:
        """Show what it came to."""
        self.scores, self.problem = event.found, event.problem
        self.query_one(CorruptionsLine).draw()
        if event.found is not None:
            self.query_one(CorruptionsPage).show_scores(event.found, self.subject.classes)

    def action_back(self) -> None:
        """Back to the mistakes."""
        self.dismiss()


def corruptions_page(
    scores: "CorruptionScores", classes: tuple[str, ...], style: TerminalStyle
) -> RenderableType:
    """Table, charts and a row of pictures for each corruption."""
    lines = [*corruption_charts(scores, style), Text(), *corruption_examples(scores, classes, style)]
    return Group(
        corruption_table(scores, style, width=style.width), Text(), Text("\n", no_wrap=True).join(lines)
    )
