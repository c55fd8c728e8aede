"""Styled text as bytes for the terminal, with no style said twice.

Rich sets every attribute and both colours anew for each stretch of text, and takes them back after it: four
fifths of what a live screen sends. A pen knows how it is set, and says only what is another.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.style import Style
from textual.strip import Strip

# What ends each attribute; 1 and 2, bold and dim, have one end for both.
_ENDS = {1: 22, 2: 22, 3: 23, 4: 24, 5: 25, 6: 25, 7: 27, 8: 28, 9: 29, 21: 24, 51: 54, 52: 54, 53: 55}
_ON_BLANKS = frozenset({4, 7, 9, 21, 51, 52, 53})
"""The attributes that are seen where nothing is written."""

_UPPER_HALF = "▀"


class Look(NamedTuple):
    """How text looks: SGR numbers of its attributes, codes of its colours; empty: the terminal's own."""

    attributes: frozenset[int] = frozenset()
    ink: str = ""
    paper: str = ""


PLAIN = Look()

Cell: TypeAlias = tuple[str, Look]
"""What stands in one cell; an empty text where the character before it is wide."""


def cells_of(strip: Strip, system: ColorSystem) -> list[Cell]:
    """The cells of `strip` in so many colours; what looks alike is alike."""
    cells: list[Cell] = []
    for text, style, _ in strip:
        look = PLAIN if style is None else look_of(style, system)
        blank = (" ", look if look.attributes & _ON_BLANKS else Look(paper=look.paper))
        one_colour = look.ink and look.ink == look.paper and 7 not in look.attributes
        for character in text:
            width = 1 if character.isascii() else cell_len(character)
            if character == " " or (one_colour and character == _UPPER_HALF):
                cells.append(blank)
            elif width:
                cells.append((character, look))
                cells += [("", look)] * (width - 1)
            elif cells:  # an accent belongs to the letter before it
                cells[-1] = (cells[-1][0] + character, cells[-1][1])
    return cells


@lru_cache(4096)
def look_of(style: Style, system: ColorSystem) -> Look:
    """`style` in so many colours; the terminal's own colours are no colours at all."""
    codes = Strip.render_ansi(style.without_color, system)
    attributes = frozenset(int(code) for code in codes.split(";") if code)
    ink = paper = ""
    if style.color is not None and not style.color.is_default:
        ink = ";".join(style.color.downgrade(system).get_ansi_codes())
    if style.bgcolor is not None and not style.bgcolor.is_default:
        paper = ";".join(style.bgcolor.downgrade(system).get_ansi_codes(foreground=False))
    return Look(attributes, ink, paper)


class Pen:
    """Writes cells one after another; begins and, once lifted, ends in the terminal's own style."""

    def __init__(self) -> None:
        self._look = PLAIN

    def write(self, cells: Iterable[Cell]) -> Iterator[str]:
        """The text of `cells`, and before each what has to change."""
        for text, look in cells:
            present = self._look
            if text == " " and not (look.attributes | present.attributes) & _ON_BLANKS:  # with whatever ink
                look = present if look.paper == present.paper else present._replace(paper=look.paper)  # noqa: PLW2901
            if look is not present and look != present:
                yield changed(self._look, look)
                self._look = look
            yield text

    def lift(self) -> str:
        """Back to the terminal's own style."""
        look, self._look = self._look, PLAIN
        return "\x1b[0m" if look != PLAIN else ""


@lru_cache(4096)
def changed(old: Look, new: Look) -> str:
    """The shortest sequence that makes `new` of `old`, which is another."""
    afresh = ["0", *map(str, sorted(new.attributes)), new.ink, new.paper]
    ends = {_ENDS[attribute] for attribute in old.attributes - new.attributes}
    added = {
        attribute
        for attribute in new.attributes
        if attribute not in old.attributes or _ENDS[attribute] in ends
    }
    step = [*map(str, sorted(ends)), *map(str, sorted(added))]
    if new.ink != old.ink:
        step.append(new.ink or "39")
    if new.paper != old.paper:
        step.append(new.paper or "49")
    return min(
        (f"\x1b[{';'.join(filter(None, codes))}m" for codes in (step, afresh)),
        key=len,
    )
