"""Just enough of a terminal to see what stands on its screen: cursor moves, styles, text."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from rich.cells import cell_len

_PIECE = re.compile(
    r"\x1b\[([0-?]*)[ -/]*([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[_P][^\x1b]*\x1b\\"
    r"|\x1b[^\[\]]|[\n\r]|.",
    re.DOTALL,
)
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]*)?")
_ENDS = {22: {1, 2}, 23: {3}, 24: {4, 21}, 25: {5, 6}, 27: {7}, 28: {8}, 29: {9}}


class Look(NamedTuple):
    """Attributes and colours of a cell; colours as the numbers that chose them."""

    attributes: frozenset[int] = frozenset()
    ink: tuple[int, ...] = ()
    paper: tuple[int, ...] = ()


PLAIN = Look()


@dataclass
class Screen:
    """Cells by (row, column), from 0; what was never written is missing."""

    width: int = 120
    cells: dict[tuple[int, int], tuple[str, Look]] = field(default_factory=dict)
    row: int = 0
    column: int = 0
    look: Look = PLAIN
    _rest: str = ""

    def feed(self, text: str) -> None:
        """Take what a program sends."""
        text, self._rest = finished(self._rest + text)
        for piece in _PIECE.finditer(text):
            numbers, final = piece.group(1, 2)
            if final == "H":
                self.row, self.column = (int(part or 1) - 1 for part in f"{numbers or 1};1".split(";")[:2])
            elif final == "G":
                self.column = int(numbers or 1) - 1
            elif final == "m":
                self.look = styled(self.look, [int(part or 0) for part in numbers.split(";")])
            elif piece[0] == "\n":
                self.row, self.column = self.row + 1, 0
            elif not piece[0].startswith("\x1b"):
                self._write(piece[0])

    def _write(self, character: str) -> None:
        width, here = cell_len(character), (self.row, self.column)
        if not width:
            before = self.row, self.column - 1
            self.cells[before] = (self.cells[before][0] + character, self.cells[before][1])
            return
        if self.cells.get(here, (" ",))[0] == "":  # the right half of a wide character
            self.cells[self.row, self.column - 1] = (" ", self.look)
        self.column += width
        if self.cells.get((self.row, self.column), (" ",))[0] == "":
            self.cells[self.row, self.column] = (" ", self.look)
        self.cells[here] = (character, self.look)
        if width == 2:
            self.cells[self.row, self.column - 1] = ("", self.look)

    @property
    def text(self) -> str:
        """What stands on the screen."""
        rows = max((row for row, _ in self.cells), default=0)
        return "\n".join(self.line(row) for row in range(rows + 1))

    def line(self, row: int) -> str:
        """What stands on a row."""
        return "".join(self.cells.get((row, column), (" ",))[0] for column in range(self.width)).rstrip()


def finished(text: str) -> tuple[str, str]:
    """`text` up to a sequence at its end that is not yet whole, and the rest."""
    string = max(text.rfind("\x1b_"), text.rfind("\x1bP"))
    if string >= 0 and "\x1b\\" not in text[string:]:
        return text[:string], text[string:]
    begun = text.rfind("\x1b")
    if begun >= 0 and _UNFINISHED.fullmatch(text, begun):
        return text[:begun], text[begun:]
    return text, ""


def styled(look: Look, codes: list[int]) -> Look:
    """`look` after an SGR sequence of `codes`."""
    codes = list(codes)
    attributes, ink, paper = set(look.attributes), look.ink, look.paper
    while codes:
        code = codes.pop(0)
        if code == 0:
            attributes, ink, paper = set(), (), ()
        elif code in _ENDS:
            attributes -= _ENDS[code]
        elif code in {38, 48}:
            count = 4 if codes[0] == 2 else 2
            colour, codes = tuple(codes[:count]), codes[count:]
            ink, paper = (colour, paper) if code == 38 else (ink, colour)
        elif 30 <= code <= 39 or 90 <= code <= 97:
            ink = () if code == 39 else (code,)
        elif 40 <= code <= 49 or 100 <= code <= 107:
            paper = () if code == 49 else (code,)
        else:
            attributes.add(code)
    return Look(frozenset(attributes), ink, paper)
