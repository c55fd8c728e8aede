"""How a network is asked what it sees once it has learned: by one look, or by nine that differ a little."""

import math
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional

_SHIFT, _ANGLE, _ZOOM = 0.06, 10.0, 1.13
"""By how much the moved copies differ: shares of the side, degrees, a factor."""


def read(network: nn.Module, images: Tensor) -> Tensor:
    """Logits, float (N, classes), of scaled `images`, float (N, 1, S, S), on the device of both.

    A network with `model.moved_views` is asked for each image as it is, moved each way, turned each way, and
    larger and smaller; what it says is the logarithm of the mean of its nine answers' probabilities.
    """
    plain = images.contiguous(memory_format=torch.channels_last)
    if not getattr(network, "moved_views", False):
        logits: Tensor = network(plain)
        return logits
    total = network(plain).float().softmax(1)
    for grid in _grids(images.shape[-1], images.device):
        moved = functional.grid_sample(
            images,
            grid.expand(len(images), -1, -1, -1).to(images.dtype),
            padding_mode="border",
            align_corners=False,
        )
        total = total + network(moved.contiguous(memory_format=torch.channels_last)).float().softmax(1)
    return torch.log((total / (len(VIEWS) + 1)).clamp_min(1e-12))


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
