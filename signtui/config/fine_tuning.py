"""The settings of a run that goes on from another one's weights, to learn new photos beside the old ones.

Network and recipe are the other run's, so that only what was given as an option differs: settings in
config.toml are meant for runs that begin anew.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from signtui.config.load import Assignment, overlaid
from signtui.config.presets import NOT_OF_THE_RECIPE
from signtui.config.schema import Config, as_plain
from signtui.errors import ConfigError

FROM = "train.from"
SHARE_OF_THE_RATE = 0.1
"""Of the learning rate that the weights were learned with: they are to move, not to be lost."""

RECIPE = {
    "epochs": 2,
    "schedule": "cosine",
    "warmup": 0.1,
    "ema": 0.9,
    "early_stopping": 0,
    "clean_images": 0,
}
"""What [train] is otherwise; see docs/own-hands.md for what was tried."""

HELD_OUT = 0.25
"""The share of one's own photos that is held out: of few photos, a tenth would be next to none."""

USUAL: dict[str, Any] = {
    **{f"train.{name}": value for name, value in RECIPE.items()},
    "train.learning_rate": None,
    "augment.synthetic": 0,
    "data.directory": "",
    "data.validation_fraction": HELD_OUT,
}
"""What such a run has where nothing else is given; the rate follows from the other run's, the folder is
`data.own`.
"""

_OF_THE_PARENT = ("preset", "model.", "data.image_size")
_OF_THE_PRESENT = (*NOT_OF_THE_RECIPE, "data.own")


def is_of_the_parent(key: str) -> bool:
    """Whether the setting is the other run's, and can't be had otherwise."""
    return key.startswith(_OF_THE_PARENT)


def is_of_the_present(key: str) -> bool:
    """Whether the setting is what files and variables say, as for a run that begins anew."""
    return key in _OF_THE_PRESENT or key.startswith(("runs.", "ui."))


def fine_tuning_config(
    parent: Config, run: str, image_size: int, present: Config, given: Sequence[Assignment] = ()
) -> Config:
    """The settings for learning on from run `run`, which had those of `parent` and images of `image_size`.

    Where things are and what they run on is as in `present`; `given` are options, and override everything.

    Raises:
        ConfigError: where an option would change the network, or can't be had.
    """
    for assignment in given:
        if is_of_the_parent(assignment.key):
            raise ConfigError(
                f"{assignment.place} can't be given with --from: network and recipe are those of run {run}"
            )
    tree, here = as_plain(parent), as_plain(present)
    tree["runs"], tree["ui"] = here["runs"], here["ui"]
    tree["train"] |= {
        key.removeprefix("train."): here["train"][key.removeprefix("train.")] for key in NOT_OF_THE_RECIPE
    }
    tree["train"] |= RECIPE | {
        # That of a run which went on from another is low already.
        "learning_rate": parent.train.learning_rate * (1 if parent.train.from_ else SHARE_OF_THE_RATE),
        "from": run,
    }
    tree["augment"]["synthetic"] = 0
    fresh = as_plain(Config())["data"]
    tree["data"] = fresh | {
        "own": present.data.own,
        "directory": present.data.own,
        "image_size": image_size,
        "validation_fraction": HELD_OUT,
    }
    others = [assignment for assignment in given if assignment.key != FROM]
    return overlaid(msgspec.convert(tree, Config), others)
