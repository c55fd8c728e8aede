"""Every setting: declared once (schema), tabled (settings), in recipes (presets), read in layers (load)."""

from signtui.config.load import Assignment, Resolved, resolve
from signtui.config.presets import PRESETS, preset_config
from signtui.config.schema import (
    AugmentSettings,
    Block,
    Config,
    DataSettings,
    Head,
    ModelSettings,
    RunSettings,
    TrainSettings,
    UiSettings,
    as_plain,
)
from signtui.config.settings import SETTINGS, Setting

__all__ = [
    "PRESETS",
    "SETTINGS",
    "Assignment",
    "AugmentSettings",
    "Block",
    "Config",
    "DataSettings",
    "Head",
    "ModelSettings",
    "Resolved",
    "RunSettings",
    "Setting",
    "TrainSettings",
    "UiSettings",
    "as_plain",
    "preset_config",
    "resolve",
]
