"""Helpers to look at what was drawn: as plain text, as styled segments, against a golden file."""

import io
import os
from pathlib import Path

from rich.cells import cell_len
from rich.console import RenderableType
from rich.segment import Segment
from rich.text import Text

from signtui.render.terminal import TerminalStyle, console_for

GOLDEN = Path(__file__).parent / "golden"
STYLES = [
    TerminalStyle(colour, unicode, 80, 24)
    for colour in ("truecolor", "256", "16", "none")
    for unicode in (True, False)
]


def as_text(renderable: RenderableType, style: TerminalStyle) -> str:
    """What `style`'s console writes, colours and trailing spaces left out."""
    out = "".join(segment.text for segment in segments(renderable, style))
    return "\n".join(line.rstrip() for line in out.rstrip("\n").split("\n")) + "\n"


def written(renderable: RenderableType, style: TerminalStyle) -> str:
    """The very characters that reach the terminal, escape sequences included."""
    stream = io.StringIO()
    console_for(style, stream).print(renderable)
    return stream.getvalue()


def segments(renderable: RenderableType, style: TerminalStyle) -> list[Segment]:
    console = console_for(style, io.StringIO())
    lines = console.render_lines(renderable, pad=False)
    return [segment for line in lines for segment in (*line, Segment("\n"))]


def shape(text: Text) -> tuple[int, set[int]]:
    """How many lines `text` has, and the widths that occur."""
    lines = text.plain.split("\n")
    return len(lines), {cell_len(line) for line in lines}


def check_golden(name: str, drawn: str) -> None:
    """`drawn` is what golden/`name` holds; SIGNTUI_UPDATE_GOLDEN=1 writes it anew, to be looked at."""
    path = GOLDEN / name
    if os.environ.get("SIGNTUI_UPDATE_GOLDEN"):
        path.write_text(drawn, encoding="utf-8")
    assert drawn == path.read_text(encoding="utf-8")
