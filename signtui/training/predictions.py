"""A run's weights of any epoch over the images it held out, image by image.

The images are divided exactly as the run divided them, and are refused where they are other images than it
learned from. The work is done on the processor, in one thread that gives way to all others: a run that
trains meanwhile, on whatever device, hardly notices.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from signtui.config import Config, resolve
from signtui.data.images import Dataset, ImageSet, IndexArray
from signtui.data.nearest import nearest
from signtui.data.split import Split, configured_split
from signtui.errors import DataError, RunError
from signtui.model.attribution import grad_cam
from signtui.model.network import Network
from signtui.model.reading import answers_an_image, read
from signtui.model.scaling import scale_images
from signtui.model.weights import WeightsMetadata, load_network
from signtui.runs.corruptions import CorruptionScores
from signtui.runs.folder import RunFolder
from signtui.training.corruption_scores import Progress as Doing
from signtui.training.corruption_scores import score_corruptions
from signtui.training.devices import Compute, give_way
from signtui.training.evaluation import Cancelled
from signtui.training.predicted import Look, Predictions, PredictionWish, SplitName
from signtui.training.same_data import data_of_run

Progress = Callable[[int, int], None]
"""Told after each batch how many images are done, of how many."""

MOST_KEPT = 8
"""Predictions that are kept to be looked at again; of the published data each is about 400 kB."""

MOST_CORRUPTED = 1000
"""Images that are scored under corruptions, each of them fifty times."""

MOST_ANSWERS, LEAST_CORRUPTED = 2250, 200
"""Where all networks at all looks would be asked more than that, images are fewer, down to the least."""

BATCH = 128
NICENESS = 19


@dataclass(frozen=True)
class _Division:
    """A run's images, divided as the run did it."""

    config: Config
    dataset: Dataset
    split: Split

    def images(self, name: SplitName) -> tuple[ImageSet, IndexArray, bool]:
        """The images of a split, their places, and whether these are in the test set. Raises DataError."""
        if name == "validation":
            return self.split.validation, self.split.validation_indices, self.split.validation_of == "test"
        if name == "held-out":
            held_out = self.split.held_out
            if held_out is None:
                raise DataError("this run holds no signer out")
            return held_out.images, held_out.indices, False
        if self.dataset.test is None:
            raise DataError(f"{self.dataset.name} has no test images")
        return self.dataset.test, np.arange(len(self.dataset.test), dtype=np.int64), True


class Predictor:
    """Makes predictions and closer looks, one at a time, and keeps the latest. Any thread may call it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[PredictionWish, Path, int], Predictions] = OrderedDict()
        self._division: tuple[Path, int, _Division] | None = None
        self._network: tuple[Path, int, Network, WeightsMetadata] | None = None

    def predictions(
        self, wish: PredictionWish, cancelled: threading.Event, progress: Progress | None = None
    ) -> Predictions:
        """What the weights of `wish.epoch` make of each image of the split.

        The calling thread gives way to others for good.

        Raises:
            Cancelled: where `cancelled` was set meanwhile.
            ConfigError, DataError, RunError: where there are no such weights, or not the images.
        """
        with self._lock:
            _use_one_thread()
            path = weights_of(wish.folder, wish.epoch)
            key = (wish, path, _changed(path))
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            made = self._made(wish, path, cancelled, progress)
            self._kept[key] = made
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
            return made

    def corruptions(
        self, wish: PredictionWish, cancelled: threading.Event, progress: Doing | None = None
    ) -> CorruptionScores:
        """How the weights of `wish.epoch` read the images of the split under every corruption.

        Of many images `MOST_CORRUPTED` are taken, evenly from first to last; fewer where each is looked at
        several times or by several networks.

        Raises:
            Cancelled: where `cancelled` was set meanwhile.
            ConfigError, DataError, RunError: where there are no such weights, or not the images.
        """

        def go_on(what: str, done: int, of: int) -> None:
            if cancelled.is_set():
                raise Cancelled
            if progress:
                progress(what, done, of)

        with self._lock:
            _use_one_thread()
            network, metadata, division = self._fitting(wish, weights_of(wish.folder, wish.epoch))
            images, _, _ = division.images(wish.split)
            return score_corruptions(
                network,
                images.evenly(
                    max(LEAST_CORRUPTED, min(MOST_CORRUPTED, MOST_ANSWERS // answers_an_image(network)))
                ),
                len(metadata.classes),
                metadata.input_scaling,
                Compute(torch.device("cpu"), "fp32", 1),
                progress=go_on,
            )

    def look(self, predictions: Predictions, place: int) -> Look:
        """A closer look at the image at `place` of `predictions`, as to what spoke for the network's guess.

        Raises:
            RunError: where the weights are no longer there.
        """
        with self._lock:
            _use_one_thread()
            image = predictions.images.images[place]
            found = nearest(image, predictions.train.images, predictions.train_indices)
            wish = predictions.wish
            network, metadata = self._loaded(weights_of(wish.folder, wish.epoch))
            guess = int(predictions.table.guess[place])
            seen = grad_cam(network, np.array(image), metadata.input_scaling, guess)
            return Look(found, seen.heat, f"Grad-CAM, {seen.source}", seen.note)

    def _made(
        self, wish: PredictionWish, path: Path, cancelled: threading.Event, progress: Progress | None
    ) -> Predictions:
        network, metadata, division = self._fitting(wish, path)
        dataset = division.dataset
        images, indices, of_test = division.images(wish.split)
        return Predictions(
            wish=wish,
            probabilities=_probabilities(network, metadata, images, cancelled, progress),
            images=images,
            indices=indices,
            source="test" if of_test else "training",
            train=dataset.train,
            train_indices=division.split.train_indices,
            classes=dataset.classes,
            synthetic=dataset.synthetic,
            seed=division.config.train.seed,
            half=path.parent == wish.folder.epochs,
            sureness=metadata.sureness,
        )

    def _fitting(self, wish: PredictionWish, path: Path) -> tuple[Network, WeightsMetadata, _Division]:
        """The weights at `path` and the run's images. Raises where these don't belong together."""
        division = self._divided(wish.folder)
        network, metadata = self._loaded(path)
        dataset = division.dataset
        if metadata.epoch != wish.epoch:
            raise RunError(f"{path}: these are the weights of epoch {metadata.epoch}, not of {wish.epoch}")
        if metadata.classes != dataset.classes or metadata.image_size != dataset.size:
            raise DataError(f"{path}: this network reads other images than those of {dataset.name}")
        return network, metadata, division

    def _divided(self, folder: RunFolder) -> _Division:
        changed = _changed(folder.config)
        if self._division is not None and self._division[:2] == (folder.path, changed):
            return self._division[2]
        config = resolve(file=folder.config, environment={}).config
        dataset = data_of_run(folder, config.data)
        division = _Division(config, dataset, configured_split(dataset, config.data, config.train.seed))
        self._division = (folder.path, changed, division)
        return division

    def _loaded(self, path: Path) -> tuple[Network, WeightsMetadata]:
        changed = _changed(path)
        if self._network is None or self._network[:2] != (path, changed):
            self._network = (path, changed, *load_network(path))
        return self._network[2:]


def weights_of(folder: RunFolder, epoch: int) -> Path:
    """The file with the run's weights at the end of `epoch`: the best in full, or the epoch's own in half.

    Raises:
        RunError: where they were not kept.
    """
    if folder.best.is_file() and best_epoch(folder) == epoch:
        return folder.best
    path = folder.epochs / f"{epoch:05d}.safetensors"
    if path.is_file():
        return path
    raise RunError(
        f"the weights of epoch {epoch} of run {folder.id} were not kept: runs.epoch_weights says how many are"
    )


def best_epoch(folder: RunFolder) -> int | None:
    """Which epoch the best weights are of, by what stands beside them; None where that can't be read."""
    from safetensors import SafetensorError, safe_open  # noqa: PLC0415 - loads the header alone

    try:
        with safe_open(folder.best, framework="pt", device="cpu") as file:
            return int((file.metadata() or {}).get("epoch", ""))
    except (OSError, SafetensorError, ValueError):
        return None


def _probabilities(
    network: Network,
    metadata: WeightsMetadata,
    images: ImageSet,
    cancelled: threading.Event,
    progress: Progress | None,
) -> "np.typing.NDArray[np.float32]":
    found = np.empty((len(images), len(metadata.classes)), np.float32)
    temperature = metadata.sureness.temperature
    with torch.inference_mode():
        for start in range(0, len(images), BATCH):
            if cancelled.is_set():
                raise Cancelled
            batch = torch.from_numpy(np.array(images.images[start : start + BATCH]))
            scaled = scale_images(batch, metadata.input_scaling)
            logits = read(network, scaled).float()
            found[start : start + BATCH] = (logits / temperature).softmax(1).numpy()
            if progress:
                progress(min(start + BATCH, len(images)), len(images))
    return found


def _use_one_thread() -> None:
    """A pool of threads would wait for each other wherever a run trains on the same cores."""
    if not getattr(_thread, "gives_way", False):
        give_way(NICENESS)
        _thread.gives_way = True
    torch.set_num_threads(1)


_thread = threading.local()


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
