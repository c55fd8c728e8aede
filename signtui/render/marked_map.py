"""Images and signed feature maps as block art, a window of which can be marked.

Below nought is red, nought dark, above it light blue; without such colours `- ~ =` stand below and
`+ * #` above, the more ink the farther. A marked window is tinted, and pointed at from above and left.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from rich.style import Style
from rich.text import Text

from signtui.render.block_art import half_blocks, scaled
from signtui.render.palette import SIGNED_STOPS, diverging, style_of
from signtui.render.terminal import TerminalStyle

Values: TypeAlias = npt.NDArray[np.float64]
Codes: TypeAlias = npt.NDArray[np.int64]

BELOW, ABOVE = "-~=", "+*#"
_GREYS = " .:-=+*#%@", " ░▒▓█"
_NEAR_NOUGHT = 0.04
_OF_256 = (167, 131, 88, 52, 235, 24, 67, 110, 153)
_LEVELS = 65
_MARK = (255, 196, 0)
_MARK_SHARE = 0.45
_YELLOWS = (58, 94, 136, 178, 220, 227)
_GAP = " "


@dataclass(frozen=True)
class Window:
    """Rows and columns of a map, first and one after the last; what lies outside of it is cut off."""

    rows: tuple[int, int]
    columns: tuple[int, int]

    def within(self, height: int, width: int) -> "Window":
        """The part of it that lies on a map of that size."""
        rows = (min(max(0, self.rows[0]), height), max(0, min(self.rows[1], height)))
        columns = (min(max(0, self.columns[0]), width), max(0, min(self.columns[1], width)))
        return Window(rows, columns)


def grey_lines(image: npt.NDArray[np.uint8], style: TerminalStyle, cells: int, marked: Window) -> list[Text]:
    """`image` uint8 (rows, columns), each pixel `cells` columns wide, framed by pointers to `marked`."""
    if _has_half_blocks(style):
        codes = np.asarray(image, np.int64)
        art = _marked_blocks(codes, *_grey_names(style), cells, marked)
    else:
        ramp = _GREYS[1] if style.unicode else _GREYS[0]
        values = _by_rows(np.asarray(image, np.float64), cells)
        codes = np.minimum((values / 256 * len(ramp)).astype(np.int64), len(ramp) - 1)
        looks = [Style() for _ in ramp]
        art = _characters(codes, ramp, looks, cells, marked, image.shape[0])
    return _framed(art, marked.within(image.shape[0], image.shape[1]), image.shape[1], cells, style)


def signed_lines(
    values: Values, largest: float, style: TerminalStyle, cells: int, marked: Window
) -> list[Text]:
    """`values` (rows, columns) from -`largest` to `largest`, drawn as `grey_lines` draws an image."""
    shares = np.clip(values / largest, -1, 1) if largest > 0 else np.zeros_like(values)
    if _has_half_blocks(style):
        codes = np.rint((shares + 1) / 2 * (_LEVELS - 1)).astype(np.int64)
        art = _marked_blocks(codes, *_signed_names(style), cells, marked)
    else:
        ramp = BELOW[::-1] + " " + ABOVE
        merged = _by_rows(shares, cells)
        steps = np.minimum(np.ceil(np.abs(merged) * len(ABOVE)), len(ABOVE)).astype(np.int64)
        codes = len(BELOW) + np.where(
            np.abs(merged) < _NEAR_NOUGHT, 0, np.sign(merged).astype(np.int64) * steps
        )
        strengths = np.linspace(-1, 1, len(ramp))
        looks = [
            diverging(float(strength), style) if style.colour == "16" else Style() for strength in strengths
        ]
        art = _characters(codes, ramp, looks, cells, marked, values.shape[0])
    return _framed(art, marked.within(values.shape[0], values.shape[1]), values.shape[1], cells, style)


def signed_legend(style: TerminalStyle) -> Text:
    """Which colours or characters stand below nought and which above."""
    if _has_half_blocks(style):
        colours, _ = _signed_names(style)
        legend = Text(end="")
        for words, level, ink in (("below 0", 0, 16), ("0", _LEVELS // 2, 231), ("above", _LEVELS - 1, 16)):
            legend.append(f" {words} ", Style(color=f"color({ink})", bgcolor=colours[level]))
        return legend
    below, above = style_of("faint", style), style_of("faint", style)
    return (
        Text(end="").append(f"{' '.join(BELOW)} below 0  ", below).append(f"{' '.join(ABOVE)} above", above)
    )


def lines_of(rows: int, cells: int) -> int:
    """How many lines of text a map of `rows` takes, with the line of pointers above it."""
    return -(-rows * cells // 2) + 1


def _has_half_blocks(style: TerminalStyle) -> bool:
    return style.unicode and style.colour in {"truecolor", "256"}


Rgb: TypeAlias = tuple[int, int, int]


def _grey_names(style: TerminalStyle) -> tuple[list[str], list[str]]:
    """Colours of the 256 grey levels, and the same tinted."""
    if style.colour == "256":
        plain = [f"color({232 + round(level / 255 * 23)})" for level in range(256)]
        return plain, [f"color({_YELLOWS[level * len(_YELLOWS) // 256]})" for level in range(256)]
    greys = [(level, level, level) for level in range(256)]
    return [_name(grey) for grey in greys], [_name(_mixed(grey, _MARK, _MARK_SHARE)) for grey in greys]


def _signed_names(style: TerminalStyle) -> tuple[list[str], list[str]]:
    """Colours from far below nought to far above, and the same tinted."""
    if style.colour == "256":
        plain = [f"color({_OF_256[level * len(_OF_256) // _LEVELS]})" for level in range(_LEVELS)]
        return plain, [f"color({_YELLOWS[-2]})"] * _LEVELS
    colours = [_diverging(level) for level in range(_LEVELS)]
    return [_name(one) for one in colours], [_name(_mixed(one, _MARK, _MARK_SHARE)) for one in colours]


def _diverging(level: int) -> Rgb:
    place = level / (_LEVELS - 1) * (len(SIGNED_STOPS) - 1)
    first = min(int(place), len(SIGNED_STOPS) - 2)
    return _mixed(SIGNED_STOPS[first], SIGNED_STOPS[first + 1], place - first)


def _mixed(one: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _marked_blocks(
    codes: Codes, plain: Sequence[str], tinted: Sequence[str], cells: int, marked: Window
) -> list[Text]:
    names = [*plain, *tinted]
    codes = codes.copy()
    window = marked.within(*codes.shape)
    codes[slice(*window.rows), slice(*window.columns)] += len(plain)
    return half_blocks(codes.repeat(cells, axis=0).repeat(cells, axis=1), names)


def _name(colour: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _by_rows(values: Values, cells: int) -> Values:
    """`values` with `cells` columns a value and half as many rows: a cell is twice as high as wide."""
    height, width = values.shape
    return scaled(values, max(1, -(-height * cells // 2)), width * cells)


def _characters(
    codes: Codes, ramp: str, looks: Sequence[Style], cells: int, marked: Window, height: int
) -> list[Text]:
    window = marked.within(height, codes.shape[1] // cells)
    lines = []
    for number, row in enumerate(codes.tolist()):
        line = Text(end="")
        for code in row:
            line.append(ramp[code], looks[code])
        first, last = number * 2 // cells, (number * 2 + 1) // cells
        if first < window.rows[1] and last >= window.rows[0]:
            line.stylize(Style(reverse=True), window.columns[0] * cells, window.columns[1] * cells)
        lines.append(line)
    return lines


def _framed(art: list[Text], window: Window, width: int, cells: int, style: TerminalStyle) -> list[Text]:
    """`art` with a line above and a column at its left that point at the window."""
    down, right = ("▾", "▸") if style.unicode else ("v", ">")
    look = style_of("warning", style)
    columns = (window.columns[0] * cells, window.columns[1] * cells)
    above = Text(_GAP + " " * columns[0], end="").append(down * (columns[1] - columns[0]), look)
    above.append(" " * (width * cells - columns[1]))
    lines = [above]
    for number, line in enumerate(art):
        first, last = number * 2 // cells, (number * 2 + 1) // cells
        points = first < window.rows[1] and last >= window.rows[0]
        lines.append(Text(end="").append(right if points else _GAP, look).append_text(line))
    return lines
