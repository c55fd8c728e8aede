"""The training image that is most like another one."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from signtui.data import nearest as module
from signtui.data.nearest import nearest


def some_images(seed: int, count: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, 6, 6)).astype(np.uint8)


@settings(deadline=None)
@given(st.integers(0, 1000), st.integers(2, 40))
def test_it_is_the_one_with_the_highest_correlation(seed: int, count: int) -> None:
    images = some_images(seed, count)
    wanted = some_images(seed + 5000, 1)[0]
    found = nearest(wanted, images, np.arange(count))
    assert found is not None
    likeness = [np.corrcoef(wanted.ravel(), image.ravel())[0, 1] for image in images]
    assert abs(likeness[found.index] - max(likeness)) < 1e-5
    assert abs(found.similarity - max(likeness)) < 1e-5


def test_only_the_images_asked_for_are_looked_at() -> None:
    images = some_images(1, 10)
    found = nearest(images[3], images, np.array([0, 5, 9]))
    assert found is not None
    assert found.index in {0, 5, 9}
    same = nearest(images[3], images, np.arange(10))
    assert same is not None
    assert same.index == 3
    assert same.similarity > 0.9999


def test_light_and_contrast_make_no_difference() -> None:
    images = some_images(2, 10)
    paler = (images[7] // 2 + 60).astype(np.uint8)
    found = nearest(paler, images, np.arange(10))
    assert found is not None
    assert found.index == 7
    assert found.similarity > 0.99


def test_an_even_image_is_like_no_other_and_none_has_no_nearest() -> None:
    images = some_images(3, 4)
    found = nearest(np.full((6, 6), 9, np.uint8), images, np.arange(4))
    assert found is not None
    assert found.similarity == 0
    assert nearest(images[0], images, np.arange(0)) is None


def test_blocks_make_no_difference(monkeypatch) -> None:
    images = some_images(4, 50)
    whole = nearest(images[44], images, np.arange(50))
    monkeypatch.setattr(module, "_BLOCK", 7)
    assert nearest(images[44], images, np.arange(50)) == whole
