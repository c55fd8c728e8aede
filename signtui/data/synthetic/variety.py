"""How pictures of one letter differ: poses, hands, views, lights, backgrounds and exposures, by dice."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signtui.data.synthetic.alphabet import Sign
from signtui.data.synthetic.camera import View
from signtui.data.synthetic.drawing import Light
from signtui.data.synthetic.scenery import Camera, Scenery, Shapes
from signtui.data.synthetic.skeleton import JOINT_LIMITS, THUMB, WRIST, Proportions

NORMALS = 60  # standard normal numbers that one picture uses
UNIFORMS = 100  # numbers between 0 and 1 that one picture uses

# How much of a spread each part takes: turned far, a hand still signs its letter; bent far, another one.
_VIEW, _BUILD, _JOINTS = 1.0, 0.5, 0.3


@dataclass
class Dice:
    """The random numbers of N pictures, handed out column by column, so that each picture keeps its own.

    `spread` is how much further than usual hands differ: 1 is as they are seen in one data set.
    """

    normals: NDArray[np.float64]  # (N, NORMALS)
    uniforms: NDArray[np.float64]  # (N, UNIFORMS)
    spread: float = 1.0
    used_normals: int = 0
    used_uniforms: int = 0

    def normal(self, deviation: float, columns: int, widened: float = 0.0) -> NDArray[np.float64]:
        """(N, columns) numbers around 0, none beyond 2.5 deviations; `widened`: how far by the spread."""
        self.used_normals += columns
        return (
            deviation
            * (1 + widened * (self.spread - 1))
            * np.clip(self.normals[:, self.used_normals - columns : self.used_normals], -2.5, 2.5)
        )

    def between(self, low: float, high: float) -> NDArray[np.float64]:
        """(N,) numbers, each as likely."""
        self.used_uniforms += 1
        return low + (high - low) * self.uniforms[:, self.used_uniforms - 1]

    def happens(self, chance: float) -> NDArray[np.bool_]:
        """(N,) True with this chance."""
        return self.between(0, 1) < chance


def vary_joints(sign: Sign, dice: Dice) -> NDArray[np.float64]:
    """Joint angles near a sign's, float64 (N, 23), degrees, within anatomical limits.

    Fingers move mostly together: one draw bends all of them, a smaller one each.
    """
    looseness = dice.between(0.5, 1.5)[:, None]
    together = dice.normal(1.0, 4, _JOINTS)
    alone = dice.normal(1.0, 16, _JOINTS).reshape(-1, 4, 4)
    fingers = together[:, None, :] * np.array([4.0, 1.5, 5.0, 6.0]) + alone * np.array([3.5, 2.0, 4.0, 5.0])
    change = np.zeros((len(looseness), len(JOINT_LIMITS)))
    change[:, :16] = fingers.reshape(-1, 16)
    change[:, THUMB] = dice.normal(1.0, 5, _JOINTS) * np.array([5.0, 5.0, 6.0, 6.0, 8.0])
    change[:, WRIST] = dice.normal(1.0, 2, _JOINTS) * np.array([9.0, 8.0])
    return np.clip(sign.angles() + looseness * change, JOINT_LIMITS[:, 0], JOINT_LIMITS[:, 1])


def vary_proportions(dice: Dice) -> Proportions:
    """Hands of many builds; half of them with a sleeve in reach of the picture."""
    build = dice.normal(0.06, 1, _BUILD)
    fingers = 1 + dice.normal(0.05, 1, _BUILD) + dice.normal(0.025, 4, _BUILD)
    palm = 1 + dice.normal(0.05, 2, _BUILD)
    thickness = 1.02 + build[:, 0] + dice.normal(0.03, 1, _BUILD)[:, 0]
    return Proportions(
        fingers=fingers,
        thumb=1 + dice.normal(0.05, 1, _BUILD)[:, 0],
        palm_width=palm[:, 0] + 0.5 * build[:, 0],
        palm_length=palm[:, 1],
        thickness=thickness,
        forearm=1.0 + dice.normal(0.07, 1, _BUILD)[:, 0],
        cuff=np.where(dice.happens(0.5), dice.between(0.12, 0.7), 9.0),
    )


def vary_view(sign: Sign, dice: Dice) -> View:
    """The camera a little elsewhere, the hand a little turned and off the middle."""
    turn = np.array(sign.view) + dice.normal(1.0, 3, _VIEW) * np.array([9.0, 7.0, 7.0])
    shift = dice.normal(0.03, 2, _VIEW) + np.array([0.0, 0.02])
    return View(turn=turn, fill=dice.between(0.76, 1.0), shift=shift, perspective=dice.between(0.04, 0.16))


def vary_light(dice: Dice) -> Light:
    """Mostly a window at the left or above, sometimes a lamp at the right."""
    direction = np.stack(
        [dice.between(-1.0, 0.7), dice.between(-0.9, 0.25), dice.between(0.25, 1.0)], axis=-1
    )
    direction /= np.sqrt((direction**2).sum(axis=1, keepdims=True))
    room = dice.between(0.28, 0.6)
    dark_cloth = dice.happens(0.75)
    cloth = np.where(dark_cloth, dice.between(15, 90), dice.between(110, 240))
    return Light(
        direction=direction.astype(np.float32),
        lamp=_single(1.08 - room),
        room=_single(room),
        creases=_single(dice.between(0.15, 0.45)),
        skin=_single(dice.between(120, 240)),
        cloth=_single(cloth),
    )


def vary_scenery(dice: Dice) -> Scenery:
    """A wall in most pictures; often a dark edge below, or the signer's clothes, or clutter."""
    grey = np.where(dice.happens(0.12), dice.between(70, 130), dice.between(125, 235))
    slope = np.stack([dice.between(-45, 45), dice.between(-45, 45)], axis=-1)
    low, side = dice.happens(0.35), dice.happens(0.15)
    person, clutter = dice.happens(0.3), dice.happens(0.2)
    ones = np.ones_like(grey)
    # Each: opacity, x, y, angle, half width, half height, softness, grey.
    table_top = (
        low.astype(np.float64),
        dice.between(0.2, 0.8),
        dice.between(1.0, 1.28),
        dice.normal(4, 1)[:, 0],
        4.0 * ones,
        0.25 * ones,
        0.3 * ones,
        dice.between(40, 150),
    )
    window_frame = (
        side.astype(np.float64),
        dice.between(-0.2, 0.05),
        0.5 * ones,
        90 + dice.normal(3, 1)[:, 0],
        4.0 * ones,
        dice.between(0.1, 0.25),
        0.3 * ones,
        dice.between(15, 150),
    )
    shoulder = (
        person.astype(np.float64),
        dice.between(0.85, 1.2),
        dice.between(0.6, 1.2),
        dice.between(0, 180),
        dice.between(0.3, 0.55),
        dice.between(0.2, 0.4),
        dice.between(0.15, 0.6),
        dice.between(15, 200),
    )
    thing = (
        clutter.astype(np.float64),
        dice.between(0, 1),
        dice.between(0, 1),
        dice.between(0, 180),
        dice.between(0.1, 0.9),
        dice.between(0.05, 0.4),
        dice.between(0.1, 0.8),
        dice.between(30, 240),
    )
    opacity, x, y, angle, width, height, softness, greys = (
        np.stack(values, axis=-1) for values in zip(table_top, window_frame, shoulder, thing, strict=True)
    )
    return Scenery(
        grey=_single(grey),
        slope=_single(slope),
        shapes=Shapes(
            x=_single(x),
            y=_single(y),
            angle_cos=_single(np.cos(np.radians(angle))),
            angle_sin=_single(np.sin(np.radians(angle))),
            width=_single(width),
            height=_single(height),
            softness=_single(softness),
            grey=_single(greys),
            opacity=_single(opacity),
        ),
    )


def vary_camera(dice: Dice) -> Camera:
    """From a little too sharp to a little out of focus."""
    return Camera(
        blur=_single(dice.between(0.0, 0.22)),
        tone=_single(dice.between(0.65, 1.4)),
        gain=_single(dice.between(0.85, 1.18)),
        noise=_single(dice.between(0.0, 2.0)),
    )


def _single(values: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.asarray(values).astype(np.float32)
