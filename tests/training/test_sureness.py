"""Temperature and threshold: against their definitions, and fitted to validation alone."""

import shutil
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import safe_open

from signtui.events import EpochEnded, RunEnded
from signtui.model.sureness import UNFITTED, Sureness
from signtui.model.weights import load_network
from signtui.runs.calibration import calibration
from signtui.runs.show import show
from signtui.training.predicted import PredictionWish
from signtui.training.predictions import Predictor
from signtui.training.sureness import COLDEST, HOTTEST, calibrated, fit_sureness, fit_temperature, sure_from


def guessing(count=600, classes=8, spread=3.0, scale=3.0, seed=0):
    """Logits (N, K) float32 that are `scale` times too far apart, and truths drawn by what they should be.

    The further `spread`, the more of the guesses are right.
    """
    random = np.random.default_rng(seed)
    logits = random.normal(0, spread, (count, classes))
    # The largest of logits with Gumbel noise is a draw from their softmax.
    truths = (logits + random.gumbel(size=logits.shape)).argmax(axis=1)
    return (scale * logits).astype(np.float32), truths


def cross_entropy(logits, truths, temperature, photographs):
    """By its definition, with the truth believed to (n + 1)/(n + 2)."""
    believed = (photographs + 1) / (photographs + 2)
    shares = Sureness(temperature).probabilities(logits).astype(np.float64)
    total = 0.0
    for row, truth in zip(shares, truths, strict=True):
        for index, share in enumerate(row):
            target = believed if index == truth else (1 - believed) / (len(row) - 1)
            total -= target * np.log(max(share, 1e-300))
    return total / len(truths)


@pytest.mark.parametrize(("spread", "scale", "photographs"), [(3, 3.0, 40), (1, 1.0, 100), (9, 0.5, 20)])
def test_no_other_temperature_makes_the_truths_likelier(spread, scale, photographs):
    logits, truths = guessing(120, spread=spread, scale=scale)
    found = fit_temperature(logits, truths, photographs)
    least = cross_entropy(logits, truths, found, photographs)
    for other in (found / 2, found / 1.1, found * 1.1, found * 2, 1.0):
        assert least <= cross_entropy(logits, truths, other, photographs) + 1e-9


@settings(deadline=None, max_examples=20)
@given(st.floats(0.2, 5), st.integers(0, 50))
def test_logits_times_a_number_have_the_temperature_times_that_number(factor, seed):
    logits, truths = guessing(seed=seed)
    found = fit_temperature(logits, truths, 60)
    assert found == pytest.approx(3, rel=0.4)
    assert fit_temperature(logits * np.float32(factor), truths, 60) == pytest.approx(found * factor, rel=1e-3)


def test_calibration_is_better_with_the_temperature_also_on_images_it_was_not_fitted_to():
    sureness = fit_sureness(*guessing(800, scale=3.0), photographs=400)
    found = calibrated(*guessing(2000, scale=3.0, seed=9), sureness)
    assert sureness.temperature > 1.2
    assert found.after.error < found.before.error / 2
    assert found.after.accuracy == found.before.accuracy


def test_where_all_is_right_few_photographs_make_less_sure_than_many():
    logits, _ = guessing(400, spread=2, scale=0.5)
    truths = logits.argmax(axis=1)
    few, many = (Sureness(fit_temperature(logits, truths, count)) for count in (10, 1000))
    assert COLDEST < many.temperature < few.temperature < HOTTEST
    mean_of_few = few.probabilities(logits).max(axis=1).mean()
    assert 0.6 < mean_of_few < 11 / 12
    assert many.probabilities(logits).max(axis=1).mean() > mean_of_few


@given(st.floats(COLDEST, HOTTEST), st.integers(0, 20))
@settings(deadline=None, max_examples=20)
def test_a_temperature_leaves_every_guess_as_it_is(temperature, seed):
    logits, _ = guessing(40, seed=seed)
    shares = Sureness(temperature).probabilities(logits)
    assert np.array_equal(shares.argmax(axis=1), logits.argmax(axis=1))
    assert np.allclose(shares.sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("spread", [20, 4, 2])
def test_guesses_that_count_as_sure_are_mostly_right_and_most_that_are_right_count(spread):
    logits, truths = guessing(2000, spread=spread, scale=1)
    shares = UNFITTED.probabilities(logits)
    limit = sure_from(shares, truths)
    hits = shares.argmax(axis=1) == truths
    sure = shares.max(axis=1) >= limit
    assert hits[sure].mean() >= 0.95
    assert sure[hits].mean() <= 0.96


def test_a_network_that_is_hardly_ever_right_is_never_sure():
    logits, _ = guessing(400)
    truths = logits.argmin(axis=1)
    assert fit_sureness(logits, truths, 200).sure_from == 1.0
    assert Sureness(1.0, 1.0).is_sure(1.0) is False
    assert calibrated(logits, truths, Sureness(2.0, 1.0)).sure == 0


def test_without_a_threshold_nothing_is_said_about_sure():
    found = calibrated(*guessing(50), UNFITTED)
    assert (found.sure_from, found.sure, found.sure_right) == (None, None, None)
    assert UNFITTED.is_sure(0.99) is None
    assert Sureness(1.0, 0.9).is_sure(0.9) is True
    assert Sureness(1.0, 0.9).is_sure(0.89) is False


def test_the_best_weights_carry_what_their_own_epoch_s_validation_gave(train):
    session, events = train()
    best = next(event for event in events if isinstance(event, RunEnded)).best.epoch
    epoch = next(event for event in events if isinstance(event, EpochEnded) and event.epoch == best)
    _, metadata = load_network(session.folder.best)
    assert metadata.sureness.temperature == epoch.calibration.temperature != 1
    assert metadata.sureness.sure_from == epoch.calibration.sure_from
    with safe_open(session.folder.best, framework="pt") as file:
        assert float(file.metadata()["temperature"]) == metadata.sureness.temperature
    for kept in session.folder.epochs.glob("*.safetensors"):
        assert load_network(kept)[1].sureness.temperature != 1


@pytest.mark.parametrize("split", ["validation", "test"])
def test_probabilities_image_by_image_are_as_sure_as_the_run_said(train, split):
    session, events = train()
    ended = next(event for event in events if isinstance(event, RunEnded))
    epoch = next(e for e in events if isinstance(e, EpochEnded) and e.epoch == ended.best.epoch)
    told = epoch.calibration if split == "validation" else ended.test.calibration
    wish = PredictionWish(session.folder, ended.best.epoch, split)
    known = Predictor().predictions(wish, threading.Event())
    found = calibration(known.table.confidence, ~known.misread)
    assert found.error == pytest.approx(told.after.error, abs=1e-4)
    assert found.confidence == pytest.approx(told.after.confidence, abs=1e-5)
    assert known.calibrated.before.error == pytest.approx(told.before.error, abs=1e-4)
    assert known.calibrated.before.confidence == pytest.approx(told.before.confidence, abs=1e-5)
    assert (known.calibrated.temperature, known.calibrated.sure) == (told.temperature, told.sure)


def test_the_test_images_have_no_say_in_the_temperature(train, shapes, tmp_path):
    """Other test images, the same everything else."""
    other = tmp_path / "other"
    shutil.copytree(shapes, other)
    lines = (other / "test.csv").read_text().splitlines()
    (other / "test.csv").write_text("\n".join([lines[0], *reversed(lines[5:])]) + "\n")
    found = []
    for directory in (shapes, other):
        session, events = train(data__directory=directory)
        ended = next(event for event in events if isinstance(event, RunEnded))
        found.append((load_network(session.folder.best)[1].sureness, ended.test.images))
    (one, images), (same, fewer) = found
    assert one == same
    assert images != fewer


def test_a_hand_held_out_is_calibrated_with_what_validation_gave(train, signed_shapes):
    session, events = train(data__directory=signed_shapes, data__held_out="bo")
    found = events[-1].held_out.calibration
    assert found.temperature == load_network(session.folder.best)[1].sureness.temperature
    assert found.after.images == events[-1].held_out.images
    assert found.after.accuracy == pytest.approx(events[-1].held_out.accuracy)
    told = show(session.folder)["calibration"]
    assert set(told) == {"validation", "test", "held_out"}
    assert told["held_out"]["after"]["error"] == pytest.approx(found.after.error)
    known = Predictor().predictions(
        PredictionWish(session.folder, events[-1].best.epoch, "held-out"), threading.Event()
    )
    assert known.calibrated.after.error == pytest.approx(found.after.error, abs=1e-4)


def test_nothing_is_fitted_where_the_test_images_are_what_is_validated_on(train):
    session, events = train(data__validation="published")
    assert load_network(session.folder.best)[1].sureness == UNFITTED
    epochs = [event for event in events if isinstance(event, EpochEnded)]
    assert all(epoch.calibration.temperature == 1 for epoch in epochs)
    assert all(epoch.calibration.sure_from is None for epoch in epochs)
    assert all(epoch.calibration.before == epoch.calibration.after for epoch in epochs)
