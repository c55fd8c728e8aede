"""An image as block art with where the network looked laid over it.

With colours the places looked at glow and the rest is darkened, so that brightness tells as much as hue.
Without, the heat is a picture of digits, to stand beside the image: 9 where the network looked most.
"""

import numpy as np
import numpy.typing as npt
from rich.style import Style
from rich.text import Text

from signtui.render.block_art import Pixels, scaled
from signtui.render.terminal import TerminalStyle

Heat = npt.NDArray[np.floating]

_UPPER_HALF = "▀"
_GLOW = np.array([255.0, 140.0, 0.0])
_DARKENED = 0.35
_TINT = 0.65
_FIRST_GREY, _GREYS = 232, 24
# From which share on a ramp is used, and its colours of the 256, dark to bright: tan, orange.
_RAMPS = ((0.35, np.array([94, 137, 180])), (0.65, np.array([130, 166, 172, 208, 214, 215])))
_DIGITS = 10


def shows_in_colour(style: TerminalStyle) -> bool:
    """Whether `overlay_art` is a coloured picture of the image; otherwise it is digits, to go beside one."""
    return style.unicode and style.colour in {"truecolor", "256"}


def overlay_art(image: Pixels, heat: Heat, style: TerminalStyle, width: int | None = None) -> Text:
    """`heat` (H, W), 0 to 1, over `image` uint8 (H, W), as `width` columns (default: one a pixel).

    As wide and as high as `image_art` of the same image.
    """
    if image.ndim != 2 or not image.size or heat.shape != image.shape:
        return Text("")
    columns = max(1, image.shape[1] if width is None else width)
    rows = max(1, round(columns * image.shape[0] / image.shape[1] / 2))
    share = np.clip(np.nan_to_num(heat), 0, 1)
    if shows_in_colour(style):
        lines = _coloured(scaled(image, rows * 2, columns), scaled(share, rows * 2, columns), style)
    else:
        lines = [_digits(row, style) for row in scaled(share, rows, columns)]
    return Text("\n", no_wrap=True, overflow="crop").join(lines)


def overlay_legend(style: TerminalStyle) -> str:
    """How to read what `overlay_art` draws, in a few words."""
    return "bright and orange: looked at" if shows_in_colour(style) else "9: looked at most, blank: not"


def _coloured(
    greys: npt.NDArray[np.float64], share: npt.NDArray[np.float64], style: TerminalStyle
) -> list[Text]:
    """Half blocks; all colours are worked out at once, and equal neighbours are one stretch."""
    if style.colour == "256":
        codes, name = _xterm(greys, share), "color({})"
    else:
        codes, name = _mixed(greys[..., None], share[..., None]), "#{:06x}"
    lines = []
    for upper, lower in zip(codes[::2], codes[1::2], strict=True):
        line = Text(end="")
        changes = np.flatnonzero((np.diff(upper) != 0) | (np.diff(lower) != 0)) + 1
        ends = [*changes.tolist(), upper.size]
        for start, end in zip([0, *ends[:-1]], ends, strict=True):
            cell = Style(color=name.format(upper[start]), bgcolor=name.format(lower[start]))
            line.append(_UPPER_HALF * (end - start), cell)
        lines.append(line)
    return lines


def _mixed(greys: npt.NDArray[np.float64], share: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Greys and shares (H, W, 1) as 0xrrggbb (H, W)."""
    lit = greys * (_DARKENED + (1 - _DARKENED) * share)
    # A dark place that was looked at glows too: half of the tint doesn't depend on the grey below.
    glow = _GLOW * (0.5 + 0.5 * greys / 255)
    rgb = np.clip(np.rint(lit + (glow - lit) * (_TINT * share)), 0, 255).astype(np.int64)
    return np.asarray((rgb[..., 0] << 16) | (rgb[..., 1] << 8) | rgb[..., 2], np.int64)


def _xterm(greys: npt.NDArray[np.float64], share: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """The same in the 256-colour palette, whose mixtures of grey and orange are mauve and olive: grey where
    little was looked at, then tan, then orange, each in the steps of brightness that there are.
    """
    dark = np.rint(greys * _DARKENED * (1 + share) * ((_GREYS - 1) / 255)).astype(np.int64)
    codes = _FIRST_GREY + dark
    for least, ramp in _RAMPS:
        steps = np.minimum((greys * (len(ramp) / 255)).astype(np.int64), len(ramp) - 1)
        codes = np.where(share >= least, ramp[steps], codes)
    return np.asarray(codes, np.int64)


def _digits(row: npt.NDArray[np.float64], style: TerminalStyle) -> Text:
    """A digit a cell, in tenths, cut; the strongest stand out in bold where the terminal has it."""
    line = Text(end="")
    tenths = np.minimum((row * _DIGITS).astype(np.int64), _DIGITS - 1).tolist()
    for value in tenths:
        strong = value >= 7 and style.interactive
        line.append(str(value) if value else " ", Style(bold=True) if strong else Style())
    return line
