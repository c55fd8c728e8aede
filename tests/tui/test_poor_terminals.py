"""Not one colour code where there is to be no colour, not one byte beyond ASCII, on any screen."""

import re
import sys
from pathlib import Path

import pytest
from run_folders import a_history
from terminal import Terminal

WAYS = [
    ("", "show-run", ""),
    ("\x1b[Z", "71,240 weights", ""),
    ("\x1b[Z", "of 24 right", ""),
    ("\x1b[Z", "Loss", ""),
    ("2", "Images", "Loss"),
    ("\t", "Augmentation", ""),
    ("?", "Keys", ""),
    ("\x1b", "Images", "Keys"),
    ("5", "enter open", "Images"),
    ("\x10", "what to do", ""),
    ("\x1b", "enter open", "what to do"),
    ("o", "", ""),
    ("1", "t train", "enter open"),
    ("q", "", ""),
]
"""Keys through all screens; what then stands there, and what no longer does."""


def sent(tmp_path: Path, size: tuple[int, int], *settings: str, **environment: str) -> bytes:
    """All bytes of a walk over the screens, with runs of every kind and a note in Greek letters."""
    folders = a_history(tmp_path / "runs")
    folders["plain"].labels.write_text('{"notes": "πρῶτα", "tags": ["naïve"]}')
    name = folders["plain"].id
    words = ["replay", name, "--speed=10000", f"--runs-dir={tmp_path / 'runs'}", *settings]
    variables = {
        "SIGNTUI_CACHE_DIR": str(tmp_path / "cache"),
        "SIGNTUI_DATA__SYNTHETIC_IMAGES": "48",
        "SIGNTUI_DATA__SOURCE": "synthetic",
    }
    with Terminal([sys.executable, "-m", "signtui", *words], *size, **variables | environment) as terminal:
        everything = bytearray()
        for key, comes, goes in WAYS:
            if key:
                everything += terminal.received
                terminal.press(key)
            wait_for(terminal, comes, goes)
        assert terminal.wait() == 0
        return bytes(everything + terminal.received)


def wait_for(terminal: Terminal, comes: str, goes: str) -> None:
    for _ in range(1200):
        if comes in terminal.screen.text and not (goes and goes in terminal.screen.text):
            return
        terminal.read()
    raise AssertionError(f"{comes!r} and not {goes!r}: {terminal.screen.text}")


def colours(data: bytes) -> list[str]:
    """The parameters of every sequence that chooses a colour, the terminal's own included."""
    found = [match[1].decode() for match in re.finditer(rb"\x1b\[([\d;]*)m", data)]
    return [codes for codes in found if re.search(r"(?:^|;)(?:[34]\d|9[0-7]|10[0-7])(?:;|$)", codes)]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_no_colour_and_ascii_are_kept_to_the_byte(tmp_path: Path, size: tuple[int, int]) -> None:
    data = sent(tmp_path, size, "--colour=none", "--characters=ascii")
    assert colours(data) == []
    assert data.isascii(), sorted(set(data.decode()) - set(map(chr, range(128))))


def test_no_color_and_a_plain_locale_are_taken_from_the_environment(tmp_path: Path) -> None:
    data = sent(tmp_path, (120, 40), NO_COLOR="1", LANG="C", LC_ALL="C")
    assert colours(data) == []
    assert data.isascii()


def test_sixteen_colours_are_no_more(tmp_path: Path) -> None:
    found = colours(sent(tmp_path, (120, 40), "--colour=16"))
    assert found
    assert not [codes for codes in found if re.search(r"(?:^|;)[34]8(?:;|$)", codes)]


def test_256_colours_are_no_truecolor(tmp_path: Path) -> None:
    found = colours(sent(tmp_path, (120, 40), "--colour=256"))
    assert [codes for codes in found if "38;5;" in codes]
    assert not [codes for codes in found if re.search(r"(?:^|;)[34]8;2;", codes)]
