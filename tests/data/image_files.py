"""Small CSV files of images for the tests of the data room."""

import gzip
import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

Bytes = npt.NDArray[np.uint8]

OFFICIAL_LABELS = [label for label in range(25) if label != 9]


def csv_bytes(labels: Bytes, images: Bytes, *, line_end: str = "\n", last_line_end: bool = True) -> bytes:
    """A CSV file as Kaggle publishes them: labels (N,), images (N, S, S)."""
    pixels = images.reshape(len(images), -1)
    lines = [",".join(["label", *(f"pixel{number}" for number in range(1, pixels.shape[1] + 1))])]
    lines += [",".join(map(str, [label, *row])) for label, row in zip(labels, pixels.tolist(), strict=True)]
    return (line_end.join(lines) + (line_end if last_line_end else "")).encode()


def write_csv(path: Path, labels: list[int], *, size: int = 4, seed: int = 0) -> Path:
    """A CSV (or .csv.gz) of random images with these labels."""
    images = np.random.default_rng(seed).integers(0, 256, (len(labels), size, size), dtype=np.uint8)
    content = csv_bytes(np.array(labels, dtype=np.uint8), images)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def variants_of_photographs(photographs: int, variants: int, size: int = 12, seed: int = 0) -> Bytes:
    """uint8 (photographs * variants, size, size): random pictures, each in slightly noisy copies."""
    random = np.random.default_rng(seed)
    originals = random.integers(20, 236, (photographs, 1, size, size))
    noise = random.integers(-6, 7, (photographs, variants, size, size))
    return (originals + noise).astype(np.uint8).reshape(-1, size, size)


def real_data_directory() -> Path:
    """The published data set, or skip the test."""
    directory = os.environ.get("SIGNTUI_DATA_DIR")
    if not directory:
        pytest.skip("SIGNTUI_DATA_DIR is not set: no published data set to test on")
    return Path(directory)
