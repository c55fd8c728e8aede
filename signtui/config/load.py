"""Where the settings in force come from: defaults < config.toml < `SIGNTUI_*` < options.

Each layer is a list of assignments with the place they stand in, so that an error, and `config show`,
can name it. A preset named in a layer comes first in it: it overrides the layers below, and the other
settings of its own layer override it. The settings of a run are complete: what their preset stands for now
doesn't matter, only what they say. A setting they lack came later, and has its default.
"""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from signtui.config.presets import apply_preset, of_the_recipe
from signtui.config.schema import Block, Config, as_plain
from signtui.config.settings import BLOCKS, MOST_BLOCKS, SETTINGS, setting_for
from signtui.errors import ConfigError

SHORT_VARIABLES = {
    "SIGNTUI_DATA_DIR": "data.directory",
    "SIGNTUI_RUNS_DIR": "runs.directory",
    "SIGNTUI_PRESET": "preset",
}
OTHER_VARIABLES = {"SIGNTUI_CONFIG", "SIGNTUI_CACHE_DIR", "SIGNTUI_STATE_DIR", "SIGNTUI_DEBUG"}
KEYS = "keys"
"""The table of the dashboard's keys: ids of actions, which only the dashboard knows, and keys for them."""

DEFAULT_FILE = Path("config.toml")

RUN_TITLE = "# The complete settings of one run"
"""How the settings of a run begin, so that they are known as complete."""


@dataclass(frozen=True)
class Assignment:
    """`key = value`, and where that was said: an option, a variable, or a file with its line."""

    key: str
    value: Any
    place: str


@dataclass(frozen=True)
class Resolved:
    """The configuration in force; `origins` names, for each key that is not a default, where it was set.

    `keys` are the assignments of the [keys] table by the id of the action, without `keys.`; the dashboard
    checks them, since it alone knows the ids.
    """

    config: Config
    origins: Mapping[str, str]
    file: Path | None
    keys: Mapping[str, Assignment] = field(default_factory=dict)


@dataclass
class _Draft:
    tree: dict[str, Any] = field(default_factory=lambda: as_plain(Config()))
    origins: dict[str, str] = field(default_factory=dict)
    keys: dict[str, Assignment] = field(default_factory=dict)


def resolve(
    options: Sequence[Assignment] = (),
    *,
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Resolved:
    """The configuration from all layers.

    `file` must exist when given; otherwise `SIGNTUI_CONFIG`, then ./config.toml where there is one.
    Raises ConfigError naming key, value, what is allowed and the place.
    """
    environment = os.environ if environment is None else environment
    path = file or (Path(named) if (named := environment.get("SIGNTUI_CONFIG")) else None)
    if path is None and DEFAULT_FILE.is_file():
        path = DEFAULT_FILE
    draft = _Draft()
    if path is not None:
        assignments, complete = read_file(path)
        apply_layer(draft, assignments, complete=complete)
    for layer in (read_environment(environment), options):
        apply_layer(draft, layer)
    return Resolved(msgspec.convert(draft.tree, Config), draft.origins, path, draft.keys)


def from_plain(tree: Mapping[str, Any], place: str) -> Config:
    """A run's configuration from plain data, as its log holds it; raises ConfigError as `resolve` does."""
    draft = _Draft()
    apply_layer(draft, list(flatten(tree, lambda _: place)), complete=True)
    return msgspec.convert(draft.tree, Config)


def overlaid(config: Config, layer: Iterable[Assignment]) -> Config:
    """`config` with the assignments of one layer over it; raises ConfigError as `resolve` does."""
    draft = _Draft(as_plain(config))
    apply_layer(draft, layer)
    return msgspec.convert(draft.tree, Config)


def apply_layer(draft: _Draft, layer: Iterable[Assignment], *, complete: bool = False) -> None:
    """Applies one layer to `draft`: its preset first, then whole stacks of blocks, then single settings.

    Of a `complete` layer the preset is only a name.
    """

    def rank(assignment: Assignment) -> int:
        return {"preset": 0, BLOCKS: 1}.get(assignment.key, 2)

    for assignment in sorted(layer, key=rank):
        _assign(draft, assignment, recipe=not complete)


def _assign(draft: _Draft, assignment: Assignment, *, recipe: bool = True) -> None:
    """Applies one assignment; with `recipe`, that of a preset brings its recipe."""
    key, place = assignment.key, assignment.place
    if key == BLOCKS:
        _assign_blocks(draft, assignment)
        return
    if key == KEYS or key.startswith(KEYS + "."):
        _assign_keys(draft, assignment)
        return
    try:
        setting = setting_for(key)
    except ConfigError as error:
        raise ConfigError(f"{place}: {error}") from None
    try:
        value = setting.parse(assignment.value)
    except ValueError as allowed:
        raise ConfigError(f"{place}: {key} = {_shown(assignment.value)} must be {allowed}") from None
    if key == "preset" and recipe:
        apply_preset(draft.tree, value)
        draft.origins = {known: at for known, at in draft.origins.items() if not of_the_recipe(known)}
    else:
        for target in _targets(draft.tree, key, place):
            target[key.rpartition(".")[2]] = value
    draft.origins[key] = place


def _targets(tree: dict[str, Any], key: str, place: str) -> list[dict[str, Any]]:
    """The tables that `key` is set in: one, or every block for `model.blocks.*.name`."""
    parts = key.split(".")[:-1]
    if parts[:2] == ["model", "blocks"]:
        blocks = tree["model"]["blocks"]
        if parts[2] == "*":
            return list(blocks)
        number = int(parts[2])
        if not 1 <= number <= len(blocks):
            count = f"{len(blocks)} block" + ("s" if len(blocks) != 1 else "")
            raise ConfigError(
                f"{place}: {key} names block {number}, but the network has {count}, counted from 1;"
                " --blocks changes how many"
            )
        return [blocks[number - 1]]
    table = tree
    for part in parts:
        table = table[part]
    return [table]


def _assign_blocks(draft: _Draft, assignment: Assignment) -> None:
    """Resizes the stack (a number: cut, or repeat the last block) or replaces it (a list of tables)."""
    value, place = assignment.value, assignment.place
    blocks = draft.tree["model"]["blocks"]
    if isinstance(value, list) and all(isinstance(table, Mapping) for table in value):
        draft.tree["model"]["blocks"] = blocks = [as_plain(Block()) for _ in value]
        for number, table in enumerate(value, 1):
            for name, item in table.items():
                _assign(draft, Assignment(f"{BLOCKS}.{number}.{name}", item, place))
    else:
        digits = str(value)
        count = int(digits) if digits.isdecimal() and len(digits) < 9 else 0
        if not 1 <= count <= MOST_BLOCKS:
            raise ConfigError(
                f"{place}: {BLOCKS} = {_shown(value)} must be a whole number from 1 to {MOST_BLOCKS},"
                " or tables of blocks"
            )
        last = blocks[-1]
        draft.tree["model"]["blocks"] = blocks[:count] + [dict(last) for _ in range(count - len(blocks))]
    draft.origins[BLOCKS] = place


def _assign_keys(draft: _Draft, assignment: Assignment) -> None:
    action = assignment.key.removeprefix(KEYS).removeprefix(".")
    if not action:
        raise ConfigError(f'{assignment.place}: keys is a table, as in [keys] and "chart.smoothing" = "M"')
    if not isinstance(assignment.value, str):
        raise ConfigError(
            f"{assignment.place}: keys.{action} = {_shown(assignment.value)} must be text:"
            ' a key, or several with commas between, as in "ctrl+t,t"'
        )
    draft.keys[action] = replace(assignment, key=action)


def _shown(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def read_file(path: Path) -> tuple[list[Assignment], bool]:
    """The assignments in the TOML file `path`, each with its line, and whether they are a run's, so complete.

    Raises:
        ConfigError: where it can't be read.
    """
    import tomllib  # noqa: PLC0415 - a start without such a file is quicker

    try:
        text = path.read_text(encoding="utf-8")
        tree = tomllib.loads(text)
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such configuration file") from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigError(f"{path}: can't read the configuration: {reason}") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from None
    lines = _key_lines(text)

    def place(key: str) -> str:
        while key and key not in lines:
            key = key.rpartition(".")[0]
        return f"{path}, line {lines[key]}" if key else str(path)

    return list(flatten(tree, place)), text.startswith(RUN_TITLE)


def flatten(tree: Mapping[str, Any], place: Any, prefix: str = "") -> Iterable[Assignment]:
    """The leaves of a nested mapping as assignments; a list of tables is sized first, then filled."""
    for name, value in tree.items():
        key = prefix + name
        if isinstance(value, Mapping) and key not in SETTINGS:
            of_keys = key == KEYS or key.startswith(KEYS + ".")
            if of_keys or not value or any(known.startswith(key + ".") for known in SETTINGS):
                yield from flatten(value, place, key + ".")
            else:
                yield Assignment(key, dict(value), place(key))
        elif key == BLOCKS and isinstance(value, list) and all(isinstance(item, Mapping) for item in value):
            yield Assignment(key, [{} for _ in value], place(key))
            for number, table in enumerate(value, 1):
                yield from (
                    Assignment(f"{key}.{number}.{inner}", item, place(f"{key}.{number}.{inner}"))
                    for inner, item in table.items()
                )
        else:
            yield Assignment(key, value, place(key))


_HEADER = re.compile(r"^\s*\[(\[)?\s*([^\]]+?)\s*\]")
_KEY = re.compile(r"^\s*([A-Za-z0-9_.\"' -]+?)\s*=")


def _key_lines(text: str) -> dict[str, int]:
    """The line of each key and table header, blocks numbered from 1; inline tables have their key's line."""
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    table = inside = ""
    for number, line in enumerate(text.splitlines(), 1):
        if inside:
            inside = "" if inside in line else inside
            continue
        if header := _HEADER.match(line):
            table = header[2].replace('"', "").replace(" ", "")
            lines.setdefault(table, number)
            if header[1]:
                counts[table] = counts.get(table, 0) + 1
                table = f"{table}.{counts[table]}"
                lines[table] = number
        elif key := _KEY.match(line):
            name = re.sub(r"[\"' ]", "", key[1])
            lines[f"{table}.{name}" if table else name] = number
            inside = next((mark for mark in ('"""', "'''") if line.count(mark) % 2), "")
    return lines


def read_environment(environment: Mapping[str, str]) -> list[Assignment]:
    """The assignments in `SIGNTUI_*` variables. Raises ConfigError for one that names no setting."""
    found = []
    for name, value in environment.items():
        if not name.startswith("SIGNTUI_") or name in OTHER_VARIABLES:
            continue
        key = SHORT_VARIABLES.get(name)
        if key is None:
            section, mark, rest = name.removeprefix("SIGNTUI_").lower().partition("__")
            if not mark:
                near = ", ".join([*SHORT_VARIABLES, *sorted(OTHER_VARIABLES)])
                raise ConfigError(
                    f"environment variable {name} names no setting:"
                    f" write SIGNTUI_<SECTION>__<KEY>, or one of {near}"
                )
            key = f"{section}.{rest.replace('__', '.')}"
        found.append(Assignment(key, value, f"environment variable {name}"))
    return found


def parse_set(text: str) -> Assignment:
    """The assignment in one `--set KEY=VALUE`. Raises ConfigError where there is no `=`."""
    key, mark, value = text.partition("=")
    if not mark:
        raise ConfigError(f"--set {text}: write --set KEY=VALUE, as in --set train.epochs=3")
    return Assignment(key.strip(), value.strip(), f"--set {text}")
