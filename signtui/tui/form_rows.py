"""The settings form row by row: which settings are shown, under which headings, what is folded.

Labels are short forms of the settings' own names; help, unit and bounds come from their declarations.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from signtui.config import Config
from signtui.config.schema import Block

HELD_OUT = "data.held_out"
"""The setting whose choices are known only by the images."""

RowKind = Literal["heading", "setting", "blocks", "block", "fold", "facts", "blank"]


@dataclass(frozen=True)
class Row:
    """One row. `key` names its setting, its block (`model.blocks.2`) or its fold; `indent` is in cells."""

    kind: RowKind
    key: str = ""
    label: str = ""
    indent: int = 0

    @property
    def can_be_chosen(self) -> bool:
        """Whether the cursor stops here."""
        return self.kind in {"setting", "blocks", "block", "fold"}


_LABELS = {
    "batch_size": "batch size",
    "learning_rate": "learning rate",
    "weight_decay": "weight decay",
    "label_smoothing": "smooth labels",
    "gradient_clip": "clip gradient",
    "early_stopping": "early stopping",
    "clean_images": "clean images",
    "time_limit": "time limit",
    "pool_size": "pool size",
    "pool_stride": "pool stride",
    "normalisation": "normalise",
    "input_scaling": "input scaling",
    "fill_value": "fill grey",
    "ema": "averaging",
    "most_images": "most images",
    "validation_fraction": "share held out",
    "held_out": "signer out",
    "groups": "signer table",
    "data.directory": "folder",
    "image_size": "image size",
    "own": "own photos",
    "train.from": "start from",
    "synthetic_images": "synthetic",
    "synthetic_seed": "synthetic seed",
    "model.head.pooling": "head",
    "model.head.hidden": "hidden layers",
    "model.head.activation": "head activation",
    "model.head.dropout": "head dropout",
    "model.order": "block order",
}
_BLOCK_BASIC = ("filters", "kernel", "activation", "pooling")
_BLOCK_MORE = ("normalisation", "stride", "padding", "pool_size", "pool_stride", "dropout", "residual")
_NETWORK_MORE = (
    "model.head.hidden",
    "model.head.activation",
    "model.head.dropout",
    "model.order",
    "model.input_scaling",
    "model.moved_views",
    "model.ensemble",
)
_TRAINING = ("epochs", "batch_size", "optimiser", "learning_rate", "schedule", "seed", "device")
_TRAINING_MORE = (
    "momentum",
    "warmup",
    "weight_decay",
    "label_smoothing",
    "ema",
    "gradient_clip",
    "early_stopping",
    "clean_images",
    "precision",
    "threads",
    "deterministic",
    "time_limit",
    "from",
    "rehearsal",
)
_AUGMENTATION = ("rotation", "shift", "zoom", "brightness", "contrast", "flip")
_AUGMENTATION_MORE = (
    "shear",
    "perspective",
    "warp",
    "light",
    "tone",
    "blur",
    "noise",
    "erase",
    "synthetic",
    "fill",
    "fill_value",
)
_DATA = (
    "directory",
    "source",
    "most_images",
    "validation",
    "validation_fraction",
    "held_out",
    "groups",
    "own",
    "image_size",
    "synthetic_images",
    "synthetic_seed",
)


def label_of(key: str) -> str:
    """The short name of a setting."""
    name = key.rpartition(".")[2]
    return _LABELS.get(key) or _LABELS.get(name, name)


def rows_of(config: Config, unfolded: Collection[str]) -> list[Row]:
    """All rows of the form for `config`; `unfolded` holds the keys of the folds and blocks that are open."""
    rows = [Row("setting", "preset", "preset"), Row("blank"), Row("heading", label="Network")]
    rows.append(Row("blocks", "model.blocks", "blocks"))
    for number in range(1, len(config.model.blocks) + 1):
        rows += _block_rows(number, unfolded)
    rows.append(_setting("model.head.pooling"))
    rows += _fold("more.network", _NETWORK_MORE, unfolded)
    rows += [Row("facts"), Row("blank"), Row("heading", label="Training")]
    rows += [_setting(f"train.{name}") for name in _TRAINING]
    rows += _fold("more.training", [f"train.{name}" for name in _TRAINING_MORE], unfolded)
    rows += [Row("blank"), Row("heading", label="Augmentation")]
    rows += [_setting(f"augment.{name}") for name in _AUGMENTATION]
    rows += _fold("more.augmentation", [f"augment.{name}" for name in _AUGMENTATION_MORE], unfolded)
    rows.append(Row("blank"))
    rows += _fold("more.data", [f"data.{name}" for name in _DATA], unfolded, label="Data")
    return rows


def _setting(key: str, indent: int = 0) -> Row:
    return Row("setting", key, label_of(key), indent)


def _fold(
    key: str, settings: Collection[str], unfolded: Collection[str], indent: int = 0, label: str = "more"
) -> list[Row]:
    rows = [Row("fold", key, label, indent)]
    if key in unfolded:
        rows += [_setting(setting, indent + 2) for setting in settings]
    return rows


def _block_rows(number: int, unfolded: Collection[str]) -> list[Row]:
    key = f"model.blocks.{number}"
    rows = [Row("block", key, str(number))]
    if key in unfolded:
        rows += [_setting(f"{key}.{name}", 4) for name in _BLOCK_BASIC]
        rows += _fold(f"more.{key}", [f"{key}.{name}" for name in _BLOCK_MORE], unfolded, 4)
    return rows


def block_summary(block: Block) -> str:
    """A block in a few words: `32 x 3x3 relu, max 2`, with what is unusual about it."""
    words = [f"{block.filters:>3} of {block.kernel}x{block.kernel}"]
    if block.stride > 1:
        words.append(f"/{block.stride}")
    words.append("linear" if block.activation == "none" else block.activation)
    if block.pooling != "none":
        pooling = "mean" if block.pooling == "average" else block.pooling
        words.append(f"{pooling} {block.pool_size}")
    if block.residual:
        words.append("+")
    return " ".join(words)
