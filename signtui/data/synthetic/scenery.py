"""What is behind the hand, and what the camera makes of it all: backgrounds, blur, tone and noise."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.float32]


@dataclass(frozen=True)
class Shapes:
    """Things in the background, K per picture, float32 (N, K). Lengths are shares of the picture's side."""

    x: Pixels  # the middle, or a point on the edge of a half-plane
    y: Pixels
    angle_cos: Pixels
    angle_sin: Pixels
    width: Pixels  # half width along the angle; half-planes are very wide shapes
    height: Pixels
    softness: Pixels
    grey: Pixels
    opacity: Pixels  # 0 where there is no such thing


@dataclass(frozen=True)
class Scenery:
    """The wall behind N hands: its grey, its gradient to the right and down, and the things before it."""

    grey: Pixels  # (N,)
    slope: Pixels  # (N, 2) grey levels over the picture's side
    shapes: Shapes


@dataclass(frozen=True)
class Camera:
    """What N exposures do to a picture; arrays float32 (N,)."""

    blur: Pixels  # weight of each neighbour in a three-pixel filter; below 0 sharpens
    tone: Pixels  # 1 keeps the tone curve straight, less lifts the shadows
    gain: Pixels
    noise: Pixels  # grey levels


def background(scenery: Scenery, side: int) -> Pixels:
    """The pictures behind the hands, float32 (N, side, side), grey levels."""
    place = (np.arange(side, dtype=np.float32) + np.float32(0.5)) / np.float32(side)
    x, y = place[None, None, :], place[None, :, None]
    wall = _tall(scenery.grey) + _tall(scenery.slope[:, 0]) * (x - np.float32(0.5))
    image = wall + _tall(scenery.slope[:, 1]) * (y - np.float32(0.5))
    shapes = scenery.shapes
    for k in np.flatnonzero(shapes.opacity.any(axis=0)):
        dx, dy = x - _tall(shapes.x[:, k]), y - _tall(shapes.y[:, k])
        cos, sin = _tall(shapes.angle_cos[:, k]), _tall(shapes.angle_sin[:, k])
        along = (dx * cos + dy * sin) / _tall(shapes.width[:, k])
        across = (dy * cos - dx * sin) / _tall(shapes.height[:, k])
        inside = (np.float32(1) - along * along - across * across) / _tall(shapes.softness[:, k])
        image += np.clip(inside, 0, 1) * _tall(shapes.opacity[:, k]) * (_tall(shapes.grey[:, k]) - image)
    return image


def expose(images: Pixels, camera: Camera, grain: Pixels) -> NDArray[np.uint8]:
    """The finished pictures, uint8, from grey levels (N, H, W) and standard normal `grain`, alike."""
    side = images.shape[-1]
    for _ in range(max(1, round((side / 28) ** 2))):
        images = _filter(images, _tall(camera.blur))
    share = np.clip(images * _tall(camera.gain / np.float32(255)), 0, 1)
    tone = _tall(camera.tone)
    share = share / (share + (1 - share) * tone)
    grey = share * np.float32(255) + grain * _tall(camera.noise)
    return np.asarray(np.clip(np.floor(grey + np.float32(0.5)), 0, 255).astype(np.uint8))


def _filter(images: Pixels, weight: Pixels) -> Pixels:
    for axis in (1, 2):
        last = images.shape[axis] - 1
        index = np.arange(last + 1)
        near = np.take(images, np.maximum(index - 1, 0), axis=axis)
        near += np.take(images, np.minimum(index + 1, last), axis=axis)
        near -= np.float32(2) * images
        near *= weight
        images = images + near
    return images


def _tall(values: NDArray[np.floating[Any]]) -> Pixels:
    """One value per picture, shaped to meet pixels."""
    return np.asarray(values, dtype=np.float32)[:, None, None]
