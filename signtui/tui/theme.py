"""The dashboard's themes, and how its colours follow from the palette that everything else is drawn in.

The palette's hues are of middling lightness and stand on any of these backgrounds. Where the terminal has
16 colours or none, its own are used and nothing is mixed.
"""

from dataclasses import replace

from textual.theme import BUILTIN_THEMES, Theme

from signtui.render.palette import BLUE, GREEN, GREY, RED
from signtui.render.terminal import Colour

_ANSI = BUILTIN_THEMES["ansi-dark"]
_YELLOW = "#b8860b"
DARK, LIGHT, CONTRAST, TERMINAL = "dark", "light", "high-contrast", "terminal"


def _theme(name: str, *, dark: bool, background: str, surface: str, foreground: str, cursor: str) -> Theme:
    return Theme(
        name=name,
        dark=dark,
        primary=BLUE.rgb,
        accent=BLUE.rgb,
        success=GREEN.rgb,
        error=RED.rgb,
        warning=_YELLOW,
        background=background,
        surface=surface,
        panel=surface,
        foreground=foreground,
        text_alpha=1.0,
        variables={
            "cursor": cursor,
            "block-cursor-background": cursor,
            "block-cursor-foreground": foreground,
            "input-cursor-background": foreground,
            "input-cursor-foreground": background,
            "border": GREY.rgb,
            "rule": GREY.rgb + " 40%",
        },
    )


THEMES = (
    _theme(DARK, dark=True, background="#101317", surface="#171b21", foreground="#d5dae0", cursor="#22405c"),
    _theme(
        LIGHT, dark=False, background="#fcfbf8", surface="#f2f0ea", foreground="#23272c", cursor="#cfe3f5"
    ),
    _theme(
        CONTRAST, dark=True, background="#000000", surface="#000000", foreground="#ffffff", cursor="#0050a0"
    ),
    replace(
        _ANSI,
        name=TERMINAL,
        primary="ansi_bright_blue",
        accent="ansi_bright_blue",
        variables=_ANSI.variables
        | {"cursor": "ansi_blue", "border": "ansi_bright_black", "rule": "ansi_bright_black"},
    ),
)
"""Every theme by name: dark, light, high-contrast, and the terminal's own colours."""


def theme_for(colour: Colour) -> str:
    """The theme that a terminal with such colours starts with."""
    return DARK if colour in {"truecolor", "256"} else TERMINAL
