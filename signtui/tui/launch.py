"""Opens the dashboard from the command line, and sees the program out when it closes.

The screen comes first: torch is loaded in a thread behind it. What trains here outlives the screen: when the
terminal is hung up, the run goes on to its end in this process, and `signtui attach` shows it.
"""

import functools
import importlib
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from signtui.config import Assignment, Config
from signtui.errors import RunError
from signtui.render.terminal import detect
from signtui.runs.folder import RunFolder, find_run, run_folders
from signtui.runs.log import read_events
from signtui.runs.speed import Speed
from signtui.runs.state import LIVE, RunState
from signtui.standin import stand_in
from signtui.tui import partial_repaint
from signtui.tui.app import DashboardApp, Engine, Opener
from signtui.tui.checked_keys import keys_checked_before, remember_checked
from signtui.tui.departure import Departure
from signtui.tui.form_memory import FormMemory
from signtui.tui.memory import Memory, state_file
from signtui.tui.pictures import layer_for
from signtui.tui.sources import LogSource, ReplaySource, RunSource, SessionSource, TrySource, read_earlier
from signtui.tui.user_keys import UserKeys

if TYPE_CHECKING:
    from signtui.model.attribution import Method
    from signtui.model.predictor import Prediction
    from signtui.runs.corruptions import CorruptionScores
    from signtui.training import predicted
    from signtui.training.looks import Look, Wish
    from signtui.training.microscope import Microscope
    from signtui.training.predicted import Predictions, PredictionWish
    from signtui.training.predictions import Predictor
    from signtui.training.tries import Tries

KeyTable = Mapping[str, Assignment]
"""The [keys] table as it was read, by the id of the action."""

BELOW_THE_SCREEN = 10
"""How much nicer the training thread is than the screen: keys are answered at once."""


def open_dashboard(
    config: Config,
    *,
    train: bool = False,
    resume: RunFolder | None = None,
    changes: dict[str, Any] | None = None,
    keys: KeyTable | None = None,
) -> int:
    """The dashboard with `config` in its form; with `train` (or `resume`) it begins training at once.

    Without either, edits of the form from the last time are taken up. Returns the exit code.

    Raises:
        ConfigError: where `keys`, the user's own, can't be had.
    """
    opener: Opener | None = partial(_train, config) if train else None
    if resume is not None:
        opener = partial(_resume, resume, changes or {})
    return _show(config, [opener] if opener is not None else [], keys, edits=opener is None)


def attach(config: Config, names: Sequence[str] = (), keys: KeyTable | None = None) -> int:
    """The dashboard over runs of other processes: those that `names` name, or all that are on.

    Raises:
        RunError: where there is no such run.
    """
    directory = Path(config.runs.directory).expanduser()
    folders = [find_run(directory, name) for name in names] or live_runs(directory)
    return _show(config, [partial(LogSource, folder) for folder in dict.fromkeys(folders)], keys)


def replay(config: Config, name: str, speed: float = 1.0, keys: KeyTable | None = None) -> int:
    """The dashboard over a run of the past, played again `speed` times as fast.

    Raises:
        RunError: where there is no such run, or its log can't be read.
    """
    folder = find_run(Path(config.runs.directory).expanduser(), name)
    return _show(config, [lambda: ReplaySource(folder, speed)], keys)


def _show(
    config: Config, openers: Sequence[Opener], keys: KeyTable | None = None, *, edits: bool = False
) -> int:
    keys = keys or {}
    memory = Memory(state_file() if config.ui.remember else None)
    own_keys = _own_keys(keys, memory)
    departure = Departure(stand_in())
    remember_checked(keys, own_keys, memory)  # in the process that saves it
    style = detect(config.ui, Console())
    pictures = layer_for(config.ui.images)
    partial_repaint.install()
    app = DashboardApp(
        config,
        style,
        ENGINE,
        openers,
        keys=own_keys,
        memory=memory,
        form_memory=FormMemory(config, memory if edits else None),
        departure=departure,
        pictures=pictures,
    )
    app.run()
    memory.save()
    if _tries.cache_info().currsize:
        _tries().close()
    return departure.see_out(app.session)


def _own_keys(table: KeyTable, memory: Memory) -> UserKeys:
    """The user's keys, checked now or before. Raises ConfigError."""
    known = keys_checked_before(table, memory)
    if known is not None:
        return known
    from signtui.tui.key_bindings import user_keys  # noqa: PLC0415 - imports every screen

    return user_keys(table)


def live_runs(directory: Path) -> list[RunFolder]:
    """The runs that are on, newest first. Raises RunError where there is none."""
    live = [folder for folder in reversed(run_folders(directory)) if _is_live(folder)]
    if not live:
        raise RunError(f"no run is on in {directory}; `signtui replay latest` plays the last one again")
    return live


def _is_live(folder: RunFolder) -> bool:
    from signtui.runs.liveness import status  # noqa: PLC0415 - only to attach

    if folder.summary.exists() and not folder.heartbeat.exists():
        return False
    try:
        state = RunState.of(read_events(folder.events, steps=False))
    except RunError:
        return False
    return status(folder, state) in LIVE


def _load() -> None:
    importlib.import_module("signtui.training.session")  # torch takes seconds, and the screen comes first


@functools.cache
def _tries() -> "Tries":
    from signtui.training.tries import Tries  # noqa: PLC0415 - as above

    return Tries(BELOW_THE_SCREEN)


def _attempt(config: Config) -> RunSource:
    return TrySource(_tries().begin(config))


def _probe(config: Config, image_size: int, classes: int, cancelled: threading.Event) -> Speed | None:
    from signtui.training.probe import probe  # noqa: PLC0415 - as above

    return probe(config, image_size, classes, cancelled, BELOW_THE_SCREEN)


@functools.cache
def _predictor() -> "Predictor":
    from signtui.training.predictions import Predictor  # noqa: PLC0415 - as above

    return Predictor()


def _predictions(
    wish: "PredictionWish", cancelled: threading.Event, progress: Callable[[int, int], None]
) -> "Predictions | None":
    from signtui.training.evaluation import Cancelled  # noqa: PLC0415 - as above

    try:
        return _predictor().predictions(wish, cancelled, progress)
    except Cancelled:
        return None


def _look_closer(predictions: "Predictions", place: int) -> "predicted.Look":
    return _predictor().look(predictions, place)


def _corruptions(
    wish: "PredictionWish", cancelled: threading.Event, progress: Callable[[str, int, int], None]
) -> "CorruptionScores | None":
    from signtui.training.evaluation import Cancelled  # noqa: PLC0415 - as above

    try:
        return _predictor().corruptions(wish, cancelled, progress)
    except Cancelled:
        return None


def _train(config: Config) -> RunSource:
    from signtui.training.session import TrainingSession  # noqa: PLC0415 - as above

    _tries().end()
    session = TrainingSession.open(config)
    session.start(niceness=BELOW_THE_SCREEN)
    return SessionSource(session)


def _resume(folder: RunFolder, changes: dict[str, Any]) -> RunSource:
    from signtui.training.session import TrainingSession  # noqa: PLC0415 - as above

    _tries().end()
    earlier = read_earlier(folder)
    session = TrainingSession.resume(folder, changes)
    session.start(niceness=BELOW_THE_SCREEN)
    return SessionSource(session, earlier)


def _next_fold(config: Config) -> RunSource:
    from signtui.training.leave_one_out import LeaveOneOut  # noqa: PLC0415 - as above

    _tries().end()
    session = LeaveOneOut.open(config).next_session()
    if session is None:
        raise RunError("every one has been held out by these settings already; change a setting, or the seed")
    session.start(niceness=BELOW_THE_SCREEN)
    return SessionSource(session)


def _predict(folder: RunFolder, photo: Path, method: "Method") -> "Prediction":
    from signtui.data.photo import read_photo  # noqa: PLC0415 - as above
    from signtui.model.predictor import Predictor  # noqa: PLC0415 - as above

    if not folder.best.is_file():
        raise RunError(f"run {folder.id} has no weights to predict with: no epoch of it has ended")
    predictor = Predictor.load(folder.best)
    return predictor.predict(read_photo(photo, predictor.size), method)


@functools.cache
def _microscope() -> "Microscope":
    from signtui.training.microscope import Microscope  # noqa: PLC0415 - as above

    return Microscope(BELOW_THE_SCREEN)


def _look(wish: "Wish") -> "Look":
    return _microscope()(wish)


ENGINE = Engine(
    _load,
    _train,
    _resume,
    _attempt,
    _probe,
    predict=_predict,
    microscope=_look,
    predictions=_predictions,
    look_closer=_look_closer,
    corruptions=_corruptions,
    next_fold=_next_fold,
)
