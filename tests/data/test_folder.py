"""Folders of images per class, of any size, colour and orientation."""

import os

import numpy as np
import pytest
from PIL import Image

from signtui.data import source
from signtui.data.folder import read_image
from signtui.data.source import load_dataset
from signtui.errors import DataError


def save(path, colour=(10, 20, 30), size=(40, 30), **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path, **options)
    return path


def test_subfolders_are_classes_in_order(tmp_path) -> None:
    save(tmp_path / "B/one.png", (200, 200, 200))
    save(tmp_path / "A/two.jpg", (100, 100, 100))
    save(tmp_path / "A/one.PNG", (50, 50, 50))
    (tmp_path / "A/notes.txt").write_text("not an image")
    (tmp_path / ".hidden").mkdir()
    data = load_dataset(tmp_path)
    assert (data.name, data.kind, data.classes, data.test) == (tmp_path.name, "folder", ("A", "B"), None)
    assert data.train.images.shape == (3, 28, 28)
    assert data.train.labels.tolist() == [0, 0, 1]
    assert [round(float(image.mean())) for image in data.train.images] == [50, 100, 200]
    assert data.files[0].rows == 3


def test_train_and_test_folders_are_kept_apart(tmp_path) -> None:
    for path in ("train/A/1.png", "train/A/2.png", "train/B/1.png", "test/B/1.png"):
        save(tmp_path / path)
    data = load_dataset(tmp_path, image_size=16)
    assert len(data.train) == 3
    assert data.test.labels.tolist() == [1]
    assert data.size == 16


def test_the_middle_square_is_kept(tmp_path) -> None:
    pixels = np.zeros((20, 60), np.uint8)
    pixels[:, 20:40] = 255
    Image.fromarray(pixels).save(tmp_path / "wide.png")
    assert (read_image(tmp_path / "wide.png", 10)[:, 1:-1] > 250).all()


def test_a_camera_s_orientation_is_followed(tmp_path) -> None:
    pixels = np.zeros((32, 32), np.uint8)
    pixels[:16] = 255  # upright, the top is white
    lying = Image.fromarray(pixels).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise to see it upright
    lying.save(tmp_path / "lying.jpg", exif=exif, quality=95)
    image = read_image(tmp_path / "lying.jpg", 8)
    assert (image[:3] > 240).all()
    assert (image[5:] < 15).all()


def test_sixteen_bits_of_grey_keep_their_shades(tmp_path) -> None:
    Image.fromarray(np.full((8, 8), 0x8000, np.uint16)).save(tmp_path / "deep.png")
    assert (read_image(tmp_path / "deep.png", 8) == 0x80).all()


@pytest.mark.parametrize("content", [b"", b"not an image at all", os.urandom(300)])
def test_a_file_that_is_no_image_is_named(tmp_path, content) -> None:
    save(tmp_path / "A/good.png")
    (tmp_path / "A/bad.jpg").write_bytes(content)
    with pytest.raises(DataError, match=r"bad\.jpg can't be read as an image \(not an image file\)"):
        load_dataset(tmp_path)


@pytest.mark.parametrize("name", ["cut.png", "cut.jpg"])
def test_a_truncated_image_is_named(tmp_path, name) -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64), dtype=np.uint8))
    (tmp_path / "A").mkdir()
    noise.save(tmp_path / "A" / name)
    content = (tmp_path / "A" / name).read_bytes()
    (tmp_path / "A" / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(DataError, match=rf"{name} can't be read as an image") as refusal:
        load_dataset(tmp_path)
    assert "\n" not in str(refusal.value)


def test_an_empty_class_and_an_unknown_class_are_named(tmp_path) -> None:
    save(tmp_path / "train/A/1.png")
    save(tmp_path / "test/C/1.png")
    with pytest.raises(DataError, match="C is a class that the training folder lacks"):
        load_dataset(tmp_path)
    (tmp_path / "train/B").mkdir()
    with pytest.raises(DataError, match="B is a class folder with no image"):
        load_dataset(tmp_path)


def test_a_folder_is_read_again_only_when_something_in_it_changed(tmp_path, monkeypatch) -> None:
    save(tmp_path / "A/1.png", (10, 10, 10))
    first = load_dataset(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(source, "read_images", lambda *_: pytest.fail("read again"))
        assert np.array_equal(load_dataset(tmp_path).train.images, first.train.images)
    save(tmp_path / "A/1.png", (250, 10, 10), size=(41, 30))
    assert not np.array_equal(load_dataset(tmp_path).train.images, first.train.images)
    save(tmp_path / "A/2.png")
    assert len(load_dataset(tmp_path).train) == 2
