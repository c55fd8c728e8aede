"""Reads a folder of images per class: each subfolder is a class, named after it.

Pictures of any size and colour become grey squares, as `photo.py` does it.
"""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from signtui.data.images import ByteArray
from signtui.data.photo import SUFFIXES, grey_square
from signtui.errors import DataError

_TRAIN, _TEST = ("train",), ("test", "valid")
_MOST_CLASSES = 256
_READING = 2  # raised when the same file gives other pixels, so that what was cached is read again


@dataclass(frozen=True, slots=True)
class ImageFolder:
    """A folder with a subfolder of image files per class; `labels` are the class indices of `files`."""

    path: Path
    classes: tuple[str, ...]
    files: tuple[Path, ...]
    labels: tuple[int, ...]

    def fingerprint(self, size: int) -> str:
        """Changes when a file is added, removed, renamed, moved or written, or with `size`."""
        digest = hashlib.sha256(f"{_READING} {size} {self.path.resolve()}".encode())
        for file, label in zip(self.files, self.labels, strict=True):
            status = file.stat()
            digest.update(
                f"\n{label} {file.relative_to(self.path)} {status.st_size} {status.st_mtime_ns}".encode()
            )
        return digest.hexdigest()


def find_image_folders(directory: Path) -> tuple[ImageFolder, ImageFolder | None] | None:
    """The training images under `directory`, and the test images where it is split into train/ and test/.

    None where no subfolder holds an image.

    Raises:
        DataError: where a class has no images, or the test folder has a class that training lacks.
    """
    train_path = _named_subfolder(directory, _TRAIN)
    train = _list_folder(train_path or directory, None)
    if train is None:
        return None
    test_path = _named_subfolder(directory, _TEST) if train_path else None
    return train, _list_folder(test_path, train.classes) if test_path else None


def read_images(folder: ImageFolder, size: int) -> tuple[ByteArray, ByteArray]:
    """Every image of `folder` as uint8 (N, size, size), and the class indices, uint8 (N,).

    Raises:
        DataError: naming the first file that can't be read as an image.
    """
    images = np.empty((len(folder.files), size, size), dtype=np.uint8)
    # Decoding releases the interpreter lock.
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        for position, image in enumerate(pool.map(lambda file: read_image(file, size), folder.files)):
            images[position] = image
    return images, np.array(folder.labels, dtype=np.uint8)


def read_image(path: Path, size: int) -> ByteArray:
    """The picture in the file at `path` as a grey square, uint8 (size, size).

    Raises:
        DataError: where it can't be read as an image.
    """
    from PIL import Image  # noqa: PLC0415 - slow to import, and rarely needed

    try:
        with Image.open(path) as image:
            return grey_square(image, size)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        reason = "not an image file" if type(error).__name__ == "UnidentifiedImageError" else error
        raise DataError(
            f"{path} can't be read as an image ({reason}): replace it, or move it out."
        ) from error


def _named_subfolder(directory: Path, names: tuple[str, ...]) -> Path | None:
    return next((directory / name for name in names if (directory / name).is_dir()), None)


def _list_folder(path: Path, classes: tuple[str, ...] | None) -> ImageFolder | None:
    """The images under `path`, with the class names given (training's) or found; None without images."""
    subfolders = sorted(
        entry for entry in path.iterdir() if entry.is_dir() and not entry.name.startswith((".", "__"))
    )
    listed = {folder.name: _image_files(folder) for folder in subfolders}
    if not any(listed.values()):
        return None
    for name, files in listed.items():
        if not files:
            raise DataError(f"{path / name} is a class folder with no image in it: add some, or remove it.")
        if classes is not None and name not in classes:
            raise DataError(
                f"{path / name} is a class that the training folder lacks: remove it, or add it there."
            )
    if len(listed) > _MOST_CLASSES:
        raise DataError(
            f"{path} has {len(listed):,} class folders; at most {_MOST_CLASSES} classes can be told apart."
        )
    classes = classes or tuple(listed)
    pairs = [(file, classes.index(name)) for name, files in listed.items() for file in files]
    return ImageFolder(path, classes, tuple(file for file, _ in pairs), tuple(label for _, label in pairs))


def _image_files(folder: Path) -> list[Path]:
    return sorted(
        entry
        for entry in folder.iterdir()
        if entry.suffix.lower() in SUFFIXES and not entry.name.startswith(".") and entry.is_file()
    )
