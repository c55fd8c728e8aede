"""The camera: turns the hand, frames it as the published photographs do, and projects it onto the picture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signtui.data.synthetic.skeleton import FINGER_POINTS, THUMB_BASE, THUMB_TIP, WRIST_RADIAL, WRIST_ULNAR

_MOST_ZOOM = 0.68  # of the picture's side per 100 mm: a fist fills less of the picture than a flat hand
_FRAMED = [*range(FINGER_POINTS), *range(THUMB_BASE, THUMB_TIP + 1), WRIST_RADIAL, WRIST_ULNAR]


@dataclass(frozen=True)
class View:
    """How the camera sees N hands."""

    turn: NDArray[
        np.float64
    ]  # (N, 3) degrees: yaw (palm towards the right), pitch (tips nearer), roll (to the left)
    fill: NDArray[np.float64]  # (N,) share of the picture's side that the hand's longer side takes
    shift: NDArray[np.float64]  # (N, 2) of the hand's middle, right and down, in shares of the side
    perspective: NDArray[np.float64]  # (N,) growth per 100 mm nearer to the camera


def project(
    points: NDArray[np.float64], radii: NDArray[np.float64], view: View, side: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Points (N, P, 3) and radii (N, P) of hands as pixels of a picture `side` pixels wide.

    Returns float32 points (x to the right, y down, z towards the viewer, all in pixels) and radii.
    """
    turned = _turn(points, np.radians(view.turn))
    near = 1.0 / (1.0 - view.perspective[:, None] * np.clip(turned[..., 2], -2.0, 2.0))
    turned *= near[..., None]
    radii = radii * near
    flat, reach = turned[:, _FRAMED, :2], radii[:, _FRAMED, None]
    low, high = (flat - reach).min(axis=1), (flat + reach).max(axis=1)
    scale = side * np.minimum(view.fill / (high - low).max(axis=1), view.fill / 0.84 * _MOST_ZOOM)
    pixels = turned * scale[:, None, None]
    pixels[..., :2] -= (0.5 * (low + high) * scale[:, None])[:, None]
    pixels[..., 1] *= -1.0
    pixels[..., :2] += (side * (0.5 + view.shift))[:, None]
    return pixels.astype(np.float32), (radii * scale[:, None]).astype(np.float32)


def _turn(points: NDArray[np.float64], angles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Yaw about the fingers' direction first, then pitch, then roll in the picture's plane."""
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    (sin_y, sin_p, sin_r), (cos_y, cos_p, cos_r) = np.sin(angles).T[..., None], np.cos(angles).T[..., None]
    x, z = x * cos_y + z * sin_y, z * cos_y - x * sin_y
    y, z = y * cos_p - z * sin_p, y * sin_p + z * cos_p
    x, y = x * cos_r - y * sin_r, x * sin_r + y * cos_r
    return np.stack([x, y, z], axis=-1)
