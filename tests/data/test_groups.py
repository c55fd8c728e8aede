"""Whose each image is: the table, where it is found, and what is said of one that is wrong."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from image_files import real_data_directory, write_csv
from PIL import Image

from signtui.data.groups import find_group_table, numbered, read_group_table
from signtui.data.info import describe
from signtui.data.source import load_dataset
from signtui.errors import DataError


def table(folder: Path, text: str, name: str = "signers.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def letters(folder: Path, train: int = 6, test: int = 3) -> Path:
    """A training and a test file of so many images."""
    write_csv(folder / "hands_train.csv", [row % 2 for row in range(train)])
    write_csv(folder / "hands_test.csv", [row % 2 for row in range(test)], seed=1)
    return folder


def lines(file: str, signers: str) -> str:
    return "".join(f"{file},{row},{signer}\n" for row, signer in enumerate(signers, 1))


words = st.text(
    st.characters(codec="utf-8", exclude_characters='\r\n"\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\x00')
)
names = words.map(str.strip).filter(lambda name: bool(name) and "," not in name)


@settings(deadline=None, max_examples=60)
@given(st.lists(names, min_size=1, max_size=12), st.randoms(), st.booleans(), st.booleans())
def test_what_a_table_says_is_read_back_in_any_order_of_lines(
    tmp_path_factory, signers, random, crlf, mark
) -> None:
    rows = [f"hands_train.csv,{row},{signer}" for row, signer in enumerate(signers, 1)]
    rows += [f"hands_test.csv,{row},{signer}" for row, signer in enumerate(reversed(signers), 1)]
    random.shuffle(rows)
    text = ("\r\n" if crlf else "\n").join(["file,row,signer", *rows])
    path = tmp_path_factory.mktemp("table") / "signers.csv"
    path.write_bytes(text.encode("utf-8-sig" if mark else "utf-8"))
    read = read_group_table(path)
    assert read.kind == "signer"
    assert read.of_rows(Path("hands_train.csv"), len(signers)) == signers
    assert read.of_rows(Path("hands_test.csv.gz"), len(signers)) == signers[::-1]


@given(st.lists(st.lists(names, max_size=8), min_size=1, max_size=3))
def test_numbers_stand_for_the_same_names(sets) -> None:
    order, indices = numbered(*sets)
    assert len(set(order)) == len(order)
    for of_set, found in zip(sets, indices, strict=True):
        assert found.dtype == np.int32
        assert [order[index] for index in found] == of_set


def test_names_are_ordered_as_people_count() -> None:
    assert numbered(["10", "9", "ann 2", "ann 10", "Bo"])[0] == ("9", "10", "ann 2", "ann 10", "Bo")


def test_a_table_beside_the_images_is_found(tmp_path) -> None:
    letters(tmp_path)
    table(tmp_path, "file,row,signer\n" + lines("hands_train.csv", "ababab") + lines("hands_test.csv", "abc"))
    found = load_dataset(tmp_path)
    assert found.groups == ("a", "b", "c")
    assert found.grouping.kind == "signer"
    assert found.train.groups.tolist() == [0, 1, 0, 1, 0, 1]
    assert found.test.groups.tolist() == [0, 1, 2]
    subset = found.train.subset(np.array([3, 2]))
    assert subset.groups.tolist() == [1, 0]


def test_a_table_beside_a_single_file_is_found(tmp_path) -> None:
    path = write_csv(tmp_path / "hands.csv.gz", [0, 1, 0, 1])
    table(tmp_path, "File, Row, Person\n" + lines("hands.csv", "xxyy"))
    found = load_dataset(path)
    assert found.grouping.kind == "person"
    assert found.train.groups.tolist() == [0, 0, 1, 1]


def test_a_table_elsewhere_is_named(tmp_path) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    letters(folder)
    path = table(tmp_path, "file,row,signer\n" + lines("hands_train.csv", "aabbcc"))
    found = load_dataset(folder, groups=str(path))
    assert found.train.groups.tolist() == [0, 0, 1, 1, 2, 2]
    assert load_dataset(folder).grouping is None


def test_images_of_a_folder_are_named_by_their_paths(tmp_path) -> None:
    text = "file,row,signer\n"
    for letter in "AB":
        (tmp_path / letter).mkdir()
        for number in range(2):
            pixels = np.full((8, 8), 40 * number, np.uint8)
            Image.fromarray(pixels).save(tmp_path / letter / f"{number}.png")
            text += f"{letter}/{number}.png,1,{'ann' if number else 'bo'}\n"
    table(tmp_path, text)
    found = load_dataset(tmp_path, image_size=8)
    assert found.groups == ("ann", "bo")
    assert found.train.groups.tolist() == [1, 0, 1, 0]


def test_without_a_table_nothing_is_known(tmp_path) -> None:
    found = load_dataset(letters(tmp_path))
    assert found.groups == ()
    assert found.train.groups is None
    assert found.groups_refused == ""


def test_other_csv_files_are_no_tables(tmp_path) -> None:
    letters(tmp_path)
    table(tmp_path, "file,size,signer\na,1,b\n", "other.csv")
    table(tmp_path, "one line without commas\n", "notes.csv")
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
    assert find_group_table(tmp_path) is None


WRONG = {
    "file,row,signer\nhands_train.csv,1\n": "line 2 has 2 cells where the header has 3 columns",
    "file,row,signer\nhands_train.csv,0,a\n": "line 2, column row: '0' is not a whole number from 1",
    "file,row,signer\nhands_train.csv,1,a\nhands_train.csv,x,a\n": "line 3, column row: 'x' is not a whole",
    "file,row,signer\nhands_train.csv,1,\n": "line 2, column signer: the cell is empty",
    "file,row,signer\n,1,a\n": "line 2, column file: the cell is empty",
    "file,row,signer\nhands_train.csv,1,a\nhands_train.csv,1,a\n": "line 3, column row: row 1 of .* twice",
    'file,row,signer\nhands_train.csv,1,"a\n': "line 2: unexpected end of data",
    "file,row,signer\n": "has a header but no lines",
    "row,file,signer\nhands_train.csv,1,a\n": "line 1: the header is 'row,file,signer'",
    "": "line 1: the header is ''",
    "file,row,signer\n" + lines("hands_train.csv", "aabb"): "says nothing of row 5 of hands_train.csv",
    "file,row,signer\n" + lines("hands_train.csv", "aabbccd"): "names row 7 of hands_train.csv, which has 6",
    "file,row,signer\n" + lines("other.csv", "aabbcc"): "names no row of hands_train.csv",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_named_table_that_is_wrong_is_refused_by_its_place(tmp_path, text) -> None:
    letters(tmp_path)
    path = table(tmp_path, text, "who.csv")
    with pytest.raises(DataError, match=WRONG[text]) as error:
        load_dataset(tmp_path, groups=str(path))
    assert str(path) in str(error.value)


@pytest.mark.parametrize("text", [text for text in WRONG if text.startswith("file,row")])
def test_a_table_only_found_that_is_wrong_is_passed_over_with_a_word(tmp_path, text) -> None:
    letters(tmp_path)
    table(tmp_path, text)
    found = load_dataset(tmp_path)
    assert found.grouping is None
    assert found.groups_refused
    assert describe(found).groups_note == found.groups_refused


def test_a_named_table_that_is_missing_or_unreadable_is_refused(tmp_path) -> None:
    letters(tmp_path)
    with pytest.raises(DataError, match=r"nobody\.csv does not exist"):
        load_dataset(tmp_path, groups=str(tmp_path / "nobody.csv"))
    with pytest.raises(DataError, match=f"{tmp_path} can't be read"):
        load_dataset(tmp_path, groups=str(tmp_path))
    (tmp_path / "bytes.dat").write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(DataError, match="is not a text file"):
        load_dataset(tmp_path, groups=str(tmp_path / "bytes.dat"))


def test_several_tables_are_not_chosen_from(tmp_path) -> None:
    letters(tmp_path)
    text = "file,row,signer\n" + lines("hands_train.csv", "ababab")
    table(tmp_path, text, "one.csv")
    path = table(tmp_path, text, "two.csv")
    assert "several tables of groups (one.csv and two.csv)" in load_dataset(tmp_path).groups_refused
    assert load_dataset(tmp_path, groups=str(path)).groups == ("a", "b")


def test_test_images_that_the_table_lacks_stay_without_groups(tmp_path) -> None:
    letters(tmp_path)
    table(tmp_path, "file,row,signer\n" + lines("hands_train.csv", "ababab") + lines("hands_test.csv", "ab"))
    found = load_dataset(tmp_path)
    assert found.train.groups is not None
    assert found.test.groups is None
    assert "says nothing of row 3 of hands_test.csv" in found.grouping.note


def test_images_and_photographs_of_each_signer_are_counted(tmp_path) -> None:
    letters(tmp_path)
    table(tmp_path, "file,row,signer\n" + lines("hands_train.csv", "aabbbb") + lines("hands_test.csv", "bbb"))
    info = describe(load_dataset(tmp_path))
    assert info.group_kind == "signer"
    assert [(group.name, group.images, group.photographs) for group in info.groups] == [
        ("a", (2, 0), (None, None)),
        ("b", (4, 3), (None, None)),
    ]
    assert info.groups_table.endswith(f"{os.sep}signers.csv")


@pytest.mark.real_data
def test_no_photograph_of_the_published_letters_is_of_two_signers() -> None:
    found = load_dataset(real_data_directory())
    if found.grouping is None:
        pytest.skip("no table of signers beside the published data set")
    assert found.groups == tuple("1234567")
    pairs = np.unique(np.stack((found.train.photographs, found.train.groups)), axis=1)
    assert pairs.shape[1] == len(np.unique(found.train.photographs))
