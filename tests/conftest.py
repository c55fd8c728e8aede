"""What tests of several rooms share."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

# How long an example takes says how busy the machine is.
settings.register_profile("signtui", deadline=None)
settings.load_profile("signtui")


@pytest.fixture(autouse=True)
def state_directory(tmp_path_factory, monkeypatch) -> Path:
    """Where the dashboard remembers: never the user's own."""
    folder: Path = tmp_path_factory.mktemp("state")
    monkeypatch.setenv("SIGNTUI_STATE_DIR", str(folder))
    return folder


@pytest.fixture
def tiny_run(shapes, tmp_path, monkeypatch) -> dict[str, str]:
    """Settings, by key, of a run that learns those images in a second, in a folder of the test's own."""
    monkeypatch.setenv("SIGNTUI_CACHE_DIR", str(tmp_path / "cache"))
    return {
        "data.directory": str(shapes),
        "runs.directory": str(tmp_path / "runs"),
        "model.blocks": "2",
        "model.blocks.*.filters": "8",
        "model.blocks.*.pooling": "max",
        "train.batch_size": "32",
        "train.threads": "1",
    }


@pytest.fixture(autouse=True)
def own_priority(monkeypatch) -> None:
    """Work that gives way to the screen would, in a test on a busy machine, give way to everybody."""
    monkeypatch.setattr(os, "setpriority", lambda *_: None)


@pytest.fixture(scope="session")
def shapes(tmp_path_factory) -> Path:
    """CSVs of 12x12 images: a bright bar in one of four places, under much noise."""
    folder = tmp_path_factory.mktemp("shapes")
    for name, count, seed in (("train", 320, 1), ("test", 64, 2)):
        random = np.random.default_rng(seed)
        labels = np.arange(count) % 4
        images = random.integers(0, 120, (count, 12, 12))
        for image, label in zip(images, labels, strict=True):
            image[3 * label : 3 * label + 3] += 100
        header = "label," + ",".join(f"pixel{i}" for i in range(1, 145))
        rows = np.column_stack((labels, images.reshape(count, -1)))
        np.savetxt(folder / f"{name}.csv", rows, fmt="%d", delimiter=",", header=header, comments="")
    return folder


SIGNERS = ("ann", "bo", "cy")
"""Whose hands the images of `signed_shapes` are, in turn."""


@pytest.fixture(scope="session")
def signed_shapes(shapes, tmp_path_factory) -> Path:
    """The CSVs of `shapes`, and beside them a table that says who signed each: a row each in turn."""
    folder = tmp_path_factory.mktemp("signed_shapes")
    lines = ["file,row,signer"]
    for name, count in (("train.csv", 320), ("test.csv", 64)):
        (folder / name).write_bytes((shapes / name).read_bytes())
        # By fours, since the class is the remainder by four: everyone signs every class.
        lines += [f"{name},{row + 1},{SIGNERS[row // 4 % 3]}" for row in range(count)]
    (folder / "signers.csv").write_text("\n".join(lines) + "\n")
    return folder
