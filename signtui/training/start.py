"""Where a run begins that goes on from another one's weights, and what it is compared on.

The photos held out of it and the images that the first run of the line held out are scored with the weights
at the start and at the end: what was gained, and what was forgotten.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from msgspec.structs import replace
from torch import Tensor

from signtui.data.images import ImageSet
from signtui.events import BeforeAfter, FineTuning, Test
from signtui.model.network import Network, build
from signtui.model.scaling import Scaling
from signtui.model.weights import WeightsMetadata, load_network
from signtui.runs.folder import RunFolder
from signtui.training.devices import Compute
from signtui.training.evaluation import Labelled, evaluate


@dataclass(frozen=True)
class Start:
    """The weights that a run begins with, and the images of the run they go back to.

    `rehearsal` are some that the origin learned from, `origin_held_out` all that it held out; None where its
    images are gone, as one of `notes` then says. `repeats` is how often an epoch has each new photo.
    """

    parent: RunFolder
    origin: RunFolder
    weights: dict[str, Tensor]
    metadata: WeightsMetadata
    own: ImageSet
    own_held_out: ImageSet
    repeats: int
    rehearsal: ImageSet | None
    origin_held_out: ImageSet | None
    notes: tuple[str, ...]

    @property
    def images(self) -> int:
        """How many images an epoch has."""
        return len(self.own) * self.repeats + (len(self.rehearsal) if self.rehearsal is not None else 0)

    def learned(self) -> ImageSet:
        """What an epoch has: each new photo `repeats` times, then what is learned again."""
        sets = [self.own] * self.repeats + ([self.rehearsal] if self.rehearsal is not None else [])
        return ImageSet(
            np.concatenate([one.images for one in sets]), np.concatenate([one.labels for one in sets])
        )

    def before(self, on_device: Callable[[ImageSet], Labelled], compute: Compute) -> FineTuning:
        """The comparison with its first half: how the weights at the start score."""
        network = build(self.metadata.model, self.metadata.image_size, len(self.metadata.classes), seed=0)
        network.load_state_dict(self.weights)
        score = self._scorer(network, on_device, compute)
        return FineTuning(
            time=time.time(),
            parent=self.parent.id,
            origin=self.origin.id,
            learned=len(self.own),
            held_out=len(self.own_held_out),
            learned_by_class=_by_class(self.own, self.metadata.classes),
            repeats=self.repeats,
            rehearsed=len(self.rehearsal) if self.rehearsal is not None else 0,
            own=BeforeAfter(score(self.own_held_out)),
            origin_held_out=BeforeAfter(score(self.origin_held_out)) if self.origin_held_out else None,
            notes=self.notes,
        )

    def after(
        self, told: FineTuning, weights: Path, on_device: Callable[[ImageSet], Labelled], compute: Compute
    ) -> FineTuning:
        """`told` with its second half, by the weights at the path."""
        network, _ = load_network(weights)
        score = self._scorer(network, on_device, compute)
        held_out = told.origin_held_out
        if held_out is not None and self.origin_held_out is not None:
            held_out = replace(held_out, after=score(self.origin_held_out))
        own = replace(told.own, after=score(self.own_held_out))
        return replace(told, time=time.time(), own=own, origin_held_out=held_out)

    def _scorer(
        self, network: Network, on_device: Callable[[ImageSet], Labelled], compute: Compute
    ) -> Callable[[ImageSet], Test]:
        network.to(compute.device)
        classes, scaling = len(self.metadata.classes), self.metadata.input_scaling
        return lambda images: _scored(network, on_device(images), classes, scaling, compute)


def _scored(network: Network, data: Labelled, classes: int, scaling: Scaling, compute: Compute) -> Test:
    found = evaluate(network, data, classes, scaling, compute)
    score = found.score
    return Test(score.loss, score.accuracy, score.images, found.recall, found.confusion)


def _by_class(images: ImageSet, classes: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(np.bincount(images.labels, minlength=len(classes)).tolist())
