"""Where the pixels of a changed image come from: affine changes, perspective and smooth warps."""

import torch
from torch import Tensor
from torch.nn import functional

WARP_POINTS = 4
"""Points along each side whose shifts a warp draws."""


class Sampling:
    """Resamples images of `image_size` pixels a side; `fill`: the grey of bare corners, None: the nearest."""

    def __init__(self, image_size: int, device: torch.device, fill: float | None) -> None:
        self.image_size = image_size
        self.fill = fill
        # Centres of the pixels, as homogeneous coordinates: float (3, S*S).
        centres = (torch.arange(image_size, dtype=torch.float32) + 0.5) * (2 / image_size) - 1
        rows, columns = torch.meshgrid(centres, centres, indexing="ij")
        ones = torch.ones(image_size * image_size)
        self._points = torch.stack((columns.flatten(), rows.flatten(), ones)).to(device)

    def __call__(
        self, levels: Tensor, affine: Tensor, perspective: Tensor | None = None, warp: Tensor | None = None
    ) -> Tensor:
        """`levels` float (N, 1, S, S), each resampled by its `affine` (N, 2, 3) and, where given, its
        `perspective` (N, 2) and `warp` (N, 2, P, P); see `Changes`.
        """
        # One matrix product for the whole batch; torch's own affine_grid takes about twice as long.
        places = affine @ self._points
        if perspective is not None:
            places = places / (1 + perspective @ self._points[:2]).unsqueeze(1)
        grid = places.transpose(1, 2).reshape(-1, self.image_size, self.image_size, 2)
        if warp is not None:
            smooth = functional.interpolate(warp, size=self.image_size, mode="bicubic", align_corners=True)
            grid = grid + smooth.permute(0, 2, 3, 1)
        if self.fill is None:
            return functional.grid_sample(levels, grid, padding_mode="border", align_corners=False)
        moved = functional.grid_sample(levels - self.fill, grid, padding_mode="zeros", align_corners=False)
        return moved + self.fill


def affine_matrices(
    *, angle: Tensor, shear: Tensor, zoom_x: Tensor, zoom_y: Tensor, shift_x: Tensor, shift_y: Tensor
) -> Tensor:
    """Matrices from output to input coordinates, float (N, 2, 3).

    The composition of Keras' ImageDataGenerator: rotation, shift, shear, zoom, about the centre;
    `angle` and `shear` in radians, `zoom_*` the share of the input that the output spans (below 1:
    enlarged; negative: mirrored), `shift_*` in coordinates where the image spans 2.
    """
    cosine, sine = torch.cos(angle), torch.sin(angle)
    slant, squeeze = -torch.sin(shear), torch.cos(shear)
    right = cosine * shift_x - sine * shift_y
    down = sine * shift_x + cosine * shift_y
    first = torch.stack((cosine * zoom_x, (cosine * slant - sine * squeeze) * zoom_y, right), dim=1)
    second = torch.stack((sine * zoom_x, (sine * slant + cosine * squeeze) * zoom_y, down), dim=1)
    return torch.stack((first, second), dim=1)
