"""How long a key takes to the screen while a network trains, through a real pseudo-terminal.

    python benchmarks/keys.py [--keys 300] [--images 3000] [--batch 128] [--idle]

The cursor of the form goes down and up between two settings; the time runs from the byte written to the
terminal until the help of the other setting has arrived. Keys come at uneven distances, so that they meet
every phase of a training step. `--idle` presses the same keys while nothing trains.
"""

import argparse
import os
import random
import re
import statistics
import tempfile
import time

from dashboard import DASHBOARD, IDLE, Screen
from machine import describe

DOWN, UP = b"\x1b[B", b"\x1b[A"
PAUSES = (0.08, 0.25)
ROWS_TO_EPOCHS = 9
"""From the first row of the form down to the epochs, with the blocks of preset fast; batch size is next."""

_ESCAPE = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]")


def words_of(data: bytes) -> bytes:
    """The text in `data`, without escape sequences and blanks."""
    return re.sub(rb"\s+", b"", _ESCAPE.sub(b"", data))


def timed(screen: Screen, key: bytes, words: bytes) -> float:
    """Seconds from `key` to `words` (without blanks) on the terminal."""
    seen = len(screen.sent)
    began = time.perf_counter()
    os.write(screen.master, key)
    while words not in words_of(b"".join(data for _, data in screen.sent[seen:])):
        screen.read(0.5)
        if time.perf_counter() - began > 10:
            raise SystemExit(f"{words!r} never came after {key!r}")
    return time.perf_counter() - began


def idle(screen: Screen, seconds: float) -> None:
    """Read on for so long."""
    end = time.perf_counter() + seconds
    while (left := end - time.perf_counter()) > 0:
        screen.read(left)


def main() -> None:
    """Press the keys and print how long they took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=300)
    parser.add_argument("--images", type=int, default=3000)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--idle", action="store_true")
    arguments = parser.parse_args()
    print(describe())
    words = [
        "preset=fast",
        "data.source=synthetic",
        f"data.synthetic_images={arguments.images}",
        "train.epochs=1000",
        f"train.batch_size={arguments.batch}",
        f"runs.directory={tempfile.mkdtemp()}",
    ]
    screen = Screen(IDLE if arguments.idle else DASHBOARD, *words)
    try:
        seconds = press(screen, arguments.keys, training=not arguments.idle)
    finally:
        screen.process.terminate()  # or the run would go on unseen
        screen.process.wait()
    ordered = sorted(seconds)
    p95, p99 = (ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.95, 0.99))
    state = "nothing trains" if arguments.idle else f"fast trains, batch {arguments.batch}"
    print(
        f"{state}: {len(seconds)} keys, median {statistics.median(seconds) * 1000:.1f} ms,"
        f" p95 {p95 * 1000:.1f}, p99 {p99 * 1000:.1f}, longest {ordered[-1] * 1000:.1f}"
    )


def press(screen: Screen, keys: int, *, training: bool) -> list[float]:
    """Press so many keys once the screen is there; the seconds that each took."""
    screen.read_until(b"no run yet" if not training else b"validation images, truth")
    idle(screen, 3)
    if training:
        os.write(screen.master, b"\x1b[Z")  # back from the curves to the form
        idle(screen, 1)
    os.write(screen.master, b"\x1b[H" + DOWN * ROWS_TO_EPOCHS)
    idle(screen, 1)
    seconds = []
    for number in range(keys):
        idle(screen, random.uniform(*PAUSES))
        down = number % 2 == 0
        seconds.append(timed(screen, DOWN if down else UP, b"imagesperstep" if down else b"passesover"))
    return seconds


if __name__ == "__main__":
    main()
