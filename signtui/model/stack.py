"""How blocks and head become layers: the rules of size, padding, order and shortcuts, one layer at a time."""

from dataclasses import dataclass

from signtui.config.schema import Block, ModelSettings
from signtui.errors import ConfigError
from signtui.model.layers import Kind, LayerPlan, Shape


@dataclass(frozen=True, slots=True)
class Point:
    """A place between layers: the values' shape there, and how each sees the image (see `LayerPlan`)."""

    shape: Shape
    receptive_field: int = 1
    jump: int = 1
    offset: int = 0

    def through(self, channels: int, kernel: int, stride: int, padding: tuple[int, int]) -> "Point":
        """The place after a window of `kernel` by `kernel` values has moved over this one."""
        side = (self.shape[1] + sum(padding) - kernel) // stride + 1
        return Point(
            (channels, side, side),
            self.receptive_field + (kernel - 1) * self.jump,
            self.jump * stride,
            self.offset - padding[0] * self.jump,
        )


class Stack:
    """The layers laid so far, and the place after the last of them."""

    def __init__(self, shape: Shape) -> None:
        self.layers: list[LayerPlan] = []
        self.sides = [shape[1]]  # of the image and of each finished block, for the error messages
        self.here = Point(shape)

    def lay(
        self,
        name: str,
        kind: Kind,
        module: str,
        *,
        to: Point | None = None,
        at: Point | None = None,
        block: int | None = None,
        function: str = "",
        weights: int = 0,
        multiply_adds: int = 0,
        kernel: int = 1,
        stride: int = 1,
        padding: tuple[int, int] = (0, 0),
        bias: bool = False,
        dropout: float = 0.0,
    ) -> Point:
        """Append a layer that leads from `at` (default: here) to `to` (default: the same place); give `to`.

        The stack goes on from there, unless `at` says that the layer stands on a way of its own.
        """
        start = at or self.here
        end = to or start
        self.layers.append(
            LayerPlan(
                name=name,
                kind=kind,
                module=module,
                block=block,
                input=start.shape,
                output=end.shape,
                weights=weights,
                multiply_adds=multiply_adds,
                receptive_field=end.receptive_field,
                jump=end.jump,
                offset=end.offset,
                function=function,
                kernel=kernel,
                stride=stride,
                padding=padding,
                bias=bias,
                dropout=dropout,
            )
        )
        if at is None:
            self.here = end
        return end


def lay_block(stack: Stack, model: ModelSettings, number: int, block: Block) -> None:
    """Append one block's layers, or raise ConfigError where its input is too small for them."""
    name, module = f"block {number}", f"blocks.{number - 1}"
    start = stack.here
    _lay_convolution(stack, model, number, f"{name} convolution", f"{module}.convolution")
    if block.residual and block.padding == "none" and block.kernel > 1:
        raise ConfigError(
            f"{name}: a residual block needs its convolution to keep the size, but a"
            f" {block.kernel}x{block.kernel} kernel without padding turns {_square(start.shape[1])} into"
            f' {_square(stack.here.shape[1])}; use padding "same" or switch residual off'
        )
    pool_first = model.order == "pool_first"
    if pool_first:
        _lay_pooling(stack, model, number, f"{name} pooling", f"{module}.pooling")
    if block.normalisation != "none":
        stack.lay(
            f"{name} normalisation",
            "normalisation",
            f"{module}.normalisation",
            block=number,
            function=block.normalisation,
            weights=2 * block.filters,
        )
    if block.residual:
        around = _lay_shortcut(stack, model, number, start, with_pooling=pool_first)
        # Both ways meet value by value: padding "same" and equal strides make their sizes equal.
        assert around.shape == stack.here.shape
        stack.lay(f"{name} add", "add", f"{module}.add", block=number)
    if block.activation != "none":
        stack.lay(
            f"{name} activation",
            "activation",
            f"{module}.activation",
            block=number,
            function=block.activation,
        )
    if not pool_first:
        _lay_pooling(stack, model, number, f"{name} pooling", f"{module}.pooling")
    if block.dropout > 0:
        stack.lay(
            f"{name} dropout",
            "dropout",
            f"{module}.dropout",
            block=number,
            function="maps",
            dropout=block.dropout,
        )
    stack.sides.append(stack.here.shape[1])


def _lay_convolution(stack: Stack, model: ModelSettings, number: int, name: str, module: str) -> None:
    block = model.blocks[number - 1]
    kernel = block.kernel
    padding = ((kernel - 1) // 2, kernel // 2) if block.padding == "same" else (0, 0)
    if stack.here.shape[1] + sum(padding) < kernel:
        raise _too_small(stack, model, number, f"a {_square(kernel)} kernel without padding", kernel)
    channels = stack.here.shape[0]
    end = stack.here.through(block.filters, kernel, block.stride, padding)
    bias = block.normalisation == "none"  # a normalisation has a bias of its own
    kernel_weights = channels * kernel * kernel * block.filters
    stack.lay(
        name,
        "convolution",
        module,
        to=end,
        block=number,
        weights=kernel_weights + (block.filters if bias else 0),
        multiply_adds=kernel_weights * end.shape[1] * end.shape[2],
        kernel=kernel,
        stride=block.stride,
        padding=padding,
        bias=bias,
    )


def _lay_pooling(
    stack: Stack, model: ModelSettings, number: int, name: str, module: str, *, at: Point | None = None
) -> Point:
    """Append the block's pooling, if it has one; give the place after it."""
    block = model.blocks[number - 1]
    start = at or stack.here
    if block.pooling == "none":
        return start
    if start.shape[1] < block.pool_size:
        raise _too_small(stack, model, number, f"{_square(block.pool_size)} pooling", block.pool_size)
    stride = block.pool_stride or block.pool_size
    return stack.lay(
        name,
        "pooling",
        module,
        at=at,
        to=start.through(start.shape[0], block.pool_size, stride, (0, 0)),
        block=number,
        function=block.pooling,
        kernel=block.pool_size,
        stride=stride,
    )


def _lay_shortcut(
    stack: Stack, model: ModelSettings, number: int, start: Point, *, with_pooling: bool
) -> Point:
    """Append the way around the convolution from `start`: what is needed to arrive with the same shape."""
    block = model.blocks[number - 1]
    name, module = f"block {number} shortcut", f"blocks.{number - 1}.shortcut"
    point = start
    if block.filters != start.shape[0] or block.stride != 1:
        point = start.through(block.filters, 1, block.stride, (0, 0))
        weights = start.shape[0] * block.filters
        stack.lay(
            f"{name} convolution",
            "convolution",
            f"{module}_convolution",
            at=start,
            to=point,
            block=number,
            weights=weights,
            multiply_adds=weights * point.shape[1] * point.shape[2],
            stride=block.stride,
        )
    if with_pooling:
        point = _lay_pooling(stack, model, number, f"{name} pooling", f"{module}_pooling", at=point)
    return point


def lay_head(stack: Stack, model: ModelSettings, classes: int) -> None:
    """Append the layers from the last feature maps to the logits of `classes` classes."""
    head = model.head
    channels, side, _ = stack.here.shape
    # A linear layer over flattened maps sees all of them, as global pooling does.
    seen = stack.here.through(channels, side, 1, (0, 0))
    features = channels * side * side if head.pooling == "flatten" else channels
    stack.lay(
        "head flatten" if head.pooling == "flatten" else f"head global {head.pooling}",
        "flatten" if head.pooling == "flatten" else "global_pooling",
        "head.pooling",
        to=Point((features,), seen.receptive_field, seen.jump, seen.offset),
        function=head.pooling,
    )
    for number, units in enumerate(head.hidden, start=1):
        _lay_linear(stack, f"hidden {number}", f"head.hidden.{number - 1}", units, head.dropout)
        if head.activation != "none":
            stack.lay(
                f"hidden {number} activation",
                "activation",
                f"head.hidden.{number - 1}.activation",
                function=head.activation,
            )
    _lay_linear(stack, "output", "head.output", classes, head.dropout)


def _lay_linear(stack: Stack, name: str, module: str, units: int, dropout: float) -> None:
    if dropout > 0:
        stack.lay(f"{name} dropout", "dropout", f"{module}.dropout", function="values", dropout=dropout)
    features = stack.here.shape[0]
    here = stack.here
    stack.lay(
        f"{name} linear",
        "linear",
        f"{module}.linear",
        to=Point((units,), here.receptive_field, here.jump, here.offset),
        weights=features * units + units,
        multiply_adds=features * units,
        bias=True,
    )


def _too_small(stack: Stack, model: ModelSettings, number: int, what: str, needed: int) -> ConfigError:
    """The error for a block that needs `needed` values a side and finds fewer."""
    sides = list(stack.sides)
    before = ["", "block 1", "blocks 1 and 2"][number - 1] if number <= 3 else f"blocks 1 to {number - 1}"
    culprits = [before] if before else []
    if stack.here.shape[1] != sides[-1]:
        culprits.append("its own convolution")
        sides.append(stack.here.shape[1])
    if culprits:
        leave = "leaves" if culprits in (["block 1"], ["its own convolution"]) else "leave"
        found = (
            f"{' and '.join(culprits)} {leave} {_square(sides[-1])} of the {_square(sides[0])} image"
            f" ({' > '.join(map(_square, sides))})"
        )
    else:
        found = f"the image has {_square(sides[0])}"
    remedies = _remedies(model.blocks[:number], "pooling window" if "pooling" in what else "kernel")
    return ConfigError(
        f"block {number}: {what} needs at least {_square(needed)} values, but {found}; use {remedies}"
    )


def _remedies(blocks: tuple[Block, ...], window: str) -> str:
    """What would leave enough values to the `window` of the last of `blocks`, most helpful first."""
    remedies = []
    if any(block.padding == "none" and block.kernel > 1 for block in blocks):
        remedies.append('padding "same"')
    if len(blocks) == 1:
        remedies.append(f"a smaller {window}")
    if any(block.stride > 1 for block in blocks):
        remedies.append("smaller strides")
    if len(blocks) > 1:
        if any(block.pooling != "none" for block in blocks):
            remedies.append("fewer pools")
        remedies.append("fewer blocks")
    return " or ".join(filter(None, (", ".join(remedies[:-1]), remedies[-1])))


def _square(side: int) -> str:
    return f"{side}x{side}"
