"""What a run is made of that goes on from another one's weights: new photos, and images of the run before.

New photos alone would push out what was known: the letters that have none would be lost, and other hands
with them. So some of the images that the first run of the line learned from are learned again beside them.
"""

import hashlib
from pathlib import Path

import torch
from msgspec.structs import replace

from signtui.config import Config, resolve
from signtui.data.classes import told_in, unknown_classes
from signtui.data.images import Dataset, ImageSet
from signtui.data.source import configured_dataset
from signtui.data.split import Split, configured_split
from signtui.errors import ConfigError, DataError, RunError, SigntuiError
from signtui.model.weights import WeightsMetadata, load_network
from signtui.runs.fine_tuning import lasting_name
from signtui.runs.folder import RunFolder, find_run
from signtui.training.randomness import counted_seed
from signtui.training.same_data import data_of_run
from signtui.training.start import Start

LEAST_OF_AN_EPOCH = 512
"""Images that an epoch has of the new photos, repeated, at least."""

MOST_REPEATS = 32
_LONGEST_LINE = 50


def find_parent(config: Config) -> RunFolder:
    """The run that `config.train.from` names.

    Raises:
        RunError: where there is none, or it has no weights.
    """
    folder = find_run(Path(config.runs.directory).expanduser(), config.train.from_)
    if not folder.best.is_file():
        raise RunError(f"run {folder.id} has no weights to start from: no epoch of it has ended")
    return folder


def with_lasting_start(config: Config) -> Config:
    """`config` with the run it goes on from by a name that lasts: `latest` will soon be another one.

    Raises:
        RunError: where there is no such run, or it has no weights.
    """
    if not config.train.from_:
        return config
    name = lasting_name(find_parent(config), config)
    return replace(config, train=replace(config.train, from_=name))


def gather_start(config: Config) -> tuple[Dataset, Split, Start]:
    """The new photos, told in the classes of the run that `config` goes on from, their division, the start.

    Raises:
        ConfigError: where the network is another one than that run's.
        DataError: where the photos show other classes or have another size, or are too few.
        RunError: where there is no such run or it has no weights.
    """
    parent = find_parent(config)
    network, metadata = load_network(parent.best)
    if metadata.model != config.model:
        raise ConfigError(
            f"train.from = {config.train.from_}: the settings describe another network than that of run"
            f" {parent.id}; `signtui train --from {parent.id}` takes its settings"
        )
    dataset = _own_photos(config, parent, metadata)
    division = configured_split(dataset, config.data, config.train.seed)
    own = dataset.train.subset(division.train_indices)
    origin, lineage = _origin(config, parent)
    learned, origin_held_out, missing = _origin_images(origin, metadata)
    rehearsal = _rehearsed(learned, config)
    whole = max(len(rehearsal) if rehearsal is not None else 0, LEAST_OF_AN_EPOCH)
    start = Start(
        parent=parent,
        origin=origin,
        network=network,
        metadata=metadata,
        own=own,
        own_held_out=division.validation,
        repeats=max(1, min(MOST_REPEATS, round(whole / max(1, len(own))))),
        rehearsal=rehearsal,
        origin_held_out=origin_held_out,
        notes=lineage + missing + _seen_before(division.validation, learned),
    )
    return dataset, division, start


def _own_photos(config: Config, parent: RunFolder, metadata: WeightsMetadata) -> Dataset:
    dataset = configured_dataset(config.data)
    unknown = unknown_classes(dataset, metadata.classes)
    if unknown:
        more = " ..." if len(unknown) > 5 else ""
        raise DataError(
            f"{dataset.name} has photos of {' '.join(unknown[:5])}{more}, and run {parent.id} knows only"
            f" {_in_brief(metadata.classes)}: move them elsewhere, or train a new run"
        )
    if dataset.size != metadata.image_size:
        raise DataError(
            f"run {parent.id} takes images of {metadata.image_size} pixels a side, and those of"
            f" {dataset.name} have {dataset.size}: give images of the run's own size, or a folder of photos"
        )
    return told_in(dataset, metadata.classes)


def _in_brief(classes: tuple[str, ...]) -> str:
    return (
        " ".join(classes) if len(classes) <= 30 else f"{len(classes)} classes ({classes[0]} to {classes[-1]})"
    )


def _origin(config: Config, parent: RunFolder) -> tuple[RunFolder, tuple[str, ...]]:
    """The first run of the line that `parent` stands in, as far as it is there."""
    folder = parent
    for _ in range(_LONGEST_LINE):
        try:
            before = _config_of(folder).train.from_
            if not before:
                break
            folder = find_run(Path(config.runs.directory).expanduser(), before)
        except SigntuiError:
            break
    if folder.path == parent.path:
        return folder, ()
    words = (
        f"run {parent.id} has learned from new photos before, and some that are held out now may have been"
        f" among them; started from {folder.id}, the gain is a fair one"
    )
    return folder, (words,)


def _config_of(folder: RunFolder) -> Config:
    return resolve(file=folder.config, environment={}).config


def _origin_images(
    origin: RunFolder, metadata: WeightsMetadata
) -> tuple[ImageSet | None, ImageSet | None, tuple[str, ...]]:
    """What the origin learned from and what it held out; a sentence where that can't be had any more."""
    try:
        of_origin = _config_of(origin)
        dataset = data_of_run(origin, of_origin.data)
        if dataset.classes != metadata.classes or dataset.size != metadata.image_size:
            raise DataError(f"{dataset.name} has other images")
        division = configured_split(dataset, of_origin.data, of_origin.train.seed)
    except SigntuiError:
        words = "so that nothing of them is learned again, and what is forgotten can't be told"
        return None, None, (f"the images that run {origin.id} learned from are not found, {words}",)
    return dataset.train.subset(division.train_indices), division.validation, ()


def _rehearsed(learned: ImageSet | None, config: Config) -> ImageSet | None:
    if learned is None or not config.train.rehearsal:
        return None
    generator = torch.Generator().manual_seed(counted_seed(config.train.seed, "rehearsal"))
    chosen = torch.randperm(len(learned), generator=generator)[: config.train.rehearsal]
    return learned.subset(chosen.sort().values.numpy())


def _seen_before(held_out: ImageSet, learned: ImageSet | None) -> tuple[str, ...]:
    """A sentence where a photo held out is one that the origin learned from, pixel for pixel."""
    if learned is None:
        return ()
    known = {hashlib.sha256(image.tobytes()).digest() for image in learned.images}
    seen = sum(hashlib.sha256(image.tobytes()).digest() in known for image in held_out.images)
    if not seen:
        return ()
    return (f"{seen:,} of the {len(held_out):,} photos held out were learned from by the run started from",)
