import subprocess
import sys

import pytest

from signtui.config.presets import preset_config
from signtui.config.schema import Block, Head, ModelSettings, Normalisation
from signtui.errors import ConfigError
from signtui.model.layers import LayerPlan
from signtui.model.plan import Plan, plan


def stack(*blocks: Block, head: Head | None = None, order: str = "pool_first") -> ModelSettings:
    return ModelSettings(blocks=blocks, head=head or Head(), order=order)  # type: ignore[arg-type]


def layer(result: Plan, name: str) -> LayerPlan:
    return next(entry for entry in result.layers if entry.name == name)


def refusal(model: ModelSettings, image_size: int = 28, classes: int = 24) -> str:
    with pytest.raises(ConfigError) as caught:
        plan(model, image_size, classes)
    return str(caught.value)


def test_fast_preset_by_hand() -> None:
    result = plan(preset_config("fast").model, 28, 24)
    convolutions = 9 * (1 * 16 + 16 * 32 + 32 * 32 + 32 * 64 + 64 * 64)
    normalisations = 2 * (16 + 32 + 32 + 64 + 64)
    assert result.weights == convolutions + normalisations + 64 * 24 + 24 == 71_240
    assert result.multiply_adds == (
        9 * (28 * 28 * 16 + 14 * 14 * (16 * 32 + 32 * 32) + 7 * 7 * (32 * 64 + 64 * 64)) + 64 * 24
    )
    assert result.shape_chain() == "1x28x28 > 16x14x14 > 32x14x14 > 32x7x7 > 64x7x7 > 64x3x3 > 64 > 24"
    # 3x3, pool, 3x3, 3x3, pool, 3x3, 3x3, pool: 1+2+1, +2*2+2*2+2, +2*4+2*4+4
    assert result.receptive_field == 4 + 10 + 20


def test_tutorial_preset_by_hand() -> None:
    result = plan(preset_config("tutorial").model, 28, 24)
    assert result.shape_chain() == "1x28x28 > 64x13x13 > 64x11x11 > 128x9x9 > 128x7x7 > 6272 > 512 > 24"
    convolutions = 9 * (64 + 64 * 64 + 64 * 128 + 128 * 128) + 64 + 64 + 128 + 128
    assert result.weights == convolutions + 6272 * 512 + 512 + 512 * 24 + 24
    assert [entry.kind for entry in result.layers[:3]] == ["convolution", "activation", "pooling"]


def test_pool_first_puts_pooling_before_normalisation() -> None:
    result = plan(stack(Block(filters=4, pooling="max", dropout=0.1)), 28, 24)
    assert [entry.kind for entry in result.layers] == [
        "convolution", "pooling", "normalisation", "activation", "dropout", "global_pooling", "linear",
    ]  # fmt: skip


def test_activation_first_puts_pooling_last() -> None:
    result = plan(stack(Block(filters=4, pooling="average"), order="activation_first"), 28, 24)
    assert [entry.kind for entry in result.layers] == [
        "convolution", "normalisation", "activation", "pooling", "global_pooling", "linear",
    ]  # fmt: skip


def test_convolution_has_a_bias_only_without_normalisation() -> None:
    cases: tuple[tuple[Normalisation, bool, int], ...] = (
        ("none", True, 9 * 4 + 4),
        ("batch", False, 36),
        ("layer", False, 36),
    )
    for normalisation, bias, weights in cases:
        result = plan(stack(Block(filters=4, normalisation=normalisation)), 28, 24)
        assert (result.layers[0].bias, result.layers[0].weights) == (bias, weights)


@pytest.mark.parametrize("kernel", range(1, 8))
@pytest.mark.parametrize("stride", range(1, 5))
def test_padding_same_leaves_the_size_over_the_stride_rounded_up(kernel: int, stride: int) -> None:
    for size in range(8, 20):
        first = plan(stack(Block(kernel=kernel, stride=stride)), size, 24).layers[0]
        assert first.output[1] == -(-size // stride)
        assert first.padding == ((kernel - 1) // 2, kernel - 1 - (kernel - 1) // 2)


def test_shortcut_has_a_convolution_only_where_shapes_differ() -> None:
    model = stack(
        Block(filters=8, residual=True),
        Block(filters=8, residual=True),
        Block(filters=8, residual=True, stride=2),
        Block(filters=8, residual=True, pooling="max"),
    )
    result = plan(model, 28, 24)
    shortcuts = [entry.name for entry in result.layers if entry.shortcut]
    assert shortcuts == [
        "block 1 shortcut convolution",
        "block 3 shortcut convolution",
        "block 4 shortcut pooling",
    ]
    assert layer(result, "block 3 shortcut convolution").weights == 64
    assert layer(result, "block 3 add").output == (8, 14, 14)


def test_activation_first_pools_after_the_shortcut_is_added() -> None:
    result = plan(stack(Block(filters=8, residual=True, pooling="max"), order="activation_first"), 28, 24)
    kinds = [entry.kind for entry in result.layers if entry.block]
    assert kinds == ["convolution", "normalisation", "convolution", "add", "activation", "pooling"]


def test_block_without_padding_that_runs_out_of_values_is_named_with_the_sizes() -> None:
    sizes = stack(
        Block(padding="none", pooling="max"), Block(padding="none", pooling="max"), Block(padding="none"),
        Block(padding="none", kernel=4),
    )  # fmt: skip
    message = refusal(sizes)
    assert message.startswith(
        "block 4: a 4x4 kernel without padding needs at least 4x4 values, but blocks 1 to 3 leave 3x3 of the"
        " 28x28 image (28x28 > 13x13 > 5x5 > 3x3); use "
    )
    assert 'padding "same", fewer pools or fewer blocks' in message


def test_pooling_window_larger_than_its_input_names_the_convolution_before_it() -> None:
    message = refusal(stack(Block(kernel=27, padding="none", pooling="max", pool_size=3)))
    assert message == (
        "block 1: 3x3 pooling needs at least 3x3 values, but its own convolution leaves 2x2 of the 28x28"
        ' image (28x28 > 2x2); use padding "same" or a smaller pooling window'
    )


def test_kernel_larger_than_the_image_is_refused_without_padding() -> None:
    assert "the image has 28x28" in refusal(stack(Block(kernel=29, padding="none")))
    assert plan(stack(Block(kernel=29)), 28, 24).layers[0].output == (32, 28, 28)


@pytest.mark.parametrize("pools", [5, 6, 9])
def test_one_pool_too_many_names_the_first_block_that_fails(pools: int) -> None:
    message = refusal(stack(*[Block(filters=4, pooling="max")] * pools))
    assert message.startswith("block 5: 2x2 pooling needs at least 2x2 values, but blocks 1 to 4 leave 1x1")
    assert "(28x28 > 14x14 > 7x7 > 3x3 > 1x1)" in message


def test_residual_block_that_loses_its_border_is_refused() -> None:
    message = refusal(stack(Block(), Block(residual=True, padding="none")))
    assert message.startswith("block 2: a residual block")
    assert "28x28 into 26x26" in message
    plan(stack(Block(), Block(residual=True, padding="none", kernel=1)), 28, 24)


def test_an_ensemble_counts_the_weights_and_the_work_of_all_its_networks() -> None:
    one, three = plan(ModelSettings(), 28, 24), plan(ModelSettings(ensemble=3), 28, 24)
    assert three.layers == one.layers
    assert three.weights == 3 * one.weights == 3 * three.weights_of_one
    assert three.multiply_adds == 3 * one.multiply_adds
    assert three.activation_bytes(128) == one.activation_bytes(128)  # they learn one after the other
    assert three.facts().networks == 3


def test_an_ensemble_of_too_many_weights_is_refused_with_their_number() -> None:
    head = Head(pooling="flatten", hidden=(20_000,))
    blocks = (Block(filters=4),)
    plan(ModelSettings(blocks=blocks, head=head), 28, 24)
    with pytest.raises(ConfigError, match=r"the 4 networks would have [0-9,]+ weights .* fewer networks,"):
        plan(ModelSettings(blocks=blocks, head=head, ensemble=4), 28, 24)


def test_too_many_weights_are_refused_with_their_number() -> None:
    message = refusal(stack(Block(filters=1024, kernel=31), Block(filters=1024, kernel=31)))
    assert "1,008,694,296 weights (block 2 convolution alone 1,007,681,536)" in message


def test_too_many_values_for_one_image_are_refused_with_their_number() -> None:
    message = refusal(stack(*[Block(filters=1024, kernel=1)] * 12), 128)
    assert "GiB of values for one image" in message
    assert "1024x128x128" in message


def test_no_blocks_at_all_is_a_linear_classifier() -> None:
    result = plan(stack(head=Head(pooling="flatten")), 28, 24)
    assert result.shape_chain() == "1x28x28 > 784 > 24"
    assert (result.weights, result.receptive_field) == (784 * 24 + 24, 1)


def test_facts_carry_every_layer_and_the_totals() -> None:
    result = plan(preset_config("fast").model, 28, 24)
    facts = result.facts()
    assert [entry.name for entry in facts.layers] == [entry.name for entry in result.layers]
    assert facts.weights == sum(entry.weights for entry in facts.layers) == result.weights
    assert facts.multiply_adds == result.multiply_adds
    assert len({entry.name for entry in facts.layers}) == len(facts.layers)


def test_activation_bytes_grow_with_the_batch() -> None:
    result = plan(preset_config("fast").model, 28, 24)
    assert result.activation_bytes(128) == 128 * result.activation_bytes(1) > 0


def test_plan_needs_neither_torch_nor_numpy() -> None:
    program = (
        "import sys; from signtui.config.schema import ModelSettings; from signtui.model.plan import plan;"
        " plan(ModelSettings(), 28, 24); sys.exit('torch' in sys.modules or 'numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
