"""Downloading the published files: from a real server, cut off, refused, damaged, or not there at all."""

import hashlib
import io
import re
import socket
import zipfile
from pathlib import Path

import numpy as np
import pytest
from file_server import FileServer, running
from image_files import csv_bytes

from signtui.data.fetch import SOURCES, Download, Source, fetch
from signtui.data.published import PUBLISHED, PublishedFile
from signtui.errors import DataError


def some_csv(rows: int, seed: int) -> bytes:
    random = np.random.default_rng(seed)
    images = random.integers(0, 256, (rows, 16, 16), dtype=np.uint8)
    return csv_bytes(random.integers(0, 24, rows, dtype=np.uint8), images)


CONTENT = {"sign_mnist_train.csv": some_csv(400, 0), "sign_mnist_test.csv": some_csv(100, 1)}
FILES = tuple(
    PublishedFile(name, role, 0, {hashlib.sha256(content).hexdigest(): (len(content), "published bytes")})
    for (name, content), role in zip(CONTENT.items(), ("train", "test"), strict=True)
)
TRAIN, TEST = CONTENT
ZIP_MEMBERS = {f"{folder}{name}": CONTENT[name] for name in CONTENT for folder in ("", f"{name[:-4]}/")}


def packed(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def plain_source(server: FileServer, name: str = "Plain") -> Source:
    return Source(name, tuple(Download(server.url(f"/{file}"), (file,)) for file in CONTENT))


def zip_source(server: FileServer, name: str = "Zipped") -> Source:
    return Source(name, (Download(server.url("/all.zip"), tuple(CONTENT)),))


def plain_content(**changes: bytes) -> dict[str, bytes]:
    return {f"/{name}": content for name, content in CONTENT.items()} | changes


def assert_fetched(directory: Path) -> None:
    assert {path.name: path.read_bytes() for path in directory.iterdir()} == CONTENT


def test_files_arrive_and_progress_is_told(tmp_path) -> None:
    told = []
    with running(FileServer(plain_content())) as server:
        sources = [plain_source(server)]
        paths = fetch(tmp_path / "new", sources, lambda *what: told.append(what), FILES)
    assert paths == [tmp_path / "new" / TRAIN, tmp_path / "new" / TEST]
    assert_fetched(tmp_path / "new")
    assert {name for name, _, _ in told} == {"Plain"}
    size = len(CONTENT[TRAIN])
    train = [done for _, done, total in told if total == size]
    assert train == sorted(train)
    assert (train[0], train[-1]) == (0, size)


def test_a_zip_that_holds_each_csv_twice_gives_both(tmp_path) -> None:
    with running(FileServer({"/all.zip": packed(ZIP_MEMBERS)})) as server:
        fetch(tmp_path, [zip_source(server)], None, FILES)
        assert len(server.requests) == 1
    assert_fetched(tmp_path)


def test_the_right_one_of_two_copies_in_a_zip_is_taken(tmp_path) -> None:
    wrong = bytes(reversed(CONTENT[TRAIN]))
    members = {TRAIN: wrong, f"copy/{TRAIN}": CONTENT[TRAIN], TEST: CONTENT[TEST]}
    with running(FileServer({"/all.zip": packed(members)})) as server:
        fetch(tmp_path, [zip_source(server)], None, FILES)
    assert_fetched(tmp_path)


def test_a_cut_connection_goes_on_where_it_ended(tmp_path) -> None:
    with running(FileServer(plain_content(), cuts=[100_000, 50_000])) as server:
        fetch(tmp_path, [plain_source(server)], None, FILES)
        asked = [wanted for path, wanted in server.requests if path == f"/{TRAIN}"]
    assert_fetched(tmp_path)
    assert asked[0] is None
    begun = [int(re.fullmatch(r"bytes=(\d+)-", wanted)[1]) for wanted in asked[1:]]
    assert len(begun) == 2
    assert 80_000 < begun[0] <= 100_000
    assert begun[0] < begun[1] <= begun[0] + 50_000


def test_a_later_call_goes_on_where_an_earlier_one_was_stopped(tmp_path) -> None:
    class StoppedError(Exception):
        pass

    def stop(_: str, done: int, __: int | None) -> None:
        if done > 100_000:
            raise StoppedError

    with running(FileServer(plain_content())) as server:
        with pytest.raises(StoppedError):
            fetch(tmp_path, [plain_source(server)], stop, FILES)
        assert not (tmp_path / TRAIN).exists()
        fetch(tmp_path, [plain_source(server)], None, FILES)
        asked = [wanted for path, wanted in server.requests if path == f"/{TRAIN}"]
    assert_fetched(tmp_path)
    assert asked[0] is None
    assert int(re.fullmatch(r"bytes=(\d+)-", asked[1])[1]) > 100_000


def test_a_server_without_ranges_starts_over(tmp_path) -> None:
    with running(FileServer(plain_content(), ranges=False, cuts=[100_000])) as server:
        fetch(tmp_path, [plain_source(server)], None, FILES)
        assert server.requests[1][0] == f"/{TRAIN}"
        assert server.requests[1][1].startswith("bytes=")
    assert_fetched(tmp_path)


def part_of(directory: Path) -> Path:
    return next(path for path in directory.iterdir() if path.suffix == ".part")


@pytest.mark.parametrize("kept", [b"x" * 1000, b"x" * len(CONTENT[TRAIN]), b"x" * 10_000_000])
def test_a_kept_part_of_another_file_is_thrown_away(tmp_path, kept) -> None:
    with running(FileServer(plain_content())) as server:
        with pytest.raises(ZeroDivisionError):
            fetch(tmp_path, [plain_source(server)], lambda _, done, __: 1 // (done == 0), FILES)
        part_of(tmp_path).write_bytes(kept)
        fetch(tmp_path, [plain_source(server)], None, FILES)
    assert_fetched(tmp_path)


@pytest.mark.parametrize(
    "wrong", [bytes(reversed(CONTENT[TRAIN])), CONTENT[TRAIN][:-9], b"<html>sign in</html>"]
)
def test_wrong_content_is_refused_and_the_next_source_asked(tmp_path, wrong) -> None:
    with (
        running(FileServer(plain_content(**{f"/{TRAIN}": wrong}))) as bad,
        running(FileServer({"/all.zip": packed(ZIP_MEMBERS)})) as good,
    ):
        fetch(tmp_path, [plain_source(bad), zip_source(good)], None, FILES)
    assert_fetched(tmp_path)


def test_what_one_source_lacks_comes_from_the_next(tmp_path) -> None:
    with (
        running(FileServer({f"/{TRAIN}": CONTENT[TRAIN]})) as first,
        running(FileServer(plain_content())) as second,
    ):
        fetch(tmp_path, [plain_source(first), plain_source(second)], None, FILES)
        assert [path for path, _ in second.requests] == [f"/{TEST}"]
    assert_fetched(tmp_path)


def damaged(archive: bytes) -> bytes:
    middle = len(archive) // 3
    return archive[:middle] + bytes(50) + archive[middle + 50 :]


def test_when_every_source_fails_each_reason_is_in_one_sentence(tmp_path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        nowhere = Source(
            "Nowhere", (Download(f"http://127.0.0.1:{unused.getsockname()[1]}/x", tuple(CONTENT)),)
        )
        with running(FileServer({"/all.zip": damaged(packed(ZIP_MEMBERS))})) as server:
            sources = [plain_source(server, "Missing"), nowhere, zip_source(server, "Damaged")]
            with pytest.raises(DataError) as refusal:
                fetch(tmp_path, sources, None, FILES)
    message = str(refusal.value)
    assert "Missing answered 404 Not Found" in message
    assert "Nowhere could not be reached" in message
    assert "Damaged sent a damaged archive" in message
    assert TRAIN in message
    assert str(tmp_path) in message
    assert "\n" not in message
    assert not [path for path in tmp_path.iterdir() if path.suffix != ".part"]


def test_files_already_there_are_not_downloaded_again(tmp_path) -> None:
    for name, content in CONTENT.items():
        (tmp_path / name).write_bytes(content)
    assert fetch(tmp_path, [], None, FILES) == [tmp_path / TRAIN, tmp_path / TEST]


def test_another_file_of_the_same_name_is_never_overwritten(tmp_path) -> None:
    (tmp_path / TRAIN).write_text("my own hands")
    with pytest.raises(DataError, match="is there already and is not the published file"):
        fetch(tmp_path, [], None, FILES)
    assert (tmp_path / TRAIN).read_text() == "my own hands"


def test_a_folder_that_cannot_be_made_is_refused(tmp_path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataError, match="can't be written"):
        fetch(tmp_path / "file" / "folder", [], None, FILES)


def test_every_source_names_every_published_file_once() -> None:
    for source in SOURCES:
        held = [name for download in source.downloads for name in download.holds]
        assert sorted(held) == sorted(file.name for file in PUBLISHED)
        assert all(download.url.startswith("https://") for download in source.downloads)
