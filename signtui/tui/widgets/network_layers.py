"""The network as a chain of layers, and a strip of the feature maps of each convolution."""

from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from rich.text import Text

from signtui.model.views import LayerView, NetworkView, measure_of
from signtui.render import numbers
from signtui.render.palette import style_of
from signtui.render.signed_map import limit_of, signed_map
from signtui.render.terminal import TerminalStyle
from signtui.tui.scene import ScenePanel, beside

_NAME, _BAR = 29, 8
_SMALLEST_MAP, _LARGEST_MAP = 6, 24


def window(count: int, chosen: int, room: int) -> tuple[int, int]:
    """First and end of the `room` rows, of `count`, that hold `chosen` about the middle."""
    first = max(0, min(chosen - room // 2, count - room))
    return first, min(count, first + room)


def shape_words(shape: tuple[int, ...]) -> str:
    """`16x28x28`."""
    return "x".join(map(str, shape))


class LayerTable(ScenePanel):
    """Every layer: what it gives, its weights, its multiply-adds, its share of the time."""

    TITLE = "Layers"
    PLACE: ClassVar[str] = "layers"
    HELP: ClassVar[str] = (
        "The network, first layer to last. An output is channels x height x width; multiply-adds are for one"
        " image, the share of time is of a forward pass measured here. {network.deeper:enter} looks into the"
        " convolution."
    )

    def depends_on(self, view: NetworkView) -> tuple[object, ...]:
        """Of the view only the plan, which stays."""
        return (view.layers[0].plan, view.layers[-1].plan, view.networks, self.scene.shares)

    def lines(self, view: NetworkView) -> Sequence[Text]:
        """The table, a window of it where it is longer than there is room for."""
        style = self.drawing_style
        layers = view.layers
        total = sum(layer.plan.multiply_adds for layer in layers)
        words = f"{view.weights:,} weights, {numbers.magnitude(total)} multiply-adds an image"
        if view.networks > 1:
            words = f"first of {view.networks} networks, {words}"
        lines = [self.title(rest=words), self._heading(style)]
        room = max(1, style.height - len(lines))
        if len(layers) > room:
            room = max(1, room - 1)
        first, end = window(len(layers), self.scene.spot.layer, room)
        lines += [self._row(index, layers[index], style) for index in range(first, end)]
        if end - first < len(layers):
            note = f"  {first} layers above, {len(layers) - end} below"
            lines.append(Text(note, style_of("faint", style)))
        return lines

    def _heading(self, style: TerminalStyle) -> Text:
        words = f"  {'layer':<{_NAME}}{'output':>10}{'weights':>10}{'mult-adds':>10}{'time':>7}"
        return Text(words, style_of("faint", style), end="")

    def _row(self, index: int, layer: LayerView, style: TerminalStyle) -> Text:
        plan = layer.plan
        chosen = index == self.scene.spot.layer
        mark = "▸ " if style.unicode else "> "
        name = plan.name + (f" {plan.function}" if plan.kind in ("activation", "pooling") else "")
        line = Text(end="").append(mark if chosen else "  ", style_of("accent", style))
        line.append(f"{name[: _NAME - 1]:<{_NAME}}", Style(bold=True) if chosen else Style())
        line.append(f"{shape_words(plan.output):>10}")
        faint = style_of("faint", style)
        line.append(f"{plan.weights:>10,}" if plan.weights else f"{'-':>10}", None if plan.weights else faint)
        cost = numbers.magnitude(plan.multiply_adds) if plan.multiply_adds else "-"
        line.append(f"{cost:>10}", None if plan.multiply_adds else faint)
        share = self.scene.shares.get(plan.module)
        line.append(f"{share * 100:>5.0f} %" if share is not None else f"{'-':>7}")
        if share is not None and style.width >= line.cell_len + _BAR + 1:
            bar = ("▇" if style.unicode else "=") * round(share * _BAR)
            line.append(" " + bar, style_of("accent", style))
        return line


class MapStrips(ScenePanel):
    """Of each convolution some feature maps, for the chosen image, after the activation."""

    TITLE = "Feature maps"
    PLACE: ClassVar[str] = "feature maps"
    HELP: ClassVar[str] = (
        "What each convolution makes of the image: its feature maps after the activation, as many as fit. A"
        " map is bright where its kernel found what it looks for. Left and right choose a map,"
        " {network.deeper:enter} looks into it."
    )

    def lines(self, view: NetworkView) -> Sequence[Text]:
        """The strips about the chosen layer that fit."""
        style = self.drawing_style
        convolutions = view.convolutions
        faint = style_of("faint", style)
        if not convolutions:
            return [self.title(rest="this network has no convolution")]
        chosen = self.scene.convolution
        at = convolutions.index(chosen) if chosen is not None else len(convolutions) - 1
        rows, shown = _strip_rows(len(convolutions), style)
        first, end = window(len(convolutions), at, shown)
        left = len(convolutions) - (end - first)
        rest = "after the activation"
        lines = [self.title(rest=rest + (f"; {left} convolutions more" if left else ""))]
        for layer in convolutions[first:end]:
            lines += self._strip(view, layer, rows, layer is chosen, style)
        return [line if line.cell_len else Text("", faint) for line in lines]

    def _strip(
        self, view: NetworkView, layer: LayerView, rows: int, chosen: bool, style: TerminalStyle
    ) -> list[Text]:
        maps = measure_of(view, layer).output
        count, height, width = maps.shape
        columns = min(_LARGEST_MAP, max(_SMALLEST_MAP, 2 * rows * width // height))
        across = max(1, min(count, (style.width + 1) // (columns + 1)))
        channel = self.scene.spot.channel if chosen else 0
        first = min(channel // across * across, max(0, count - across))
        name = Text(end="")
        look = style_of("accent", style) + Style(bold=True) if chosen else Style()
        name.append(f"{layer.plan.name}", look)
        name.append(f"  maps {first + 1}-{first + across} of {count}", style_of("faint", style))
        limit = limit_of(maps)
        parts = []
        for index in range(first, first + across):
            art = list(signed_map(maps[index], self.art_style, columns, limit).split("\n"))[:rows]
            here = chosen and index == channel
            label = f">{index + 1}<" if here else f"{index + 1}"
            number = Text(label.center(columns), Style(bold=True) if here else style_of("faint", style))
            parts.append([*art, *(Text() for _ in range(rows - len(art))), number])
        return [name, *beside(parts, [columns] * across, " ")]


def _strip_rows(count: int, style: TerminalStyle) -> tuple[int, int]:
    """Lines of each map, and how many strips are shown: with two lines more each."""
    room = max(1, style.height - 1)
    smallest = 3
    shown = max(1, min(count, room // (smallest + 2)))
    return max(1, min(_LARGEST_MAP // 2, room // shown - 2)), shown
