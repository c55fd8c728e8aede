"""One look at an image, or the mean of nine."""

import pytest
import torch
from msgspec.structs import replace

from signtui.config import Config
from signtui.model.network import build
from signtui.model.reading import VIEWS, answers_an_image, read
from signtui.training.devices import choose_compute
from signtui.training.evaluation import network_logits

MODEL = Config().model


@pytest.fixture
def images():
    return torch.randn(6, 1, 28, 28, generator=torch.Generator().manual_seed(0))


def network(*, moved_views, ensemble=1):
    return build(replace(MODEL, moved_views=moved_views, ensemble=ensemble), 28, 24, seed=3).eval()


def test_one_look_is_the_network_itself(images):
    one = network(moved_views=False)
    with torch.inference_mode():
        assert torch.equal(read(one, images), one(images.contiguous(memory_format=torch.channels_last)))


def test_nine_looks_are_averaged_as_probabilities(images):
    nine = network(moved_views=True)
    seen = []
    nine.register_forward_hook(lambda _, given, logits: seen.append((given[0], logits)))
    with torch.inference_mode():
        logits = read(nine, images)
    assert len(seen) == 9 == len(VIEWS) + 1
    mean = torch.stack([answer.softmax(1) for _, answer in seen]).mean(0)
    assert torch.allclose(logits.softmax(1), mean, atol=1e-5)
    assert torch.equal(seen[0][0], images)
    assert len({given.sum().item() for given, _ in seen}) == 9


def test_the_looks_are_moved_by_what_they_say():
    spot = torch.zeros(1, 1, 28, 28)
    spot[0, 0, 14, 14] = 1
    nine = network(moved_views=True)
    places = []
    nine.register_forward_hook(
        lambda _, given, __: places.append(divmod(int(given[0].flatten().argmax()), 28))
    )
    with torch.inference_mode():
        read(nine, spot)
    assert [(row - 14, column - 14) for row, column in places[1:5]] == [(0, -2), (0, 2), (-2, 0), (2, 0)]


def test_the_answers_of_an_ensemble_are_averaged_as_probabilities(images):
    three = network(moved_views=False, ensemble=3)
    with torch.inference_mode():
        together = read(three, images).softmax(1)
        each = [
            one(images.contiguous(memory_format=torch.channels_last)).softmax(1) for one in three.ensemble
        ]
    assert torch.allclose(together, torch.stack(each).mean(0), atol=1e-6)
    assert not torch.allclose(each[0], each[1], atol=1e-3)
    assert answers_an_image(three) == 3


def test_each_network_of_an_ensemble_is_given_the_same_looks(images):
    three = network(moved_views=True, ensemble=3)
    given = [[] for _ in three.ensemble]
    for one, taken in zip(three.ensemble, given, strict=True):
        one.register_forward_hook(lambda _, inputs, __, taken=taken: taken.append(inputs[0]))
    with torch.inference_mode():
        read(three, images)
    assert [len(taken) for taken in given] == [9, 9, 9]
    assert answers_an_image(three) == 27
    for looks in zip(*given, strict=True):
        assert all(torch.equal(look, looks[0]) for look in looks)


def test_training_takes_one_look(images):
    nine = network(moved_views=True).train()
    calls = []
    nine.register_forward_hook(lambda *_: calls.append(1))
    compute = choose_compute(Config().train)
    network_logits(nine, images, compute)
    assert len(calls) == 1
    nine.eval()
    network_logits(nine, images, compute)
    assert len(calls) == 10
