"""Options made from the declared settings: one each, and their values as assignments for `resolve`.

A function under `takes_settings` gets what was given as its argument `settings`; the options themselves,
their help, units, ranges and choices, come from the declarations.
"""

import functools
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from signtui.config import SETTINGS, Assignment, Resolved, Setting, resolve
from signtui.config.load import parse_set
from signtui.config.settings import BLOCKS, MOST_BLOCKS
from signtui.errors import ConfigError

PANELS = {
    "data": "Data",
    "augment": "Augmentation",
    "model": "Network",
    "train": "Training",
    "runs": "Runs",
    "ui": "Terminal",
}
"""The heading over the options of each section."""

LOOK = ["ui.colour", "ui.characters"]
"""The settings of every command that shows a page."""

SCREEN = [*LOOK, "ui.theme", "ui.remember", "ui.images", "ui.low_bandwidth"]
"""The settings of every command that opens the dashboard."""

JSON = typer.Option(False, "--json", help="Print JSON instead, for programs to read.")

CROPS = ("centre", "none")
CROP = typer.Option(
    "centre", "--crop", metavar="NAME", help="centre: the middle square; none: all, border pixels repeated."
)


@dataclass(frozen=True)
class Settings:
    """The settings given as options, and the configuration file named; `resolve` adds the other layers."""

    given: tuple[Assignment, ...] = ()
    file: Path | None = None

    def resolve(self) -> Resolved:
        """The configuration in force. Raises ConfigError."""
        return resolve(self.given, file=self.file)


def check_choice(option: str, value: str, allowed: Sequence[str]) -> None:
    """Raise ConfigError where `value` is none of `allowed`."""
    if value not in allowed:
        raise ConfigError(f"{option} {value}: must be one of {', '.join(allowed)}")


def takes_settings(
    keys: Sequence[str], *, with_set: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command `--config`, an option for each setting in `keys`, and `--set` where `with_set`."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        own = [p for p in inspect.signature(function).parameters.values() if p.name != "settings"]

        @functools.wraps(function)
        def command(**values: Any) -> Any:
            file, sets = values.pop("config"), values.pop("set_", None)
            given = [
                Assignment(key, value, _as_typed(SETTINGS[key], value))
                for key in keys
                if (value := values.pop(_name(key))) is not None
            ]
            given += [parse_set(text) for text in sets or ()]
            settings = Settings(tuple(given), Path(file).expanduser() if file else None)
            return function(settings=settings, **values)

        parameters = [*own, *_parameters(keys, with_set)]
        command.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # what typer reads
            [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]
        )
        return command

    return decorate


def section_keys(*sections: str) -> list[str]:
    """The keys of every setting in `sections`, in the order of declaration."""
    return [key for key in SETTINGS if key.partition(".")[0] in sections]


def _parameters(keys: Sequence[str], with_set: bool) -> list[inspect.Parameter]:
    config = typer.Option(None, "--config", metavar="FILE", help="Settings file; otherwise ./config.toml.")
    parameters = [_parameter("config", config, str | None)]
    if with_set:
        sets = typer.Option(
            None,
            "--set",
            metavar="KEY=VALUE",
            help="Any setting by its key, as in model.blocks.1.filters=32 (* for all blocks); repeatable.",
        )
        parameters.append(_parameter("set_", sets, list[str] | None))
    return parameters + [_setting_parameter(SETTINGS[key]) for key in keys]


def _parameter(name: str, option: Any, annotation: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=option, annotation=annotation)


def _setting_parameter(setting: Setting) -> inspect.Parameter:
    section = setting.key.partition(".")[0]
    switch = setting.value_type is bool
    declaration = f"{setting.option}/--no-{setting.option.removeprefix('--')}" if switch else setting.option
    option = typer.Option(
        None,
        declaration,
        metavar=None if switch else _metavar(setting),
        help=_help(setting),
        rich_help_panel=PANELS.get(section),
    )
    return _parameter(_name(setting.key), option, bool | None if switch else str | None)


def _metavar(setting: Setting) -> str:
    if setting.key == BLOCKS:
        return "N"
    if setting.is_list:
        return "A,B,..."
    if setting.choices:
        return "NAME"
    return {int: "N", float: "X"}.get(setting.value_type, "TEXT")


def _help(setting: Setting) -> str:
    """Help, range with unit, and default, as in `kernel side (1 to 31 pixels; default 3)`."""
    details = []
    if setting.key == BLOCKS:
        details.append(f"1 to {MOST_BLOCKS}")
    else:
        if setting.value_type not in (bool, str) and not _names_choices(setting):
            details.append(_range(setting))
        details.append(f"default {_default(setting)}" if setting.default not in ("", (), []) else "")
    shown = "; ".join(filter(None, details))
    first = setting.help.partition(" ")[0]
    words = setting.help[0].upper() + setting.help[1:] if first.isalpha() else setting.help
    return f"{words} ({shown})" if shown else words


def _names_choices(setting: Setting) -> bool:
    """Whether the help explains every choice by name, so that a list of them would say nothing new."""
    return bool(setting.choices) and all(choice in setting.help for choice in setting.choices)


def _range(setting: Setting) -> str:
    words = setting.allowed
    for kind in ("one of ", "a whole number", "a number", "a list of words", "a list of "):
        words = words.removeprefix(kind)
    words = words.strip(", ").removeprefix("from ")
    return f"{words} {setting.unit}".strip() if not setting.is_list else words


def _default(setting: Setting) -> str:
    if setting.value_type is bool:
        return "on" if setting.default else "off"
    return f"{setting.default:g}" if isinstance(setting.default, float) else str(setting.default)


def _name(key: str) -> str:
    return key.replace(".", "__")


def _as_typed(setting: Setting, value: Any) -> str:
    return f"--no-{setting.option.removeprefix('--')}" if value is False else setting.option
