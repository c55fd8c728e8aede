"""The settings of a run in a few lines of words: network, training, augmentation, data."""

from collections.abc import Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from signtui.render import numbers
from signtui.render.palette import style_of
from signtui.render.terminal import TerminalStyle

_LABEL = 13
Section = Mapping[str, Any]


def setting_lines(config: Mapping[str, Any], style: TerminalStyle, width: int) -> list[Table]:
    """The essentials of `config` (sections of plain values), a labelled line each, folded at `width`."""
    groups = [
        ("blocks", _blocks(config.get("model") or {})),
        ("head", _head((config.get("model") or {}).get("head") or {})),
        ("training", _training(config.get("train") or {})),
        ("regularised", _regularised(config.get("train") or {})),
        ("augment", _augment(config.get("augment") or {})),
        ("data", _data(config.get("data") or {})),
    ]
    rows = [(label, words) for label, words in groups if words]
    if not rows:
        return []
    grid = Table.grid(padding=(0, 0, 0, 0), pad_edge=False)
    grid.add_column(width=_LABEL, no_wrap=True)
    if not style.interactive:
        width = 10_000
    grid.add_column(width=min(max(len(", ".join(words)) for _, words in rows), max(20, width - _LABEL)))
    for label, words in rows:
        grid.add_row(Text(label, style_of("faint", style)), Text(", ".join(words)))
    return [grid]


def _blocks(model: Section) -> list[str]:
    return [_block(block) for block in model.get("blocks") or ()]


def _block(block: Section) -> str:
    kernel = block.get("kernel", 3)
    words = [f"{block.get('filters')} filters {kernel}x{kernel}"]
    if block.get("stride", 1) != 1:
        words.append(f"stride {block['stride']}")
    words += [str(block[key]) for key in ("activation",) if block.get(key) not in {None, "relu"}]
    if block.get("pooling", "none") != "none":
        words.append(f"{block['pooling']} {block.get('pool_size', 2)}")
    if block.get("residual"):
        words.append("residual")
    return " ".join(words)


def _head(head: Section) -> list[str]:
    if not head:
        return []
    pooling = head.get("pooling", "flatten")
    words = [pooling if pooling == "flatten" else f"global {pooling}"]
    words += [f"{units} units" for units in head.get("hidden") or ()]
    if head.get("dropout"):
        words.append(f"dropout {head['dropout']:g}")
    return words


def _training(train: Section) -> list[str]:
    if not train:
        return []
    return [
        numbers.plural(train.get("epochs", 0), "epoch"),
        f"batch {train.get('batch_size')}",
        f"{train.get('optimiser')} {numbers.learning_rate(train.get('learning_rate'))}",
        str(train.get("schedule")).replace("_", "-"),
        f"seed {train.get('seed')}",
    ]


def _regularised(train: Section) -> list[str]:
    keys = ("weight_decay", "label_smoothing", "ema", "gradient_clip")
    return [f"{key.replace('_', ' ')} {train[key]:g}" for key in keys if train.get(key)]


def _augment(augment: Section) -> list[str]:
    words = []
    for key, unit, scale in (
        ("rotation", " degrees", 1),
        ("shift", " %", 100),
        ("zoom", " %", 100),
        ("shear", " degrees", 1),
        ("brightness", " %", 100),
        ("contrast", " %", 100),
        ("perspective", " %", 100),
        ("warp", " %", 100),
        ("light", "", 1),
        ("tone", "", 1),
        ("blur", " %", 100),
        ("noise", " greys", 1),
        ("erase", " %", 100),
    ):
        if augment.get(key):
            words.append(f"{key} {augment[key] * scale:g}{unit}")
    if augment.get("flip"):
        words.append("flip")
    if augment.get("synthetic"):
        words.append(f"{augment['synthetic']:,} synthetic hands")
    return words or (["none"] if augment else [])


def _data(data: Section) -> list[str]:
    if not data:
        return []
    words = [f"validation {data.get('validation')}"]
    if data.get("validation") in {"photographs", "random"} and data.get("validation_fraction"):
        words[0] += f" {data['validation_fraction'] * 100:g} %"
    return words
