"""Settings as the command that trains with them."""

import shlex
from collections.abc import Iterator
from typing import Any

import msgspec

from signtui.config import SETTINGS, Assignment, Config, as_plain, preset_config, resolve
from signtui.config.fine_tuning import USUAL, is_of_the_parent, is_of_the_present
from signtui.config.settings import BLOCK_SETTINGS, BLOCKS
from signtui.errors import ConfigError

_Values = dict[str, Any]


def train_command(config: Config) -> str:
    """`signtui train --preset P ...`: exactly the settings of `config`, where it is given in this folder.

    It says what differs from the preset, and what config.toml or a variable would change otherwise. How
    things look on the terminal is left out.
    """
    wanted, usual = _leaves(config), _usual(config)
    if config.train.from_:
        return _command(_going_on(config, wanted, usual), config)
    given: _Values = {"preset": config.preset}
    if len(config.model.blocks) != len(preset_config(config.preset).model.blocks):
        given[BLOCKS] = len(config.model.blocks)
    given |= {key: value for key, value in wanted.items() if usual[key] != value}
    given |= _set_elsewhere(wanted, given)
    return _command(given, config)


def _command(given: _Values, config: Config) -> str:
    words = [
        word for key, value in _with_stars(given, len(config.model.blocks)) for word in _option(key, value)
    ]
    return shlex.join(["signtui", "train", *words])


def _going_on(config: Config, wanted: _Values, usual: _Values) -> _Values:
    """What is given beside `--from`, whose run has the network and the rest of the recipe.

    That run isn't looked at here, so what differs from the preset is said, though it may be that run's too.
    """
    fresh = _leaves(Config())
    try:
        here = _leaves(resolve([]).config)
    except ConfigError:  # then the command says so too
        here = fresh
    found: _Values = {"train.from": config.train.from_}
    for key, value in wanted.items():
        if is_of_the_parent(key) or key in found:
            continue
        if is_of_the_present(key):
            otherwise = here[key]
        elif key in USUAL:
            otherwise = config.data.own if key == "data.directory" else USUAL[key]
        else:
            otherwise = fresh[key] if key.startswith("data.") else usual[key]
        if value != otherwise:
            found[key] = value
    return found


def _usual(config: Config) -> _Values:
    """The preset's settings, with as many blocks as `config` has: cut, or its last one again."""
    preset = preset_config(config.preset)
    count, blocks = len(config.model.blocks), preset.model.blocks
    blocks = (*blocks, *blocks[-1:] * count)[: max(count, len(blocks))][:count]
    return _leaves(
        msgspec.structs.replace(preset, model=msgspec.structs.replace(preset.model, blocks=blocks))
    )


def _set_elsewhere(wanted: _Values, given: _Values) -> _Values:
    """The settings that the file and the variables in force would make other than `wanted`."""
    try:
        got = _leaves(resolve([Assignment(key, value, "") for key, value in given.items()]).config)
    except ConfigError:  # then the command says so too
        return {}
    return {key: value for key, value in wanted.items() if got[key] != value}


def _leaves(config: Config) -> _Values:
    """Every setting by key, blocks counted from 1; none of [ui]."""
    tree = as_plain(config)
    found: _Values = {}
    for key in SETTINGS:
        value: Any = tree
        for part in key.split("."):
            value = value[part]
        if key == BLOCKS:
            for number, block in enumerate(value, 1):
                found |= {f"{BLOCKS}.{number}.{name}": block[name] for name in BLOCK_SETTINGS}
        elif not key.startswith("ui."):
            found[key] = value
    return found


def _with_stars(given: _Values, count: int) -> Iterator[tuple[str, Any]]:
    """`given`, with one word for what is the same in all of several blocks."""
    same = set()
    for name in BLOCK_SETTINGS:
        values = [given.get(f"{BLOCKS}.{number}.{name}") for number in range(1, count + 1)]
        if count > 1 and values[0] is not None and all(value == values[0] for value in values):
            same.add(name)
    for key, value in given.items():
        name = key.rpartition(".")[2]
        if not key.startswith(BLOCKS + ".") or name not in same:
            yield key, value
        elif key == f"{BLOCKS}.1.{name}":
            yield f"{BLOCKS}.*.{name}", value


def _option(key: str, value: Any) -> list[str]:
    if key.startswith(BLOCKS + "."):
        return ["--set", f"{key}={_word(value)}"]
    option = SETTINGS[key].option
    if isinstance(value, bool):
        return [option if value else "--no-" + option.removeprefix("--")]
    word = _word(value)
    return [option, word] if word and not word.startswith("-") else [f"{option}={word}"]


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(str, value))
    return repr(value) if isinstance(value, float) else str(value)
