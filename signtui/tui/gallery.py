"""The images of a data set as a gallery to walk through: which set, which letter, which image."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from signtui.config import Config
from signtui.data.images import Dataset, ImageSet
from signtui.data.info import DataInfo, describe
from signtui.data.source import configured_dataset
from signtui.data.split import configured_split
from signtui.errors import DataError

Which: TypeAlias = Literal["training", "held out", "test"]


@dataclass(frozen=True)
class LoadedData:
    """A data set with what is said about it.

    `held_out`: bool (N,) over its training images, True where one is kept back for validation.
    `validation` names what the validation images are, `warning` is a sentence where their score misleads;
    where no split can be made, `validation` is empty and `warning` says why.
    """

    dataset: Dataset
    info: DataInfo
    held_out: npt.NDArray[np.bool_]
    validation: str
    warning: str | None


def load_data(config: Config) -> LoadedData:
    """The images that a run with `config` would learn from; takes a second where they are not cached.

    Raises:
        DataError: where there are none, or they are damaged.
    """
    settings = config.data
    dataset = configured_dataset(settings)
    held_out = np.zeros(len(dataset.train), np.bool_)
    name, warning = "", None
    try:
        division = configured_split(dataset, replace(settings, most_images=0), config.train.seed)
    except DataError as error:
        warning = str(error)
    else:
        held_out[:] = True
        held_out[division.train_indices] = False
        name, warning = division.validation_name, division.warning
        if division.held_out is not None:
            name += f"; {division.held_out} ({len(division.held_out.indices):,} images) is scored at the end"
    return LoadedData(dataset, describe(dataset), held_out, name, warning)


class Gallery:
    """Where someone is in the images of `data`: `letter` is a class index, `at` a place in `indices`.

    With `each_image` False, one image stands for all variants of a photograph, where those are known.
    """

    def __init__(self, data: LoadedData) -> None:
        self.data = data
        self.which: Which = "training"
        self.letter = 0
        self.at = 0
        self.each_image = data.dataset.train.photographs is None

    @property
    def images(self) -> ImageSet:
        """The set that is looked at."""
        test = self.data.dataset.test
        return test if self.which == "test" and test is not None else self.data.dataset.train

    @property
    def sets(self) -> tuple[Which, ...]:
        """The sets there are."""
        held: tuple[Which, ...] = ("held out",) if self.data.held_out.any() else ()
        test: tuple[Which, ...] = ("test",) if self.data.dataset.test is not None else ()
        return ("training", *held, *test)

    @property
    def indices(self) -> npt.NDArray[np.int64]:
        """Where the images of the letter are in their set, in the order of the file."""
        images = self.images
        chosen = images.labels == self.letter
        if self.which == "held out":
            chosen = chosen & self.data.held_out
        found = np.flatnonzero(chosen)
        if not self.each_image and images.photographs is not None:
            _, first = np.unique(images.photographs[found], return_index=True)
            found = found[np.sort(first)]
        return found

    @property
    def chosen(self) -> int | None:
        """Where the image under the cursor is in its set; None where the letter has no image there."""
        indices = self.indices
        return int(indices[min(self.at, len(indices) - 1)]) if len(indices) else None

    def is_held_out(self, index: int) -> bool:
        """Whether the image at `index` is kept back for validation."""
        return self.which != "test" and bool(self.data.held_out[index])

    def variants(self, index: int) -> int:
        """How many images of the set are of the same photograph; 1 where that is unknown."""
        photographs = self.images.photographs
        return 1 if photographs is None else int(np.count_nonzero(photographs == photographs[index]))

    def show_letter(self, letter: int) -> None:
        """Go to the first image of a class, round from the last to the first."""
        self.letter = letter % len(self.data.dataset.classes)
        self.at = 0

    def move(self, by: int) -> None:
        """Go on by so many images, at most to either end."""
        self.at = min(max(0, self.at + by), max(0, len(self.indices) - 1))

    def show_next_set(self) -> None:
        """Look at the next of the sets."""
        sets = self.sets
        self.which = sets[(sets.index(self.which) + 1) % len(sets)]
        self.at = 0

    def toggle_each_image(self) -> None:
        """One image a photograph, or every image."""
        index = self.chosen
        self.each_image = not self.each_image
        self.at = 0
        if index is not None:
            self.at = int(np.searchsorted(self.indices, index, side="right")) - 1
            self.move(0)
