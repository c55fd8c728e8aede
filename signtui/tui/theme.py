"""The dashboard's themes, and how its colours follow from the palette that everything else is drawn in.

The palette's hues are of middling lightness; on a light background they are darkened, on black lightened.
Where the terminal has 16 colours or none, its own are used and nothing is mixed.
"""

import os
from collections.abc import Mapping
from dataclasses import replace

import msgspec
from textual.theme import BUILTIN_THEMES, Theme

from signtui.render.palette import BLUE, GREEN, GREY, RED, YELLOW
from signtui.render.terminal import Colour, Ground
from signtui.tui.memory import Memory

_ANSI = BUILTIN_THEMES["ansi-dark"]
DARK, LIGHT, CONTRAST, TERMINAL = "dark", "light", "high-contrast", "terminal"


def _theme(
    name: str, ground: Ground, *, background: str, surface: str, foreground: str, cursor: str
) -> Theme:
    grey = GREY.on(ground)
    return Theme(
        name=name,
        dark=ground != "light",
        primary=BLUE.on(ground),
        accent=BLUE.on(ground),
        success=GREEN.on(ground),
        error=RED.on(ground),
        warning=YELLOW.on(ground),
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
            "border": grey,
            "rule": grey + " 40%",
        },
    )


GROUNDS: dict[str, Ground] = {LIGHT: "light", CONTRAST: "black"}
"""What the palette's colours are mixed for, where a theme's background asks for it."""

THEMES = (
    _theme(DARK, "any", background="#101317", surface="#171b21", foreground="#d5dae0", cursor="#22405c"),
    _theme(LIGHT, "light", background="#fcfbf8", surface="#f2f0ea", foreground="#23272c", cursor="#cfe3f5"),
    _theme(
        CONTRAST, "black", background="#000000", surface="#000000", foreground="#ffffff", cursor="#0050a0"
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


class _Chosen(msgspec.Struct):
    """A theme chosen in the palette, and the setting `ui.theme` that it was chosen over."""

    name: str
    over: str


def remembered_theme(memory: Memory, setting: str) -> str | None:
    """The theme chosen the last time, as long as the setting is what it was then."""
    chosen = memory.recall("theme", _Chosen)
    names = {theme.name for theme in THEMES}
    return chosen.name if chosen is not None and chosen.over == setting and chosen.name in names else None


def remember_theme(memory: Memory, setting: str, name: str | None) -> None:
    """Keep the theme `name`, chosen over `setting`; None: it is the configured one again."""
    memory.keep("theme", None if name is None else _Chosen(name, setting))


_WHITES = {"7", "15"}


def theme_for(setting: str, colour: Colour, environment: Mapping[str, str] | None = None) -> str:
    """The theme to start with: the one that `setting` (`ui.theme`) names, or what suits the terminal.

    Some terminals tell their background in COLORFGBG, as the number of one of the 16 colours.
    """
    if setting != "auto":
        return setting
    if colour not in {"truecolor", "256"}:
        return TERMINAL
    environment = os.environ if environment is None else environment
    background = environment.get("COLORFGBG", "").rpartition(";")[2]
    return LIGHT if background in _WHITES else DARK
