import math

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stacks import models
from torch import Tensor, nn

from signtui.config.presets import preset_config
from signtui.config.schema import Activation, Block, Head, ModelSettings
from signtui.errors import ConfigError
from signtui.model.network import Network, build
from signtui.model.plan import Plan, plan

thorough = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def outputs(network: Network, images: Tensor) -> dict[str, Tensor]:
    """What each module gave for `images`, by name, copied before anything can overwrite it."""
    seen: dict[str, Tensor] = {}
    hooks = [
        module.register_forward_hook(lambda _m, _i, output, name=name: seen.update({name: output.clone()}))
        for name, module in network.named_modules()
    ]
    network(images)
    for hook in hooks:
        hook.remove()
    return seen


def try_plan(model: ModelSettings, image_size: int, classes: int) -> Plan | None:
    try:
        return plan(model, image_size, classes)
    except ConfigError:
        return None


@given(model=models, image_size=st.integers(8, 20), classes=st.integers(1, 5))
@thorough
def test_every_layer_has_the_planned_shape_and_weights(
    model: ModelSettings, image_size: int, classes: int
) -> None:
    expected = try_plan(model, image_size, classes)
    if expected is None:
        with pytest.raises(ConfigError):
            build(model, image_size, classes, 0)
        return
    network = build(model, image_size, classes, 0)
    assert network.plan == expected
    seen = outputs(network.eval(), torch.randn(2, 1, image_size, image_size))
    for layer in expected.layers:
        assert tuple(seen[layer.module].shape[1:]) == layer.output, layer.name
        module = network.get_submodule(layer.module)
        assert sum(weight.numel() for weight in module.parameters()) == layer.weights, layer.name
    assert sum(weight.numel() for weight in network.parameters()) == expected.weights
    leaves = {
        name for name, module in network.named_modules() if name and not isinstance(module, nn.Sequential)
    }
    blocks = {f"blocks.{index}" for index in range(len(model.blocks))}
    own = {name for name in leaves if not name.startswith("companions")}
    assert own - blocks == {layer.module for layer in expected.layers}
    companions = range(model.ensemble - 1)
    named = {"companions"} | {f"companions.{index}" for index in companions} if companions else set()
    assert leaves - own == named | {f"companions.{index}.{name}" for index in companions for name in own}


def test_networks_of_an_ensemble_begin_with_weights_of_their_own_and_the_first_as_if_alone() -> None:
    model = ModelSettings(ensemble=3)
    together, alone = build(model, 28, 24, 5), build(ModelSettings(), 28, 24, 5)
    firsts = [one.get_submodule("blocks.0.convolution").weight for one in together.ensemble]
    assert len(firsts) == 3
    assert torch.equal(firsts[0], alone.get_submodule("blocks.0.convolution").weight)  # type: ignore[arg-type]
    assert len({tuple(first.flatten().tolist()) for first in firsts}) == 3  # type: ignore[operator]
    assert sum(weight.numel() for weight in together.parameters()) == together.plan.weights


@given(model=models, image_size=st.integers(8, 20))
@thorough
def test_every_weight_of_a_random_network_learns(model: ModelSettings, image_size: int) -> None:
    if try_plan(model, image_size, 3) is None:
        return
    network = build(model, image_size, 3, 0).train()
    images = torch.randn(4, 1, image_size, image_size)
    for one in network.ensemble:
        loss = nn.functional.cross_entropy(one(images), torch.tensor([0, 1, 2, 0]))
        torch.autograd.backward(loss)
    for name, weight in network.named_parameters():
        assert weight.grad is not None, name
        assert weight.grad.isfinite().all(), name


def smooth(blocks: list[Block], order: str) -> ModelSettings:
    """The stack with every layer that could hide a pixel by chance made linear, for gradients to show all."""
    changes = [
        {"activation": "none", "normalisation": "none", "dropout": 0.0, "pooling": "average"}
        if block.pooling == "max"
        else {"activation": "none", "normalisation": "none", "dropout": 0.0}
        for block in blocks
    ]
    replaced = [
        Block(**({name: getattr(block, name) for name in block.__struct_fields__} | change))
        for block, change in zip(blocks, changes, strict=True)
    ]
    return ModelSettings(blocks=tuple(replaced), order=order)  # type: ignore[arg-type]


@given(model=models, image_size=st.integers(12, 40), position=st.floats(0, 1))
@thorough
def test_receptive_field_is_where_the_gradient_reaches(
    model: ModelSettings, image_size: int, position: float
) -> None:
    model = smooth(list(model.blocks), model.order)
    layout = try_plan(model, image_size, 3)
    if layout is None or not model.blocks:
        return
    network = build(model, image_size, 3, 0)
    with torch.no_grad():
        for weight in network.parameters():
            weight.fill_(1.0)
    image = torch.zeros(1, 1, image_size, image_size, requires_grad=True)
    maps = network.blocks(image)
    row = min(int(position * maps.shape[2]), maps.shape[2] - 1)
    maps[0, :, row, row].sum().backward()
    assert image.grad is not None
    reached = image.grad[0, 0].sum(0).nonzero().flatten()
    last = next(layer for layer in reversed(layout.layers) if layer.block is not None)
    assert last.receptive_field == layout.receptive_field
    start = last.offset + last.jump * row
    # A stride longer than its window skips pixels, so the reach is its ends, clipped to the image.
    gaps = any(block.stride > block.kernel or block.pool_stride > block.pool_size for block in model.blocks)
    if len(reached):
        assert reached[0] >= max(start, 0)
        assert reached[-1] <= min(start + last.receptive_field, image_size) - 1
    if not gaps and start >= 0 and start + last.receptive_field <= image_size:
        assert (int(reached[0]), len(reached)) == (start, last.receptive_field)


def test_head_sees_the_whole_of_the_last_maps() -> None:
    model = ModelSettings(blocks=(Block(filters=2, stride=2), Block(filters=2, stride=2)))
    layout = plan(model, 16, 3)
    pooling = next(layer for layer in layout.layers if layer.kind == "global_pooling")
    # 4x4 values with a jump of 4 pixels, each seeing 7.
    assert pooling.receptive_field == layout.receptive_field + 3 * 4 == 7 + 12


def residual(order: str, **block: object) -> tuple[nn.Module, Tensor, Tensor]:
    """A lone residual block, an input, and the block's output for it."""
    settings_ = Block(filters=3, residual=True, **block)  # type: ignore[arg-type]
    model = ModelSettings(blocks=(Block(filters=3), settings_), order=order)  # type: ignore[arg-type]
    network = build(model, 12, 3, 1).eval()
    maps = torch.randn(2, 3, 12, 12)
    return network.blocks[1], maps, network.blocks[1](maps.clone())


def test_residual_pool_first_adds_the_pooled_shortcut_before_the_activation() -> None:
    block, maps, output = residual("pool_first", pooling="max")
    pool = nn.MaxPool2d(2)
    convolution, normalisation = block.get_submodule("convolution"), block.get_submodule("normalisation")
    expected = torch.relu(normalisation(pool(convolution(maps))) + pool(maps))
    assert torch.allclose(output, expected, atol=1e-6)


def test_residual_activation_first_pools_the_sum() -> None:
    block, maps, output = residual("activation_first", pooling="max")
    convolution, normalisation = block.get_submodule("convolution"), block.get_submodule("normalisation")
    expected = nn.MaxPool2d(2)(torch.relu(normalisation(convolution(maps)) + maps))
    assert torch.allclose(output, expected, atol=1e-6)


def test_residual_with_stride_and_even_kernel_takes_every_other_value_of_the_shortcut() -> None:
    block, maps, output = residual("pool_first", stride=2, kernel=4, activation="none")
    around = block.get_submodule("shortcut_convolution")
    assert isinstance(around, nn.Conv2d)
    main = block.get_submodule("normalisation")(block.get_submodule("convolution")(maps))
    expected = main + torch.einsum("fc,nchw->nfhw", around.weight[:, :, 0, 0], maps[:, :, ::2, ::2])
    assert torch.allclose(output, expected, atol=1e-5)


def test_even_kernel_pads_one_zero_more_after_than_before() -> None:
    network = build(ModelSettings(blocks=(Block(filters=1, kernel=2, normalisation="none"),)), 4, 2, 0)
    convolution = network.get_submodule("blocks.0.convolution")
    assert isinstance(convolution, nn.Conv2d)
    with torch.no_grad():
        convolution.weight.copy_(torch.tensor([[[[1.0, 10.0], [100.0, 1000.0]]]]))
    image = torch.zeros(1, 1, 4, 4)
    image[0, 0, 3, 3] = 1.0
    expected = torch.zeros(4, 4)
    expected[2:, 2:] = torch.tensor([[1000.0, 100.0], [10.0, 1.0]])
    assert torch.equal(convolution(image)[0, 0], expected)


def test_layer_normalisation_is_over_the_whole_image() -> None:
    network = build(
        ModelSettings(blocks=(Block(filters=4, normalisation="layer", activation="none"),)), 8, 2, 0
    )
    maps = network.blocks(3 + 7 * torch.randn(5, 1, 8, 8)).flatten(1)
    assert torch.allclose(maps.mean(1), torch.zeros(5), atol=1e-5)
    assert torch.allclose(maps.std(1, correction=0), torch.ones(5), atol=1e-3)


def test_dropout_of_a_block_drops_whole_feature_maps() -> None:
    model = ModelSettings(blocks=(Block(filters=32, dropout=0.5, activation="sigmoid"),))
    network = build(model, 8, 2, 0).train()
    maps = network.blocks(torch.randn(6, 1, 8, 8))
    dead = (maps == 0).flatten(2)
    assert torch.equal(dead.any(2), dead.all(2))
    assert 0 < dead.all(2).float().mean() < 1


def test_layer_normalisation_is_torch_s_and_takes_a_single_value_too() -> None:
    block = Block(filters=3, kernel=1, normalisation="layer")
    layer = build(ModelSettings(blocks=(block,)), 8, 2, 0).get_submodule("blocks.0.normalisation")
    maps = torch.randn(2, 3, 8, 8)
    assert torch.allclose(layer(maps), nn.functional.group_norm(maps, 1, eps=1e-5), atol=1e-6)
    block = Block(filters=1, stride=8, normalisation="layer")
    alone = build(ModelSettings(blocks=(block,)), 8, 2, 0).eval()
    assert alone.plan.block_outputs() == ((1, 1, 1),)
    assert alone(torch.randn(1, 1, 8, 8)).isfinite().all()


def test_same_seed_gives_the_same_weights_and_another_seed_others() -> None:
    model = preset_config("fast").model
    first, again, other = (build(model, 28, 24, seed).state_dict() for seed in (1, 1, 2))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["blocks.0.convolution.weight"], other["blocks.0.convolution.weight"])


def test_building_leaves_the_global_random_state_alone() -> None:
    before = torch.get_rng_state()
    build(preset_config("tutorial").model, 28, 24, 5)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "tanh", "silu", "gelu"])
def test_signal_neither_dies_nor_explodes_in_a_deep_stack_without_normalisation(
    activation: Activation,
) -> None:
    blocks = (Block(filters=64, normalisation="none", activation=activation),) * 10
    network = build(ModelSettings(blocks=blocks, head=Head(pooling="average")), 28, 24, 0).eval()
    with torch.no_grad():
        maps = network.blocks(torch.randn(4, 1, 28, 28))
    assert 0.02 < float(maps.square().mean().sqrt()) < 5


def test_first_loss_is_near_that_of_an_even_guess() -> None:
    for name in ("fast", "tutorial", "tiny", "accurate"):
        network = build(preset_config(name).model, 28, 24, 0).train()
        with torch.no_grad():
            images = torch.randn(240, 1, 28, 28, generator=torch.Generator().manual_seed(0))
            loss = nn.functional.cross_entropy(network(images), torch.arange(240) % 24)
        assert abs(float(loss) - math.log(24)) < 0.8, name


def test_impossible_stack_is_refused_before_anything_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_args: object, **_keywords: object) -> None:
        raise AssertionError("a module was made")

    monkeypatch.setattr(nn.Module, "__init__", never)
    for blocks in ((Block(pooling="max"),) * 5, (Block(filters=1024, kernel=31),) * 3):
        with pytest.raises(ConfigError, match="block"):
            build(ModelSettings(blocks=blocks), 28, 24, 0)


@pytest.mark.parametrize("name", ["fast", "tutorial", "accurate"])
def test_activation_bytes_are_near_what_autograd_keeps(name: str) -> None:
    model = preset_config(name).model
    network = build(model, 28, 24, 0).train()
    kept: dict[int, int] = {}
    weights = {weight.untyped_storage().data_ptr() for weight in network.parameters()}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        loss = network(torch.randn(16, 1, 28, 28)).sum()
    estimate = network.plan.activation_bytes(16)
    assert 0.8 < estimate / sum(kept.values()) < 1.25
    loss.backward()
