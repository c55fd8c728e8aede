"""The misread images: a list, and beside it the chosen one with its guesses and its nearest in training."""

from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message

from signtui.render import numbers
from signtui.render.block_art import Pixels, guess_caption, image_art
from signtui.render.guesses import guess_lines
from signtui.render.overlay import overlay_art, overlay_legend
from signtui.render.palette import style_of
from signtui.render.terminal import TerminalStyle
from signtui.runs.guess_query import GuessQuery, condition_on, with_condition
from signtui.runs.mistakes import top_guesses
from signtui.tui.pictures import Picture
from signtui.tui.widgets.lines import wrapped
from signtui.tui.widgets.mistakes_rows import RowsPanel
from signtui.tui.widgets.picture_panel import PicturePanel

if TYPE_CHECKING:
    from signtui.training.predicted import Predictions

_LIST = 30
_GAP = 2
_ART_CELLS = (56, 42, 28, 24, 20, 16, 14)
_SMALL_ART = 20
_ABOVE_ART, _BELOW_ART = 2, 8
CONFIDENCES = ("", "confidence>0.5", "confidence>0.9", "confidence>0.99")


class MisreadPanel(RowsPanel, PicturePanel):
    """The images that the filter lets through, the surest mistakes first."""

    PLACE: ClassVar[str] = "misread images"
    TAKES: ClassVar[str] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    NAME = "Misread images"
    HELP: ClassVar[str] = (
        "Truth > guess, and how sure the network was; {images.photographs:p} puts the variants of a"
        " photograph together. A capital letter shows that letter alone, and again all of them;"
        " {images.guess:g} and {images.confidence:c} go through guesses and confidences, and"
        " {mistakes.filter:/} takes conditions. Beside the image: what spoke for the guess (Grad-CAM), and of"
        " the images that the network learned from the one whose pixels correlate most."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "image", key_display="up/down", id="images.up", tooltip="the image before"),
        Binding("down", "move(1)", "image", show=False, id="images.down", tooltip="the next image"),
        Binding("pageup", "move(-10)", "page", show=False, id="images.page.up", tooltip="ten images before"),
        Binding("pagedown", "move(10)", "page", show=False, id="images.page.down", tooltip="ten images on"),
        Binding("home", "move(-1000000)", "first", show=False, id="images.first", tooltip="the first image"),
        Binding("end", "move(1000000)", "last", show=False, id="images.last", tooltip="the last image"),
        Binding("g", "guess", "guess", id="images.guess", tooltip="only the next of the guesses"),
        Binding("c", "confidence", "confidence", id="images.confidence", tooltip="only above 0.5, 0.9, 0.99"),
        Binding(
            "p", "by_photograph", "photographs", id="images.photographs", tooltip="one image a photograph"
        ),
        Binding(
            "l",
            "looked",
            "where it looked",
            id="images.looked",
            tooltip="where it looked, or the nearest image",
        ),
        Binding("a", "each_image", "all images", id="images.all", tooltip="also those that were read right"),
    ]

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.shows_heat = False
        self._beside: list[Picture] = []

    class Moved(Message):
        """Another image is under the cursor, or another filter is in force."""

    def draw(self) -> None:
        """Show the lines, and the pictures that belong on them."""
        self._beside = []
        super().draw()
        self.show_pictures(self._beside)

    def lines(self, style: TerminalStyle) -> list[Text]:
        """Title, list and the chosen image."""
        mistakes = self.mistakes
        known = mistakes.known
        if known is None:
            return [self.title(style), *self.sentences(self._why_none(), style)]
        listed = mistakes.listed
        self.at = mistakes.at = min(mistakes.at, max(0, len(listed) - 1))
        title = self.title(style, self._counted(len(listed)))
        if not len(listed):
            return [title, *self.sentences(self._none_like_that(known), style)]
        shown = self.window(len(listed), style.height - 1)
        places = [int(listed[at]) for at in shown]
        alike = mistakes.alike(places) if mistakes.by_photograph else {}
        left = [
            self.row(self._line(known, place, alike.get(place), style), at, style)
            for at, place in zip(shown, places, strict=True)
        ]
        right = self._detail(known, int(listed[self.at]), style)
        lines = [title]
        for index in range(max(len(left), len(right))):
            line = left[index] if index < len(left) else Text(end="", no_wrap=True)
            line.append(" " * max(0, _LIST - line.cell_len))
            lines.append(line.append_text(right[index]) if index < len(right) else line)
        return lines

    def _why_none(self) -> str:
        if self.dashboard.engine.predictions is None:
            return "This dashboard can't read images: it has no engine."
        return "The images appear when the weights have been read: of a run that trains, now and then."

    def _none_like_that(self, known: "Predictions") -> str:
        if not self.mistakes.filter and not known.misread.any():
            return (
                f"No {known.wish.split} image was misread: {len(known):,} of {len(known):,} right."
                " {images.all:a} shows all of them."
            )
        return "No image is like that. {mistakes.clear:esc} takes the filter away."

    def _counted(self, count: int) -> str:
        scope = self.mistakes.scope
        assert scope is not None
        what = "" if self.mistakes.each_image else " misread"
        by = " photographs" if self.mistakes.by_photograph else ""
        return f"{count:,}{what}{by} of {scope.brief}"

    def _line(self, known: "Predictions", place: int, alike: int | None, style: TerminalStyle) -> Text:
        """One row; `alike` images stand behind it where it is about a photograph."""
        table = known.table
        truth, guess = int(table.truth[place]), int(table.guess[place])
        line = guess_caption(known.classes[truth], known.classes[guess], style)
        line.append(f" {numbers.percent(float(table.confidence[place])):>7}")
        if table.photograph is not None:
            line.append(f"  #{table.photograph[place]}", style_of("faint", style))
            line.append("" if alike is None else f" x{alike}")
        line.truncate(_LIST - 2)
        return line

    def _detail(self, known: "Predictions", place: int, style: TerminalStyle) -> list[Text]:
        width = style.width - _LIST
        arts, cells = self._pictures(known, place, style, width, self._room)
        table, classes = known.table, known.classes
        truth = int(table.truth[place])
        lines = _side_by_side(arts, cells)
        lines.append(Text(end=""))
        lines += guess_lines(top_guesses(known.probabilities[place]), truth, classes, style, width)
        for words in self._facts(known, place):
            lines += wrapped(words, style_of("faint", style), width)
        return lines[: style.height - 1]

    @property
    def _room(self) -> int:
        """Lines for the pictures."""
        return max(4, self.size.height - 1 - _BELOW_ART)

    def _pictures(
        self, known: "Predictions", place: int, style: TerminalStyle, width: int, room: int
    ) -> tuple[list[tuple[str, Text]], int]:
        """The image, where the network looked, and the nearest; one of the latter where three don't fit."""
        cells, shows_all = _art_cells(width, room)
        table, image = known.table, known.images.images[place]
        names = f"{known.classes[table.truth[place]]} read as {known.classes[table.guess[place]]}"
        arts = [(names, self._art(image, style, cells, 0))]
        look = self.mistakes.look if self.mistakes.looked_at == place else None
        if look is None:
            return arts, cells
        if look.heat is not None and (shows_all or self.shows_heat):
            arts.append(("where it looked", overlay_art(image, look.heat, style, cells)))
        if look.nearest is not None and (shows_all or not self.shows_heat):
            near = look.nearest
            name = known.classes[known.train.labels[near.index]]
            caption = f"nearest: {name} {near.similarity:.2f}"
            arts.append((caption, self._art(known.train.images[near.index], style, cells, len(arts))))
        return arts, cells

    def _art(self, image: Pixels, style: TerminalStyle, cells: int, place: int) -> Text:
        """The picture that stands at `place` from the left: as block art, or as cells for its pixels."""
        art = image_art(image, style, cells)
        if not self.shows_pixels:
            return art
        rows = art.plain.count("\n") + 1
        x = _LIST + place * (cells + _GAP)
        if rows + _ABOVE_ART <= self.size.height:
            region = Region(x, _ABOVE_ART, cells, rows)
            self._beside.append(Picture(image.tobytes(), image.shape[1], image.shape[0], region))
        return Text("\n" * (rows - 1), end="")

    def _facts(self, known: "Predictions", place: int) -> list[str]:
        """What can be said of the image, and of the training image that is nearest to it."""
        table = known.table
        words = f"{known.source} image {known.indices[place] + 1:,}"
        if table.photograph is not None:
            same = table.photograph == table.photograph[place]
            wrong = int((same & known.misread).sum())
            words += (
                f", photograph {table.photograph[place]}: {wrong} of its {int(same.sum())} images misread"
            )
        facts = [words + "."]
        look = self.mistakes.look if self.mistakes.looked_at == place else None
        if look is None:
            return facts
        if look.nearest is not None:
            near = look.nearest
            photographs = known.train.photographs
            of = "" if photographs is None else f" of photograph {photographs[near.index]}"
            facts.append(
                f"Nearest in training: image {near.index + 1:,}{of},"
                f" {known.classes[known.train.labels[near.index]]}, correlation {near.similarity:.3f}."
            )
        if look.note:
            facts.append(look.note)
        elif look.heat is not None:
            facts.append(f"{look.method}; {overlay_legend(self.drawing_style)}.")
        return facts

    def action_move(self, by: int) -> None:
        """The next image."""
        count = len(self.mistakes.listed)
        self.mistakes.at = min(max(0, self.mistakes.at + by), max(0, count - 1))
        self.at = self.mistakes.at
        self.draw()
        self.post_message(self.Moved())

    def action_guess(self) -> None:
        """Only the next of the guesses that there are among the images, and after the last one all again."""
        known, mistakes = self.mistakes.known, self.mistakes
        if known is None:
            return
        line = mistakes.filter
        others = GuessQuery(tuple(one for one in mistakes.query.conditions if one.key != "guess"))
        met = others.matches(known.table)
        if not mistakes.each_image:
            met &= known.misread
        there = sorted({known.classes[index] for index in known.table.guess[met]})
        choices = ["", *(f"guess={name}" for name in there)]
        self._filter(with_condition(line, "guess", _after(choices, condition_on(line, "guess"))))

    def action_confidence(self) -> None:
        """Only the surer ones, and after the surest all again."""
        line = self.mistakes.filter
        self._filter(
            with_condition(line, "confidence", _after(CONFIDENCES, condition_on(line, "confidence")))
        )

    def action_each_image(self) -> None:
        """Also those that were read right, or the misread ones alone."""
        self.mistakes.each_image = not self.mistakes.each_image
        self._filter(self.mistakes.filter)

    def action_looked(self) -> None:
        """Where it looked in place of the nearest image, or that again."""
        self.shows_heat = not self.shows_heat
        self.draw()

    def action_by_photograph(self) -> None:
        """One image for each photograph and guess, or every image."""
        self.mistakes.by_photograph = not self.mistakes.by_photograph
        self._filter(self.mistakes.filter)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Without photographs there is nothing to put together; where all pictures fit, none to choose."""
        known = self.mistakes.known
        if action == "by_photograph":
            return known is not None and known.images.photographs is not None
        if action == "looked":
            return not _art_cells(self.size.width - _LIST, self._room)[1]
        return True

    def on_key(self, event: events.Key) -> None:
        """A capital letter: that letter alone, or all again."""
        letter = event.character
        if letter is None or letter not in self.mistakes.classes or not letter.isupper():
            return
        event.stop()
        line = self.mistakes.filter
        wanted = f"truth={letter}"
        self._filter(with_condition(line, "truth", "" if condition_on(line, "truth") == wanted else wanted))

    def _filter(self, line: str) -> None:
        self.mistakes.set_filter(line)
        self.at = 0
        self.draw()
        self.post_message(self.Moved())
        self.screen.refresh_bindings()


def _art_cells(width: int, room: int) -> tuple[int, bool]:
    """Columns of each picture, and whether three fit beside each other; so large that `room` lines do."""
    fitting = [cells for cells in _ART_CELLS if cells // 2 <= room] or [_ART_CELLS[-1]]
    for across in (3, 2):
        for cells in fitting:
            if across * cells + (across - 1) * _GAP <= width and (across == 2 or cells >= _SMALL_ART):
                return cells, across > 2
    return _ART_CELLS[-1], False


def _after(choices: "tuple[str, ...] | list[str]", now: str) -> str:
    """The choice after `now`, round from the last to the first."""
    place = list(choices).index(now) if now in choices else 0
    return choices[(place + 1) % len(choices)]


def _side_by_side(arts: list[tuple[str, Text]], cells: int) -> list[Text]:
    """Pictures with their captions above, `cells` columns each."""
    columns = [[Text(caption[:cells], Style(bold=True), end=""), *art.split("\n")] for caption, art in arts]
    lines = []
    for index in range(max(len(column) for column in columns)):
        line = Text(end="", no_wrap=True)
        for place, column in enumerate(columns):
            part = column[index] if index < len(column) else Text(end="")
            line.append(" " * (place * (cells + _GAP) - line.cell_len)).append_text(part)
        lines.append(line)
    return lines
