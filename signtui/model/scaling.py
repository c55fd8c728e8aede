"""Grey levels to what the network takes: each image standardised on its own, or all divided by 255."""

from typing import Literal, TypeAlias

import torch
from torch import Tensor

Scaling: TypeAlias = Literal["per_image", "unit"]


def scale_images(images: Tensor, mode: Scaling) -> Tensor:
    """Scale grey levels 0..255 to network input, float32 (N, 1, S, S), on the images' device.

    `images`: uint8 or float (N, S, S) or (N, 1, S, S). "per_image" subtracts each image's mean and divides
    by its standard deviation, taken as one grey level where it is less: a flat image gives zeros, and the
    noise of a nearly flat one isn't blown up. "unit" divides by 255.
    """
    size = images.shape[-1]
    levels = images.reshape(-1, 1, size, size).to(torch.float32)
    if mode == "unit":
        return levels / 255
    variance, mean = torch.var_mean(levels, dim=(1, 2, 3), correction=0, keepdim=True)
    return (levels - mean) / variance.sqrt().clamp_min(1.0)
