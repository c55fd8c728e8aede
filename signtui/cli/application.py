"""The front door: which commands there are, how each is loaded, and what exit code an error ends in.

A command's module is imported only when that command is called, so that `signtui --help` costs no more
than parsing it.
"""

import difflib
import importlib
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import typer
from typer.core import TyperGroup

from signtui import __version__
from signtui.cli.help import CONTEXT, HelpFormat
from signtui.cli.outcome import outcome, say
from signtui.cli.pipes import has_screen, is_broken_pipe, point_at_nothing
from signtui.errors import ConfigError, ExitCode

COMMANDS: dict[str, dict[str, str]] = {
    "Training": {
        "train": "Train a network, from the start or from where a run left off.",
        "attach": "Follow and steer a live run of another process, on the screen.",
        "replay": "Play a run of the past again, on the screen.",
        "evaluate": "Score a run's best weights on any data.",
        "predict": "Read photos of hands with a run's best weights.",
    },
    "Runs": {
        "runs": "List the runs, newest first.",
        "show-run": "One run in full: scores, curves, network, mistakes.",
    },
    "Data and network": {
        "data": "What data there is: facts, a look at it, the download, photos of your own.",
        "model": "The layer table of a network, without training it.",
        "lesson": "An idea behind networks in a few sentences, with your own numbers.",
    },
    "Settings": {
        "config": "Which settings are in force, and where each comes from.",
        "doctor": "What this terminal, machine and installation can do.",
    },
}
"""Each command with its line of help, by heading; its module is its name in `signtui.cli`."""

_MODULES = {"attach": "dashboard", "replay": "dashboard", "show-run": "runs", "config": "settings"}
_NAMES = [name for commands in COMMANDS.values() for name in commands]


class RootGroup(HelpFormat, TyperGroup):
    """The top command: knows the names of all others, and loads them on demand."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - typer's interface
        """The names of all commands, as the help lists them."""
        return list(_NAMES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - as above
        """The command of that name, its module loaded; None where there is none."""
        if cmd_name not in _NAMES:
            return None
        module = importlib.import_module(f"signtui.cli.{_MODULES.get(cmd_name, cmd_name)}")
        command = typer.main.get_command(module.APPS[cmd_name])
        command.name = cmd_name
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - as above
        """The commands under their headings."""
        width = max(map(len, _NAMES))
        for heading, commands in COMMANDS.items():
            self.write_section(formatter, heading, [(name.ljust(width), commands[name]) for name in commands])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """As typer does it, with one sentence about a name that is no command."""
        if args[0] not in _NAMES:
            near = difflib.get_close_matches(args[0], _NAMES, n=1)
            hint = f"did you mean {near[0]}?" if near else "`signtui --help` lists them all"
            raise ConfigError(f"there is no command {args[0]!r}; {hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; a reader that has seen enough (`signtui runs | head`) ends it quietly."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except (BrokenPipeError, SystemExit) as error:
            if not is_broken_pipe(error):
                raise
            point_at_nothing(sys.stdout)
            return ExitCode.DONE
        except KeyboardInterrupt:
            say("")  # the prompt would otherwise stand behind ^C
            return ExitCode.INTERRUPTED
        return result


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"signtui {__version__}")
        raise typer.Exit


def _root() -> Any:
    app = typer.Typer(cls=RootGroup, rich_markup_mode=None, context_settings=CONTEXT)

    @app.callback(invoke_without_command=True)
    def signtui(
        context: typer.Context,
        preset: str | None = typer.Option(None, "--preset", metavar="P", help="Recipe to start from."),
        config: str | None = typer.Option(None, "--config", metavar="F", help="Configuration file."),
        data_dir: str | None = typer.Option(None, "--data-dir", metavar="DIR", help="Images to learn from."),
        runs_dir: str | None = typer.Option(
            None, "--runs-dir", metavar="DIR", help="Folder that holds the runs."
        ),
        set_: list[str] | None = typer.Option(  # noqa: B008 - how typer is told
            None, "--set", metavar="KEY=VALUE", help="Any setting."
        ),
        images: str | None = typer.Option(
            None, "--images", metavar="NAME", help="blocks, auto, kitty or sixel: how images are drawn."
        ),
        low_bandwidth: bool | None = typer.Option(
            None, "--low-bandwidth/--no-low-bandwidth", help="Send less to the terminal."
        ),
        version: bool = typer.Option(  # noqa: ARG001 - its callback does it all
            False, "--version", help="Show the version and exit.", callback=_show_version, is_eager=True
        ),
    ) -> int:
        """Train convolutional networks on sign language hands, in the terminal.

        Without a command: the dashboard. The options below are its; each command has its own.
        """
        given = {
            "preset": preset,
            "data.directory": data_dir,
            "runs.directory": runs_dir,
            "ui.images": images,
            "ui.low_bandwidth": low_bandwidth,
        }
        if context.invoked_subcommand is not None:
            if set_ or config or any(value is not None for value in given.values()):
                raise ConfigError(
                    f"options of the dashboard stand before {context.invoked_subcommand};"
                    f" write them after it: signtui {context.invoked_subcommand} ..."
                )
            return ExitCode.DONE
        from signtui.cli.screen import open_with  # noqa: PLC0415 - only without a command

        return open_with(given, set_ or (), config)

    return typer.main.get_command(app)


def run(arguments: Sequence[str]) -> int:
    """Run the command in `arguments` and return its exit code; an error is one sentence on stderr."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError):  # whoever runs this in their own process may have other streams
            # A name the terminal can't spell must not end a training.
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    return outcome(lambda: _main(list(arguments) or _without_arguments()))


def _main(arguments: list[str]) -> int | None:
    try:
        code: int | None = _root().main(arguments, prog_name="signtui", standalone_mode=False)
    except typer.TyperException as error:
        raise ConfigError(_usage_sentence(error)) from error
    return code


def _without_arguments() -> list[str]:
    """Nothing, for the dashboard; where there is no terminal to show it on, the help takes its place."""
    return [] if has_screen() else ["--help"]


def _usage_sentence(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "signtui"
    return f"{error.format_message().rstrip('.')}; see `{command} --help`"
