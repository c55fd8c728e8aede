"""A try of live mode: how its run is derived from the settings and how large it is."""

from dataclasses import dataclass

from msgspec.structs import replace

from signtui.config import Config
from signtui.runs.speed import Counts, Speed, epoch_seconds
from signtui.runs.state import RunState

AIM_SECONDS = 6.0
SIZE_OF_TRY = frozenset(
    {
        "data.most_images",
        "augment.synthetic",
        "train.epochs",
        "train.clean_images",
        "train.early_stopping",
    }
)
"""Settings that a try has for itself, whatever the form says."""

SHORTEST, LONGEST = 1.0, 15.0
"""Seconds within which the size of tries stays as it is."""


@dataclass(frozen=True)
class TrySize:
    """How many images (at most) and epochs a try has."""

    images: int = 4000
    epochs: int = 1


SIZES = (
    TrySize(2000, 1),
    TrySize(4000, 1),
    TrySize(4000, 2),
    TrySize(8000, 2),
    TrySize(16_000, 2),
)
"""What a try may be: few steps, so that most tries are alike and can be compared. Two epochs score twice."""


def size_for(speed: Speed, validation: int) -> TrySize:
    """The largest try that takes no more than `AIM_SECONDS`, or else the smallest."""
    fitting = [size for size in SIZES if try_seconds(size, speed, validation) <= AIM_SECONDS]
    return fitting[-1] if fitting else SIZES[0]


def try_seconds(size: TrySize, speed: Speed, validation: int) -> float:
    """What a try of `size` takes at `speed` with so many validation images."""
    return size.epochs * epoch_seconds(speed, Counts(size.images, validation), 0)


def same_size(before: RunState, config: Config) -> bool:
    """Whether the try `before` learned from as many images, as often, as `config` does."""
    data, train = before.config.get("data", {}), before.config.get("train", {})
    return (data.get("most_images"), train.get("epochs")) == (config.data.most_images, config.train.epochs)


def try_config(config: Config, size: TrySize) -> Config:
    """The run that tries `config` out: fewer images, few epochs, nothing scored that nobody waits for."""
    from signtui.runs.tries import tries_directory  # noqa: PLC0415 - not before the first paint

    most = config.data.most_images
    return replace(
        config,
        data=replace(config.data, most_images=min(most, size.images) if most else size.images),
        augment=replace(config.augment, synthetic=0),
        train=replace(config.train, epochs=size.epochs, clean_images=0, early_stopping=0),
        runs=replace(
            config.runs,
            directory=str(tries_directory(config.runs.directory)),
            epoch_weights=0,
            notes="",
            tags=(),
        ),
    )
