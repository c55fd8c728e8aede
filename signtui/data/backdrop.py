"""What is behind a hand: which pixels that is, and another scene to put there.

Nobody marked the hands, so the backdrop is found by what it looks like: a wall that changes slowly and
reaches the top and the sides of the picture. A pixel belongs to it as far as a path of small steps of grey
leads there (the geodesic distance of Criminisi, Sharp and Blake 2008). Where a hand or a sleeve is as grey as
the wall it is taken for it, so this is a share and not a cut-out.
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Levels: TypeAlias = npt.NDArray[np.float32]

_STEP = np.float32(9.0)
"""Grey levels between two neighbours that are an edge rather than shading."""

_FAR = np.float32(40.0)
"""Grey levels from the middle of the border at which a pixel there is not the wall any more."""

_SIDES = 0.6
"""Of the sides, from the top, that the wall reaches: below there are arms."""

_ROUNDS = 2


def backdrop_share(levels: Levels) -> Levels:
    """How far each pixel of `levels` (N, S, S) is backdrop: float32 (N, S, S), 0 to 1."""
    distance = _seeds(levels)
    down = _step_costs(levels[:, 1:], levels[:, :-1])
    across = _step_costs(levels[:, :, 1:], levels[:, :, :-1])
    last = levels.shape[-1] - 1
    for _ in range(_ROUNDS):
        for row in range(last):
            _relax(distance[:, row + 1], distance[:, row], down[:, row])
            _relax(distance[:, :, row + 1], distance[:, :, row], across[:, :, row])
        for row in reversed(range(last)):
            _relax(distance[:, row], distance[:, row + 1], down[:, row])
            _relax(distance[:, :, row], distance[:, :, row + 1], across[:, :, row])
    return np.asarray(np.exp(-distance), np.float32)


def _seeds(levels: Levels) -> Levels:
    """The distance of the pixels at the border from the wall; of all others, too far to count."""
    side = levels.shape[-1]
    distance = np.full(levels.shape, 50, np.float32)
    high = max(1, round(_SIDES * side))
    edges = np.concatenate((levels[:, 0], levels[:, :high, 0], levels[:, :high, -1]), axis=1)
    wall = np.median(edges, axis=1)[:, None]
    for place in ((slice(None), 0), (slice(None), slice(high), 0), (slice(None), slice(high), -1)):
        distance[place] = ((levels[place] - wall) / _FAR) ** 2
    return distance


def _step_costs(one: Levels, other: Levels) -> Levels:
    return np.asarray(((one - other) / _STEP) ** 2, np.float32)


def _relax(distance: Levels, neighbour: Levels, cost: Levels) -> None:
    np.minimum(distance, neighbour + cost, out=distance)


def new_backdrop(levels: Levels, shares: Levels) -> Levels:
    """Other scenes for `levels`, float32 (N, S, S), from `shares` (N, 6 or more) in [0, 1): a wall of another
    grey, by 64 levels or more, that is lighter towards one side and has soft stripes.
    """
    side = levels.shape[-1]
    grey, slope, direction, stripes, turn, fineness = (shares[:, index, None, None] for index in range(6))
    place = ((np.arange(side, dtype=np.float32) + 0.5) / side - 0.5).astype(np.float32)
    x, y = place[None, None, :], place[None, :, None]
    circle = np.float32(2 * np.pi)
    own = np.median(levels[:, 0], axis=1)[:, None, None]
    wall = (own + 64 + 127 * grey) % 256 + 120 * slope * (
        x * np.cos(circle * direction) + y * np.sin(circle * direction)
    )
    along = x * np.cos(circle * turn) + y * np.sin(circle * turn)
    wall = wall + 60 * stripes * np.sin(circle * (1 + 4 * fineness) * along)
    return np.asarray(np.clip(wall, 0, 255), np.float32)
