"""Random changes to training images, drawn for each image on its own and applied on the training device.

What happens to every image of an epoch is drawn at its start from a counted seed, so that any step can be
repeated exactly, whatever came before it.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from signtui.config.schema import AugmentSettings


@dataclass(frozen=True, slots=True)
class Changes:
    """What is done to N images. `affine`: float (N, 2, 3), from output to input coordinates, both -1..1
    across the image (None: geometry stays). `brightness`: float (N,), grey levels added. `contrast`:
    float (N,), the factor on the distance to the image's mean (None: tones stay).
    """

    affine: Tensor | None
    brightness: Tensor | None
    contrast: Tensor | None

    def select(self, indices: Tensor | slice) -> "Changes":
        """Those of the images at `indices`."""
        parts = (self.affine, self.brightness, self.contrast)
        return Changes(*(None if part is None else part[indices] for part in parts))

    def to(self, device: torch.device) -> "Changes":
        """The same on `device`."""
        parts = (self.affine, self.brightness, self.contrast)
        return Changes(*(None if part is None else part.to(device) for part in parts))


class Augmentation:
    """Draws and applies the changes that `settings` allow, for images of `image_size` pixels a side."""

    def __init__(self, settings: AugmentSettings, image_size: int, device: torch.device) -> None:
        self.settings = settings
        self.device = device
        self.image_size = image_size
        # Centres of the pixels, as homogeneous coordinates: float (3, S*S).
        centres = (torch.arange(image_size, dtype=torch.float32) + 0.5) * (2 / image_size) - 1
        rows, columns = torch.meshgrid(centres, centres, indexing="ij")
        ones = torch.ones(image_size * image_size)
        self._points = torch.stack((columns.flatten(), rows.flatten(), ones)).to(device)

    @property
    def moves(self) -> bool:
        """Whether the settings change any geometry."""
        s = self.settings
        return bool(s.rotation or s.shift or s.zoom or s.shear or s.flip)

    def draw(self, count: int, seed: int) -> Changes:
        """Changes for `count` images; the same for the same seed, on any device."""
        generator = torch.Generator().manual_seed(seed)
        # All columns are drawn whatever the settings, so that one setting doesn't shift another's chance.
        chance = torch.rand(count, 9, generator=generator)
        spread = chance * 2 - 1
        s = self.settings
        affine = None
        if self.moves:
            flip = torch.where(chance[:, 6] < 0.5, -1.0, 1.0) if s.flip else torch.ones(count)
            affine = affine_matrices(
                angle=spread[:, 0] * math.radians(s.rotation),
                shear=spread[:, 1] * math.radians(s.shear),
                zoom_x=flip * (1 + spread[:, 2] * s.zoom),
                zoom_y=1 + spread[:, 3] * s.zoom,
                shift_x=spread[:, 4] * 2 * s.shift,
                shift_y=spread[:, 5] * 2 * s.shift,
            )
        tones = bool(s.brightness or s.contrast)
        brightness = spread[:, 7] * (255 * s.brightness) if tones else None
        contrast = 1 + spread[:, 8] * s.contrast if tones else None
        return Changes(affine, brightness, contrast).to(self.device)

    def apply(self, images: Tensor, changes: Changes) -> Tensor:
        """uint8 (N, S, S) to float32 (N, 1, S, S) grey levels 0..255, each image changed in its own way."""
        levels = images.to(torch.float32).unsqueeze(1)
        if changes.affine is not None:
            levels = self._resample(levels, changes.affine)
        if changes.brightness is not None and changes.contrast is not None:
            mean = levels.mean((1, 2, 3), keepdim=True)
            contrast = changes.contrast.view(-1, 1, 1, 1)
            offset = mean * (1 - contrast) + changes.brightness.view(-1, 1, 1, 1)
            levels = (levels * contrast).add_(offset).clamp_(0, 255)
        return levels

    def _resample(self, levels: Tensor, affine: Tensor) -> Tensor:
        # One matrix product for the whole batch; torch's own affine_grid takes about twice as long.
        grid = (affine @ self._points).transpose(1, 2).reshape(-1, self.image_size, self.image_size, 2)
        if self.settings.fill == "nearest":
            return functional.grid_sample(levels, grid, padding_mode="border", align_corners=False)
        fill = float(self.settings.fill_value)
        moved = functional.grid_sample(levels - fill, grid, padding_mode="zeros", align_corners=False)
        return moved + fill


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
