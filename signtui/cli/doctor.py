"""`signtui doctor`: what the terminal, the installation, the machine and the folders can do."""

import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import typer

from signtui import __version__
from signtui.cli.help import CONTEXT, Command
from signtui.cli.options import JSON, Settings, takes_settings
from signtui.config import Config
from signtui.errors import ConfigError, ExitCode, SigntuiError
from signtui.render.terminal import TerminalStyle

if TYPE_CHECKING:
    from signtui.cli.output import Page

app = typer.Typer(rich_markup_mode=None, add_completion=False, context_settings=CONTEXT)
APPS = {"doctor": app}

_LIBRARIES = ("torch", "numpy", "textual", "rich", "plotext", "typer")


class Finding(msgspec.Struct, frozen=True):
    """One thing looked at: what was found, and whether it works. `exit_code` is for where it doesn't."""

    area: str
    name: str
    found: str
    works: bool = True
    exit_code: int = int(ExitCode.DONE)


@app.command(cls=Command)
@takes_settings(["data.directory", "data.source", "runs.directory"])
def doctor(settings: Settings, json: bool = JSON) -> int:
    """Check the terminal, the installation, devices, data and folders; the exit code is 0 where all work."""
    from signtui.cli.output import Page, print_json  # noqa: PLC0415 - not needed for the help

    config = settings.resolve().config
    page = Page(config.ui)
    findings = [
        *_terminal(page.style),
        *_installation(),
        *_devices(config),
        *_data(config),
        *_folders(config),
    ]
    if json:
        print_json(findings)
    else:
        _tell(findings, page)
    return next((finding.exit_code for finding in findings if not finding.works), int(ExitCode.DONE))


def _terminal(style: TerminalStyle) -> Iterator[Finding]:
    kind = os.environ.get("TERM", "") or "unknown"
    size = f"{style.width}x{style.height}, TERM={kind}" if style.interactive else "stdout is not one"
    yield Finding("terminal", "terminal", size)
    colours = {"truecolor": "16 million", "256": "256", "16": "16", "none": "none"}[style.colour]
    yield Finding("terminal", "colours", colours)
    yield Finding("terminal", "characters", "Unicode" if style.unicode else "ASCII only")
    if style.interactive and sys.stdin.isatty():
        from signtui.render.graphics import ask_terminal  # noqa: PLC0415 - not needed for the help

        yield Finding("terminal", "images", ask_terminal().in_words)


def _installation() -> Iterator[Finding]:
    yield Finding("installation", "signtui", f"{__version__} in {Path(__file__).resolve().parents[1]}")
    yield Finding("installation", "python", f"{platform.python_version()} in {sys.prefix}")
    for name in _LIBRARIES:
        try:
            yield Finding("installation", name, metadata.version(name))
        except metadata.PackageNotFoundError:
            failed = int(ExitCode.FAILED)
            yield Finding("installation", name, "not installed: install signtui again", False, failed)


def _devices(config: Config) -> Iterator[Finding]:
    from signtui.training.devices import choose_compute  # noqa: PLC0415 - loads torch

    yield Finding("machine", "system", f"{platform.system()} {platform.release()}, {platform.machine()}")
    try:
        compute = choose_compute(config.train)
    except ConfigError as error:
        yield Finding("machine", "device", str(error), False, int(error.exit_code))
        return
    threads = f"{compute.threads} thread{'' if compute.threads == 1 else 's'}"
    yield Finding("machine", "device", f"{compute.device}, {compute.precision}, {threads}")


def _data(config: Config) -> Iterator[Finding]:
    """What `train` would learn from, without drawing any hands for it."""
    from signtui.data.source import download_directory, load_dataset  # noqa: PLC0415
    from signtui.files import cache_directory  # noqa: PLC0415 - not needed for the help

    named = config.data.directory
    directory = Path(named).expanduser() if named else None
    source = config.data.source
    if source == "synthetic":
        yield Finding("data", "images", "synthetic hands, as data.source says")
    else:
        wanted = "csv" if source == "auto" and directory is None else source
        try:
            dataset = load_dataset(directory, wanted, image_size=config.data.image_size)
        except SigntuiError as error:
            if source == "auto" and directory is None:
                words = "none found: synthetic hands are drawn; `signtui data fetch` gets the real ones"
                yield Finding("data", "images", words)
            else:
                yield Finding("data", "images", str(error), False, int(error.exit_code))
        else:
            yield Finding("data", "images", dataset.name)
            for file in dataset.files:
                yield Finding("data", file.role, f"{file.rows:,} in {file.path}, {file.verdict}")
    yield Finding("data", "downloads go to", str(download_directory()))
    yield _writable("data", "cache", cache_directory(), ExitCode.DONE)


def _folders(config: Config) -> Iterator[Finding]:
    directory = Path(config.runs.directory).expanduser()
    yield _writable("runs", "directory", directory, ExitCode.USAGE)
    from signtui.runs.folder import run_folders  # noqa: PLC0415 - not needed for the help

    yield Finding("runs", "kept there", str(len(run_folders(directory))))


def _writable(area: str, name: str, directory: Path, code: ExitCode) -> Finding:
    """Whether a file can be made in `directory`, or where it would be made."""
    existing = next(path for path in (directory.absolute(), *directory.absolute().parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        return Finding(area, name, f"{directory} can't be written ({error.strerror})", False, int(code))
    return Finding(area, name, str(directory.absolute()))


def _tell(findings: list[Finding], page: "Page") -> None:
    from rich.table import Table  # noqa: PLC0415 - not needed for the help
    from rich.text import Text  # noqa: PLC0415

    from signtui.render.palette import style_of, verdict  # noqa: PLC0415

    heading, faint = style_of("heading", page.style), style_of("faint", page.style)
    grid = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    for _ in range(3):
        grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    area = ""
    for finding in findings:
        shown, area = ("" if finding.area == area else finding.area), finding.area
        mark, look = verdict(finding.works, page.style)
        grid.add_row(Text(shown, heading), Text(mark, look), Text(finding.name, faint), Text(finding.found))
    page.print(grid)
