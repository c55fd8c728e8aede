"""How a network reads images that were made harder to read, as plain figures."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class StrengthScore:
    """The images under one corruption at one strength: `recall` is None for a class without images."""

    strength: int
    accuracy: float
    loss: float
    recall: tuple[float | None, ...]


@dataclass(frozen=True, eq=False)
class CorruptionScore:
    """One corruption, `amounts` of `unit` from weakest to strongest, and what became of one image.

    `pictures`: uint8 (6, S, S), the image as it is and at each strength; `guesses` are their class indices.
    """

    name: str
    amounts: tuple[float, ...]
    unit: str
    strengths: tuple[StrengthScore, ...]
    pictures: npt.NDArray[np.uint8]
    truth: int
    guesses: tuple[int, ...]

    @property
    def accuracy(self) -> float:
        """The mean over the strengths."""
        return sum(one.accuracy for one in self.strengths) / len(self.strengths)


@dataclass(frozen=True, eq=False)
class CorruptionScores:
    """All corruptions over `images` images, and the same images as they are (`clean`, strength 0)."""

    clean: StrengthScore
    corruptions: tuple[CorruptionScore, ...]
    images: int
    seed: int

    @property
    def accuracy(self) -> float:
        """The mean over corruptions and strengths."""
        return sum(one.accuracy for one in self.corruptions) / len(self.corruptions)
