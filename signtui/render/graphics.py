"""Whether the terminal can show pixels, and by which protocol: it is asked, never guessed by its name."""

import os
import re
import select
import struct
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, TypeAlias

Protocol: TypeAlias = Literal["kitty", "sixel"]
CellSize: TypeAlias = tuple[int, int]
"""Width and height of one cell in pixels."""

PATIENCE_SECONDS = 1.5
"""How long the terminal has to answer: longer than any connection on which one would want to see pixels."""

_IMAGE = 31
# A kitty image of one pixel that is only to be checked, the size of a cell, and what every terminal answers
# (its attributes, of which 4 is sixel): when that has come, nothing else will.
QUESTIONS = f"\x1b_Gi={_IMAGE},s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[16t\x1b[c"
_KITTY = re.compile(rb"\x1b_Gi=%d;OK\x1b\\" % _IMAGE)
_CELL = re.compile(rb"\x1b\[6;(\d+);(\d+)t")
_ATTRIBUTES = re.compile(rb"\x1b\[\?([\d;]*)c")


@dataclass(frozen=True)
class Answer:
    """What the terminal said of itself; `refusal` is why it wasn't asked, or that it said nothing."""

    kitty: bool = False
    sixel: bool = False
    cell: CellSize | None = None
    refusal: str = ""

    @property
    def in_words(self) -> str:
        """For a person, as `kitty, sixel, cells of 10x20 pixels`."""
        if self.refusal:
            return self.refusal
        found = [name for name, has in (("kitty", self.kitty), ("sixel", self.sixel)) if has]
        size = f", cells of {self.cell[0]}x{self.cell[1]} pixels" if self.cell else ""
        return (", ".join(found) or "blocks only: it has neither kitty nor sixel graphics") + size


def ask_terminal(
    reads: int = 0,
    writes: int = 1,
    environment: Mapping[str, str] | None = None,
    seconds: float = PATIENCE_SECONDS,
) -> Answer:
    """Ask the terminal at two file descriptors; returns when it has answered, or after `seconds`.

    To be called while nobody else reads keys.
    """
    environment = os.environ if environment is None else environment
    name = environment.get("TERM", "")
    if environment.get("TMUX") or environment.get("STY") or name.startswith(("tmux", "screen")):
        return Answer(refusal="blocks only: tmux and screen pass no images on")
    try:
        said = _exchange(reads, writes, seconds)
    except (ImportError, OSError):
        return Answer(refusal="blocks only: it is no terminal that can be asked")
    attributes = _ATTRIBUTES.search(said)
    if attributes is None:
        return Answer(refusal=f"blocks only: it said nothing of itself within {seconds:g} seconds")
    size = _CELL.search(said)
    cell = (int(size[2]), int(size[1])) if size else None
    return Answer(
        kitty=_KITTY.search(said) is not None,
        sixel=b"4" in attributes[1].split(b";")[1:],
        cell=cell_size(writes) or (cell if cell and all(cell) else None),
    )


def _exchange(reads: int, writes: int, seconds: float) -> bytes:
    import termios  # noqa: PLC0415 - not on Windows

    try:
        before = termios.tcgetattr(reads)
    except termios.error as error:
        raise OSError(*error.args) from error
    quiet = [*before]
    quiet[3] &= ~(termios.ICANON | termios.ECHO)
    said = b""
    try:
        termios.tcsetattr(reads, termios.TCSANOW, quiet)
        os.write(writes, QUESTIONS.encode())
        end = time.monotonic() + seconds
        while not _ATTRIBUTES.search(said) and (left := end - time.monotonic()) > 0:
            if select.select([reads], [], [], left)[0]:
                piece = os.read(reads, 1024)
                if not piece:
                    break
                said += piece
    finally:
        termios.tcsetattr(reads, termios.TCSANOW, before)
    return said


def cell_size(descriptor: int = 1) -> CellSize | None:
    """The size of a cell as the system knows it; None where it doesn't."""
    with suppress(ImportError, OSError):
        import fcntl  # noqa: PLC0415 - not on Windows
        import termios  # noqa: PLC0415 - as above

        packed = fcntl.ioctl(descriptor, termios.TIOCGWINSZ, bytes(8))
        rows, columns, width, height = struct.unpack("HHHH", packed)
        if rows and columns and width >= columns and height >= rows:
            return width // columns, height // rows
    return None


def choose(wanted: str, answer: Answer) -> tuple[Protocol | None, str]:
    """The protocol to use for `ui.images`, None for blocks; and a sentence where it isn't what was wanted."""
    # Without the size of a cell a sixel image would lie over its neighbours.
    can: dict[Protocol, bool] = {"kitty": answer.kitty, "sixel": answer.sixel and answer.cell is not None}
    if wanted == "blocks":
        return None, ""
    if wanted == "auto":
        return next((name for name, has in can.items() if has), None), ""
    found = next((name for name, has in can.items() if has and name == wanted), None)
    if found is not None:
        return found, ""
    why = answer.refusal.removeprefix("blocks only: ")
    if not why and answer.sixel and wanted == "sixel":
        why = "the terminal has sixel graphics but doesn't tell the size of its cells"
    return None, f"{why or f'the terminal has no {wanted} graphics'}; images are drawn in blocks"
