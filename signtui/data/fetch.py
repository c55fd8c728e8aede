"""Downloads the published files from the places that hold them, in turn; only checksums are believed."""

import hashlib
import logging
import shutil
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from signtui.data.download import ResumingDownloader
from signtui.data.published import PUBLISHED, PublishedFile, file_sha256
from signtui.errors import DataError
from signtui.files import atomic_path


class Progress(Protocol):
    """Told how a download goes: the source's name, bytes so far, bytes in all (None where unknown)."""

    def __call__(self, source: str, done: int, total: int | None) -> None:
        """Take note; called for every 16 kB."""


@dataclass(frozen=True, slots=True)
class Download:
    """A URL, and the names of the published files that it holds, as a CSV or in a zip archive."""

    url: str
    holds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A place that publishes the files, in one download or several."""

    name: str
    downloads: tuple[Download, ...]


_TRAIN, _TEST = (published.name for published in PUBLISHED)
_DRIVE = "https://drive.usercontent.google.com/download?export=download&confirm=t&id="
_GITHUB = "https://github.com/a-milenkin/ml_instruments/raw/refs/heads/main/data/"

SOURCES = (
    Source(
        "Kaggle",
        (
            Download(
                "https://www.kaggle.com/api/v1/datasets/download/datamunge/sign-language-mnist",
                (_TRAIN, _TEST),
            ),
        ),
    ),
    Source(
        "Google Drive",
        (
            Download(f"{_DRIVE}1z0DkA9BytlLxO1C0BAWzknLyQmZAp0HR", (_TRAIN,)),
            Download(f"{_DRIVE}1z1BIj4qmri59GWBG4ivMNFtpZ4AXIbzg", (_TEST,)),
        ),
    ),
    Source("GitHub", tuple(Download(f"{_GITHUB}{name}.zip", (name,)) for name in (_TRAIN, _TEST))),
)


class _SourceFailedError(Exception):
    """Why a source gave no good file, as words that follow its name."""


class _WrongContentError(Exception):
    """A candidate had the right name and size, and other content."""


def fetch(
    directory: Path,
    sources: Sequence[Source] = SOURCES,
    progress: Progress | None = None,
    files: Sequence[PublishedFile] = PUBLISHED,
) -> list[Path]:
    """Put `files` into `directory`, from the first of `sources` that gives them with the right checksum.

    Files already there and right are kept; a download cut off goes on where it stopped, also in a later call.
    Returns the paths of all files.

    Raises:
        DataError: where another file is in the way, the folder can't be written, or every source fails (with
            each one's reason).
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        missing = {file.name: file for file in files if not _in_place(directory / file.name, file)}
        failures = list(_try_sources(directory, sources, progress, missing))
    except OSError as error:
        raise DataError(
            f"{error.filename or directory} can't be written ({error.strerror or error}): choose another "
            "folder with --to, or make room."
        ) from error
    if missing:
        reasons = "; ".join(failures) or "no source holds it"
        raise DataError(
            f"{' and '.join(missing)} could not be downloaded to {directory} ({reasons}): "
            "check the connection and try again, or put the files there by hand."
        )
    return [directory / file.name for file in files]


def _in_place(path: Path, file: PublishedFile) -> bool:
    """Whether the file is there and right; raises DataError where something else has its name."""
    if not path.exists():
        return False
    if file_sha256(path) in file.versions:
        return True
    raise DataError(
        f"{path} is there already and is not the published file: move it away, or choose another folder "
        "with --to."
    )


def _try_sources(
    directory: Path, sources: Iterable[Source], progress: Progress | None, missing: dict[str, PublishedFile]
) -> Iterator[str]:
    """Take what is `missing` from each source in turn, removing it from there; yields why a source failed."""
    for source in sources:
        for download in source.downloads:
            wanted = [missing[name] for name in download.holds if name in missing]
            if not wanted:
                continue
            try:
                for file in _take(directory, source.name, download.url, wanted, progress):
                    del missing[file.name]
            except _SourceFailedError as error:
                yield f"{source.name} {error}"
                break


def _take(
    directory: Path, name: str, url: str, wanted: Sequence[PublishedFile], progress: Progress | None
) -> Iterator[PublishedFile]:
    """Download `url` and put the files wanted from it into `directory`; yields each once it is in place."""
    stem = f".{hashlib.sha256(url.encode()).hexdigest()[:12]}"
    part, whole = directory / f"{stem}.part", directory / f"{stem}.download"

    def notify(done: int, total: int | None) -> None:
        if progress is not None:
            progress(name, done, total)

    downloader = ResumingDownloader(part, notify)
    resumed = part.exists()
    remaining = list(wanted)
    try:
        _download(url, whole, downloader)
        while remaining:
            try:
                _unpack(whole, remaining[0], directory)
            except _SourceFailedError:
                # What was kept from an earlier call may be of another file: once more, from the beginning.
                if not resumed:
                    raise
                resumed = False
                whole.unlink()
                _download(url, whole, downloader)
            else:
                yield remaining.pop(0)
    finally:
        whole.unlink(missing_ok=True)


def _download(url: str, whole: Path, downloader: ResumingDownloader) -> None:
    import pooch  # noqa: PLC0415 - slow to import, and rarely needed
    import requests  # noqa: PLC0415

    pooch.get_logger().setLevel(logging.WARNING)
    try:
        # No checksum here: some of these are archives whose packing changes; their contents are checked.
        pooch.retrieve(url, known_hash=None, fname=whole.name, path=whole.parent, downloader=downloader)
    except requests.HTTPError as error:
        response = error.response
        answer = "with an error" if response is None else f"{response.status_code} {response.reason}"
        raise _SourceFailedError(f"answered {answer}") from error
    except requests.Timeout as error:
        raise _SourceFailedError("did not answer in time") from error
    except requests.ConnectionError as error:
        raise _SourceFailedError("could not be reached or broke off") from error
    except requests.RequestException as error:
        raise _SourceFailedError(f"failed ({type(error).__name__})") from error


def _unpack(whole: Path, file: PublishedFile, directory: Path) -> None:
    """Put `file` in place from the download, a zip archive or the file itself, if its checksum is right."""
    sizes = {size for size, _ in file.versions.values()}
    try:
        for size, opened in _candidates(whole, file.name):
            # Sizes first: what is not the file is not unpacked, however big it would get.
            if size in sizes:
                with suppress(_WrongContentError):
                    _place(opened, directory / file.name, file)
                    return
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _SourceFailedError(f"sent a damaged archive for {file.name}") from error
    raise _SourceFailedError(f"sent no {file.name} with the published size and checksum")


def _candidates(whole: Path, name: str) -> Iterator[tuple[int, IO[bytes]]]:
    """Size and content of whatever in the download could be the file called `name`."""
    if not zipfile.is_zipfile(whole):
        with whole.open("rb") as file:
            yield whole.stat().st_size, file
        return
    with zipfile.ZipFile(whole) as archive:
        for member in archive.infolist():
            if Path(member.filename).name == name:
                with archive.open(member) as file:
                    yield member.file_size, file


def _place(content: IO[bytes], path: Path, file: PublishedFile) -> None:
    """Write `content` to `path`, or raise _WrongContentError where it is no known version of `file`."""
    with atomic_path(path) as temporary:
        with temporary.open("wb") as output:
            shutil.copyfileobj(content, output)
        if file_sha256(temporary) not in file.versions:
            raise _WrongContentError
