"""Rows with a cursor: which of them are in sight, and the one that it stands on."""

from rich.style import Style
from rich.text import Text

from signtui.render.palette import style_of
from signtui.render.terminal import TerminalStyle


def in_sight(at: int, rows: int, room: int) -> range:
    """Which of so many rows are in sight where there is room for `room`, number `at` about the middle."""
    first = min(max(0, at - room // 2), max(0, rows - room))
    return range(first, min(rows, first + max(1, room)))


def row_line(line: Text, style: TerminalStyle, *, here: bool) -> Text:
    """`line` behind two cells for the cursor, which stands before the row that it is on."""
    pointer = ("› " if style.unicode else "> ") if here else "  "
    whole = Text(pointer, style_of("accent", style) if here else "", end="", no_wrap=True)
    whole.append_text(line)
    if here:
        whole.stylize(Style(bold=True))
    return whole
