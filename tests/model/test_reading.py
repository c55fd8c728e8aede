"""One look at an image, or the mean of nine."""

import pytest
import torch
from msgspec.structs import replace

from signtui.config import Config
from signtui.model.network import build
from signtui.model.reading import VIEWS, read
from signtui.training.devices import choose_compute
from signtui.training.evaluation import network_logits

MODEL = Config().model


@pytest.fixture
def images():
    return torch.randn(6, 1, 28, 28, generator=torch.Generator().manual_seed(0))


def network(*, moved_views):
    return build(replace(MODEL, moved_views=moved_views), 28, 24, seed=3).eval()


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
