"""Runs on the screen from the command line: `attach` and `replay`."""

import typer

from signtui.cli.help import CONTEXT, Command
from signtui.cli.options import SCREEN, Settings, takes_settings
from signtui.cli.screen import need_screen

attach_app = typer.Typer(rich_markup_mode=None, add_completion=False, context_settings=CONTEXT)
replay_app = typer.Typer(rich_markup_mode=None, add_completion=False, context_settings=CONTEXT)
APPS = {"attach": attach_app, "replay": replay_app}

_KEYS = ["runs.directory", *SCREEN]


@attach_app.command(cls=Command)
@takes_settings(_KEYS)
def attach(
    settings: Settings,
    runs: list[str] | None = typer.Argument(  # noqa: B008 - how typer is told
        None, metavar="[ID]...", help="Runs by their ids, or the starts of them; every live run if none."
    ),
) -> int:
    """Follow live runs of other processes on the screen, and steer them: pause, stop, learning rate."""
    need_screen("signtui attach")
    from signtui.tui import launch  # noqa: PLC0415 - as above

    resolved = settings.resolve()
    return launch.attach(resolved.config, runs or (), keys=resolved.keys)


@replay_app.command(cls=Command)
@takes_settings(_KEYS)
def replay(
    settings: Settings,
    run: str = typer.Argument("latest", metavar="[ID]", help="A run's id, or its start."),
    speed: float = typer.Option(1.0, "--speed", metavar="N", min=0.01, max=10_000, help="Times as fast."),
) -> int:
    """Play a run of the past again on the screen."""
    need_screen("signtui replay")
    from signtui.tui import launch  # noqa: PLC0415 - as above

    resolved = settings.resolve()
    return launch.replay(resolved.config, run, speed, keys=resolved.keys)
