"""Settings as a TOML document with a line of help each: the project's config.toml, and each run's own."""

from typing import Any

from signtui.config.load import RUN_TITLE
from signtui.config.presets import of_the_recipe
from signtui.config.schema import Config, as_plain
from signtui.config.settings import BLOCK_SETTINGS, BLOCKS, SETTINGS, Setting

TEMPLATE_HEADER = """\
# signtui settings: every key with its default, its help and what it allows.
# Order of precedence: defaults < this file < SIGNTUI_* variables < command-line options.
# Lines that start with "# key =" belong to the recipe that `preset` chooses; they show what preset "fast"
# gives, and uncommenting one overrides the preset.
"""
RUN_HEADER = f"""\
{RUN_TITLE}: `signtui train --config THIS_FILE` runs it again.
"""
KEYS_TABLE = """\
# other keys for the dashboard: an action's id, and a key for it or several with commas between;
# `signtui config keys` lists every id with its keys
[keys]
# "chart.smoothing" = "M"
# "train" = "ctrl+t,t"
"""
_SECTION_HELP = {
    "data": "where the images come from, and what is held out of training",
    "augment": "random changes made to each training image, anew each epoch",
    "model": "the network",
    "model.head": "from the last feature maps to the logits",
    "train": "how the network learns",
    "runs": "what a run leaves on disk",
    "ui": "how things look on the terminal",
}


def template() -> str:
    """The project's config.toml: the recipe's settings commented out, so that `preset` works."""
    return _document(Config(), TEMPLATE_HEADER, commented=True) + "\n" + KEYS_TABLE


def run_document(config: Config) -> str:
    """A complete configuration, every setting in force."""
    return _document(config, RUN_HEADER, commented=False)


def _document(config: Config, header: str, *, commented: bool) -> str:
    tree = as_plain(config)
    lines, table = [header], ""
    blocks: list[str] = []
    for key, setting in SETTINGS.items():
        section, _, name = key.rpartition(".")
        if section != table:
            # Sub-tables must follow their parent's own keys, so the blocks wait until [model] is through.
            if table == "model":
                lines += blocks
            lines += [f"# {_SECTION_HELP[section]}", f"[{section}]"]
            table = section
        off = commented and of_the_recipe(key)
        if key == BLOCKS:
            blocks = _blocks(tree["model"]["blocks"], setting, commented=off)
            continue
        lines += _entry(setting, name, _lookup(tree, key), commented=off)
    return "\n".join(lines).rstrip() + "\n"


def _blocks(blocks: list[dict[str, Any]], setting: Setting, *, commented: bool) -> list[str]:
    lines = [f"# {setting.help}"]
    for number, block in enumerate(blocks):
        lines.append(_marked("[[model.blocks]]", commented))
        for name, value in block.items():
            if number == 0:
                lines += _entry(BLOCK_SETTINGS[name], name, value, commented=commented)[:-1]
            else:
                lines.append(_marked(f"{name} = {_toml(value)}", commented))
        lines.append("")
    return lines


def _entry(setting: Setting, name: str, value: Any, *, commented: bool) -> list[str]:
    allowed = setting.allowed + (f" {setting.unit}" if setting.unit and not setting.is_list else "")
    allowed = allowed.removeprefix("one of ")
    return [f"# {setting.help} ({allowed})", _marked(f"{name} = {_toml(value)}", commented), ""]


def _marked(line: str, commented: bool) -> str:
    return f"# {line}" if commented else line


def _toml(value: Any) -> str:
    import tomlkit  # noqa: PLC0415 - reading settings does without

    text: str = tomlkit.item(value).as_string()
    return text


def _lookup(tree: dict[str, Any], key: str) -> Any:
    value: Any = tree
    for part in key.split("."):
        value = value[part]
    return value
