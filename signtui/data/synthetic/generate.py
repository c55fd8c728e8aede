"""Synthetic hands to train on: balanced, shuffled pictures of the 24 letters, drawn from counted randomness.

The random numbers of a picture are keyed by (seed, its number) and those of the labels by (seed, group of
24), so a picture depends neither on how many are asked for nor on the number of threads.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from signtui.data.synthetic import variety
from signtui.data.synthetic.alphabet import LETTERS, Sign, neutral_sign, signs_of
from signtui.data.synthetic.camera import View, project
from signtui.data.synthetic.drawing import Light, draw_hands, shrink
from signtui.data.synthetic.scenery import background, expose
from signtui.data.synthetic.skeleton import average_proportions, joint_points

GENERATOR_VERSION: Final = 1  # raised whenever the same seed gives other bytes
SMALLEST_SIDE: Final = 8
_OVERSAMPLING: Final = 2
_BATCH_PIXELS: Final = 32 * 56 * 56  # of one buffer: small enough to stay in the processor's cache
_MOST_THREADS: Final = 2  # more gain little: Python's own share of the work is the rest
_LABEL_STREAM: Final = 1 << 63


def synthetic_hands(
    count: int, seed: int, size: int = 28, spread: float = 1.0
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Draws `count` pictures of signing hands, all different.

    Returns images, uint8 (count, size, size) grey, and labels, uint8 (count,), an index into
    'ABCDEFGHIKLMNOPQRSTUVWXY'. Every 24 pictures in a row show each letter once, in shuffled order, so
    classes are balanced to within one; the first k pictures are the same whatever the count. `seed` is
    from 0 to 2^64 - 1. `spread` above 1 turns the hands further, and bends and builds them a little further
    apart, than those of one data set. Raises ValueError for a count below 0, a seed out of range or a side
    below 8.
    """
    if count < 0:
        raise ValueError(f"count is {count}: at least 0 is expected")
    if not 0 <= seed < 1 << 64:
        raise ValueError(f"seed is {seed}: 0 to 2^64 - 1 is expected")
    _check_size(size)
    labels = _labels(count, seed)
    images = np.empty((count, size, size), dtype=np.uint8)
    batch = max(1, _BATCH_PIXELS // (_OVERSAMPLING * size) ** 2)
    jobs = [
        numbers[start : start + batch]
        for numbers in (np.flatnonzero(labels == letter) for letter in range(len(LETTERS)))
        for start in range(0, len(numbers), batch)
    ]
    with ThreadPoolExecutor(max_workers=min(_MOST_THREADS, os.cpu_count() or 1)) as pool:
        for numbers, drawn in zip(
            jobs, pool.map(lambda job: _draw_batch(job, labels, seed, size, spread), jobs), strict=True
        ):
            images[numbers] = drawn
    return images, labels


def draw_letter(letter: str, size: int = 28) -> NDArray[np.uint8]:
    """One letter as the average hand signs it before a plain wall: uint8 (size, size) grey.

    Raises ValueError for a letter without a still sign (J, Z) and for a side below 8.
    """
    _check_size(size)
    sign = neutral_sign(letter)
    side = _OVERSAMPLING * size
    points, radii = joint_points(sign.angles()[None], average_proportions(1))
    view = View(np.array([sign.view]), np.array([0.86]), np.zeros((1, 2)), np.array([0.08]))
    direction = np.array([[-0.52, -0.52, 0.68]], dtype=np.float32)
    lamp, room, creases, skin, cloth = np.array([[0.72], [0.42], [0.4], [215], [60]], dtype=np.float32)
    hand, cover = draw_hands(
        *project(points, radii, view, side), side, Light(direction, lamp, room, creases, skin, cloth)
    )
    image = shrink(hand) + (1 - shrink(cover)) * np.float32(165)
    return np.asarray(np.clip(np.floor(image[0] + np.float32(0.5)), 0, 255).astype(np.uint8))


def _check_size(size: int) -> None:
    if size < SMALLEST_SIDE:
        raise ValueError(f"size is {size}: a picture's side is at least {SMALLEST_SIDE} pixels")


def _labels(count: int, seed: int) -> NDArray[np.uint8]:
    """Shuffled groups that hold each letter once."""
    groups = -(-count // len(LETTERS))
    stream = np.random.Generator(np.random.Philox(key=[seed, _LABEL_STREAM]))
    keys = stream.random((groups, len(LETTERS)))
    return np.argsort(keys, axis=1, kind="stable").astype(np.uint8).reshape(-1)[:count]


def _draw_batch(
    numbers: NDArray[np.intp], labels: NDArray[np.uint8], seed: int, size: int, spread: float = 1.0
) -> NDArray[np.uint8]:
    """The pictures with these numbers, which all show one letter."""
    normals = np.empty((len(numbers), variety.NORMALS))
    uniforms = np.empty((len(numbers), variety.UNIFORMS))
    grain = np.empty((len(numbers), size, size), dtype=np.float32)
    for row, number in enumerate(numbers):
        stream = np.random.Generator(np.random.Philox(key=[seed, int(number)]))
        normals[row] = stream.standard_normal(variety.NORMALS)
        uniforms[row] = stream.random(variety.UNIFORMS)
        grain[row] = stream.standard_normal((size, size), dtype=np.float32)
    ways = signs_of(LETTERS[labels[numbers[0]]])
    chosen = np.searchsorted(np.cumsum([way.share for way in ways])[:-1], uniforms[:, 0], side="right")
    images = np.empty((len(numbers), size, size), dtype=np.uint8)
    for index, sign in enumerate(ways):
        mine = chosen == index
        if mine.any():
            dice = variety.Dice(normals[mine], uniforms[mine, 1:], spread)
            images[mine] = _draw_sign(sign, dice, grain[mine])
    return images


def _draw_sign(sign: Sign, dice: variety.Dice, grain: NDArray[np.float32]) -> NDArray[np.uint8]:
    size = grain.shape[-1]
    side = _OVERSAMPLING * size
    points, radii = joint_points(variety.vary_joints(sign, dice), variety.vary_proportions(dice))
    view, light = variety.vary_view(sign, dice), variety.vary_light(dice)
    hand, cover = draw_hands(*project(points, radii, view, side), side, light)
    scene = background(variety.vary_scenery(dice), size)
    return expose(shrink(hand) + (1 - shrink(cover)) * scene, variety.vary_camera(dice), grain)
