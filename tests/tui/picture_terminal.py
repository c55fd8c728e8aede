"""A terminal that shows pixels: answers what it is asked, and keeps the images that it is sent."""

import base64
import io
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from PIL import Image
from terminal import Terminal
from vt import finished

Pixels = npt.NDArray[np.uint8]

_STRING = re.compile(r"\x1b([_P])(.*?)\x1b\\|\x1b\[(\d+);(\d+)H|\x1b\[c|\x1b\[16t", re.DOTALL)
_SIXEL = re.compile(r"#(\d+)(?:;2;(\d+);(\d+);(\d+))?|!(\d+)(.)|([?-~])|([$-])")
WIDTH, HEIGHT = 10, 20
"""Of a cell, in pixels."""


@dataclass
class Shown:
    """One image on the screen: where, on how many cells."""

    row: int
    column: int
    columns: int
    rows: int
    pixels: Pixels


@dataclass
class PictureTerminal:
    """Feed it what the program sends; `kitty` and `sixel` are what it can do."""

    terminal: Terminal
    kitty: bool = False
    sixel: bool = False
    silent: bool = False
    images: dict[int, Pixels] = field(default_factory=dict)
    placements: dict[tuple[int, int], Shown] = field(default_factory=dict)
    printed: list[Shown] = field(default_factory=list)
    protocols: list[str] = field(default_factory=list)
    _chunks: dict[str, str] = field(default_factory=dict)
    _payload: str = ""
    _rest: str = ""
    _cursor: tuple[int, int] = (0, 0)

    def read(self) -> bytes:
        """Read what came, answer it, keep what it shows."""
        data = self.terminal.read()
        stream, self._rest = finished(self._rest + data.decode("latin-1"))
        for piece in _STRING.finditer(stream):
            kind, body, row, column = piece.groups()
            if row:
                self._cursor = int(row) - 1, int(column) - 1
            elif kind == "_":
                self._take_kitty(body)
            elif kind == "P":
                self.protocols.append("sixel")
                self.printed.append(Shown(*self._cursor, 0, 0, decoded_sixel(body)))
            elif not self.silent:
                self._answer(piece[0])
        return data

    def wait_until(self, holds: Callable[[], object]) -> None:
        """Read until `holds()`."""
        end = time.monotonic() + 60
        while not holds():
            assert time.monotonic() < end, self.terminal.screen.text
            self.read()

    def wait_for(self, words: str) -> None:
        """Read until `words` stand on the screen."""
        self.wait_until(lambda: words in self.terminal.screen.text)

    def settle(self) -> None:
        """Read until nothing more comes."""
        silent = 0
        while silent < 10:
            silent = 0 if self.read() else silent + 1

    def _answer(self, question: str) -> None:
        if question == "\x1b[16t":
            self.terminal.type(f"\x1b[6;{HEIGHT};{WIDTH}t")
        else:
            self.terminal.type("\x1b[?62;4;22c" if self.sixel else "\x1b[?62;22c")

    def _take_kitty(self, body: str) -> None:
        self.protocols.append("kitty")
        head, _, payload = body[1:].partition(";")
        keys = dict(part.split("=", 1) for part in head.split(",") if part)
        if keys.get("a") == "q":
            if self.kitty and not self.silent:
                self.terminal.type(f"\x1b_Gi={keys['i']};OK\x1b\\")
            return
        if "a" not in keys or keys["a"] == "t":
            self._chunks.update(keys)
            self._payload += payload
            assert len(payload) <= 4096
            if keys.get("m", "0") == "0":
                file = io.BytesIO(base64.b64decode(self._payload))
                self.images[int(self._chunks["i"])] = np.asarray(Image.open(file))
                self._chunks, self._payload = {}, ""
            return
        number = int(keys["i"])
        if keys["a"] == "p":
            size = int(keys["c"]), int(keys["r"])
            self.placements[number, int(keys["p"])] = Shown(*self._cursor, *size, self.images[number])
        elif keys["d"] == "i":
            del self.placements[number, int(keys["p"])]
        elif keys["d"] == "I":
            self.images.pop(number)
            self.placements = {key: shown for key, shown in self.placements.items() if key[0] != number}


def decoded_sixel(body: str) -> Pixels:
    """The grey levels (0..100) of a sixel image; -1 where nothing was drawn."""
    size = re.search(r'"1;1;(\d+);(\d+)', body)
    assert size is not None
    levels = np.full((int(size[2]), int(size[1])), -1)
    colours: dict[int, int] = {}
    colour = x = top = 0
    for piece in _SIXEL.finditer(body, size.end()):
        number, red, _, _, count, repeated, one, control = piece.groups()
        if number is not None:
            colour = int(number)
            if red is not None:
                colours[colour] = int(red)
        elif control == "$":
            x = 0
        elif control == "-":
            x, top = 0, top + 6
        else:
            width = int(count or 1)
            bits = ord(repeated or one) - 0x3F
            for row in range(6):
                if bits >> row & 1:
                    levels[top + row, x : x + width] = colours[colour]
            x += width
    return levels
