"""`signtui config`: which settings are in force and where from, a check of a file, a file to start with."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from signtui.cli.help import CONTEXT, Command, Group
from signtui.cli.options import JSON, LOOK, Settings, takes_settings
from signtui.config import SETTINGS, Config, Resolved, as_plain, resolve
from signtui.config.settings import BLOCKS
from signtui.errors import ConfigError

app = typer.Typer(cls=Group, rich_markup_mode=None, add_completion=False, context_settings=CONTEXT)
APPS = {"config": app}

_LETTERS = 24


@app.callback()
def config() -> None:
    """Settings come from defaults, then config.toml, then SIGNTUI_* variables, then options."""


@app.command("show", cls=Command)
@takes_settings(["preset", *LOOK], with_set=True)
def config_show(
    settings: Settings,
    changed: bool = typer.Option(False, "--changed", help="Only what is not a default."),
    json: bool = JSON,
) -> None:
    """Every setting in force, and where it was set."""
    from signtui.cli.output import Page, narrate, print_json  # noqa: PLC0415 - not needed for the help

    resolved = settings.resolve()
    rows = [row for row in _rows(resolved) if not changed or row[2] != "default"]
    if json:
        entries = [{"key": key, "value": value, "from": origin} for key, value, origin in rows]
        print_json({"file": str(resolved.file) if resolved.file else None, "settings": entries})
        return
    from signtui.render.tables import config_table  # noqa: PLC0415

    page = Page(resolved.config.ui)
    page.print(config_table(rows, page.style))
    if resolved.file is None:
        narrate("no configuration file; `signtui config template > config.toml` makes one")


@app.command("check", cls=Command)
def config_check(
    file: str = typer.Argument("", metavar="[FILE]", help="The file; otherwise the one in force."),
) -> None:
    """Check a settings file: every key and value, and whether the network can work."""
    from signtui.cli.output import narrate  # noqa: PLC0415 - not needed for the help
    from signtui.model.plan import plan  # noqa: PLC0415

    resolved = resolve(file=Path(file).expanduser() if file else None)
    if resolved.file is None:
        narrate("there is no configuration file to check; defaults and variables are sound")
    try:
        plan(resolved.config.model, resolved.config.data.image_size, _LETTERS)
    except ConfigError as error:
        raise ConfigError(f"{resolved.file}: {error}" if resolved.file else str(error)) from None
    if resolved.keys:
        from signtui.tui.key_bindings import checked_keymap  # noqa: PLC0415 - textual, only where keys are set

        checked_keymap(resolved.keys)
    if resolved.file is not None:
        own = sum(1 for origin in resolved.origins.values() if origin.startswith(str(resolved.file)))
        sys.stdout.write(f"{resolved.file}: {own} settings, all sound\n")


@app.command("path", cls=Command)
@takes_settings([])
def config_path(settings: Settings) -> None:
    """Print the path of the settings file in force."""
    from signtui.cli.output import narrate  # noqa: PLC0415 - not needed for the help

    path = settings.resolve().file
    if path is None:
        narrate("no configuration file: no ./config.toml, and neither --config nor SIGNTUI_CONFIG names one")
    else:
        sys.stdout.write(f"{path.resolve()}\n")


@app.command("keys", cls=Command)
@takes_settings(LOOK, with_set=True)
def config_keys(settings: Settings, json: bool = JSON) -> None:
    """Every key of the dashboard: its id, where it acts, what it does; other keys go into [keys]."""
    from signtui.cli.output import Page, print_json  # noqa: PLC0415 - not needed for the help
    from signtui.tui.key_bindings import actions, user_keys  # noqa: PLC0415 - with every screen
    from signtui.tui.key_names import key_words  # noqa: PLC0415

    resolved = settings.resolve()
    own = user_keys(resolved.keys).own
    entries: list[dict[str, Any]] = [
        {
            "id": action.id,
            "keys": list(own.get(action.id, action.usual)),
            "default": list(action.usual),
            "where": list(action.places),
            "does": action.does,
            "from": resolved.keys[action.id].place if action.id in own else "default",
        }
        for action in actions().values()
    ]
    if json:
        print_json(entries)
        return
    from signtui.render.tables import keys_table  # noqa: PLC0415

    page = Page(resolved.config.ui)
    rows = [
        (
            entry["id"],
            # In a pipe as they are written in [keys].
            " ".join(map(key_words, entry["keys"])) if page.style.interactive else ",".join(entry["keys"]),
            ", ".join(entry["where"]),
            entry["does"],
            entry["id"] in own,
        )
        for entry in entries
    ]
    page.print(keys_table(rows, page.style))


@app.command("template", cls=Command)
def config_template() -> None:
    """Print a settings file with every key, its default, its help and what it allows."""
    from signtui.config.document import template  # noqa: PLC0415 - not needed for the help

    sys.stdout.write(template())


def _rows(resolved: Resolved) -> list[tuple[str, Any, str]]:
    """(key, value, origin) of every setting, blocks spelt out; an untouched one is from `default`."""
    defaults = dict(_leaves(Config()))
    recipe = f"preset {resolved.config.preset}"
    return [
        (key, value, _named_origin(key, resolved) or ("default" if defaults.get(key) == value else recipe))
        for key, value in _leaves(resolved.config)
    ]


def _leaves(config: Config) -> Iterator[tuple[str, Any]]:
    tree = as_plain(config)
    for key in SETTINGS:
        value: Any = tree
        for part in key.split("."):
            value = value[part]
        if key == BLOCKS:
            for number, block in enumerate(value, start=1):
                yield from ((f"{BLOCKS}.{number}.{name}", item) for name, item in block.items())
        else:
            yield key, value


def _named_origin(key: str, resolved: Resolved) -> str | None:
    """Where `key` was set: by itself, with all blocks at once, or as part of the stack."""
    known = [key]
    if key.startswith(BLOCKS):
        known += [f"{BLOCKS}.*.{key.rpartition('.')[2]}", BLOCKS]
    return next((resolved.origins[name] for name in known if name in resolved.origins), None)
