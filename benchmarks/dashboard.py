"""What the dashboard costs: first paint, bytes to the terminal, training speed beside a headless run.

    python benchmarks/dashboard.py [--pairs 5] [--images 3000] [--preset fast] [--epochs 2] [--batch 128]

Each run is a process of its own; those with a screen have a real pseudo-terminal of 120 by 40, read by this
process. Pairs alternate which comes first.
"""

import fcntl
import os
import pty
import select
import statistics
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

from machine import describe
from options import options, synthetic_runs

from signtui.events import EpochEnded, RunStarted
from signtui.runs.folder import run_folders
from signtui.runs.log import read_events

SETTINGS = """
import sys
from signtui.config import Assignment, resolve
config = resolve([Assignment(*p.split("=", 1), "benchmark") for p in sys.argv[1:]], environment={}).config
"""
HEADLESS = (
    SETTINGS
    + """
from signtui.training.session import TrainingSession
session = TrainingSession.open(config)
session.start()
session.join()
"""
)
DASHBOARD = (
    SETTINGS
    + """
from signtui.tui.launch import open_dashboard
open_dashboard(config, train=True)
"""
)
IDLE = (
    SETTINGS
    + """
from signtui.tui.launch import open_dashboard
open_dashboard(config)
"""
)
BARE = """
from textual.app import App
from textual.widgets import Label
class Bare(App):
    def compose(self):
        yield Label("no run yet")
Bare().run()
"""


class Screen:
    """A program on a pseudo-terminal, with the time and size of everything it sent."""

    def __init__(self, code: str, *words: str) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        self.began = time.time()
        self.sent: list[tuple[float, bytes]] = []
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, *words],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env=environment,
        )
        os.close(slave)

    def read(self, seconds: float = 0.2) -> None:
        """Note what comes within `seconds`."""
        if select.select([self.master], [], [], seconds)[0]:
            self.sent.append((time.time(), os.read(self.master, 1 << 16)))

    def read_until(self, words: bytes) -> float:
        """Read until `words` have come; seconds since the start."""
        while words not in b"".join(data for _, data in self.sent):
            self.read()
        return self.sent[-1][0] - self.began

    def bytes_between(self, first: float, last: float) -> int:
        """How much was sent in that time."""
        return sum(len(data) for at, data in self.sent if first <= at <= last)

    def quit(self) -> None:
        """Press q and see it out."""
        # A run that has only just ended on disk is still on for the screen, which would ask.
        settled = time.time() + 2
        while time.time() < settled:
            self.read()
        os.write(self.master, b"q")
        try:
            while self.process.poll() is None:
                self.read()
        except OSError:
            pass
        self.process.wait()
        os.close(self.master)


def first_paint(code: str, *words: str) -> float:
    """Seconds from the start of the process until its screen shows something."""
    screen = Screen(code, *words)
    seconds = screen.read_until(b"no run yet")
    screen.process.kill()
    screen.process.wait()
    os.close(screen.master)
    return seconds


def speed(runs: Path) -> tuple[float, float, float]:
    """Of the newest run: images a second of its training alone, its start, and the end of its last epoch."""
    events = list(read_events(run_folders(runs)[-1].events, steps=False))
    began = next(event.time for event in events if isinstance(event, RunStarted))
    epochs = [event for event in events if isinstance(event, EpochEnded)]
    images = sum(epoch.train.images for epoch in epochs)
    seconds = sum(epoch.train.images / epoch.images_per_second for epoch in epochs)
    return images / seconds, began, epochs[-1].time


def main() -> None:
    """Take every figure and print it."""
    arguments = options(__doc__, pairs=5, images=3000, epochs=2)
    print(describe())
    runs, words = synthetic_runs(arguments, f"train.epochs={arguments.epochs}")
    paints = [(first_paint(IDLE, *words), first_paint(BARE)) for _ in range(arguments.pairs)]
    ours, bare = (statistics.median(times) for times in zip(*paints, strict=True))
    print(f"first paint: {ours:.2f} s, bare Textual app {bare:.2f} s, ratio {ours / bare:.2f}")
    idle = Screen(IDLE, *words)
    idle.read_until(b"no run yet")
    settled = time.time() + 8
    while time.time() < settled + 5:
        idle.read()
    print(f"idle: {idle.bytes_between(settled, settled + 5)} bytes in 5 s")
    idle.quit()
    ratios = []
    for pair in range(arguments.pairs):
        found = {}
        for kind in ("headless", "screen") if pair % 2 else ("screen", "headless"):
            if kind == "headless":
                subprocess.run([sys.executable, "-c", HEADLESS, *words], check=True)
                found[kind], _, _ = speed(runs)
                continue
            screen = Screen(DASHBOARD, *words)
            over = len(list(runs.glob("*/summary.json"))) + 1
            while len(list(runs.glob("*/summary.json"))) < over:
                screen.read()
            screen.quit()
            found[kind], began, ended = speed(runs)
            rate = screen.bytes_between(began + 1, ended) / max(0.1, ended - began - 1)
        ratios.append(found["screen"] / found["headless"])
        print(
            f"pair {pair + 1}: headless {found['headless']:,.0f} images/s, with the dashboard"
            f" {found['screen']:,.0f} ({ratios[-1]:.1%}), {rate / 1000:.1f} kB/s to the terminal"
        )
    print(f"training with the dashboard: median {statistics.median(ratios):.1%} of headless")


if __name__ == "__main__":
    main()
