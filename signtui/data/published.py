"""The published Sign Language MNIST files: their names, sizes and checksums."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

NAME = "Sign Language MNIST"


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """One published CSV. `versions` maps the sha256 of each known form of it to its bytes and a verdict."""

    name: str
    role: str
    rows: int
    versions: dict[str, tuple[int, str]]


_BYTES, _LINE_ENDS = "published bytes", "published, LF line ends"

PUBLISHED = (
    PublishedFile(
        "sign_mnist_train.csv",
        "train",
        27_455,
        {
            "4c2897f19fab2b0ae2a7e4fa82e969043315d9f3a1a9cc0948b576bf1189a7e5": (83_281_065, _BYTES),
            "b7ff39ad5f1210fa765ce11aa5f20c2e97fe467ffc22231aac923c863eef75c4": (83_253_609, _LINE_ENDS),
        },
    ),
    PublishedFile(
        "sign_mnist_test.csv",
        "test",
        7_172,
        {
            "0e9d67bae23e67f40728e0b63bf15ad4bd5175947b8a9fac5dd9f17ce133c47b": (21_777_485, _BYTES),
            "178c0dd21c4b0e86d58df12f14ea1e9efa795ad19d146802b3b28094a16d56ae": (21_770_312, _LINE_ENDS),
        },
    ),
)

# Course files whose labels were renumbered 0..23.
_REMAPPED = {"335e75454c3a93cf0cc493cef3144f18ef640a9e16e11dba1153c06c0e7de1d9"}


def file_sha256(path: Path) -> str:
    """The sha256 of the file at `path`, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verdict(sha256: str, rows: int, role: str, kind: str) -> str:
    """How a CSV file's unpacked bytes compare with the published file of the same role, in a few words."""
    if sha256 in _REMAPPED:
        return "remapped copy"
    for published in PUBLISHED:
        if sha256 in published.versions:
            known = published.versions[sha256][1]
            return known if published.role == role else f"{known} of the {published.role} file"
    if kind == "csv":
        return "unknown"
    rows_published = next(published.rows for published in PUBLISHED if published.role == role)
    if rows == rows_published:
        labels = "remapped labels, " if kind == "remapped" else ""
        return f"unknown ({labels}as many rows as published, other bytes)"
    return f"unknown ({rows:,} rows, the published file has {rows_published:,})"
