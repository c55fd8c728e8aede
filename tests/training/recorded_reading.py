"""A record of every image that any network is given, by its hash, whoever runs it and whatever for."""

import hashlib

import numpy as np

from signtui.data.augmentation import Augmentation
from signtui.model.network import Network

PLAIN = {
    "model__input_scaling": "unit",
    "augment__rotation": 0,
    "augment__shift": 0,
    "augment__zoom": 0,
    "augment__brightness": 0,
    "augment__contrast": 0,
}
"""Settings by which images reach the network as they are, so that their bytes can be had back from it."""


def digest(image) -> str:
    return hashlib.sha256(np.ascontiguousarray(image, np.uint8).tobytes()).hexdigest()


def digests(images) -> list[str]:
    return [digest(image) for image in images]


def record_reading(monkeypatch) -> list[tuple[str, str]]:
    """Pairs of what happened ("learned", "augmented" or "scored") and the image's hash, in order.

    Every network counts, in training and in evaluation mode, so that no part of the program can look at an
    image unnoticed: neither can what is fitted or measured after training.
    """
    record: list[tuple[str, str]] = []
    forward, apply = Network.forward, Augmentation.apply

    def recording_forward(self, images, *arguments, **named):
        levels = (images.detach().float().cpu().numpy() * 255).round().astype(np.uint8)
        what = "learned" if self.training else "scored"
        record.extend((what, digest(image)) for image in levels[:, 0])
        return forward(self, images, *arguments, **named)

    def recording_apply(self, images, *arguments, **named):
        record.extend(("augmented", digest(image)) for image in images.cpu().numpy())
        return apply(self, images, *arguments, **named)

    monkeypatch.setattr(Network, "forward", recording_forward)
    monkeypatch.setattr(Augmentation, "apply", recording_apply)
    return record
