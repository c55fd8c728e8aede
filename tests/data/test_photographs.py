"""Grouping images by the photograph that they were made from."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from image_files import variants_of_photographs

from signtui.data import photographs
from signtui.data.photographs import photograph_groups


def reference_groups(images: np.ndarray, labels: np.ndarray) -> list[int]:
    """Groups by following every pair of correlated images of a label, one by one, in double precision."""
    flat = images.reshape(len(images), -1).astype(np.float64)
    groups = list(range(len(images)))
    for first in range(len(images)):
        for second in range(first):
            if labels[first] != labels[second]:
                continue
            if flat[first].std() == 0 or flat[second].std() == 0:
                joined = flat[first].std() == flat[second].std()
            else:
                joined = np.corrcoef(flat[first], flat[second])[0, 1] > 0.97
            if joined:
                old, new = groups[first], groups[second]
                groups = [new if group == old else group for group in groups]
    order: dict[int, int] = {}
    return [order.setdefault(group, len(order)) for group in groups]


@settings(deadline=None)
@given(
    arrays.arrays(
        np.uint8, st.tuples(st.integers(1, 25), st.just(2), st.just(2)), elements=st.integers(0, 5)
    ),
    st.integers(1, 3),
    st.sampled_from([3, 1024]),
)
def test_groups_are_the_chains_of_correlated_images_of_a_label(images, label_count, block) -> None:
    labels = (np.arange(len(images)) % label_count).astype(np.uint8)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(photographs, "_BLOCK", block)
        groups = photograph_groups(images, labels)
    assert groups.dtype == np.int32
    assert groups.tolist() == reference_groups(images, labels)


@given(st.integers(1, 8), st.integers(1, 6), st.integers(0, 1000))
def test_noisy_copies_are_one_photograph(count, variants, seed) -> None:
    images = variants_of_photographs(count, variants, seed=seed)
    order = np.random.default_rng(seed).permutation(len(images))
    groups = photograph_groups(images[order], np.zeros(len(images), np.uint8))
    original = order // variants
    assert len(np.unique(groups)) == count
    assert len({(int(a), int(b)) for a, b in zip(groups, original, strict=True)}) == count


def test_brightness_and_contrast_do_not_make_another_photograph() -> None:
    image = variants_of_photographs(1, 1)[0]
    darker = (image * 0.5 + 3).astype(np.uint8)
    groups = photograph_groups(np.stack([image, darker]), np.zeros(2, np.uint8))
    assert groups.tolist() == [0, 0]


def test_a_long_chain_is_one_group() -> None:
    # A bright bar that creeps along: the ends have nothing in common.
    positions = np.arange(400)
    images = np.zeros((400, 48, 48), np.uint8)
    for position in positions:
        images[position].reshape(-1)[position * 2 : position * 2 + 200] = 255
    groups = photograph_groups(images[::-1].copy(), np.zeros(400, np.uint8))
    assert groups.max() == 0


@pytest.mark.real_data
def test_the_published_training_letters_are_about_1230_photographs(published_dataset) -> None:
    sizes = np.bincount(published_dataset.train.photographs)
    assert 1_215 <= len(sizes) <= 1_245
    assert np.median(sizes) == 21


@pytest.mark.real_data
def test_every_published_test_photograph_has_17_to_42_variants(published_dataset) -> None:
    sizes = np.bincount(published_dataset.test.photographs)
    assert sizes.min() == 17
    assert sizes.max() <= 42
    assert np.median(sizes) == 21
