"""What other light, other cameras and things in the way do to grey levels.

All take and give float (N, 1, S, S), grey levels 0..255; what they are told of each image is described in
`augmentation.Changes`.
"""

import torch
from torch import Tensor
from torch.nn import functional

NOISE_FIELDS = 64
"""Fields of noise there are; each image is given one of them, so that a step can be repeated exactly."""

_DARKEST = 1e-3  # of full scale: an exponent has no slope at black


class Tones:
    """For images of `image_size` pixels a side, on `device`."""

    def __init__(self, image_size: int, device: torch.device) -> None:
        centres = (torch.arange(image_size, dtype=torch.float32) + 0.5) * (2 / image_size) - 1
        rows, columns = torch.meshgrid(centres, centres, indexing="ij")
        self._columns, self._rows = columns.to(device), rows.to(device)
        self._noise: Tensor | None = None

    def light(self, levels: Tensor, slope: Tensor) -> Tensor:
        """Light that comes from one side: brighter along `slope`."""
        across, down = slope[:, 0].view(-1, 1, 1), slope[:, 1].view(-1, 1, 1)
        ramp = across * self._columns + down * self._rows
        return (levels * torch.exp(ramp).unsqueeze(1)).clamp_(0, 255)

    def brightness_and_contrast(self, levels: Tensor, brightness: Tensor, contrast: Tensor) -> Tensor:
        """Grey levels spread about the image's mean, then moved."""
        mean = levels.mean((1, 2, 3), keepdim=True)
        factor = contrast.view(-1, 1, 1, 1)
        offset = mean * (1 - factor) + brightness.view(-1, 1, 1, 1)
        return (levels * factor).add_(offset).clamp_(0, 255)

    def curve(self, levels: Tensor, exponent: Tensor) -> Tensor:
        """A camera's tone curve: the share of full scale to the power of `exponent`."""
        return 255 * (levels / 255).clamp(_DARKEST, 1) ** exponent.view(-1, 1, 1, 1)

    def blur(self, levels: Tensor, amount: Tensor) -> Tensor:
        """Mixed with the mean of each pixel's neighbourhood of 3 by 3."""
        padded = functional.pad(levels, (1, 1, 1, 1), mode="replicate")
        soft = functional.avg_pool2d(padded, 3, 1)
        return (levels + (soft - levels) * amount.view(-1, 1, 1, 1)).clamp_(0, 255)

    def noise(self, levels: Tensor, noise: Tensor) -> Tensor:
        """Grain."""
        if self._noise is None:
            generator = torch.Generator().manual_seed(0)
            side = levels.shape[-1]
            self._noise = torch.randn(NOISE_FIELDS, 1, side, side, generator=generator).to(levels.device)
        field = self._noise[noise[:, 1].long()]
        return (levels + field * noise[:, 0].view(-1, 1, 1, 1)).clamp_(0, 255)

    def erase(self, levels: Tensor, patch: Tensor) -> Tensor:
        """A rectangle of one grey, as if something stood before the hand."""
        across, down, wide, high, grey = (part.view(-1, 1, 1) for part in patch.unbind(1))
        inside = ((self._columns - across).abs() < wide) & ((self._rows - down).abs() < high)
        return torch.where(inside.unsqueeze(1), grey.unsqueeze(1), levels)
