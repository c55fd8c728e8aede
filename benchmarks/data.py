"""Seconds to parse, group and load the published files (SIGNTUI_DATA_DIR), and to draw synthetic hands."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from machine import describe

from signtui.data.csv import read_csv
from signtui.data.photographs import photograph_groups
from signtui.data.source import load_dataset
from signtui.data.synthetic.generate import synthetic_hands

ROUNDS = 5


def timed(name: str, action: Callable[[], object], rounds: int = ROUNDS) -> None:
    """Print the median and the extremes of `rounds` runs of `action`."""
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        action()
        taken.append(time.perf_counter() - start)
    print(f"{name:44} {statistics.median(taken):6.2f} s   ({min(taken):.2f} to {max(taken):.2f})", flush=True)


def main() -> None:
    """Time each step of getting to images."""
    print(describe("signtui", "numpy"))
    timed("6,000 synthetic hands drawn", lambda: synthetic_hands(6000, 0), 3)
    named = os.environ.get("SIGNTUI_DATA_DIR")
    if not named:
        print("the published files: SIGNTUI_DATA_DIR is not set")
        return
    train = Path(named) / "sign_mnist_train.csv"
    timed("train file parsed", lambda: read_csv(train))
    timed("the same by numpy.loadtxt", lambda: np.loadtxt(train, np.uint8, delimiter=",", skiprows=1), 3)
    images, labels = read_csv(train)
    timed("its photographs found", lambda: photograph_groups(images, labels), 3)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SIGNTUI_CACHE_DIR"] = folder
        timed("both files loaded, nothing cached", lambda: load_dataset(Path(named)), 1)
        timed("both files loaded, cached", lambda: load_dataset(Path(named)))


if __name__ == "__main__":
    main()
