"""The CSV parser: every square image round-trips, every mistake is named."""

import gzip
import os
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from image_files import csv_bytes, real_data_directory, variants_of_photographs

from signtui.data import csv
from signtui.data.csv import parse_csv, read_csv
from signtui.errors import DataError

PATH = Path("hands.csv")


@st.composite
def labelled_images(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    rows, size = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    # Many small and many large numbers: cells of one, two and three digits.
    cell = st.one_of(st.integers(0, 9), st.integers(10, 99), st.integers(100, 255))
    cells = draw(st.lists(cell, min_size=rows * (size * size + 1), max_size=rows * (size * size + 1)))
    table = np.array(cells, dtype=np.uint8).reshape(rows, -1)
    return table[:, 0], table[:, 1:].reshape(rows, size, size)


@given(
    labelled_images(),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.booleans(),
    st.sampled_from([1, 7, 1 << 18]),
)
def test_any_images_round_trip(content, line_end, last_line_end, packed, block) -> None:
    labels, images = content
    data = csv_bytes(labels, images, line_end=line_end, last_line_end=last_line_end)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv, "_BLOCK", block)  # block borders fall everywhere
        if packed:
            data = gzip.decompress(gzip.compress(data))
        read_images, read_labels = parse_csv(data, PATH)
    assert np.array_equal(read_images, images)
    assert np.array_equal(read_labels, labels)
    assert read_images.dtype == read_labels.dtype == np.uint8
    assert read_images.flags.c_contiguous


def reference_parse(data: bytes) -> list[list[int]] | int:
    """The rows that plain Python finds in valid lines, or the number of the first row at fault."""
    lines = data.rstrip(b"\r\n").split(b"\n")
    columns = len(lines[0].split(b","))
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        cells = line.removesuffix(b"\r").split(b",")
        if len(cells) != columns or not all(re.fullmatch(rb"[0-9]{1,3}", c) and int(c) < 256 for c in cells):
            return number
        rows.append([int(cell) for cell in cells])
    return rows


@settings(max_examples=200)
@given(
    labelled_images(),
    st.sampled_from(["\n", "\r\n"]),
    st.data(),
    st.sampled_from(list(b'0129,\n\r. -x+"\t\x00\xff')),
    st.sampled_from(["insert", "replace", "delete"]),
    st.sampled_from([5, 1 << 18]),
)
def test_a_changed_byte_is_refused_by_row_or_reads_as_it_says(
    content, line_end, data, byte, change, block
) -> None:
    original = csv_bytes(*content, line_end=line_end)
    position = data.draw(st.integers(original.index(b"\n") + 1, len(original) - 1))
    kept_from = position if change == "insert" else position + 1
    changed = original[:position] + (b"" if change == "delete" else bytes([byte])) + original[kept_from:]
    expected = reference_parse(changed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv, "_BLOCK", block)
        if isinstance(expected, int):
            with pytest.raises(DataError, match=rf"hands\.csv, row {expected} \(") as refusal:
                parse_csv(changed, PATH)
            assert str(refusal.value).endswith(".")
        elif not expected:
            with pytest.raises(DataError, match="no rows"):
                parse_csv(changed, PATH)
        else:
            images, labels = parse_csv(changed, PATH)
            assert np.column_stack([labels, images.reshape(len(labels), -1)]).tolist() == expected


GOOD = b"label,pixel1,pixel2,pixel3,pixel4\n3,0,128,255,7\n5,1,2,3,4\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\r\n\r\n", "is empty"),
        (b"label,pixel1,pixel2,pixel3,pixel4\n", "no rows"),
        (GOOD.replace(b"2,3,4", b"2,3"), "row 3 (the header is row 1) has 4 cells where the header has 5"),
        (
            GOOD.replace(b"2,3,4", b"2,3,4,9"),
            "row 3 (the header is row 1) has 6 cells where the header has 5",
        ),
        (GOOD.replace(b"128", b"x"), "row 2 (the header is row 1), column pixel2: 'x' is not a whole number"),
        (
            GOOD.replace(b"255", b"256"),
            "row 2 (the header is row 1), column pixel3: '256' is not a whole number",
        ),
        (
            GOOD.replace(b"128", b"-1"),
            "row 2 (the header is row 1), column pixel2: '-1' is not a whole number",
        ),
        (GOOD.replace(b"128", b"2.5"), "column pixel2: '2.5' is not a whole number from 0 to 255"),
        (GOOD.replace(b"128", b""), "row 2 (the header is row 1), column pixel2: an empty cell is not"),
        (GOOD.replace(b"128", b" 12"), "column pixel2: ' 12' is not a whole number"),
        (GOOD.replace(b"\n3,", b"\n,"), "row 2 (the header is row 1), column label: an empty cell"),
        (GOOD.replace(b"\n5", b"\n\n5"), "row 3 (the header is row 1) is empty"),
        (GOOD.replace(b"label", b"letter"), "row 1: the header's first column is 'letter'"),
        (GOOD.replace(b"pixel3", b"pixel4", 1), "row 1: column 4 of the header is 'pixel4' where 'pixel3'"),
        (GOOD.replace(b",pixel4", b"").replace(b",7", b""), "3 pixel columns, which is not a square number"),
        (b"label\n3\n", "0 pixel columns"),
        (GOOD.partition(b"\n")[2], "there is no header"),
        (bytes(range(256)) * 40, "is not a CSV text file"),
        (b"PK\x03\x04" + GOOD, "is a zip archive"),
        (GOOD.decode().encode("utf-16"), "is not a CSV text file"),
    ],
)
def test_a_mistake_is_one_sentence_that_names_it(tmp_path, content, words) -> None:
    path = tmp_path / "hands.csv"
    path.write_bytes(content)
    with pytest.raises(DataError) as refusal:
        read_csv(path)
    message = str(refusal.value)
    assert words in message
    assert str(path) in message
    assert "\n" not in message
    assert len(message) < 400 + len(str(path))


def test_a_long_garbled_cell_is_shortened() -> None:
    with pytest.raises(DataError) as refusal:
        parse_csv(GOOD.replace(b"128", b"\xff\x00" * 500), PATH)
    assert len(str(refusal.value)) < 250


@pytest.mark.parametrize("kept", [0.3, 0.9, 0.999])
def test_a_truncated_gzip_is_refused(tmp_path, kept) -> None:
    packed = gzip.compress(csv_bytes(np.zeros(40, np.uint8), variants_of_photographs(4, 10)))
    path = tmp_path / "hands.csv.gz"
    path.write_bytes(packed[: int(len(packed) * kept)])
    with pytest.raises(DataError, match="gzip file ends too early"):
        read_csv(path)


def test_a_damaged_gzip_is_refused(tmp_path) -> None:
    packed = bytearray(gzip.compress(csv_bytes(np.zeros(40, np.uint8), variants_of_photographs(4, 10))))
    packed[len(packed) // 2] ^= 0xFF
    path = tmp_path / "hands.csv.gz"
    path.write_bytes(packed)
    with pytest.raises(DataError, match=r"hands\.csv\.gz: this gzip file is damaged"):
        read_csv(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path) -> None:
    with pytest.raises(DataError, match=r"absent\.csv does not exist"):
        read_csv(tmp_path / "absent.csv")
    with pytest.raises(DataError, match="can't be read"):
        read_csv(tmp_path)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_refused(tmp_path) -> None:
    path = tmp_path / "hands.csv"
    path.write_bytes(GOOD)
    path.chmod(0)
    with pytest.raises(DataError, match="can't be read"):
        read_csv(path)


@pytest.mark.parametrize(
    "header",
    [
        b"label,pixel0,pixel1,pixel2,pixel3",
        b'"label","pixel1","pixel2","pixel3","pixel4"',
        b"\xef\xbb\xbfLabel, Pixel1, Pixel2, Pixel3, Pixel4",
        b"label,1x1,1x2,2x1,2x2",
    ],
)
def test_headers_of_other_sets_are_understood(header) -> None:
    images, labels = parse_csv(header + b"\r\n7,1,2,3,4\r\n", PATH)
    assert images.tolist() == [[[1, 2], [3, 4]]]
    assert labels.tolist() == [7]


@pytest.mark.real_data
def test_the_published_training_file_reads_as_numpy_reads_it() -> None:
    path = real_data_directory() / "sign_mnist_train.csv"
    images, labels = read_csv(path)
    assert images.shape == (27_455, 28, 28)
    assert np.array_equal(
        np.loadtxt(path, delimiter=",", skiprows=1, dtype=np.uint8),
        np.column_stack([labels, images.reshape(-1, 784)]),
    )
