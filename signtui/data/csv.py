"""Reads `label,pixel...` CSV files of square grey images, plain or gzipped.

The fast pass works on bytes with whole-array operations and only says whether a block of lines is faultless;
where it is not, a slow exact pass finds the first bad cell, so that the message can name it. Both hold a cell
to the same rule: one to three digits, 0 to 255.
"""

import gzip
import math
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from signtui.data.images import BoolArray, ByteArray
from signtui.errors import DataError

# Bytes parsed at once: the block and its temporaries stay in the processor's cache.
_BLOCK = 1 << 18

_COMMA, _LINE_FEED, _CARRIAGE_RETURN, _ZERO = (np.uint8(ord(character)) for character in ",\n\r0")
_CELL = re.compile(rb"[0-9]{1,3}")
_PIXEL_NAME = re.compile(r"(pixel[_ ]?)([01])")
_GZIP_MAGIC, _ZIP_MAGIC, _UTF8_MARK = b"\x1f\x8b", b"PK\x03\x04", b"\xef\xbb\xbf"
_GET_AGAIN = "get the file again (the published ones with `signtui data fetch`)"


@dataclass(frozen=True, slots=True)
class _Header:
    columns: tuple[str, ...]
    length: int  # bytes, with the line end


def read_csv(path: Path) -> tuple[ByteArray, ByteArray]:
    """Read every image in the CSV file at `path`.

    Returns images uint8 (N, S, S) and the labels as the file has them, uint8 (N,).

    Raises:
        DataError: where the file can't be read or breaks the format, naming the row (the header is row 1) and
            the column.
    """
    return parse_csv(read_content(path), path)


def read_content(path: Path) -> bytes:
    """The bytes of the file at `path`, unpacked if they are gzip, whatever its name.

    Raises:
        DataError: where the file is missing, unreadable or a damaged archive.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{path} does not exist: check the path, or run `signtui data fetch`.") from None
    except OSError as error:
        raise DataError(
            f"{path} can't be read ({error.strerror}): check that it is a file you may read."
        ) from error
    if not content.startswith(_GZIP_MAGIC):
        return content
    try:
        return gzip.decompress(content)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        reason = "ends too early" if isinstance(error, EOFError) else "is damaged and can't be unpacked"
        raise DataError(f"{path}: this gzip file {reason}; {_GET_AGAIN}.") from error


def parse_csv(content: bytes, path: Path) -> tuple[ByteArray, ByteArray]:
    """As `read_csv`, from the file's unpacked bytes; `path` is for messages only."""
    header = _header(content, path)
    columns = len(header.columns)
    # A cell is at least a digit and a separator, so there are at most half as many as bytes.
    cells = np.empty((len(content) - header.length) // 2 + 1, dtype=np.uint8)
    filled = 0
    for lines in _blocks_of_lines(content, header.length):
        values = _parse_lines(lines, columns)
        if values is None:
            raise _first_fault(lines, header.columns, 2 + filled // columns, path)
        cells[filled : filled + len(values)] = values
        filled += len(values)
    if not filled:
        raise DataError(f"{path} has a header but no rows; {_GET_AGAIN}.")
    rows = cells[:filled].reshape(-1, columns)
    size = math.isqrt(columns - 1)
    return np.ascontiguousarray(rows[:, 1:]).reshape(-1, size, size), rows[:, 0].copy()


def _blocks_of_lines(content: bytes, start: int) -> Iterator[bytes]:
    """Whole lines from `start` on, the last with a line feed too, without empty lines at the end."""
    end = len(content)
    while end > start and content[end - 1 : end] in b"\r\n":
        end -= 1
    while start < end:
        line_feed = content.find(b"\n", start + _BLOCK, end)
        if line_feed < 0:
            yield content[start:end] + b"\n"
            return
        yield content[start : line_feed + 1]
        start = line_feed + 1


def _parse_lines(lines: bytes, columns: int) -> ByteArray | None:
    """The cells of whole lines, uint8 (rows * columns,), or None where anything at all is wrong with them."""
    data = np.frombuffer(lines, dtype=np.uint8)
    digits = data - _ZERO
    is_digit = digits < 10
    digits *= is_digit
    line_feeds = data == _LINE_FEED
    separators = np.flatnonzero((data == _COMMA) | line_feeds)
    returns = data == _CARRIAGE_RETURN
    if (
        len(separators) % columns
        or np.count_nonzero(line_feeds) != len(separators) // columns
        or not line_feeds[separators[columns - 1 :: columns]].all()
        or np.count_nonzero(is_digit) + len(separators) + np.count_nonzero(returns) != len(data)
        or (returns[:-1] & ~line_feeds[1:]).any()
    ):
        return None
    last_digits = separators - 1
    last_digits[columns - 1 :: columns] -= returns[last_digits[columns - 1 :: columns]]
    values = _numbers_ending_at_each_byte(digits, is_digit)
    # An empty first cell gives the index -1, the line feed at the end of the block: no digit either.
    if values is None or not is_digit.take(last_digits, mode="wrap").all():
        return None
    return values.take(last_digits)


def _numbers_ending_at_each_byte(digits: ByteArray, is_digit: BoolArray) -> ByteArray | None:
    """For every byte that is a digit, the number that ends with it; None where one is over 255 or too long.

    Reading the tens and hundreds at every byte, and later keeping a quarter of the answers, is far quicker
    than finding out first where each cell begins.
    """
    numbers = digits.copy()
    numbers[1:] += digits[:-1] * np.uint8(10)  # at most 99: bytes that are no digit count as 0
    three_long = is_digit[2:] & is_digit[1:-1] & is_digit[:-2]
    hundreds = digits[:-2] * three_long
    if (three_long[1:] & is_digit[:-3]).any() or (hundreds > 2).any():
        return None
    if ((hundreds == 2) & (numbers[2:] > 55)).any():
        return None
    numbers[2:] += hundreds * np.uint8(100)
    return numbers


def _first_fault(lines: bytes, columns: tuple[str, ...], first_row: int, path: Path) -> DataError:
    """The error for the first bad line among `lines`, the first of which is row `first_row` of the file."""
    for row, line in enumerate(lines[:-1].split(b"\n"), start=first_row):
        where = f"{path}, row {row} (the header is row 1)"
        cells = line.removesuffix(b"\r").split(b",")
        if cells == [b""]:
            return DataError(f"{where} is empty; delete the line or {_GET_AGAIN}.")
        if len(cells) != len(columns):
            return DataError(
                f"{where} has {len(cells):,} cells where the header has {len(columns):,} columns, "
                f"{columns[0]} to {columns[-1]}; correct the row or {_GET_AGAIN}."
            )
        for column, cell in zip(columns, cells, strict=True):
            if not _CELL.fullmatch(cell) or int(cell) > 255:
                return DataError(
                    f"{where}, column {column}: {_shown(cell)} is not a whole number from 0 to 255; "
                    f"correct the cell or {_GET_AGAIN}."
                )
    raise RuntimeError(
        f"{path}: the fast pass refused lines from row {first_row} that the exact pass accepts"
    )


def _shown(cell: bytes) -> str:
    """A cell as it can stand in a message: short, printable, quoted."""
    if not cell:
        return "an empty cell"
    text = ascii(cell.decode("utf-8", "replace"))
    return text if len(text) <= 24 else f"{text[:20]}...'"


def _header(content: bytes, path: Path) -> _Header:
    """The checked column names: label, then as many pixels as a square image has, in reading order."""
    if not content.strip():
        raise DataError(f"{path} is empty; {_GET_AGAIN}.")
    if content.startswith(_ZIP_MAGIC):
        raise DataError(f"{path} is a zip archive; unpack it and point to the CSV file in it.")
    length = content.find(b"\n") + 1 or len(content)
    try:
        line = content[:length].removeprefix(_UTF8_MARK).decode().rstrip("\r\n")
    except UnicodeDecodeError:
        line = "\0"
    if not line.isprintable():
        raise DataError(f"{path} is not a CSV text file; {_GET_AGAIN}.")
    columns = tuple(name.strip().strip('"').lower() for name in line.split(","))
    if all(name.isdigit() for name in columns):
        raise DataError(
            f"{path}, row 1: there is no header; add a first row label,pixel1,pixel2,... to the file."
        )
    if columns[0] != "label":
        raise DataError(
            f"{path}, row 1: the header's first column is {_shown(columns[0].encode())} where 'label' is "
            "expected; the header must be label,pixel1,pixel2,..."
        )
    pixels = len(columns) - 1
    if pixels < 1 or math.isqrt(pixels) ** 2 != pixels:
        raise DataError(
            f"{path}, row 1: the header has {pixels:,} pixel columns, which is not a square number; "
            "images must be square, as 784 pixels are 28x28."
        )
    for position, (name, expected) in enumerate(
        zip(columns[1:], _pixel_names(columns[1], pixels), strict=True), 2
    ):
        if name != expected:
            raise DataError(
                f"{path}, row 1: column {position} of the header is {_shown(name.encode())} where "
                f"{expected!r} is expected; the header must be label,pixel1,pixel2,... in order."
            )
    return _Header(columns, length)


def _pixel_names(first: str, pixels: int) -> list[str]:
    """The names that the pixel columns must have, given the first: pixel0 or pixel1 and on, or 1x1 and on."""
    size = math.isqrt(pixels)
    if first == "1x1":
        return [f"{row}x{column}" for row in range(1, size + 1) for column in range(1, size + 1)]
    match = _PIXEL_NAME.fullmatch(first)
    prefix, start = (match[1], int(match[2])) if match else ("pixel", 1)
    return [f"{prefix}{number}" for number in range(start, start + pixels)]
