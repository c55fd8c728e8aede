"""A look through the microscope: what is asked for, and what comes of it. Plain data, without torch."""

from dataclasses import dataclass
from pathlib import Path

from signtui.config import Config
from signtui.model.views import Excitement, NetworkView, Pixels


@dataclass(frozen=True, eq=False)
class Wish:
    """What someone wants to look at: a network with these weights, and what it makes of an image.

    `weights` None: freshly drawn, as a run of `config` begins; `version` tells one content of the file from
    the next. `image` is uint8 (S, S); None: the `sample`th of the validation images that such a run would
    watch. Empty `classes` and `image_size` 0: as the data has them. `excitement`: also find what excites each
    channel, in the data whose files have `checksums`; None: in any.
    """

    config: Config
    weights: Path | None
    version: int = 0
    image: Pixels | None = None
    sample: int = 0
    classes: tuple[str, ...] = ()
    image_size: int = 0
    excitement: bool = False
    checksums: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Watched:
    """The validation images that one can look at: uint8 (N, S, S) and their classes."""

    images: Pixels
    truths: tuple[int, ...]


@dataclass(frozen=True)
class Look:
    """What came of a wish. `epoch` is that of the weights, 0 before training.

    `shares` is each layer's share of the time, by module. `excitement` is there where it was asked for and
    the images could be had; otherwise `problem` says why not. `watched`: where the wish named no image.
    """

    wish: Wish
    view: NetworkView
    epoch: int
    shares: dict[str, float]
    excitement: Excitement | None = None
    watched: Watched | None = None
    problem: str = ""
