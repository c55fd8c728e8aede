"""The arithmetic behind one value of a convolution, step by step to the end of its block, in real numbers."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from signtui.model.layers import LayerPlan
from signtui.model.views import Floats, LayerView, NetworkView

Place: TypeAlias = tuple[int, int]


@dataclass(frozen=True)
class ConvolutionStep:
    """A convolution's value: what it sees, its kernel, their products.

    `patch` and `kernel` are (C, k, k); `inside` is bool (k, k), False where the patch is zero padding.
    `corner` is the row and column of the patch's first value in the input, negative in the padding.
    `after` is the value as the network has it.
    """

    layer: LayerPlan
    patch: Floats
    inside: npt.NDArray[np.bool_]
    kernel: Floats
    bias: float | None
    corner: Place
    after: float

    @property
    def products(self) -> npt.NDArray[np.float64]:
        """Patch times kernel, value by value, (C, k, k)."""
        return self.patch.astype(np.float64) * self.kernel

    @property
    def plane_sums(self) -> npt.NDArray[np.float64]:
        """The products of each input plane, summed: (C,)."""
        return np.asarray(self.products.sum((1, 2)))

    @property
    def sum(self) -> float:
        """All products together; with the bias, where there is one, it is the value."""
        return float(self.products.sum())


@dataclass(frozen=True)
class NormalisationStep:
    """after = scale * before + shift."""

    layer: LayerPlan
    scale: float
    shift: float
    before: float
    after: float


@dataclass(frozen=True)
class ActivationStep:
    """after = function(before), the function named by `layer.function`."""

    layer: LayerPlan
    before: float
    after: float


@dataclass(frozen=True)
class AddStep:
    """Where a residual block's two ways meet: after = before + other."""

    layer: LayerPlan
    before: float
    other: float
    after: float


@dataclass(frozen=True)
class PoolingStep:
    """A window (h, w) of one map and what is left of it: its largest value, or its mean.

    `corner` is the window's first row and column in the map, `here` the place in the window that the trace
    comes from. `winner` is the place of the largest value, None where the mean is taken.
    """

    layer: LayerPlan
    window: Floats
    corner: Place
    here: Place
    winner: Place | None
    after: float


@dataclass(frozen=True)
class LeftOut:
    """The value stands in no pooling window: a rest at the border, or between windows set apart."""

    layer: LayerPlan


Step: TypeAlias = ConvolutionStep | NormalisationStep | ActivationStep | AddStep | PoolingStep | LeftOut


def trace(view: NetworkView, convolution: LayerView, channel: int, row: int, column: int) -> tuple[Step, ...]:
    """The steps from one output value of `convolution` to what is left of it at the end of its block.

    Behind the last block comes the head's global pooling, where there is one. Dropout does nothing here, as
    in all use but training.
    """
    first = convolution_step(view, convolution, channel, row, column)
    steps: list[Step] = [first]
    place: Place = (row, column)
    before, value = convolution.output, first.after
    layers = view.maps_after(convolution)[1:]
    if view.layers[-1].plan.block is None and convolution.plan.block == _last_block(view):
        layers += tuple(layer for layer in view.block(None) if layer.plan.kind == "global_pooling")
    for layer in layers:
        if layer.plan.kind in ("dropout", "flatten"):
            continue
        if layer.plan.kind in ("pooling", "global_pooling"):
            step = _pooling_step(layer, before[channel], channel, place)
            steps.append(step)
            if isinstance(step, LeftOut):
                break
            if layer.plan.kind == "global_pooling":
                break
            place = _window_of(layer.plan, place)
            value = step.after
        else:
            other = _value_step(view, layer, convolution, channel, place, value)
            steps.append(other)
            value = other.after
        before = layer.output
    return tuple(steps)


def convolution_step(
    view: NetworkView, convolution: LayerView, channel: int, row: int, column: int
) -> ConvolutionStep:
    """The numbers of one output value of `convolution`, its input patch with the zeros of the padding."""
    assert convolution.kernel is not None
    assert convolution.plan.block is not None
    maps = view.block_input(convolution.plan.block)
    size, stride = convolution.plan.kernel, convolution.plan.stride
    top, left = (place * stride - convolution.plan.padding[0] for place in (row, column))
    rows, columns = (np.arange(start, start + size) for start in (top, left))
    height, width = maps.shape[1:]
    inside = ((rows >= 0) & (rows < height))[:, None] & ((columns >= 0) & (columns < width))[None, :]
    patch = maps[:, rows.clip(0, height - 1)[:, None], columns.clip(0, width - 1)[None, :]]
    return ConvolutionStep(
        convolution.plan,
        np.where(inside, patch, np.float32(0)).astype(np.float32),
        inside,
        convolution.kernel[channel],
        None if convolution.bias is None else float(convolution.bias[channel]),
        (top, left),
        float(convolution.output[channel, row, column]),
    )


def _value_step(
    view: NetworkView, layer: LayerView, convolution: LayerView, channel: int, place: Place, before: float
) -> NormalisationStep | ActivationStep | AddStep:
    after = float(layer.output[channel, place[0], place[1]])
    if layer.plan.kind == "normalisation":
        assert layer.scale is not None
        assert layer.shift is not None
        return NormalisationStep(
            layer.plan, float(layer.scale[channel]), float(layer.shift[channel]), before, after
        )
    if layer.plan.kind == "add":
        other = float(_other_way(view, convolution)[channel, place[0], place[1]])
        return AddStep(layer.plan, before, other, after)
    return ActivationStep(layer.plan, before, after)


def _other_way(view: NetworkView, convolution: LayerView) -> Floats:
    """The maps that those of `convolution` are added to in its residual block."""
    number = convolution.plan.block
    assert number is not None
    layers = view.block(number)
    add = next(index for index, layer in enumerate(layers) if layer.plan.kind == "add")
    ways = [layer for layer in layers[:add] if layer.plan.shortcut != convolution.plan.shortcut]
    return ways[-1].output if ways else view.block_input(number)


def _window_of(pooling: LayerPlan, place: Place) -> Place:
    """The last window that holds `place`, or the nearest before it."""
    row, column = (
        min(at // pooling.stride, size - 1) for at, size in zip(place, pooling.output[1:], strict=True)
    )
    return row, column


def _pooling_step(layer: LayerView, values: Floats, channel: int, place: Place) -> PoolingStep | LeftOut:
    """`values` (H, W) is the map that is pooled."""
    plan = layer.plan
    if plan.kind == "global_pooling":
        corner, window, after = (0, 0), values, float(layer.output[channel])
    else:
        row, column = _window_of(plan, place)
        corner = (row * plan.stride, column * plan.stride)
        window = values[corner[0] : corner[0] + plan.kernel, corner[1] : corner[1] + plan.kernel]
        after = float(layer.output[channel, row, column])
    here = (place[0] - corner[0], place[1] - corner[1])
    if here[0] >= window.shape[0] or here[1] >= window.shape[1]:
        return LeftOut(plan)
    winner: Place | None = None
    if plan.function == "max":
        flat = int(np.argmax(window))
        winner = (flat // window.shape[1], flat % window.shape[1])
    return PoolingStep(plan, window, corner, here, winner, after)


def _last_block(view: NetworkView) -> int | None:
    return max((layer.plan.block for layer in view.layers if layer.plan.block is not None), default=None)
