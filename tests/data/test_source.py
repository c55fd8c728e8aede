"""Finding and loading data sets: by directory, by file, by the usual places, or drawn."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from image_files import OFFICIAL_LABELS, csv_bytes, variants_of_photographs, write_csv

from signtui.data import source
from signtui.data.images import LETTERS
from signtui.data.source import load_dataset
from signtui.errors import DataError


@pytest.fixture
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with nothing in it, and a download directory that is not there yet."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setattr(source, "download_directory", lambda: tmp_path / "fetched")
    return tmp_path


@pytest.mark.parametrize("train_name", ["sign_mnist_train.csv", "sign_mnist_train.csv.gz"])
@pytest.mark.parametrize(
    "test_name", ["sign_mnist_test.csv", "sign_mnist_valid.csv", "sign_mnist_test.csv.gz"]
)
def test_published_names_make_a_set_of_letters(tmp_path, train_name, test_name) -> None:
    write_csv(tmp_path / train_name, OFFICIAL_LABELS)
    write_csv(tmp_path / test_name, [24, 0, 10], seed=1)
    data = load_dataset(tmp_path)
    assert (data.name, data.kind, data.synthetic) == ("Sign Language MNIST", "published", False)
    assert "".join(data.classes) == LETTERS
    assert data.train.labels.tolist() == list(range(24))
    assert [LETTERS[label] for label in data.test.labels] == ["Y", "A", "K"]
    assert [(file.path.name, file.role, file.rows) for file in data.files] == [
        (train_name, "train", 24),
        (test_name, "test", 3),
    ]
    assert data.train.photographs is not None
    assert (data.size, data.channels) == (4, 1)


def test_remapped_labels_are_recognised(tmp_path) -> None:
    write_csv(tmp_path / "sign_mnist_train.csv", [*range(24), 9])
    write_csv(tmp_path / "sign_mnist_valid.csv", [23, 8])
    data = load_dataset(tmp_path)
    assert data.kind == "remapped"
    assert [LETTERS[label] for label in data.test.labels] == ["Y", "I"]
    assert "unknown" in data.files[0].verdict


def test_digits_keep_their_numbers_and_their_own_name(tmp_path) -> None:
    write_csv(tmp_path / "mnist_train.csv", list(range(10)), size=6)
    write_csv(tmp_path / "mnist_test.csv", [3, 3], size=6)
    data = load_dataset(tmp_path)
    assert (data.name, data.kind, data.size) == ("mnist", "csv", 6)
    assert data.classes == tuple("0123456789")
    assert data.train.photographs is None


def test_a_set_called_train_and_test_is_named_after_its_folder(tmp_path) -> None:
    folder = tmp_path / "fashion"
    folder.mkdir()
    write_csv(folder / "train.csv", [0, 1, 2])
    write_csv(folder / "test.csv", [2])
    data = load_dataset(folder)
    assert data.name == "fashion"
    assert len(data.test) == 1


def test_one_csv_file_is_a_set_without_a_test_file(tmp_path) -> None:
    path = write_csv(tmp_path / "my_hands.csv", [0, 10, 24, 11])
    data = load_dataset(path)
    assert data.test is None
    assert data.kind == "published"


def test_the_checksum_is_of_the_unpacked_bytes(tmp_path) -> None:
    plain = write_csv(tmp_path / "plain.csv", [0, 1])
    packed = write_csv(tmp_path / "packed.csv.gz", [0, 1])
    checksum = hashlib.sha256(plain.read_bytes()).hexdigest()
    for path in (plain, packed):
        assert load_dataset(path).files[0].sha256 == checksum
        assert load_dataset(path).files[0].bytes == plain.stat().st_size


def test_letters_win_over_other_sets_beside_them(tmp_path) -> None:
    write_csv(tmp_path / "sign_mnist_train.csv", OFFICIAL_LABELS)
    write_csv(tmp_path / "mnist_train.csv", list(range(10)))
    assert load_dataset(tmp_path).kind == "published"


def test_two_other_sets_in_one_folder_are_refused(tmp_path) -> None:
    write_csv(tmp_path / "mnist_train.csv", [0, 1])
    write_csv(tmp_path / "fashion_train.csv", [0, 1])
    with pytest.raises(DataError, match=r"several data sets \(fashion_train\.csv and mnist_train\.csv\)"):
        load_dataset(tmp_path)


def test_files_of_different_image_sizes_are_refused(tmp_path) -> None:
    write_csv(tmp_path / "train.csv", [0, 1], size=4)
    write_csv(tmp_path / "test.csv", [0, 1], size=5)
    with pytest.raises(DataError, match=r"test\.csv has images of 5 pixels a side where train\.csv has 4"):
        load_dataset(tmp_path)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("auto", "no sign_mnist_train.csv"),
        ("csv", "no sign_mnist_train.csv"),
        ("folder", "no subfolder with images"),
    ],
)
def test_a_named_directory_without_data_is_never_synthetic(tmp_path, wanted, words) -> None:
    (tmp_path / "notes.txt").write_text("nothing here")
    with pytest.raises(DataError, match=words):
        load_dataset(tmp_path, wanted)


def test_a_named_directory_that_is_missing_is_refused(tmp_path) -> None:
    with pytest.raises(DataError, match="absent does not exist"):
        load_dataset(tmp_path / "absent")


def test_without_a_directory_the_usual_places_are_searched_in_order(empty_home) -> None:
    places = [empty_home / "fetched", empty_home / "here/data/sign_mnist", empty_home / "here/data"]
    for count, place in enumerate(places, start=1):
        place.mkdir(parents=True, exist_ok=True)
        write_csv(place / "sign_mnist_train.csv", [10] * count)
        assert len(load_dataset(None).train) == count


def test_without_any_data_the_hands_are_synthetic_and_cached(empty_home, monkeypatch) -> None:
    data = load_dataset(None, synthetic_images=48, seed=3)
    assert (data.name, data.kind, data.synthetic) == ("synthetic hands", "synthetic", True)
    assert (len(data.train), len(data.test), data.size) == (48, 16, 28)
    assert "".join(data.classes) == LETTERS
    from signtui.data.synthetic import generate

    monkeypatch.setattr(generate, "synthetic_hands", lambda *_, **__: pytest.fail("drawn again"))
    again = load_dataset(None, synthetic_images=48, seed=3)
    assert np.array_equal(again.train.images, data.train.images)
    assert np.array_equal(again.test.labels, data.test.labels)


def test_synthetic_training_and_test_images_differ(empty_home) -> None:
    data = load_dataset(None, "synthetic", synthetic_images=48, image_size=16)
    assert data.size == 16
    seen = {image.tobytes() for image in data.train.images}
    assert not any(image.tobytes() in seen for image in data.test.images)


@pytest.mark.parametrize("wanted", ["csv", "folder"])
def test_asking_for_files_where_none_are_is_an_error(empty_home, wanted) -> None:
    with pytest.raises(DataError, match=r"found in \./data"):
        load_dataset(None, wanted)


def test_damaged_data_in_the_usual_place_is_an_error_and_not_synthetic(empty_home) -> None:
    (empty_home / "here/data").mkdir()
    (empty_home / "here/data/sign_mnist_train.csv").write_text("label,pixel1\n3,999\n")
    with pytest.raises(DataError, match="column pixel1: '999'"):
        load_dataset(None)


def test_photographs_are_grouped_within_the_letters_of_each_file(tmp_path) -> None:
    images = variants_of_photographs(4, 5)
    labels = np.array([0, 0, 10, 10], np.uint8).repeat(5)
    (tmp_path / "sign_mnist_train.csv").write_bytes(csv_bytes(labels, images))
    assert load_dataset(tmp_path).train.photographs.tolist() == np.arange(4).repeat(5).tolist()


@pytest.mark.real_data
def test_the_published_training_file_is_recognised_and_a_sample_of_it_is_letters(
    tmp_path, published_dataset
) -> None:
    data = published_dataset
    assert data.kind == "published"
    assert data.files[0].verdict == "published bytes"
    with data.files[0].path.open("rb") as file:
        (tmp_path / "sample.csv").write_bytes(b"".join(file.readline() for _ in range(21)))
    sample = load_dataset(tmp_path / "sample.csv")
    assert sample.classes == tuple(LETTERS)
    assert np.array_equal(sample.train.labels, data.train.labels[:20])
    assert np.array_equal(sample.train.images, data.train.images[:20])


@pytest.mark.parametrize("wanted", ["synthetic", "auto"])
def test_a_table_of_groups_is_not_passed_over_where_hands_are_drawn(empty_home, wanted) -> None:
    with pytest.raises(DataError, match=r"data\.groups = who\.csv: synthetic hands are nobody's"):
        load_dataset(None, wanted, synthetic_images=48, groups="who.csv")
