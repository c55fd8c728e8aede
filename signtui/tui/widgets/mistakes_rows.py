"""Two lists of the Mistakes screen: the confused pairs, and the letters with their precision and recall."""

from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from signtui.render.guesses import letter_line, letters_heading, pair_line
from signtui.render.rows import in_sight, row_line
from signtui.render.terminal import TerminalStyle
from signtui.runs.mistakes import ClassFigures, ConfusedPair, class_figures
from signtui.tui.widgets.mistakes_panel import ImagesWanted, MistakesPanel


class RowsPanel(MistakesPanel):
    """Rows with a cursor; `at` is the row it is on."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.at = 0

    def window(self, rows: int, room: int) -> range:
        """Which of so many rows are in sight where there is room for `room`, the cursor's among them."""
        self.at = min(max(0, self.at), max(0, rows - 1))
        return in_sight(self.at, rows, room)

    def row(self, line: Text, place: int, style: TerminalStyle) -> Text:
        """`line` with the cursor before it where it is the one."""
        return row_line(line, style, here=place == self.at and self.has_focus)

    def move(self, by: int) -> None:
        """Move the cursor."""
        self.at = max(0, self.at + by)
        self.draw()


class PairsPanel(RowsPanel):
    """What is confused with what, the most frequent first."""

    PLACE: ClassVar[str] = "confused pairs"
    NAME = "Pairs"
    HELP: ClassVar[str] = (
        "Truth > guess, with how many images of that truth were read so. The variants of one photograph are"
        " mostly misread together, so the photographs tell how many different mistakes these are."
        " {pairs.open:enter} lists the images."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "pair", key_display="up/down", id="pairs.up", tooltip="the pair before"),
        Binding("down", "move(1)", "pair", show=False, id="pairs.down", tooltip="the next pair"),
        Binding("enter", "open", "its images", id="pairs.open", tooltip="the images of this pair"),
    ]

    def lines(self, style: TerminalStyle) -> list[Text]:
        """Title and pairs."""
        pairs = self.mistakes.pairs
        scope = self.mistakes.scope
        assert scope is not None
        if not pairs:
            words = f"No {scope.split} image was misread: {scope.images:,} of {scope.images:,} right."
            return [self.title(style), *self.sentences(words, style)]
        wrong = sum(pair.images for pair in pairs)
        title = self.title(style, f"{wrong:,} of {scope.images:,} {scope.kind}")
        shown = self.window(len(pairs), style.height - 1)
        classes = self.mistakes.classes
        return [
            title,
            *(self.row(pair_line(pairs[at], classes, style, style.width - 2), at, style) for at in shown),
        ]

    def _pair(self) -> ConfusedPair | None:
        pairs = self.mistakes.pairs
        return pairs[min(self.at, len(pairs) - 1)] if pairs else None

    def action_move(self, by: int) -> None:
        """The next pair; the cursor of the matrix goes along."""
        self.move(by)
        pair = self._pair()
        if pair is not None:
            self.mistakes.cursor = (pair.truth, pair.guess)

    def action_open(self) -> None:
        """The images of the pair."""
        pair, classes = self._pair(), self.mistakes.classes
        if pair is not None:
            self.post_message(ImagesWanted(f"truth={classes[pair.truth]} guess={classes[pair.guess]}"))


_ORDERS = ("by letter", "lowest recall", "lowest precision")


class LettersPanel(RowsPanel):
    """Precision and recall of each letter."""

    PLACE: ClassVar[str] = "letters"
    NAME = "Letters"
    HELP: ClassVar[str] = (
        "Recall is the share of a letter's images that were read as that letter. Precision is the share of"
        " the guesses of a letter that were right. A letter that is guessed too readily has high recall and"
        " low precision."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "letter", key_display="up/down", id="letters.up", tooltip="the row above"),
        Binding("down", "move(1)", "letter", show=False, id="letters.down", tooltip="the row below"),
        Binding("o", "order", "order", id="letters.order", tooltip="by letter, recall or precision"),
        Binding(
            "enter", "open", "its images", id="letters.open", tooltip="the misread images of this letter"
        ),
    ]

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.order = 0

    def _ordered(self) -> list[tuple[int, ClassFigures]]:
        counts = self.mistakes.confusion
        if counts is None:
            return []
        figures = list(enumerate(class_figures(counts)))
        if self.order == 1:
            figures.sort(key=lambda one: 2.0 if one[1].recall is None else one[1].recall)
        elif self.order == 2:
            figures.sort(key=lambda one: 2.0 if one[1].precision is None else one[1].precision)
        return figures

    def lines(self, style: TerminalStyle) -> list[Text]:
        """Title, heading, letters."""
        figures, classes = self._ordered(), self.mistakes.classes
        scope = self.mistakes.scope
        assert scope is not None
        title = self.title(style, f"{scope.kind}, {_ORDERS[self.order]}" if self.order else "")
        width = style.width - 2
        heading = Text("  ", end="").append_text(letters_heading(style, width))
        shown = self.window(len(figures), style.height - 2)
        return [
            title,
            heading,
            *(
                self.row(letter_line(classes[figures[at][0]], figures[at][1], style, width), at, style)
                for at in shown
            ),
        ]

    def action_move(self, by: int) -> None:
        """The next row."""
        self.move(by)

    def action_order(self) -> None:
        """By letter, the worst recall first, the worst precision first."""
        self.order = (self.order + 1) % len(_ORDERS)
        self.at = 0
        self.draw()

    def action_open(self) -> None:
        """The misread images of the letter."""
        figures = self._ordered()
        if figures:
            index = figures[min(self.at, len(figures) - 1)][0]
            self.post_message(ImagesWanted(f"truth={self.mistakes.classes[index]}"))
