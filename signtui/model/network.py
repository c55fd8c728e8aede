"""The network itself: a torch module with exactly the layers of its plan, under the names given there.

`blocks.0.convolution.weight` and `head.output.linear.weight` are keys of its state; every layer of
`network.plan` is a module, found with `network.get_submodule(layer.module)`, whose forward hooks see it
as planned. Further networks of an ensemble are `companions` of the first, with the same names after
`companions.0.`. In training, a batch normalisation needs more than one value per feature map: a batch of one
image fails where the maps have shrunk to 1x1.
"""

import dataclasses
import math
from collections import defaultdict
from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional

from signtui.config.schema import ModelSettings
from signtui.model.layers import IN_PLACE_ACTIVATIONS, LayerPlan
from signtui.model.plan import Plan, plan


class Convolution(nn.Conv2d):
    """A convolution whose zero padding may be larger after than before, as even kernels need it."""

    def __init__(self, layer: LayerPlan) -> None:
        before, after = layer.padding
        super().__init__(
            layer.input[0],
            layer.output[0],
            layer.kernel,
            layer.stride,
            padding=before if before == after else 0,
            bias=layer.bias,
            device="meta",  # given memory and values by `_initialise`
        )
        self.uneven = None if before == after else (before, after, before, after)

    def forward(self, maps: Tensor) -> Tensor:
        """float (N, C, H, W) to (N, filters, H', W')."""
        return super().forward(maps if self.uneven is None else functional.pad(maps, self.uneven))


class LayerNormalisation(nn.GroupNorm):
    """All of an image's feature maps to zero mean and unit deviation, then a scale and a shift for each map.

    torch's own refuses a batch of one image where a single value is left of it, which is no error: it gives
    the shift.
    """

    def __init__(self, channels: int) -> None:
        super().__init__(1, channels)

    def forward(self, maps: Tensor) -> Tensor:
        """The same shape, float (N, C, H, W)."""
        return torch.group_norm(maps, 1, self.weight, self.bias, self.eps)


class Add(nn.Module):
    """Where a residual block's two ways meet."""

    def forward(self, maps: Tensor, shortcut: Tensor) -> Tensor:
        """The sum of two float (N, C, H, W)."""
        return maps + shortcut


class GlobalAverage(nn.Module):
    """The mean of each feature map: float (N, C, H, W) to (N, C)."""

    def forward(self, maps: Tensor) -> Tensor:
        """See the class."""
        return maps.mean((2, 3))


class GlobalMaximum(nn.Module):
    """The largest value of each feature map: float (N, C, H, W) to (N, C)."""

    def forward(self, maps: Tensor) -> Tensor:
        """See the class."""
        return maps.amax((2, 3))


class ConvolutionBlock(nn.Module):
    """The layers of one block. Those named `shortcut_...` go around the convolution, up to `add`."""

    def __init__(self, layers: Iterable[LayerPlan]) -> None:
        super().__init__()
        for layer in layers:
            self.add_module(layer.module.rpartition(".")[2], _make(layer))

    def forward(self, maps: Tensor) -> Tensor:
        """float (N, C, H, W) to (N, filters, H', W')."""
        shortcut = maps
        for name, module in self._modules.items():
            assert module is not None
            if name == "add":
                maps = module(maps, shortcut)
            elif name.startswith("shortcut"):
                shortcut = module(shortcut)
            else:
                maps = module(maps)
        return maps


class Network(nn.Module):
    """Scaled images, float (N, 1, S, S), to logits, float (N, classes).

    The first of an ensemble holds the others, its `companions`, so that they are kept and moved with it, but
    speaks for itself alone: `reading.read` asks all of them.
    """

    def __init__(self, layout: Plan) -> None:
        super().__init__()
        self.plan = layout
        self.moved_views = False  # see `reading`
        groups: dict[str, list[LayerPlan]] = defaultdict(list)
        for layer in layout.layers:
            groups[layer.module.rpartition(".")[0]].append(layer)
        blocks = [name for name in groups if name.startswith("blocks.")]
        hidden = [name for name in groups if name.startswith("head.hidden.")]
        self.blocks = nn.Sequential(*(ConvolutionBlock(groups[name]) for name in blocks))
        self.head = nn.Sequential()
        self.head.add_module("pooling", _make(groups["head"][0]))
        self.head.add_module("hidden", nn.Sequential(*(_sequence(groups[name]) for name in hidden)))
        self.head.add_module("output", _sequence(groups["head.output"]))
        if layout.networks > 1:
            alone = dataclasses.replace(layout, networks=1)
            self.companions = nn.ModuleList(Network(alone) for _ in range(1, layout.networks))

    @property
    def ensemble(self) -> tuple["Network", ...]:
        """All networks that answer together: this one, then its companions."""
        companions = self.companions if self.plan.networks > 1 else ()
        return (self, *(companion for companion in companions if isinstance(companion, Network)))

    def own_parameters(self) -> list[nn.Parameter]:
        """The weights of this network, without those of its companions."""
        named = self.named_parameters()
        return [weight for name, weight in named if not name.startswith("companions.")]

    def forward(self, images: Tensor) -> Tensor:
        """See the class."""
        logits: Tensor = self.head(self.blocks(images))
        return logits


def build(model: ModelSettings, image_size: int, classes: int, seed: int) -> Network:
    """The network of `model` with fresh weights on the CPU, the same for the same `seed`.

    Weights are laid out channels-last, which is faster on processors and on GPUs with tensor cores. The
    global random state is neither read nor changed.

    Raises:
        ConfigError: see `plan`; nothing has been allocated then.
    """
    network = Network(plan(model, image_size, classes))
    network.moved_views = model.moved_views
    generator = torch.Generator().manual_seed(seed)
    for one in network.ensemble:
        _initialise(one, generator)
    # torch's types know no memory_format without a tensor.
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def _sequence(layers: Iterable[LayerPlan]) -> nn.Sequential:
    sequence = nn.Sequential()
    for layer in layers:
        sequence.add_module(layer.module.rpartition(".")[2], _make(layer))
    return sequence


def _make(layer: LayerPlan) -> nn.Module:
    """The module of one planned layer; convolutions and linear layers have no memory yet."""
    return _MAKERS[layer.kind, layer.function](layer)


_MAKERS: dict[tuple[str, str], Callable[[LayerPlan], nn.Module]] = {
    ("convolution", ""): Convolution,
    ("pooling", "max"): lambda layer: nn.MaxPool2d(layer.kernel, layer.stride),
    ("pooling", "average"): lambda layer: nn.AvgPool2d(layer.kernel, layer.stride),
    ("normalisation", "batch"): lambda layer: nn.BatchNorm2d(layer.output[0]),
    ("normalisation", "layer"): lambda layer: LayerNormalisation(layer.output[0]),
    ("activation", "relu"): lambda _: nn.ReLU(inplace="relu" in IN_PLACE_ACTIVATIONS),
    ("activation", "leaky_relu"): lambda _: nn.LeakyReLU(inplace="leaky_relu" in IN_PLACE_ACTIVATIONS),
    ("activation", "gelu"): lambda _: nn.GELU(),
    ("activation", "silu"): lambda _: nn.SiLU(),
    ("activation", "tanh"): lambda _: nn.Tanh(),
    ("activation", "sigmoid"): lambda _: nn.Sigmoid(),
    ("add", ""): lambda _: Add(),
    # Whole feature maps are dropped in a block, single values in the head.
    ("dropout", "maps"): lambda layer: nn.Dropout2d(layer.dropout),
    ("dropout", "values"): lambda layer: nn.Dropout(layer.dropout),
    ("flatten", "flatten"): lambda _: nn.Flatten(),
    ("global_pooling", "average"): lambda _: GlobalAverage(),
    ("global_pooling", "max"): lambda _: GlobalMaximum(),
    ("linear", ""): lambda layer: nn.Linear(layer.input[0], layer.output[0], layer.bias, device="meta"),
}


def _initialise(network: Network, generator: torch.Generator) -> None:
    """Give every convolution and linear layer memory, weights drawn from `generator`, and zero biases.

    Uniform with variance gain²/inputs, which keeps the signal's size through the layers (He et al. 2015,
    https://arxiv.org/abs/1502.01852): the gain is sqrt(2) before an activation that cuts away half of its
    input, 5/3 before tanh and 1 elsewhere. The last layer starts at a third of that variance, so that the
    first guesses are close to even.
    """
    layers = network.plan.layers
    for index, layer in enumerate(layers):
        if layer.kind not in ("convolution", "linear"):
            continue
        module = network.get_submodule(layer.module).to_empty(device="cpu")
        assert isinstance(module, nn.Conv2d | nn.Linear)
        gain = math.sqrt(1 / 3) if index == len(layers) - 1 else _gain(_next_activation(layers, index))
        bound = gain * math.sqrt(3 / module.weight[0].numel())
        nn.init.uniform_(module.weight, -bound, bound, generator=generator)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def _next_activation(layers: tuple[LayerPlan, ...], index: int) -> str:
    """The activation that follows `layers[index]` in its own block or hidden layer; empty where none does."""
    layer = layers[index]
    group = layer.module.rpartition(".")[0]
    following = (other for other in layers[index:] if other.module.rpartition(".")[0] == group)
    return next((other.function for other in following if other.kind == "activation"), "")


def _gain(activation: str) -> float:
    if activation in ("relu", "leaky_relu", "gelu", "silu"):
        return math.sqrt(2)
    return 5 / 3 if activation == "tanh" else 1.0
