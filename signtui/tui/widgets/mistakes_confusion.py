"""The confusion matrix as a heat map that a cursor walks."""

from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from signtui.render import numbers
from signtui.render.heat_map import confusion_map
from signtui.render.palette import style_of
from signtui.render.rows import in_sight
from signtui.render.terminal import TerminalStyle
from signtui.tui.cells import next_mistake, walked
from signtui.tui.widgets.mistakes_panel import ImagesWanted, MistakesPanel

_ABOVE, _BELOW = 3, 1
"""Lines of the panel that don't scroll: title, legend and letters above, the cell in words below."""

MOTIONS = "J and Z are signed by a motion, which no still image shows: they are absent."


class ConfusionPanel(MistakesPanel):
    """What each letter was read as."""

    PLACE: ClassVar[str] = "confusion"
    NAME = "Confusion"
    HELP: ClassVar[str] = (
        "Rows are what was shown, columns what the network read. What was right is on the diagonal, in blue;"
        " every other cell is a mistake, orange to red by its share of the row. {confusion.open:enter} lists"
        " the images of the cell under the cursor. J and Z are signed by a motion, so that still images have"
        " 24 letters of the 26."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "left",
            "walk(0,-1)",
            "cell",
            key_display="arrows",
            id="confusion.left",
            tooltip="the guess before",
        ),
        Binding("right", "walk(0,1)", "cell", show=False, id="confusion.right", tooltip="the next guess"),
        Binding("up", "walk(-1,0)", "cell", show=False, id="confusion.up", tooltip="the truth before"),
        Binding("down", "walk(1,0)", "cell", show=False, id="confusion.down", tooltip="the next truth"),
        Binding(
            "n",
            "next_mistake(1)",
            "next mistake",
            id="confusion.next",
            tooltip="the next most frequent mistake",
        ),
        Binding(
            "N",
            "next_mistake(-1)",
            "mistake before",
            key_display="N",
            show=False,
            id="confusion.before",
            tooltip="the mistake that is more frequent",
        ),
        Binding("enter", "open", "its images", id="confusion.open", tooltip="the images of this cell"),
    ]

    def lines(self, style: TerminalStyle) -> list[Text]:
        """Title, map, the cell under the cursor in words."""
        mistakes = self.mistakes
        counts = mistakes.confusion
        assert counts is not None
        truth, guess = mistakes.cursor
        drawn = confusion_map(counts, mistakes.classes, style, cursor=(truth, guess)).split("\n")
        legend, letters, rows = drawn[0], drawn[1], drawn[2:]
        motions = self._motions(style)
        room = max(1, style.height - _ABOVE - _BELOW - len(motions))
        seen = [rows[place] for place in in_sight(truth, len(rows), room)]
        return [self.title(style), legend, letters, *seen, self._cell(style), *motions]

    def _motions(self, style: TerminalStyle) -> list[Text]:
        classes = set(self.mistakes.classes)
        if not {"I", "K", "Y"} <= classes or classes & {"J", "Z"}:
            return []
        words = MOTIONS if len(MOTIONS) <= style.width else "J and Z are motions: absent."
        return [Text(words, style_of("faint", style), end="")]

    def _cell(self, style: TerminalStyle) -> Text:
        mistakes = self.mistakes
        counts = mistakes.confusion
        assert counts is not None
        truth, guess = mistakes.cursor
        count, of = int(counts[truth, guess]), int(counts[truth].sum())
        names = mistakes.classes
        line = Text(end="", no_wrap=True)
        line.append(f"{names[truth]} > {names[guess]}", style_of("accent", style))
        line.append(f"  {count:,} of {numbers.plural(of, 'image')} of {names[truth]}")
        if of:
            line.append(f", {numbers.percent(count / of)}")
        pair = next((one for one in mistakes.pairs if (one.truth, one.guess) == (truth, guess)), None)
        if pair is not None and pair.photographs is not None and pair.of_photographs is not None:
            line.append(f", {pair.photographs} of {numbers.plural(pair.of_photographs, 'photograph')}")
        line.append("  right" if truth == guess else "", style_of("good", style))
        line.truncate(style.width)
        return line

    def action_walk(self, down: int, right: int) -> None:
        """Move the cursor, at most to the edges."""
        mistakes = self.mistakes
        mistakes.cursor = walked(mistakes.cursor, down, right, len(mistakes.classes))
        self.draw()

    def action_next_mistake(self, by: int) -> None:
        """The next of the mistakes, the most frequent first."""
        cells = [(pair.truth, pair.guess) for pair in self.mistakes.pairs]
        if cells:
            self.mistakes.cursor = next_mistake(cells, self.mistakes.cursor, by)
            self.draw()

    def action_open(self) -> None:
        """The images of the cell."""
        mistakes = self.mistakes
        truth, guess = mistakes.cursor
        if mistakes.classes:
            line = f"truth={mistakes.classes[truth]} guess={mistakes.classes[guess]}"
            self.post_message(ImagesWanted(line, each_image=truth == guess))
