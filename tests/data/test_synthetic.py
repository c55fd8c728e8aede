"""Synthetic hands: the same seed draws the same bytes however grouped; letters differ; hands are hands."""

from itertools import combinations

import numpy as np
import pytest

from signtui.data.synthetic import generate, skeleton, variety
from signtui.data.synthetic.alphabet import LETTERS, SIGNS, signs_of
from signtui.data.synthetic.camera import View, project
from signtui.data.synthetic.drawing import PIECES, Light, box_blur, draw_hands
from signtui.data.synthetic.generate import draw_letter, synthetic_hands


@pytest.fixture(scope="module")
def hands() -> tuple[np.ndarray, np.ndarray]:
    return synthetic_hands(241, seed=5)


def _dice(count: int, seed: int = 0, spread: float = 1.0) -> variety.Dice:
    stream = np.random.default_rng(seed)
    return variety.Dice(
        stream.standard_normal((count, variety.NORMALS)), stream.random((count, variety.UNIFORMS)), spread
    )


def test_shape_type_and_range(hands: tuple[np.ndarray, np.ndarray]) -> None:
    images, labels = hands
    assert images.shape == (241, 28, 28)
    assert labels.shape == (241,)
    assert images.dtype == labels.dtype == np.uint8
    assert images.min() < 60
    assert images.max() > 200


def test_classes_are_balanced_to_within_one_and_shuffled(hands: tuple[np.ndarray, np.ndarray]) -> None:
    _, labels = hands
    counts = np.bincount(labels, minlength=24)
    assert len(counts) == 24
    assert counts.max() - counts.min() <= 1
    assert not np.array_equal(labels[:24], np.arange(24))
    assert not np.array_equal(labels[:24], labels[24:48])


def test_same_seed_same_bytes(hands: tuple[np.ndarray, np.ndarray]) -> None:
    images, labels = synthetic_hands(241, seed=5)
    assert images.tobytes() == hands[0].tobytes()
    assert labels.tobytes() == hands[1].tobytes()


def test_other_seeds_draw_other_hands(hands: tuple[np.ndarray, np.ndarray]) -> None:
    images, labels = synthetic_hands(48, seed=6)
    assert not np.array_equal(labels, hands[1][:48])
    assert not (images == hands[0][:48]).all(axis=(1, 2)).any()


def test_the_first_hands_do_not_depend_on_the_count(hands: tuple[np.ndarray, np.ndarray]) -> None:
    images, labels = synthetic_hands(53, seed=5)
    assert np.array_equal(images, hands[0][:53])
    assert np.array_equal(labels, hands[1][:53])


@pytest.mark.parametrize(("images_per_batch", "threads"), [(1, 2), (7, 1)])
def test_bytes_do_not_depend_on_batches_or_threads(
    hands: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch, images_per_batch: int, threads: int
) -> None:
    monkeypatch.setattr(generate, "_BATCH_PIXELS", images_per_batch * 56 * 56)
    monkeypatch.setattr(generate, "_MOST_THREADS", threads)
    images, _ = synthetic_hands(72, seed=5)
    assert np.array_equal(images, hands[0][:72])


def test_all_hands_differ(hands: tuple[np.ndarray, np.ndarray]) -> None:
    assert len({image.tobytes() for image in hands[0]}) == len(hands[0])


def test_a_spread_sets_hands_further_apart_and_a_spread_of_one_changes_nothing() -> None:
    usual, labels = synthetic_hands(480, 3)
    same, _ = synthetic_hands(480, 3, spread=1.0)
    wide, wide_labels = synthetic_hands(480, 3, spread=2.0)
    assert np.array_equal(usual, same)
    assert np.array_equal(labels, wide_labels)

    assert not np.array_equal(usual, wide)
    usual_view, wide_view = (variety.vary_view(SIGNS[0], _dice(500, spread=spread)) for spread in (1, 2))
    assert wide_view.turn.std(axis=0) == pytest.approx(2 * usual_view.turn.std(axis=0))
    usual_hand, wide_hand = (variety.vary_proportions(_dice(500, spread=spread)) for spread in (1, 2))
    assert wide_hand.palm_length.std() == pytest.approx(1.5 * usual_hand.palm_length.std())
    usual_joints, wide_joints = (
        variety.vary_joints(SIGNS[0], _dice(500, spread=spread)) for spread in (1, 2)
    )
    assert wide_joints.std(axis=0).sum() > usual_joints.std(axis=0).sum()


def test_sizes_other_than_28_and_no_hands_at_all() -> None:
    images, labels = synthetic_hands(3, seed=1, size=45)
    assert images.shape == (3, 45, 45)
    assert labels.shape == (3,)
    none, no_labels = synthetic_hands(0, seed=1)
    assert none.shape == (0, 28, 28)
    assert no_labels.shape == (0,)


def test_a_larger_picture_shows_the_same_hand() -> None:
    small = draw_letter("L", 28).astype(float)
    large = draw_letter("L", 112).reshape(28, 4, 28, 4).mean(axis=(1, 3))
    assert np.corrcoef(small.ravel(), large.ravel())[0, 1] > 0.97


@pytest.mark.parametrize(
    ("count", "seed", "size", "word"),
    [(-1, 0, 28, "count"), (5, -1, 28, "seed"), (5, 1 << 64, 28, "seed"), (5, 0, 7, "size")],
)
def test_impossible_requests_are_refused(count: int, seed: int, size: int, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        synthetic_hands(count, seed, size)


@pytest.mark.parametrize("letter", ["J", "Z", "", "AB", "4"])
def test_letters_without_a_still_sign_are_refused(letter: str) -> None:
    with pytest.raises(ValueError, match="no still sign"):
        draw_letter(letter)


def test_every_pair_of_letters_differs_visibly() -> None:
    pictures = {letter: draw_letter(letter).astype(float) for letter in LETTERS}
    for one, two in combinations(LETTERS, 2):
        changed = np.abs(pictures[one] - pictures[two]) > 25
        assert changed.mean() > 0.03, f"{one} and {two} look alike"


def test_a_letter_is_drawn_alike_in_either_case() -> None:
    assert np.array_equal(draw_letter("k"), draw_letter("K"))


def test_every_letter_has_signs_that_share_it_fully() -> None:
    for letter in LETTERS:
        assert sum(sign.share for sign in signs_of(letter)) == pytest.approx(1.0)
    assert sum(len(signs_of(letter)) for letter in LETTERS) == len(SIGNS)


def test_signs_keep_within_anatomical_limits() -> None:
    low, high = skeleton.JOINT_LIMITS.T
    assert len(skeleton.JOINT_NAMES) == len(low)
    for sign in SIGNS:
        outside = (sign.angles() < low) | (sign.angles() > high)
        names = [name for name, out in zip(skeleton.JOINT_NAMES, outside, strict=True) if out]
        assert not names, f"{sign.letter} bends too far: {names}"


def test_varied_joints_differ_but_keep_within_anatomical_limits() -> None:
    for sign in SIGNS:
        angles = variety.vary_joints(sign, _dice(200))
        assert (angles >= skeleton.JOINT_LIMITS[:, 0]).all()
        assert (angles <= skeleton.JOINT_LIMITS[:, 1]).all()
        assert (angles.std(axis=0) > 0.2).all()
        assert np.abs(angles.mean(axis=0) - sign.angles()).max() < 8


def test_dice_hold_enough_numbers_for_one_picture() -> None:
    dice = _dice(2)
    variety.vary_joints(SIGNS[0], dice)
    variety.vary_proportions(dice)
    variety.vary_view(SIGNS[0], dice)
    variety.vary_light(dice)
    variety.vary_scenery(dice)
    variety.vary_camera(dice)
    assert dice.used_normals <= variety.NORMALS
    assert dice.used_uniforms < variety.UNIFORMS  # one more chooses the sign


def test_bones_keep_their_length_however_joints_bend() -> None:
    angles = np.stack([sign.angles() for sign in SIGNS])
    points, _ = skeleton.joint_points(angles, skeleton.average_proportions(len(angles)))
    for start in [*(4 * finger + bone for finger in range(4) for bone in range(3)), 16, 17, 18]:
        lengths = np.linalg.norm(points[:, start + 1] - points[:, start], axis=1)
        assert lengths == pytest.approx(np.full(len(lengths), lengths[0]))


def test_flexed_fingers_curl_towards_the_palm() -> None:
    straight = np.zeros((1, len(skeleton.JOINT_NAMES)))
    fist = straight.copy()
    for finger in range(4):
        fist[0, 4 * finger : 4 * finger + 4] = (85, 0, 100, 60)
    points, _ = skeleton.joint_points(np.vstack([straight, fist]), skeleton.average_proportions(2))
    tips = points[:, 3:16:4]
    assert (tips[0, :, 1] > 1.4).all()  # straight fingers end far above the knuckles
    assert (tips[1, :, 1] < 0.9).all()  # a fist's tips end below them, before the palm
    assert (tips[1, :, 2] > 0.1).all()


def _neutral_cover(letter: str) -> np.ndarray:
    """Which pixels of a 56-pixel picture the neutral hand covers."""
    (sign, *_) = signs_of(letter)
    points, radii = skeleton.joint_points(sign.angles()[None], skeleton.average_proportions(1))
    view = View(np.array([sign.view]), np.array([0.86]), np.zeros((1, 2)), np.array([0.08]))
    ones = np.ones(1, dtype=np.float32)
    light = Light(np.array([[0, 0, 1]], dtype=np.float32), ones, ones, ones, ones, ones)
    _, cover = draw_hands(*project(points, radii, view, 56), 56, light)
    return cover[0]


@pytest.mark.parametrize("letter", LETTERS)
def test_the_hand_takes_a_sensible_share_of_the_picture(letter: str) -> None:
    cover = _neutral_cover(letter)
    assert 0.12 < cover.mean() < 0.65
    rows, columns = np.flatnonzero(cover.any(axis=1)), np.flatnonzero(cover.any(axis=0))
    assert max(np.ptp(rows), np.ptp(columns)) > 0.7 * 56
    assert not cover[0].any()  # room above every hand


@pytest.mark.parametrize(
    ("letter", "column_share", "row_share"),
    [
        ("D", 0.5, 0.0),
        ("L", 1.0, 0.5),
        ("G", 1.0, 0.35),
        ("P", 0.0, 0.3),
        ("Q", 0.5, 1.0),
        ("I", 0.2, 0.0),
        ("Y", 1.0, 0.4),
    ],
)
def test_hands_point_where_their_letters_point(letter: str, column_share: float, row_share: float) -> None:
    """The stretched finger reaches the part of the frame that tells the letter."""
    cover = _neutral_cover(letter)
    y, x = round(row_share * 55), round(column_share * 55)
    part = cover[max(0, y - 14) : y + 15, max(0, x - 14) : x + 15]
    assert part.any()


def test_nearer_rods_hide_farther_ones() -> None:
    """Two crossed rods under light from the viewer: the middle shows the one that is nearer."""
    points = np.full((1, skeleton.POINTS, 3), -99, np.float32)  # everything else is out of the picture
    radii = np.ones((1, skeleton.POINTS), np.float32)
    assert PIECES[0].ends == (0, 1)
    assert PIECES[4].ends == (5, 6)
    points[0, 0], points[0, 1] = (8, 28, 5), (48, 28, 5)
    points[0, 5], points[0, 6] = (28, 8, 20), (28, 48, 20)
    radii[0, [0, 1]], radii[0, [5, 6]] = 6, 3
    one, none = np.ones(1, np.float32), np.zeros(1, np.float32)
    light = Light(np.array([[0, 0, 1]], np.float32), one, none, none, one, one)
    brightness, cover = draw_hands(points, radii, 56, light)
    assert cover[0, 28, 12] == cover[0, 12, 28] == 1
    assert cover[0, 12, 12] == 0
    # The near rod is thin: 3 pixels off its axis the far, thick rod shows again, facing the viewer still.
    assert brightness[0, 28, 30] < brightness[0, 28, 28]
    assert brightness[0, 28, 32] > brightness[0, 28, 30]


def test_folds_are_darker_with_more_crease() -> None:
    sign = signs_of("A")[0]
    points, radii = skeleton.joint_points(sign.angles()[None], skeleton.average_proportions(1))
    view = View(np.array([sign.view]), np.array([0.86]), np.zeros((1, 2)), np.array([0.08]))
    placed = project(points, radii, view, 56)
    one = np.ones(1, np.float32)
    front = np.array([[0, 0, 1]], np.float32)
    plain, _ = draw_hands(*placed, 56, Light(front, one, one, 0 * one, one, one))
    creased, _ = draw_hands(*placed, 56, Light(front, one, one, one, one, one))
    assert (creased <= plain + 1e-6).all()
    assert (creased < 0.7 * plain).any()


def test_box_blur_is_the_mean_of_the_neighbourhood() -> None:
    image = np.random.default_rng(0).random((2, 9, 11)).astype(np.float32)
    blurred = box_blur(image, 2)
    assert blurred.shape == image.shape
    assert blurred[1, 4, 5] == pytest.approx(image[1, 2:7, 3:8].mean(), rel=1e-5)
    edge = np.pad(image, ((0, 0), (2, 2), (2, 2)), mode="edge")
    assert blurred[0, 0, 0] == pytest.approx(edge[0, 0:5, 0:5].mean(), rel=1e-5)
