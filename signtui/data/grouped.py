"""Tells a data set whose its images are, by a table that was named or lies beside them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from signtui.data.groups import GroupTable, find_group_table, numbered, read_group_table
from signtui.data.images import Dataset, Grouping
from signtui.errors import DataError

Members: TypeAlias = Path | tuple[str, ...]
"""Where the images of a set are from: a CSV file, or image files by their paths below the data folder."""


def grouped(dataset: Dataset, members: Sequence[Members], directory: Path, named: str) -> Dataset:
    """`dataset` with the groups of its images, or as it is where no table tells them.

    `members` are of the training images and, where there are any, of the test images. `named` is the path of
    the table; without one it is looked for in `directory`, and one that doesn't fit is passed over with a
    word about it. A table that fits the training images alone leaves the test images without groups.

    Raises:
        DataError: where the table that was named can't be read, or doesn't fit the training images.
    """
    try:
        files = [member for member in members if isinstance(member, Path)]
        path = Path(named).expanduser() if named else find_group_table(directory, files)
        if path is None:
            return dataset
        table = read_group_table(path)
        of_train = _of(table, members[0], len(dataset.train))
    except DataError as error:
        if named:
            raise
        return replace(dataset, groups_refused=str(error))
    of_test, note = None, ""
    if dataset.test is not None:
        try:
            of_test = _of(table, members[1], len(dataset.test))
        except DataError as error:
            note = str(error)
    names, (train, test) = numbered(of_train, of_test)
    return replace(
        dataset,
        train=replace(dataset.train, groups=train),
        test=None if dataset.test is None else replace(dataset.test, groups=test),
        grouping=Grouping(table.kind, names, path, table.sha256, note),
    )


def _of(table: GroupTable, member: Members, count: int) -> list[str]:
    return table.of_rows(member, count) if isinstance(member, Path) else table.of_files(member)
