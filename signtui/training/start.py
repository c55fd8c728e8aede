"""Where a run begins that goes on from another one's weights, and what it is compared on.

The photos held out of it and the images that the first run of the line held out are scored with the weights
at the start and at the end: what was gained, and what was forgotten.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace

from signtui.data.images import ImageSet
from signtui.events import BeforeAfter, FineTuning, Test
from signtui.model.network import Network
from signtui.model.weights import WeightsMetadata
from signtui.runs.folder import RunFolder


@dataclass(frozen=True)
class Start:
    """The network that a run begins with, and the images of the run its weights go back to.

    `rehearsal` are some that the origin learned from, `origin_held_out` all that it held out; None where its
    images are gone, as one of `notes` then says. `repeats` is how often an epoch has each new photo.
    """

    parent: RunFolder
    origin: RunFolder
    network: Network
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

    def before(self, score: Callable[[ImageSet], Test]) -> FineTuning:
        """The comparison with its first half: how `network` does, by `score`, which scores it."""
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

    def after(self, told: FineTuning, score: Callable[[ImageSet], Test]) -> FineTuning:
        """`told` with its second half, by `score`, which scores the network at the end."""
        held_out = told.origin_held_out
        if held_out is not None and self.origin_held_out is not None:
            held_out = replace(held_out, after=score(self.origin_held_out))
        own = replace(told.own, after=score(self.own_held_out))
        return replace(told, time=time.time(), own=own, origin_held_out=held_out)


def _by_class(images: ImageSet, classes: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(np.bincount(images.labels, minlength=len(classes)).tolist())
