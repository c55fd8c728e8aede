"""Which of the watched images are shown, each with its truth, the latest guess and how sure it is."""

import numpy as np
from rich.text import Text

from signtui.events import Samples
from signtui.render.block_art import Pixels, guess_caption
from signtui.render.palette import style_of
from signtui.render.terminal import TerminalStyle
from signtui.runs.state import RunState

_WIDTHS = (28, 24, 20, 18, 16, 14, 12, 10)
_ENOUGH = 8
_GAP = 2


def samples_grid(
    state: RunState, style: TerminalStyle, width: int, height: int
) -> tuple[list[Pixels], list[Text], int]:
    """What of the watched images of `state` fits `width` by `height` cells, spread over the classes.

    Images uint8 (side, side), their captions, and how many columns wide each is to be.
    """
    samples = state.samples
    if samples is None or state.data is None:
        return [], [], _WIDTHS[-1]
    cells, fitting = _best_width(len(samples.truths), width, height)
    shown = np.unique(np.linspace(0, len(samples.truths) - 1, fitting).round().astype(int)).tolist()
    images = pixels_of(samples)
    return (
        [images[index] for index in shown],
        [_caption(state, index, style, cells) for index in shown],
        cells,
    )


def pixels_of(samples: Samples) -> Pixels:
    """The watched images, uint8 (N, side, side)."""
    return np.frombuffer(samples.pixels, np.uint8).reshape(-1, samples.side, samples.side)


def _best_width(count: int, width: int, height: int) -> tuple[int, int]:
    """Columns of each image, and how many images then fit: the largest of which there are enough."""
    for cells in _WIDTHS:
        across = (width + _GAP) // (cells + _GAP)
        down = (height + 1) // (cells // 2 + 2)
        if across * down >= min(count, _ENOUGH):
            return cells, min(count, across * down)
    return _WIDTHS[-1], min(count, max(1, across * down))


def _caption(state: RunState, index: int, style: TerminalStyle, cells: int) -> Text:
    """`A > A` with its mark, and how sure the network is where that fits too."""
    assert state.samples is not None
    assert state.data is not None
    classes, guesses = state.data.classes, state.guesses
    truth = classes[state.samples.truths[index]]
    if guesses is None or index >= len(guesses.guesses):
        return Text(f"{truth} > ?", style_of("faint", style), end="")
    caption = guess_caption(truth, classes[guesses.guesses[index]], style)
    sure = f" {int(guesses.confidences[index] * 100)} %"
    return (
        caption.append(sure, style_of("faint", style)) if caption.cell_len + len(sure) <= cells else caption
    )
