"""What makes pictures harder to read: each change is what it says, in five degrees, the same every time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signtui.data.backdrop import backdrop_share
from signtui.data.corruptions import CORRUPTIONS, STRENGTHS, Corruption, corrupted
from signtui.data.synthetic.generate import synthetic_hands

BY_NAME = {corruption.name: corruption for corruption in CORRUPTIONS}
ALL = [(corruption, strength) for corruption in CORRUPTIONS for strength in range(1, STRENGTHS + 1)]


@pytest.fixture(scope="module")
def hands() -> np.ndarray:
    return synthetic_hands(96, seed=3)[0]


def noise(count: int, side: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, side, side), dtype=np.uint8)


def test_there_are_ten_in_five_strengths() -> None:
    assert len(BY_NAME) == len(CORRUPTIONS) == 10
    assert STRENGTHS == 5


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(ALL), st.integers(1, 9), st.integers(8, 40), st.integers(0, 2**40), st.integers(0, 10**6)
)
def test_the_same_images_come_out_whatever_batches_they_are_made_in(
    which: tuple[Corruption, int], count: int, side: int, seed: int, first: int
) -> None:
    corruption, strength = which
    images = noise(count, side, seed % 1000)
    before = images.copy()
    whole = corrupted(images, corruption, strength, seed, first)
    assert whole.shape == images.shape
    assert whole.dtype == np.uint8
    one_by_one = [
        corrupted(images[place : place + 1], corruption, strength, seed, first + place)
        for place in range(count)
    ]
    assert np.array_equal(whole, np.concatenate(one_by_one))
    assert np.array_equal(images, before)


@pytest.mark.parametrize("corruption", CORRUPTIONS, ids=lambda one: one.name)
def test_stronger_is_further_from_the_image_as_it_was(corruption: Corruption, hands: np.ndarray) -> None:
    plain = hands if corruption.name != "mirrored" else hands[:, :, ::-1]
    distances = [
        np.abs(corrupted(hands, corruption, strength, 0).astype(int) - plain).mean()
        for strength in range(1, STRENGTHS + 1)
    ]
    assert distances == sorted(distances)
    assert distances[0] < distances[-1]


@pytest.mark.parametrize("name", ["rotation", "shift", "zoom", "noise", "brightness", "occlusion"])
def test_another_seed_gives_other_pictures(name: str, hands: np.ndarray) -> None:
    one, other = (corrupted(hands, BY_NAME[name], 3, seed) for seed in (0, 1))
    assert not np.array_equal(one, other)


def test_the_way_it_goes_is_the_same_at_every_strength() -> None:
    flat = np.full((50, 12, 12), 128, np.uint8)
    ways = [corrupted(flat, BY_NAME["brightness"], strength, 0)[:, 0, 0] > 128 for strength in range(1, 6)]
    assert all(np.array_equal(ways[0], way) for way in ways)
    assert 10 < ways[0].sum() < 40


def test_a_mirrored_hand_at_its_weakest_is_the_very_mirror_image(hands: np.ndarray) -> None:
    assert np.array_equal(corrupted(hands, BY_NAME["mirrored"], 1, 0), hands[:, :, ::-1])


def test_a_shift_moves_by_its_share_of_the_side_and_repeats_the_border() -> None:
    images = noise(200, 28, 5)
    moved = corrupted(images, BY_NAME["shift"], 5, 0)  # a quarter of 28 pixels is 7
    padded = np.pad(images, ((0, 0), (7, 7), (7, 7)), mode="edge")
    straight = [padded[:, 7 + down : 35 + down, 7 + right : 35 + right] for down, right in AXES]
    hits = [int((moved == one).all(axis=(1, 2)).sum()) for one in straight]
    assert all(hits)
    assert 60 < sum(hits) < 140  # the other half goes aslant


AXES = ((-7, 0), (7, 0), (0, -7), (0, 7))


def test_a_turn_leaves_what_is_round_about_the_middle() -> None:
    place = np.arange(28) - 13.5
    disc = np.hypot(place[:, None], place[None, :])
    images = np.repeat((200 * np.exp(-((disc / 6) ** 2)))[None], 8, axis=0).astype(np.uint8)
    turned = corrupted(images, BY_NAME["rotation"], 5, 0).astype(int)
    assert np.abs(turned - images).max() <= 6


def test_zoom_makes_some_larger_and_some_smaller() -> None:
    images = np.zeros((40, 28, 28), np.uint8)
    images[:, 9:19, 9:19] = 255
    sizes = (corrupted(images, BY_NAME["zoom"], 5, 0) > 127).sum(axis=(1, 2))
    assert {round(float(size) / 100, 1) for size in sizes} == {round(16**2 / 100, 1), round(6**2 / 100, 1)}


def test_contrast_keeps_the_mean_and_takes_the_rest_towards_it(hands: np.ndarray) -> None:
    flat = corrupted(hands, BY_NAME["contrast"], 5, 0).astype(float)
    assert np.abs(flat.mean(axis=(1, 2)) - hands.mean(axis=(1, 2))).max() < 0.6
    assert np.allclose(flat.std(axis=(1, 2)) / hands.std(axis=(1, 2)), 0.08, atol=0.02)


def test_noise_has_the_deviation_it_says() -> None:
    grey = np.full((40, 28, 28), 128, np.uint8)
    for strength, amount in enumerate(BY_NAME["noise"].amounts, 1):
        noisy = corrupted(grey, BY_NAME["noise"], strength, 0).astype(float) - 128
        assert noisy.std() == pytest.approx(amount, rel=0.03)
        assert abs(noisy.mean()) < 1


def test_a_covered_image_has_one_grey_square_and_is_otherwise_as_it_was() -> None:
    images = noise(30, 28, 8)
    covered = corrupted(images, BY_NAME["occlusion"], 3, 0)
    for one, image in zip(covered, images, strict=True):
        rows, columns = np.nonzero(one != image)
        side = round(0.36 * 28)
        assert np.ptp(rows) < side
        assert np.ptp(columns) < side
        assert len(np.unique(one[one != image])) == 1
        assert (one != image).sum() > 0.95 * side * side  # a pixel may have had that grey before


def test_blur_leaves_what_is_flat_and_takes_what_is_sharp() -> None:
    flat = np.full((2, 20, 20), 77, np.uint8)
    assert np.array_equal(corrupted(flat, BY_NAME["blur"], 5, 0), flat)
    sharp = noise(2, 28, 1)
    assert corrupted(sharp, BY_NAME["blur"], 5, 0).std() < 0.3 * sharp.std()


def test_another_backdrop_leaves_the_hand_and_changes_the_wall() -> None:
    images = np.full((40, 28, 28), 170, np.uint8)
    images[:, 10:, 8:20] = 60
    changed = corrupted(images, BY_NAME["background"], 5, 0).astype(int)
    hand, wall = changed[:, 12:, 9:19], changed[:, :8]
    assert np.abs(hand - 60).max() <= 2
    assert np.abs(wall - 170).mean() > 50


def test_the_backdrop_is_found_on_drawn_hands_around_the_hand(hands: np.ndarray) -> None:
    share = backdrop_share(hands.astype(np.float32))
    assert share.min() >= 0
    assert share.max() <= 1
    assert share[:, :3].mean() > 0.5
    assert share[:, 12:20, 10:18].mean() < 0.35


@pytest.mark.parametrize("strength", [0, 6])
def test_there_is_no_other_strength(strength: int, hands: np.ndarray) -> None:
    with pytest.raises(ValueError, match="1 to 5"):
        corrupted(hands, CORRUPTIONS[0], strength, 0)
