"""Scoring a network on labelled images: loss, accuracy, confusion matrix, recall by class."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from signtui.events import Score
from signtui.model.network import Network
from signtui.model.reading import read
from signtui.model.scaling import Scaling, scale_images
from signtui.training.devices import Compute

BATCH = 512


@dataclass(frozen=True, slots=True)
class Labelled:
    """Images uint8 (N, S, S) and labels int64 (N,) on the training device."""

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A split's score; `confusion[truth][guess]` counts images, `recall` is None where a class has none.

    `logits`: float32 (N, classes), `truths`: int64 (N,), image by image.
    """

    score: Score
    confusion: tuple[tuple[int, ...], ...]
    recall: tuple[float | None, ...]
    logits: npt.NDArray[np.float32] = field(repr=False, compare=False)
    truths: npt.NDArray[np.int64] = field(repr=False, compare=False)


class Cancelled(Exception):
    """The scoring was given up because the run must end now."""


def evaluate(
    network: Network,
    data: Labelled,
    classes: int,
    scaling: Scaling,
    compute: Compute,
    on_batch: Callable[[int], None] | None = None,
) -> Evaluation:
    """Score `network` (set to evaluation mode, and left in it) on all of `data`.

    `on_batch(done)` is called after each batch; what it raises passes through.
    """
    network.eval()
    losses: list[Tensor] = []
    found: list[Tensor] = []
    with torch.inference_mode():
        for start in range(0, len(data), BATCH):
            images, labels = data.images[start : start + BATCH], data.labels[start : start + BATCH]
            logits = network_logits(network, scale_images(images, scaling), compute)
            losses.append(functional.cross_entropy(logits, labels, reduction="sum"))
            found.append(logits)
            if on_batch:
                on_batch(min(start + BATCH, len(data)))
        total = float(torch.stack(losses).sum())
        logits = torch.cat(found)
        pairs = (data.labels * classes + logits.argmax(1)).cpu()
    confusion = torch.bincount(pairs, minlength=classes * classes).view(classes, classes)
    per_class = confusion.sum(1).tolist()
    right = confusion.diagonal().tolist()
    return Evaluation(
        score=Score(loss=total / len(data), accuracy=sum(right) / len(data), images=len(data)),
        confusion=tuple(tuple(row) for row in confusion.tolist()),
        recall=tuple(hit / count if count else None for hit, count in zip(right, per_class, strict=True)),
        logits=logits.cpu().numpy(),
        truths=data.labels.cpu().numpy(),
    )


def network_logits(network: Network, images: Tensor, compute: Compute) -> Tensor:
    """Logits, float32 (N, classes), of scaled images, float (N, 1, S, S), in the precision in force."""
    with compute.autocast():
        if network.training:
            logits: Tensor = network(images.contiguous(memory_format=torch.channels_last))
        else:
            logits = read(network, images)
    return logits.float()
