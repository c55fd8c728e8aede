"""Runs to draw: the object that `show-run --json` prints, with figures worked out from a seed."""

from typing import Any

import numpy as np

from signtui.config.schema import Config, as_plain

CLASSES = tuple("ABCDEFGHIKLMNOPQRSTUVWXY")
STARTED = 1_763_824_325.0
IMAGES_A_CLASS = 152


def confusion(images: int = IMAGES_A_CLASS, error: float = 0.05) -> list[list[int]]:
    """(24, 24) counts: every fourth letter is misread as the next one, and less often as the seventh on."""
    counts = np.zeros((24, 24), np.int64)
    for letter in range(24):
        wrong = int(images * error) if letter % 4 == 0 else 0
        rare = wrong // 3
        counts[letter, letter] = images - wrong
        counts[letter, (letter + 1) % 24] += wrong - rare
        counts[letter, (letter + 7) % 24] += rare
    return counts.tolist()


def layers() -> list[dict[str, Any]]:
    return [
        {
            "name": "block 1",
            "kind": "convolution 3x3",
            "output": [16, 28, 28],
            "weights": 144,
            "multiply_adds": 112_896,
            "receptive_field": 3,
        },
        {
            "name": "",
            "kind": "max pooling 2x2",
            "output": [16, 14, 14],
            "weights": 0,
            "multiply_adds": 0,
            "receptive_field": 4,
        },
        {
            "name": "head",
            "kind": "linear",
            "output": [24],
            "weights": 1560,
            "multiply_adds": 1536,
            "receptive_field": 28,
        },
    ]


def epoch(number: int) -> dict[str, Any]:
    return {
        "type": "epoch_ended",
        "epoch": number,
        "step": 214 * number,
        "train": {"loss": 0.3 + 0.5 * 0.6**number, "accuracy": 1 - 0.1 * 0.25**number, "images": 24_843},
        "clean": {"loss": 0.1, "accuracy": 0.9998, "images": 2048},
        "validation": {"loss": 0.01 + 0.1 * 0.3**number, "accuracy": 1 - 0.02 * 0.3**number, "images": 2612},
        "learning_rate": 0.01,
        "gradient_norm": 0.87,
        "seconds": 12.3,
        "images_per_second": 11_402.3,
        "best": True,
    }


def example_run(
    epochs: int = 2, *, synthetic: bool = False, steps: bool = False, **changes: Any
) -> dict[str, Any]:
    """A finished run of `epochs` epochs, with the curve within them where `steps`."""
    ended = [epoch(number) for number in range(1, epochs + 1)]
    run: dict[str, Any] = {
        "id": "20251122-151205-brisk-heron-3f",
        "status": "finished",
        "preset": "fast",
        "config": as_plain(Config()),
        "data": {
            "name": "synthetic hands" if synthetic else "Sign Language MNIST",
            "kind": "synthetic" if synthetic else "csv",
            "synthetic": synthetic,
            "classes": list(CLASSES),
            "image_size": 28,
            "train_images": 24_843,
            "validation_images": 2612,
            "test_images": 3648,
            "validation": "photographs",
            "train_photographs": 1110,
            "validation_photographs": 120,
        },
        "model": {"layers": layers(), "weights": 1704, "multiply_adds": 114_432},
        "epochs": ended,
        "best": {"epoch": epochs, "validation": ended[-1]["validation"]} if ended else None,
        "test": {"loss": 0.011, "accuracy": 3647 / 3648, "images": 3648},
        "confusion": confusion(),
        "confusion_split": "test",
        "marks": [],
        "started": STARTED,
        "seconds": 21.4,
        "device": "cpu",
        "notes": "first try",
        "tags": ["demo"],
    }
    if steps:
        at = np.linspace(0.01, epochs, 150 * epochs)
        run["steps"] = {
            "epoch": at.tolist(),
            "accuracy": (0.98 - 0.94 * np.exp(-4 * at)).tolist(),
            "loss": (0.35 + 3 * np.exp(-4 * at)).tolist(),
        }
    return run | changes
