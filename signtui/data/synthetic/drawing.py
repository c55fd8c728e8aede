"""The renderer: capsules and triangles between bone ends, drawn into a depth buffer, shaded and shadowed.

Works on many hands at once, one array per step; every number of a picture depends on its own hand only,
so pictures are the same however they are grouped.
"""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from signtui.data.synthetic import skeleton as bones

Pixels = NDArray[np.float32]


# Kinds of pieces: the light on soft ones is smoothed, so that palm and arm are not seen to be made of pieces.
HARD, SOFT, CLOTH = 0, 1, 2


@dataclass(frozen=True)
class Piece:
    """A rod between two bone ends, or the flat flesh between three."""

    ends: tuple[int, ...]
    kind: int = HARD
    side: int = (
        0  # of a palm's triangle: 1 its palmar skin, -1 the back of the hand, 0 whatever the viewer sees
    )


PIECES: Final = (
    *(Piece((4 * finger + bone, 4 * finger + bone + 1)) for finger in range(4) for bone in range(3)),
    Piece((bones.THUMB_KNUCKLE, bones.THUMB_JOINT)),
    Piece((bones.THUMB_JOINT, bones.THUMB_TIP)),
    *(
        Piece(ends, SOFT)
        for ends in (
            (bones.WRIST_RADIAL, bones.FOREARM_RADIAL),
            (bones.WRIST_ULNAR, bones.FOREARM_ULNAR),
            (bones.WRIST_RADIAL, bones.FOREARM_RADIAL, bones.FOREARM_ULNAR),
            (bones.WRIST_RADIAL, bones.FOREARM_ULNAR, bones.WRIST_ULNAR),
            (bones.WRIST_RADIAL, bones.WRIST_ULNAR),
            (bones.WRIST_RADIAL, 0),
            (bones.WRIST_ULNAR, 12),
            (0, 4), (4, 8), (8, 12),
            (bones.WRIST_ULNAR, bones.PALM_EDGE),
            (bones.PALM_EDGE, 12),
            (bones.WRIST_RADIAL, bones.THUMB_BALL),
            (bones.THUMB_BALL, bones.THUMB_KNUCKLE),
            (bones.PAD_RADIAL, bones.PAD_ULNAR),
            (bones.THUMB_BALL, bones.THUMB_KNUCKLE, bones.WEB),  # the skin between thumb and index finger
        )
    ),
    *(
        Piece(ends, SOFT, side=1)
        for ends in (
            (bones.THUMB_BALL, bones.WEB, bones.PAD_RADIAL),
            (bones.THUMB_BALL, bones.PAD_RADIAL, bones.PAD_ULNAR),
            (bones.THUMB_BALL, bones.PAD_ULNAR, bones.PALM_EDGE),
            (bones.THUMB_BALL, bones.PALM_EDGE, bones.WRIST_ULNAR),
            (bones.THUMB_BALL, bones.WRIST_ULNAR, bones.WRIST_RADIAL),
        )
    ),
    *(
        Piece(ends, SOFT, side=-1)
        for ends in (
            (bones.WRIST_RADIAL, bones.WRIST_ULNAR, 4),
            (bones.WRIST_RADIAL, 4, 0),
            (bones.WRIST_ULNAR, 8, 4),
            (bones.WRIST_ULNAR, 12, 8),
        )
    ),
    *(
        Piece(ends, CLOTH)
        for ends in (
            (bones.CUFF_RADIAL, bones.SLEEVE_RADIAL),
            (bones.CUFF_ULNAR, bones.SLEEVE_ULNAR),
            (bones.CUFF_RADIAL, bones.CUFF_ULNAR),
            (bones.CUFF_RADIAL, bones.SLEEVE_RADIAL, bones.SLEEVE_ULNAR),
            (bones.CUFF_RADIAL, bones.SLEEVE_ULNAR, bones.CUFF_ULNAR),
        )
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Light:
    """One lamp, the room's light, and what they fall on; arrays float32 (N,), `direction` (N, 3)."""

    direction: Pixels  # unit vectors towards the lamp: right, down, towards the viewer
    lamp: Pixels
    room: Pixels
    creases: Pixels  # how dark gaps and folds get
    skin: Pixels
    cloth: Pixels


@dataclass(frozen=True)
class Window:
    """A part of every picture, and the middles of its pixels."""

    rows: slice
    columns: slice
    x: Pixels  # (1, 1, W)
    y: Pixels  # (1, H, 1)


class Canvas:
    """Depth, light and piece of N square pictures while hands are drawn into them."""

    def __init__(self, count: int, side: int, direction: Pixels) -> None:
        shape = (count, side, side)
        self.side = side
        self.direction = direction
        self.depth = np.full(shape, -np.inf, dtype=np.float32)
        self.lit = np.zeros(shape, dtype=np.float32)  # cosine between the surface and the lamp
        self.facing = np.zeros(shape, dtype=np.float32)  # cosine between the surface and the viewer
        self.kind = np.zeros(shape, dtype=np.uint8)

    def _window(self, ends: Pixels, radii: Pixels) -> Window | None:
        """The part of the pictures that these pieces can touch; None if they are out of the picture."""
        reach = radii[..., None]
        low = (ends[..., :2] - reach).min(axis=(0, 1))
        high = (ends[..., :2] + reach).max(axis=(0, 1)) + 1
        left, right = max(0, math.floor(low[0])), min(self.side, math.ceil(high[0]))
        top, bottom = max(0, math.floor(low[1])), min(self.side, math.ceil(high[1]))
        if left >= right or top >= bottom:
            return None
        x = np.arange(left, right, dtype=np.float32)[None, None, :] + np.float32(0.5)
        y = np.arange(top, bottom, dtype=np.float32)[None, :, None] + np.float32(0.5)
        return Window(slice(top, bottom), slice(left, right), x, y)

    def _paint(
        self, window: Window, z: Pixels, inside: NDArray[np.bool_], lit: Pixels, facing: Pixels, kind: int
    ) -> None:
        part = (slice(None), window.rows, window.columns)
        inside &= z > self.depth[part]
        np.copyto(self.depth[part], z, where=inside)
        np.copyto(self.lit[part], lit, where=inside)
        np.copyto(self.facing[part], facing, where=inside)
        np.copyto(self.kind[part], np.uint8(kind), where=inside)

    def capsule(self, ends: Pixels, radii: Pixels, kind: int) -> None:
        """A tapered rod with round ends, `ends` (N, 2, 3), `radii` (N, 2).

        The surface is the envelope of spheres along the rod: for a pixel at u along and v across the rod,
        the sphere that comes nearest to the viewer lies at u + h dz/|d|, h^2 = r^2 - v^2, kept on the rod.
        """
        window = self._window(ends, radii)
        if window is None:
            return
        start, step = ends[:, 0], ends[:, 1] - ends[:, 0]
        flat = np.maximum(np.sqrt(step[:, 0] ** 2 + step[:, 1] ** 2), np.float32(0.05))
        lean = step[:, 2] / np.sqrt(flat**2 + step[:, 2] ** 2)
        ux, uy, length = _tall(step[:, 0] / flat), _tall(step[:, 1] / flat), _tall(flat)
        dx, dy = window.x - _tall(start[:, 0]), window.y - _tall(start[:, 1])
        along = dx * ux + dy * uy
        across = dy * ux - dx * uy
        radius = np.minimum(np.maximum(along, 0), length)
        radius *= _tall((radii[:, 1] - radii[:, 0]) / flat)
        radius += _tall(radii[:, 0])
        half = radius * radius
        half -= across * across
        where = np.sqrt(np.maximum(half, 0))
        where *= _tall(lean)
        where += along
        np.minimum(np.maximum(where, 0, out=where), length, out=where)
        beyond = np.subtract(along, where, out=along)
        half -= beyond * beyond
        inside = half > 0
        height = np.sqrt(np.maximum(half, 0, out=half), out=half)
        z = np.multiply(where, _tall(step[:, 2] / flat), out=where)
        z += height
        z += _tall(start[:, 2])
        sun = self.direction
        beyond *= _tall(sun[:, 0]) * ux + _tall(sun[:, 1]) * uy
        across *= _tall(sun[:, 1]) * ux - _tall(sun[:, 0]) * uy
        lit = np.add(beyond, across, out=beyond)
        lit += height * _tall(sun[:, 2])
        lit /= radius
        height /= radius
        self._paint(window, z, inside, lit, height, kind)

    def triangle(self, corners: Pixels, radii: Pixels, skin: Pixels | None, kind: int) -> None:
        """The flat flesh between three rods, `corners` (N, 3, 3), raised to their surface by `radii` (N, 3).

        Raised towards the viewer; or, where the triangle is part of a larger skin, along that skin's normal
        `skin` (N, 3) so that neighbours meet, and not drawn where the skin is turned away.
        """
        if skin is not None and not (skin[:, 2] > 0).any():
            return
        normal = _unit_normal(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        normal *= np.where(normal[:, 2:] < 0, np.float32(-1), np.float32(1))
        raised = corners + radii[..., None] * (normal if skin is None else skin)[:, None]
        slack = np.float32(0.02)  # neighbours overlap: raised by different radii, they would leave cracks
        overlap = 2 * slack * np.abs(corners[:, 1:] - corners[:, :1]).sum(axis=(1, 2))
        window = self._window(raised, np.repeat(overlap[:, None], 3, axis=1))
        if window is None:
            return
        a, b, c = raised[:, 0], raised[:, 1], raised[:, 2]
        area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])
        area = np.where(np.abs(area) < 1e-3, np.float32(1e-3), area)
        dx, dy = window.x - _tall(a[:, 0]), window.y - _tall(a[:, 1])
        to_b = dx * _tall((c[:, 1] - a[:, 1]) / area) - dy * _tall((c[:, 0] - a[:, 0]) / area)
        to_c = dy * _tall((b[:, 0] - a[:, 0]) / area) - dx * _tall((b[:, 1] - a[:, 1]) / area)
        inside = (to_b >= -slack) & (to_c >= -slack) & (to_b + to_c <= 1 + slack)
        if skin is not None:
            inside &= _tall(skin[:, 2]) > 0
        to_b *= _tall(b[:, 2] - a[:, 2])
        to_c *= _tall(c[:, 2] - a[:, 2])
        z = to_b + to_c
        z += _tall(a[:, 2])
        sun = self.direction
        lit = normal[:, 0] * sun[:, 0] + normal[:, 1] * sun[:, 1] + normal[:, 2] * sun[:, 2]
        self._paint(window, z, inside, _tall(lit), _tall(normal[:, 2]), kind)


def draw_hands(points: Pixels, radii: Pixels, side: int, light: Light) -> tuple[Pixels, Pixels]:
    """Draws N hands from projected bone ends, points (N, P, 3) and radii (N, P) in pixels; `side` is even.

    Returns the brightness of every pixel in grey levels, float32 (N, side, side), 0 where there is no
    hand, and the share of it that hand or sleeve covers, 0 or 1.
    """
    canvas = Canvas(len(points), side, light.direction)
    ulnar = points[:, bones.WRIST_ULNAR]
    # y runs down in a picture, hence the sign.
    palm = -_unit_normal(points[:, bones.WRIST_RADIAL] - ulnar, points[:, bones.MIDDLE_KNUCKLE] - ulnar)
    for piece in PIECES:
        ends = list(piece.ends)
        if len(ends) == 2:
            canvas.capsule(points[:, ends], radii[:, ends], piece.kind)
        else:
            skin = palm * np.float32(piece.side) if piece.side else None
            canvas.triangle(points[:, ends], radii[:, ends], skin, piece.kind)
    floor = points[:, : bones.WRIST_ULNAR + 1, 2].min(axis=1)
    return _shade(canvas, floor, light)


def _shade(canvas: Canvas, floor: Pixels, light: Light) -> tuple[Pixels, Pixels]:
    """Lamp light wraps a little round the flesh, as skin does; the room's light fades in folds and gaps.

    What needs a neighbourhood is worked out at half the resolution. `floor` (N,) is the depth at which
    the background is taken to be.
    """
    covered = canvas.depth > -np.inf
    depth = np.maximum(canvas.depth, _tall(floor))
    unit = canvas.side / 56
    coarse = shrink(depth)
    buried = np.maximum(_double(box_blur(coarse, max(1, round(unit)))) - depth, 0)
    buried += np.maximum(_double(box_blur(coarse, max(1, round(2 * unit)))) - depth, 0)
    open_sky = 1 / (1 + buried * _tall(light.creases / np.float32(unit)))
    lit = np.where(canvas.kind == HARD, canvas.lit, _double(_soft_light(canvas, max(1, round(unit)))))
    wrapped = np.maximum(lit + np.float32(0.3), 0, out=lit)
    wrapped *= _tall(light.lamp / np.float32(1.3))
    room = canvas.facing * np.float32(0.35) + np.float32(0.65)
    room *= _tall(light.room)
    room += wrapped
    room *= open_sky
    mask = covered.astype(np.float32)
    cloth = (canvas.kind == CLOTH).astype(np.float32)
    room *= mask * _tall(light.skin) + cloth * _tall(light.cloth - light.skin)
    return room, mask


def _soft_light(canvas: Canvas, radius: int) -> Pixels:
    """The lamp's light on palm and arm without the edges of the pieces they are made of; half resolution."""
    soft = (canvas.kind >= SOFT).astype(np.float32)
    light, share = shrink(canvas.lit * soft), shrink(soft)
    for _ in range(2):
        light, share = box_blur(light, radius), box_blur(share, radius)
    return np.asarray(light / np.maximum(share, np.float32(1e-3)), dtype=np.float32)


def box_blur(images: Pixels, radius: int) -> Pixels:
    """The mean over (2 radius + 1) squared pixels, borders repeated; (N, H, W) float32."""
    width = 2 * radius + 1
    for axis in (1, 2):
        index = np.clip(np.arange(-radius, images.shape[axis] + radius), 0, images.shape[axis] - 1)
        padded = np.take(images, index, axis=axis)
        parts = [
            padded[:, shift : shift + images.shape[1]]
            if axis == 1
            else padded[:, :, shift : shift + images.shape[2]]
            for shift in range(width)
        ]
        total = parts[0] + parts[1]
        for part in parts[2:]:
            total += part
        total *= np.float32(1 / width)
        images = total
    return images


def shrink(images: Pixels) -> Pixels:
    """Half the resolution: the mean of each block of four pixels; sides are even."""
    rows = images[:, 0::2] + images[:, 1::2]
    return np.asarray((rows[:, :, 0::2] + rows[:, :, 1::2]) * np.float32(0.25))


def _double(images: Pixels) -> Pixels:
    return np.repeat(np.repeat(images, 2, axis=1), 2, axis=2)


def _unit_normal(one: Pixels, two: Pixels) -> Pixels:
    """The unit vector across two edges, (N, 3) each; short where the edges are parallel."""
    normal = np.stack(
        [
            one[:, 1] * two[:, 2] - one[:, 2] * two[:, 1],
            one[:, 2] * two[:, 0] - one[:, 0] * two[:, 2],
            one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0],
        ],
        axis=-1,
    )
    size = np.sqrt(normal[:, 0] ** 2 + normal[:, 1] ** 2 + normal[:, 2] ** 2)
    return np.asarray(normal / np.maximum(size, np.float32(1e-3))[:, None], dtype=np.float32)


def _tall(values: NDArray[np.floating[Any]]) -> Pixels:
    """One value per picture, shaped to meet pixels."""
    return np.asarray(values, dtype=np.float32)[:, None, None]
