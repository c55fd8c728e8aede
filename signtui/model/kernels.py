"""A convolution, an activation and a pooling by hand: exact, on one image, with no network and no torch.

A kernel is whole numbers over one denominator and an image is whole grey levels, so every product and
every sum here is exact, and what is shown of them adds up to the last digit.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from signtui.errors import ConfigError

Image: TypeAlias = npt.NDArray[np.uint8]
Whole: TypeAlias = npt.NDArray[np.int64]
Values: TypeAlias = npt.NDArray[np.float64]
Padding: TypeAlias = Literal["same", "none"]

LARGEST_SIDE = 5
LARGEST_NUMBER = 1000
LARGEST_DENOMINATOR = 10_000
EXAMPLE = "-1,0,1; -2,0,2; -1,0,1"


@dataclass(frozen=True)
class Kernel:
    """A square of numbers: `numerators` int64 (k, k), each over `denominator`."""

    name: str
    numerators: Whole
    denominator: int = 1

    @property
    def side(self) -> int:
        """k."""
        return len(self.numerators)

    @property
    def values(self) -> Values:
        """The numbers themselves, float64 (k, k)."""
        return self.numerators / self.denominator


def _kernel(name: str, rows: list[list[int]], denominator: int = 1) -> Kernel:
    return Kernel(name, np.array(rows, np.int64), denominator)


CLASSIC = (
    _kernel("horizontal edges", [[-1, -1, -1], [0, 0, 0], [1, 1, 1]]),
    _kernel("vertical edges", [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]),
    _kernel("Sobel horizontal", [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]),
    _kernel("Sobel vertical", [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
    _kernel("blur", [[1, 1, 1], [1, 1, 1], [1, 1, 1]], 9),
    _kernel("sharpen", [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
    _kernel("identity", [[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
)
"""The kernels of the textbooks: edges are dark above or left of light where they are positive."""


def parse_kernel(text: str) -> Kernel:
    """The kernel that `text` writes: rows part at `;`, numbers at commas or blanks.

    Numbers may be whole, decimal or fractions such as 1/9.

    Raises:
        ConfigError: where a number can't be read or is too large, or the rows don't make a square.
    """
    rows = [row.replace(",", " ").split() for row in text.split(";")]
    while rows and not rows[-1]:
        rows.pop()
    if not rows:
        raise ConfigError(f"kernel: nothing is written; write rows such as {EXAMPLE}")
    numbers = [[_number(word) for word in row] for row in rows]
    for index, row in enumerate(numbers, start=1):
        if len(row) != len(numbers):
            raise ConfigError(
                f"kernel: row {index} has {_count(len(row), 'number')}, but there {_are(len(numbers))};"
                " write as many in each row as there are rows"
            )
    if len(numbers) > LARGEST_SIDE:
        raise ConfigError(
            f"kernel: {len(numbers)}x{len(numbers)} is too large; at most {LARGEST_SIDE}x{LARGEST_SIDE}"
        )
    common = math.lcm(*(number.denominator for row in numbers for number in row))
    if common > LARGEST_DENOMINATOR:
        raise ConfigError(
            f"kernel: its numbers have the common denominator {common:,}; use fractions that stay within"
            f" {LARGEST_DENOMINATOR:,}"
        )
    return _kernel("typed", [[int(number * common) for number in row] for row in numbers], common)


def _number(word: str) -> Fraction:
    try:
        number = Fraction(word) if len(word) <= 20 and "e" not in word.lower() else None
    except (ValueError, ZeroDivisionError):
        number = None
    if number is None:
        raise ConfigError(f"kernel: {word!r} is no number; write -1, 0.5 or 1/9")
    if abs(number) > LARGEST_NUMBER:
        raise ConfigError(f"kernel: {word} is beyond {LARGEST_NUMBER:,}; use smaller numbers")
    return number


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _are(rows: int) -> str:
    return "is 1 row" if rows == 1 else f"are {rows} rows"


def written(kernel: Kernel) -> str:
    """`kernel` as `parse_kernel` reads it."""
    rows = [[Fraction(int(number), kernel.denominator) for number in row] for row in kernel.numerators]
    return "; ".join(",".join(map(str, row)) for row in rows)


def margins(side: int, padding: Padding) -> tuple[int, int]:
    """Rows of zeros put before and after the image, as the network's own convolutions do."""
    return ((side - 1) // 2, side // 2) if padding == "same" else (0, 0)


def output_side(image_side: int, side: int, stride: int, padding: Padding) -> int:
    """How many values a side `convolve` gives; nought or less where the image is too small."""
    return (image_side + sum(margins(side, padding)) - side) // stride + 1


@dataclass(frozen=True)
class Convolved:
    """What a kernel makes of an image: `sums` int64 (rows, columns), to be divided by the denominator."""

    image: Image
    kernel: Kernel
    stride: int
    padding: Padding
    sums: Whole

    @property
    def values(self) -> Values:
        """The feature map in grey levels, float64 (rows, columns)."""
        return self.sums / self.kernel.denominator

    def corner(self, row: int, column: int) -> tuple[int, int]:
        """The first row and column of the image under the kernel there; below nought in the padding."""
        before = margins(self.kernel.side, self.padding)[0]
        return row * self.stride - before, column * self.stride - before

    def patch(self, row: int, column: int) -> Whole:
        """The grey levels under the kernel there, int64 (k, k); nought in the padding."""
        side = self.kernel.side
        padded = _padded(self.image, margins(side, self.padding))
        top, left = row * self.stride, column * self.stride
        return padded[top : top + side, left : left + side]

    def products(self, row: int, column: int) -> Whole:
        """Each grey level by its number of the kernel, int64 (k, k); they add up to the sum there."""
        return self.patch(row, column) * self.kernel.numerators


def convolve(image: Image, kernel: Kernel, stride: int, padding: Padding) -> Convolved:
    """Slide `kernel` over `image`, uint8 (rows, columns), as a network does: without turning it over.

    Raises:
        ConfigError: where the image is smaller than the kernel.
    """
    side = kernel.side
    if min(output_side(length, side, stride, padding) for length in image.shape) < 1:
        raise ConfigError(f"an image of {'x'.join(map(str, image.shape))} is too small for {side}x{side}")
    padded = _padded(image, margins(side, padding))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (side, side))[::stride, ::stride]
    sums = np.einsum("rcij,ij->rc", windows, kernel.numerators)
    return Convolved(image, kernel, stride, padding, sums)


def _padded(image: Image, around: tuple[int, int]) -> Whole:
    return np.pad(image.astype(np.int64), (around, around))


def pool(values: Values, window: int, how: Literal["max", "average"]) -> Values:
    """`values` (rows, columns) merged by windows of that side, step as wide; what is left over is dropped."""
    rows, columns = (length // window for length in values.shape)
    cut = values[: rows * window, : columns * window].reshape(rows, window, columns, window)
    return np.asarray(cut.max(axis=(1, 3)) if how == "max" else cut.mean(axis=(1, 3)), np.float64)


def _sigmoid(x: Values) -> Values:
    return np.asarray(0.5 * (1 + np.tanh(x / 2)), np.float64)  # never overflows


def _gelu(x: Values) -> Values:
    below = [0.5 * (1 + math.erf(value / math.sqrt(2))) for value in np.ravel(x).tolist()]
    return np.asarray(x * np.reshape(below, np.shape(x)), np.float64)


ACTIVATIONS: dict[str, Callable[[Values], Values]] = {
    "relu": lambda x: np.maximum(x, 0.0),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.01 * x),
    "gelu": _gelu,
    "silu": lambda x: x * _sigmoid(x),
    "tanh": np.tanh,
    "sigmoid": _sigmoid,
}
"""The settings' activations by name, with what torch's do to float64 values of any shape."""


def activate(name: str, value: float) -> float:
    """What the activation makes of one value."""
    return float(ACTIVATIONS[name](np.array([value], np.float64))[0])
