"""The declarations of `schema.py` as a table: one `Setting` for each key, with its own check and error text.

Blocks are counted from 1, as on the screen: `model.blocks.1.filters`. In the table their settings stand
once, under `model.blocks.N.`.
"""

import difflib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec.structs import replace

from signtui.config.schema import Block, Config, Section
from signtui.errors import ConfigError

BLOCKS = "model.blocks"
MOST_BLOCKS = 64


@dataclass(frozen=True)
class Setting:
    """One key: its type with bounds, default, help, unit, `--option` and `SIGNTUI_*` names."""

    key: str
    annotation: Any
    default: Any
    help: str
    unit: str
    live: bool
    option: str
    bounds: dict[str, float]

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        section, _, rest = self.key.partition(".")
        if not rest:
            return f"SIGNTUI_{section.upper()}"
        return f"SIGNTUI_{section.upper()}__{rest.replace('.', '__').upper()}"

    @cached_property
    def value_type(self) -> Any:
        """The bare Python type, without bounds: bool, int, float, str, a Literal or a tuple."""
        return get_args(self.annotation)[0]

    @property
    def choices(self) -> tuple[str, ...]:
        """The words allowed, or nothing where any value in range is."""
        return get_args(self.value_type) if get_origin(self.value_type) is Literal else ()

    @property
    def is_list(self) -> bool:
        """Whether the value is a list."""
        return get_origin(self.value_type) is tuple

    @property
    def allowed(self) -> str:
        """What may stand there, in words: `a whole number from 1 to 1024`."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.is_list:
            item = get_args(self.value_type)[0]
            if get_origin(item) is not Annotated:
                return "a list of words" if item is str else "a list of tables"
            meta = get_args(item)[1]
            return f"a list of whole numbers from {meta.ge} to {meta.le}"
        names = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}
        return (names[self.value_type] + _range_in_words(self.bounds)).strip()

    def parse(self, value: Any) -> Any:
        """`value` (from TOML, or text from an option or variable) as the setting's type, as plain data.

        Raises ValueError where it is not allowed; the text says only what is.
        """
        loose = isinstance(value, str)
        if loose and self.is_list:
            value = [part.strip() for part in value.strip("[] ").split(",") if part.strip()]
        elif self.value_type is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        try:
            parsed = msgspec.convert(value, self.annotation, strict=not loose)
        except msgspec.ValidationError:
            raise ValueError(self.allowed) from None
        if isinstance(parsed, float) and not math.isfinite(parsed):
            raise ValueError(self.allowed)
        return msgspec.to_builtins(parsed)


def _range_in_words(bounds: dict[str, float]) -> str:
    low, high = bounds.get("ge", bounds.get("gt")), bounds.get("le", bounds.get("lt"))
    words = ""
    if low is not None:
        words = f" from {low:g}" if "ge" in bounds else f" above {low:g}"
        if high is None and "ge" in bounds:
            words = f", {low:g} or more"
    if high is not None:
        joint = " to" if "le" in bounds else (" to below" if low is not None else " below")
        words += f"{joint} {high:,.0f}" if high >= 10_000 else f"{joint} {high:g}"
    return words


def _walk(section: type[Section], prefix: str) -> list[Setting]:
    found: list[Setting] = []
    hints = get_type_hints(section, include_extras=True)
    for field in msgspec.structs.fields(section):
        annotation = hints[field.name]
        key = prefix + field.encode_name
        if get_origin(annotation) is not Annotated:
            found += _walk(annotation, key + ".")
            continue
        meta: msgspec.Meta = get_args(annotation)[1]
        extra = meta.extra or {}
        bounds = {
            name: value for name in ("ge", "gt", "le", "lt") if (value := getattr(meta, name)) is not None
        }
        found.append(
            Setting(
                key=key,
                annotation=annotation,
                default=msgspec.to_builtins(field.default),
                help=meta.description or "",
                unit=extra["unit"],
                live=extra["live"],
                option=extra["option"] or "--" + field.encode_name.replace("_", "-"),
                bounds=bounds,
            )
        )
    return found


SETTINGS: dict[str, Setting] = {setting.key: setting for setting in _walk(Config, "")}
"""Every setting outside the blocks, by key, in the order of declaration."""

OF_THIS_MACHINE = ("train.device", "train.threads", "data.directory", "data.groups")
"""Where things are on this machine, which decides nothing of what is learned."""

RESUMABLE = (*(key for key, setting in SETTINGS.items() if setting.live), *OF_THIS_MACHINE)
"""What may be given anew when a run goes on: what a live run takes, and where things are on this machine."""

BLOCK_SETTINGS: dict[str, Setting] = {
    setting.key.rpartition(".")[2]: setting for setting in _walk(Block, f"{BLOCKS}.N.")
}
"""The settings of one block, by their last word."""


def values_of(config: Config, keys: Iterable[str]) -> dict[str, Any]:
    """The values in `config`, by key, of settings that stand in a section themselves (`train.epochs`)."""
    parts = {key: key.split(".") for key in keys}
    return {key: getattr(getattr(config, section), name) for key, (section, name) in parts.items()}


def with_values(config: Config, values: Mapping[str, Any]) -> Config:
    """`config` with `values` by key, of settings as in `values_of`."""
    for key, value in values.items():
        section, name = key.split(".")
        config = replace(config, **{section: replace(getattr(config, section), **{name: value})})
    return config


def setting_for(key: str) -> Setting:
    """The setting that `key` names; raises ConfigError with the nearest valid key for a typo."""
    if key in SETTINGS:
        return SETTINGS[key]
    if key.startswith(BLOCKS + "."):
        number, _, name = key.removeprefix(BLOCKS + ".").partition(".")
        if (number.isdigit() or number == "*") and name in BLOCK_SETTINGS:
            return BLOCK_SETTINGS[name]
        shown = number if number.isdigit() or number == "*" else "1"
        known = [f"{BLOCKS}.{shown}.{word}" for word in BLOCK_SETTINGS]
    else:
        known = list(SETTINGS)
    raise ConfigError(f"unknown setting {key}{_suggestion(key, known)}")


def _suggestion(key: str, known: list[str]) -> str:
    """`; did you mean ...?` for the key nearest in whole, or else nearest in its last word."""
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.75)
    if not near:
        by_name = {full.rpartition(".")[2]: full for full in reversed(known)}
        words = difflib.get_close_matches(key.rpartition(".")[2], by_name, n=1, cutoff=0.6)
        near = [by_name[word] for word in words]
    return f"; did you mean {near[0]}?" if near else "; `signtui config show` lists every setting"
