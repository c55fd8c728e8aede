"""Pages and JSON on stdout, for the commands that answer at once."""

import sys
from typing import Any

import msgspec
from rich.console import Console, RenderableType

from signtui.config.schema import UiSettings
from signtui.render.terminal import TerminalStyle, console_for, detect


class Page:
    """Where a reading command prints: `style` says what stdout can show, `print` puts something there."""

    def __init__(self, ui: UiSettings) -> None:
        self.style: TerminalStyle = detect(ui, Console(file=sys.stdout))
        self._console = console_for(self.style, sys.stdout)

    def print(self, *parts: RenderableType) -> None:
        """Print `parts`, one below the other."""
        for part in parts:
            self._console.print(part)


def print_json(value: Any) -> None:
    """Print `value` (plain data or msgspec's types) as indented JSON; what is not a number becomes null."""
    text = msgspec.json.format(msgspec.json.encode(value), indent=2)
    sys.stdout.write(text.decode() + "\n")


def narrate(sentence: str) -> None:
    """A remark for the person at the terminal, apart from the data."""
    sys.stderr.write(sentence + "\n")
