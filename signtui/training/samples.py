"""A few validation images that are watched while the network learns: which, and what it makes of them."""

import time

import numpy as np
import torch
from torch.nn import functional

from signtui.data.images import ImageSet, IndexArray
from signtui.events import Guesses, Samples
from signtui.model.network import Network
from signtui.model.scaling import Scaling, scale_images
from signtui.training.devices import Compute
from signtui.training.evaluation import Labelled, network_logits

MOST_SAMPLES = 24
LARGEST_SIDE = 32
"""Pixels a side that a watched image is told with; larger ones are scaled down to it, for people only."""

WATCH_SECONDS = 2.0
_WATCH_SHARE = 0.05


def choose_samples(images: ImageSet, most: int = MOST_SAMPLES) -> ImageSet:
    """The first image of each class in turn, then the second, up to `most` images, sorted by class."""
    by_class = [np.flatnonzero(images.labels == label) for label in np.unique(images.labels)]
    depth = max((len(rows) for rows in by_class), default=0)
    chosen = [rows[turn] for turn in range(depth) for rows in by_class if turn < len(rows)][:most]
    rows: IndexArray = np.array(chosen, np.int64)
    return images.subset(rows[np.argsort(images.labels[rows], kind="stable")])


def samples_event(samples: ImageSet) -> Samples:
    """`samples` as the run tells them."""
    pixels = torch.from_numpy(np.ascontiguousarray(samples.images))
    if pixels.shape[-1] > LARGEST_SIDE:
        small = functional.adaptive_avg_pool2d(pixels.float()[:, None], LARGEST_SIDE)[:, 0]
        pixels = small.round().to(torch.uint8)
    return Samples(
        time=time.time(),
        side=pixels.shape[-1],
        truths=tuple(samples.labels.tolist()),
        pixels=pixels.numpy().tobytes(),
    )


def guess(
    network: Network,
    samples: Labelled,
    scaling: Scaling,
    compute: Compute,
    epoch: int,
    step: int,
    temperature: float = 1.0,
) -> Guesses:
    """What `network` makes of `samples` now, its logits divided by `temperature`.

    Its mode is left as it was, and no random number is drawn.
    """
    training = network.training
    network.eval()
    with torch.inference_mode():
        logits = network_logits(network, scale_images(samples.images, scaling), compute)
        confidences, classes = functional.softmax(logits / temperature, dim=1).max(1)
    network.train(training)
    return Guesses(
        time=time.time(),
        epoch=epoch,
        step=step,
        guesses=tuple(classes.tolist()),
        confidences=tuple(round(share, 4) for share in confidences.tolist()),
    )


def seconds_to_next(so_far: float) -> float:
    """How long to wait for the next guesses after a run of `so_far` seconds: the less it changes, the longer.

    A run of a day says some 170 of them, not 43,000.
    """
    return max(WATCH_SECONDS, _WATCH_SHARE * so_far)
