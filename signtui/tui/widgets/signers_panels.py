"""The panels of the Signers screen: who was held out, the letters and the confusion of hands never seen."""

from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.geometry import Size

from signtui.render import numbers
from signtui.render.heat_map import confusion_map
from signtui.render.palette import style_of
from signtui.render.rows import in_sight, row_line
from signtui.render.series_lines import (
    FoldColumns,
    figures_line,
    fold_line,
    folds_heading,
    hand_letter_line,
    hand_letters_heading,
    list_words,
    series_in_brief,
)
from signtui.render.terminal import TerminalStyle
from signtui.runs.left_out import Letter
from signtui.runs.series import Fold
from signtui.tui.cells import next_mistake, walked
from signtui.tui.signers import Shown, Signers
from signtui.tui.widgets.lines import Lines, wrapped

if TYPE_CHECKING:
    from signtui.tui.screens.signers import SignersScreen

_CHANGES = 6
_WITHOUT = 14
"""Lines for the words that stand there while there is no series."""


class SignersPanel(Lines, can_focus=True):
    """A panel of the screen: a title, marked where the keys go, and lines below it."""

    NAME = ""
    lesson = "validation"

    @property
    def screen_of_signers(self) -> "SignersScreen":
        """The only screen that has these panels."""
        return self.screen  # type: ignore[return-value]  # as it says

    @property
    def signers(self) -> Signers:
        """What the screen shows."""
        return self.screen_of_signers.signers

    def draw(self) -> None:
        """Show the title and what the panel has to say."""
        if not self.size.width or not self.size.height:
            return
        style, shown = self.drawing_style, self.signers.shown
        if shown is None:
            self.show([self.title(style, ""), *self.without(style)])
        else:
            self.show(self.lines(shown, style))

    def lines(self, shown: Shown, style: TerminalStyle) -> list[Text]:
        """The panel in full."""
        raise NotImplementedError

    def without(self, style: TerminalStyle) -> list[Text]:  # noqa: ARG002 - a panel may have words
        """What stands there while there is no series."""
        return []

    def title(self, style: TerminalStyle, words: str) -> Text:
        """The panel's name, and beside it `words`."""
        look = style_of("accent" if self.has_focus else "heading", style) + Style(bold=True)
        line = Text(end="", no_wrap=True).append(self.NAME, look)
        line.append(f"  {words}" if words else "", style_of("faint", style))
        line.truncate(style.width, overflow="ellipsis" if style.unicode else "crop")
        return line

    def row(self, line: Text, here: bool, style: TerminalStyle) -> Text:
        """`line` with the cursor before it where it is `here`."""
        return row_line(line, style, here=here and self.has_focus)


class FoldsPanel(SignersPanel):
    """Who was held out, and how each hand was read that was never seen."""

    PLACE: ClassVar[str] = "signers"
    NAME = "Signers"
    HELP: ClassVar[str] = (
        "Each row is a run that never saw one signer: it learned from the others, chose its epoch by other"
        " photographs of theirs, and was scored once on that hand. The bar is that score: what a new hand can"
        " expect. The column at its right is the same run on photographs of hands it knows."
        " {signers.open:enter} opens the run; {signers.alone:space} shows letters and confusion of that hand"
        " alone. {signers.series.previous:left} and {signers.series.next:right} go to other series, which are"
        " runs by other settings."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "signer", key_display="up/down", id="signers.up", tooltip="the row above"),
        Binding("down", "move(1)", "signer", show=False, id="signers.down", tooltip="the row below"),
        Binding("enter", "open", "its run", id="signers.open", tooltip="its run on the Train screen"),
        Binding("space", "alone", "alone", id="signers.alone", tooltip="letters of that hand alone"),
        Binding("space", "all", "all hands", id="signers.all", tooltip="the mean of all hands again"),
        Binding(
            "left",
            "turn(-1)",
            "series",
            key_display="left/right",
            id="signers.series.previous",
            tooltip="a series begun later",
        ),
        Binding(
            "right",
            "turn(1)",
            "series",
            show=False,
            id="signers.series.next",
            tooltip="a series begun earlier",
        ),
    ]

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._high = _WITHOUT

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's
        """Textual's way to ask how high it would be."""
        self._high = self._wanted_height()
        return self._high

    def _wanted_height(self) -> int:
        shown = self.signers.shown
        if shown is None:
            return _WITHOUT
        return 3 + len(shown.series.folds) + len(self._below(shown, self.drawing_style))

    def draw(self) -> None:
        """As high as there are signers, and the line below them."""
        super().draw()
        if self._wanted_height() != self._high:
            self.refresh(layout=True)

    def lines(self, shown: Shown, style: TerminalStyle) -> list[Text]:
        """Title, figures, rows, and which series of how many it is."""
        series, signers = shown.series, self.signers
        width = style.width - 2
        columns = FoldColumns(series, width)
        heading = Text("  ", end="").append_text(folds_heading(series, columns, style))
        lines = [
            self.title(style, series_in_brief(series, style)),
            figures_line(series, shown.outcome, style),
        ]
        below = self._below(shown, style)
        room = max(1, style.height - len(lines) - 1 - len(below))
        at = min(signers.at, len(series.folds) - 1)
        rows = [
            self.row(self._fold(series.folds[place], columns, style), place == at, style)
            for place in in_sight(at, len(series.folds), room)
        ]
        return [*lines, heading, *rows, *below]

    def _fold(self, fold: Fold, columns: FoldColumns, style: TerminalStyle) -> Text:
        progress = self.screen_of_signers.progress_of(fold)
        return fold_line(fold, columns, style, progress)

    def _below(self, shown: Shown, style: TerminalStyle) -> list[Text]:
        faint, signers = style_of("faint", style), self.signers
        changes = shown.changed_settings
        words = [f"changed: {list_words(changes, _CHANGES)}"] if changes else []
        if len(signers.series) > 1:
            words.insert(0, f"series {signers.place + 1} of {len(signers.series)}")
        if shown.series.synthetic:
            words.insert(0, "SYNTHETIC hands")
        if not words:
            return []
        line = Text(style.separator.join(words), faint, end="", no_wrap=True)
        line.truncate(style.width, overflow="ellipsis" if style.unicode else "crop")
        return [line]

    def without(self, style: TerminalStyle) -> list[Text]:
        """What a series is, how to begin one, or why there can be none."""
        lines = [Text()]
        for words in self.screen_of_signers.words_without():
            lines += [
                *wrapped(self.dashboard.keys.spelt(words), style_of("faint", style), style.width),
                Text(),
            ]
        return lines

    def action_move(self, by: int) -> None:
        """The next signer."""
        self.signers.move(by)
        self.screen_of_signers.draw_panels()

    def action_turn(self, by: int) -> None:
        """Another series."""
        self.signers.turn(by)
        self.screen_of_signers.draw_panels()

    def action_alone(self) -> None:
        """Letters and confusion of this hand alone, or the mean of all again."""
        self.signers.toggle_alone()
        self.screen_of_signers.draw_panels()

    action_all = action_alone

    def action_open(self) -> None:
        """Its run."""
        self.screen_of_signers.open_run_of(self.signers.fold)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can act."""
        signers = self.signers
        fold = signers.fold
        allowed = {
            "open": fold is not None and fold.id is not None,
            "alone": not signers.alone and fold is not None and fold.is_done,
            "all": bool(signers.alone),
            "move": fold is not None,
            "turn": len(signers.series) > 1,
        }
        return allowed[action] if action in allowed else super().check_action(action, parameters)


_ORDERS = ("by letter", "lowest mean", "lowest worst")


class HandLettersPanel(SignersPanel):
    """How well each letter is read on hands never seen."""

    PLACE: ClassVar[str] = "letters of new hands"
    NAME = "Letters"
    HELP: ClassVar[str] = (
        "For each letter the share of images that were read right, on hands that the network never saw: the"
        " mean over the signers, the worst of them, and who that was. {hands.order:o} puts the hardest first."
    )
    lesson = "confusion"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "letter", key_display="up/down", id="hands.up", tooltip="the row above"),
        Binding("down", "move(1)", "letter", show=False, id="hands.down", tooltip="the row below"),
        Binding("o", "order", "order", id="hands.order", tooltip="by letter, mean or worst"),
        Binding("enter", "open", "confusion", id="hands.open", tooltip="its row of the confusion"),
    ]

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.at = 0
        self.order = 0

    def ordered(self, shown: Shown) -> list[tuple[int, Letter]]:
        """The letters with their places, in the order that was asked for."""
        letters = list(enumerate(shown.letters))
        if self.order == 1:
            letters.sort(key=lambda one: 2.0 if one[1].mean is None else one[1].mean)
        elif self.order == 2:
            letters.sort(key=lambda one: 2.0 if one[1].worst is None else one[1].worst)
        return letters

    def lines(self, shown: Shown, style: TerminalStyle) -> list[Text]:
        """Title, heading, letters."""
        if not shown.has_figures:
            return [self.title(style, "")]
        words = (f"{_ORDERS[self.order]}, " if self.order else "") + shown.whose
        letters, width = self.ordered(shown), style.width - 2
        heading = Text("  ", end="").append_text(hand_letters_heading(shown.series.kind, style, width))
        self.at = min(self.at, len(letters) - 1)
        rows = [
            self.row(hand_letter_line(letters[place][1], style, width), place == self.at, style)
            for place in in_sight(self.at, len(letters), style.height - 2)
        ]
        return [self.title(style, words), heading, *rows]

    def action_move(self, by: int) -> None:
        """The next letter."""
        self.at = max(0, self.at + by)
        self.draw()

    def action_order(self) -> None:
        """By letter, the worst mean first, the worst of all hands first."""
        self.order = (self.order + 1) % len(_ORDERS)
        self.at = 0
        self.draw()

    def action_open(self) -> None:
        """The letter's most frequent mistake in the matrix."""
        shown = self.signers.shown
        if shown is None or not shown.has_figures:
            return
        letters = self.ordered(shown)
        truth = letters[min(self.at, len(letters) - 1)][0]
        row = shown.confusion[truth].copy()
        row[truth] = 0
        self.signers.cursor = (truth, int(row.argmax()) if row.any() else truth)
        self.screen_of_signers.show_panel("hands-confusion")
        self.screen_of_signers.draw_panels()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can act."""
        if action in ("move", "order", "open"):
            shown = self.signers.shown
            return shown is not None and shown.has_figures
        return super().check_action(action, parameters)


class HandConfusionPanel(SignersPanel):
    """What each letter of a hand never seen was read as."""

    PLACE: ClassVar[str] = "confusion of new hands"
    NAME = "Confusion"
    HELP: ClassVar[str] = (
        "Rows are what was shown, columns what was read, on hands that the network never saw. Every signer"
        " counts alike: a cell is the mean of their shares. {hands.next:n} goes to the next most frequent"
        " mistake."
    )
    lesson = "confusion"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "left", "walk(0,-1)", "cell", key_display="arrows", id="hands.left", tooltip="the guess before"
        ),
        Binding("right", "walk(0,1)", "cell", show=False, id="hands.right", tooltip="the next guess"),
        Binding("up", "walk(-1,0)", "cell", show=False, id="hands.truth.up", tooltip="the truth before"),
        Binding("down", "walk(1,0)", "cell", show=False, id="hands.truth.down", tooltip="the next truth"),
        Binding("n", "next_mistake(1)", "next mistake", id="hands.next", tooltip="the next most frequent"),
        Binding(
            "N",
            "next_mistake(-1)",
            "mistake before",
            key_display="N",
            show=False,
            id="hands.before",
            tooltip="the mistake that is more frequent",
        ),
    ]

    def lines(self, shown: Shown, style: TerminalStyle) -> list[Text]:
        """Title, map, the cell under the cursor in words."""
        if not shown.has_figures:
            return [self.title(style, "")]
        drawn = confusion_map(
            shown.confusion, shown.series.classes, style, cursor=self.signers.cursor, as_shares=True
        ).split("\n")
        legend, letters, rows = drawn[0], drawn[1], list(drawn[2:])
        room = max(1, style.height - 4)
        seen = in_sight(self.signers.cursor[0], len(rows), room)
        rows = [rows[place] for place in seen]
        return [self.title(style, shown.whose), legend, letters, *rows, self._cell(shown, style)]

    def _cell(self, shown: Shown, style: TerminalStyle) -> Text:
        """`M > N  12.3 % of M`."""
        truth, guess = self.signers.cursor
        classes, row = shown.series.classes, shown.confusion[truth]
        line = Text(end="", no_wrap=True)
        line.append(f"{classes[truth]} > {classes[guess]}", style_of("heading", style))
        share = float(row[guess] / row.sum()) if row.sum() else None
        line.append(f"  {numbers.percent(share)} of {classes[truth]}")
        line.append("  right" if truth == guess else "", style_of("good", style))
        line.truncate(style.width)
        return line

    def action_walk(self, down: int, right: int) -> None:
        """Move the cursor, at most to the edges."""
        shown = self.signers.shown
        if shown is None:
            return
        self.signers.cursor = walked(self.signers.cursor, down, right, len(shown.series.classes))
        self.draw()

    def action_next_mistake(self, by: int) -> None:
        """The next of the mistakes, the most frequent first."""
        shown = self.signers.shown
        cells = shown.mistakes if shown is not None else []
        if cells:
            self.signers.cursor = next_mistake(cells, self.signers.cursor, by)
            self.draw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can act."""
        if action in ("walk", "next_mistake"):
            shown = self.signers.shown
            return shown is not None and shown.has_figures
        return super().check_action(action, parameters)
