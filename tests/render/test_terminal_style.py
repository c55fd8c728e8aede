import io
import re
import subprocess
import sys
from dataclasses import dataclass

import pytest
from rich.console import Console

from signtui.render.palette import style_of
from signtui.render.terminal import TerminalStyle, console_for, detect, plain


@dataclass
class Ui:
    colour: str = "auto"
    characters: str = "auto"


class Utf8(io.StringIO):
    encoding = "utf-8"


class Latin(io.StringIO):
    encoding = "iso-8859-1"


def found(environment, ui=None, *, terminal=True, stream=None, monkeypatch=None):
    environment = {"LANG": "en_GB.UTF-8", **environment}
    console = Console(
        file=stream or Utf8(),
        force_terminal=terminal,
        width=100,
        height=30,
        _environ=environment,
        legacy_windows=False,
    )
    return detect(ui or Ui(), console, environment)


@pytest.mark.parametrize(
    ("environment", "colour"),
    [
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "truecolor"),
        ({"TERM": "xterm-direct"}, "truecolor"),
        ({"TERM": "xterm"}, "16"),
        ({"TERM": "dumb"}, "none"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, "none"),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, "256"),
    ],
)
def test_colours_follow_the_environment(environment, colour):
    assert found(environment).colour == colour


def test_a_setting_beats_the_environment():
    assert found({"TERM": "xterm", "NO_COLOR": "1"}, Ui("truecolor")).colour == "truecolor"
    assert found({"TERM": "xterm-256color"}, Ui("none")).colour == "none"
    assert not found({"TERM": "xterm"}, Ui(characters="ascii")).unicode
    assert found({"TERM": "linux", "LANG": "C"}, Ui(characters="unicode")).unicode


@pytest.mark.parametrize(
    ("environment", "unicode"),
    [
        ({"LANG": "en_GB.UTF-8"}, True),
        ({"LANG": "C.utf8"}, True),
        ({"LANG": ""}, True),
        ({"LANG": "C"}, False),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "C"}, False),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, False),
        ({"LANG": "de_DE.ISO-8859-1"}, False),
        ({"LANG": "C", "LC_ALL": "C.UTF-8"}, True),
        ({"TERM": "linux"}, False),
    ],
)
def test_characters_follow_the_locale(environment, unicode):
    assert found({"TERM": "xterm", **environment}).unicode is unicode


def test_a_stream_that_can_not_hold_unicode_gets_ascii():
    assert not found({"TERM": "xterm"}, stream=Latin()).unicode


def test_a_pipe_gets_no_colour_and_is_not_interactive():
    style = found({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, terminal=False)
    assert (style.colour, style.interactive) == ("none", False)
    assert plain() == TerminalStyle("none", False, 80, 24, interactive=False)


def test_a_pipe_asked_for_colour_gets_it():
    style = found({"TERM": "xterm"}, Ui("256"), terminal=False)
    stream = io.StringIO()
    console_for(style, stream).print("x", style=style_of("accent", style))
    assert "\x1b[38;5;32m" in stream.getvalue()


def test_no_colour_writes_no_colour_codes_but_keeps_structure():
    style = TerminalStyle("none", True, 40, 10)
    stream = io.StringIO()
    console = console_for(style, stream)
    console.print("title", style=style_of("heading", style))
    console.print("value", style=style_of("accent", style))
    assert "\x1b[1mtitle" in stream.getvalue()
    assert not re.search(r"\x1b\[[0-9;]*(3|4|9|10)[0-9]", stream.getvalue())


def test_a_dumb_terminal_is_treated_as_a_pipe():
    style = found({"TERM": "dumb"})
    stream = io.StringIO()
    console_for(style, stream).print("title", style=style_of("heading", style))
    assert not style.interactive
    assert stream.getvalue() == "title\n"


def test_an_unknown_number_of_colours_is_refused():
    with pytest.raises(ValueError, match="88"):
        TerminalStyle("88")


def test_the_room_imports_nothing_heavy_and_plotext_only_to_draw():
    program = """
import sys, pkgutil, importlib, signtui.render
for module in pkgutil.iter_modules(signtui.render.__path__):
    importlib.import_module(f"signtui.render.{module.name}")
print(sorted({"torch", "textual", "typer", "plotext"} & set(sys.modules)))
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
