"""The last word on ASCII: whatever a widget, a library or a user's note draws, no other byte is sent."""

import unicodedata

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_STAND_INS = str.maketrans(
    {
        **dict.fromkeys("─━▁▔▂▃╌┄", "-"),
        **dict.fromkeys("│┃▏▕▎▌▐┊", "|"),
        **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯", "+"),
        **dict.fromkeys("█▇▆▅▄▀", "#"),
        **dict.fromkeys("•·●", "."),
        "…": ".",
        "›": ">",
        "‹": "<",
        "’": "'",
        "–": "-",
        "—": "-",
        "×": "x",
    }
)


class AsciiOnly(LineFilter):
    """Puts an ASCII character in place of every other, as wide as it was."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - as there
        """Textual's way to ask for it."""
        return [
            segment
            if segment.text.isascii()
            else Segment(in_ascii(segment.text), segment.style, segment.control)
            for segment in segments
        ]


def in_ascii(text: str) -> str:
    """`text` in as many cells: lines for lines, letters without their accents, `?` for the rest."""
    return "".join(
        character if character.isascii() else _letter(character).ljust(cell_len(character))
        for character in text.translate(_STAND_INS)
    )


def _letter(character: str) -> str:
    if not cell_len(character):
        return ""
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return plain if len(plain) == 1 else "?"
