"""Notes and tags."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signtui.errors import RunError
from signtui.runs.labels import Labels, read_labels, write_labels

tags = st.lists(st.text(st.characters(codec="utf-8"), max_size=8), max_size=5).map(tuple)


@given(st.text(st.characters(codec="utf-8")), tags)
def test_labels_are_read_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, notes: str, tags: tuple[str, ...]
) -> None:
    path = tmp_path_factory.mktemp("labels") / "labels.json"
    write_labels(path, Labels(notes, tags))
    read = read_labels(path)
    assert read.notes == notes
    assert read.tags == tuple(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))
    assert json.loads(path.read_text(encoding="utf-8"))["notes"] == notes


def test_a_run_without_labels_has_empty_ones(tmp_path: Path) -> None:
    assert read_labels(tmp_path / "labels.json") == Labels()


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"notes": 3}', b"\xff\xfe", b""])
def test_damaged_labels_are_named_and_not_overlooked(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "labels.json").write_bytes(content)
    with pytest.raises(RunError, match=r"labels\.json .*mend it or delete it"):
        read_labels(tmp_path / "labels.json")
