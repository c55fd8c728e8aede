"""The screen from the command line: `signtui` itself, `attach` and `replay`."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import typer

from signtui.cli.help import CONTEXT, Command
from signtui.cli.options import SCREEN, Settings, takes_settings
from signtui.cli.pipes import has_screen
from signtui.config import SETTINGS, Assignment
from signtui.config.load import parse_set
from signtui.errors import ConfigError

attach_app = typer.Typer(rich_markup_mode=None, add_completion=False, context_settings=CONTEXT)
replay_app = typer.Typer(rich_markup_mode=None, add_completion=False, context_settings=CONTEXT)
APPS = {"attach": attach_app, "replay": replay_app}

_KEYS = ["runs.directory", *SCREEN]


def open_with(given: Mapping[str, str | bool | None], sets: Sequence[str], config: str | None) -> int:
    """The dashboard with the settings that stand before any command; `given` is by key."""
    _need_screen("signtui")
    from signtui.tui.launch import open_dashboard  # noqa: PLC0415 - textual, only for a screen

    assignments = [
        Assignment(key, value, SETTINGS[key].option) for key, value in given.items() if value is not None
    ]
    assignments += [parse_set(text) for text in sets]
    settings = Settings(tuple(assignments), Path(config).expanduser() if config else None)
    return open_dashboard(settings.resolve().config)


@attach_app.command(cls=Command)
@takes_settings(_KEYS)
def attach(
    settings: Settings,
    run: str = typer.Argument(
        "", metavar="[ID]", help="A run's id, or its start; the only live run if none."
    ),
) -> int:
    """Follow a live run of another process on the screen, and steer it: pause, stop, learning rate."""
    _need_screen("signtui attach")
    from signtui.tui import launch  # noqa: PLC0415 - as above

    return launch.attach(settings.resolve().config, run or None)


@replay_app.command(cls=Command)
@takes_settings(_KEYS)
def replay(
    settings: Settings,
    run: str = typer.Argument("latest", metavar="[ID]", help="A run's id, or its start."),
    speed: float = typer.Option(1.0, "--speed", metavar="N", min=0.01, max=10_000, help="Times as fast."),
) -> int:
    """Play a run of the past again on the screen."""
    _need_screen("signtui replay")
    from signtui.tui import launch  # noqa: PLC0415 - as above

    return launch.replay(settings.resolve().config, run, speed)


def _need_screen(command: str) -> None:
    if not has_screen():
        raise ConfigError(
            f"{command} needs a terminal that can move its cursor; without one, use"
            " `signtui train --headless` and `signtui show-run`"
        )
