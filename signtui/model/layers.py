"""One layer of a network on paper: what it is, its shapes, its cost and how much of the image it sees."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Shape: TypeAlias = tuple[int, ...]

Kind: TypeAlias = Literal[
    "convolution",
    "pooling",
    "normalisation",
    "activation",
    "dropout",
    "add",
    "flatten",
    "global_pooling",
    "linear",
]

IN_PLACE_ACTIVATIONS = frozenset({"relu", "leaky_relu"})
"""Activations whose gradient follows from their output, so that they may overwrite their input."""


@dataclass(frozen=True, slots=True)
class LayerPlan:
    """One layer. Shapes are (channels, height, width), or (features,) from the head's first layer on.

    `module`: dotted name of the layer's module in the network. `block`: its block, counted from 1; None in
    the head. `function`: which activation, pooling or normalisation, and whether dropout drops whole maps or
    single values. `padding`: zeros (before, after), on rows and on columns alike. `weights`: trainable
    numbers, biases included. `multiply_adds`: of convolutions and linear layers, per image.

    A value at row or column i depends on the `receptive_field` image pixels from `offset + jump * i` on,
    which may reach past the border; in the head it is what the whole layer sees.
    """

    name: str
    kind: Kind
    module: str
    block: int | None
    input: Shape
    output: Shape
    weights: int
    multiply_adds: int
    receptive_field: int
    jump: int
    offset: int
    function: str = ""
    kernel: int = 1
    stride: int = 1
    padding: tuple[int, int] = (0, 0)
    bias: bool = False
    dropout: float = 0.0

    @property
    def shortcut(self) -> bool:
        """Whether the layer stands on a residual block's way around the convolution."""
        return self.module.rpartition(".")[2].startswith("shortcut")
