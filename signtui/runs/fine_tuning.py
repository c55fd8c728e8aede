"""The settings for going on from a run's weights, taken from its folder."""

from collections.abc import Sequence
from pathlib import Path

from signtui.config import Assignment, Config, resolve
from signtui.config.fine_tuning import fine_tuning_config
from signtui.errors import DataError, RunError
from signtui.runs.folder import RunFolder
from signtui.runs.show import open_run


def lasting_name(folder: RunFolder, config: Config) -> str:
    """What names the run for as long as it is there: its id, or its path where it is kept elsewhere."""
    directory = Path(config.runs.directory).expanduser()
    here = directory.is_dir() and folder.path.resolve().parent == directory.resolve()
    return folder.id if here else str(folder.path.resolve())


def settings_from(folder: RunFolder, present: Config, given: Sequence[Assignment] = ()) -> Config:
    """The settings of a run that starts from the best weights in `folder` (see `fine_tuning_config`).

    Raises:
        ConfigError: where an option can't be had.
        DataError: where no photos were named, and none were collected.
        RunError: where the run has no weights, or can't be read.
    """
    if not folder.best.is_file():
        raise RunError(f"run {folder.id} has no weights to start from: no epoch of it has ended")
    data = open_run(folder, steps=False).state.data
    if data is None:
        raise RunError(f"run {folder.id} doesn't say what it learned from: start from another one")
    parent = resolve(file=folder.config, environment={}).config
    config = fine_tuning_config(parent, lasting_name(folder, present), data.image_size, present, given)
    own = config.data.directory == present.data.own
    if own and not Path(config.data.own).expanduser().is_dir():
        raise DataError(
            f"there are no photos in {config.data.own} yet: collect some with `signtui data import PHOTOS`,"
            " or name others with --data-dir"
        )
    return config
