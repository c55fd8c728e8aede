"""A convolution worked out by hand, as lines: image, kernel, result, and the sum under the cursor."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from rich.style import Style
from rich.text import Text

from signtui.model.kernels import ACTIVATIONS, Convolved, Kernel, Values, activate, pool
from signtui.render.charts import SMALLEST, Chart, ChartMark, Series, build_chart
from signtui.render.marked_map import Window, grey_lines, lines_of, signed_legend, signed_lines
from signtui.render.palette import diverging, style_of
from signtui.render.terminal import TerminalStyle

MIDDLE = 16
"""Columns between image and result, for the kernel."""

_GAP = 1
_MOST_CELLS = 3
_REACH = 4.0
_MOST = 0.9


@dataclass(frozen=True)
class Place:
    """The value of the result under the cursor."""

    row: int
    column: int


def convolution_lines(result: Convolved, at: Place, image_name: str, style: TerminalStyle) -> list[Text]:
    """Image, kernel and result beside each other, and below them the sum at `at`, in `style`'s size."""
    sums = sum_lines(result, at, style)
    height = style.height - len(sums)
    cells = _cells_for(result.image.shape, (style.width - MIDDLE) // 2 - 1 - _GAP, height)
    top, left = result.corner(at.row, at.column)
    side = result.kernel.side
    patch = Window((top, top + side), (left, left + side))
    image = grey_lines(result.image, style, cells, patch)
    here = Window((at.row, at.row + 1), (at.column, at.column + 1))
    values = result.values
    large = max(1, result.image.shape[1] * cells // values.shape[1])
    while large > 1 and lines_of(values.shape[0], large) > height:
        large -= 1
    largest = _strongest(values)
    drawn = signed_lines(values, largest, style, large, here)
    middle = _kernel_lines(result, image_name, style)
    widths = (result.image.shape[1] * cells + 1, MIDDLE)
    return [*_beside([image, middle, drawn], widths), *sums]


def _strongest(values: Values) -> float:
    """What the colours reach up to: most of `values`, so that a border of padding doesn't dim the rest."""
    sizes = np.abs(values)
    return float(np.quantile(sizes, _MOST) or sizes.max(initial=0.0))


def _cells_for(shape: tuple[int, ...], width: int, height: int) -> int:
    rows, columns = shape
    fitting = [
        cells
        for cells in range(1, _MOST_CELLS + 1)
        if columns * cells <= width and lines_of(rows, cells) <= height
    ]
    return fitting[-1] if fitting else 1


def _beside(parts: Sequence[list[Text]], widths: Sequence[int]) -> list[Text]:
    """Columns of lines next to each other; all but the last are `widths` wide."""
    lines = []
    for number in range(max(map(len, parts))):
        line = Text(end="")
        for index, part in enumerate(parts):
            text = part[number] if number < len(part) else Text(end="")
            line.append_text(text)
            if index < len(widths):
                line.append(" " * max(_GAP, widths[index] - text.cell_len + _GAP))
        lines.append(line)
    return lines


def _kernel_lines(result: Convolved, image_name: str, style: TerminalStyle) -> list[Text]:
    faint = style_of("faint", style)
    kernel = result.kernel
    sizes = ["x".join(map(str, shape)) for shape in (result.image.shape, result.sums.shape)]
    arrow = "→" if style.unicode else ">"
    lines = [Text(image_name, faint), Text(kernel.name, style_of("heading", style))]
    lines += kernel_grid(kernel, style)
    lines += [Text(f"all over {kernel.denominator:,}", faint)] if kernel.denominator != 1 else []
    lines += [
        Text(f"stride {result.stride}", faint),
        Text(f"padding {result.padding}", faint),
        Text(f"{sizes[0]} {arrow} {sizes[1]}", faint),
    ]
    for line in lines:
        line.truncate(MIDDLE)
    return lines


def kernel_grid(kernel: Kernel, style: TerminalStyle) -> list[Text]:
    """The kernel's numbers on their colours; where they don't fit, their signs (the sum has them in full)."""
    words = [[f"{number}" for number in row] for row in kernel.numerators.tolist()]
    cell = max(len(word) for row in words for word in row) + 1
    if cell * kernel.side > MIDDLE:
        words = [["0+-"[np.sign(number)] for number in row] for row in kernel.numerators.tolist()]
        cell = MIDDLE // kernel.side
    largest = int(np.abs(kernel.numerators).max()) or 1
    lines = []
    for row, numbers in zip(words, kernel.numerators.tolist(), strict=True):
        line = Text(end="")
        for word, number in zip(row, numbers, strict=True):
            line.append(word.rjust(cell), diverging(number / largest, style))
        lines.append(line)
    return lines


def sum_lines(result: Convolved, at: Place, style: TerminalStyle) -> list[Text]:
    """The products at `at`, a line for each row of the kernel with its sum, and at the end the sum of all."""
    times = "×" if style.unicode else "*"
    patch, numerators = result.patch(at.row, at.column).tolist(), result.kernel.numerators.tolist()
    levels = max(len(f"{level}") for row in patch for level in row)
    numbers = max(len(f"{number}") for row in numerators for number in row)
    rows = [
        " + ".join(
            f"{level:>{levels}}{times}{number:<{numbers}}" for level, number in zip(*pair, strict=True)
        )
        for pair in zip(patch, numerators, strict=True)
    ]
    partial = [int(number) for number in result.products(at.row, at.column).sum(axis=1)]
    cells = max(len(f"{number:,}") for number in partial)
    lines = [
        Text(f"{words} = {number:>{cells},}", end="") for words, number in zip(rows, partial, strict=True)
    ]
    return [*lines[:-1], lines[-1].append_text(_total(result, at, style))]


def _total(result: Convolved, at: Place, style: TerminalStyle) -> Text:
    total, denominator = int(result.sums[at.row, at.column]), result.kernel.denominator
    text = Text("   all ", end="")
    strong = style_of("heading", style)
    if denominator == 1:
        return text.append(f"{total:,}", strong)
    text.append(f"{total:,} / {denominator:,} = ")
    return text.append(value_words(Fraction(total, denominator), style), strong)


def value_words(value: Fraction, style: TerminalStyle) -> str:
    """`value` to two decimals, with a sign for `about` where that isn't all of it."""
    rounded = round(value, 2)
    words = f"{float(rounded):,.2f}".rstrip("0").rstrip(".")
    return words if rounded == value else f"{'≈' if style.unicode else '~'}{words}"


def pooling_lines(result: Convolved, at: Place, window: int, title: Text, style: TerminalStyle) -> list[Text]:
    """`title`, the result pooled by the largest and by the mean beside each other, and the window at `at`."""
    values = result.values
    pooled = pool(values, window, "max"), pool(values, window, "average")
    faint = style_of("faint", style)
    if not pooled[0].size:
        return [title, Text(f"{window}x{window} is more than the result has", faint)]
    largest = _strongest(values)
    row, column = at.row // window, at.column // window
    here = Window((row, row + 1), (column, column + 1))
    room = (style.width - MIDDLE - 2 * _GAP) // 2 - 1
    cells = max(1, min(room // pooled[0].shape[1], 2 * (style.height - 2) // pooled[0].shape[0]))
    width = pooled[0].shape[1] * cells + 1
    maps = [signed_lines(values_, largest, style, cells, here) for values_ in pooled]
    sizes = ["x".join(map(str, shape)) for shape in (values.shape, pooled[0].shape)]
    heads = (title.append("  max", faint), Text(" average", faint), Text(f"{sizes[0]} to {sizes[1]}", faint))
    parts = [*maps, _window_lines(result, at, window, style)]
    columns = [[head, *part] for head, part in zip(heads, parts, strict=True)]
    return _beside(columns, (max(width, title.cell_len), max(width, heads[1].cell_len)))


def _window_lines(result: Convolved, at: Place, window: int, style: TerminalStyle) -> list[Text]:
    faint = style_of("faint", style)
    row, column = at.row // window * window, at.column // window * window
    cut = result.sums[row : row + window, column : column + window]
    lines = [Text(f"window {window}x{window}", style_of("heading", style))]
    if cut.shape != (window, window):
        return [*lines, Text("left over at", faint), Text("the edge: dropped", faint)]
    denominator = result.kernel.denominator
    exact = [[Fraction(int(number), denominator) for number in numbers] for numbers in cut]
    numbers = [[_short(number) for number in row] for row in exact]
    cell = max(len(word) for row in numbers for word in row) + 1
    winner = max(max(row) for row in exact)
    strong = style_of("accent", style) + Style(bold=True)
    for words, values in zip(numbers, exact, strict=True):
        line = Text(end="")
        for word, value in zip(words, values, strict=True):
            line.append(word.rjust(cell), strong if value == winner else faint)
        lines.append(line)
    mean = sum((number for row in exact for number in row), Fraction(0)) / window**2
    return [
        *lines,
        Text("max     ", faint).append(value_words(winner, style), style_of("heading", style)),
        Text("average ", faint).append(value_words(mean, style), style_of("heading", style)),
    ]


def _short(number: Fraction) -> str:
    return f"{float(number):.0f}"


def activation_lines(name: str, result: Convolved, at: Place, style: TerminalStyle) -> list[Text]:
    """The activation's curve with the value under the cursor marked, and below what each one makes of it."""
    x = float(result.values[at.row, at.column]) / 255
    table = _activation_table(name, x, style)
    height = style.height - len(table) - 1
    if style.width < SMALLEST[0] or height < SMALLEST[1]:
        return table
    reach = max(_REACH, float(np.ceil(np.abs(result.values).max(initial=0.0) / 255)))
    line = np.linspace(-reach, reach, 241)
    y = activate(name, x)
    chart = Chart(
        title=name,
        series=(
            Series("", line, ACTIVATIONS[name](line), role="validation", markers=False),
            Series("here", [x], [y], role="train", markers=True),
        ),
        x_label="x",
        marks=(ChartMark(x, f"{x:.2f}"),),
        x_whole=False,
        x_range=(-reach, reach),
    )
    return [*build_chart(chart, style.width, height, style).split("\n"), Text(), *table]


def _activation_table(chosen: str, x: float, style: TerminalStyle) -> list[Text]:
    faint = style_of("faint", style)
    lines = [Text("x = sum / 255 = ", faint).append(f"{x:.3f}", style_of("heading", style))]
    pairs = [(name, activate(name, x)) for name in ACTIVATIONS]
    across = 2 if style.width >= 2 * 20 else 1
    rows = -(-len(pairs) // across)
    mark = "▸" if style.unicode else ">"
    for number in range(rows):
        line = Text(end="")
        for name, y in pairs[number::rows]:
            here = name == chosen
            line.append(f"{mark if here else ' '} {name:<11}", style_of("accent" if here else "faint", style))
            line.append(f"{y:6.3f} ")
        lines.append(line)
    return lines


def legend(style: TerminalStyle) -> Text:
    """The colours or characters of the result."""
    return signed_legend(style)
