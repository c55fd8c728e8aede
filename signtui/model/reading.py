"""How a network is asked what it sees once it has learned: by one look, or by nine that differ a little.

Of an ensemble every network is asked; their answers are averaged as those to several looks are.
"""

import math
from collections.abc import Iterator
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional

from signtui.model.network import Network

_SHIFT, _ANGLE, _ZOOM = 0.06, 10.0, 1.13
"""By how much the moved copies differ: shares of the side, degrees, a factor."""


def read(network: Network, images: Tensor) -> Tensor:
    """Logits, float (N, classes), of scaled `images`, float (N, 1, S, S), on the device of both.

    A network with `model.moved_views` is asked for each image as it is, moved each way, turned each way, and
    larger and smaller. Of several answers the logarithm of the mean of their probabilities is given.
    """
    return _together([answer for look in _looks(network, images) for answer in _answers(network, look)])


def read_once(network: Network, images: Tensor) -> Tensor:
    """As `read`, but by one look at `images` as they are."""
    return _together(list(_answers(network, images)))


def answers_an_image(network: Network) -> int:
    """How many forward passes of one network an image costs."""
    return len(network.ensemble) * (len(VIEWS) + 1 if network.moved_views else 1)


def _together(answers: list[Tensor]) -> Tensor:
    if len(answers) == 1:
        return answers[0]
    mean = torch.stack([answer.float().softmax(1) for answer in answers]).mean(0)
    return torch.log(mean.clamp_min(1e-12))


def _answers(network: Network, images: Tensor) -> Iterator[Tensor]:
    """The logits of each network of the ensemble, one after the other."""
    images = images.contiguous(memory_format=torch.channels_last)
    for one in network.ensemble:
        yield one(images)


def _looks(network: Network, images: Tensor) -> Iterator[Tensor]:
    yield images
    for grid in _grids(images.shape[-1], images.device) if network.moved_views else ():
        yield functional.grid_sample(
            images,
            grid.expand(len(images), -1, -1, -1).to(images.dtype),
            padding_mode="border",
            align_corners=False,
        )


VIEWS = (
    *((x * 2 * _SHIFT, y * 2 * _SHIFT, 0.0, 1.0) for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1))),
    *((0.0, 0.0, angle, 1.0) for angle in (_ANGLE, -_ANGLE)),
    *((0.0, 0.0, 0.0, zoom) for zoom in (1 / _ZOOM, _ZOOM)),
)
"""The moved copies beside the image itself: right, down (the image spans 2), degrees, scale."""


@cache
def _grids(side: int, device: torch.device) -> tuple[Tensor, ...]:
    """Where each of the `VIEWS` takes its pixels: float (1, S, S, 2) each."""
    grids = []
    for right, down, angle, zoom in VIEWS:
        cosine, sine = math.cos(math.radians(angle)) * zoom, math.sin(math.radians(angle)) * zoom
        affine = torch.tensor([[[cosine, -sine, right], [sine, cosine, down]]])
        grids.append(functional.affine_grid(affine, [1, 1, side, side], align_corners=False).to(device))
    return tuple(grids)
