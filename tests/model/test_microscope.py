"""The numbers of the microscope are torch's: any network, any place, and they add up."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from stacks import models
from torch import nn
from torch.nn import functional

from signtui.config.schema import Block, Head, ModelSettings
from signtui.errors import ConfigError
from signtui.model.microscope import excitement, layer_shares, look
from signtui.model.network import Network, build
from signtui.model.scaling import scale_images
from signtui.model.trace import (
    ActivationStep,
    AddStep,
    ConvolutionStep,
    LeftOut,
    NormalisationStep,
    PoolingStep,
    trace,
)
from signtui.model.views import NetworkView

SIDE, CLASSES = 12, tuple("ABCDE")
CLOSE = {"rtol": 1e-4, "atol": 1e-4}
FUNCTIONS = {
    "relu": functional.relu,
    "leaky_relu": functional.leaky_relu,
    "gelu": functional.gelu,
    "silu": functional.silu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
}


def a_network(model: ModelSettings, seed: int = 0) -> Network:
    """One whose statistics and biases are not those of a fresh network."""
    network = build(model, SIDE, len(CLASSES), seed)
    generator = torch.Generator().manual_seed(seed + 1)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(generator=generator)
            module.running_var.uniform_(0.3, 3, generator=generator)
        if isinstance(module, nn.BatchNorm2d | nn.GroupNorm):
            nn.init.uniform_(module.weight, -2, 2, generator=generator)
            nn.init.uniform_(module.bias, -1, 1, generator=generator)
        if isinstance(module, nn.Conv2d) and module.bias is not None:
            nn.init.uniform_(module.bias, -1, 1, generator=generator)
    return network.eval()


def an_image(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (SIDE, SIDE)).astype(np.uint8)


def a_view(model: ModelSettings, seed: int = 0) -> NetworkView:
    return look(a_network(model, seed), an_image(seed), CLASSES, model.input_scaling)


def check(step) -> None:
    """A step's own arithmetic gives what torch gave."""
    if isinstance(step, ConvolutionStep):
        assert np.allclose(step.sum + (step.bias or 0), step.after, **CLOSE)
        assert np.allclose(step.plane_sums.sum(), step.sum, **CLOSE)
        assert not step.patch[:, ~step.inside].any()
    elif isinstance(step, NormalisationStep):
        assert np.allclose(step.scale * step.before + step.shift, step.after, **CLOSE)
    elif isinstance(step, ActivationStep):
        computed = FUNCTIONS[step.layer.function](torch.tensor(step.before, dtype=torch.float64))
        assert np.allclose(float(computed), step.after, **CLOSE)
    elif isinstance(step, AddStep):
        assert np.allclose(step.before + step.other, step.after, **CLOSE)
    elif isinstance(step, PoolingStep):
        left = step.window.max() if step.winner else step.window.mean()
        assert np.allclose(left, step.after, **CLOSE)
        if step.winner:
            assert step.window[step.winner] == step.window.max()


@given(models, st.integers(0, 99), st.data())
def test_the_numbers_of_any_value_of_any_convolution_are_torchs_and_add_up(model, seed, data):
    try:
        view = a_view(model, seed)
    except ConfigError:
        assume(False)
    assume(view.convolutions)
    convolution = data.draw(st.sampled_from(view.convolutions))
    channels, height, width = convolution.plan.output
    channel, row, column = (data.draw(st.integers(0, size - 1)) for size in (channels, height, width))
    steps = trace(view, convolution, channel, row, column)
    for step in steps:
        check(step)
    for before, after in pairwise(steps):
        if isinstance(after, PoolingStep):
            assert np.allclose(after.window[after.here], before.after, **CLOSE)
        elif not isinstance(after, LeftOut):
            assert np.allclose(after.before, before.after, **CLOSE)
    if not isinstance(steps[-1], LeftOut):
        kinds = [layer.plan.kind for layer in view.maps_after(convolution)]
        told = [step.layer.kind for step in steps if step.layer.block is not None]
        assert told == [kind for kind in kinds if kind != "dropout"]


@given(models, st.integers(0, 99))
def test_every_layers_output_is_what_the_network_computes(model, seed):
    try:
        network = a_network(model, seed)
    except ConfigError:
        assume(False)
    image = an_image(seed)
    view = look(network, image, CLASSES, model.input_scaling)
    assert [layer.output.shape for layer in view.layers] == [layer.output for layer in network.plan.layers]
    with torch.inference_mode():
        twice = torch.from_numpy(np.stack((image, image)))
        logits = network(scale_images(twice, model.input_scaling))
    assert np.allclose(view.layers[-1].output, logits[0].numpy(), **CLOSE)
    assert np.allclose(view.probabilities, functional.softmax(logits, 1)[0].numpy(), **CLOSE)
    assert np.isclose(view.probabilities.sum(), 1)


def test_probabilities_are_of_the_logits_over_the_temperature():
    model = ModelSettings(blocks=(Block(filters=4),))
    network, image = a_network(model), an_image(3)
    plain = look(network, image, CLASSES, model.input_scaling)
    calm = look(network, image, CLASSES, model.input_scaling, 4.0)
    logits = torch.from_numpy(plain.layers[-1].output)
    assert np.array_equal(calm.layers[-1].output, plain.layers[-1].output)
    assert np.allclose(calm.probabilities, functional.softmax(logits / 4, 0).numpy(), **CLOSE)
    assert calm.probabilities.max() < plain.probabilities.max()


def test_a_view_is_of_the_values_before_an_activation_overwrites_them():
    model = ModelSettings(blocks=(Block(filters=4, activation="relu", normalisation="batch"),))
    view = a_view(model)
    before = view.by_module["blocks.0.normalisation"].output
    after = view.by_module["blocks.0.activation"].output
    assert (before < 0).any()
    assert (after == before.clip(0)).all()


def test_a_patch_at_the_corner_holds_the_zeros_of_the_padding_of_an_even_kernel():
    view = a_view(ModelSettings(blocks=(Block(filters=2, kernel=4, stride=1),)))
    (step, *_) = trace(view, view.convolutions[0], 0, 0, 0)
    assert isinstance(step, ConvolutionStep)
    assert step.corner == (-1, -1)
    assert step.inside.sum() == 9
    (last, *_) = trace(view, view.convolutions[0], 0, SIDE - 1, SIDE - 1)
    assert isinstance(last, ConvolutionStep)
    assert not last.inside[:, -2:].any()


def test_the_steps_are_in_the_blocks_own_order():
    block = Block(filters=3, pooling="max", normalisation="batch")
    kinds = {}
    for order in ("pool_first", "activation_first"):
        view = a_view(ModelSettings(order=order, blocks=(block,), head=Head(pooling="average")))
        kinds[order] = [step.layer.kind for step in trace(view, view.convolutions[0], 1, 4, 5)]
    rest = ["normalisation", "activation"]
    assert kinds["pool_first"] == ["convolution", "pooling", *rest, "global_pooling"]
    assert kinds["activation_first"] == ["convolution", *rest, "pooling", "global_pooling"]


def test_a_value_that_no_pooling_window_takes_says_so():
    view = a_view(ModelSettings(blocks=(Block(filters=2, pooling="max", pool_size=2, pool_stride=5),)))
    steps = trace(view, view.convolutions[0], 0, 3, 3)
    assert isinstance(steps[-1], LeftOut)


def test_the_shares_of_time_sum_to_one_and_leave_no_hook_behind():
    network = a_network(ModelSettings(blocks=(Block(filters=4, pooling="max"),)))
    shares = layer_shares(network)
    assert set(shares) == {layer.module for layer in network.plan.layers}
    assert sum(shares.values()) == pytest.approx(1)
    assert all(share >= 0 for share in shares.values())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in network.modules())


@given(models, st.integers(0, 99))
def test_what_excites_a_channel_is_its_largest_value_after_the_activation(model, seed):
    try:
        network = a_network(model, seed)
    except ConfigError:
        assume(False)
    images = np.stack([an_image(number) for number in range(5)])
    found = excitement(network, images, np.arange(5), model.input_scaling)
    for number, image in enumerate(images):
        view = look(network, image, CLASSES, model.input_scaling)
        for convolution in view.convolutions:
            after = view.maps_after(convolution)
            last = next((layer for layer in after if layer.plan.kind == "activation"), after[-1])
            peaks = last.output.max((1, 2))
            assert np.allclose(found.peaks[convolution.plan.module][number], peaks, **CLOSE)


def test_the_images_that_excite_a_channel_come_strongest_first():
    network = a_network(ModelSettings(blocks=(Block(filters=3),)))
    images = np.stack([an_image(number) for number in range(70)])
    found = excitement(network, images, np.arange(70), "per_image")
    best = found.best("blocks.0.convolution", 2, 6)
    peaks = [peak for _, peak in best]
    assert len(best) == 6
    assert peaks == sorted(peaks, reverse=True)
    assert peaks[0] == found.peaks["blocks.0.convolution"][:, 2].max()


def test_an_image_of_another_size_is_scaled_to_the_networks():
    network = a_network(ModelSettings(blocks=(Block(filters=3),)))
    view = look(network, np.full((32, 32), 90, np.uint8), CLASSES, "unit")
    assert view.image.shape == (SIDE, SIDE)
    assert (view.image == 90).all()
