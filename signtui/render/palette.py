"""The colours, each defined once for truecolor, 256 and 16 colours, and the marks that go with them.

Every colour is of middling lightness, so that it can be read on a dark and on a light background alike;
where the background is known, it is mixed with black or white to stand out more.
The hues are those of Okabe and Ito's colour-blind-safe set (jfly.uni-koeln.de/color), and nothing is
told by colour alone: each has a mark, a marker or a number beside it.
"""

import math
from dataclasses import dataclass
from typing import Literal

from rich.style import Style

from signtui.render.terminal import Ground, TerminalStyle

Name = Literal["text", "heading", "accent", "faint", "good", "bad", "warning"]


_MIXED: dict[Ground, tuple[float, int]] = {"any": (0.0, 0), "light": (0.28, 0), "black": (0.45, 255)}
"""How much of each hue gives way, and to which grey level, where the ground is known."""


@dataclass(frozen=True)
class Hue:
    """One colour in each colour system, and what stands in for it where there is none."""

    rgb: str
    xterm: int
    ansi: str
    bold: bool = False
    dim_without_colour: bool = False

    def on(self, ground: Ground) -> str:
        """The hue as `#rrggbb` to be read on `ground`: as it is, or mixed with black or white."""
        share, end = _MIXED[ground]
        parts = (int(self.rgb[at : at + 2], 16) for at in (1, 3, 5))
        return "#" + "".join(f"{round(part + (end - part) * share):02x}" for part in parts)

    def style(self, terminal: TerminalStyle, *, bold: bool = False) -> Style:
        """This colour as a Rich style for `terminal`."""
        strong = bold or self.bold or None
        if terminal.ground != "any" and terminal.colour in {"truecolor", "256"}:
            return Style(color=self.on(terminal.ground), bold=strong)
        if terminal.colour == "truecolor":
            return Style(color=self.rgb, bold=strong)
        if terminal.colour == "256":
            return Style(color=f"color({self.xterm})", bold=strong)
        if terminal.colour == "16":
            return Style(color=self.ansi, bold=strong)
        return Style(bold=strong, dim=self.dim_without_colour or None)


BLUE = Hue("#2b8cd6", 32, "bright_blue")
ORANGE = Hue("#d55e00", 166, "red")
GREEN = Hue("#009e73", 29, "green")
PURPLE = Hue("#b65fa8", 133, "magenta")
OLIVE = Hue("#8f8519", 100, "cyan")
RED = Hue("#d03a2b", 160, "red", bold=True)
YELLOW = Hue("#b8860b", 136, "yellow", bold=True)
GREY = Hue("#8a8a8a", 245, "bright_black", dim_without_colour=True)

_NAMED: dict[str, Hue] = {
    "accent": BLUE,
    "faint": GREY,
    "good": GREEN,
    "bad": RED,
    "warning": YELLOW,
}


def style_of(name: Name, terminal: TerminalStyle) -> Style:
    """The Rich style of a named part of the page."""
    if name == "text":
        return Style()
    if name == "heading":
        return Style(bold=True)
    return _NAMED[name].style(terminal)


@dataclass(frozen=True)
class SeriesLook:
    """How a series of a chart looks: its colour, the marker on its points, the letter its line is made of."""

    hue: Hue
    marker: str
    ascii_marker: str
    ascii_line: str


_BY_ROLE = {
    "train": SeriesLook(ORANGE, "○", "x", "."),
    "validation": SeriesLook(BLUE, "●", "o", "-"),
    "test": SeriesLook(GREEN, "■", "#", "="),
    "previous": SeriesLook(GREY, "·", "'", "'"),
}
_OTHERS = (
    SeriesLook(BLUE, "●", "o", "-"),
    SeriesLook(ORANGE, "▲", "^", "."),
    SeriesLook(GREEN, "■", "#", "="),
    SeriesLook(PURPLE, "◆", "%", "~"),
    SeriesLook(OLIVE, "▼", "v", ","),
    SeriesLook(GREY, "○", "*", ":"),
)


def series_look(role: str, index: int) -> SeriesLook:
    """The look of a series by its role; of any other role, by its `index` among the chart's series."""
    return _BY_ROLE.get(role) or _OTHERS[index % len(_OTHERS)]


@dataclass(frozen=True)
class StatusLook:
    """How a run's status is shown."""

    mark: str
    ascii_mark: str
    name: Name


_STATUS = {
    "running": StatusLook("▶", ">", "accent"),
    "paused": StatusLook("‖", "=", "warning"),
    "finished": StatusLook("✓", "+", "good"),
    "stopped": StatusLook("■", "o", "text"),
    "interrupted": StatusLook("■", "o", "text"),
    "diverged": StatusLook("✗", "x", "bad"),
    "failed": StatusLook("✗", "x", "bad"),
    "lost": StatusLook("?", "?", "warning"),
}


def status_look(status: str) -> StatusLook:
    """The mark and the colour of a run's `status`."""
    return _STATUS.get(status, StatusLook("?", "?", "faint"))


def verdict(right: bool, terminal: TerminalStyle) -> tuple[str, Style]:
    """The mark for right or wrong, and its style."""
    if right:
        return ("✓" if terminal.unicode else "+"), style_of("good", terminal)
    return ("✗" if terminal.unicode else "x"), style_of("bad", terminal)


# Backgrounds with the ink that is read on them, faint to strong. Both are set, so that the terminal's own
# background doesn't matter. The 256-colour steps are the palette's nearest.
_SEQUENTIAL = (("#d6e6f4", 254), ("#abcfe5", 152), ("#6aaed6", 74), ("#3787c0", 31), ("#105ba4", 25))
_WRONG = (("#fee8c8", 230), ("#fdbb84", 216), ("#fc8d59", 209), ("#d7301f", 160), ("#990000", 88))
_BLACK_INK_STEPS = 3


def shade(share: float, terminal: TerminalStyle, *, wrong: bool = False) -> Style:
    """The background for `share` (0..1, clipped) of the sequential scale, blue or, for errors, orange to red.

    Without colours for it, strength is told by bold (16 colours) or not at all: the number beside it counts.
    """
    scale = _WRONG if wrong else _SEQUENTIAL
    share = 0.0 if math.isnan(share) else min(1.0, max(0.0, share))
    level = min(len(scale) - 1, int(share * len(scale)))
    rgb, xterm = scale[level]
    dark_ink = level < _BLACK_INK_STEPS
    if terminal.colour == "truecolor":
        return Style(color="#101010" if dark_ink else "#ffffff", bgcolor=rgb)
    if terminal.colour == "256":
        return Style(color="color(16)" if dark_ink else "color(231)", bgcolor=f"color({xterm})")
    if terminal.colour == "16":
        return Style(color="red" if wrong else "bright_blue", bold=level >= 2 or None)
    return Style(bold=(wrong or level >= len(scale) - 1) or None)


_DIVERGING = (
    ("#b2182b", 124, "red"),
    ("#ef8a62", 209, "red"),
    ("#fddbc7", 224, "default"),
    ("#f7f7f7", 255, "default"),
    ("#d1e5f0", 195, "default"),
    ("#67a9cf", 74, "bright_blue"),
    ("#2166ac", 25, "bright_blue"),
)


SIGNED_STOPS = ((214, 96, 77), (38, 42, 48), (146, 197, 222))
"""Below nought, nought and above in pictures: as red, dark and light blue, which differ in lightness too."""


def diverging(value: float, terminal: TerminalStyle) -> Style:
    """The background for `value` in -1..1 (clipped): red below nought, blue above, pale about it."""
    value = 0.0 if math.isnan(value) else min(1.0, max(-1.0, value))
    steps = len(_DIVERGING)
    level = min(steps - 1, int((value + 1) / 2 * steps))
    rgb, xterm, ansi = _DIVERGING[level]
    ink_is_white = level in {0, steps - 1}
    if terminal.colour == "truecolor":
        return Style(color="#ffffff" if ink_is_white else "#101010", bgcolor=rgb)
    if terminal.colour == "256":
        return Style(color="color(231)" if ink_is_white else "color(16)", bgcolor=f"color({xterm})")
    if terminal.colour == "16":
        return Style(color=ansi, bold=ink_is_white or None)
    return Style(bold=ink_is_white or None)
