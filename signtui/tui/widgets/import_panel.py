"""The photos that are to be added, as they will be learned from; or a sentence, or names to choose from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from signtui.render import numbers
from signtui.render.palette import Name, style_of
from signtui.render.terminal import TerminalStyle, printable
from signtui.tui.widgets.lines import wrapped
from signtui.tui.widgets.picture_panel import PicturePanel
from signtui.tui.widgets.prediction import names_in_columns

if TYPE_CHECKING:
    from signtui.data.collection import OwnPhoto
    from signtui.data.images import ByteArray
    from signtui.data.importing import Reading

HINT = "A folder with a folder per letter in it; or, with a letter, a photo or a folder of photos."
SHOWN_SIDE = 28
"""Pixels a side that photos are shown with: what a network reads of them."""

_COLUMNS = 14
_MOST_SHOWN = 200
_REFUSED_LINES = 4

Drawn = Callable[[TerminalStyle], list[Text]]


@dataclass(frozen=True)
class Look:
    """What a source holds: its photos, some small with their letters, how many of each, what was refused."""

    photos: "tuple[OwnPhoto, ...]"
    small: "tuple[tuple[str, ByteArray], ...]"
    counts: dict[str, int]
    refused: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, reading: "Reading") -> "Look":
        """The look at what was read."""
        from signtui.data.photo import shrunk  # noqa: PLC0415 - not before the first paint

        counts: dict[str, int] = {}
        turns = []
        for photo in reading.photos:
            turns.append((counts.get(photo.letter, 0), photo.letter, photo))
            counts[photo.letter] = counts.get(photo.letter, 0) + 1
        # One of each letter before a second of any.
        turns.sort(key=lambda turn: turn[:2])
        small = [(letter, shrunk(photo.square, SHOWN_SIDE)) for _, letter, photo in turns[:_MOST_SHOWN]]
        return cls(reading.photos, tuple(small), dict(sorted(counts.items())), reading.refused)


class ImportPanel(PicturePanel):
    """Shows the last thing it was told, at any size."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._drawn: Drawn = lambda style: _wrapped(HINT, "faint", style)

    def draw(self) -> None:
        """Lay it out for the present size and colours."""
        style = self.drawing_style
        if style.width:
            self.show_pictures()
            self.show(self._drawn(style))

    def say(self, sentence: str, *, failed: bool = False) -> None:
        """Show a sentence."""
        self._draw_as(lambda style: _wrapped(sentence, "bad" if failed else "faint", style))

    def show_names(self, names: Sequence[str]) -> None:
        """Show what a path could go on with."""
        self._draw_as(lambda style: names_in_columns(names, style))

    def show_look(self, look: Look) -> None:
        """Show the photos, and what enter does with them."""
        self._draw_as(lambda style: self._look_lines(look, style))

    def show_added(self, sentence: str, refused: Sequence[tuple[str, str]]) -> None:
        """Show what came of adding them."""
        self._draw_as(lambda style: [*_wrapped(sentence, "good", style), *_refused(refused, style, 99)])

    def _draw_as(self, drawn: Drawn) -> None:
        self._drawn = drawn
        self.draw()

    def _look_lines(self, look: Look, style: TerminalStyle) -> list[Text]:
        """What there is of each letter, what was refused, and as many photos as there is room for."""
        if not look.photos:
            none = Text("There is no photo to add.", style_of("bad", style))
            return [none, *_refused(look.refused, style, 99)]
        words = f"{numbers.plural(len(look.photos), 'photo')}: enter adds them, esc doesn't."
        lines = [
            *_wrapped(words, "heading", style),
            *counts_lines(look.counts, style.width),
            *_refused(look.refused, style, _REFUSED_LINES),
            Text(),
        ]
        room = style.height - len(lines)
        across = max(1, (style.width + 2) // (_COLUMNS + 2))
        shown = look.small[: across * max(0, (room + 1) // (_COLUMNS // 2 + 2))]
        if not shown:
            return lines
        letters, images = zip(*shown, strict=True)
        return [*lines, *self.grid(images, letters, _COLUMNS, top=len(lines))[:room]]


def counts_lines(counts: Mapping[str, int], width: int) -> list[Text]:
    """`A 4  B 3`, in lines of at most `width` cells, no letter apart from its number."""
    lines: list[str] = []
    for letter, count in counts.items():
        words = f"{letter} {count}"
        if lines and len(lines[-1]) + 2 + len(words) <= width:
            lines[-1] += f"  {words}"
        else:
            lines.append(words)
    return [Text(line) for line in lines]


def _refused(refused: Sequence[tuple[str, str]], style: TerminalStyle, most: int) -> list[Text]:
    shown = refused if len(refused) <= most else refused[: most - 1]
    lines = [
        Text(f"{_end_of(name, style.width // 2)}: {reason}", style_of("warning", style))
        for name, reason in shown
    ]
    if len(shown) < len(refused):
        lines.append(Text(f"and {len(refused) - len(shown)} more are refused", style_of("warning", style)))
    for line in lines:
        line.truncate(style.width, overflow="ellipsis" if style.unicode else "crop")
    return lines


def _end_of(name: str, cells: int) -> str:
    shown = printable(name)
    return shown if len(shown) <= cells else "..." + shown[-cells + 3 :]


def _wrapped(sentence: str, look: Name, style: TerminalStyle) -> list[Text]:
    return wrapped(sentence, style_of(look, style), style.width)
