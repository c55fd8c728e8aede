"""Finds and loads the images to train on: CSV files, a folder of images, or else synthetic hands."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np

from signtui.config.schema import DataSettings
from signtui.data import published
from signtui.data.cache import cached, known_checksum, record_checksum
from signtui.data.collection import sitting_groups
from signtui.data.csv import parse_csv, read_content
from signtui.data.folder import ImageFolder, find_image_folders, read_images
from signtui.data.grouped import Members, grouped
from signtui.data.images import LETTERS, ByteArray, Dataset, GroupArray, ImageSet, SourceFile
from signtui.data.labels import LabelledFile, LabelScheme, recognise_labels
from signtui.data.photographs import VERSION, photograph_groups
from signtui.errors import DataError

Source: TypeAlias = Literal["auto", "csv", "folder", "synthetic"]

_TEST_NAMES = ("test", "valid")
_ENDINGS = (".csv", ".csv.gz")
_LETTERS_PREFIX = "sign_mnist_"
_SYNTHETIC_NAME = "synthetic hands"
# The synthetic test images come from a seed that nobody is likely to train on.
_TEST_SEED_OFFSET = 1_000_003


@dataclass(frozen=True, slots=True)
class _CsvPair:
    train: Path
    test: Path | None


@dataclass(frozen=True, slots=True)
class _CsvContent:
    path: Path
    role: str
    sha256: str
    bytes: int
    images: ByteArray
    labels: ByteArray  # as in the file


def download_directory() -> Path:
    """Where `signtui data fetch` puts the published files, and where they are looked for."""
    import platformdirs  # noqa: PLC0415 - not needed where a directory is given

    return Path(platformdirs.user_data_dir("signtui")) / "sign_mnist"


def load_dataset(
    directory: Path | None,
    source: Source = "auto",
    *,
    synthetic_images: int = 6000,
    seed: int = 0,
    image_size: int = 28,
    groups: str = "",
) -> Dataset:
    """Load the images to train on.

    `directory` is a folder or one CSV file; None looks in ./data, ./data/sign_mnist and the download
    directory, and draws synthetic hands where none of them has data. `image_size` (pixels) is for folders of
    images and synthetic hands, `synthetic_images` and `seed` for synthetic hands only. `groups` is the path
    of a table that says whose each image is; without one it is looked for beside the images.

    Raises:
        DataError: where `directory` has no data of the kind asked for, a file in it is wrong, or `groups` are
            of hands that are drawn.
    """
    if source != "synthetic":
        found = _found(directory, _How(source, image_size, groups))
        if found is not None:
            return found
    if groups:
        raise DataError(
            f"data.groups = {groups}: synthetic hands are nobody's, so no table says whose they are; leave it"
            " empty, or name the directory of the images that it is of with --data-dir."
        )
    return _synthetic(synthetic_images, seed, image_size)


def _found(directory: Path | None, how: "_How") -> Dataset | None:
    """The images in `directory` or the usual places; None where there are none and none need be."""
    try:
        return _load_directory(directory, how) if directory else _search(how)
    except OSError as error:
        where = error.filename or directory or "the data directory"
        raise DataError(f"{where} can't be read ({error.strerror}): check that you may read it.") from error


def configured_dataset(settings: DataSettings) -> Dataset:
    """The data set that the [data] settings name. Raises DataError as `load_dataset` does."""
    return load_dataset(
        Path(settings.directory).expanduser() if settings.directory else None,
        settings.source,
        synthetic_images=settings.synthetic_images,
        seed=settings.synthetic_seed,
        image_size=settings.image_size,
        groups=settings.groups,
    )


@dataclass(frozen=True, slots=True)
class _How:
    """What to read, how large a folder's images are made, and the table of groups that was named."""

    source: Source
    image_size: int
    groups: str


def _search(how: _How) -> Dataset | None:
    """The data set in the first of the usual places that has one; None where nothing need be found."""
    for candidate in (Path("data"), Path("data/sign_mnist"), download_directory()):
        if not candidate.is_dir():
            continue
        # Unasked, a folder of pictures that happens to be called data is not taken for classes.
        if how.source == "folder":
            folders = find_image_folders(candidate)
            if folders is not None:
                return _load_folders(candidate, *folders, how)
        elif (pair := _find_csv_pair(candidate)) is not None:
            return _load_csv_pair(pair, how)
    if how.source == "auto":
        return None
    what = "label,pixel CSV files" if how.source == "csv" else "folder of images per class"
    raise DataError(
        f"no {what} found in ./data, ./data/sign_mnist or {download_directory()}: name a directory with "
        "--data-dir, or run `signtui data fetch`."
    )


def _load_directory(directory: Path, how: _How) -> Dataset:
    source = how.source
    if directory.is_file() and source != "folder":
        return _load_csv_pair(_CsvPair(directory, None), how)
    if not directory.is_dir():
        wrong = "is not a folder" if directory.exists() else "does not exist"
        raise DataError(f"{directory} {wrong}: check --data-dir, or run `signtui data fetch`.")
    if source != "folder":
        pair = _find_csv_pair(directory)
        if pair is not None:
            return _load_csv_pair(pair, how)
    if source != "csv":
        folders = find_image_folders(directory)
        if folders is not None:
            return _load_folders(directory, *folders, how)
    expected = {
        "csv": "sign_mnist_train.csv, NAME_train.csv or train.csv",
        "folder": "subfolder with images in it, one per class",
    }.get(source, "sign_mnist_train.csv, NAME_train.csv or train.csv, and no subfolder of images per class")
    raise DataError(f"{directory} has no {expected}: check --data-dir, or run `signtui data fetch`.")


def _find_csv_pair(directory: Path) -> _CsvPair | None:
    """The training CSV in `directory` and the test CSV that goes with it."""
    stems = {
        path.name[: -len(ending)]: path
        for ending in reversed(_ENDINGS)
        for path in _files_ending(directory, ending)
    }
    prefixes = [
        stem.removesuffix("train") for stem in stems if stem == "train" or stem.endswith(("_train", "-train"))
    ]
    if _LETTERS_PREFIX in prefixes:
        prefixes = [_LETTERS_PREFIX]
    if not prefixes:
        return None
    if len(prefixes) > 1:
        names = " and ".join(sorted(stems[f"{prefix}train"].name for prefix in prefixes))
        raise DataError(
            f"{directory} has several data sets ({names}): name one of the files with --data-dir."
        )
    tests = [stems[f"{prefixes[0]}{name}"] for name in _TEST_NAMES if f"{prefixes[0]}{name}" in stems]
    return _CsvPair(stems[f"{prefixes[0]}train"], tests[0] if tests else None)


def _files_ending(directory: Path, ending: str) -> Iterator[Path]:
    return (path for path in sorted(directory.iterdir()) if path.name.endswith(ending) and path.is_file())


def _load_csv_pair(pair: _CsvPair, how: _How) -> Dataset:
    train = _read_cached(pair.train, "train")
    test = _read_cached(pair.test, "test") if pair.test else None
    contents = [train] if test is None else [train, test]
    if test is not None and test.images.shape[1] != train.images.shape[1]:
        raise DataError(
            f"{test.path} has images of {test.images.shape[1]} pixels a side where {train.path.name} has "
            f"{train.images.shape[1]}: both files must be of one data set."
        )
    scheme = recognise_labels(
        [LabelledFile(content.path, content.labels) for content in contents],
        letters=pair.train.name.startswith(_LETTERS_PREFIX),
    )
    letters = scheme.kind != "csv"
    dataset = Dataset(
        name=published.NAME if letters else _set_name(pair.train),
        kind=scheme.kind,
        synthetic=False,
        classes=scheme.classes,
        train=_image_set(train, scheme),
        test=None if test is None else _image_set(test, scheme),
        files=tuple(_source_file(content, scheme) for content in contents),
    )
    return grouped(dataset, [content.path for content in contents], pair.train.parent, how.groups)


def _read_cached(path: Path, role: str) -> _CsvContent:
    """The images and labels of one CSV file, parsed or from the cache."""
    known = known_checksum(path)
    content: bytes | None = None
    if known is None:
        status = path.stat() if path.exists() else None
        content = read_content(path)
        known = hashlib.sha256(content).hexdigest(), len(content)
        if status is not None:
            record_checksum(path, status, *known)

    def parse() -> dict[str, ByteArray]:
        images, labels = parse_csv(read_content(path) if content is None else content, path)
        return {"images": images, "labels": labels}

    arrays = cached(f"csv 1 {known[0]}", parse)
    return _CsvContent(path, role, *known, arrays["images"], arrays["labels"])


def _image_set(content: _CsvContent, scheme: LabelScheme) -> ImageSet:
    # Letters are photographs; drawn digits and the like are each their own, and would only chain together.
    photographs = (
        None if scheme.kind == "csv" else _cached_photographs(content.sha256, content.images, content.labels)
    )
    return ImageSet(content.images, scheme.class_of[content.labels], photographs)


def _cached_photographs(checksum: str, images: ByteArray, labels: ByteArray) -> GroupArray:
    return cached(
        f"photographs {VERSION} {checksum}", lambda: {"photographs": photograph_groups(images, labels)}
    )["photographs"]


def _source_file(content: _CsvContent, scheme: LabelScheme) -> SourceFile:
    rows = len(content.labels)
    verdict = published.verdict(content.sha256, rows, content.role, scheme.kind)
    return SourceFile(content.path, content.role, rows, content.bytes, content.sha256, verdict)


def _set_name(train: Path) -> str:
    """A data set's name from its training file: the file's, without train, or else the folder's."""
    stem = next(
        train.name[: -len(ending)] for ending in (*_ENDINGS, train.suffix, "") if train.name.endswith(ending)
    )
    return stem.removesuffix("train").rstrip("_-") or train.resolve().parent.name


def _load_folders(directory: Path, train: ImageFolder, test: ImageFolder | None, how: _How) -> Dataset:
    sets: list[ImageSet] = []
    files: list[SourceFile] = []
    members: list[Members] = []
    for role, folder in (("train", train), ("test", test)):
        if folder is None:
            continue
        images, labels = _read_folder_cached(folder, how.image_size)
        members.append(tuple(file.relative_to(directory).as_posix() for file in folder.files))
        checksum = hashlib.sha256(images.tobytes() + labels.tobytes()).hexdigest()
        photographs = _cached_photographs(checksum, images, labels)
        sittings = sitting_groups(labels, photographs, folder.files)
        sets.append(ImageSet(images, labels, photographs, sittings=sittings))
        total = sum(file.stat().st_size for file in folder.files)
        files.append(SourceFile(folder.path, role, len(images), total, checksum, "folder of images"))
    dataset = Dataset(
        name=directory.resolve().name,
        kind="folder",
        synthetic=False,
        classes=train.classes,
        train=sets[0],
        test=sets[1] if len(sets) > 1 else None,
        files=tuple(files),
    )
    return grouped(dataset, members, directory, how.groups)


def _read_folder_cached(folder: ImageFolder, size: int) -> tuple[ByteArray, ByteArray]:
    def read() -> dict[str, ByteArray]:
        images, labels = read_images(folder, size)
        return {"images": images, "labels": labels}

    arrays = cached(f"folder 1 {folder.fingerprint(size)}", read)
    return arrays["images"], arrays["labels"]


def _synthetic(count: int, seed: int, size: int) -> Dataset:
    return Dataset(
        name=_SYNTHETIC_NAME,
        kind="synthetic",
        synthetic=True,
        classes=tuple(LETTERS),
        train=drawn_hands(count, seed, size),
        test=drawn_hands(max(1, count // 3), seed + _TEST_SEED_OFFSET, size),
        files=(),
    )


def drawn_hands(count: int, seed: int, size: int, spread: float = 1.0) -> ImageSet:
    """`count` synthetic hands of `size` pixels a side, drawn once and then from the cache."""
    from signtui.data.synthetic.generate import GENERATOR_VERSION, synthetic_hands  # noqa: PLC0415 - rarely needed

    def draw() -> dict[str, ByteArray]:
        images, labels = synthetic_hands(count, seed, size=size, spread=spread)
        return {"images": images, "labels": labels}

    wide = "" if spread == 1 else f" {spread:g}"
    arrays = cached(f"synthetic {GENERATOR_VERSION} {seed} {count} {size}{wide}", draw)
    return ImageSet(np.ascontiguousarray(arrays["images"]), arrays["labels"])
