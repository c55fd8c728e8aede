"""What a network makes of one image, as plain numpy arrays: every layer's output, and one value's arithmetic.

The arrays come from the network itself (`microscope.py`); `trace` works out the numbers behind one value of a
convolution from them, by arithmetic that anyone can follow. Nothing here needs torch.
"""

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from signtui.model.layers import LayerPlan

Floats: TypeAlias = npt.NDArray[np.float32]
Pixels: TypeAlias = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class LayerView:
    """One layer and its `output`, float32 of the planned shape, for the image.

    `kernel` and `bias` are a convolution's, (filters, channels, k, k) and (filters,) or None. `scale` and
    `shift`, (channels,), are what a normalisation does to each map: output = scale * input + shift.
    """

    plan: LayerPlan
    output: Floats
    kernel: Floats | None = None
    bias: Floats | None = None
    scale: Floats | None = None
    shift: Floats | None = None


@dataclass(frozen=True)
class NetworkView:
    """A network and what it makes of `image`, uint8 (S, S), which it sees as `input`, float32 (1, S, S).

    `layers` are in the plan's order; the last gives the logits, `probabilities` (K,) are their softmax
    over the weights' temperature. Where `networks` answer together, this is the first of them, alone.
    """

    image: Pixels
    input: Floats
    layers: tuple[LayerView, ...]
    probabilities: Floats
    classes: tuple[str, ...]
    networks: int = 1
    by_module: dict[str, LayerView] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_module", {layer.plan.module: layer for layer in self.layers})

    @property
    def convolutions(self) -> tuple[LayerView, ...]:
        """The convolution layers, first to last, those of residual blocks' ways around included."""
        return tuple(layer for layer in self.layers if layer.plan.kind == "convolution")

    @property
    def weights(self) -> int:
        """Trainable numbers of this network."""
        return sum(layer.plan.weights for layer in self.layers)

    def block(self, number: int | None) -> tuple[LayerView, ...]:
        """The layers of a block, counted from 1; of the head for None."""
        return tuple(layer for layer in self.layers if layer.plan.block == number)

    def convolution_of(self, layer: LayerView) -> LayerView | None:
        """The convolution that `layer` is, or else its block's own; None in the head."""
        if layer.plan.kind == "convolution":
            return layer
        if layer.plan.block is None:
            return None
        return next(other for other in self.block(layer.plan.block) if other.plan.kind == "convolution")

    def block_input(self, number: int) -> Floats:
        """What a block takes in: the scaled image, or what the block before it leaves."""
        return self.input if number == 1 else self.block(number - 1)[-1].output

    def maps_after(self, convolution: LayerView) -> tuple[LayerView, ...]:
        """The layers that the maps of `convolution` go through, itself included, to the end of its block."""
        assert convolution.plan.block is not None
        layers = self.block(convolution.plan.block)
        later = layers[layers.index(convolution) :]
        return tuple(layer for layer in later if _on_the_way(layer.plan, convolution.plan))


def _on_the_way(layer: LayerPlan, convolution: LayerPlan) -> bool:
    """Whether values of `convolution` pass through a later `layer` of its block."""
    if layer.module == convolution.module:
        return True
    if layer.shortcut:
        return convolution.shortcut and layer.kind != "convolution"
    return True


def measure_of(view: NetworkView, convolution: LayerView) -> LayerView:
    """The layer whose maps tell how much an image excites a channel: the activation, or the last there is."""
    after = view.maps_after(convolution)
    activations = [layer for layer in after if layer.plan.kind == "activation"]
    return activations[0] if activations else after[-1]


@dataclass(frozen=True)
class Excitement:
    """How strongly each channel of each convolution answers to each of some images.

    `images` are uint8 (N, S, S), `labels` (N,) their classes; `peaks` holds by module of a convolution
    float32 (N, channels): the largest value of the image's map after the activation.
    """

    images: Pixels
    labels: npt.NDArray[np.int64]
    peaks: dict[str, Floats]

    def best(self, module: str, channel: int, most: int) -> list[tuple[int, float]]:
        """The images that excite a channel most, as (index, peak), strongest first."""
        peaks = self.peaks[module][:, channel]
        order = np.argsort(-peaks, kind="stable")[:most]
        return [(int(index), float(peaks[index])) for index in order]
