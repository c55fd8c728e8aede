"""Greyscale images in Sixel: printed like text at the size they are to have, and gone when written over."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from signtui.render.block_art import scaled
from signtui.render.graphics import CellSize

_BAND = 6  # rows of pixels in one line of sixels
_EMPTY_SIXEL = 0x3F


def sixel_image(pixels: bytes, size: tuple[int, int], cells: tuple[int, int], cell: CellSize) -> str:
    """Grey levels, row by row, of `size` (width, height), printed where the cursor is.

    They are as large as fits `cells`, each a square of whole terminal pixels, so that all are alike; greys
    are rounded to whole per cents, which is all that Sixel knows.
    """
    image = np.frombuffer(pixels, np.uint8).reshape(size[1], size[0])
    room = cells[0] * cell[0], cells[1] * cell[1]
    factor = min(room[0] // image.shape[1], room[1] // image.shape[0])
    if factor >= 1:
        large = image.repeat(factor, axis=0).repeat(factor, axis=1).astype(np.float64)
    else:
        share = min(room[0] / image.shape[1], room[1] / image.shape[0])
        height, width = (max(1, int(side * share)) for side in image.shape)
        large = scaled(image, height, width)
    levels = np.rint(large * (100 / 255)).astype(np.int64)
    height, width = levels.shape
    registers = "".join(f"#{level};2;{level};{level};{level}" for level in np.unique(levels).tolist())
    bands = "-".join(_band(levels[top : top + _BAND]) for top in range(0, height, _BAND))
    # P2 = 1: what isn't drawn stays as it is.
    return f'\x1bP0;1;0q"1;1;{width};{height}{registers}{bands}\x1b\\'


def _band(levels: npt.NDArray[np.int64]) -> str:
    """Up to six rows: in each pass one grey of every stretch of equal columns, until all are drawn."""
    changes = np.flatnonzero((np.diff(levels, axis=1) != 0).any(axis=0)) + 1
    starts = [0, *changes.tolist()]
    ends = [*changes.tolist(), levels.shape[1]]
    stretches = [
        (end - start, _masks(levels[:, start].tolist())) for start, end in zip(starts, ends, strict=True)
    ]
    passes = max(len(masks) for _, masks in stretches)
    return "$".join("".join(_pass(stretches, turn)) for turn in range(passes))


def _masks(column: list[int]) -> list[tuple[int, int]]:
    """Each grey of one column with the rows that have it, as bits."""
    masks: dict[int, int] = {}
    for row, level in enumerate(column):
        masks[level] = masks.get(level, 0) | 1 << row
    return list(masks.items())


def _pass(stretches: list[tuple[int, list[tuple[int, int]]]], turn: int) -> Iterator[str]:
    chosen = -1
    for count, masks in stretches:
        level, mask = masks[turn] if turn < len(masks) else (chosen, 0)
        if level != chosen:
            yield f"#{level}"
            chosen = level
        sixel = chr(_EMPTY_SIXEL + mask)
        yield sixel * count if count < 4 else f"!{count}{sixel}"
