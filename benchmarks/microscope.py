"""What the Network screen costs a run: training speed with it open and live, and behind another screen.

    python benchmarks/microscope.py [--pairs 5] [--images 3000] [--preset fast] [--epochs 4] [--batch 128]

Each round runs one training three times, in processes of their own: headless, with the Network screen open on
each of its levels in turn, and with it opened once and left for the Train screen. Rounds alternate which
comes first. The first epoch is left out: the screen opens in it. Also how long a look and a snapshot take.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from dashboard import DASHBOARD, HEADLESS, Screen
from machine import describe
from options import options, synthetic_runs

from signtui.config import preset_config
from signtui.events import EpochEnded
from signtui.model.microscope import excitement, layer_shares, look
from signtui.model.network import build
from signtui.model.weights import WeightsMetadata, save_weights
from signtui.runs.folder import run_folders
from signtui.runs.log import read_events

LEVEL_SECONDS = 3.0
SETTLE_SECONDS = 3.0
LETTERS = tuple("ABCDEFGHIKLMNOPQRSTUVWXY")


def speed(runs: Path) -> float:
    """Images a second of the newest run's training, without its first epoch."""
    events = read_events(run_folders(runs)[-1].events, steps=False)
    epochs = [event for event in events if isinstance(event, EpochEnded)][1:]
    seconds = sum(epoch.train.images / epoch.images_per_second for epoch in epochs)
    return sum(epoch.train.images for epoch in epochs) / seconds


def watched(runs: Path, words: Sequence[str], keys: bytes, levels: bytes) -> float:
    """The speed of a run under a dashboard that is sent `keys`, then those of `levels` over and over."""
    before = len(run_folders(runs))
    screen = Screen(DASHBOARD, *words)
    while len(run_folders(runs)) == before or not run_folders(runs)[-1].events.exists():
        screen.read()
    os.write(screen.master, keys)
    folder, turn, since = run_folders(runs)[-1], 0, time.monotonic()
    while not folder.summary.exists():
        screen.read()
        if levels and time.monotonic() - since > LEVEL_SECONDS:
            at = turn % len(levels)
            os.write(screen.master, levels[at : at + 1])
            turn, since = turn + 1, time.monotonic()
    told = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < told:  # until the screen knows that the run is over, it asks before it quits
        screen.read()
    screen.quit()
    return speed(runs)


def pieces(preset: str) -> None:
    """How long one look takes, and what else is computed for the screen, on one thread."""
    import torch

    torch.set_num_threads(1)
    config = preset_config(preset)
    network = build(config.model, 28, len(LETTERS), 0)
    images = np.random.default_rng(0).integers(0, 256, (512, 28, 28)).astype(np.uint8)
    scaling = config.model.input_scaling
    file = Path(tempfile.mkdtemp()) / "now.safetensors"
    metadata = WeightsMetadata(config.model, LETTERS, 28)
    state = network.state_dict()
    for name, work in (
        ("a look at one image", lambda: look(network, images[0], LETTERS, scaling)),
        ("the layers' shares of the time", lambda: layer_shares(network)),
        (
            "what excites the channels, 512 images",
            lambda: excitement(network, images, images[:, 0, 0], scaling),
        ),
        ("a snapshot", lambda: save_weights(file, state, metadata, half=True, flush=False)),
    ):
        times = []
        for _ in range(5):
            begun = time.perf_counter()
            work()
            times.append(time.perf_counter() - begun)
        print(f"{name}: {statistics.median(times) * 1000:.1f} ms")


def main() -> None:
    """Take every figure and print it."""
    arguments = options(__doc__, pairs=5, images=3000, epochs=4)
    print(describe())
    pieces(arguments.preset)
    runs, words = synthetic_runs(arguments, f"train.epochs={arguments.epochs}")
    open_ratios, hidden_ratios = [], []
    for pair in range(arguments.pairs):
        found: dict[str, float] = {}
        kinds = ["headless", "open", "hidden"]
        for kind in kinds if pair % 2 else reversed(kinds):
            if kind == "headless":
                subprocess.run([sys.executable, "-c", HEADLESS, *words], check=True)
                found[kind] = speed(runs)
            elif kind == "open":
                found[kind] = watched(runs, words, b"3", b"\r\r\x1b\x1b")
            else:
                found[kind] = watched(runs, words, b"31", b"")
        open_ratios.append(found["open"] / found["headless"])
        hidden_ratios.append(found["hidden"] / found["headless"])
        print(
            f"round {pair + 1}: headless {found['headless']:,.0f} images/s, Network screen open"
            f" {found['open']:,.0f} ({open_ratios[-1]:.1%}), behind the Train screen"
            f" {found['hidden']:,.0f} ({hidden_ratios[-1]:.1%})"
        )
    print(
        f"median of headless: open {statistics.median(open_ratios):.1%},"
        f" behind another screen {statistics.median(hidden_ratios):.1%}"
    )


if __name__ == "__main__":
    main()
