"""What sets the settings of several runs apart, key by key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from signtui.config.settings import BLOCK_SETTINGS, BLOCKS

WITHOUT_EFFECT = ("runs.", "ui.")
"""Sections that say how a run is kept and shown; they change nothing in what it learns."""


@dataclass(frozen=True)
class Difference:
    """One key that differs, with its value in each run, in their order (None: that run has no such key)."""

    key: str
    values: tuple[Any, ...]


def differences(configs: Sequence[Mapping[str, Any]]) -> tuple[Difference, ...]:
    """Where `configs` (settings as plain nested data, as `run_started` holds them) differ.

    Keys stand in the order in which they are first met. Blocks are counted from 1; a block that some runs
    lack is one difference, whose value is a mapping of what in it is not the default.
    """
    flat = [dict(_leaves(config)) for config in configs]
    keys = dict.fromkeys(key for settings in flat for key in settings)
    found = (Difference(key, tuple(settings.get(key) for settings in flat)) for key in _in_place(keys))
    return tuple(
        difference
        for difference in found
        if not difference.key.startswith(WITHOUT_EFFECT)
        and any(not _same(difference.values[0], value) for value in difference.values[1:])
        and not _within_lone_block(difference.key, flat)
    )


def _in_place(keys: Mapping[str, None]) -> list[str]:
    """The keys with each section in one piece: a later run's further blocks stand behind the others."""
    sections: dict[str, list[str]] = {}
    for key in keys:
        sections.setdefault(_section(key), []).append(key)
    return [key for section in sections.values() for key in section]


def _section(key: str) -> str:
    return BLOCKS if key.startswith(BLOCKS) else key.rpartition(".")[0]


def _same(first: Any, second: Any) -> bool:
    """Equal, where true is not 1; TOML writes 1.0 what JSON may read as 1."""
    return isinstance(first, bool) == isinstance(second, bool) and bool(first == second)


def _within_lone_block(key: str, flat: Sequence[Mapping[str, Any]]) -> bool:
    """Whether `key` is a setting inside a block that not every run has."""
    if not key.startswith(BLOCKS + "."):
        return False
    block, _, name = key.rpartition(".")
    if block == BLOCKS:  # the block itself: told only where some run lacks it
        return all(f"{BLOCKS}.{name}" in settings for settings in flat)
    return any(block not in settings for settings in flat)


def _leaves(tree: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in tree.items():
        key = prefix + str(name)
        if key == BLOCKS and isinstance(value, Sequence) and not isinstance(value, str):
            found.append((key, len(value)))
            for number, block in enumerate(value, 1):
                found += _block(f"{key}.{number}", block)
        elif isinstance(value, Mapping):
            found += _leaves(value, key + ".")
        else:
            found.append((key, tuple(value) if isinstance(value, list) else value))
    return found


def _block(key: str, block: Any) -> list[tuple[str, Any]]:
    if not isinstance(block, Mapping):
        return [(key, block)]
    special = {
        name: value
        for name, value in block.items()
        if name == "filters" or name not in BLOCK_SETTINGS or value != BLOCK_SETTINGS[name].default
    }
    return [(key, special), *((f"{key}.{name}", value) for name, value in block.items())]
