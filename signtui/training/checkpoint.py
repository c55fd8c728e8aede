"""The state a run needs to go on exactly where it was, as one file of plain values and tensors.

Read with `weights_only`: loading a checkpoint never runs code from it.
"""

import pickle
from pathlib import Path
from typing import Any, NotRequired

import torch
from torch import Tensor

from signtui.errors import RunError
from signtui.files import atomic_path
from signtui.training.best_epoch import BestEpochState

FORMAT_VERSION = 1


class Checkpoint(BestEpochState):
    """Everything that is not counted: `step` steps of `epoch` (1-based) are done, with `rows` of figures.

    `best` is the best score so far as plain data (its weights are in their own file), `highest` the
    highest validation accuracy, `improved` the score that early stopping counts from; `seconds` and
    `epoch_seconds` are the time spent on the run and on the present epoch. `sureness`, which older ones lack,
    is the last temperature and the threshold that goes with it.
    """

    version: int
    epoch: int
    step: int
    rows: list[list[float]]
    network: dict[str, Tensor]
    averaged: dict[str, Tensor] | None
    averaged_updates: int
    optimiser: dict[str, Any]
    plateau: dict[str, float]
    learning_rate: float
    epochs: int
    seconds: float
    epoch_seconds: float
    sureness: NotRequired[tuple[float, float | None]]


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Replace the checkpoint at `path`, whole or not at all. Raises RunError where it can't be written."""
    try:
        with atomic_path(path) as temporary:
            torch.save(checkpoint, temporary)
    except (OSError, RuntimeError) as error:
        raise RunError(
            f"{path}: the checkpoint could not be written ({error}); free some space or check the folder"
        ) from error


def load_checkpoint(path: Path) -> Checkpoint:
    """The checkpoint at `path`, on the CPU. Raises RunError where there is none, or it can't be used."""
    if not path.is_file():
        raise RunError(f"{path}: there is no checkpoint to resume from; start the run anew")
    try:
        checkpoint: Checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        version = checkpoint["version"]
    except (OSError, RuntimeError, EOFError, KeyError, TypeError, pickle.UnpicklingError) as error:
        raise RunError(
            f"{path}: the checkpoint is damaged ({type(error).__name__}); start the run anew"
        ) from error
    if version != FORMAT_VERSION:
        raise RunError(
            f"{path}: a checkpoint of version {version}, and this signtui reads version {FORMAT_VERSION};"
            " resume it with the signtui that wrote it"
        )
    return checkpoint
