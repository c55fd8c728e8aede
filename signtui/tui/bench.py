"""What is tried by hand: image, kernel, stride, padding, activation, pooling, and where the cursor is."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

import numpy as np

from signtui.data.synthetic.alphabet import LETTERS
from signtui.data.synthetic.generate import draw_letter
from signtui.model.kernels import (
    ACTIVATIONS,
    CLASSIC,
    Convolved,
    Image,
    Kernel,
    Padding,
    convolve,
    output_side,
)
from signtui.render.by_hand import Place
from signtui.runs.state import RunState
from signtui.tui.samples_grid import pixels_of

STRIDES = (1, 2, 3)
WINDOWS = (2, 3, 4)
PADDINGS: tuple[Padding, ...] = ("same", "none")
SIDE = 28
_SQUARE = "a square"

T = TypeVar("T")


class Bench:
    """The choices, each turned round by its own method; `result` is what they come to, worked out once."""

    def __init__(self) -> None:
        self.kernels = list(CLASSIC)
        self.kernel_index = 0
        self.stride = 1
        self.padding: Padding = "same"
        self.activation = next(iter(ACTIVATIONS))
        self.window = WINDOWS[0]
        self.image_index = 0
        self.at = Place(SIDE // 2, SIDE // 2)
        self._names: tuple[str, ...] = (*LETTERS, _SQUARE)
        self._watched: tuple[Image, ...] = ()
        self._samples: object = None
        self._result: Convolved | None = None

    def take_images_of(self, state: RunState | None) -> bool:
        """Use the images that the run watches, or drawn hands; True where that is another set."""
        samples = state.samples if state is not None else None
        if samples is self._samples:
            return False
        self._samples = samples
        if state is None or samples is None:
            self._names, self._watched = (*LETTERS, _SQUARE), ()
        else:
            classes = state.data.classes if state.data is not None else ()
            letters = [classes[truth] if truth < len(classes) else f"{truth}" for truth in samples.truths]
            self._watched = tuple(pixels_of(samples))
            self._names = (*letters, _SQUARE)
        self.image_index %= len(self._names)
        self._renew()
        return True

    @property
    def kernel(self) -> Kernel:
        """The chosen kernel."""
        return self.kernels[self.kernel_index]

    @property
    def image(self) -> Image:
        """The chosen image, uint8 (rows, columns)."""
        if self.image_index == len(self._names) - 1:
            return _square()
        if self._watched:
            return self._watched[self.image_index]
        return _letter(self._names[self.image_index])

    @property
    def image_name(self) -> str:
        """What it is, and whose."""
        name = self._names[self.image_index]
        if name == _SQUARE:
            return name
        return f"{name}, {'validation' if self._watched else 'drawn here'}"

    @property
    def result(self) -> Convolved:
        """The kernel's feature map of the image."""
        if self._result is None:
            self._result = convolve(self.image, self.kernel, self.stride, self.padding)
        return self._result

    def turn_kernel(self, by: int) -> None:
        """The next kernel, or with -1 the one before."""
        self.kernel_index = (self.kernel_index + by) % len(self.kernels)
        self._renew()

    def turn_image(self, by: int) -> None:
        """The next image."""
        self.image_index = (self.image_index + by) % len(self._names)
        self._renew()

    def turn_stride(self) -> None:
        """The next stride; the cursor stays over the same part of the image."""
        row, column = self.at.row * self.stride, self.at.column * self.stride
        self.stride = _next(STRIDES, self.stride, 1)
        self.at = Place(row // self.stride, column // self.stride)
        self._renew()

    def turn_padding(self) -> None:
        """The other padding."""
        self.padding = _next(PADDINGS, self.padding, 1)
        self._renew()

    def turn_activation(self, by: int) -> None:
        """The next activation."""
        self.activation = _next(tuple(ACTIVATIONS), self.activation, by)

    def turn_window(self) -> None:
        """The next size of the pooling window."""
        self.window = _next(WINDOWS, self.window, 1)

    def use_typed(self, kernel: Kernel) -> None:
        """Add a typed kernel after the classic ones, in place of the one typed before."""
        self.kernels = [*CLASSIC, kernel]
        self.kernel_index = len(CLASSIC)
        self._renew()

    def move(self, rows: int, columns: int) -> None:
        """Move the cursor over the result, at most to its edges."""
        self.at = Place(self.at.row + rows, self.at.column + columns)
        self._stay_inside()

    def _renew(self) -> None:
        """The result is another one, perhaps of another size."""
        self._result = None
        self._stay_inside()

    def _stay_inside(self) -> None:
        height, width = (
            output_side(length, self.kernel.side, self.stride, self.padding) for length in self.image.shape
        )
        self.at = Place(min(max(0, self.at.row), height - 1), min(max(0, self.at.column), width - 1))


def _next(choices: Sequence[T], chosen: T, by: int) -> T:
    return choices[(choices.index(chosen) + by) % len(choices)]


@lru_cache(maxsize=len(LETTERS))
def _letter(letter: str) -> Image:
    return draw_letter(letter, SIDE)


def _square() -> Image:
    """White on black: its edges are where one expects them."""
    image = np.zeros((SIDE, SIDE), np.uint8)
    image[SIDE // 4 : -SIDE // 4, SIDE // 4 : -SIDE // 4] = 255
    return image
