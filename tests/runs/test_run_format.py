"""The description of the run format, held against the program."""

import json
import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from signtui.events import SCHEMA, AnyEvent, MarkKind, Reason, decode
from signtui.runs.control import Command
from signtui.runs.folder import RunFolder
from signtui.runs.state import Status
from signtui.runs.summary import Summary

DOCUMENT = (Path(__file__).parents[2] / "docs" / "run-format.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```json\n(.*?)\n```", DOCUMENT, re.DOTALL)


def tag(kind: type) -> str:
    return str(kind.__struct_config__.tag)  # type: ignore[attr-defined]  # every msgspec Struct has one


@pytest.mark.parametrize("kind", get_args(AnyEvent))
def test_each_event_has_an_example_with_every_field(kind: type) -> None:
    (example,) = (line for line in EXAMPLES if json.loads(line)["type"] == tag(kind))
    event = decode(example.encode())
    assert msgspec.json.decode(msgspec.json.encode(event)) == json.loads(example)
    assert f"### `{tag(kind)}`" in DOCUMENT
    for field in kind.__struct_fields__:  # type: ignore[attr-defined]  # as above
        assert f"`{field}`" in DOCUMENT, field


@pytest.mark.parametrize("words", [get_args(Reason), get_args(MarkKind), get_args(Status)])
def test_each_word_that_can_stand_in_a_field_is_named(words: tuple[str, ...]) -> None:
    assert [word for word in words if f"`{word}`" not in DOCUMENT] == []


def test_each_file_command_and_key_is_named() -> None:
    folder = RunFolder(Path("run"))
    names = {item.name for name in vars(RunFolder) if isinstance(item := getattr(folder, name), Path)}
    assert len(names) == 12
    assert [name for name in names if f"| `{name}" not in DOCUMENT] == []
    assert [kind for kind in get_args(Command) if f'"type":"{tag(kind)}"' not in DOCUMENT] == []
    assert [key for key in Summary.__struct_fields__ if f"`{key}`" not in DOCUMENT] == []
    assert f"version of this format: {SCHEMA}" in DOCUMENT
