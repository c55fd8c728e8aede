"""Scores a network on images that are made harder to read, batch by batch as they are made."""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch.nn import functional

from signtui.data.corruptions import CORRUPTIONS, STRENGTHS, Corruption, corrupted
from signtui.data.images import ByteArray, ImageSet
from signtui.data.split import order_of_chance
from signtui.model.network import Network
from signtui.model.scaling import Scaling, scale_images
from signtui.runs.corruptions import CorruptionScore, CorruptionScores, StrengthScore
from signtui.training.devices import Compute
from signtui.training.evaluation import network_logits

BATCH = 512

Progress = Callable[[str, int, int], None]
"""Told what is scored, and how many images are done of how many."""


def score_corruptions(
    network: Network,
    images: ImageSet,
    classes: int,
    scaling: Scaling,
    compute: Compute,
    seed: int = 0,
    progress: Progress | None = None,
) -> CorruptionScores:
    """Score `network` (set to evaluation mode, and left in it) on `images` under every corruption.

    `progress` is called after each batch; what it raises passes through. The pictures shown are of images
    that the network reads right while nothing is done to them, as far as there are any.
    """
    network.eval()
    scorer = _Scorer(network, images, classes, scaling, compute, progress)
    clean, guesses = scorer.score("the images as they are", 0, lambda batch, _: batch)
    examples = _examples(images, guesses, seed)
    scores = []
    for corruption, example in zip(CORRUPTIONS, examples, strict=True):
        strengths, read = [], [int(guesses[example])]
        for strength in range(1, STRENGTHS + 1):
            found, guessed = scorer.score(
                f"{corruption.name}, strength {strength}", strength, _change(corruption, strength, seed)
            )
            strengths.append(found)
            read.append(int(guessed[example]))
        pictures = _pictures(images, corruption, example, seed)
        truth = int(images.labels[example])
        named = corruption.name, corruption.amounts, corruption.unit
        scores.append(CorruptionScore(*named, tuple(strengths), pictures, truth, tuple(read)))
    return CorruptionScores(clean, tuple(scores), len(images), seed)


Change = Callable[[ByteArray, int], ByteArray]
"""Takes a batch and the place of its first image to what the network is shown."""


def _change(corruption: Corruption, strength: int, seed: int) -> Change:
    return lambda batch, first: corrupted(batch, corruption, strength, seed, first)


class _Scorer:
    """Scores all images under one change after another, and counts them for `progress`."""

    def __init__(
        self,
        network: Network,
        images: ImageSet,
        classes: int,
        scaling: Scaling,
        compute: Compute,
        progress: Progress | None,
    ) -> None:
        self.network = network
        self.images = images
        self.classes = classes
        self.scaling = scaling
        self.compute = compute
        self.progress = progress
        self.done = 0
        self.of = len(images) * (1 + len(CORRUPTIONS) * STRENGTHS)

    def score(
        self, what: str, strength: int, change: Change
    ) -> tuple[StrengthScore, "np.typing.NDArray[np.int64]"]:
        """The score and the guesses, int64 (N,)."""
        total, guesses = 0.0, np.empty(len(self.images), np.int64)
        with torch.inference_mode():
            for first, batch, labels in self._batches():
                shown = torch.from_numpy(change(batch, first)).to(self.compute.device)
                logits = network_logits(self.network, scale_images(shown, self.scaling), self.compute).cpu()
                total += float(functional.cross_entropy(logits, labels, reduction="sum"))
                guesses[first : first + len(batch)] = logits.argmax(1).numpy()
                self.done += len(batch)
                if self.progress:
                    self.progress(what, self.done, self.of)
        right = guesses == self.images.labels
        recall = tuple(_share(right[self.images.labels == label]) for label in range(self.classes))
        return StrengthScore(strength, float(right.mean()), total / len(self.images), recall), guesses

    def _batches(self) -> Iterator[tuple[int, ByteArray, torch.Tensor]]:
        for first in range(0, len(self.images), BATCH):
            batch = np.array(self.images.images[first : first + BATCH])  # may be a read-only map of a file
            labels = torch.from_numpy(self.images.labels[first : first + BATCH].astype(np.int64))
            yield first, batch, labels


def _share(right: "np.typing.NDArray[np.bool_]") -> float | None:
    return float(right.mean()) if len(right) else None


def _examples(images: ImageSet, guesses: "np.typing.NDArray[np.int64]", seed: int) -> list[int]:
    """An image for each corruption, of different classes as far as there are."""
    order = order_of_chance(len(images), seed, stream=0)
    right = order[guesses[order] == images.labels[order]]
    ranked = right if len(right) else order
    _, firsts = np.unique(images.labels[ranked], return_index=True)
    chosen = ranked[np.sort(firsts)].tolist()
    return [int(chosen[index % len(chosen)]) for index in range(len(CORRUPTIONS))]


def _pictures(images: ImageSet, corruption: Corruption, example: int, seed: int) -> ByteArray:
    image = np.array(images.images[example : example + 1])
    changed = [corrupted(image, corruption, strength, seed, example) for strength in range(1, STRENGTHS + 1)]
    return np.concatenate([image, *changed])
