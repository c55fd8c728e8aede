"""What a run's network makes of images that it did not learn from: plain arrays, without torch."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from signtui.data.images import ImageSet, IndexArray
from signtui.data.nearest import Nearest
from signtui.events import Calibrated
from signtui.model.sureness import UNFITTED, Sureness
from signtui.runs.folder import RunFolder
from signtui.runs.guess_query import GuessTable
from signtui.training.sureness import calibrated

SplitName: TypeAlias = Literal["validation", "test", "held-out"]


@dataclass(frozen=True)
class PredictionWish:
    """The weights of `epoch` of a run (counted from 1) over the images of one of its splits."""

    folder: RunFolder
    epoch: int
    split: SplitName


@dataclass(frozen=True, eq=False)
class Predictions:
    """The guesses over `images`, one row an image.

    `probabilities`: float32 (N, K), rows sum to 1. `indices`: int64 (N,), where each image is among the
    `source` ("training" or "test") images of the data set, from 0. `train` are all training images, and
    `train_indices`, int64 (M,), those that the run learned from. `half` tells that the weights were kept in
    half precision. `seed` is the run's. `sureness` is what the probabilities were made with.
    """

    wish: PredictionWish
    probabilities: npt.NDArray[np.float32]
    images: ImageSet
    indices: IndexArray
    source: Literal["training", "test"]
    train: ImageSet
    train_indices: IndexArray
    classes: tuple[str, ...]
    synthetic: bool
    seed: int
    half: bool
    sureness: Sureness = UNFITTED

    def __len__(self) -> int:
        return len(self.images)

    @property
    def photographs(self) -> int | None:
        """How many photographs the images are of; None where that is unknown."""
        return self.images.photograph_count

    @cached_property
    def table(self) -> GuessTable:
        """The guesses as a filter looks at them."""
        order = np.argsort(-self.probabilities, axis=1, kind="stable")[:, :2].astype(np.int64)
        confidence = np.take_along_axis(self.probabilities, order[:, :1], axis=1)[:, 0]
        return GuessTable(
            self.images.labels.astype(np.int64), order[:, 0], order[:, 1], confidence, self.images.photographs
        )

    @cached_property
    def misread(self) -> npt.NDArray[np.bool_]:
        """Bool (N,): where the guess is not the truth."""
        return np.asarray(self.table.truth != self.table.guess, np.bool_)

    @cached_property
    def calibrated(self) -> Calibrated | None:
        """How sure the guesses are against how often right; None without images."""
        return None if not len(self) else calibrated(self._logits, self.table.truth, self.sureness)

    @property
    def _logits(self) -> npt.NDArray[np.float32]:
        """Logits of these probabilities, as far as they can be known again: but for a number a row."""
        least = np.finfo(np.float32).tiny
        return np.log(np.maximum(self.probabilities, least)) * np.float32(self.sureness.temperature)


@dataclass(frozen=True)
class Look:
    """A closer look at one image: what in training is most like it, and where the network looked.

    `nearest.index` counts among all training images. `heat`: float32 (S, S), 0 to 1, what spoke for the
    guess; `method` and `note` say in words how it was found and where it can't say much.
    """

    nearest: Nearest | None
    heat: npt.NDArray[np.float32] | None
    method: str = ""
    note: str = ""
