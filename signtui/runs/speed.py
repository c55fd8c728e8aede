"""How fast a network learns on this machine, and what an epoch takes: by runs that were, or a probe."""

import socket
from pathlib import Path
from typing import Any

import msgspec

from signtui.config import Config
from signtui.errors import RunError
from signtui.events import EpochEnded, RunStarted
from signtui.runs.folder import run_folders
from signtui.runs.log import read_events
from signtui.runs.state import RunState

SCORING_COST = 1 / 3
"""Scoring an image is one forward pass; learning from it costs a forward and about two backward passes."""

_LATEST_POINTS = 20
_MOST_FOLDERS = 10


class Speed(msgspec.Struct, frozen=True):
    """Images a second: learned from, and scored."""

    training: float
    scoring: float


class Counts(msgspec.Struct, frozen=True):
    """Images that a run learns from, and validates on."""

    train: int
    validation: int


def epoch_seconds(speed: Speed, counts: Counts, clean_images: int, added: int = 0) -> float:
    """What an epoch takes with its scoring; `clean_images` as the setting has it (-1: all).

    `added` are synthetic hands that are trained on too.
    """
    clean = counts.train if clean_images < 0 else min(clean_images, counts.train)
    return (counts.train + added) / speed.training + (counts.validation + clean) / speed.scoring


def cost_key(config: Config, image_size: int) -> tuple[Any, ...]:
    """What the speed depends on: two configurations with equal keys learn equally fast on one machine."""
    train, augment = config.train, config.augment
    moves = any((augment.rotation, augment.shift, augment.zoom, augment.shear, augment.flip))
    return (
        config.model,
        image_size,
        (moves, augment.fill if moves else "", bool(augment.brightness or augment.contrast)),
        (train.batch_size, train.optimiser, bool(train.ema), bool(train.gradient_clip)),
        (train.device, train.precision, train.threads, train.deterministic),
    )


def config_of(state: RunState) -> Config | None:
    """The settings that the run last started with; None before it has, or where they don't read."""
    if state.started is None:
        return None
    return _config(state.config)


def speed_of(state: RunState) -> Speed | None:
    """How fast the run learned, where it was on this machine and says enough."""
    if state.host != socket.gethostname():
        return None
    if state.epochs:
        return _speed(state.epochs[-1])
    points = state.history.points[-_LATEST_POINTS:]
    seconds = sum(point.steps / point.images_per_second for point in points if point.images_per_second > 0)
    if not seconds:
        return None
    rate = sum(point.steps for point in points) / seconds
    return Speed(rate, rate / SCORING_COST)


def counts_of(state: RunState) -> Counts | None:
    """How many images the run is of."""
    data = state.data
    return None if data is None else Counts(data.given_images, data.validation_images)


class Past(msgspec.Struct, frozen=True):
    """What earlier runs tell about a configuration: the speed of its network, the counts of its images."""

    speed: Speed | None = None
    counts: Counts | None = None


def past_of(directory: Path, config: Config, image_size: int) -> Past:
    """What the newest runs in `directory` tell about `config`; reads a few lines of each."""
    speed, counts, key = None, None, cost_key(config, image_size)
    try:
        folders = run_folders(directory)
    except RunError:
        return Past()
    for folder in reversed(folders[-_MOST_FOLDERS:]):
        try:
            events = iter(read_events(folder.events, steps=False))
            started = next((event for event in events if isinstance(event, RunStarted)), None)
            theirs = None if started is None else _config(started.config)
            if started is None or theirs is None:
                continue
            if counts is None and theirs.data == config.data:
                facts = started.data
                counts = Counts(facts.given_images, facts.validation_images)
            here = started.host == socket.gethostname()
            if speed is None and here and cost_key(theirs, started.data.image_size) == key:
                ended = [event for event in events if isinstance(event, EpochEnded)]
                speed = _speed(ended[-1]) if ended else None
        except RunError:
            continue
        if speed is not None and counts is not None:
            break
    return Past(speed, counts)


def _speed(epoch: EpochEnded) -> Speed | None:
    """By an epoch that ended: what it took beyond its steps went into scoring."""
    if not epoch.images_per_second > 0:
        return None
    scored = epoch.validation.images + (epoch.clean.images if epoch.clean else 0)
    seconds = epoch.seconds - epoch.train.images / epoch.images_per_second
    usual = epoch.images_per_second / SCORING_COST
    return Speed(epoch.images_per_second, scored / seconds if seconds > 0 and scored else usual)


def _config(plain: dict[str, Any]) -> Config | None:
    try:
        return msgspec.convert(plain, Config)
    except msgspec.ValidationError:
        return None
