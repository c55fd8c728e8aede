"""One image read by a run's weights: the likeliest classes, and where the network looked for them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from signtui.model.attribution import Attribution, Method, attribute
from signtui.model.network import Network
from signtui.model.reading import read
from signtui.model.scaling import scale_images
from signtui.model.sureness import Sureness
from signtui.model.weights import WeightsMetadata, load_network

TOP = 3


@dataclass(frozen=True, slots=True)
class Prediction:
    """`image`: uint8 (S, S), as the network got it. `top`: the likeliest classes with their probabilities,
    first to last. `attribution`: of the first, where it was asked for. `sure_from`: the confidence from which
    a guess of these weights counts as sure, None where that is not known.
    """

    image: NDArray[np.uint8]
    top: tuple[tuple[str, float], ...]
    attribution: Attribution | None = None
    sure_from: float | None = None

    @property
    def sure(self) -> bool | None:
        """Whether the guess counts as sure; None where that is not known."""
        return Sureness(sure_from=self.sure_from).is_sure(self.top[0][1])


class Predictor:
    """A run's network on the CPU, ready to read images of `size` pixels a side."""

    def __init__(self, network: Network, metadata: WeightsMetadata) -> None:
        self._network = network
        self.metadata = metadata

    @classmethod
    def load(cls, path: Path) -> "Predictor":
        """The predictor with the weights at `path`. Raises RunError where they can't be had."""
        return cls(*load_network(path))

    @property
    def size(self) -> int:
        """The side in pixels of the images it reads."""
        return self.metadata.image_size

    def predict(self, image: NDArray[np.uint8], explain: Method | None = None) -> Prediction:
        """Read `image`, uint8 (size, size); with `explain` also say what spoke for the guess."""
        scaling, sureness = self.metadata.input_scaling, self.metadata.sureness
        with torch.no_grad():
            logits = read(self._network, scale_images(torch.from_numpy(image.copy()), scaling))
        probabilities = (logits[0].double() / sureness.temperature).softmax(0)
        found = probabilities.topk(min(TOP, len(probabilities)))
        classes = self.metadata.classes
        pairs = zip(found.indices.tolist(), found.values.tolist(), strict=True)
        top = tuple((classes[index], share) for index, share in pairs)
        if explain is None:
            return Prediction(image, top, sure_from=sureness.sure_from)
        guess = int(found.indices[0])
        attribution = attribute(self._network, image, scaling, explain, guess, sureness.temperature)
        return Prediction(image, top, attribution, sureness.sure_from)
