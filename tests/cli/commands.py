"""Runs `signtui` in this process, and what the tests of the command line say to it again and again."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from signtui.cli.application import run

SMALL = (
    "--source=synthetic",
    "--synthetic-images=192",
    "--blocks=1",
    "--set=model.blocks.1.filters=4",
    "--batch-size=32",
    "--clean-images=0",
    "--threads=1",
)
"""Options of a training that takes a fraction of a second."""


@dataclass(frozen=True)
class Answer:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.out)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [msgspec.json.decode(line) for line in self.out.splitlines()]


class Signtui:
    """`signtui("runs", "--json")` runs the command and returns its `Answer`."""

    def __init__(self, capture) -> None:
        self._capture = capture

    def __call__(self, *arguments: str) -> Answer:
        self._capture.readouterr()
        code = run(arguments)
        out, err = self._capture.readouterr()
        return Answer(code, out, err)


def letters_csv(path: Path, rows: int = 96, *, size: int = 8, seed: int = 0) -> Path:
    """A CSV of random images with the published labels in turn, each image in two slightly noisy copies."""
    random = np.random.default_rng(seed)
    labels = np.array([label for label in range(25) if label != 9], dtype=np.uint8)
    labels = np.repeat(np.resize(labels, rows // 2), 2)
    pixels = np.repeat(random.integers(20, 230, (rows // 2, size * size)), 2, axis=0)
    pixels = pixels + random.integers(-3, 4, pixels.shape)
    header = "label," + ",".join(f"pixel{number}" for number in range(1, size * size + 1))
    lines = [",".join(map(str, [label, *row])) for label, row in zip(labels, pixels.tolist(), strict=True)]
    path.write_text("\n".join([header, *lines]) + "\n")
    return path
