"""A run's weights over the images it held out: the same images, the same guesses, and only those."""

import shutil
import threading

import numpy as np
import pytest
import torch

from signtui.data.nearest import nearest
from signtui.data.source import configured_dataset
from signtui.errors import DataError, RunError
from signtui.events import EpochEnded, RunEnded
from signtui.runs.mistakes import confusion_of
from signtui.training.evaluation import Cancelled
from signtui.training.predicted import PredictionWish
from signtui.training.predictions import MOST_KEPT, Predictor, weights_of


def guesses(session, epoch, split="validation", predictor=None):
    predictor = predictor or Predictor()
    return predictor.predictions(PredictionWish(session.folder, epoch, split), threading.Event())


def counted(found):
    return confusion_of(found.table.truth, found.table.guess, len(found.classes)).tolist()


def test_they_count_what_the_run_counted(train):
    session, events = train()
    ended = next(event for event in events if isinstance(event, RunEnded))
    best = ended.best.epoch
    epoch = next(event for event in events if isinstance(event, EpochEnded) and event.epoch == best)
    assert counted(guesses(session, best)) == [list(row) for row in epoch.confusion]
    assert counted(guesses(session, best, "test")) == [list(row) for row in ended.test.confusion]


def test_each_epoch_has_its_own_weights_and_the_best_are_not_rounded(train):
    session, events = train(train__epochs=2)
    best = events[-1].best.epoch
    other = 3 - best
    assert not guesses(session, best).half
    assert guesses(session, other).half
    first, second = guesses(session, 1), guesses(session, 2)
    assert not np.array_equal(first.probabilities, second.probabilities)
    for found in (first, second):
        np.testing.assert_allclose(found.probabilities.sum(1), 1, rtol=1e-5)


def test_images_are_the_held_out_ones_and_none_was_learned_from(train, config_for):
    session, _ = train(train__epochs=1)
    found = guesses(session, 1)
    dataset = configured_dataset(config_for().data)
    assert np.array_equal(found.images.images, dataset.train.images[found.indices])
    assert not set(found.indices.tolist()) & set(found.train_indices.tolist())
    assert len(found) + len(found.train_indices) == len(dataset.train)
    assert found.source == "training"
    assert found.seed == 0


def test_a_run_of_few_images_is_compared_with_those_alone(train):
    session, _ = train(train__epochs=1, data__most_images=100)
    whole, _ = train(train__epochs=1)
    few, all_of_them = guesses(session, 1), guesses(whole, 1)
    assert len(few.train_indices) == 100
    assert few.indices.tolist() == all_of_them.indices.tolist()


def test_published_validation_is_the_test_file(train):
    session, _ = train(train__epochs=1, data__validation="published")
    found = guesses(session, 1)
    assert found.source == "test"
    assert found.indices.tolist() == list(range(64))
    assert len(found.train_indices) == 320


def test_other_images_than_the_run_learned_from_are_refused(train, shapes, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(shapes, folder)
    session, _ = train(train__epochs=1, data__directory=folder)
    lines = (folder / "train.csv").read_text().splitlines()
    (folder / "train.csv").write_text("\n".join(lines[:-4]) + "\n")
    with pytest.raises(DataError, match="other data"):
        guesses(session, 1)


def test_weights_that_were_not_kept_are_said_to_be_missing(train):
    session, events = train(train__epochs=2, runs__epoch_weights=0)
    best = events[-1].best.epoch
    assert weights_of(session.folder, best) == session.folder.best
    with pytest.raises(RunError, match="were not kept"):
        guesses(session, 3 - best)


def test_the_second_time_they_are_at_hand_until_the_weights_change(train):
    session, events = train()
    predictor = Predictor()
    best = events[-1].best.epoch
    first = guesses(session, best, predictor=predictor)
    assert guesses(session, best, predictor=predictor) is first
    path = session.folder.best
    path.touch()
    assert guesses(session, best, predictor=predictor) is not first
    assert len(predictor._kept) <= MOST_KEPT


def test_progress_is_told_and_cancelling_ends_it(train):
    session, _ = train(train__epochs=1)
    told = []
    cancelled = threading.Event()
    wish = PredictionWish(session.folder, 1, "validation")
    found = Predictor().predictions(wish, cancelled, lambda done, of: told.append((done, of)))
    assert told[-1] == (len(found), len(found))
    cancelled.set()
    with pytest.raises(Cancelled):
        Predictor().predictions(wish, cancelled)


def test_a_closer_look_finds_the_nearest_training_image_and_where_the_network_looked(train):
    session, _ = train(train__epochs=1)
    predictor = Predictor()
    found = guesses(session, 1, predictor=predictor)
    look = predictor.look(found, 5)
    assert look.nearest == nearest(found.images.images[5], found.train.images, found.train_indices)
    assert look.nearest.index in set(found.train_indices.tolist())
    assert look.heat.shape == (12, 12)
    assert 0 <= look.heat.min() <= look.heat.max() <= 1
    assert look.method.startswith("Grad-CAM")


def test_randomness_of_training_is_left_alone(train):
    session, _ = train(train__epochs=1)
    torch.manual_seed(7)
    before = torch.get_rng_state()
    predictor = Predictor()
    predictor.look(guesses(session, 1, predictor=predictor), 0)
    assert torch.equal(before, torch.get_rng_state())
