"""What a series of leave-one-out says: by who was held out, by letter, in the mean and at worst."""

from pathlib import Path
from typing import Any, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from signtui.runs.series import Fold, Series, SeriesReader

Shares: TypeAlias = npt.NDArray[np.float64]


class Letter(msgspec.Struct, frozen=True):
    """How one class of a hand never seen is read: the mean over the folds that have images of it.

    `worst` is the lowest recall, `group` whose hand that was. None where no fold has an image of it.
    """

    name: str
    images: int
    mean: float | None
    worst: float | None
    group: str | None


class Outcome(msgspec.Struct, frozen=True):
    """The figures of a series over its folds that are done; None where there is none yet.

    `mean` counts every group alike, `pooled` every image. `deviation` is the standard deviation between the
    groups. `confusion` (K, K) is the mean over the folds of each row's shares, `[truth][guess]`; `counts` are
    all images.
    """

    mean: float | None
    deviation: float | None
    pooled: float | None
    loss: float | None
    worst: Fold | None
    best: Fold | None
    letters: tuple[Letter, ...]
    confusion: tuple[tuple[float, ...], ...]
    counts: tuple[tuple[int, ...], ...]


def outcome(series: Series) -> Outcome:
    """The figures of `series` as far as it has come."""
    done = series.done
    scores = [fold.score for fold in done if fold.score is not None]
    size = len(series.classes)
    if not scores:
        nothing = tuple(Letter(name, 0, None, None, None) for name in series.classes)
        return Outcome(None, None, None, None, None, None, nothing, (), ())
    counts = np.array([score.confusion for score in scores], np.int64).reshape(len(scores), size, size)
    accuracies = np.array([score.accuracy for score in scores])
    return Outcome(
        mean=float(accuracies.mean()),
        deviation=float(accuracies.std(ddof=1)) if len(scores) > 1 else None,
        pooled=float(np.trace(counts.sum(axis=0)) / counts.sum()),
        loss=float(np.mean([score.loss for score in scores])),
        worst=min(done, key=accuracy_of),
        best=max(done, key=accuracy_of),
        letters=_letters(series, counts),
        confusion=_rows(_mean_shares(counts)),
        counts=tuple(tuple(row) for row in counts.sum(axis=0).tolist()),
    )


def series_with(runs_directory: Path, run_id: str) -> Series | None:
    """The series that the run of this id is of. Raises RunError where the directory can't be read."""
    return next(
        (
            series
            for series in SeriesReader().read(runs_directory)
            if any(fold.id == run_id for fold in series.folds)
        ),
        None,
    )


def accuracy_of(fold: Fold) -> float:
    """The accuracy on the group that `fold` holds out; -1 where it isn't known yet."""
    return fold.score.accuracy if fold.score is not None else -1.0


def _mean_shares(counts: npt.NDArray[np.int64]) -> Shares:
    """Float (K, K): each row's shares, meant over the folds (of (F, K, K)) that have images of its class."""
    images = counts.sum(axis=2, keepdims=True)
    shares = counts / np.maximum(images, 1)
    folds = (images > 0).sum(axis=0)
    mean: Shares = shares.sum(axis=0) / np.maximum(folds, 1)
    return mean


def _letters(series: Series, counts: npt.NDArray[np.int64]) -> tuple[Letter, ...]:
    letters = []
    for index, name in enumerate(series.classes):
        images = counts[:, index].sum(axis=1)
        known = np.flatnonzero(images)
        if not len(known):
            letters.append(Letter(name, 0, None, None, None))
            continue
        recall = counts[known, index, index] / images[known]
        lowest = int(recall.argmin())
        group = series.done[int(known[lowest])].group
        letters.append(Letter(name, int(images.sum()), float(recall.mean()), float(recall[lowest]), group))
    return tuple(letters)


def _rows(shares: Shares) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(row) for row in shares.tolist())


def document(series: Series) -> dict[str, Any]:
    """`series` as one object of plain data, the content of `evaluate --leave-one-out --json`."""
    found = outcome(series)
    tree = {
        "plan": series.plan,
        "kind": series.kind,
        "complete": series.is_complete,
        "preset": series.config.preset,
        "seed": series.config.train.seed,
        "data": series.data,
        "synthetic": series.synthetic,
        "classes": series.classes,
        "mean": found.mean,
        "deviation": found.deviation,
        "pooled": found.pooled,
        "loss": found.loss,
        "worst": _named(found.worst),
        "best": _named(found.best),
        "calibration_error": _calibration_error(series),
        "folds": [_fold(fold) for fold in series.folds],
        "letters": found.letters,
        "mean_confusion": found.confusion,
        "confusion": found.counts,
        "config": series.config,
    }
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(tree))
    return plain


def _named(fold: Fold | None) -> dict[str, Any] | None:
    return None if fold is None else {"group": fold.group, "accuracy": accuracy_of(fold)}


def _calibration_error(series: Series) -> dict[str, float] | None:
    """The mean over the folds of the expected calibration error, without their temperatures and with them."""
    known = [fold.score.calibration for fold in series.done if fold.score is not None]
    found = [one for one in known if one is not None]
    if not found:
        return None
    return {
        "before": float(np.mean([one.before.error for one in found])),
        "after": float(np.mean([one.after.error for one in found])),
    }


def _fold(fold: Fold) -> dict[str, Any]:
    score = fold.score
    return {
        "group": fold.group,
        "id": fold.id,
        "status": fold.status,
        "accuracy": score.accuracy if score else None,
        "loss": score.loss if score else None,
        "images": score.images if score else None,
        "recall": score.recall if score else None,
        "confusion": score.confusion if score else None,
        "calibration": score.calibration if score else None,
        "validation": fold.validation,
        "epochs": fold.epochs,
        "seconds": fold.seconds,
    }
