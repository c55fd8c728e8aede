"""One channel of a convolution: its kernel, what becomes of its map, and the images that excite it most."""

import textwrap
from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from rich.text import Text

from signtui.model.views import LayerView, NetworkView
from signtui.render.block_art import image_grid
from signtui.render.palette import style_of
from signtui.render.signed_map import limit_of, map_rows, number, number_grid, scale_words, signed_map
from signtui.tui.scene import ScenePanel, beside
from signtui.tui.widgets.network_layers import shape_words

_MOST_EXCITING = 24
_IMAGE_WIDTHS = (20, 16, 14, 12, 10)


class KernelPanel(ScenePanel):
    """The kernel of the channel: a square of weights for each input plane."""

    TITLE = "Kernel"
    PLACE: ClassVar[str] = "kernel"
    HELP: ClassVar[str] = (
        "The weights that this channel multiplies its input by: one square for each input plane, blue above"
        " nought, red below. They are what the network has learned."
    )

    def lines(self, view: NetworkView) -> Sequence[Text]:  # noqa: ARG002 - as every panel
        """As many planes as fit, from the chosen one on."""
        layer, spot, style = self.scene.convolution, self.scene.spot, self.drawing_style
        if layer is None or layer.kernel is None:
            return [self.title()]
        kernel = layer.kernel[spot.channel]
        planes, size, _ = kernel.shape
        limit = limit_of(kernel)
        square = f"{size}x{size}, stride {layer.plan.stride}"
        bias = "" if layer.bias is None else f", bias {number(float(layer.bias[spot.channel]))}"
        title = self.title(f"Kernel of channel {spot.channel + 1}", square + bias)
        width = size * 8
        across = max(1, min(planes, (style.width + 1) // (width + 1)))
        tall = size + 2
        down = max(1, (style.height - 2) // tall)
        first = min(spot.plane, max(0, planes - across * down))
        shown = range(first, min(planes, first + across * down))
        words = f"input plane {shown[0] + 1}" + (f"-{shown[-1] + 1}" if len(shown) > 1 else "")
        head = Text(f"{words} of {planes}   ", end="").append_text(scale_words(limit, style))
        lines = [title, head]
        room = (style.width, max(1, style.height - 3))
        for start in range(shown[0], shown[-1] + 1, across):
            parts = []
            for plane in range(start, min(start + across, shown[-1] + 1)):
                look = Style(bold=True) if plane == spot.plane else style_of("faint", style)
                mark = f"plane {plane + 1}" + (" <" if plane == spot.plane and planes > 1 else "")
                parts.append([Text(mark, look), *number_grid(kernel[plane], style, limit, room)])
            lines += [*beside(parts, [width] * len(parts), " "), Text()]
        return lines


class ChannelMaps(ScenePanel):
    """The channel's map after each layer of its block, in the block's own order."""

    TITLE = "Its map"
    PLACE: ClassVar[str] = "map of a channel"
    HELP: ClassVar[str] = (
        "The feature map of this channel for the image, after each layer of its block: before and after"
        " normalisation, activation and pooling. {network.deeper:enter} puts a cursor on it."
    )

    def lines(self, view: NetworkView) -> Sequence[Text]:
        """As many as fit, in reading order."""
        layer, spot, style = self.scene.convolution, self.scene.spot, self.drawing_style
        if layer is None:
            return [self.title()]
        stages = [one for one in view.maps_after(layer) if one.plan.kind != "dropout"]
        columns, across, fitting = _map_size(stages, style.width, style.height - 1)
        shown = stages if fitting >= len(stages) else [*stages[: max(1, fitting - 1)], stages[-1]]
        shown = shown[: max(1, fitting)]
        left = len(stages) - len(shown)
        rest = f"layer by layer of block {layer.plan.block}" + (f"; {left} not shown" if left else "")
        lines = [self.title(f"Map {spot.channel + 1}", rest)]
        for start in range(0, len(shown), across):
            parts = [self._stage(one, columns) for one in shown[start : start + across]]
            lines += [*beside(parts, [columns] * len(parts)), Text()]
        return lines

    def _stage(self, layer: LayerView, columns: int) -> list[Text]:
        style = self.drawing_style
        values = layer.output[self.scene.spot.channel]
        name = layer.plan.function if layer.plan.kind == "activation" else layer.plan.kind
        if layer.plan.kind == "pooling":
            name = f"{layer.plan.function} pooling"
        limit = limit_of(values)
        words = f"{name} {shape_words(values.shape)}"
        words = words if len(words) <= columns else name
        art = signed_map(values, self.art_style, columns, limit).split("\n")
        span = f"{number(float(values.min()))} to {number(float(values.max()))}"
        return [Text(words[:columns]), *art, Text(span[:columns], style_of("faint", style))]


def _map_size(stages: Sequence[LayerView], width: int, height: int) -> tuple[int, int, int]:
    """Columns of each map, how many stand side by side, and how many fit: the largest that lets all fit."""
    tallest = max(one.plan.output[1] / one.plan.output[2] for one in stages)
    for columns in (56, 44, 40, 36, 32, 28, 24, 22, 20, 18, 16):
        across = max(1, (width + 2) // (columns + 2))
        rows = map_rows(round(1000 * tallest), 1000, columns) + 3
        down = max(0, (height + 1) // rows)
        if columns <= width and across * down >= len(stages):
            break
    return columns, across, max(1, across * down)


class ExcitingImages(ScenePanel):
    """The validation images that excite the channel most."""

    TITLE = "What excites it most"
    PLACE: ClassVar[str] = "images that excite a channel"
    HELP: ClassVar[str] = (
        "Of up to 512 validation images those with the largest value in this channel's map after the"
        " activation: what the channel looks for is what they share."
    )

    def depends_on(self, view: NetworkView) -> tuple[object, ...]:
        """Of the view only the names of its layers and classes, which stay."""
        return (view.classes, self.scene.excitement, self.scene.note)

    def lines(self, view: NetworkView) -> Sequence[Text]:
        """As many as fit, strongest first."""
        layer, spot, style = self.scene.convolution, self.scene.spot, self.drawing_style
        found = self.scene.excitement
        if layer is None or found is None or layer.plan.module not in found.peaks:
            words = textwrap.wrap(self.scene.note or "looking ...", style.width)
            return [self.title(), *(Text(line, style_of("faint", style)) for line in words)]
        best = found.best(layer.plan.module, spot.channel, _MOST_EXCITING)
        columns, fitting = _image_size(style.width, style.height - 1)
        best = best[:fitting]
        rest = f"{len(best)} of {len(found.images)} validation images"
        images = [found.images[index] for index, _ in best]
        captions = [f"{view.classes[int(found.labels[index])]} {number(peak, 2)}" for index, peak in best]
        grid = image_grid(images, captions, self.art_style, columns)
        return [self.title(rest=rest), *grid.split("\n")]


def _image_size(width: int, height: int) -> tuple[int, int]:
    """Columns of each image, and how many fit: the largest of which there are a few."""
    for columns in _IMAGE_WIDTHS:
        across, down = (width + 2) // (columns + 2), (height + 1) // (columns // 2 + 2)
        if across * down >= 4:
            break
    return columns, max(1, across * max(1, down))
