"""The jointed hand: its bones, its joints with their limits, and where joint angles put every bone end.

The hand's own frame, in units of 100 mm: the wrist is the origin, x points to the thumb's side, y along
the fingers, z out of the palm. Seen with z towards the viewer this is a right hand showing its palm.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

FINGERS: Final = ("index", "middle", "ring", "pinky")

# Active ranges in degrees, rounded outwards from the usual goniometry tables. Flexion bends towards the palm;
# spread is positive towards the thumb. The ring finger and the pinky share a tendon sheath, not limits.
FINGER_LIMITS: Final = {
    "mcp_flexion": (-25.0, 95.0),
    "spread": (-28.0, 28.0),
    "pip_flexion": (-5.0, 115.0),
    "dip_flexion": (-10.0, 90.0),
}
# The thumb's metacarpal is aimed by two angles: extension, in the plane of the palm, from the fingers'
# direction (0) to the thumb's side (90); abduction, out of that plane. Opposition turns its flexion plane.
THUMB_LIMITS: Final = {
    "extension": (-15.0, 75.0),
    "abduction": (-15.0, 70.0),
    "opposition": (-60.0, 90.0),
    "mcp_flexion": (-20.0, 75.0),
    "ip_flexion": (-30.0, 90.0),
}
WRIST_LIMITS: Final = {"flexion": (-75.0, 90.0), "deviation": (-40.0, 30.0)}

JOINT_NAMES: Final = (
    *(f"{finger}_{joint}" for finger in FINGERS for joint in FINGER_LIMITS),
    *(f"thumb_{joint}" for joint in THUMB_LIMITS),
    *(f"wrist_{joint}" for joint in WRIST_LIMITS),
)
JOINT_LIMITS: Final[NDArray[np.float64]] = np.array(
    [
        *(FINGER_LIMITS[joint] for _ in FINGERS for joint in FINGER_LIMITS),
        *THUMB_LIMITS.values(),
        *WRIST_LIMITS.values(),
    ]
)
THUMB: Final = slice(16, 21)
WRIST: Final = slice(21, 23)

# Bone ends, in the order of the arrays below. Four per finger: knuckle, two joints, tip.
FINGER_POINTS: Final = 16
MIDDLE_KNUCKLE = 4
THUMB_BASE, THUMB_KNUCKLE, THUMB_JOINT, THUMB_TIP = 16, 17, 18, 19
WRIST_RADIAL, WRIST_ULNAR = 20, 21
FOREARM_RADIAL, FOREARM_ULNAR = 22, 23
CUFF_RADIAL, CUFF_ULNAR, SLEEVE_RADIAL, SLEEVE_ULNAR = 24, 25, 26, 27
WEB = 28
PALM_EDGE = 29
THUMB_BALL = 30
PAD_RADIAL, PAD_ULNAR = 31, 32
POINTS: Final = 33

_KNUCKLES = np.array([[0.26, 0.90, 0.01], [0.05, 0.95, -0.02], [-0.155, 0.90, -0.01], [-0.34, 0.79, 0.03]])
_PHALANGES = np.array([[0.45, 0.27, 0.18], [0.50, 0.31, 0.19], [0.46, 0.29, 0.19], [0.36, 0.21, 0.17]])
_FINGER_RADII = np.array(
    [
        [0.125, 0.110, 0.099, 0.083],
        [0.125, 0.112, 0.101, 0.085],
        [0.120, 0.107, 0.096, 0.081],
        [0.112, 0.095, 0.085, 0.072],
    ]
)
_REST_SPLAY = np.array([3.0, 0.0, -3.0, -7.0])  # where spread 0 points each finger
_FLEXION_TURN = np.array([-3.0, 0.0, 4.0, 9.0])  # bent fingers converge on the base of the thumb
_THUMB_BASE = np.array([0.24, 0.17, 0.07])
_THUMB_BONES = np.array([0.45, 0.33, 0.24])
_THUMB_RADII = np.array([0.15, 0.135, 0.118, 0.09])


@dataclass(frozen=True)
class Proportions:
    """How hands differ: factors around 1, each float64 (N,) but `fingers`, float64 (N, 4)."""

    fingers: NDArray[np.float64]
    thumb: NDArray[np.float64]
    palm_width: NDArray[np.float64]
    palm_length: NDArray[np.float64]
    thickness: NDArray[np.float64]
    forearm: NDArray[np.float64]
    cuff: NDArray[np.float64]  # where a sleeve begins, in units of 100 mm below the wrist


def average_proportions(count: int) -> Proportions:
    """The average hand, `count` times, its sleeve out of sight."""
    one = np.ones(count)
    return Proportions(np.ones((count, 4)), one, one, one, one, one, np.full(count, 9.0))


def joint_points(
    angles: NDArray[np.float64], proportions: Proportions
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Forward kinematics: bone ends from joint angles.

    `angles`: float64 (N, 23), degrees, columns named by `JOINT_NAMES`. Returns the points, float64
    (N, POINTS, 3), and the radius of the flesh around each, float64 (N, POINTS), in units of 100 mm.
    """
    count = len(angles)
    points = np.zeros((count, POINTS, 3))
    radii = np.zeros((count, POINTS))
    _place_fingers(np.radians(angles[:, :16]).reshape(count, 4, 4), proportions, points, radii)
    _place_thumb(np.radians(angles[:, THUMB]), proportions, points, radii)
    _place_palm_and_arm(np.radians(angles[:, WRIST]), proportions, points, radii)
    return points, radii


def _place_fingers(
    angles: NDArray[np.float64], shape: Proportions, points: NDArray[np.float64], radii: NDArray[np.float64]
) -> None:
    """Each finger bends in one plane, spanned by its own straight direction and its own palm normal."""
    spread = angles[..., 1] + np.radians(_REST_SPLAY)
    turn = np.radians(_FLEXION_TURN)
    along = np.stack([np.sin(spread), np.cos(spread), np.zeros_like(spread)], axis=-1)
    normal = np.stack(
        [np.sin(turn) * np.cos(spread), -np.sin(turn) * np.sin(spread), np.cos(turn) * np.ones_like(spread)],
        axis=-1,
    )
    width, length = shape.palm_width[:, None, None], shape.palm_length[:, None, None]
    end = _KNUCKLES * np.concatenate([width, length, width], axis=2)
    bend = np.zeros(angles.shape[:2])
    points[:, 0:FINGER_POINTS:4] = end
    for bone, joint in enumerate((0, 2, 3)):
        bend = bend + angles[..., joint]
        direction = np.cos(bend)[..., None] * along + np.sin(bend)[..., None] * normal
        end = end + direction * (_PHALANGES[:, bone] * shape.fingers)[..., None]
        points[:, bone + 1 : FINGER_POINTS : 4] = end
    radii[:, :FINGER_POINTS] = _FINGER_RADII.reshape(-1) * shape.thickness[:, None]


def _place_thumb(
    angles: NDArray[np.float64], shape: Proportions, points: NDArray[np.float64], radii: NDArray[np.float64]
) -> None:
    extension, abduction, opposition, knuckle, joint = angles.T
    sin_e, cos_e, sin_a, cos_a = np.sin(extension), np.cos(extension), np.sin(abduction), np.cos(abduction)
    direction = np.stack([sin_e * cos_a, cos_e * cos_a, sin_a], axis=-1)
    across = np.stack([-cos_e, sin_e, np.zeros_like(sin_e)], axis=-1)
    inward = np.stack([sin_e * sin_a, cos_e * sin_a, -cos_a], axis=-1)
    curl = np.cos(opposition)[:, None] * across + np.sin(opposition)[:, None] * inward
    end = _THUMB_BASE * np.stack([shape.palm_width, shape.palm_length, shape.palm_width], axis=-1)
    points[:, THUMB_BASE] = end
    for bone, bend in enumerate((np.zeros_like(knuckle), knuckle, joint)):
        turned = np.cos(bend)[:, None] * direction + np.sin(bend)[:, None] * curl
        curl = np.cos(bend)[:, None] * curl - np.sin(bend)[:, None] * direction
        direction = turned
        end = end + direction * (_THUMB_BONES[bone] * shape.thumb)[:, None]
        points[:, THUMB_KNUCKLE + bone] = end
    radii[:, THUMB_BASE : THUMB_TIP + 1] = _THUMB_RADII * shape.thickness[:, None]


def _place_palm_and_arm(
    angles: NDArray[np.float64], shape: Proportions, points: NDArray[np.float64], radii: NDArray[np.float64]
) -> None:
    flexion, deviation = angles.T
    zero = np.zeros_like(flexion)
    arm = np.stack(
        [np.sin(deviation) * np.cos(flexion), -np.cos(deviation) * np.cos(flexion), np.sin(flexion)], axis=-1
    )
    side = np.stack([np.cos(deviation), np.sin(deviation), zero], axis=-1)
    half = (0.15 * shape.forearm)[:, None]
    wrist = np.array([0.0, 0.04, 0.0]) * np.ones((len(flexion), 1))
    for sign, near, far, cuff, sleeve in (
        (1.0, WRIST_RADIAL, FOREARM_RADIAL, CUFF_RADIAL, SLEEVE_RADIAL),
        (-1.0, WRIST_ULNAR, FOREARM_ULNAR, CUFF_ULNAR, SLEEVE_ULNAR),
    ):
        points[:, near] = wrist + sign * half * side
        points[:, far] = wrist + 3.2 * arm + 1.5 * sign * half * side
        points[:, cuff] = wrist + shape.cuff[:, None] * arm + 1.3 * sign * half * side
        points[:, sleeve] = wrist + (shape.cuff[:, None] + 2.6) * arm + 2.0 * sign * half * side
    thick = shape.thickness * shape.forearm
    for point, radius in (
        (WRIST_RADIAL, 0.135), (WRIST_ULNAR, 0.135), (FOREARM_RADIAL, 0.2), (FOREARM_ULNAR, 0.2),
        (CUFF_RADIAL, 0.22), (CUFF_ULNAR, 0.22), (SLEEVE_RADIAL, 0.3), (SLEEVE_ULNAR, 0.3),
    ):  # fmt: skip
        radii[:, point] = radius * thick
    _place_pads(shape, points, radii)


def _place_pads(shape: Proportions, points: NDArray[np.float64], radii: NDArray[np.float64]) -> None:
    """The soft parts of the palm, between bones that are already placed."""
    index, pinky, ball = points[:, 0], points[:, 12], points[:, THUMB_BASE]
    points[:, WEB] = 0.72 * index + 0.28 * points[:, WRIST_RADIAL]
    points[:, PALM_EDGE] = 0.45 * pinky + 0.55 * points[:, WRIST_ULNAR] + np.array([-0.04, 0.0, 0.04])
    points[:, THUMB_BALL] = 0.75 * ball + 0.25 * points[:, THUMB_KNUCKLE] + np.array([-0.08, 0.0, 0.03])
    points[:, PAD_RADIAL] = 0.9 * index + np.array([0.0, -0.04, 0.05])
    points[:, PAD_ULNAR] = 0.9 * pinky + np.array([0.0, -0.04, 0.05])
    for point, radius in (
        (WEB, 0.10),
        (PALM_EDGE, 0.17),
        (THUMB_BALL, 0.19),
        (PAD_RADIAL, 0.12),
        (PAD_ULNAR, 0.12),
    ):
        radii[:, point] = radius * shape.thickness
