"""One convolution in numbers: a cursor on the output, the patch it comes from, what becomes of the value."""

from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from rich.text import Text

from signtui.model.trace import (
    ActivationStep,
    AddStep,
    ConvolutionStep,
    LeftOut,
    NormalisationStep,
    PoolingStep,
    Step,
    convolution_step,
    trace,
)
from signtui.model.views import Floats, NetworkView
from signtui.render.palette import style_of
from signtui.render.signed_map import limit_of, map_rows, number, number_grid, signed_map
from signtui.render.terminal import TerminalStyle
from signtui.tui.scene import ScenePanel, beside
from signtui.tui.widgets.network_layers import shape_words

_LARGEST_WINDOW = 4


class OutputMap(ScenePanel):
    """The channel's output with the cursor on it, and the input plane with the patch."""

    TITLE = "Output"
    PLACE: ClassVar[str] = "output of a convolution"
    HELP: ClassVar[str] = (
        "Arrow keys move the cursor over the output of the convolution, before anything else is done to it;"
        " the frame on the input is what the kernel sees there."
    )

    def lines(self, view: NetworkView) -> Sequence[Text]:
        """Output above, input below, where there is room for both."""
        layer, spot, style = self.scene.convolution, self.scene.spot, self.drawing_style
        if layer is None:
            return [self.title()]
        assert layer.plan.block is not None
        step = convolution_step(view, layer, spot.channel, spot.row, spot.column)
        output = layer.output[spot.channel]
        plane = view.block_input(layer.plan.block)[spot.plane]
        columns, both = _sizes(output.shape, plane.shape, style)
        top, left = step.corner
        size = layer.plan.kernel
        lines = [
            self.title(f"Output {shape_words(output.shape)}", f"row {spot.row + 1}, column {spot.column + 1}")
        ]
        above = list(
            signed_map(output, self.art_style, columns, marks=((spot.row, spot.column, 1, 1),)).split("\n")
        )
        of = f"Input plane {spot.plane + 1} of {layer.plan.input[0]}"
        frame = ((max(0, top), max(0, left), size + min(0, top), size + min(0, left)),)
        below = [
            Text(f"{of}, {shape_words(plane.shape)}", Style(bold=True)),
            *signed_map(plane, self.art_style, columns, marks=frame).split("\n"),
        ]
        if both == "below":
            return [*lines, *above, Text(), *below]
        if both == "beside":
            return [*lines, *beside([[Text(), *above], below], [columns, columns])]
        return [*lines, *above]


def _sizes(output: tuple[int, ...], plane: tuple[int, ...], style: TerminalStyle) -> tuple[int, str]:
    """Columns of both maps, and how they stand: below each other, beside, or only the first."""
    for columns in (56, 48, 40, 36, 32, 28, 24, 20, 18, 16):
        rows = [map_rows(shape[0], shape[1], columns) for shape in (output, plane)]
        if columns <= style.width and sum(rows) + 3 <= style.height:
            return columns, "below"
        if 2 * columns + 2 <= style.width and max(rows) + 2 <= style.height:
            return columns, "beside"
    return max(8, min(style.width, 2 * (style.height - 1))), "alone"


class SumPanel(ScenePanel):
    """Patch times kernel, product by product, and their sum."""

    TITLE = "Convolution"
    PLACE: ClassVar[str] = "sum of a convolution"
    HELP: ClassVar[str] = (
        "What the convolution computes here: each value of the patch times the weight at its place, all"
        " products added up over all input planes, and the bias, where there is one. Zeros of the padding are"
        " shown as such. Left and right square brackets go through the input planes."
    )

    def lines(self, view: NetworkView) -> Sequence[Text]:
        """One input plane in full, all planes as sums."""
        layer, spot, style = self.scene.convolution, self.scene.spot, self.drawing_style
        if layer is None:
            return [self.title()]
        step = convolution_step(view, layer, spot.channel, spot.row, spot.column)
        planes = len(step.patch)
        where = f"channel {spot.channel + 1}, row {spot.row + 1}, column {spot.column + 1}"
        lines = [self.title(rest=where)]
        total = self._total(step, style)
        room = style.height - len(lines) - len(total)
        size = step.kernel.shape[1]
        tall = size + (2 if planes > 1 else 1)
        fitting = max(1, min(planes, room // tall)) if _cell_width(size, style) else 1
        first = min(spot.plane, planes - fitting)
        for plane in range(first, first + fitting):
            lines += _grids(step, plane, style, room if fitting == 1 else tall, heading=plane == first)
            if planes > 1:
                words = Text(f"sum of plane {plane + 1} of {planes}  ", style_of("faint", style), end="")
                lines.append(words.append(number(float(step.plane_sums[plane])), Style(bold=True)))
        return [*lines, *total]

    def _total(self, step: ConvolutionStep, style: TerminalStyle) -> list[Text]:
        faint = style_of("faint", style)
        sums = step.plane_sums
        lines: list[Text] = []
        if len(sums) > 1:
            line = Text("planes", faint)
            fitting = max(1, (style.width - 30) // 8)
            lines_of = sums[:fitting]
            for value in lines_of:
                line.append(f" {number(float(value))}")
            if len(sums) > fitting:
                rest = number(float(sums[fitting:].sum()))
                line.append(f" and {len(sums) - fitting} more {rest}", faint)
            lines.append(line)
        words = Text(f"sum of {step.products.size} products  {number(step.sum)}")
        if step.bias is not None:
            words.append(f"  bias {number(step.bias)}")
        words.append("  = ").append(number(step.after), Style(bold=True))
        return [*lines, words]


def _cell_width(size: int, style: TerminalStyle) -> int:
    """Cells of a number, so that three squares of `size` stand side by side; 0 where they can't."""
    return next((cell for cell in (7, 6, 5) if 3 * size * (cell + 1) + 4 <= style.width), 0)


def _grids(
    step: ConvolutionStep, plane: int, style: TerminalStyle, room: int, *, heading: bool
) -> list[Text]:
    """Patch, kernel and products of one input plane, side by side or below each other."""
    size = step.kernel.shape[1]
    cell = _cell_width(size, style)
    side_by_side = bool(cell) and size + 1 <= max(3, room)
    tall = max(2, room - 1 if side_by_side else (room - 1) // 3) - 1
    columns = []
    for sign, name, values, limit, hidden in (
        ("", "input patch", step.patch[plane], limit_of(step.patch), ~step.inside),
        ("x", "kernel", step.kernel[plane], limit_of(step.kernel), None),
        ("=", "products", step.products[plane], limit_of(step.products), ~step.inside),
    ):
        grid = number_grid(values, style, limit, (style.width, max(1, tall)), hidden=hidden, cell=cell or 7)
        if side_by_side:
            part = [Text("  " if sign else "").append(name, style_of("faint", style))] if heading else []
            for row, line in enumerate(grid):
                before = f"{sign if row == size // 2 else '':<2}" if sign else ""
                part.append(Text(end="").append(before, Style(bold=True)).append_text(line))
        else:
            part = [Text(f"{sign} {name}".strip(), style_of("faint", style)), *grid]
        columns.append(part)
    if not side_by_side:
        return [line for part in columns for line in part]
    wide = size * (cell + 1)
    return beside(columns, [wide, wide + 2, wide + 2], "")


class AfterPanel(ScenePanel):
    """What becomes of the value: normalisation, activation, pooling, in the block's own order."""

    TITLE = "And then"
    PLACE: ClassVar[str] = "what becomes of a value"
    HELP: ClassVar[str] = (
        "The value's way to the end of its block, in the block's own order: a normalisation scales and shifts"
        " it, an activation bends it, a pooling window keeps its largest value (marked) or the mean."
    )

    def lines(self, view: NetworkView) -> Sequence[Text]:
        """A few lines for each step."""
        layer, spot, style = self.scene.convolution, self.scene.spot, self.drawing_style
        if layer is None:
            return [self.title()]
        steps = trace(view, layer, spot.channel, spot.row, spot.column)
        lines = [self.title(rest=f"block {layer.plan.block}, in its own order")]
        first = steps[0]
        assert isinstance(first, ConvolutionStep)
        lines.append(_named("convolution", style).append(number(first.after), Style(bold=True)))
        for step in steps[1:]:
            lines += step_lines(step, style)
        if len(steps) == 1:
            lines.append(Text("the next block takes it as it is", style_of("faint", style)))
        return lines


def step_lines(step: Step, style: TerminalStyle) -> list[Text]:
    """One step of a trace in words and numbers; of a pooling, its window."""
    bold = Style(bold=True)
    if isinstance(step, NormalisationStep):
        line = _named(f"{step.layer.function} norm", style)
        line.append(f"{number(step.scale)} x {number(step.before)} {_signed(step.shift)} = ")
        return [line.append(number(step.after), bold)]
    if isinstance(step, ActivationStep):
        line = _named("activation", style).append(f"{step.layer.function}({number(step.before)}) = ")
        return [line.append(number(step.after), bold)]
    if isinstance(step, AddStep):
        line = _named("add", style).append(f"{number(step.before)} + the way around {number(step.other)} = ")
        return [line.append(number(step.after), bold)]
    if isinstance(step, LeftOut):
        return [_named("pooling", style).append("no window holds this value: it is left out", bold)]
    assert isinstance(step, PoolingStep)
    return _pooling_lines(step, style)


def _pooling_lines(step: PoolingStep, style: TerminalStyle) -> list[Text]:
    height, width = step.window.shape
    everywhere = step.layer.kind == "global_pooling"
    name = "global pooling" if everywhere else "pooling"
    size = f"{height}x{width}"
    line = _named(name, style).append(f"{step.layer.function} of {size} = ")
    line.append(number(step.after), Style(bold=True))
    if step.winner is not None:
        row, column = step.winner
        if step.winner == step.here:
            line.append("  this value wins", style_of("good", style))
        else:
            at = f"row {step.corner[0] + row + 1}, column {step.corner[1] + column + 1}"
            line.append(f"  from {at}", style_of("faint", style))
    window, frame, left = _about(step)
    grid = number_grid(window, style, limit_of(step.window), (style.width - 4, height), frame=frame)
    if left:
        grid.append(Text(f"the rest of the {size} not shown", style_of("faint", style)))
    return [line, *(Text("    ", end="").append_text(row) for row in grid)]


def _about(step: PoolingStep) -> tuple[Floats, tuple[int, int] | None, bool]:
    """The window, or of a large one the part about its winner, and where the mark stands in it."""
    place = step.winner or step.here
    height, width = step.window.shape
    top = max(0, min(place[0] - 1, height - _LARGEST_WINDOW))
    left = max(0, min(place[1] - 1, width - _LARGEST_WINDOW))
    part = step.window[top : top + _LARGEST_WINDOW, left : left + _LARGEST_WINDOW]
    mark = (place[0] - top, place[1] - left) if step.winner is not None else None
    return part, mark, part.shape != step.window.shape


def _named(name: str, style: TerminalStyle) -> Text:
    return Text(end="").append(f"{name:<15}", style_of("faint", style))


def _signed(value: float) -> str:
    words = number(value)
    return f"{words[0]} {words[1:]}"
