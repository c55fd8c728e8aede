"""What the benchmarks of trainings take on the command line, and the settings that it stands for."""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path


def options(doc: str | None, **defaults: float | str | tuple[str, ...]) -> argparse.Namespace:
    """The options `--name`, by their defaults; --batch and --preset are among them always.

    Of a tuple one is chosen, by default the first.
    """
    parser = argparse.ArgumentParser(description=doc)
    for name, default in {**defaults, "batch": 128, "preset": "fast"}.items():
        if isinstance(default, tuple):
            parser.add_argument(f"--{name}", choices=default, default=default[0])
        else:
            parser.add_argument(f"--{name}", type=type(default), default=default)
    return parser.parse_args()


def synthetic_runs(arguments: argparse.Namespace, *more: str) -> tuple[Path, Sequence[str]]:
    """A fresh folder for runs, and the settings of one in it on `--images` synthetic hands."""
    runs = Path(tempfile.mkdtemp())
    words = (
        f"preset={arguments.preset}",
        "data.source=synthetic",
        f"data.synthetic_images={arguments.images}",
        f"train.batch_size={arguments.batch}",
        f"runs.directory={runs}",
        *more,
    )
    return runs, words
