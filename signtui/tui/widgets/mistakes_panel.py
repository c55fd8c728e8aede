"""What the panels of the Mistakes screen have in common, and the two lines above them."""

from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text
from textual.message import Message

from signtui.render import numbers
from signtui.render.guesses import epoch_strip
from signtui.render.palette import Name, status_look, style_of
from signtui.render.terminal import TerminalStyle
from signtui.runs.names import short_name
from signtui.tui.mistakes import Mistakes, Scope
from signtui.tui.widgets.lines import Lines, wrapped

if TYPE_CHECKING:
    from signtui.tui.screens.mistakes import MistakesScreen

_STRIP = 24
_ROOMY = 110


class ImagesWanted(Message):
    """Show the images that this filter lets through."""

    def __init__(self, filter_line: str, *, each_image: bool = False) -> None:
        super().__init__()
        self.filter_line, self.each_image = filter_line, each_image


class OfMistakes(Lines):
    """Something on the Mistakes screen that is drawn from what it shows."""

    @property
    def mistakes(self) -> Mistakes:
        """What the screen shows."""
        screen: MistakesScreen = self.screen  # type: ignore[assignment]  # they are on no other
        return screen.mistakes


class MistakesPanel(OfMistakes, can_focus=True):
    """A panel that takes the keys: a title with what its figures are of, and lines below it."""

    NAME = ""

    def draw(self) -> None:
        """Show the title and what the panel has to say."""
        if not self.size.width or not self.size.height:
            return
        style = self.drawing_style
        words = self.mistakes.words_without()
        if words:
            self.show([self.title(style), *self.sentences(words, style)])
        else:
            self.show(self.lines(style))

    def lines(self, style: TerminalStyle) -> list[Text]:
        """The panel in full; there is a confusion to show."""
        raise NotImplementedError

    def title(self, style: TerminalStyle, words: str = "") -> Text:
        """The panel's name, and beside it `words`, or what its figures are of."""
        look = style_of("accent" if self.has_focus else "heading", style) + Style(bold=True)
        line = Text(end="", no_wrap=True).append(self.NAME, look)
        scope = self.mistakes.scope
        if not words and scope is not None:
            words = scope.brief
        line.append(f"  {words}", style_of("faint", style))
        line.truncate(style.width, overflow="ellipsis" if style.unicode else "crop")
        return line

    def sentences(self, words: str, style: TerminalStyle, look: Name = "faint") -> list[Text]:
        """`words` wrapped to the panel's width, with the user's keys in them."""
        return wrapped(self.dashboard.keys.spelt(words), style_of(look, style), style.width)


class ScopeLine(OfMistakes):
    """Which run, split and epoch are shown, of how many images: the truth about every figure below."""

    def draw(self) -> None:
        """Show it: in a narrow terminal without the strip of epochs, and the run's name as far as it fits."""
        if not self.size.width:
            return
        style, mistakes = self.drawing_style, self.mistakes
        subject, scope = mistakes.subject, mistakes.scope
        facts = [] if scope is None else self._facts(scope, style)
        room = style.width - 1 - sum(part.cell_len + len(self._gap) for part in facts)
        line = Text(" ", end="", no_wrap=True)
        if subject is not None:
            look = status_look(subject.status)
            mark = look.mark if style.unicode else look.ascii_mark
            status = mark if self._is_narrow else f"{mark} {subject.status}"
            name = short_name(subject.folder.id)
            line.append(name[: max(4, room - len(status) - 1)], style_of("accent", style))
            line.append(f" {status}", style_of(look.name, style))
        for part in facts:
            if line.cell_len + len(self._gap) + part.cell_len <= style.width:
                line.append(self._gap).append_text(part)
        self.show(line)

    @property
    def _is_narrow(self) -> bool:
        return self.size.width < _ROOMY

    @property
    def _gap(self) -> str:
        return "  " if self._is_narrow else "   "

    def _facts(self, scope: Scope, style: TerminalStyle) -> list[Text]:
        mistakes = self.mistakes
        state = mistakes.subject.state if mistakes.subject is not None else None
        best = state.best.epoch if state is not None and state.best is not None else None
        images = numbers.plural(scope.images, "synthetic image" if scope.synthetic else "image")
        if scope.photographs is not None:
            noun = "photo" if self._is_narrow else "photograph"
            images += f"{',' if self._is_narrow else ' of'} {numbers.plural(scope.photographs, noun)}"
        epoch = Text(f"epoch {scope.epoch}" + (" best" if scope.epoch == best else ""))
        if not self._is_narrow:
            epoch.append(" ").append_text(epoch_strip(mistakes.epochs, scope.epoch, best, style, _STRIP))
        return [
            Text(scope.split, Style(bold=True)),
            epoch,
            Text(images, style_of("warning" if scope.synthetic else "text", style)),
            Text(f"seed {scope.seed}", style_of("faint", style)),
        ]


class NoteLine(OfMistakes):
    """How far the scoring is, why there is none, or what else must be known of the figures."""

    def draw(self) -> None:
        """Show the most pressing of what there is to say; nothing hides the line."""
        words, bad = self._words()
        self.display = bool(words)
        style = self.drawing_style
        line = Text(" ", end="", no_wrap=True).append(words, style_of("bad" if bad else "warning", style))
        line.truncate(max(1, style.width), overflow="ellipsis" if style.unicode else "crop")
        self.show(line)

    def _words(self) -> tuple[str, bool]:
        mistakes = self.mistakes
        if mistakes.problem:
            return mistakes.problem, True
        if mistakes.progress is not None:
            done, of = mistakes.progress
            what = f"reading the {mistakes.split} images with the weights of epoch {mistakes.epoch}"
            return f"{what}: {numbers.count(done)} of {numbers.count(of)}" if of else f"{what} ...", False
        if mistakes.split == "test":
            return (
                "test images, scored once: settings chosen by them spoil that score",
                False,
            )
        if mistakes.split == "held-out":
            return "a hand it never saw, scored once: settings chosen by it spoil that score", False
        difference = mistakes.difference
        return difference, False
