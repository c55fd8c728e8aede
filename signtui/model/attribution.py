"""Where a network looked: Grad-CAM, and occlusion as the check that needs no look inside.

Both answer for one image and one class, with a map of the image's size. Grad-CAM reads the network's own
maps and gradients: one pass there and one back, but no finer than the maps are. Occlusion covers the image
piece by piece and sees what becomes of the class's probability: slower, and true of any network. Of an
ensemble Grad-CAM reads the first network, and occlusion asks all of them.
"""

from dataclasses import dataclass
from math import ceil, prod
from typing import Literal, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from signtui.model.layers import LayerPlan
from signtui.model.network import Network
from signtui.model.reading import read_once
from signtui.model.scaling import Scaling, scale_images

Method: TypeAlias = Literal["gradcam", "occlusion"]

BATCH = 128
BATCH_BYTES = 2**28
PLACES = 14


@dataclass(frozen=True, slots=True)
class Attribution:
    """What spoke for one class, pixel by pixel.

    `heat`: float32 (S, S), 0 (nothing) to 1 (the most in this image), all 0 where nothing spoke for the
    class. `probability`: the class's, for the whole image. `peak`: what `heat` 1 stands for; of occlusion
    the mean drop of the probability (0..1) over the patches on that pixel, of Grad-CAM the weighted sum of
    the maps, in logits. `source`: what was looked at, in words. `note`: a sentence where the map can't say
    much; empty otherwise.
    """

    method: Method
    target: int
    probability: float
    heat: NDArray[np.float32]
    peak: float
    source: str
    note: str = ""


def attribute(
    network: Network,
    image: NDArray[np.uint8],
    scaling: Scaling,
    method: Method,
    target: int | None = None,
    temperature: float = 1.0,
) -> Attribution:
    """`grad_cam` or `occlusion`, by name; probabilities are those of the logits over `temperature`."""
    method_of = grad_cam if method == "gradcam" else occlusion
    return method_of(network, image, scaling, target, temperature=temperature)


def grad_cam(
    network: Network,
    image: NDArray[np.uint8],
    scaling: Scaling,
    target: int | None = None,
    *,
    temperature: float = 1.0,
) -> Attribution:
    """Where the last convolution block found what speaks for class `target` (default: the guess).

    Each of the block's maps is weighted with the mean gradient of the class's logit over that map; the sum,
    cut off below zero, is the heat (Selvaraju et al. 2017, https://arxiv.org/abs/1610.02391, equations 1
    and 2). Each value of it is laid where its receptive field has its centre, and between the centres the
    heat is interpolated. A block that leaves a single value a map can't say where: the last block before
    it that can is taken instead. Without any, the heat is 0 and `note` says so.

    `image`: uint8 (S, S), grey levels. `network` must be set to evaluate, on any device; neither its
    weights nor their gradients change.
    """
    images = _as_input(network, image, scaling)
    place = last_placed_block(network)
    if place is None:
        with torch.no_grad():
            chosen, probability = _target(network(images) / temperature, target)
        note = "No block of this network leaves maps of more than one value: Grad-CAM can't say where."
        heat = np.zeros(image.shape, np.float32)
        return Attribution("gradcam", chosen, probability, heat, 0.0, "no block", note)
    with torch.no_grad():
        maps: Tensor = network.blocks[: place.block](images)
    maps.requires_grad_()
    with torch.enable_grad():
        logits = network.head(network.blocks[place.block :](maps))
        chosen, probability = _target(logits.detach() / temperature, target)
        (gradient,) = torch.autograd.grad(logits[0, chosen], maps)
    weights = gradient.mean((2, 3), keepdim=True)
    coarse = (weights * maps.detach()).sum(1)[0].relu()
    heat, peak = _normalised(_laid_on_image(coarse.float().cpu().numpy(), place, image.shape[0]))
    side = place.output[1]
    networks = network.plan.networks
    whose = f" of the first of {networks} networks" if networks > 1 else ""
    note = "" if peak else "Nothing in the maps spoke for this class."
    return Attribution(
        "gradcam", chosen, probability, heat, peak, f"block {place.block}, {side}x{side} maps{whose}", note
    )


def occlusion(
    network: Network,
    image: NDArray[np.uint8],
    scaling: Scaling,
    target: int | None = None,
    patch: int | None = None,
    *,
    temperature: float = 1.0,
) -> Attribution:
    """What the probability of class `target` (default: the guess) loses where a grey patch covers the image.

    The patch has the image's mean grey and slides over it, borders included, in steps that leave at most
    `PLACES` places a side; a pixel's heat is the mean drop over the patches that cover it, cut off below
    zero (Zeiler and Fergus 2014, https://arxiv.org/abs/1311.2901, section 4.2). `patch`: its side in
    pixels, by default a quarter of the image's; one too small to reach every pixel from so few places is
    enlarged.

    `image` and `network` as in `grad_cam`.
    """
    size = image.shape[0]
    patch = min(size, max(patch or round(size / 4), ceil(size / (PLACES - 1))))
    starts = _starts(size, patch)
    with torch.no_grad():
        logits = read_once(network, _as_input(network, image, scaling))
        chosen, probability = _target(logits / temperature, target)
    covered = _covered_probabilities(network, image, scaling, chosen, starts, patch, temperature)
    drops = probability - covered
    # A pixel is in the patch at (r, c) where its row is in r's rows and its column in c's columns.
    inside = (starts[:, None] <= np.arange(size)) & (np.arange(size) < starts[:, None] + patch)
    cover = inside.astype(np.float64)
    counts = cover.sum(0)
    mean = (cover.T @ drops @ cover) / np.outer(counts, counts)
    heat, peak = _normalised(mean, least=1e-6)  # below: rounding of the probabilities' sum
    note = "" if peak else "Covering any one piece of the image took nothing from this class."
    return Attribution(
        "occlusion", chosen, probability, heat, peak, f"a grey patch of {patch}x{patch} pixels", note
    )


def last_placed_block(network: Network) -> LayerPlan | None:
    """The last layer of the last block whose maps have more than one value, or None."""
    ends = {layer.block: layer for layer in network.plan.layers if layer.block is not None}
    placed = [layer for layer in ends.values() if layer.output[1] > 1]
    return placed[-1] if placed else None


def _as_input(network: Network, images: NDArray[np.uint8], scaling: Scaling) -> Tensor:
    device = next(network.parameters()).device
    # Copied: images of a data set may be a read-only map of a file, which torch warns about.
    return scale_images(torch.tensor(images).to(device), scaling)


def _target(logits: Tensor, target: int | None) -> tuple[int, float]:
    """The class asked for, or the guess, and its probability."""
    probabilities = logits[0].float().softmax(0)
    chosen = int(probabilities.argmax()) if target is None else target
    return chosen, float(probabilities[chosen])


def _laid_on_image(coarse: NDArray[np.float32], place: LayerPlan, size: int) -> NDArray[np.float64]:
    """Maps' values (n, n) interpolated to (size, size), each at the centre of its receptive field."""
    side = len(coarse)
    centre = place.offset + (place.receptive_field - 1) / 2
    position = np.clip((np.arange(size) - centre) / place.jump, 0, side - 1)
    lower = np.minimum(position.astype(int), side - 2)
    share = position - lower
    spread = np.zeros((size, side))
    spread[np.arange(size), lower] = 1 - share
    spread[np.arange(size), lower + 1] = share
    return spread @ coarse.astype(np.float64) @ spread.T


def _normalised(values: NDArray[np.float64], least: float = 0.0) -> tuple[NDArray[np.float32], float]:
    """The positive part over its largest value, and that value; zeros and 0 where none is above `least`."""
    positive = np.where(np.isfinite(values), np.maximum(values, 0), 0)
    peak = float(positive.max())
    if peak <= least:
        return np.zeros(values.shape, np.float32), 0.0
    return (positive / peak).astype(np.float32), peak


def _starts(size: int, patch: int) -> NDArray[np.int64]:
    """The first pixels of the patch's places along one side, some of it hanging over both borders.

    With whole patches only, a corner would be covered from one place, and the middle from many.
    """
    first, last = -(patch // 2), size - (patch + 1) // 2
    return np.unique(np.linspace(first, last, min(PLACES, last - first + 1)).round().astype(np.int64))


def _covered_probabilities(
    network: Network,
    image: NDArray[np.uint8],
    scaling: Scaling,
    target: int,
    starts: NDArray[np.int64],
    patch: int,
    temperature: float,
) -> NDArray[np.float64]:
    """The probability of `target` with the patch at each place: (rows, columns) of places."""
    grey = np.uint8(round(float(image.mean())))
    places = [(row, column) for row in starts for column in starts]
    widest = max(prod(layer.output) for layer in network.plan.layers)
    batch = max(1, min(BATCH, BATCH_BYTES // (4 * widest)))
    probabilities: list[float] = []
    for start in range(0, len(places), batch):
        some = places[start : start + batch]
        covered = np.repeat(image[None], len(some), axis=0)
        for each, (row, column) in zip(covered, some, strict=True):
            each[max(0, row) : row + patch, max(0, column) : column + patch] = grey
        with torch.no_grad():
            logits = read_once(network, _as_input(network, covered, scaling))
        probabilities += (logits.float() / temperature).softmax(1)[:, target].tolist()
    return np.array(probabilities, np.float64).reshape(len(starts), len(starts))
