"""A screen as text that a person can read and a snapshot can keep: what stands where, and in which style."""

import re
from collections import Counter
from collections.abc import Iterator
from string import ascii_letters, digits

from rich.segment import Segment
from rich.style import Style
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual.app import App

_ATTRIBUTES = ("bold", "dim", "italic", "underline", "reverse", "strike")
_SIGNS = ascii_letters + digits + "!#$%&*+=?@"


class TextPicture(SingleFileSnapshotExtension):
    """One text file a snapshot."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


def picture(app: App[int], *, styles: bool = True) -> str:
    """The screen of `app` row by row; with `styles`, below it a letter for the style of each cell.

    The commonest style is a dot, and a legend tells what the letters stand for, in the order of their places.
    """
    strips = app.screen._compositor.render_strips()
    rows = [strip.text.rstrip() for strip in strips]
    if not styles:
        return "\n".join(rows) + "\n"
    named = [[run for segment in strip for run in _runs(segment)] for strip in strips]
    count: Counter[str] = Counter()
    for row in named:
        for name, length in row:
            count[name] += length
    commonest = count.most_common(1)[0][0]
    signs = {commonest: "."}
    for row in named:
        for name, _ in row:
            if name not in signs:
                signs[name] = _SIGNS[len(signs) - 1] if len(signs) <= len(_SIGNS) else "~"
    grid = ["".join(signs[name] * length for name, length in row).rstrip(".") for row in named]
    legend = [f"{sign} {name}" for name, sign in signs.items() if sign != "~"]
    return "\n".join([*rows, "", *grid, "", *legend]) + "\n"


def _runs(segment: Segment) -> Iterator[tuple[str, int]]:
    """The styles in a segment and how many cells each has; of a blank only what can be seen."""
    style = segment.style or Style()
    for words in re.findall(r" +|[^ ]+", segment.text):
        unseen = words.isspace() and not (style.underline or style.reverse or style.strike)
        seen = Style(bgcolor=style.bgcolor) if unseen else style
        yield _described(seen), len(words)


def _described(style: Style) -> str:
    """Colours and attributes alone: what a widget keeps in `meta` is not seen."""
    words = [
        name for name in ("bold", "dim", "italic", "underline", "reverse", "strike") if getattr(style, name)
    ]
    if style.color is not None:
        words.append(style.color.name)
    if style.bgcolor is not None:
        words += ["on", style.bgcolor.name]
    return " ".join(words) or "plain"
