"""A predicted image: what the network saw, where it looked, and its likeliest classes beside that."""

from collections.abc import Sequence

import numpy as np
from rich.text import Text

from signtui.render import numbers
from signtui.render.block_art import Pixels, grid_places, image_art
from signtui.render.overlay import Heat, overlay_art, overlay_legend
from signtui.render.palette import style_of
from signtui.render.terminal import TerminalStyle

METHODS = {"gradcam": "Grad-CAM", "occlusion": "occlusion"}
"""The methods of attribution by the names that people know them by."""

_GAP = 2
_NARROWEST, _WIDEST = 16, 40
_GUESSES = 20
_LONGEST_BAR, _LONGEST_NAME = 24, 24


def prediction_lines(
    image: Pixels,
    top: Sequence[tuple[str, float]],
    style: TerminalStyle,
    heat: Heat | None = None,
    captions: Sequence[str] = (),
    doubt: str = "",
    *,
    drawn: bool = True,
) -> list[Text]:
    """`image` uint8 (S, S), with `heat` (S, S) a second picture of where the network looked, and beside them
    the classes `top` with their probabilities, the guess first; `doubt`, where there is any, stands below
    them. `captions` are quiet lines below those.

    Two pictures are narrower where the terminal is; captions go below where there is no room beside. Not
    `drawn`, the cells of `image` are left empty for pixels to be put there (see `picture_size`).
    """
    pictures = 2 if heat is not None else 1
    available = _available(style)
    width, rows = picture_size(image, top, style, pictures)
    arts = [list(image_art(image, style, width).split("\n")) if drawn else [Text(end="")] * rows]
    if heat is not None:
        arts.append(list(overlay_art(image, heat, style, width).split("\n")))
    left = pictures * (width + _GAP)
    beside = _guesses(top, style, max(0, available - left))
    beside += [Text(line, style_of("warning", style), end="") for line in _folded(doubt, available - left)]
    faint = style_of("faint", style)
    fits = all(len(caption) <= available - left for caption in captions)
    if fits and captions:
        beside += [Text(end=""), *(Text(caption, faint, end="") for caption in captions)]
    lines = _side_by_side([*arts, beside], width)
    if not fits:
        lines += [Text(line, faint, end="") for line in _packed(captions, available)]
    return lines


def picture_size(
    image: Pixels, top: Sequence[tuple[str, float]], style: TerminalStyle, pictures: int
) -> tuple[int, int]:
    """Columns and rows of the first of the `pictures` (1 or 2) of `prediction_lines`, at its top left."""
    room = (_available(style) - max(_GUESSES, _name_width(top) + 9) - _GAP * pictures) // pictures
    width = max(_NARROWEST, min(max(image.shape[1], _NARROWEST), _WIDEST, room))
    ((_, _, columns, rows),) = grid_places([image], style, width)
    return columns, rows


def _available(style: TerminalStyle) -> int:
    return style.width if style.interactive else 120


def attribution_captions(
    method: str, source: str, note: str, peak: float, guess: str, style: TerminalStyle
) -> list[str]:
    """What the second picture is, in short lines; or `note`, where there is nothing to show."""
    name = METHODS.get(method, method)
    if note:
        return [f"{name}: {note}"]
    lines = [f"for {guess}, by {name}", f"({source})", overlay_legend(style)]
    if method == "occlusion":
        points = numbers.percent(min(1.0, peak)).removesuffix(" %")
        lines.append(f"there, covering costs {points} points")
    return lines


def doubt_words(top: Sequence[tuple[str, float]], sure_from: float | None) -> str:
    """`not sure: less than the ...`; empty for a sure guess, or where nothing says what is sure."""
    confidence = top[0][1]
    if sure_from is None or (sure_from <= confidence and sure_from < 1):
        return ""
    if sure_from >= 1:
        return "not sure: on validation this network is wrong too often to be sure of any guess"
    return f"not sure: less than the {numbers.percent(sure_from)} that 19 in 20 right guesses reach"


def _folded(words: str, width: int) -> list[str]:
    """`words` in lines of at most `width` cells, as far as words are not longer."""
    lines: list[str] = []
    for word in words.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _guesses(top: Sequence[tuple[str, float]], style: TerminalStyle, width: int) -> list[Text]:
    """A class a line: name, probability, and a bar where there is room for one."""
    longest = _name_width(top)
    bar = min(_LONGEST_BAR, width - longest - 11)
    block = "■" if style.unicode else "#"
    lines = []
    for place, (name, share) in enumerate(top):
        look = style_of("heading" if place == 0 else "text", style)
        line = Text(end="")
        line.append(f"{name[:longest]:<{longest}}  {numbers.percent(share):>7}", look)
        if bar >= 4 and np.isfinite(share):
            line.append("  ").append(block * round(bar * share), style_of("accent", style))
        lines.append(line)
    return lines


def _name_width(top: Sequence[tuple[str, float]]) -> int:
    return min(_LONGEST_NAME, max((len(name) for name, _ in top), default=1))


def _packed(captions: Sequence[str], width: int) -> list[str]:
    """As many captions a line as fit."""
    lines: list[str] = []
    for caption in captions:
        if lines and len(lines[-1]) + _GAP + len(caption) <= width:
            lines[-1] += " " * _GAP + caption
        else:
            lines.append(caption)
    return lines


def _side_by_side(columns: Sequence[Sequence[Text]], width: int) -> list[Text]:
    """`columns` of lines, all but the last `width` cells wide."""
    lines = []
    for row in range(max(len(column) for column in columns)):
        line = Text(end="")
        for index, column in enumerate(columns):
            part = column[row] if row < len(column) else Text(end="")
            line.append_text(part)
            if index < len(columns) - 1:
                line.append(" " * (width - part.cell_len + _GAP))
        line.rstrip()
        lines.append(line)
    return lines
