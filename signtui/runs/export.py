"""A run's epochs as a table for other programs: one line of CSV an epoch."""

import csv
import io
from pathlib import Path
from typing import Any

from signtui.errors import RunError
from signtui.events import EpochEnded, Score
from signtui.files import write_atomic
from signtui.runs.folder import RunFolder
from signtui.runs.show import open_run
from signtui.runs.state import RunState

FILE = "epochs.csv"
COLUMNS = (
    "run",
    "epoch",
    "step",
    "train_loss",
    "train_accuracy",
    "clean_loss",
    "clean_accuracy",
    "validation_loss",
    "validation_accuracy",
    "validation_images",
    "learning_rate",
    "gradient_norm",
    "seconds",
    "images_per_second",
    "best",
    "complete",
    "synthetic",
)
"""The header. Losses in nats, accuracies as shares of 1, seconds of the whole epoch; yes or no at the end."""


def export_epochs(folder: RunFolder) -> Path:
    """Write the run's epochs to `epochs.csv` in its folder; returns the path.

    Raises:
        RunError: where the run can't be read, has no epochs, or the file can't be written.
    """
    state = open_run(folder, steps=False).state
    if not state.epochs:
        raise RunError(f"run {folder.id} has no epochs to export: none has ended yet")
    path = folder.path / FILE
    try:
        write_atomic(path, epochs_csv(folder.id, state))
    except OSError as error:
        raise RunError(f"can't write {path} ({error.strerror or error}): make room, or allow it") from error
    return path


def epochs_csv(run_id: str, state: RunState) -> str:
    """The table as text, a header and a line an epoch, lines ended by `\\n`; unknown values are empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    synthetic = _yes_or_no(state.data is not None and state.data.synthetic)
    for epoch in state.epochs:
        writer.writerow([run_id, *_row(epoch), synthetic])
    return text.getvalue()


def _row(epoch: EpochEnded) -> list[Any]:
    return [
        epoch.epoch,
        epoch.step,
        *_score(epoch.train),
        *_score(epoch.clean),
        *_score(epoch.validation),
        epoch.validation.images,
        epoch.learning_rate,
        epoch.gradient_norm,
        epoch.seconds,
        epoch.images_per_second,
        _yes_or_no(epoch.best),
        _yes_or_no(epoch.complete),
    ]


def _score(score: Score | None) -> tuple[float | str, float | str]:
    return ("", "") if score is None else (score.loss, score.accuracy)


def _yes_or_no(value: bool) -> str:
    return "yes" if value else "no"
