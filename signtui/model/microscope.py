"""Looks into a network: every layer's output for one image, its share of the time, what excites a channel.

What it finds leaves here as numpy arrays (`views.py`). The network stays as it is, in evaluation mode.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import prod

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from signtui.model.layers import LayerPlan
from signtui.model.network import Network
from signtui.model.scaling import Scaling, scale_images
from signtui.model.views import Excitement, Floats, LayerView, NetworkView, Pixels

TIMED_WORK = 200_000_000
"""Multiply-adds of the batch that layers are timed on, about: some hundredths of a second."""

_MOST_TIMED = 32
_ROUNDS = 3
_SLICE = 64


def look(
    network: Network, image: Pixels, classes: tuple[str, ...], scaling: Scaling, temperature: float = 1.0
) -> NetworkView:
    """What `network` makes of `image`, uint8 (S, S); its probabilities are of the logits over `temperature`.

    An image of another size than the network's is scaled to it. Of an ensemble the first is looked at.
    """
    network.eval()
    levels = _fitting(torch.from_numpy(np.array(image)), network.plan.input[-1])
    outputs: dict[str, Tensor] = {}
    inputs: dict[str, Tensor] = {}

    def keep(layer: LayerPlan) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]:
        def hook(_: nn.Module, taken: tuple[Tensor, ...], given: Tensor) -> None:
            outputs[layer.module] = given.detach().clone()  # what follows may overwrite it
            if layer.function == "layer":
                inputs[layer.module] = taken[0].detach()

        return hook

    with torch.inference_mode(), _hooked(network, keep):
        # Twice the same: torch refuses a layer normalisation of a single value, which one image may come to.
        scaled = scale_images(torch.stack((levels, levels)), scaling)
        logits = network(scaled.contiguous(memory_format=torch.channels_last))
        probabilities = functional.softmax(logits / temperature, dim=1)
    layers = tuple(
        _layer_view(network, layer, outputs[layer.module], inputs.get(layer.module))
        for layer in network.plan.layers
    )
    return NetworkView(
        levels.numpy(), _array(scaled[0]), layers, _array(probabilities[0]), classes, network.plan.networks
    )


def _layer_view(network: Network, layer: LayerPlan, output: Tensor, taken: Tensor | None) -> LayerView:
    module = network.get_submodule(layer.module)
    values = _array(output[0])
    if isinstance(module, nn.Conv2d):
        bias = None if module.bias is None else _array(module.bias)
        return LayerView(layer, values, _array(module.weight), bias)
    if layer.kind == "normalisation":
        scale, shift = _scale_and_shift(module, taken)
        return LayerView(layer, values, scale=scale, shift=shift)
    return LayerView(layer, values)


def _scale_and_shift(module: nn.Module, taken: Tensor | None) -> tuple[Floats, Floats]:
    """What a normalisation multiplies each map by and adds, by its statistics or, of a layer, the image's."""
    if isinstance(module, nn.BatchNorm2d):
        assert module.running_mean is not None
        assert module.running_var is not None
        mean, variance = module.running_mean.double(), module.running_var.double()
    else:
        assert isinstance(module, nn.GroupNorm)
        assert taken is not None
        variance, mean = torch.var_mean(taken[0].double(), correction=0)
    scale = module.weight.double() / (variance + module.eps).sqrt()
    return _array(scale), _array(module.bias.double() - mean * scale)


def layer_shares(network: Network) -> dict[str, float]:
    """The share of the time of a forward pass that each layer takes here, by module; they sum to 1.

    Timed on a batch of noise on the CPU, layer by layer, in some hundredths of a second; of a few rounds each
    layer's fastest counts.
    """
    network.eval()
    work = max(1, network.plan.multiply_adds // network.plan.networks)  # of the first, which is timed
    batch = max(2, min(_MOST_TIMED, TIMED_WORK // work))
    images = torch.zeros(batch, *network.plan.input).contiguous(memory_format=torch.channels_last)
    best: dict[str, float] = {}
    begun: dict[str, float] = {}

    def begin(layer: LayerPlan) -> Callable[[nn.Module, object], None]:
        def hook(_: nn.Module, __: object) -> None:
            begun[layer.module] = time.perf_counter()

        return hook

    def end(layer: LayerPlan) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]:
        def hook(_: nn.Module, __: tuple[Tensor, ...], ___: Tensor) -> None:
            took = time.perf_counter() - begun[layer.module]
            best[layer.module] = min(took, best.get(layer.module, took))

        return hook

    with torch.inference_mode(), _hooked(network, end, begin):
        for _ in range(_ROUNDS):
            network(images)
    total = sum(best.values())
    return {module: took / total for module, took in best.items()}


def excitement(
    network: Network,
    images: Pixels,
    labels: npt.NDArray[np.generic],
    scaling: Scaling,
    rest: Callable[[], None] = lambda: None,
) -> Excitement:
    """How strongly each channel of each convolution answers to `images`, uint8 (N, S, S).

    `rest` is called after each slice of them: it may wait, or raise to give up.
    """
    network.eval()
    measured = _measured(network.plan.layers)
    peaks: dict[str, list[Tensor]] = {module: [] for module in measured.values()}

    def keep(layer: LayerPlan) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]:
        def hook(_: nn.Module, __: tuple[Tensor, ...], given: Tensor) -> None:
            if layer.module in measured.values():
                peaks[layer.module].append(given.amax((2, 3)))

        return hook

    with torch.inference_mode(), _hooked(network, keep):
        for first in range(0, len(images), _SLICE):
            levels = torch.from_numpy(np.array(images[first : first + _SLICE]))
            levels = levels if len(levels) > 1 else levels.repeat(2, 1, 1)  # as in `look`
            network(scale_images(levels, scaling).contiguous(memory_format=torch.channels_last))
            rest()
    count = len(images)
    by_convolution = {name: _array(torch.cat(peaks[module])[:count]) for name, module in measured.items()}
    return Excitement(np.asarray(images), np.asarray(labels, np.int64), by_convolution)


def _measured(layers: tuple[LayerPlan, ...]) -> dict[str, str]:
    """By module of each convolution, the module whose output tells how much a channel is excited."""
    found: dict[str, str] = {}
    for layer in layers:
        if layer.kind != "convolution":
            continue
        block = [other for other in layers if other.block == layer.block]
        after = block[block.index(layer) :]
        activation = next((other.module for other in after if other.kind == "activation"), None)
        on_the_way = [other for other in after if layer.shortcut or not other.shortcut]
        found[layer.module] = activation or on_the_way[-1].module
    return found


@contextmanager
def _hooked(
    network: Network,
    after: Callable[[LayerPlan], Callable[..., None]],
    before: Callable[[LayerPlan], Callable[..., None]] | None = None,
) -> Iterator[None]:
    """Hooks on every planned layer for as long as the block runs."""
    handles = []
    try:
        for layer in network.plan.layers:
            module = network.get_submodule(layer.module)
            handles.append(module.register_forward_hook(after(layer)))
            if before is not None:
                handles.append(module.register_forward_pre_hook(before(layer)))
        yield
    finally:
        for handle in handles:
            handle.remove()


def _fitting(levels: Tensor, side: int) -> Tensor:
    """`levels` uint8 (S, S) at `side` pixels."""
    if levels.shape == (side, side):
        return levels
    larger = functional.interpolate(
        levels.float()[None, None], (side, side), mode="bilinear", antialias=prod(levels.shape) > side * side
    )
    return larger[0, 0].round().to(torch.uint8)


def _array(tensor: Tensor) -> Floats:
    return tensor.detach().to("cpu", torch.float32).contiguous().numpy()
