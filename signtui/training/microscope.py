"""Grants looks through the microscope, one by one: weights, images and timings are kept between them."""

import threading
from dataclasses import dataclass

import numpy as np
import torch

from signtui.config import Config
from signtui.data.classes import told_in
from signtui.data.images import ImageSet
from signtui.data.source import configured_dataset
from signtui.data.split import configured_split
from signtui.errors import DataError
from signtui.model.microscope import excitement, layer_shares, look
from signtui.model.network import Network, build
from signtui.model.views import Excitement
from signtui.model.weights import load_network
from signtui.training.devices import give_way
from signtui.training.fine_tuning import find_parent
from signtui.training.looks import Look, Watched, Wish
from signtui.training.randomness import counted_seed
from signtui.training.samples import choose_samples

MOST_IMAGES = 512
"""Validation images that are searched for those that excite a channel most."""


@dataclass(frozen=True)
class _Images:
    """Validation images to look at: a few to watch, and those that are searched."""

    watched: ImageSet
    searched: ImageSet
    classes: tuple[str, ...]
    side: int
    checksums: tuple[str, ...]


class Microscope:
    """The looks of one process, in one thread, which gives way to others by `niceness`.

    It computes on one core of the CPU whatever the run trains on, so that it never waits for a busy device.
    """

    def __init__(self, niceness: int = 0) -> None:
        self._niceness = niceness
        self._threads = threading.local()
        self._network: tuple[object, Network, int, tuple[str, ...], float] | None = None
        self._shares: dict[object, dict[str, float]] = {}
        self._images: tuple[object, _Images] | None = None
        self._excitement: tuple[object, Excitement] | None = None

    def __call__(self, wish: Wish) -> Look:
        """What came of `wish`.

        Raises:
            RunError: where the weights can't be read.
            DataError, ConfigError: where there are no images to look at, or the network can't be built.
        """
        self._settle()
        images = None
        if wish.image is None or not wish.classes:
            images = self._images_of(wish.config, wish.classes)
        network, epoch, classes, temperature = self._network_of(wish, images)
        image = wish.image
        watched = None
        if image is None:
            assert images is not None
            image = images.watched.images[wish.sample % len(images.watched)]
            watched = Watched(images.watched.images, tuple(images.watched.labels.tolist()))
        scaling = wish.config.model.input_scaling
        view = look(network, image, classes, scaling, temperature)
        excited, problem = self._excitement_of(wish, network) if wish.excitement else (None, "")
        return Look(wish, view, epoch, self._shares_of(wish, network), excited, watched, problem)

    def _settle(self) -> None:
        """Once in each thread: one core, and behind the others."""
        if not hasattr(self._threads, "settled"):
            self._threads.settled = True
            give_way(self._niceness)
            torch.set_num_threads(1)

    def _network_of(self, wish: Wish, images: _Images | None) -> tuple[Network, int, tuple[str, ...], float]:
        """The network, its epoch, its classes, and its temperature."""
        key = _weights_key(wish)
        if self._network is not None and self._network[0] == key:
            return self._network[1:]
        if wish.weights is not None:
            network, metadata = load_network(wish.weights)
            found = (network, metadata.epoch, metadata.classes, metadata.sureness.temperature)
        elif wish.config.train.from_:
            network, metadata = load_network(find_parent(wish.config).best)
            found = (network, 0, metadata.classes, metadata.sureness.temperature)
        else:
            side = wish.image_size or (images.side if images else 0)
            classes = wish.classes or (images.classes if images else ())
            seed = counted_seed(wish.config.train.seed, "weights")
            found = (build(wish.config.model, side, len(classes), seed).eval(), 0, classes, 1.0)
        self._network = (key, *found)
        return found

    def _shares_of(self, wish: Wish, network: Network) -> dict[str, float]:
        key = (wish.config.model, network.plan.input, network.plan.output)
        if key not in self._shares:
            self._shares = {key: layer_shares(network)}
        return self._shares[key]

    def _images_of(self, config: Config, classes: tuple[str, ...]) -> _Images:
        key = (config.data, config.train.seed, classes)
        if self._images is None or self._images[0] != key:
            dataset = configured_dataset(config.data)
            if classes:
                dataset = told_in(dataset, classes)
            held_out = configured_split(dataset, config.data, config.train.seed).validation
            chosen = np.unique(np.linspace(0, len(held_out) - 1, min(MOST_IMAGES, len(held_out))).astype(int))
            found = _Images(
                choose_samples(held_out),
                held_out.subset(chosen),
                dataset.classes,
                dataset.size,
                tuple(file.sha256 for file in dataset.files),
            )
            self._images = (key, found)
        return self._images[1]

    def _excitement_of(self, wish: Wish, network: Network) -> tuple[Excitement | None, str]:
        key = (_weights_key(wish), wish.config.data)
        if self._excitement is not None and self._excitement[0] == key:
            return self._excitement[1], ""
        try:
            images = self._images_of(wish.config, wish.classes)
        except DataError as error:
            return None, str(error)
        if wish.checksums is not None and images.checksums != wish.checksums:
            return None, "the data found now is not what the run learned from; start with its --data-dir"
        if images.side != network.plan.input[-1]:
            return None, "the images of these settings are of another size than the run's"
        searched = images.searched
        found = excitement(network, searched.images, searched.labels, wish.config.model.input_scaling)
        self._excitement = (key, found)
        return found, ""


def _weights_key(wish: Wish) -> object:
    if wish.weights is not None:
        return wish.weights, wish.version
    config = wish.config
    return config.model, config.train.seed, config.train.from_, wish.classes, wish.image_size, config.data
