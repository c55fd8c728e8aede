"""What was found out about the user's keys the last time: to check them, every screen has to be imported."""

import zlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from signtui import __version__
from signtui.config import Assignment
from signtui.tui.memory import Memory
from signtui.tui.user_keys import Keymap, UserKeys

_NAME = "keys"


class _Checked(msgspec.Struct, frozen=True):
    """Keys that passed, and of which table and which program that is true."""

    stamp: str
    own: Keymap
    textual: dict[str, str]


def keys_checked_before(table: Mapping[str, Assignment], memory: Memory) -> UserKeys | None:
    """The keys of `table` as they were found good; None where they have to be checked."""
    if not table:
        return UserKeys()
    known = memory.recall(_NAME, _Checked)
    return UserKeys(known.own, known.textual) if known is not None and known.stamp == _stamp(table) else None


def remember_checked(table: Mapping[str, Assignment], keys: UserKeys, memory: Memory) -> None:
    """That `keys` are what `table` comes to; without a table nothing is remembered."""
    memory.keep(_NAME, _Checked(_stamp(table), keys.own, dict(keys.textual)) if table else None)


def _stamp(table: Mapping[str, Assignment]) -> str:
    """Another one for other keys, and for a program that was changed: its screens may have other actions."""
    written = {name: assignment.value for name, assignment in table.items()}
    changed = max(file.stat().st_mtime_ns for file in Path(__file__).parent.rglob("*.py"))
    return f"{__version__} {changed} {zlib.crc32(msgspec.json.encode(written, order='sorted')):08x}"
