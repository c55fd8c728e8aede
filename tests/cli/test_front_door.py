import subprocess
import sys

import pytest

from signtui import __version__
from signtui.cli.application import COMMANDS

NAMES = [name for commands in COMMANDS.values() for name in commands]


def test_without_a_command_the_help_is_shown(signtui):
    answer = signtui()
    assert answer.code == 0
    assert answer.out == signtui("--help").out
    assert answer.err == ""
    for name in NAMES:
        assert f"  {name}" in answer.out


def test_version(signtui):
    assert signtui("--version").out == f"signtui {__version__}\n"


@pytest.mark.parametrize(
    "command", [*([name] for name in NAMES), ["data", "preview"], ["data", "fetch"], ["config", "show"]]
)
def test_every_help_is_plain_and_fits_80_columns(signtui, command):
    answer = signtui(*command, "--help")
    assert answer.code == 0
    assert answer.out.startswith(f"Usage: signtui {' '.join(command)} ")
    assert all(len(line) <= 80 for line in answer.out.splitlines())
    assert answer.out.isascii()


def test_python_m_signtui_is_the_same_program():
    done = subprocess.run(
        [sys.executable, "-m", "signtui", "config", "check", "x.toml"], capture_output=True, check=False
    )
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.startswith(b"signtui: error: x.toml")
