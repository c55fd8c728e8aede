"""Ten ways in which a picture of a hand gets harder to read, each in five strengths.

What chance decides about an image (which way it turns, where it is covered) is counted from the seed, the
corruption and the image's place, and is the same at all strengths: the five differ in degree alone, and the
same seed always gives the same pictures, whatever batches they are made in.
"""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from signtui.data.backdrop import backdrop_share, new_backdrop
from signtui.data.images import ByteArray

Levels: TypeAlias = npt.NDArray[np.float32]
"""Grey levels, float32 (N, S, S), 0 to 255."""

STRENGTHS = 5


@dataclass(frozen=True)
class Chance:
    """What is drawn for N images: `shares` (N, 8) in [0, 1) for each, and `normals()` for each pixel."""

    seed: int
    stream: int
    first: int
    count: int

    @property
    def shares(self) -> Levels:
        """Float32 (N, 8)."""
        return _words(self.seed, self.stream, self.first, self.count, 8)

    def normals(self, side: int) -> Levels:
        """Standard normal numbers, float32 (N, side, side)."""
        size = side * side
        radius, angle = (
            _words(self.seed, self.stream + part, self.first, self.count, size) for part in (1, 2)
        )
        drawn = np.sqrt(-2 * np.log1p(-radius)) * np.cos(np.float32(2 * math.pi) * angle)  # Box and Muller
        return np.asarray(drawn, np.float32).reshape(self.count, side, side)


Change: TypeAlias = Callable[[ByteArray, float, Chance], Levels]


@dataclass(frozen=True)
class Corruption:
    """One way of making it harder: its `name`, five `amounts` of `unit`, weakest first, and the change."""

    name: str
    amounts: tuple[float, float, float, float, float]
    unit: str
    change: Change


def corrupted(
    images: ByteArray, corruption: Corruption, strength: int, seed: int, first: int = 0
) -> ByteArray:
    """`images`, uint8 (N, S, S), under `corruption` at `strength` 1 to 5, as new uint8 (N, S, S).

    `first` is the place of the first of them among all the images that belong together.
    """
    if not 1 <= strength <= STRENGTHS:
        raise ValueError(f"strength must be 1 to {STRENGTHS}, not {strength}")
    name = hashlib.blake2b(corruption.name.encode(), digest_size=4).digest()
    chance = Chance(seed, int.from_bytes(name, "little") << 8, first, len(images))
    levels = corruption.change(images, corruption.amounts[strength - 1], chance)
    return np.clip(np.rint(levels), 0, 255).astype(np.uint8)


def _words(seed: int, stream: int, first: int, count: int, each: int) -> Levels:
    """Shares in [0, 1), float32 (count, each), for the images from `first` on."""
    blocks = -(-each // 4)  # Philox makes four words at a time
    # The raw stream of a counted generator is the same in every numpy; its distributions need not be.
    generator = np.random.Philox(key=[seed % 2**64, stream])
    generator.advance(first * blocks)
    raw = np.asarray(generator.random_raw(count * blocks * 4), np.uint64)
    shares = (raw >> np.uint64(40)).astype(np.float32) * np.float32(2.0**-24)
    return shares.reshape(count, blocks * 4)[:, :each]


def _rotation(images: ByteArray, degrees: float, chance: Chance) -> Levels:
    return _either_way(images, chance, lambda way: _turned(way * degrees))


def _shift(images: ByteArray, share: float, chance: Chance) -> Levels:
    ways = [(math.cos(turn * math.pi / 4), math.sin(turn * math.pi / 4)) for turn in range(8)]
    matrices = [np.array([[1, 0, 2 * share * x], [0, 1, 2 * share * y]]) for x, y in ways]
    return _resampled(images, matrices, _choices(chance, 8))


def _zoom(images: ByteArray, factor: float, chance: Chance) -> Levels:
    return _either_way(images, chance, lambda way: _scaled(factor**way))


def _mirrored(images: ByteArray, degrees: float, chance: Chance) -> Levels:
    mirror = np.array([[-1.0, 0, 0], [0, 1, 0]])
    return _either_way(images, chance, lambda way: mirror[:, :2] @ _turned(way * degrees))


def _blur(images: ByteArray, share: float, chance: Chance) -> Levels:  # noqa: ARG001 - nothing is drawn
    side = images.shape[-1]
    places = np.arange(side, dtype=np.float64)
    reach = math.ceil(4 * share * side)
    blurs = np.zeros((side, side))
    for offset in range(-reach, reach + 1):
        weight = math.exp(-((offset / (share * side)) ** 2) / 2)
        blurs[np.arange(side), np.clip(places + offset, 0, side - 1).astype(int)] += weight
    blurs /= blurs.sum(axis=1, keepdims=True)
    kernel = blurs.astype(np.float32)
    return np.asarray(kernel @ images.astype(np.float32) @ kernel.T, np.float32)


def _noise(images: ByteArray, deviation: float, chance: Chance) -> Levels:
    return images + np.float32(deviation) * chance.normals(images.shape[-1])


def _contrast(images: ByteArray, share: float, chance: Chance) -> Levels:  # noqa: ARG001 - nothing is drawn
    levels = images.astype(np.float32)
    mean = levels.mean(axis=(1, 2), keepdims=True)
    return np.asarray(mean + (levels - mean) * np.float32(share), np.float32)


def _brightness(images: ByteArray, levels: float, chance: Chance) -> Levels:
    way = np.where(chance.shares[:, 0] < 0.5, -levels, levels).astype(np.float32)
    return images + way[:, None, None]


def _occlusion(images: ByteArray, share: float, chance: Chance) -> Levels:
    side = images.shape[-1]
    length = max(1, round(share * side))
    across, down, grey = chance.shares[:, :3].T
    room = side - length + 1
    left, top = (np.floor(place * room)[:, None] for place in (across, down))
    places = np.arange(side)
    columns, rows = ((places >= start) & (places < start + length) for start in (left, top))
    covered = rows[:, :, None] & columns[:, None, :]
    return np.where(covered, 255 * grey[:, None, None], images).astype(np.float32)


def _background(images: ByteArray, share: float, chance: Chance) -> Levels:
    levels = images.astype(np.float32)
    other = new_backdrop(levels, chance.shares)
    return np.asarray(levels + backdrop_share(levels) * np.float32(share) * (other - levels), np.float32)


CORRUPTIONS = (
    Corruption("rotation", (5, 10, 15, 22, 30), "degrees, either way", _rotation),
    Corruption("shift", (0.05, 0.1, 0.15, 0.2, 0.25), "of the side, in one of eight directions", _shift),
    Corruption("zoom", (1.1, 1.2, 1.3, 1.45, 1.6), "times the size, or by as much smaller", _zoom),
    Corruption("mirrored", (0, 5, 10, 15, 20), "degrees aslant: a left hand", _mirrored),
    Corruption("blur", (0.02, 0.03, 0.042, 0.056, 0.075), "of the side, deviation of a Gaussian", _blur),
    Corruption("noise", (6, 12, 20, 30, 42), "grey levels, deviation", _noise),
    Corruption("contrast", (0.6, 0.4, 0.25, 0.15, 0.08), "of the contrast left", _contrast),
    Corruption("brightness", (30, 55, 80, 105, 130), "grey levels, darker or lighter", _brightness),
    Corruption("occlusion", (0.2, 0.28, 0.36, 0.44, 0.52), "of the side, a grey square", _occlusion),
    Corruption("background", (0.2, 0.4, 0.6, 0.8, 1.0), "of another backdrop", _background),
)
"""All of them, in the order of their tables: what the hand does, what the camera does, what is in the way."""


def _choices(chance: Chance, among: int) -> npt.NDArray[np.int64]:
    """Which of `among` ways it is for each image."""
    return np.minimum(chance.shares[:, 0] * among, among - 1).astype(np.int64)


def _either_way(
    images: ByteArray, chance: Chance, matrix: Callable[[int], npt.NDArray[np.float64]]
) -> Levels:
    return _resampled(images, [matrix(1), matrix(-1)], _choices(chance, 2))


def _turned(degrees: float) -> npt.NDArray[np.float64]:
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return np.array([[cosine, sine, 0], [-sine, cosine, 0]])


def _scaled(factor: float) -> npt.NDArray[np.float64]:
    return np.array([[1 / factor, 0, 0], [0, 1 / factor, 0]])


def _resampled(
    images: ByteArray, matrices: list[npt.NDArray[np.float64]], which: npt.NDArray[np.int64]
) -> Levels:
    """Each image seen through one of `matrices` (2, 3), from places in the new picture to places in the old.

    Coordinates run from -1 to 1 about the centre; beyond the border its nearest pixel goes on.
    """
    count, side = len(images), images.shape[-1]
    centres = (np.arange(side) + 0.5) * (2 / side) - 1
    points = np.stack([np.tile(centres, side), np.repeat(centres, side), np.ones(side * side)])
    flat = images.reshape(count, -1)
    seen = np.empty((count, side * side), np.float32)
    for index, matrix in enumerate(matrices):
        rows = np.flatnonzero(which == index)
        x, y = np.clip(((matrix @ points + 1) * side - 1) / 2, 0, side - 1)
        left, top = (np.minimum(np.floor(place), side - 2).astype(np.int64) for place in (x, y))
        right, low = (x - left).astype(np.float32), (y - top).astype(np.float32)
        corner, own = top * side + left, flat[rows]
        upper = own[:, corner] * (1 - right) + own[:, corner + 1] * right
        lower = own[:, corner + side] * (1 - right) + own[:, corner + side + 1] * right
        seen[rows] = upper * (1 - low) + lower * low
    return seen.reshape(images.shape)
