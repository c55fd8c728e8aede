"""What is kept back for validation, and that no twin is on both sides."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from image_files import variants_of_photographs

from signtui.data.images import Dataset, Grouping, ImageSet
from signtui.data.photographs import photograph_groups
from signtui.data.split import split
from signtui.errors import DataError


def dataset(
    photographs: int, variants: int, classes: int = 2, *, grouped: bool = True, test: bool = True
) -> Dataset:
    images = variants_of_photographs(photographs, variants)
    labels = (np.arange(photographs).repeat(variants) % classes).astype(np.uint8)
    groups = photograph_groups(images, labels) if grouped else None
    train = ImageSet(images, labels, groups)
    tests = ImageSet(images[:5], labels[:5], None) if test else None
    return Dataset("hands", "csv", False, tuple("ABCDEFGH"[:classes]), train, tests, ())


def best_twin_in_training(data: Dataset, train_indices, validation: ImageSet) -> float:
    """The highest correlation of a validation image with a training image of its letter."""

    def standardised(images):
        flat = images.reshape(len(images), -1).astype(np.float64)
        flat -= flat.mean(axis=1, keepdims=True)
        return flat / np.linalg.norm(flat, axis=1, keepdims=True)

    best = -1.0
    for label in np.unique(validation.labels):
        members = train_indices[data.train.labels[train_indices] == label]
        held = validation.images[validation.labels == label]
        correlations = standardised(held) @ standardised(data.train.images[members]).T
        best = max(best, float(correlations.max()))
    return best


@settings(deadline=None, max_examples=30)
@given(st.integers(4, 30), st.integers(1, 5), st.floats(0.05, 0.9), st.integers(0, 2**31))
def test_photographs_stay_whole_and_nothing_is_lost(photographs, variants, fraction, seed) -> None:
    data = dataset(photographs, variants)
    parts = split(data, "photographs", fraction, seed)
    kept_back = np.setdiff1d(np.arange(len(data.train)), parts.train_indices)
    assert np.array_equal(parts.validation.images, data.train.images[kept_back])
    assert np.array_equal(parts.validation.labels, data.train.labels[kept_back])
    groups = data.train.photographs
    assert not np.intersect1d(groups[kept_back], groups[parts.train_indices]).size
    assert best_twin_in_training(data, parts.train_indices, parts.validation) <= 0.97 + 1e-6
    for label in (0, 1):  # some of each class on both sides
        assert (parts.validation.labels == label).any()
        assert (data.train.labels[parts.train_indices] == label).any()
    assert parts.warning is None


@pytest.mark.parametrize("validation", ["photographs", "random"])
def test_the_seed_decides_what_is_kept_back(validation) -> None:
    data = dataset(60, 3)
    first, same, other = (split(data, validation, 0.2, seed).train_indices for seed in (1, 1, 2))
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)


def test_about_the_fraction_of_each_class_is_kept_back() -> None:
    parts = split(dataset(200, 2), "photographs", 0.1, 0)
    assert np.bincount(parts.validation.labels).tolist() == [20, 20]
    assert "20 training photographs (40 images)" in parts.validation_name


def test_random_images_leak_and_say_so() -> None:
    parts = split(dataset(20, 10), "random", 0.1, 0)
    assert len(parts.validation) == 20
    assert "200 training images are 20 photographs in about 10 variants each" in parts.warning
    assert "100.0%" in parts.warning


def test_random_images_without_twins_need_no_warning() -> None:
    assert split(dataset(20, 1), "random", 0.2, 0).warning is None
    assert split(dataset(20, 1, grouped=False), "photographs", 0.2, 0).warning is None


def test_published_validates_on_the_test_file_and_trains_on_everything() -> None:
    data = dataset(6, 2)
    parts = split(data, "published", 0.1, 0)
    assert parts.train_indices.tolist() == list(range(12))
    assert parts.validation is data.test
    assert "not a fresh score" in parts.warning


def test_published_without_a_test_file_is_refused() -> None:
    with pytest.raises(DataError, match="hands has no test file"):
        split(dataset(6, 2, test=False), "published", 0.1, 0)


def test_one_photograph_per_class_cannot_be_split() -> None:
    with pytest.raises(DataError, match="too few photographs per class"):
        split(dataset(2, 9), "photographs", 0.1, 0)


def test_a_class_that_is_nearly_one_group_keeps_it_for_training() -> None:
    images = np.concatenate([variants_of_photographs(1, 50), variants_of_photographs(4, 1, seed=1)])
    labels = np.zeros(54, np.uint8)
    train = ImageSet(images, labels, photograph_groups(images, labels))
    data = Dataset("frames", "folder", False, ("A",), train, None, ())
    for seed in range(10):
        assert len(split(data, "photographs", 0.4, seed).validation) == 2


@settings(deadline=None, max_examples=40)
@given(st.integers(8, 40), st.integers(1, 5), st.integers(5, 200), st.integers(0, 2**31), st.booleans())
def test_fewer_training_images_are_whole_photographs_and_leave_validation_alone(
    photographs, variants, most, seed, grouped
) -> None:
    data = dataset(photographs, variants, grouped=grouped)
    whole = split(data, "photographs", 0.2, seed)
    part = split(data, "photographs", 0.2, seed, most)
    assert np.array_equal(part.validation.images, whole.validation.images)
    taken = part.train_indices
    assert np.isin(taken, whole.train_indices).all()
    assert np.array_equal(taken, np.unique(taken))
    size = variants if grouped else 1
    assert len(taken) > min(most, len(whole.train_indices)) - size
    assert len(taken) <= most
    assert np.array_equal(taken, split(data, "photographs", 0.2, seed, most).train_indices)
    if grouped:
        groups = data.train.photographs
        left = np.setdiff1d(whole.train_indices, taken)
        assert not np.intersect1d(groups[taken], groups[left]).size
    if len(taken) < len(whole.train_indices):
        counts = np.bincount(data.train.labels[taken], minlength=2)
        least = np.bincount(data.train.labels[whole.train_indices], minlength=2).min()
        assert counts.max() - counts.min() <= size or counts.min() == least


def test_more_training_images_take_those_of_fewer_too_and_another_seed_takes_others() -> None:
    data = dataset(60, 3)
    few, more = (split(data, "photographs", 0.2, 1, most).train_indices for most in (30, 90))
    assert np.isin(few, more).all()
    assert not np.array_equal(few, split(data, "photographs", 0.2, 2, 30).train_indices)


def test_nought_and_more_than_there_are_mean_all_training_images() -> None:
    data = dataset(20, 2)
    for most in (0, 1000):
        assert np.array_equal(
            split(data, "photographs", 0.2, 0, most).train_indices,
            split(data, "photographs", 0.2, 0).train_indices,
        )


def test_fewer_images_than_one_photograph_has_are_refused() -> None:
    with pytest.raises(DataError, match=r"data\.most_images = 2: a single photograph of hands has more"):
        split(dataset(20, 5), "photographs", 0.2, 0, 2)


@pytest.mark.real_data
def test_no_published_validation_image_has_a_twin_in_training(published_dataset) -> None:
    data = published_dataset
    parts = split(data, "photographs", 0.1, 0)
    assert 0.08 < len(parts.validation) / len(data.train) < 0.12
    assert len(np.unique(parts.validation.labels)) == 24
    assert best_twin_in_training(data, parts.train_indices, parts.validation) <= 0.97 + 1e-6
    leaking = split(data, "random", 0.1, 0)
    assert best_twin_in_training(data, leaking.train_indices, leaking.validation) > 0.99


def signed(photographs: int = 24, variants: int = 3, signers: int = 3, classes: int = 2) -> Dataset:
    """Photographs of several signers, each of all classes, in the training and in the test images."""
    data = dataset(photographs, variants, classes)
    groups = (np.arange(photographs).repeat(variants) // classes % signers).astype(np.int32)
    names = tuple("abcdefgh"[:signers])
    return replace(
        data,
        train=replace(data.train, groups=groups),
        test=replace(data.train.subset(np.arange(0, 30)), groups=groups[:30]),
        grouping=Grouping("signer", names, Path("signers.csv"), "0" * 64),
    )


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from(["photographs", "random", "published"]),
    st.integers(2, 4),
    st.integers(0, 2**31),
    st.sampled_from([0, 20]),
)
def test_a_signer_held_out_is_neither_trained_nor_validated_on(validation, signers, seed, most) -> None:
    data = signed(signers=signers)
    for place, name in enumerate(data.groups):
        parts = split(data, validation, 0.2, seed, most, held_out=name)
        own = np.flatnonzero(data.train.groups == place)
        assert np.array_equal(parts.held_out.indices, own)
        assert np.array_equal(parts.held_out.images.images, data.train.images[own])
        assert (parts.held_out.kind, parts.held_out.name, parts.left_out) == ("signer", name, name)
        assert not np.intersect1d(parts.train_indices, own).size
        source = data.test if parts.validation_of == "test" else data.train
        assert np.array_equal(parts.validation.images, source.images[parts.validation_indices])
        assert not (parts.validation.groups == place).any()
        if validation != "published":
            assert not np.intersect1d(parts.validation_indices, parts.train_indices).size
            if not most:
                everything = np.concatenate((parts.train_indices, parts.validation_indices, own))
                assert np.array_equal(np.sort(everything), np.arange(len(data.train)))


def test_a_signer_can_be_validated_on() -> None:
    data = signed()
    for held_out, place in (("", 0), ("c", 2)):
        parts = split(data, "signers", 0.1, 0, held_out=held_out)
        assert np.array_equal(parts.train_indices, np.flatnonzero(data.train.groups != place))
        assert np.array_equal(parts.validation_indices, np.flatnonzero(data.train.groups == place))
        assert parts.held_out is None
        assert parts.left_out == data.groups[place]
        assert parts.validation_name == f"signer {data.groups[place]} (24 images)"
        assert "choose the best epoch" in parts.warning


def test_variants_of_a_held_out_signers_photographs_are_learned_from_by_nobody() -> None:
    data = signed()
    groups = data.train.groups.copy()
    groups[1] = 2  # the table gives one variant of signer a's first photograph to another
    data = replace(data, train=replace(data.train, groups=groups))
    parts = split(data, "photographs", 0.2, 0, held_out="a")
    used = np.concatenate((parts.train_indices, parts.validation_indices))
    assert 1 not in used
    assert 1 not in parts.held_out.indices


def test_the_seed_holds_out_the_same_photographs_of_the_others() -> None:
    data = signed()
    first, same, other = (split(data, "photographs", 0.3, seed, held_out="b") for seed in (1, 1, 2))
    assert np.array_equal(first.validation_indices, same.validation_indices)
    assert not np.array_equal(first.validation_indices, other.validation_indices)
    assert "of other signers" in first.validation_name


@pytest.mark.parametrize("validation", ["photographs", "signers"])
def test_holding_out_nobody_known_is_refused_with_the_names_there_are(validation) -> None:
    with pytest.raises(DataError, match=r"data\.held_out = z: hands has the signers a, b, c; choose one"):
        split(signed(), validation, 0.1, 0, held_out="z")


def test_holding_out_a_signer_needs_to_know_whose_the_images_are() -> None:
    with pytest.raises(DataError, match=r"data\.held_out = a: nothing says whose hand .* --groups"):
        split(dataset(8, 2), "photographs", 0.1, 0, held_out="a")
    with pytest.raises(DataError, match=r"data\.validation = signers: nothing says whose"):
        split(dataset(8, 2), "signers", 0.1, 0)
    refused = replace(dataset(8, 2), groups_refused="signers.csv, line 4 is bad.")
    with pytest.raises(DataError, match=r"\(signers\.csv, line 4 is bad\)"):
        split(refused, "signers", 0.1, 0)


def test_the_only_signer_cannot_be_held_out() -> None:
    with pytest.raises(DataError, match="all images of hands are of signer a"):
        split(signed(signers=1), "signers", 0.1, 0)


def test_published_validation_needs_to_know_whose_the_test_images_are() -> None:
    data = signed()
    data = replace(data, test=replace(data.test, groups=None))
    with pytest.raises(DataError, match="nothing says which test images of hands are of signer a"):
        split(data, "published", 0.1, 0, held_out="a")


def test_a_class_that_only_the_held_out_signer_made_is_told_of() -> None:
    data = signed()
    groups = np.where(data.train.labels == 1, 0, data.train.groups).astype(np.int32)
    data = replace(data, train=replace(data.train, groups=groups))
    assert "No image of B is left to train on." in split(data, "photographs", 0.3, 0, held_out="a").warning


@pytest.mark.real_data
def test_no_image_of_a_held_out_published_signer_is_used(published_dataset) -> None:
    data = published_dataset
    if data.grouping is None:
        pytest.skip("no table of signers beside the published data set")
    hashes = [hash(image.tobytes()) for image in data.train.images]
    for name in data.groups:
        parts = split(data, "photographs", 0.1, 0, held_out=name)
        used = np.concatenate((parts.train_indices, parts.validation_indices))
        assert len(used) + len(parts.held_out.indices) == len(data.train)
        assert not {hashes[index] for index in used} & {hashes[index] for index in parts.held_out.indices}
        assert 0.08 < len(parts.validation) / len(used) < 0.12
