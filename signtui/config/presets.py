"""Recipes: named starting points for [augment], [model] and [train], as changes to the declared defaults.

`fast` is the declared defaults themselves. Choosing a preset resets the settings that make up a recipe,
then applies its changes; seed, device, threads and the like stay as they were.
"""

from typing import Any

import msgspec

from signtui.config.schema import Block, Config, as_plain

NOT_OF_THE_RECIPE = frozenset(
    {
        "train.seed",
        "train.device",
        "train.precision",
        "train.threads",
        "train.deterministic",
        "train.time_limit",
        "train.from",
        "train.rehearsal",
    }
)
"""Settings of [train] that belong to the machine and the occasion, so that no preset touches them."""

RECIPE_SECTIONS = ("augment", "model", "train")


def _tutorial_block(filters: int, pooling: str = "none") -> dict[str, Any]:
    return {"filters": filters, "padding": "none", "pooling": pooling, "normalisation": "none"}


PRESETS: dict[str, dict[str, Any]] = {
    "fast": {},
    # The tutorial as it is written; its generator slants by 0.2 degrees, whatever its author meant.
    "tutorial": {
        "data": {"validation": "published"},
        "augment": {
            "rotation": 40.0,
            "shift": 0.2,
            "zoom": 0.2,
            "shear": 0.2,
            "flip": True,
            "brightness": 0.0,
            "contrast": 0.0,
            "fill": "nearest",
        },
        "model": {
            "input_scaling": "unit",
            "order": "activation_first",
            "blocks": [
                _tutorial_block(64, "max"),
                _tutorial_block(64),
                _tutorial_block(128),
                _tutorial_block(128),
            ],
            "head": {"pooling": "flatten", "hidden": [512], "activation": "relu"},
        },
        "train": {
            "epochs": 15,
            "batch_size": 32,
            "optimiser": "rmsprop",
            "learning_rate": 0.001,
            "momentum": 0.0,
            "schedule": "constant",
            "warmup": 0.0,
            "weight_decay": 0.0,
            "label_smoothing": 0.0,
            "ema": 0.0,
        },
    },
    "tiny": {
        "model": {
            "blocks": [
                {"filters": 8, "pooling": "max"},
                {"filters": 16},
                {"filters": 16, "pooling": "max"},
                {"filters": 32},
                {"filters": 32, "pooling": "max"},
            ]
        },
        "train": {"epochs": 4},
    },
    # Chosen by leaving each signer of the training file out in turn; docs/new-hands.md has the figures.
    "accurate": {
        "augment": {
            "rotation": 20.0,
            "shift": 0.12,
            "zoom": 0.2,
            "shear": 10.0,
            "perspective": 0.1,
            "warp": 0.02,
            "light": 0.7,
            "tone": 0.5,
            "blur": 0.7,
            "noise": 8.0,
            "erase": 0.5,
            "synthetic": 24_000,
        },
        "model": {
            "moved_views": True,
            "ensemble": 3,
            "blocks": [
                {"filters": 16, "pooling": "max"},
                {"filters": 32},
                {"filters": 48, "pooling": "max"},
                {"filters": 64},
                {"filters": 96, "pooling": "max"},
                {"filters": 96, "residual": True},
            ],
            "head": {"pooling": "average"},
        },
        "train": {"epochs": 4, "learning_rate": 0.01, "ema": 0.99},
    },
}
"""Each preset as changes to the defaults, in the shape of config.toml."""


def apply_preset(tree: dict[str, Any], name: str) -> None:
    """Sets the recipe's part of `tree` (a whole configuration as plain data) to preset `name`, in place."""
    fresh = as_plain(Config())
    for section in RECIPE_SECTIONS:
        kept = {key: value for key, value in tree[section].items() if f"{section}.{key}" in NOT_OF_THE_RECIPE}
        tree[section] = fresh[section] | kept
    # A preset may say which validation split its figures stand for; leaving that preset leaves its split.
    if PRESETS.get(tree["preset"], {}).get("data", {}).get("validation") == tree["data"]["validation"]:
        tree["data"]["validation"] = fresh["data"]["validation"]
    tree["preset"] = name
    for section, changes in PRESETS[name].items():
        for key, value in changes.items():
            if key == "blocks":
                tree[section][key] = [as_plain(msgspec.convert(block, Block)) for block in value]
            elif isinstance(value, dict):
                tree[section][key] = tree[section][key] | value
            else:
                tree[section][key] = value


def preset_config(name: str) -> Config:
    """The whole configuration that preset `name` gives on its own."""
    tree = as_plain(Config())
    apply_preset(tree, name)
    return msgspec.convert(tree, Config)


def of_the_recipe(key: str) -> bool:
    """Whether choosing a preset sets `key`."""
    return key.partition(".")[0] in RECIPE_SECTIONS and key not in NOT_OF_THE_RECIPE
