"""Scores under corruptions: the clean one is the ordinary one, the same every time, and given up at once."""

import numpy as np
import pytest
import torch

from signtui.config.schema import Block, ModelSettings
from signtui.data.corruptions import CORRUPTIONS, corrupted
from signtui.data.images import ImageSet
from signtui.data.synthetic.generate import synthetic_hands
from signtui.model.network import build
from signtui.runs.corruptions import CorruptionScores
from signtui.training.corruption_scores import score_corruptions
from signtui.training.devices import Compute
from signtui.training.evaluation import Cancelled, evaluate
from signtui.training.material import on_device

CPU = Compute(torch.device("cpu"), "fp32", 1)
CLASSES = 24


@pytest.fixture(scope="module")
def images() -> ImageSet:
    return ImageSet(*synthetic_hands(72, seed=1))


@pytest.fixture(scope="module")
def network():
    return build(ModelSettings(blocks=(Block(filters=4, pooling="max"),)), 28, CLASSES, 5).eval()


def score(network, images, **more) -> CorruptionScores:
    return score_corruptions(network, images, CLASSES, "per_image", CPU, **more)


def test_images_as_they_are_score_as_evaluate_scores_them(network, images):
    found = score(network, images)
    expected = evaluate(network, on_device(images, CPU.device), CLASSES, "per_image", CPU)
    assert found.clean.accuracy == expected.score.accuracy
    assert found.clean.loss == pytest.approx(expected.score.loss, rel=1e-5)
    assert found.clean.recall == expected.recall


def test_each_cell_is_the_score_of_the_images_under_that_corruption(network, images):
    found = score(network, images, seed=3)
    assert [one.name for one in found.corruptions] == [one.name for one in CORRUPTIONS]
    for place, strength in ((0, 2), (5, 4), (9, 5)):
        changed = corrupted(images.images, CORRUPTIONS[place], strength, 3)
        expected = evaluate(
            network,
            on_device(ImageSet(changed, images.labels), CPU.device),
            CLASSES,
            "per_image",
            CPU,
        )
        cell = found.corruptions[place].strengths[strength - 1]
        assert cell.strength == strength
        assert cell.accuracy == expected.score.accuracy
        assert cell.loss == pytest.approx(expected.score.loss, rel=1e-5)


def test_means_are_over_strengths_and_over_corruptions(network, images):
    found = score(network, images)
    cells = [[each.accuracy for each in one.strengths] for one in found.corruptions]
    assert np.shape(cells) == (10, 5)
    assert found.accuracy == pytest.approx(np.mean(cells))
    assert found.corruptions[4].accuracy == pytest.approx(np.mean(cells[4]))


def test_pictures_are_what_the_guesses_below_them_were_made_of(network, images):
    found = score(network, images)
    for one in found.corruptions:
        assert one.pictures.shape == (6, 28, 28)
        (place,) = np.flatnonzero((images.images == one.pictures[0]).all(axis=(1, 2)))
        assert images.labels[place] == one.truth
        data = on_device(ImageSet(one.pictures, np.full(6, one.truth, np.uint8)), CPU.device)
        guesses = evaluate(network, data, CLASSES, "per_image", CPU).logits.argmax(1)
        assert guesses.tolist() == list(one.guesses)


def test_progress_comes_to_its_end_and_may_give_up(network, images):
    told = []
    score(network, images, progress=lambda what, done, of: told.append((what, done, of)))
    assert told[-1][1] == told[-1][2] == 51 * len(images)
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    assert "rotation, strength 1" in {what for what, _, _ in told}

    def give_up(what, done, of):
        raise Cancelled

    with pytest.raises(Cancelled):
        score(network, images, progress=give_up)
