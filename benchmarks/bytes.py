"""What the dashboard sends to the terminal while it trains, by part of the screen.

    python benchmarks/bytes.py [--seconds 40] [--preset fast] [--images 3000] [--batch 128] [KEY=VALUE ...]

The dashboard trains synthetic hands on a real pseudo-terminal of 120 by 40, charts and samples live. Each
byte is charged to the panel that the cursor stood in; a move of the cursor counts for where it goes. The
first column counts from when the samples appear, the second from five seconds later, when their images
have long been drawn. Then the run is paused, and what comes in ten seconds is counted.
"""

import argparse
import asyncio
import os
import re
import tempfile
import time
from collections import Counter
from pathlib import Path

from dashboard import DASHBOARD, Screen
from machine import describe

PANELS = ("header", "form", "accuracy", "loss", "samples", "summary", "progress", "footer")
AFTER_THE_START = 5.0
_PIECE = re.compile(rb"\x1b\[(\d+)(?:;(\d+))?H|\x1b\[(\d+)G|\x1b\[[0-?]*[ -/]*[@-~]|\x1b.|[^\x1b]+")


class Ledger:
    """Charges a stream of bytes to the panels that the cursor passes; `places` are (x, y, width, height)."""

    def __init__(self, places: dict[str, tuple[int, int, int, int]]) -> None:
        self._places = places
        self._row = self._column = 0
        self._rest = b""

    def charge(self, data: bytes) -> Counter[str]:
        """Bytes of `data` by panel."""
        found: Counter[str] = Counter()
        data, self._rest = self._rest + data, b""
        if (start := data.rfind(b"\x1b", -40)) >= 0 and not re.search(rb"[a-zA-Z]", data[start:]):
            data, self._rest = data[:start], data[start:]
        for piece in _PIECE.finditer(data):
            row, column, absolute = piece.group(1, 2, 3)
            if row:
                self._row, self._column = int(row) - 1, int(column or 1) - 1
            elif absolute:
                self._column = int(absolute) - 1
            found["styles" if piece[0].endswith(b"m") else "moves" if row or absolute else "text"] += len(
                piece[0]
            )
            found[self._panel()] += len(piece[0])
            if not piece[0].startswith(b"\x1b"):
                self._column += len(piece[0].decode(errors="ignore"))
        return found

    def _panel(self) -> str:
        for name, (x, y, width, height) in self._places.items():
            if x <= self._column < x + width and y <= self._row < y + height:
                return name
        return "elsewhere"


def places() -> dict[str, tuple[int, int, int, int]]:
    """Where each panel of the Train screen lies at 120x40."""
    from signtui.config import Config
    from signtui.render.terminal import TerminalStyle
    from signtui.tui.app import DashboardApp, Engine

    def refuse(*_: object) -> None:
        raise AssertionError

    async def look() -> dict[str, tuple[int, int, int, int]]:
        app = DashboardApp(
            Config(), TerminalStyle("truecolor", unicode=True), Engine(lambda: None, refuse, refuse)
        )
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause()
            return {name: tuple(app.screen.query_one(f"#{name}").region) for name in PANELS}

    return asyncio.run(look())


def main() -> None:
    """Train for a while and print what was sent."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument("--preset", default="fast")
    parser.add_argument("--images", type=int, default=3000)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("settings", nargs="*", metavar="KEY=VALUE")
    arguments = parser.parse_args()
    print(describe("textual"))
    words = [
        f"preset={arguments.preset}",
        "data.source=synthetic",
        f"data.synthetic_images={arguments.images}",
        "train.epochs=1000",
        f"train.batch_size={arguments.batch}",
        f"runs.directory={Path(tempfile.mkdtemp())}",
        *arguments.settings,
    ]
    screen = Screen(DASHBOARD, *words)
    screen.read_until("▀".encode())
    began = time.time()
    while time.time() < began + arguments.seconds:
        screen.read()
    ended = time.time()
    ledger = Ledger(places())
    whole: Counter[str] = Counter()
    later: Counter[str] = Counter()
    for at, data in screen.sent:
        found = ledger.charge(data)
        if at <= ended and at >= began:
            whole += found
            if at >= began + AFTER_THE_START:
                later += found
    print(f"{'bytes a second':16}{'from the start':>16}{f'after {AFTER_THE_START:.0f} s':>16}")
    for name in (*PANELS, "elsewhere", "all", "of it text", "of it moves", "of it styles"):
        amounts = [
            sum(part[panel] for panel in (*PANELS, "elsewhere"))
            if name == "all"
            else part[name.removeprefix("of it ")]
            for part in (whole, later)
        ]
        rates = (amounts[0] / (ended - began), amounts[1] / (ended - began - AFTER_THE_START))
        print(f"{name:16}{rates[0]:>16,.0f}{rates[1]:>16,.0f}")
    os.write(screen.master, b" ")
    settled = time.time() + 4
    while time.time() < settled + 10:
        screen.read()
    print(f"paused: {screen.bytes_between(settled, settled + 10)} bytes in 10 s")
    screen.process.kill()
    screen.process.wait()
    if os.environ.get("KEEP_BYTES"):
        Path(os.environ["KEEP_BYTES"]).write_bytes(b"".join(data for _, data in screen.sent))


if __name__ == "__main__":
    main()
