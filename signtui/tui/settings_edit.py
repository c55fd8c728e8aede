"""Changing a configuration one setting at a time: parsed, bounded, and refused where no network results."""

import math
from collections.abc import Callable
from typing import Any

import msgspec

from signtui.config import Config, as_plain
from signtui.config.presets import apply_preset, preset_config
from signtui.config.settings import MOST_BLOCKS, Setting, setting_for
from signtui.errors import ConfigError
from signtui.model.plan import Plan, plan

_DOUBLING = {"filters", "batch_size", "clean_images", "rehearsal", "synthetic_images", "threads"}
_THOUSANDS = {"most_images"}
_ODD = {"kernel"}
_LADDER = (1.0, 2.0, 5.0)


class Refused(Exception):
    """A value that a setting does not take, or that no network could be built with; says why."""


def value_of(config: Config, key: str) -> Any:
    """The value of `key`, which may name a block's setting: `model.blocks.2.kernel`."""
    value: Any = config
    for part in key.split("."):
        # `from` is a word of Python's, so the attribute has another name.
        attribute = "from_" if part == "from" else part
        value = value[int(part) - 1] if isinstance(value, tuple) else getattr(value, attribute)
    return value


def shown(value: Any) -> str:
    """`value` as a form shows it and takes it back."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value)
    return str(value)


def changed(config: Config, key: str, value: Any, image_size: int, classes: int) -> Config:
    """`config` with `key` set to `value` (of its own type, or as typed).

    Raises:
        Refused: where the setting does not take it, or where the network can't be built any more and
            could before.
    """
    tree = as_plain(config)
    if key == "preset":
        apply_preset(tree, parsed(key, value))
    else:
        *path, name = key.split(".")
        table: Any = tree
        for part in path:
            table = table[int(part) - 1] if isinstance(table, list) else table[part]
        table[name] = parsed(key, value)
    return _checked(config, _config(tree), image_size, classes)


def with_blocks(
    config: Config, change: Callable[[list[dict[str, Any]]], None], image_size: int, classes: int
) -> Config:
    """`config` after `change` to its list of blocks (plain data). Raises Refused as `changed` does."""
    tree = as_plain(config)
    change(tree["model"]["blocks"])
    count = len(tree["model"]["blocks"])
    if not 1 <= count <= MOST_BLOCKS:
        raise Refused(f"a network has 1 to {MOST_BLOCKS} blocks")
    return _checked(config, _config(tree), image_size, classes)


def parsed(key: str, value: Any) -> Any:
    """`value` as the setting `key` takes it. Raises Refused with what is allowed."""
    setting = setting_for(key)
    if isinstance(value, str) and setting.value_type is bool:
        value = {"yes": True, "no": False}.get(value.strip().lower(), value)
    try:
        return setting.parse(value.strip() if isinstance(value, str) else value)
    except ValueError as allowed:
        raise Refused(f"must be {allowed}") from None


def stepped(key: str, value: Any, direction: int) -> Any:
    """The next value of `key` up (1) or down (-1): the next choice, or a sensible step within its bounds."""
    setting = setting_for(key)
    if setting.choices:
        return setting.choices[(setting.choices.index(value) + direction) % len(setting.choices)]
    if setting.value_type is bool:
        return not value
    if setting.value_type is int:
        return _stepped_count(setting, key, value, direction)
    if setting.value_type is float:
        return _stepped_number(setting, value, direction)
    return value


def _stepped_count(setting: Setting, key: str, value: int, direction: int) -> int:
    name = key.rpartition(".")[2]
    if name in _DOUBLING and value > 0:
        following = value * 2 if direction > 0 else value // 2
    elif name in _THOUSANDS and (value >= 1000 or not value):
        following = max(1000, value * 2) if direction > 0 else (value // 2 if value >= 2000 else 0)
    elif name in _ODD:
        following = value + (2 * direction if value % 2 else direction)
    elif abs(value) < 10 or (value == 10 and direction < 0):
        following = value + direction
    else:
        following = round(_on_ladder(float(value), direction))
    low, high = setting.bounds.get("ge", -math.inf), setting.bounds.get("le", math.inf)
    high = min(high, setting.bounds.get("lt", math.inf) - 1)
    return int(min(max(following, low), high))


def _stepped_number(setting: Setting, value: float, direction: int) -> float:
    bounds = setting.bounds
    high = bounds.get("le", bounds.get("lt"))
    if high is None or high > 1:
        if setting.unit == "degrees":
            return float(min(max(5.0 * math.floor(value / 5 + 1e-9) + 5 * direction, 0.0), high or math.inf))
        following = _on_ladder(value, direction) if value > 0 else (0.1 if direction > 0 else value)
        return min(following, bounds.get("le", math.inf))
    following = round(value + 0.05 * direction, 6)
    if following >= high and "lt" in bounds:
        return round(high - (high - value) / 2, 6)
    if direction < 0 and value > 0.95 * high and "lt" in bounds:
        # Back by the way it came: 0.995, 0.99, 0.98.
        return round(max(high - 2 * (high - value), 0.0), 6)
    if following <= 0 and "gt" in bounds:
        return round(value / 2, 6) or value
    return float(min(max(following, 0.0), high))


def _on_ladder(value: float, direction: int) -> float:
    """The next of 1, 2, 5 times a power of ten beyond `value` (positive)."""
    power = math.floor(math.log10(value))
    rungs = sorted(
        float(f"{rung * 10.0**exponent:g}") for exponent in (power - 1, power, power + 1) for rung in _LADDER
    )
    if direction > 0:
        return next(rung for rung in rungs if rung > value * (1 + 1e-9))
    return next(rung for rung in reversed(rungs) if rung < value * (1 - 1e-9))


def default_of(config: Config, key: str) -> Any:
    """What `key` is in the preset that `config` started from; None for a block that the preset has not."""
    try:
        return value_of(preset_config(config.preset), key)
    except IndexError:
        return None


def plan_or_reason(config: Config, image_size: int, classes: int) -> Plan | str:
    """The network on paper, or the sentence why it can't be."""
    try:
        return plan(config.model, image_size, classes)
    except ConfigError as error:
        return str(error)


def _config(tree: dict[str, Any]) -> Config:
    return msgspec.convert(tree, Config)


def _checked(before: Config, after: Config, image_size: int, classes: int) -> Config:
    reason = plan_or_reason(after, image_size, classes)
    if isinstance(reason, str) and not isinstance(plan_or_reason(before, image_size, classes), str):
        raise Refused(reason)
    return after
