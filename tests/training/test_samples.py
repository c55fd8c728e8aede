"""The watched images: which are chosen, what is told of them, and that watching changes nothing."""

import numpy as np
import pytest
import torch

from signtui.config.schema import Block, ModelSettings
from signtui.data.images import ImageSet
from signtui.events import EpochEnded, Guesses, Samples
from signtui.model.network import build
from signtui.model.weights import load_network
from signtui.training.checkpoint import load_checkpoint
from signtui.training.devices import Compute
from signtui.training.evaluation import Labelled
from signtui.training.material import on_device
from signtui.training.samples import choose_samples, guess, samples_event, seconds_to_next

CPU = Compute(torch.device("cpu"), "fp32", 1)


def images(labels, side=8):
    random = np.random.default_rng(0)
    pixels = random.integers(0, 256, (len(labels), side, side)).astype(np.uint8)
    return ImageSet(pixels, np.array(labels, np.uint8))


def test_each_class_is_chosen_once_before_any_is_chosen_twice():
    chosen = choose_samples(images([2, 2, 2, 0, 0, 1]), most=4)
    assert chosen.labels.tolist() == [0, 0, 1, 2]
    assert len(choose_samples(images([1, 0]), most=24)) == 2


def test_the_event_holds_the_very_pixels_and_large_images_scaled_down():
    small = images([0, 1])
    event = samples_event(small)
    assert np.array_equal(np.frombuffer(event.pixels, np.uint8).reshape(2, 8, 8), small.images)
    large = samples_event(images([0, 1], side=96))
    assert large.side == 32
    assert len(large.pixels) == 2 * 32 * 32


def test_a_guess_leaves_the_network_s_mode_and_the_random_numbers_alone():
    model = ModelSettings(blocks=(Block(filters=2, dropout=0.5),), ensemble=2)
    network = build(model, 8, 3, seed=0).train()
    data = Labelled(torch.zeros(5, 8, 8, dtype=torch.uint8), torch.zeros(5, dtype=torch.int64))
    before = torch.get_rng_state()
    event = guess(network, data, "unit", CPU, epoch=1, step=7)
    assert network.training
    assert all(module.training for module in network.modules())
    assert torch.equal(before, torch.get_rng_state())
    assert len(event.guesses) == len(event.confidences) == 5
    assert all(0 < share <= 1 for share in event.confidences)


def test_the_longer_a_run_the_rarer_its_guesses():
    moments, now = 0, 0.0
    while now < 86_400:
        now += seconds_to_next(now)
        moments += 1
    assert moments < 250
    assert seconds_to_next(0.0) == 2.0


def test_a_run_tells_its_samples_once_and_guesses_as_it_learns(train):
    _, events = train(train__epochs=2)
    told = [event for event in events if isinstance(event, Samples)]
    assert len(told) == 1
    assert told[0].side == 12
    made = [event for event in events if isinstance(event, Guesses)]
    assert made
    assert all(len(event.guesses) == len(told[0].truths) for event in made)


def test_the_last_guesses_are_those_of_the_trained_network_as_sure_as_it_is(train):
    session, events = train(train__epochs=3, train__ema=0)
    ends = [event.step for event in events if isinstance(event, EpochEnded)]
    made = [event for event in events if isinstance(event, Guesses)]
    assert {event.step for event in made} >= set(ends)
    weights = load_checkpoint(session.folder.last)["network"]
    network, metadata = load_network(session.folder.best)
    network.load_state_dict(weights)
    sureness = load_checkpoint(session.folder.last)["sureness"]
    samples = on_device(session.material.samples(), session.compute.device)
    expected = guess(
        network.eval(), samples, metadata.input_scaling, session.compute, 3, ends[-1], sureness[0]
    )
    assert sureness[0] != 1
    assert made[-1].guesses == expected.guesses
    assert made[-1].confidences == pytest.approx(expected.confidences, abs=2e-4)
