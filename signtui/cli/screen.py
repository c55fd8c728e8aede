"""The way to the dashboard, which costs nothing that the first paint could do without.

`signtui` alone comes straight here: parsing no options takes the command line's library longer than all of
the dashboard's own modules do.
"""

import gc
from collections.abc import Mapping, Sequence
from pathlib import Path

from signtui.cli.pipes import has_screen
from signtui.errors import ConfigError


def need_screen(command: str) -> None:
    """Raises ConfigError where there is none."""
    if not has_screen():
        raise ConfigError(
            f"{command} needs a terminal that can move its cursor; without one, use"
            " `signtui train --headless` and `signtui show-run`"
        )


def open_with(
    given: Mapping[str, str | bool | None], sets: Sequence[str] = (), file: str | None = None
) -> int:
    """The dashboard with the settings that stand before any command; `given` is by key.

    Raises:
        ConfigError: where one of them is wrong, or there is no terminal.
    """
    need_screen("signtui")
    gc.disable()  # until the first paint, as everything that is made before it stays
    from signtui.config import SETTINGS, Assignment, resolve  # noqa: PLC0415 - not for those who only ask for a screen
    from signtui.config.load import parse_set  # noqa: PLC0415 - as above
    from signtui.tui.launch import open_dashboard  # noqa: PLC0415 - textual, only for a screen

    assignments = [
        Assignment(key, value, SETTINGS[key].option) for key, value in given.items() if value is not None
    ]
    assignments += [parse_set(text) for text in sets]
    resolved = resolve(assignments, file=Path(file).expanduser() if file else None)
    return open_dashboard(resolved.config, keys=resolved.keys)
