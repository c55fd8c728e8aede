"""Greyscale images as text: two pixels a cell in half blocks, or one shade or letter a cell without colours.

A cell is taken to be twice as high as wide, so an image keeps its shape in every mode.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from rich.cells import set_cell_size
from rich.style import Style
from rich.text import Text

from signtui.render.palette import style_of, verdict
from signtui.render.terminal import Colour, TerminalStyle

Pixels = npt.NDArray[np.uint8]

_SHADES = " ░▒▓█"
_LETTERS = " .:-=+*#%@"
_UPPER_HALF = "▀"
_FIRST_GREY, _GREYS = 232, 24
_GAP = 2
_REMEMBERED = 256  # images, of a few kilobytes each


def scaled(image: npt.NDArray[np.generic], height: int, width: int) -> npt.NDArray[np.float64]:
    """`image` (H, W) resampled to float (height, width) by the mean over the area each new pixel covers."""
    values = np.asarray(image, np.float64)
    if values.shape == (height, width):
        return values
    return _area_weights(values.shape[0], height) @ values @ _area_weights(values.shape[1], width).T


def _area_weights(old: int, new: int) -> npt.NDArray[np.float64]:
    """(new, old): which share of each new pixel every old one covers along one axis; rows sum to 1."""
    edges = np.linspace(0, old, new + 1)
    low = np.maximum(edges[:-1, None], np.arange(old)[None, :])
    high = np.minimum(edges[1:, None], np.arange(1, old + 1)[None, :])
    overlap = np.maximum(0.0, high - low)
    return np.asarray(overlap / overlap.sum(axis=1, keepdims=True), np.float64)


def image_art(image: Pixels, style: TerminalStyle, width: int | None = None) -> Text:
    """`image` uint8 (H, W) as text of `width` columns (default: one a pixel), its shape kept.

    Half blocks with exact greys in truecolor, 24 greys with 256 colours; five shades otherwise, ten letters
    without Unicode, both stretched over the image's own range of greys.
    """
    return Text("\n", no_wrap=True, overflow="crop").join(_art_lines(image, style, width))


def _art_lines(image: Pixels, style: TerminalStyle, width: int | None) -> tuple[Text, ...]:
    """`image_art` line by line, remembered: a live screen shows the same few images again and again."""
    if image.ndim != 2 or not image.size:
        return (Text(""),)
    columns = max(1, image.shape[1] if width is None else width)
    look = (style.colour, style.unicode)
    return _remembered_art(np.ascontiguousarray(image, np.uint8).tobytes(), image.shape, look, columns)


@lru_cache(maxsize=_REMEMBERED)
def _remembered_art(
    pixels: bytes, shape: tuple[int, int], look: tuple[Colour, bool], columns: int
) -> tuple[Text, ...]:
    image = np.frombuffer(pixels, np.uint8).reshape(shape)
    style = TerminalStyle(*look)
    rows = _rows(image, columns)
    if style.unicode and style.colour in {"truecolor", "256"}:
        levels = np.clip(np.rint(scaled(image, rows * 2, columns)), 0, 255).astype(np.int64)
        colours = _greys(style.colour)
        if len(colours) < 256:
            levels = np.rint(levels * ((len(colours) - 1) / 255)).astype(np.int64)
        lines = half_blocks(levels, colours)
    else:
        lines = _shades(scaled(image, rows, columns), _SHADES if style.unicode else _LETTERS)
    return tuple(lines)


def half_blocks(codes: npt.NDArray[np.int64], colours: Sequence[str]) -> list[Text]:
    """Two rows of `codes` (H, W) a line, each in the colour that it is the number of.

    Below an odd last row the background stays as it is.
    """
    lines = []
    for row in range(0, len(codes), 2):
        upper = codes[row]
        lower = codes[row + 1] if row + 1 < len(codes) else None
        changed = np.diff(upper) != 0
        if lower is not None:
            changed |= np.diff(lower) != 0
        ends = [*(np.flatnonzero(changed) + 1).tolist(), upper.size]
        line = Text(end="")
        for start, end in zip([0, *ends[:-1]], ends, strict=True):
            ground = None if lower is None else colours[lower[start]]
            line.append(_UPPER_HALF * (end - start), Style(color=colours[upper[start]], bgcolor=ground))
        lines.append(line)
    return lines


@lru_cache
def _greys(colour: Colour) -> tuple[str, ...]:
    """From black to white, all the greys there are."""
    if colour == "256":
        return tuple(f"color({_FIRST_GREY + level})" for level in range(_GREYS))
    return tuple(f"#{level:02x}{level:02x}{level:02x}" for level in range(256))


def _shades(greys: npt.NDArray[np.float64], ramp: str) -> list[Text]:
    low, high = np.quantile(greys, (0.02, 0.98))
    if high - low < 1:
        low, high = 0.0, 255.0
    stretched = np.clip((greys - low) / (high - low), 0, 1)
    levels = np.minimum((stretched * len(ramp)).astype(np.int64), len(ramp) - 1)
    return [Text("".join(ramp[level] for level in row), end="") for row in levels]


def guess_caption(truth: str, guess: str, style: TerminalStyle) -> Text:
    """`truth > guess` with the mark of right or wrong: `A > A` with a tick, `M > N` with a cross."""
    mark, look = verdict(truth == guess, style)
    return Text(f"{truth} > {guess} ", end="").append(mark, look)


def image_grid(
    images: Sequence[Pixels] | Pixels,
    captions: Sequence[str | Text],
    style: TerminalStyle,
    width: int | None = None,
    *,
    drawn: bool = True,
) -> Text:
    """`images` uint8 (N, H, W) side by side, each `width` columns wide (default: one a pixel).

    As many a row as fit the terminal, captions centred below, a blank line between rows. Not `drawn`, their
    cells are left empty for pixels to be put there (see `grid_places`).
    """
    art = _art_lines if drawn else _room_for
    arts = [art(np.asarray(image), style, width) for image in images]
    if not arts:
        return Text("")
    labels = [caption if isinstance(caption, Text) else Text(caption, end="") for caption in captions]
    cells = max(max(line.cell_len for line in art) for art in arts)
    if width is None:
        cells = max([cells, *(min(label.cell_len, 2 * cells) for label in labels)])
    across = max(1, (style.width + _GAP) // (cells + _GAP))
    lines: list[Text] = []
    for first in range(0, len(arts), across):
        row = arts[first : first + across]
        height = max(len(art) for art in row)
        lines.extend(
            _side_by_side([art[index] if index < len(art) else Text() for art in row], cells)
            for index in range(height)
        )
        below = [_centred(label, cells) for label in labels[first : first + across]]
        lines += [_side_by_side(below, cells)]
        lines.append(Text(end=""))
    return Text("\n", no_wrap=True, overflow="crop").join(lines[:-1])


def grid_captions(
    images: Sequence[Pixels] | Pixels, captions: Sequence[str | Text], style: TerminalStyle, width: int
) -> dict[int, Text]:
    """The lines of `image_grid` with captions, by row, for images of one shape, `width` columns wide."""
    across = max(1, (style.width + _GAP) // (width + _GAP))
    labels = [caption if isinstance(caption, Text) else Text(caption, end="") for caption in captions]
    high = _rows(np.asarray(images[0]), width) if len(images) else 0
    return {
        first // across * (high + 2) + high: _side_by_side(
            [_centred(label, width) for label in labels[first : first + across]], width
        )
        for first in range(0, len(labels), across)
    }


def grid_places(
    images: Sequence[Pixels] | Pixels, style: TerminalStyle, width: int
) -> list[tuple[int, int, int, int]]:
    """Where `image_grid` puts `images` of one shape: column, row, columns and rows of each."""
    across = max(1, (style.width + _GAP) // (width + _GAP))
    rows = [_rows(np.asarray(image), width) for image in images]
    return [
        (index % across * (width + _GAP), index // across * (high + 2), width, high)
        for index, high in enumerate(rows)
    ]


def _room_for(image: Pixels, style: TerminalStyle, width: int | None) -> tuple[Text, ...]:  # noqa: ARG001 - as _art_lines
    columns = max(1, image.shape[1] if width is None else width)
    return (Text(" " * columns),) * _rows(image, columns)


def _rows(image: Pixels, columns: int) -> int:
    height, width = image.shape
    return max(1, round(columns * int(height) / int(width) / 2))


def _side_by_side(parts: Sequence[Text], cells: int) -> Text:
    line = Text(end="")
    for index, part in enumerate(parts):
        line.append_text(part)
        if index < len(parts) - 1:
            line.append(" " * (cells - part.cell_len + _GAP))
    line.rstrip()
    return line


def _centred(label: Text, cells: int) -> Text:
    if label.cell_len > cells:
        return Text(set_cell_size(label.plain, cells), end="")
    return Text(" " * ((cells - label.cell_len) // 2), end="").append_text(label)


def grey_scale(style: TerminalStyle, width: int = 24) -> Text:
    """The ramp from black to white as `image_art` draws it, for a legend."""
    ramp = np.linspace(0, 255, max(2, width)).astype(np.uint8)
    art = image_art(np.repeat(ramp[None, :], 2, axis=0), style)
    return (
        Text("0 ", style_of("faint", style), end="").append_text(art).append(" 255", style_of("faint", style))
    )
