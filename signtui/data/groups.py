"""Whose each image is: reads a `file,row,signer` table, and finds the one that lies beside the images.

`file` is the name of a CSV file of images and `row` counts its images from 1, without the header. For a
folder of images `file` is the image's own path below it, and `row` is 1. The third column may have any name
and holds any words: it is what images are grouped by.
"""

import csv
import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from signtui.data.images import GroupArray
from signtui.errors import DataError

FORMAT = "file,row,signer"
_LONGEST_HEADER = 200
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class GroupTable:
    """A table as it stands in the file at `path`; `kind` is the heading of its third column.

    `files` maps each file's name to the group of each of its rows, by row.
    """

    path: Path
    kind: str
    sha256: str
    files: Mapping[str, Mapping[int, str]]

    def of_rows(self, file: Path, count: int) -> list[str]:
        """The groups of the `count` images of the CSV at `file`, in its order.

        Raises:
            DataError: where the table doesn't name exactly these rows of it.
        """
        rows = self.files.get(_plain_name(file.name))
        if rows is None:
            raise DataError(
                f"{self.path} names no row of {file.name}: name another table with --groups, or correct it."
            )
        missing = next((row for row in range(1, count + 1) if row not in rows), None)
        if missing is not None:
            raise DataError(
                f"{self.path} says nothing of row {missing:,} of {file.name}, which has {count:,} images:"
                f" add its {self.kind}, or name another table with --groups."
            )
        beyond = max(rows)
        if beyond > count:
            raise DataError(
                f"{self.path} names row {beyond:,} of {file.name}, which has {count:,} images: the table is"
                " of another file; name the right one with --groups."
            )
        return [rows[row] for row in range(1, count + 1)]

    def of_files(self, names: Sequence[str]) -> list[str]:
        """The groups of images that are files themselves, by their paths below the data folder.

        Raises:
            DataError: where the table lacks one of them.
        """
        found = []
        for name in names:
            group = self.files.get(name, {}).get(1)
            if group is None:
                raise DataError(
                    f"{self.path} says nothing of {name}: add a line {name},1,{self.kind}, or name another"
                    " table with --groups."
                )
            found.append(group)
        return found


def find_group_table(directory: Path, besides: Collection[Path] = ()) -> Path | None:
    """The table in `directory`, known by its header; files in `besides` are passed over.

    Raises:
        DataError: where there are several.
    """
    known = {path.resolve() for path in besides}
    found = [
        path
        for path in sorted(directory.glob("*.csv"))
        if path.is_file() and path.resolve() not in known and _has_header(path)
    ]
    if len(found) > 1:
        names = " and ".join(path.name for path in found)
        raise DataError(f"{directory} has several tables of groups ({names}): name one with --groups.")
    return found[0] if found else None


def read_group_table(path: Path) -> GroupTable:
    """The table in the file at `path`.

    Raises:
        DataError: where it can't be read, naming the line and the column.
    """
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except FileNotFoundError:
        raise DataError(f"{path} does not exist: check data.groups (--groups).") from None
    except OSError as error:
        raise DataError(f"{path} can't be read ({error.strerror}): check that you may read it.") from error
    except UnicodeDecodeError:
        raise DataError(f"{path} is not a text file; a table of groups is {FORMAT} lines.") from None
    lines = _cells(text, path)
    _, header = next(lines, (1, []))
    kind = _kind(header)
    if kind is None:
        shown = ",".join(header)[:60]
        raise DataError(
            f"{path}, line 1: the header is {shown!a}, and a table of groups begins with {FORMAT}"
            " (the last name is free)."
        )
    files = _by_file(lines, path, kind)
    if not files:
        raise DataError(f"{path} has a header but no lines: add one {FORMAT} line for each image.")
    return GroupTable(path, kind, hashlib.sha256(content).hexdigest(), files)


def numbered(*of_sets: Sequence[str] | None) -> tuple[tuple[str, ...], list[GroupArray | None]]:
    """All names in `of_sets`, ordered as people count, and each set as int32 (N,) indices into them."""
    present = {name for names in of_sets for name in names or ()}
    order = tuple(sorted(present, key=_as_people_count))
    index = {name: place for place, name in enumerate(order)}
    return order, [
        None if names is None else np.fromiter((index[name] for name in names), np.int32, len(names))
        for names in of_sets
    ]


def _as_people_count(name: str) -> list[tuple[int, int, str]]:
    return [
        (0, int(part), "") if part.isdecimal() else (1, 0, part.casefold())
        for part in _DIGITS.split(name)
        if part
    ] + [(2, 0, name)]


def _by_file(lines: Iterator[tuple[int, list[str]]], path: Path, kind: str) -> dict[str, dict[int, str]]:
    files: dict[str, dict[int, str]] = {}
    as_written: dict[str, dict[int, str]] = {}  # spares making a path of the same name 27,455 times
    for line, cells in lines:
        if not cells:
            continue
        if len(cells) != 3:
            raise DataError(
                f"{path}, line {line} has {len(cells)} cells where the header has 3 columns, file, row and"
                f" {kind}: correct the line."
            )
        file, row, group = cells[0].strip(), cells[1].strip(), cells[2].strip()
        rows = as_written.get(file)
        if rows is None:
            rows = as_written[file] = files.setdefault(_plain_name(file), {})
        number = int(row) if row.isdecimal() and len(row) < 10 else 0
        if number and number not in rows and file and group:
            rows[number] = group
            continue
        where = f"{path}, line {line}, column"
        for column, cell in (("file", file), (kind, group)):
            if not cell:
                raise DataError(f"{where} {column}: the cell is empty; fill it in.")
        if number:
            raise DataError(f"{where} row: row {number} of {file} stands in the table twice; keep one.")
        raise DataError(
            f"{where} row: {row[:20]!a} is not a whole number from 1; rows are counted from 1 without"
            " the header."
        )
    return files


def _cells(text: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(text.splitlines(), strict=True)
    try:
        yield from ((reader.line_num, cells) for cells in reader)
    except csv.Error as error:
        raise DataError(f"{path}, line {reader.line_num}: {error}; correct the line.") from None


def _kind(header: Sequence[str]) -> str | None:
    """What images are grouped by, where these are the cells of a table's header."""
    names = [cell.strip().lower() for cell in header]
    named = len(names) == 3 and names[:2] == ["file", "row"] and names[2].isprintable()
    return names[2] if named and names[2] else None


def _has_header(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            first = file.readline(_LONGEST_HEADER)
        return _kind(first.decode("utf-8-sig").rstrip("\r\n").split(",")) is not None
    except (OSError, UnicodeDecodeError):
        return False


def _plain_name(name: str) -> str:
    """As files are compared: forward slashes, without `./` and the ending of a gzip archive."""
    return str(PurePosixPath(name.replace("\\", "/"))).removesuffix(".gz")
