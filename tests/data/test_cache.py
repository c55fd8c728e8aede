"""The cache gives back what was put in, and never anything else."""

import os
from pathlib import Path

import numpy as np
import pytest
from image_files import write_csv

from signtui.data import source
from signtui.data.cache import cached, known_checksum, record_checksum
from signtui.data.source import load_dataset


class Builder:
    """Makes the same arrays each time, and counts how often it was asked."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> dict[str, np.ndarray]:
        self.calls += 1
        return {
            "images": np.arange(600, dtype=np.uint8).reshape(6, 10, 10),
            "labels": np.arange(6, dtype=np.uint8),
        }


def equals_built(arrays: dict[str, np.ndarray]) -> bool:
    built = Builder()()
    return arrays.keys() == built.keys() and all(np.array_equal(arrays[name], built[name]) for name in built)


def test_a_second_request_is_read_back_mapped_and_read_only() -> None:
    build = Builder()
    first, second = cached("key", build), cached("key", build)
    assert build.calls == 1
    assert equals_built(first)
    assert equals_built(second)
    assert not second["images"].flags.writeable
    assert second["images"].flags.c_contiguous
    assert isinstance(second["images"].base, np.memmap)


def test_another_key_is_another_entry() -> None:
    build = Builder()
    cached("key", build)
    cached("other key", build)
    assert build.calls == 2


def files_of(directory: Path) -> list[Path]:
    return sorted(path for path in directory.rglob("*") if path.is_file())


def test_every_damaged_or_missing_file_is_noticed_and_rebuilt(cache_directory) -> None:
    cached("key", Builder())
    sound = {path: path.read_bytes() for path in files_of(cache_directory)}
    assert len(sound) == 3
    for path, content in sound.items():
        middle = len(content) // 2
        flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        for damaged in (b"", content[:middle], flipped, content + b"x", os.urandom(len(content)), None):
            if damaged is None:
                path.unlink()
            else:
                path.write_bytes(damaged)
            build = Builder()
            assert equals_built(cached("key", build))
            assert build.calls == 1
            assert equals_built(cached("key", build))
            assert build.calls == 1


def test_a_directory_that_cannot_be_made_means_no_caching(tmp_path, monkeypatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SIGNTUI_CACHE_DIR", str(tmp_path / "file" / "cache"))
    build = Builder()
    arrays = cached("key", build)
    assert equals_built(arrays)
    assert not arrays["images"].flags.writeable
    assert equals_built(cached("key", build))
    assert build.calls == 2
    assert load_dataset(write_csv(tmp_path / "hands.csv", [0, 1])).train.labels.tolist() == [0, 1]


def test_nothing_temporary_is_left_behind(cache_directory) -> None:
    cached("key", Builder())
    assert not [path for path in files_of(cache_directory) if path.name.endswith(".tmp")]


def settled(path: Path, seconds_ago: float = 100) -> os.stat_result:
    """Make the file look as if it was written a while ago."""
    written = path.stat().st_mtime_ns - int(seconds_ago * 1e9)
    os.utime(path, ns=(written, written))
    return path.stat()


def test_a_checksum_is_known_until_the_file_changes(tmp_path) -> None:
    path = tmp_path / "hands.csv"
    path.write_text("one")
    record_checksum(path, settled(path), "abc", 3)
    assert known_checksum(path) == ("abc", 3)
    path.write_text("two")
    assert known_checksum(path) is None


def test_a_file_just_written_is_read_again(tmp_path) -> None:
    path = tmp_path / "hands.csv"
    path.write_text("one")
    record_checksum(path, path.stat(), "abc", 3)
    assert known_checksum(path) is None


def test_damaged_checksums_are_forgotten(tmp_path, cache_directory) -> None:
    path = tmp_path / "hands.csv"
    path.write_text("one")
    record_checksum(path, settled(path), "abc", 3)
    (cache_directory / "checksums.json").write_bytes(b'{"half": {"si')
    assert known_checksum(path) is None
    record_checksum(path, path.stat(), "abc", 3)
    assert known_checksum(path) == ("abc", 3)


def test_an_unchanged_file_is_neither_read_nor_parsed_again(tmp_path, monkeypatch) -> None:
    path = write_csv(tmp_path / "hands.csv", [0, 1])
    settled(path)
    first = load_dataset(path)
    monkeypatch.setattr(source, "read_content", lambda *_: pytest.fail("read again"))
    second = load_dataset(path)
    assert np.array_equal(first.train.images, second.train.images)
    assert first.files == second.files


def test_a_changed_file_is_read_again(tmp_path) -> None:
    path = write_csv(tmp_path / "hands.csv", [0, 1])
    settled(path)
    load_dataset(path)
    write_csv(path, [1, 1, 0])
    assert load_dataset(path).train.labels.tolist() == [1, 1, 0]
