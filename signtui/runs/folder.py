"""A run's folder: the paths in it, making one, and finding one by id, by a prefix, or as `latest`."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from signtui.config import Config
from signtui.errors import RunError
from signtui.files import write_atomic
from signtui.runs.labels import Labels, write_labels
from signtui.runs.names import PATTERN, new_run_id, readable_suffix

if TYPE_CHECKING:
    import random

LATEST = "latest"
_TRIES = 50


@dataclass(frozen=True)
class RunFolder:
    """The files of one run; the folder's name is the run's id. None of them need exist."""

    path: Path

    @property
    def id(self) -> str:
        """The run's id, which is the folder's name."""
        return self.path.name

    @property
    def config(self) -> Path:
        """Every setting of the run as TOML; `signtui train --config` takes it as it is."""
        return self.path / "config.toml"

    @property
    def events(self) -> Path:
        """The log: one event of `signtui.events` as JSON on each line."""
        return self.path / "events.jsonl"

    @property
    def summary(self) -> Path:
        """The run in brief, written when it ends."""
        return self.path / "summary.json"

    @property
    def best(self) -> Path:
        """The weights of the epoch with the best validation."""
        return self.path / "best.safetensors"

    @property
    def now(self) -> Path:
        """The weights of a moment of a live run, left there for whoever asked."""
        return self.path / "now.safetensors"

    @property
    def last(self) -> Path:
        """Everything that a resume needs."""
        return self.path / "last.ckpt"

    @property
    def epochs(self) -> Path:
        """Folder of the weights at the end of each epoch."""
        return self.path / "epochs"

    @property
    def error(self) -> Path:
        """The traceback of a run that failed."""
        return self.path / "error.txt"

    @property
    def screen_error(self) -> Path:
        """The traceback of a dashboard that failed while it showed the run."""
        return self.path / "screen-error.txt"

    @property
    def control(self) -> Path:
        """Commands to a live run, one JSON object a line."""
        return self.path / "control"

    @property
    def heartbeat(self) -> Path:
        """Which process the run lives in, renewed every few seconds."""
        return self.path / "heartbeat.json"

    @property
    def labels(self) -> Path:
        """The notes and tags that its user gave the run."""
        return self.path / "labels.json"


def create_run(
    runs_directory: Path, config: Config, now: datetime | None = None, source: "random.Random | None" = None
) -> RunFolder:
    """Make a run's folder with its config.toml, an empty `epochs/`, and labels where the settings give any.

    Raises:
        RunError: where the folder can't be made or written.
    """
    import random  # noqa: PLC0415 - looking at runs does without

    from signtui.config.document import run_document  # noqa: PLC0415 - as above

    now = now or datetime.now(UTC)
    source = source or random.SystemRandom()
    try:
        runs_directory.mkdir(parents=True, exist_ok=True)
        folder = RunFolder(_new_directory(runs_directory, now, source))
        folder.epochs.mkdir()
        write_atomic(folder.config, run_document(config))
        if config.runs.notes or config.runs.tags:
            write_labels(folder.labels, Labels(config.runs.notes, config.runs.tags))
    except OSError as error:
        raise RunError(
            f"can't make a run in {runs_directory} ({error.strerror or error}):"
            " choose a folder you can write to with --runs-dir"
        ) from error
    return folder


def _new_directory(runs_directory: Path, now: datetime, source: "random.Random") -> Path:
    for _ in range(_TRIES):
        path = runs_directory / new_run_id(now, source)
        try:
            path.mkdir()
        except FileExistsError:
            continue
        return path
    raise FileExistsError(f"{_TRIES} ids tried, all taken")


def is_run(path: Path) -> bool:
    """Whether `path` is a folder that holds a run, or what is left of one."""
    folder = RunFolder(path)
    return folder.events.is_file() or folder.config.is_file() or folder.summary.is_file()


def run_folders(runs_directory: Path) -> list[RunFolder]:
    """Every run in the directory, oldest first; none where there is no directory.

    Raises:
        RunError: where the directory can't be read.
    """
    try:
        paths = [path for path in runs_directory.iterdir() if not path.name.startswith(".") and is_run(path)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise RunError(
            f"can't read the runs directory {runs_directory} ({error.strerror or error}):"
            " choose another with --runs-dir"
        ) from error
    return sorted((RunFolder(path) for path in paths), key=_age)


def _age(folder: RunFolder) -> tuple[str, float, str]:
    """Sorts by the second in the id, then by when config.toml was written (once, at the start)."""
    try:
        written = folder.config.stat().st_mtime
    except OSError:
        written = 0.0
    match = PATTERN.fullmatch(folder.id)
    second = match["time"] if match else f"{datetime.fromtimestamp(written, UTC):%Y%m%d-%H%M%S}"
    return second, written, folder.id


def find_run(runs_directory: Path, name: str) -> RunFolder:
    """The run that `name` names: a full id, a unique prefix of an id or of its words, a path, or `latest`.

    Raises:
        RunError: where no run or more than one answers to it; the message names the nearest.
    """
    named = Path(name)
    if named.name != name and is_run(named):
        return RunFolder(named.resolve())
    folders = run_folders(runs_directory)
    if not folders:
        raise RunError(f"no runs yet in {runs_directory}: `signtui train` makes one")
    if name == LATEST:
        return folders[-1]
    wanted = name.strip().lower()
    matches = [folder for folder in folders if folder.id.lower() == wanted]
    if not matches and wanted:
        matches = [
            folder
            for folder in folders
            if folder.id.lower().startswith(wanted) or readable_suffix(folder.id).startswith(wanted)
        ]
    if len(matches) > 1:
        raise RunError(f"more than one run starts with {name}: {_listed(matches)}; give more of the id")
    if not matches:
        raise RunError(f"no run {name!r} in {runs_directory}; {_nearest(folders, wanted)}")
    return matches[0]


def _listed(folders: list[RunFolder], most: int = 5) -> str:
    newest = [folder.id for folder in reversed(folders)]
    more = f" and {len(newest) - most} more" if len(newest) > most else ""
    return ", ".join(newest[:most]) + more


def _nearest(folders: list[RunFolder], wanted: str) -> str:
    """`did you mean ...?`, or the newest runs where nothing is like it."""
    import difflib  # noqa: PLC0415 - only for a mistyped name

    known = {
        name: folder.id for folder in folders for name in (folder.id, readable_suffix(folder.id)) if name
    }
    near = dict.fromkeys(known[name] for name in difflib.get_close_matches(wanted, known, n=3, cutoff=0.6))
    if near:
        return f"did you mean {' or '.join(near)}?"
    return f"the newest is {folders[-1].id}, and `signtui runs` lists them all"
