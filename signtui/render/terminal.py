"""What the terminal can show: how many colours, which characters, how large.

Everything in this room is laid out for a `TerminalStyle`, never for the terminal itself, so that the
same page can be drawn for a screen, a pipe or a test.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Literal, Protocol

from rich.console import Console

Colour = Literal["truecolor", "256", "16", "none"]
Ground = Literal["any", "light", "black"]

_RICH_SYSTEM: dict[str, Literal["truecolor", "256", "standard"]] = {
    "truecolor": "truecolor",
    "256": "256",
    "16": "standard",
}
_COLOURS: dict[str | None, Colour] = {
    "truecolor": "truecolor",
    "256": "256",
    "standard": "16",
    "windows": "16",
    None: "none",
}
_PIPE_WIDTH = 10_000


class ColourAndCharacters(Protocol):
    """The two settings of `[ui]` that are looked at here."""

    @property
    def colour(self) -> str:
        """auto, truecolor, 256, 16 or none."""

    @property
    def characters(self) -> str:
        """auto, unicode or ascii."""


@dataclass(frozen=True)
class TerminalStyle:
    """What to draw with, and on how many columns and lines.

    `ground` is what colours are to be read on: `any` background, as a terminal's own; a light one; or black,
    with the strongest contrast.
    `interactive` is False for a pipe or a file: nothing is then cut to the width, so that tables can be
    searched and split by other programs.
    """

    colour: Colour = "none"
    unicode: bool = False
    width: int = 80
    height: int = 24
    interactive: bool = True
    ground: Ground = "any"

    @property
    def separator(self) -> str:
        """What stands between facts on one line."""
        return " · " if self.unicode else " | "

    def __post_init__(self) -> None:
        if self.colour not in {"truecolor", "256", "16", "none"}:
            raise ValueError(f"colour is truecolor, 256, 16 or none, not {self.colour!r}")


def plain(width: int = 80, *, unicode: bool = False) -> TerminalStyle:
    """The style of what is not a terminal: no colour, charts `width` wide, tables as wide as they are."""
    return TerminalStyle("none", unicode, max(20, width), 24, interactive=False)


def detect(
    ui_settings: ColourAndCharacters, console: Console, environment: Mapping[str, str] | None = None
) -> TerminalStyle:
    """What `console` can show, unless `ui_settings` decide it.

    A setting other than `auto` beats the environment. Otherwise NO_COLOR (not empty) and TERM=dumb mean
    no colour, COLORTERM and TERM tell how many, and the locale tells the characters.
    """
    environment = os.environ if environment is None else environment
    # A dumb terminal can do no more than a pipe: not even bold.
    interactive = console.is_terminal and environment.get("TERM", "").lower() not in {"dumb", "unknown"}
    unicode = _unicode(ui_settings.characters, console, environment)
    colour = _colour(ui_settings.colour, console, environment)
    width, height = console.size
    if not interactive:
        return TerminalStyle(colour, unicode, max(20, width), 24, interactive=False)
    return TerminalStyle(colour, unicode, width, height)


def _colour(setting: str, console: Console, environment: Mapping[str, str]) -> Colour:
    if setting in _RICH_SYSTEM or setting == "none":
        return setting  # type: ignore[return-value]  # one of the literals, checked on the line above
    term = environment.get("TERM", "").lower()
    if environment.get("NO_COLOR") or term in {"dumb", "unknown"} or not console.is_terminal:
        return "none"
    if term.endswith("-direct"):
        return "truecolor"
    return _COLOURS.get(console.color_system, "16")


def _unicode(setting: str, console: Console, environment: Mapping[str, str]) -> bool:
    if setting != "auto":
        return setting == "unicode"
    # The Linux text console's font has no braille.
    if environment.get("TERM") == "linux" or not console.encoding.lower().startswith("utf"):
        return False
    # Python itself sets LC_CTYPE=C.UTF-8 where the locale is C: LANG then still says what was asked for.
    language = environment.get("LANG", "")
    coerced = environment.get("LC_CTYPE") == "C.UTF-8" and language in {"C", "POSIX"}
    names = [environment.get("LC_ALL", ""), "" if coerced else environment.get("LC_CTYPE", ""), language]
    locale = next((name for name in names if name), "utf")
    return "utf" in locale.lower()


def console_for(style: TerminalStyle, file: IO[str] | None = None, *, record: bool = False) -> Console:
    """A Rich console that draws what was laid out for `style`, on `file` (default: stdout).

    For a pipe it is so wide that nothing is cut or wrapped.
    """
    return Console(
        file=file,
        # Without colours Rich still needs a colour system to write bold and dim.
        color_system=_RICH_SYSTEM.get(style.colour, "standard" if style.interactive else None),
        no_color=style.colour == "none",
        force_terminal=style.interactive or style.colour != "none",
        width=style.width if style.interactive else _PIPE_WIDTH,
        height=style.height,
        legacy_windows=False,
        highlight=False,
        emoji=False,
        markup=False,
        record=record,
    )


def printable(name: str) -> str:
    """`name` of a file as it may go to a terminal: a `?` for what would steer it."""
    return "".join(character if character.isprintable() else "?" for character in name)
