"""What a run is made of, checked before anything starts: images, their division, the plan of the network."""

from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import torch

from signtui.config.schema import Config
from signtui.data.added import added_hands
from signtui.data.held_out import groups_present
from signtui.data.images import Dataset, ImageSet
from signtui.data.source import configured_dataset
from signtui.data.split import Split, configured_split
from signtui.errors import ConfigError
from signtui.events import DataFacts
from signtui.model.plan import Plan, plan
from signtui.training.batches import batch_bounds, steps_per_epoch
from signtui.training.evaluation import Labelled
from signtui.training.fine_tuning import gather_start
from signtui.training.randomness import counted_seed
from signtui.training.samples import choose_samples
from signtui.training.splits import Splits
from signtui.training.start import Start


@dataclass(frozen=True)
class Material:
    """The data set, its division into training and validation, and the network's plan.

    `start` is where a run begins that goes on from another one's weights.
    """

    dataset: Dataset
    split: Split
    plan: Plan
    added: ImageSet | None = None
    start: Start | None = None

    @property
    def train(self) -> ImageSet:
        """What an epoch has: the data set's own images first, then synthetic hands where they are added."""
        return self._with_added(self._own)

    def _with_added(self, own: ImageSet) -> ImageSet:
        learned = self.start.learned() if self.start else own
        if self.added is None:
            return learned
        return ImageSet(
            np.concatenate((learned.images, self.added.images)),
            np.concatenate((learned.labels, self.added.labels)),
        )

    @property
    def learned(self) -> int:
        """How many images of the data set, and of the run gone on from, an epoch has."""
        return self.start.images if self.start else len(self.split.train_indices)

    @property
    def _own(self) -> ImageSet:
        return self.dataset.train.subset(self.split.train_indices)

    def facts(self) -> DataFacts:
        """The data as the run's log states it."""
        train, validation, held_out = self.dataset.train, self.split.validation, self.split.held_out
        kept = None if train.photographs is None else train.photographs[self.split.train_indices]
        grouping = self.dataset.grouping
        return DataFacts(
            name=self.dataset.name,
            kind=self.dataset.kind,
            synthetic=self.dataset.synthetic,
            classes=self.dataset.classes,
            image_size=self.dataset.size,
            train_images=self.learned + (len(self.added) if self.added else 0),
            added_images=len(self.added) if self.added else 0,
            validation_images=len(validation),
            test_images=len(self.dataset.test) if self.dataset.test else 0,
            validation=self.split.validation_name,
            train_photographs=None if kept is None else len(np.unique(kept)),
            validation_photographs=validation.photograph_count,
            files=tuple(_file_facts(file) for file in self.dataset.files),
            warning=self.split.warning,
            groups=groups_present(self.dataset),
            group_kind=grouping.kind if grouping else "",
            groups_sha256=grouping.sha256 if grouping else "",
            held_out=self.split.left_out,
            held_out_images=len(held_out.images) if held_out else 0,
            held_out_photographs=held_out.images.photograph_count if held_out else None,
        )

    def splits(self, config: Config, device: torch.device) -> Splits:
        """The images on `device`, with the sample of training images that is scored clean."""
        own, validation = self._own, self.split.validation
        return Splits(
            train=on_device(self._with_added(own), device),
            validation=on_device(validation, device),
            clean=_clean_sample(own, config, device),
            classes=len(self.dataset.classes),
            photographs=validation.photograph_count or len(validation),
            samples=on_device(self.samples(), device),
            fits_sureness=self.split.validation_of != "test" and self.start is None,
        )

    def samples(self) -> ImageSet:
        """The validation images that are watched while the network learns."""
        return choose_samples(self.split.validation)


def gather(config: Config) -> Material:
    """Load and divide the data and plan the network.

    Raises:
        DataError: where there are no images to use.
        ConfigError: where the network can't work on them, or not with the batch size.
        RunError: where the run to go on from can't be had.
    """
    dataset, division, start = gather_start(config) if config.train.from_ else _gather_new(config)
    layout = plan(config.model, dataset.size, len(dataset.classes), dataset.channels)
    added = added_hands(config.augment.synthetic, dataset, config.data.synthetic_seed)
    material = Material(dataset, division, layout, added, start)
    _refuse_single_image_batches(layout, material.learned, config.train.batch_size)
    return material


def _gather_new(config: Config) -> tuple[Dataset, Split, None]:
    dataset = configured_dataset(config.data)
    division = configured_split(dataset, config.data, config.train.seed)
    return dataset, division, None


def on_device(images: ImageSet, device: torch.device) -> Labelled:
    """`images` as tensors on `device`."""
    # Copied where it is a read-only memory map, which torch can't share.
    pixels = np.require(images.images, requirements=["C", "W"])
    labels = torch.from_numpy(images.labels.astype(np.int64))
    return Labelled(torch.from_numpy(pixels).to(device), labels.to(device))


def _clean_sample(train: ImageSet, config: Config, device: torch.device) -> Labelled | None:
    wanted = config.train.clean_images
    if wanted == 0:
        return None
    count = len(train) if wanted < 0 else min(wanted, len(train))
    generator = torch.Generator().manual_seed(counted_seed(config.train.seed, "clean"))
    chosen = torch.randperm(len(train), generator=generator)[:count].sort().values
    return on_device(train.subset(chosen.numpy()), device)


def _refuse_single_image_batches(layout: Plan, images: int, batch_size: int) -> None:
    steps = steps_per_epoch(images, batch_size)
    first, end = batch_bounds(images, steps, 0)
    if end - first > 1:
        return
    for layer in layout.layers:
        if layer.function == "batch" and layer.output[1:] == (1, 1):
            raise ConfigError(
                f"train.batch_size = {batch_size}: {layer.name} has one value per feature map, and batch"
                " normalisation can't learn from a single one; use a batch size of 2 or more, or layer"
                " normalisation"
            )


def _file_facts(file: Any) -> dict[str, Any]:
    facts: dict[str, Any] = msgspec.to_builtins(file, enc_hook=str)
    return facts
