"""Keys that were checked once are not checked again, unless they or the program are others."""

import subprocess
import sys
from pathlib import Path

import pytest

from signtui.config import Assignment
from signtui.errors import ConfigError
from signtui.tui import checked_keys, launch
from signtui.tui.checked_keys import keys_checked_before, remember_checked
from signtui.tui.key_bindings import user_keys
from signtui.tui.memory import Memory

PROGRAM = """
import sys
from pathlib import Path
from signtui.config import Assignment
from signtui.tui import launch
from signtui.tui.memory import Memory
table = {"train": Assignment("train", "ctrl+t", "here")}
keys = launch._own_keys(table, Memory(Path(sys.argv[1])))
print(keys.own, keys.textual["train"], "signtui.tui.screens.runs" in sys.modules)
"""


def table(**keys: str) -> dict[str, Assignment]:
    return {name: Assignment(name, value, "config.toml, line 2") for name, value in keys.items()}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """What is remembered after a start with `train = "ctrl+t"`."""
    memory = Memory(tmp_path / "dashboard.json")
    wanted = table(train="ctrl+t")
    remember_checked(wanted, user_keys(wanted), memory)
    memory.save()
    return tmp_path / "dashboard.json"


def test_the_second_start_with_the_same_keys_imports_no_other_screen(file: Path, tmp_path: Path) -> None:
    said = {}
    for remembered in (file, tmp_path / "nothing.json"):
        command = [sys.executable, "-c", PROGRAM, str(remembered)]
        said[remembered] = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    own = "{'train': ('ctrl+t',)} ctrl+t"
    assert said[file] == f"{own} False\n"
    assert said[tmp_path / "nothing.json"] == f"{own} True\n"


def test_what_is_remembered_is_what_the_check_found(file: Path) -> None:
    assert keys_checked_before(table(train="ctrl+t"), Memory(file)) == user_keys(table(train="ctrl+t"))
    assert keys_checked_before({}, Memory(file)) == launch.UserKeys()


def test_other_keys_are_checked_whatever_is_remembered(file: Path) -> None:
    with pytest.raises(ConfigError, match="unknown action trian"):
        launch._own_keys(table(trian="ctrl+t"), Memory(file))
    assert launch._own_keys(table(train="f5"), Memory(file)).own == {"train": ("f5",)}


def test_another_program_checks_again(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checked_keys, "__version__", "999")
    assert keys_checked_before(table(train="ctrl+t"), Memory(file)) is None


def test_without_keys_nothing_stays_remembered(file: Path) -> None:
    memory = Memory(file)
    remember_checked({}, launch.UserKeys(), memory)
    memory.save()
    assert '"keys"' not in file.read_text()
