"""Photos as people bring them, for tests: any of them unlike any other, told apart by a number."""

from pathlib import Path

import numpy as np
from PIL import Image


def photo(path: Path, number: int, *, size: tuple[int, int] = (90, 60), **options) -> Path:
    """A photo of noise that `number` alone decides, written as the suffix of `path` says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    width, height = size
    coarse = np.random.default_rng(number).integers(0, 255, (6, 9, 3), dtype=np.uint8)
    Image.fromarray(coarse).resize((width, height), Image.Resampling.NEAREST).save(path, **options)
    return path
