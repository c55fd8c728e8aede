"""Opens the dashboard from the command line, and sees the program out when it closes.

The screen comes first: torch is loaded in a thread behind it. What trains here outlives the screen: when the
terminal is hung up, the run goes on to its end in this process, and `signtui attach` shows it.
"""

import importlib
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from signtui.config import Config
from signtui.errors import RunError
from signtui.render.terminal import detect
from signtui.runs.folder import RunFolder, find_run, run_folders
from signtui.runs.liveness import status
from signtui.runs.log import read_events
from signtui.runs.names import readable_suffix
from signtui.runs.state import RunState
from signtui.tui import partial_repaint
from signtui.tui.app import DashboardApp, Engine, Opener
from signtui.tui.departure import Departure
from signtui.tui.pictures import layer_for
from signtui.tui.sources import LogSource, ReplaySource, RunSource, SessionSource

BELOW_THE_SCREEN = 10
"""How much nicer the training thread is than the screen: keys are answered at once."""


def open_dashboard(
    config: Config,
    *,
    train: bool = False,
    resume: RunFolder | None = None,
    changes: dict[str, Any] | None = None,
) -> int:
    """The dashboard with `config` in its form; with `train` (or `resume`) it begins training at once.

    Returns the exit code.
    """
    opener: Opener | None = partial(_train, config) if train else None
    if resume is not None:
        opener = partial(_resume, resume, changes or {})
    return _show(config, opener)


def attach(config: Config, name: str | None = None) -> int:
    """The dashboard over a live run of another process: the one `name` names, or the only one there is.

    Raises:
        RunError: where there is no such run.
    """
    directory = Path(config.runs.directory).expanduser()
    folder = find_run(directory, name) if name else only_live_run(directory)
    return _show(config, lambda: LogSource(folder))


def replay(config: Config, name: str, speed: float = 1.0) -> int:
    """The dashboard over a run of the past, played again `speed` times as fast.

    Raises:
        RunError: where there is no such run, or its log can't be read.
    """
    folder = find_run(Path(config.runs.directory).expanduser(), name)
    return _show(config, lambda: ReplaySource(folder, speed))


def _show(config: Config, opener: Opener | None) -> int:
    style = detect(config.ui, Console())
    departure = Departure()
    pictures = layer_for(config.ui.images)
    partial_repaint.install()
    app = DashboardApp(config, style, ENGINE, opener, departure=departure, pictures=pictures)
    app.run()
    return departure.see_out(app.session)


def only_live_run(directory: Path) -> RunFolder:
    """The one run that is on. Raises RunError where there is none, or more than one."""
    live = [folder for folder in run_folders(directory) if _is_live(folder)]
    if not live:
        raise RunError(f"no run is on in {directory}; `signtui replay latest` plays the last one again")
    if len(live) > 1:
        names = ", ".join(readable_suffix(folder.id) or folder.id for folder in live[:5])
        raise RunError(
            f"{len(live)} runs are on: {names}; name one, as in signtui attach {names.split(',')[0]}"
        )
    return live[0]


def _is_live(folder: RunFolder) -> bool:
    if folder.summary.exists() and not folder.heartbeat.exists():
        return False
    try:
        state = RunState.of(read_events(folder.events, steps=False))
    except RunError:
        return False
    return status(folder, state) in {"running", "paused"}


def _load() -> None:
    importlib.import_module("signtui.training.session")  # torch takes seconds, and the screen comes first


def _train(config: Config) -> RunSource:
    from signtui.training.session import TrainingSession  # noqa: PLC0415 - as above

    session = TrainingSession.open(config)
    session.start(niceness=BELOW_THE_SCREEN)
    return SessionSource(session)


def _resume(folder: RunFolder, changes: dict[str, Any]) -> RunSource:
    from signtui.training.session import TrainingSession  # noqa: PLC0415 - as above

    session = TrainingSession.resume(folder, changes)
    session.start(niceness=BELOW_THE_SCREEN)
    return SessionSource(session)


ENGINE = Engine(_load, _train, _resume)
