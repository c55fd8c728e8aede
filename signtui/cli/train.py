"""`signtui train`: a run from the command line, new or resumed, told as it goes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from signtui.cli.help import CONTEXT, Command
from signtui.cli.narration import Narrator
from signtui.cli.options import Settings, section_keys, takes_settings
from signtui.cli.pipes import has_screen
from signtui.cli.signals import TrainingSignals
from signtui.config import SETTINGS, Config, Resolved
from signtui.config.fine_tuning import FROM
from signtui.config.settings import RESUMABLE, values_of
from signtui.errors import ConfigError, ExitCode, SigntuiError
from signtui.events import Reason, RunStarted
from signtui.runs.folder import RunFolder, find_run
from signtui.runs.names import short_name
from signtui.standin import StandIn, stand_in

if TYPE_CHECKING:
    from signtui.training.session import TrainingSession

app = typer.Typer(rich_markup_mode=None, add_completion=False, context_settings=CONTEXT)
APPS = {"train": app}

EXIT_CODES: dict[Reason, ExitCode] = {
    "finished": ExitCode.DONE,
    "stopped": ExitCode.DONE,
    "early_stopping": ExitCode.DONE,
    "time_limit": ExitCode.DONE,
    "interrupted": ExitCode.INTERRUPTED,
    "terminated": ExitCode.TERMINATED,
    "diverged": ExitCode.FAILED,
    "failed": ExitCode.FAILED,
}
"""The exit code for each way a run can end."""

_KEYS = ["preset", *section_keys("train", "model", "augment", "data", "runs", "ui")]
_EPILOG = "Defaults are those of preset fast. Exit codes: 0 done, 1 failed or diverged, 2 usage, 3 data,"


@app.command(
    cls=Command,
    epilog=f"{_EPILOG} 130 interrupted, 143 terminated.",
)
@takes_settings(_KEYS, with_set=True)
def train(
    settings: Settings,
    headless: bool = typer.Option(False, "--headless", help="Without the dashboard: lines only."),
    detach: bool = typer.Option(
        False,
        "--detach",
        help="Without the dashboard or this terminal: print the run's id and go on in the background.",
    ),
    json: bool = typer.Option(False, "--json", help="Print the run's events, one line of JSON each."),
    resume: str = typer.Option(
        "",
        "--resume",
        metavar="ID",
        help="Go on with a run from its last checkpoint (an id, its start, or latest), with the"
        " run's own settings; takes more --epochs, another --learning-rate, --data-dir, --device, --threads.",
    ),
) -> int:
    """Train a network; each run leaves a folder that `runs` and `show-run` read.

    Ctrl-C ends the run after the present step and keeps what it learned; a second one ends it at once.
    """
    resolved = settings.resolve()
    if detach and json:
        raise ConfigError(
            "--json prints the events of a run as it goes, which --detach leaves: give one of them"
        )
    # A resumed run is found before the slow import, so that a mistyped id is told at once.
    old = _run_to_resume(settings, resolved, resume) if resume else None
    if old is None and any(given.key == FROM and given.value for given in settings.given):
        resolved = replace(resolved, config=_settings_from(settings, resolved))
    if has_screen() and not (headless or detach or json):
        from signtui.tui.launch import open_dashboard  # noqa: PLC0415 - textual, only for a screen

        changes = _changes(settings, resolved)
        return open_dashboard(resolved.config, train=True, resume=old, changes=changes, keys=resolved.keys)
    standing_in = _stand_in() if detach else None
    narrator = Narrator(resolved.config.ui, json=json)
    with TrainingSignals(narrator.voice) as signals:
        session = _open(narrator, resolved.config, old, _changes(settings, resolved))
        signals.steer(session.control)
        with _closing(narrator):
            session.start()
            for event in session.mailbox.until_ended():
                narrator.take(event)
                if standing_in is not None and isinstance(event, RunStarted):
                    _let_go(narrator, session.folder, standing_in)
            session.join()
    ended = narrator.state.ended
    if ended is None:  # until_ended ends with it
        raise RuntimeError("the run ended without saying so")
    code = EXIT_CODES[ended.reason]
    if code == ExitCode.FAILED:
        raise SigntuiError(ended.message)
    return code


def _settings_from(settings: Settings, resolved: Resolved) -> Config:
    """The settings for going on from the weights of the run that --from names."""
    from signtui.runs.fine_tuning import settings_from  # noqa: PLC0415 - most runs begin anew

    folder = find_run(Path(resolved.config.runs.directory).expanduser(), resolved.config.train.from_)
    return settings_from(folder, resolved.config, settings.given)


def _stand_in() -> StandIn:
    standing_in = stand_in()
    if standing_in is None:
        raise ConfigError("--detach is not to be had on this system; --headless trains without a dashboard")
    return standing_in


def _let_go(narrator: Narrator, folder: RunFolder, standing_in: StandIn) -> None:
    """Say which run it is, and give the terminal back."""
    name = short_name(folder.id)
    narrator.voice.close()
    narrator.voice.note(f"{name} goes on in the background: signtui attach {name}")
    narrator.voice.data(folder.id)
    narrator.voice.hang_up()
    standing_in.release()


def _run_to_resume(settings: Settings, resolved: Resolved, name: str) -> RunFolder:
    for given in settings.given:
        key = given.key
        if key in RESUMABLE or key == "runs.directory" or key.startswith("ui."):
            continue
        options = ", ".join(SETTINGS[name].option for name in RESUMABLE)
        raise ConfigError(
            f"{given.place} can't be given with --resume: a run goes on with its own settings,"
            f" and only {options} can change"
        )
    return find_run(Path(resolved.config.runs.directory).expanduser(), name)


def _changes(settings: Settings, resolved: Resolved) -> dict[str, Any]:
    """The settings given that a resumed run takes, with their checked values."""
    return values_of(resolved.config, (given.key for given in settings.given if given.key in RESUMABLE))


def _open(
    narrator: Narrator, config: Config, old: RunFolder | None, changes: dict[str, Any]
) -> "TrainingSession":
    with narrator.voice.doing("loading PyTorch"):
        from signtui.training.session import TrainingSession  # noqa: PLC0415 - takes seconds
    with narrator.voice.doing("preparing images and network"):
        if old is None:
            return TrainingSession.open(config)
        from signtui.runs.show import open_run  # noqa: PLC0415

        narrator.resume(open_run(old).state)
        return TrainingSession.resume(old, changes)


@contextmanager
def _closing(narrator: Narrator) -> Iterator[None]:
    try:
        yield
    finally:
        narrator.voice.close()
