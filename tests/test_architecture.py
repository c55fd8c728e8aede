"""What a command may load: looking at runs, settings and plans must not wait for torch or a screen."""

import json
import os
import subprocess
import sys

import pytest

HEAVY = ("torch", "textual", "plotext", "rich", "numpy", "pydantic")

PROGRAM = """
import json, sys
from signtui.cli.application import run
code = run(json.loads(sys.argv[1]))
loaded = {name.partition(".")[0] for name in sys.modules}
print(json.dumps([code, sorted(loaded)]), file=sys.stderr)
"""


def loaded_by(arguments, directory):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SIGNTUI_")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(arguments)],
        cwd=directory,
        env=environment | {"SIGNTUI_CACHE_DIR": str(directory / "cache")},
        capture_output=True,
        text=True,
        check=True,
    )
    code, modules = json.loads(done.stderr.splitlines()[-1])
    return code, set(modules) & set(HEAVY)


@pytest.mark.parametrize("arguments", [["--help"], []])
def test_help_loads_nothing_heavy(tmp_path, arguments):
    assert loaded_by(arguments, tmp_path) == (0, set())


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["train", "--help"], 0),
        (["predict", "--help"], 0),
        (["predict", "nobody", "hand.png"], 2),
        (["runs"], 0),
        (["runs", "--json"], 0),
        (["show-run", "nobody"], 2),
        (["model"], 0),
        (["lesson"], 0),
        (["lesson", "loss"], 0),
        (["config", "show"], 0),
        (["config", "check"], 0),
        (["data", "preview", "--source=synthetic", "--synthetic-images=48"], 0),
        (["train", "--epochs=none"], 2),
    ],
)
def test_reading_commands_load_no_torch_no_screen_and_no_charts(tmp_path, arguments, code):
    actual, heavy = loaded_by(arguments, tmp_path)
    assert actual == code
    assert not heavy & {"torch", "textual", "plotext"}
