"""How long the commands that look at things take to start, beside what they can't do without.

Each pair runs in turns, so that a machine that slows down slows both; the figure to read is the ratio.
"""

import statistics
import subprocess
import sys
import time

from machine import describe

ROUNDS = 15
PAIRS = {
    "signtui --help": (["-m", "signtui", "--help"], ["-c", "import typer"]),
    "signtui runs": (["-m", "signtui", "runs"], ["-c", "import typer"]),
    "signtui config path": (["-m", "signtui", "config", "path"], ["-c", "import typer"]),
    "signtui train --help": (["-m", "signtui", "train", "--help"], ["-c", "import typer"]),
}


def seconds(arguments: list[str]) -> float:
    """Wall time of one Python process."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    return time.perf_counter() - start


def main() -> None:
    """Time each pair in turns and print medians and the median of the ratios."""
    print(describe("signtui", "typer", "rich", "msgspec"))
    for name, (ours, theirs) in PAIRS.items():
        seconds(ours), seconds(theirs)
        rows = [(seconds(ours), seconds(theirs)) for _ in range(ROUNDS)]
        ratio = statistics.median(a / b for a, b in rows)
        a, b = (statistics.median(column) * 1000 for column in zip(*rows, strict=True))
        print(f"{name:24} {a:5.0f} ms   python {' '.join(theirs)}: {b:4.0f} ms   ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
