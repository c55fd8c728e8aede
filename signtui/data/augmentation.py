"""Random changes to training images, drawn for each image on its own and applied on the training device.

What happens to every image of an epoch is drawn at its start from a counted seed, so that any step can be
repeated exactly, whatever came before it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, fields

import torch
from torch import Tensor

from signtui.config.schema import AugmentSettings
from signtui.data.geometry import WARP_POINTS, Sampling, affine_matrices
from signtui.data.tones import NOISE_FIELDS, Tones

# Sets the stream of what came later apart from that of the first nine, so that old runs are repeated exactly.
_LATER = 1 << 40
_SMALLEST_PATCH, _LARGEST_PATCH = 0.15, 0.55
"""Of what is erased: its side as a share of the image's."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What is done to N images, each part None where it is off; -1..1 spans the image.

    `affine`: float (N, 2, 3), from output to input coordinates. `brightness`: float (N,), grey levels added.
    `contrast`: float (N,), the factor on the distance to the image's mean. `perspective`: float (N, 2), how
    much smaller the far end is, across and down. `warp`: float (N, 2, P, P), shifts at P by P points between
    which they change smoothly. `light`: float (N, 2), how much brighter towards the right and the bottom, as
    an exponent. `tone`: float (N,), the exponent of the tone curve. `blur`: float (N,), how much of the
    neighbours' mean is mixed in (below 0: taken out, which sharpens). `noise`: float (N, 2), its deviation in
    grey levels and which field of noise it is. `patch`: float (N, 5), what is erased: centre across and down,
    half sides (below 0: nothing), grey level.
    """

    affine: Tensor | None = None
    brightness: Tensor | None = None
    contrast: Tensor | None = None
    perspective: Tensor | None = None
    warp: Tensor | None = None
    light: Tensor | None = None
    tone: Tensor | None = None
    blur: Tensor | None = None
    noise: Tensor | None = None
    patch: Tensor | None = None

    def select(self, indices: Tensor | slice) -> "Changes":
        """Those of the images at `indices`."""
        return self._each(lambda part: part[indices])

    def to(self, device: torch.device) -> "Changes":
        """The same on `device`."""
        return self._each(lambda part: part.to(device))

    def _each(self, function: Callable[[Tensor], Tensor]) -> "Changes":
        parts = {field.name: getattr(self, field.name) for field in fields(self)}
        return Changes(**{name: None if part is None else function(part) for name, part in parts.items()})


class Augmentation:
    """Draws and applies the changes that `settings` allow, for images of `image_size` pixels a side."""

    def __init__(self, settings: AugmentSettings, image_size: int, device: torch.device) -> None:
        self.settings = settings
        self.device = device
        self.image_size = image_size
        fill = None if settings.fill == "nearest" else float(settings.fill_value)
        self._sampling = Sampling(image_size, device, fill)
        self._tones = Tones(image_size, device)

    @property
    def moves(self) -> bool:
        """Whether the settings change any geometry."""
        s = self.settings
        return bool(s.rotation or s.shift or s.zoom or s.shear or s.flip or s.perspective or s.warp)

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
        later = self._draw_later(count, seed)
        return Changes(
            affine,
            brightness=spread[:, 7] * (255 * s.brightness) if tones else None,
            contrast=1 + spread[:, 8] * s.contrast if tones else None,
            **later,
        ).to(self.device)

    def _draw_later(self, count: int, seed: int) -> dict[str, Tensor | None]:
        s = self.settings
        generator = torch.Generator().manual_seed((seed + _LATER) % 2**63)
        chance = torch.rand(count, 14, generator=generator)
        spread = chance * 2 - 1
        warp = None
        if s.warp:  # last of the stream, so that it shifts nothing else
            warp = torch.randn(count, 2, WARP_POINTS, WARP_POINTS, generator=generator) * (2 * s.warp)
        turn = chance[:, 2] * (2 * math.pi)
        slope = torch.stack((torch.cos(turn), torch.sin(turn)), dim=1)
        sides = _SMALLEST_PATCH + (_LARGEST_PATCH - _SMALLEST_PATCH) * chance[:, 8:10]
        erased = (chance[:, 7:8] < s.erase).float()
        patch = torch.cat((spread[:, 10:12], sides * erased - (1 - erased), 255 * chance[:, 12:13]), dim=1)
        which = torch.floor(chance[:, 13] * NOISE_FIELDS)
        return {
            "perspective": spread[:, :2] * s.perspective if s.perspective else None,
            "warp": warp,
            "light": slope * (spread[:, 3:4] * s.light) if s.light else None,
            "tone": torch.exp(spread[:, 4] * s.tone) if s.tone else None,
            "blur": spread[:, 5] * s.blur if s.blur else None,
            "noise": torch.stack((chance[:, 6] * s.noise, which), dim=1) if s.noise else None,
            "patch": patch if s.erase else None,
        }

    def apply(self, images: Tensor, changes: Changes) -> Tensor:
        """uint8 (N, S, S) to float32 (N, 1, S, S) grey levels 0..255, each image changed in its own way."""
        levels = images.to(torch.float32).unsqueeze(1)
        if changes.affine is not None:
            levels = self._sampling(levels, changes.affine, changes.perspective, changes.warp)
        tones = self._tones
        if changes.light is not None:
            levels = tones.light(levels, changes.light)
        if changes.brightness is not None and changes.contrast is not None:
            levels = tones.brightness_and_contrast(levels, changes.brightness, changes.contrast)
        if changes.tone is not None:
            levels = tones.curve(levels, changes.tone)
        if changes.blur is not None:
            levels = tones.blur(levels, changes.blur)
        if changes.noise is not None:
            levels = tones.noise(levels, changes.noise)
        if changes.patch is not None:
            levels = tones.erase(levels, changes.patch)
        return levels
