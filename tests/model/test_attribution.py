import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from stacks import models

from signtui.config.presets import preset_config
from signtui.config.schema import Block, Head, ModelSettings
from signtui.errors import ConfigError
from signtui.model.attribution import PLACES, attribute, grad_cam, occlusion
from signtui.model.network import Network, build
from signtui.model.plan import plan
from signtui.model.scaling import scale_images


def noise(size: int, seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (size, size), dtype=np.uint8)


def identity_network(size: int, ensemble: int = 1) -> Network:
    """One map that is the image, then a linear layer over its pixels: what each pixel adds is known."""
    block = Block(filters=1, kernel=1, normalisation="none", activation="none")
    head = Head(pooling="flatten")
    model = ModelSettings(input_scaling="unit", blocks=(block,), head=head, ensemble=ensemble)
    network = build(model, size, 2, 0).eval()
    with torch.no_grad():
        for weights in network.parameters():
            weights.zero_()
        for one in network.ensemble:
            one.blocks[0].get_submodule("convolution").get_parameter("weight").fill_(1)
    return network


def watch(network: Network, rows: slice, columns: slice, size: int) -> None:
    """Let class 1 grow with the brightness of these pixels, and with nothing else; it wins where bright."""
    eye = torch.zeros(size, size)
    eye[rows, columns] = 0.5
    with torch.no_grad():
        network.get_parameter("head.output.linear.bias")[1] = -3
        network.get_parameter("head.output.linear.weight")[1] = eye.flatten()


@pytest.mark.parametrize("row", [0, 16])
@pytest.mark.parametrize("column", [0, 16])
def test_occlusion_finds_the_corner_a_network_looks_at(row: int, column: int) -> None:
    network = identity_network(20)
    rows, columns = slice(row, row + 4), slice(column, column + 4)
    watch(network, rows, columns, 20)
    image = np.full((20, 20), 40, np.uint8)
    image[rows, columns] = 200
    found = occlusion(network, image, "unit")
    assert found.target == 1
    top, left = np.unravel_index(found.heat.argmax(), found.heat.shape)
    assert row <= top < row + 4
    assert column <= left < column + 4
    far = np.ones((20, 20), bool)
    far[max(0, row - 8) : row + 12, max(0, column - 8) : column + 12] = False
    assert found.heat[far].max() < 1e-4
    assert found.heat[rows, columns].sum() > 0.3 * found.heat.sum()
    assert 0.3 < found.peak <= found.probability


def test_occlusion_asks_all_networks_of_an_ensemble_and_grad_cam_says_that_it_asks_the_first() -> None:
    network = identity_network(20, ensemble=2)
    first, second = network.ensemble
    watch(first, slice(4), slice(4), 20)
    watch(second, slice(16, 20), slice(16, 20), 20)
    image = np.full((20, 20), 40, np.uint8)
    image[:4, :4] = image[16:, 16:] = 200
    found = occlusion(network, image, "unit", 1)
    assert found.heat[:4, :4].max() > 0.9
    assert found.heat[16:, 16:].max() > 0.9
    assert found.heat[:4, 16:].max() < 1e-3
    assert grad_cam(network, image, "unit", 1).source.endswith("of the first of 2 networks")
    assert "networks" not in grad_cam(second, image, "unit", 1).source


def test_occlusion_shows_only_what_speaks_for_the_class_asked_about() -> None:
    network = identity_network(20)
    watch(network, slice(0, 4), slice(0, 4), 20)
    image = np.full((20, 20), 40, np.uint8)
    image[:4, :4] = 200
    against = occlusion(network, image, "unit", target=0)
    assert against.target == 0
    assert against.heat[:4, :4].max() == 0


def test_occlusion_of_a_network_that_looks_nowhere_is_empty_and_says_so() -> None:
    found = occlusion(identity_network(12), noise(12), "unit")
    assert not found.heat.any()
    assert found.peak == 0
    assert "took nothing" in found.note


def test_occlusion_works_through_a_bounded_number_of_images() -> None:
    network = build(preset_config("tiny").model, 128, 4, 0).eval()
    seen: list[int] = []
    network.register_forward_hook(lambda _module, given, _output: seen.append(len(given[0])))
    for patch in (1, None):
        seen.clear()
        found = occlusion(network, noise(128), "per_image", patch=patch)
        assert sum(seen) <= PLACES**2 + 1
        assert np.isfinite(found.heat).all()


def test_grad_cam_equals_the_computation_by_hand() -> None:
    """Two 3x3 maps, average pooling and a linear layer: d logit / d map is weight / 9 everywhere."""
    block = Block(filters=2, kernel=1, normalisation="none", activation="relu")
    model = ModelSettings(input_scaling="unit", blocks=(block,), head=Head(pooling="average"))
    network = build(model, 3, 2, 0).eval()
    with torch.no_grad():
        convolution = network.blocks[0].get_submodule("convolution")
        convolution.get_parameter("weight")[:] = torch.tensor([1.0, -1.0]).reshape(2, 1, 1, 1)
        convolution.get_parameter("bias")[:] = torch.tensor([-0.2, 0.6])
        network.get_parameter("head.output.linear.weight")[:] = torch.tensor([[0.0, 0.0], [2.0, -1.0]])
        network.get_parameter("head.output.linear.bias").zero_()
    image = np.array([[0, 51, 102], [153, 204, 255], [0, 0, 255]], np.uint8)
    levels = image / 255
    bright, dark = np.maximum(levels - 0.2, 0), np.maximum(0.6 - levels, 0)
    expected = np.maximum(2 / 9 * bright - 1 / 9 * dark, 0)
    found = grad_cam(network, image, "unit", target=1)
    assert found.peak == pytest.approx(expected.max(), abs=1e-6)
    assert found.heat == pytest.approx(expected / expected.max(), abs=1e-5)
    logits = np.array([0, 2 * bright.mean() - dark.mean()])
    assert found.probability == pytest.approx(np.exp(logits[1]) / np.exp(logits).sum(), abs=1e-5)


def test_grad_cam_asks_the_network_once() -> None:
    network = build(preset_config("tiny").model, 28, 4, 0).eval()
    passes: list[int] = []
    network.head.register_forward_hook(lambda _module, given, _output: passes.append(len(given[0])))
    found = grad_cam(network, noise(28), "per_image", temperature=2.0)
    assert passes == [1]
    with torch.no_grad():
        logits = network(scale_images(torch.from_numpy(noise(28)[None]), "per_image"))[0]
    assert found.target == int(logits.argmax())
    assert found.probability == pytest.approx(float((logits / 2).softmax(0).max()), abs=1e-6)


def test_grad_cam_is_laid_where_the_maps_look() -> None:
    """Windows of a stride of 4 without padding: the only live one covers rows and columns 8 to 11."""
    block = Block(filters=1, kernel=4, stride=4, padding="none", normalisation="none", activation="relu")
    model = ModelSettings(input_scaling="unit", blocks=(block,), head=Head(pooling="average"))
    network = build(model, 16, 2, 0).eval()
    with torch.no_grad():
        network.blocks[0].get_submodule("convolution").get_parameter("weight").fill_(1)
        network.get_parameter("head.output.linear.weight")[:] = torch.tensor([[0.0], [1.0]])
    image = np.zeros((16, 16), np.uint8)
    image[8:12, 8:12] = 255
    heat = grad_cam(network, image, "unit", target=1).heat
    assert heat == pytest.approx(heat[::1].T)
    assert set(np.flatnonzero(heat[9] > 0.8)) == {9, 10}
    assert heat[:6].max() == 0


def test_grad_cam_steps_back_to_maps_that_have_places() -> None:
    halving = Block(filters=3, pooling="max")
    network = build(ModelSettings(blocks=(halving,) * 4), 16, 3, 0).eval()
    assert network.plan.block_outputs()[-1] == (3, 1, 1)
    found = grad_cam(network, noise(16), "per_image")
    assert found.source == "block 3, 2x2 maps"


@pytest.mark.parametrize("blocks", [(), (Block(filters=2, stride=8, kernel=8),)])
def test_grad_cam_without_any_places_says_so(blocks: tuple[Block, ...]) -> None:
    network = build(ModelSettings(blocks=blocks, head=Head(pooling="flatten")), 8, 3, 0).eval()
    found = grad_cam(network, noise(8), "per_image")
    assert not found.heat.any()
    assert "can't say where" in found.note


@given(
    model=models,
    size=st.integers(8, 20),
    seed=st.integers(0, 99),
    target=st.none() | st.integers(0, 2),
    scaling=st.sampled_from(("per_image", "unit")),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_both_are_finite_and_bounded_on_random_stacks(
    model: ModelSettings, size: int, seed: int, target: int | None, scaling: str
) -> None:
    try:
        plan(model, size, 3)
    except ConfigError:
        return
    network = build(model, size, 3, seed).eval()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    for method in ("gradcam", "occlusion"):
        found = attribute(network, noise(size, seed), scaling, method, target)  # type: ignore[arg-type]
        assert found.heat.shape == (size, size)
        assert found.heat.dtype == np.float32
        assert np.isfinite(found.heat).all()
        assert found.heat.min() >= 0
        assert found.heat.max() == (pytest.approx(1) if found.peak else 0)
        assert 0 <= found.peak <= (found.probability + 1e-6 if method == "occlusion" else float("inf"))
        assert bool(found.note) == (found.peak == 0)
        assert target is None or found.target == target
    assert all(torch.equal(before[name], tensor) for name, tensor in network.state_dict().items())
    assert all(weight.grad is None for weight in network.parameters())
