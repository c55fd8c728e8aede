"""The network on paper: every layer's shapes, weights, cost and view of the image, from the settings alone.

Arithmetic only, so that a form can check a stack at each key press and an impossible or absurd one is
refused before anything is allocated. `network.py` builds exactly the layers listed here, in this order.
"""

from dataclasses import dataclass
from math import prod

from signtui.config.schema import ModelSettings
from signtui.errors import ConfigError
from signtui.events import LayerFacts, ModelFacts
from signtui.model.layers import IN_PLACE_ACTIVATIONS, LayerPlan, Shape
from signtui.model.stack import Stack, lay_block, lay_head

LARGEST_WEIGHTS = 200_000_000
LARGEST_IMAGE_BYTES = 2**30


@dataclass(frozen=True, slots=True)
class Plan:
    """A network that can be built. `input` is the image's shape (channels, height, width).

    `networks` of these layers answer together (`model.ensemble`); shapes are those of each.
    """

    input: Shape
    layers: tuple[LayerPlan, ...]
    networks: int = 1

    @property
    def output(self) -> Shape:
        """The logits' shape, (classes,)."""
        return self.layers[-1].output

    @property
    def weights(self) -> int:
        """Trainable numbers of all `networks`."""
        return self.networks * self.weights_of_one

    @property
    def weights_of_one(self) -> int:
        """Trainable numbers of one of the `networks`."""
        return sum(layer.weights for layer in self.layers)

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds of one image's forward pass through all `networks`."""
        return self.networks * sum(layer.multiply_adds for layer in self.layers)

    @property
    def receptive_field(self) -> int:
        """Side in pixels of what one value of the last feature maps depends on; 1 without a block."""
        return max((layer.receptive_field for layer in self.layers if layer.block is not None), default=1)

    def activation_bytes(self, batch_size: int) -> int:
        """An estimate of the float32 values that training keeps from the forward to the backward pass.

        Each layer's output once, except where an activation overwrites its input, and the eight-byte
        indices of max pooling. Several `networks` go through both one after the other.
        """
        return batch_size * (4 * prod(self.input) + sum(_kept_bytes(layer) for layer in self.layers))

    def facts(self) -> ModelFacts:
        """The plan as the event that a run starts with."""
        rows = tuple(
            LayerFacts(
                name=layer.name,
                kind=layer.kind,
                output=layer.output,
                weights=layer.weights,
                multiply_adds=layer.multiply_adds,
                receptive_field=layer.receptive_field,
            )
            for layer in self.layers
        )
        return ModelFacts(
            layers=rows, weights=self.weights, multiply_adds=self.multiply_adds, networks=self.networks
        )

    def block_outputs(self) -> tuple[Shape, ...]:
        """The shape that each block leaves, first to last."""
        shapes = {layer.block: layer.output for layer in self.layers if layer.block is not None}
        return tuple(shapes.values())

    def shape_chain(self) -> str:
        """Image, block outputs, then the head's vectors: `1x28x28 > 16x14x14 > 64x3x3 > 64 > 24`."""
        reshaping = ("flatten", "global_pooling", "linear")
        head = [layer.output for layer in self.layers if layer.kind in reshaping]
        return " > ".join("x".join(map(str, shape)) for shape in (self.input, *self.block_outputs(), *head))


def plan(model: ModelSettings, image_size: int, classes: int, channels: int = 1) -> Plan:
    """Lay out `model` for square images of `image_size` pixels a side and `classes` classes.

    Raises:
        ConfigError: where a block gets fewer values than its kernel or pooling window needs, a residual
            block's convolution loses the border, or the network is beyond `LARGEST_WEIGHTS` or keeps more
            than `LARGEST_IMAGE_BYTES` for one image.
    """
    stack = Stack((channels, image_size, image_size))
    for number, block in enumerate(model.blocks, start=1):
        lay_block(stack, model, number, block)
    lay_head(stack, model, classes)
    result = Plan((channels, image_size, image_size), tuple(stack.layers), model.ensemble)
    _refuse_absurd(result)
    return result


def _refuse_absurd(result: Plan) -> None:
    if result.weights > LARGEST_WEIGHTS:
        largest = max(result.layers, key=lambda layer: layer.weights)
        who, remedy = "network", ""
        if result.networks > 1:
            who, remedy = f"{result.networks} networks", " fewer networks,"
        raise ConfigError(
            f"the {who} would have {result.weights:,} weights ({largest.name} alone {largest.weights:,}),"
            f" more than the {LARGEST_WEIGHTS:,} allowed; use{remedy} fewer filters, smaller kernels or"
            " hidden layers, or a global head pooling"
        )
    if result.activation_bytes(1) > LARGEST_IMAGE_BYTES:
        largest = max(result.layers, key=lambda layer: prod(layer.output))
        shape = "x".join(map(str, largest.output))
        raise ConfigError(
            f"the network would keep {result.activation_bytes(1) / 2**30:.1f} GiB of values for one image"
            f" ({largest.name} alone {shape}), more than the {LARGEST_IMAGE_BYTES / 2**30:.0f} GiB allowed;"
            " use fewer filters or blocks, or more pooling"
        )


def _kept_bytes(layer: LayerPlan) -> int:
    if layer.kind == "activation" and layer.function in IN_PLACE_ACTIVATIONS:
        return 0
    index_bytes = 8 if layer.kind == "pooling" and layer.function == "max" else 0
    return prod(layer.output) * (4 + index_bytes)
