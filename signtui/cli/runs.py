"""`signtui runs` and `signtui show-run`: the history, and one run in full."""

from pathlib import Path
from typing import Any, get_args

import msgspec
import typer

from signtui.cli.help import CONTEXT, Command
from signtui.cli.options import JSON, LOOK, Settings, check_choice, takes_settings
from signtui.errors import ConfigError
from signtui.runs.order import ORDERINGS, ordered
from signtui.runs.state import Status
from signtui.runs.summary import Summary, list_runs

runs_app = typer.Typer(rich_markup_mode=None, add_completion=False, context_settings=CONTEXT)
show_app = typer.Typer(rich_markup_mode=None, add_completion=False, context_settings=CONTEXT)
APPS = {"runs": runs_app, "show-run": show_app}

_SORTS = {ordering.name: ordering for ordering in ORDERINGS}


@runs_app.command(cls=Command)
@takes_settings(["runs.directory", *LOOK])
def runs(
    settings: Settings,
    json: bool = JSON,
    sort: str = typer.Option("started", metavar="KEY", help=f"One of {', '.join(_SORTS)}; the best first."),
    limit: int = typer.Option(0, metavar="N", help="At most so many; 0: all."),
    status: str = typer.Option("", metavar="S", help="Only runs that are running, finished, lost, ..."),
    tag: str = typer.Option("", metavar="T", help="Only runs with this tag."),
) -> None:
    """List the runs: scores, data, how they ended. Newest first unless sorted otherwise."""
    config = settings.resolve().config
    directory = Path(config.runs.directory).expanduser()
    _check(sort, status, limit)
    found = list_runs(directory)
    chosen = [run for run in found if status in ("", run.status) and (not tag or tag in run.tags)]
    if sort != "started":  # the list comes newest first, also within one second
        chosen = ordered(chosen, _SORTS[sort])
    chosen = chosen[:limit] if limit else chosen
    _print_runs(chosen, bool(found), config.ui, directory, json=json)


def _check(sort: str, status: str, limit: int) -> None:
    check_choice("--sort", sort, tuple(_SORTS))
    if status:
        check_choice("--status", status, get_args(Status))
    if limit < 0:
        raise ConfigError(f"--limit {limit}: must be 0 (all) or more")


def _print_runs(chosen: list[Summary], any_at_all: bool, ui: Any, directory: Path, *, json: bool) -> None:
    from signtui.cli.output import Page, narrate, print_json  # noqa: PLC0415 - not needed for the help

    if json:
        print_json(chosen)
        return
    if not chosen:
        none = "no run like that" if any_at_all else "no runs yet"
        narrate(f"{none} in {directory}" + ("" if any_at_all else "; `signtui train` makes one"))
        return
    from signtui.render.tables import runs_table  # noqa: PLC0415

    page = Page(ui)
    page.print(runs_table([msgspec.to_builtins(run) for run in chosen], page.style))


@show_app.command("show-run", cls=Command)
@takes_settings(["runs.directory", *LOOK])
def show_run(
    settings: Settings,
    run: str = typer.Argument("latest", metavar="[ID]", help="An id, its start or its words, or latest."),
    json: bool = JSON,
) -> None:
    """Show one run in full: scores, curves, settings, layers, classes, confusion, mistakes."""
    from signtui.cli.output import Page, narrate, print_json  # noqa: PLC0415 - not needed for the help
    from signtui.runs.folder import find_run  # noqa: PLC0415
    from signtui.runs.show import open_run, show, step_curves  # noqa: PLC0415

    config = settings.resolve().config
    folder = find_run(Path(config.runs.directory).expanduser(), run)
    opened = open_run(folder, steps=not json)
    document = show(folder, opened.state)
    if json:
        print_json(document)
        return
    from signtui.render.run_page import run_page  # noqa: PLC0415

    page = Page(config.ui)
    page.print(run_page(document | {"steps": step_curves(opened.state)}, page.style))
    if opened.problems.garbage:
        narrate(f"{opened.problems.garbage} lines of {folder.events} are no events and were passed over")
