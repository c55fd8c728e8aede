"""The manual alphabet: joint angles, wrist and view of each American Sign Language letter that stands still.

Angles are degrees, in the order of `skeleton.JOINT_NAMES`. J and Z are movements and have no still picture.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

LETTERS: Final = "ABCDEFGHIKLMNOPQRSTUVWXY"

Finger = tuple[float, float, float, float]


@dataclass(frozen=True)
class Sign:
    """One way to sign a letter."""

    letter: str
    fingers: tuple[Finger, Finger, Finger, Finger]  # index to pinky: knuckle, spread, middle joint, end joint
    thumb: tuple[float, float, float, float, float]  # extension, abduction, opposition, knuckle, end joint
    wrist: tuple[float, float]  # flexion, deviation
    view: tuple[float, float, float]  # yaw, pitch, roll of the hand before the camera
    share: float = 1.0  # how often the letter is signed this way

    def angles(self) -> NDArray[np.float64]:
        """The joint angles, float64 (23,)."""
        return np.array([*(angle for finger in self.fingers for angle in finger), *self.thumb, *self.wrist])


_FIST: Final[Finger] = (86, 0, 100, 62)

# A letter's first sign is the one `draw_letter` shows.
SIGNS: Final = (
    Sign("A", (_FIST, _FIST, _FIST, _FIST), (43, 24, 23, 54, 5), (-5, 0), (0, 0, -14)),
    Sign(
        "B",
        ((0, -3, 0, 0), (0, 0, 0, 0), (0, 3, 0, 0), (2, 6, 0, 0)),
        (30, 34, 0, 75, 65),
        (0, 0),
        (0, 0, -2),
    ),
    Sign(
        "C",
        ((36, -2, 46, 30), (40, 0, 48, 32), (42, 2, 48, 32), (42, 4, 48, 32)),
        (16, 61, 24, 6, 11),
        (0, 0),
        (62, 0, -20),
    ),
    Sign(
        "D",
        ((0, 2, 0, 0), (60, 2, 56, 38), (62, 4, 58, 40), (64, 6, 60, 40)),
        (22, 61, 11, 39, 0),
        (0, 0),
        (-2, 0, -5),
    ),
    Sign(
        "E",
        ((50, 0, 112, 58), (50, 0, 112, 58), (52, 0, 111, 58), (55, 0, 110, 58)),
        (22, 50, 5, 75, 34),
        (0, 0),
        (-2, -8, -2),
    ),
    Sign(
        "F",
        ((52, 0, 58, 38), (12, 0, 10, 4), (0, -3, 6, 2), (-8, -10, 6, 2)),
        (38, 55, 5, 43, 6),
        (0, 0),
        (44, 0, -24),
    ),
    Sign(
        "G",
        ((22, 0, 4, 2), (80, 0, 88, 60), (82, 0, 88, 60), (82, 0, 88, 60)),
        (33, 35, 18, 39, 12),
        (-28, -28),
        (188, 42, -80),
    ),
    Sign(
        "H",
        ((20, -2, 4, 2), (22, 2, 4, 2), (82, 0, 88, 60), (82, 0, 88, 60)),
        (24, 43, -9, 57, 27),
        (-28, -28),
        (188, 42, -80),
    ),
    Sign("I", (_FIST, _FIST, (84, 0, 98, 60), (-4, -4, 0, 0)), (37, 37, -13, 50, 32), (0, 0), (0, 0, -4)),
    Sign(
        "K",
        ((-4, 4, 0, 0), (52, -2, 10, 6), (84, 0, 98, 60), (84, 0, 98, 60)),
        (13, 24, 21, 24, 22),
        (0, 0),
        (-44, 0, -2),
    ),
    Sign("L", ((0, 4, 0, 0), _FIST, _FIST, _FIST), (46, 8, 0, -8, -14), (0, 0), (0, 0, 0)),
    Sign(
        "M",
        ((66, -2, 78, 36), (66, 0, 78, 36), (66, 3, 78, 36), (86, 0, 98, 60)),
        (3, 38, 10, 73, 8),
        (0, 0),
        (-6, 0, -14),
    ),
    Sign(
        "N",
        ((56, -2, 86, 36), (56, 0, 86, 36), (88, 0, 102, 60), (88, 0, 102, 60)),
        (21, 38, 3, 69, 7),
        (0, 0),
        (-8, 0, -16),
    ),
    Sign(
        "O",
        ((54, -2, 58, 40), (55, 0, 58, 42), (56, 2, 58, 42), (57, 4, 58, 42)),
        (42, 58, 2, 53, 1),
        (0, 0),
        (70, 0, -18),
    ),
    Sign(
        "P",
        ((4, 2, 0, 0), (68, 0, 14, 8), (84, 0, 98, 60), (84, 0, 98, 60)),
        (16, 28, 17, 28, 23),
        (46, 0),
        (-54, 0, 64),
    ),
    Sign(
        "Q",
        ((22, 0, 8, 4), (80, 0, 92, 60), (82, 0, 92, 60), (84, 0, 92, 60)),
        (30, 48, 12, 19, 2),
        (86, -6),
        (-114, 36, 152),
    ),
    Sign(
        "R",
        ((6, -11, 6, 2), (-4, 11, 12, 6), (86, 0, 98, 60), (86, 0, 98, 60)),
        (26, 43, -10, 58, 26),
        (0, 0),
        (-18, 0, -6),
    ),
    Sign("S", (_FIST, _FIST, _FIST, _FIST), (22, 46, -11, 47, 41), (0, 0), (-14, -4, -18)),
    Sign(
        "T",
        ((64, 7, 92, 45), (86, -3, 100, 62), (86, -2, 100, 62), _FIST),
        (3, 30, 17, 11, 9),
        (0, 0),
        (-4, 0, -10),
        0.6,
    ),
    # The published photographs sign T so: index finger and thumb apart, the back of the hand seen.
    Sign(
        "T",
        ((24, 0, 4, 2), (80, 0, 88, 60), (82, 0, 88, 60), (82, 0, 88, 60)),
        (17, 24, 2, -15, -29),
        (-28, -26),
        (188, 46, -84),
        0.4,
    ),
    Sign(
        "U",
        ((0, 0, 0, 0), (0, 0, 0, 0), (86, 0, 98, 60), (86, 0, 98, 60)),
        (23, 42, -11, 58, 27),
        (0, 0),
        (-12, 0, -5),
    ),
    Sign(
        "V",
        ((0, 14, 0, 0), (0, -12, 0, 0), (86, 0, 98, 60), (86, 0, 98, 60)),
        (23, 42, -11, 58, 27),
        (0, 0),
        (-5, 0, -4),
    ),
    Sign(
        "W",
        ((0, 10, 0, 0), (0, 0, 0, 0), (0, -11, 0, 0), (80, 4, 96, 50)),
        (9, 48, 1, 70, 16),
        (0, 0),
        (4, 0, -2),
    ),
    Sign(
        "X",
        ((10, 0, 84, 40), (86, 0, 98, 60), (86, 0, 98, 60), (86, 0, 98, 60)),
        (35, 40, -19, 56, 36),
        (0, 0),
        (56, 0, -12),
    ),
    Sign("Y", (_FIST, _FIST, (84, 0, 98, 60), (-6, -20, 2, 2)), (44, 14, 0, -6, -12), (0, 0), (0, 0, -4)),
)


def neutral_sign(letter: str) -> Sign:
    """The usual sign of a letter of `LETTERS`. Raises ValueError for any other."""
    for sign in SIGNS:
        if sign.letter == letter.upper():
            return sign
    raise ValueError(f"letter {letter!r} has no still sign: one of {LETTERS} is expected")


def signs_of(letter: str) -> tuple[Sign, ...]:
    """Every way to sign a letter; their shares add up to 1."""
    return tuple(sign for sign in SIGNS if sign.letter == letter)
