"""Photos of one's own hands: read from folders as people have them, and added to a collection."""

import os
from datetime import datetime

import numpy as np
import pytest
from hand_photos import photo
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from signtui.data.collection import (
    KEPT_SIDE,
    OwnPhoto,
    add_photos,
    kept_sitting,
    letter_counts,
    new_sitting,
    sitting_groups,
    sitting_of,
)
from signtui.data.importing import read_source
from signtui.data.photo import read_photo, read_square
from signtui.data.source import load_dataset
from signtui.data.split import split
from signtui.errors import DataError

NOON = datetime(2026, 11, 25, 12, 0, 0)


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SIGNTUI_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def photos(tmp_path):
    """Two photos of A, one of b, and what lies about beside them."""
    folder = tmp_path / "photos"
    photo(folder / "A/1.jpg", 1)
    photo(folder / "A/2.png", 2)
    photo(folder / "b/1.PNG", 3)
    (folder / "A/notes.txt").write_text("not an image")
    (folder / "A/.DS_Store").write_bytes(b"hidden")
    (folder / "J").mkdir()
    photo(folder / "loose.png", 4)
    return folder


def own(letter, number):
    pixels = np.random.default_rng(number).integers(0, 255, (20, 20), dtype=np.uint8)
    return OwnPhoto(letter, pixels, f"{number}.png")


def test_a_folder_per_letter_is_read_and_what_is_no_photo_is_refused_by_name(photos):
    reading = read_source(photos)
    assert [item.letter for item in reading.photos] == ["A", "A", "B"]
    reasons = {name.removeprefix(str(photos)): reason for name, reason in reading.refused}
    assert reasons["/A/notes.txt"] == "not an image, or not of a kind that is read here"
    assert reasons["/loose.png"] == "in no letter's folder"
    assert "J is not a letter that a photo can show" in reasons["/J"]
    assert len(reasons) == 3


def test_one_letter_s_photos_lie_right_in_a_folder_or_are_a_single_file(tmp_path):
    photo(tmp_path / "mine/1.jpg", 1)
    photo(tmp_path / "mine/2.jpg", 2)
    photo(tmp_path / "mine/older/3.jpg", 3)
    reading = read_source(tmp_path / "mine", "w")
    assert [item.letter for item in reading.photos] == ["W", "W"]
    assert [name for name, _ in reading.refused] == [str(tmp_path / "mine/older")]
    assert [item.letter for item in read_source(tmp_path / "mine/1.jpg", "W").photos] == ["W"]


@pytest.mark.parametrize(
    ("make", "letter", "sentence"),
    [
        (lambda path: path.exists(), "", "does not exist"),
        (lambda path: photo(path / "1.jpg", 1), "", "no folder named for a letter"),
        (lambda path: photo(path / "A/1.jpg", 1), "J", "J is not a letter that a photo can show"),
        (lambda path: photo(path / "A/1.jpg", 1), "A", "no photo right in it"),
        (lambda path: path.mkdir(), "A", "no photo right in it"),
        (os.mkfifo, "A", "is neither a photo nor a folder"),
        (os.mkfifo, "", "is neither a photo nor a folder"),
    ],
)
def test_a_source_that_says_no_letters_is_refused_with_what_to_do(tmp_path, make, letter, sentence):
    make(tmp_path / "source")
    with pytest.raises(DataError, match=sentence) as refusal:
        read_source(tmp_path / "source", letter)
    assert "\n" not in str(refusal.value)


def test_progress_counts_every_file_up_to_all_of_them(photos):
    told = []
    read_source(photos, progress=lambda done, of: told.append((done, of)))
    assert told == [(number, 4) for number in range(1, 5)]


@pytest.mark.parametrize(("side", "words"), [(15, "15 pixels"), (1, "1 pixel")])
def test_a_photo_of_too_few_pixels_is_refused(tmp_path, side, words):
    photo(tmp_path / "A/dot.png", 1, size=(side, 40))
    (refusal,) = read_source(tmp_path).refused
    assert refusal[1] == f"only {words} high or wide, too few to show a hand"


def test_a_collection_is_a_data_set_with_a_class_for_each_letter(photos, tmp_path):
    collection = tmp_path / "own"
    addition = add_photos(collection, read_source(photos).photos, "20261125-120000")
    assert len(addition.added) == 3
    assert letter_counts(collection) == {"A": 2, "B": 1}
    data = load_dataset(collection)
    assert (data.kind, data.classes) == ("folder", ("A", "B"))
    assert data.train.labels.tolist() == [0, 0, 1]


def test_a_kept_photo_is_learned_from_as_it_would_be_predicted(tmp_path):
    """What is kept has fewer pixels than the camera's photo, and gives the same small square."""
    source = photo(tmp_path / "A/large.png", 5, size=(1200, 900))
    ((_, kept),) = add_photos(tmp_path / "own", read_source(tmp_path).photos, "20261125-120000").added
    with Image.open(kept) as image:
        assert image.size == (KEPT_SIDE, KEPT_SIDE)
    difference = read_photo(source, 28).astype(int) - read_photo(kept, 28)
    assert abs(difference).mean() < 1
    assert abs(difference).max() <= 16  # at an edge as sharp as no photo's


def test_an_image_of_the_size_that_is_learned_from_is_kept_bit_for_bit(tmp_path):
    source = photo(tmp_path / "A/small.png", 6, size=(28, 28))
    ((_, kept),) = add_photos(tmp_path / "own", read_source(tmp_path).photos, "20261125-120000").added
    assert np.array_equal(read_photo(kept, 28), read_photo(source, 28))
    assert read_square(source, 128).shape == (28, 28)


def test_what_a_camera_notes_is_not_kept(tmp_path):
    exif = Image.Exif()
    exif[0x010E] = "at home, 52.5 N"
    photo(tmp_path / "A/1.jpg", 7, exif=exif)
    ((_, kept),) = add_photos(tmp_path / "own", read_source(tmp_path).photos, "20261125-120000").added
    assert b"at home" not in kept.read_bytes()


def test_a_photo_is_added_once_and_never_as_two_letters(tmp_path):
    first = add_photos(tmp_path / "own", [own("A", 1)], "20261125-120000")
    again = add_photos(tmp_path / "own", [own("A", 1), own("B", 1), own("B", 2)], "20261125-120001")
    assert [name for name, _ in again.known] == ["1.png"]
    ((name, reason),) = again.refused
    assert name == "1.png"
    assert reason.startswith(f"in the collection already as a photo of A ({first.added[0][1]})")
    assert letter_counts(tmp_path / "own") == {"A": 1, "B": 1}


def test_a_photo_twice_in_one_import_is_added_once(tmp_path):
    addition = add_photos(tmp_path / "own", [own("A", 1), own("A", 1)], "20261125-120000")
    assert (len(addition.added), len(addition.known)) == (1, 1)


def test_a_letter_s_folder_is_used_as_it_is_written(tmp_path):
    photo(tmp_path / "own/a/mine.png", 1)
    ((_, path),) = add_photos(tmp_path / "own", [own("A", 2)], "20261125-120000").added
    assert path.parent == tmp_path / "own/a"


def test_each_import_is_a_sitting_of_its_own_also_within_one_second(tmp_path):
    first = new_sitting(tmp_path, NOON)
    add_photos(tmp_path, [own("A", 1)], first)
    second = new_sitting(tmp_path, NOON)
    assert (first, second) == ("20261125-120000", "20261125-120001")


@given(st.text(min_size=1, max_size=60))
def test_any_name_of_a_photo_gives_a_file_that_tells_its_sitting(tmp_path_factory, name):
    folder = tmp_path_factory.mktemp("named")
    item = OwnPhoto("A", np.zeros((16, 16), np.uint8), name)
    ((_, path),) = add_photos(folder, [item], "20261125-120000").added
    assert sitting_of(path) == "20261125-120000"
    assert path.parent.parent == folder


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda path: path.write_text(""), "is a file, not a folder"),
        (lambda path: (path.mkdir(), (path / "sign_mnist_train.csv").touch()), "data set in CSV files"),
        (lambda path: (path / "train").mkdir(parents=True), "divided into train and test"),
    ],
)
def test_a_place_that_is_no_collection_is_refused(tmp_path, make, sentence):
    make(tmp_path / "own")
    with pytest.raises(DataError, match=sentence):
        add_photos(tmp_path / "own", [own("A", 1)], "20261125-120000")


def collect(tmp_path, sittings):
    """A collection with photos of A by sitting: how many of each, 100 apart in number."""
    for index, (sitting, count) in enumerate(sittings.items()):
        photos = [own("A", 100 * index + number) for number in range(count)]
        add_photos(tmp_path / "own", photos, sitting)
    data = load_dataset(tmp_path / "own")
    names = [sitting_of(path) for path in sorted((tmp_path / "own/A").iterdir())]
    return data, names


def held_out(data, names, seed=0):
    taken = split(data, "photographs", 0.25, seed)
    learned = set(taken.train_indices.tolist())
    return [names[place] for place in range(len(names)) if place not in learned]


@pytest.mark.parametrize("seed", range(4))
def test_photos_that_came_in_together_are_held_out_together(tmp_path, seed):
    data, names = collect(tmp_path, {"20261125-120000": 4, "20261126-120000": 3, "20261127-120000": 5})
    out = held_out(data, names, seed)
    assert out
    for sitting in set(out):
        assert out.count(sitting) == names.count(sitting)


def test_of_a_single_sitting_photos_are_held_out_one_by_one(tmp_path):
    data, names = collect(tmp_path, {"20261125-120000": 8})
    assert len(held_out(data, names)) == 2


@pytest.mark.parametrize("seed", range(4))
def test_photos_kept_from_predictions_are_always_learned_from(tmp_path, seed):
    data, names = collect(tmp_path, {"20261125-120000": 6, kept_sitting(NOON): 2})
    out = held_out(data, names, seed)
    assert out
    assert kept_sitting(NOON) not in out


def test_where_all_were_kept_from_predictions_some_are_held_out_all_the_same(tmp_path):
    data, names = collect(tmp_path, {kept_sitting(NOON): 4})
    assert len(held_out(data, names)) == 1


def test_a_photograph_in_two_sittings_joins_them(tmp_path):
    files = [
        tmp_path / f"20261125-12000{sitting}_{checksum:08x}.png" for checksum, sitting in enumerate("0112")
    ]
    labels = np.zeros(4, np.uint8)
    photographs = np.array([0, 1, 2, 2], np.int32)
    groups = sitting_groups(labels, photographs, files)
    assert groups[1] == groups[2] == groups[3] != groups[0]


def test_a_folder_that_came_in_by_other_ways_has_no_sittings(tmp_path):
    assert sitting_groups(np.zeros(1, np.uint8), None, [tmp_path / "a.png"]) is None


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 5)), min_size=1, max_size=30))
def test_groups_never_join_letters_nor_part_a_photograph_that_can_be_held_out(tmp_path_factory, rows):
    """(label, sitting, photograph of its label) of each file; sitting 3 is the photos that were kept."""
    names = [
        f"{'20261125-kept' if sitting == 3 else f'20261125-12000{sitting}'}_{place:08x}.png"
        for place, (_, sitting, _) in enumerate(rows)
    ]
    labels = np.array([label for label, _, _ in rows], np.uint8)
    photographs = np.array([10 * label + number for label, _, number in rows], np.int32)
    base = tmp_path_factory.getbasetemp()
    groups = sitting_groups(labels, photographs, [base / name for name in names])
    for group in set(groups.tolist()):
        assert len(set(labels[groups == group].tolist())) == 1
    for number in set(photographs.tolist()):
        of_it = groups[photographs == number]
        assert (of_it < 0).all() or len(set(of_it.tolist())) == 1
