from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from stacks import models

from signtui.config.presets import preset_config
from signtui.config.schema import Block, ModelSettings
from signtui.errors import ConfigError, RunError
from signtui.model.network import Network, build
from signtui.model.sureness import Sureness
from signtui.model.weights import WeightsMetadata, load_network, load_weights, save_weights

CLASSES = tuple("ABCDE")


@pytest.fixture
def network() -> Network:
    blocks = (Block(filters=4, pooling="max"), Block(filters=6, residual=True))
    network = build(ModelSettings(blocks=blocks, input_scaling="unit"), 12, len(CLASSES), 3)
    with torch.no_grad():
        network.train()(torch.randn(8, 1, 12, 12))  # moves the normalisation statistics off their start
    return network.eval()


def described(network: Network, epoch: int = 2) -> WeightsMetadata:
    blocks = (Block(filters=4, pooling="max"), Block(filters=6, residual=True))
    return WeightsMetadata(ModelSettings(blocks=blocks, input_scaling="unit"), CLASSES, 12, epoch)


def test_round_trip_is_exact(tmp_path: Path, network: Network) -> None:
    path = tmp_path / "best.safetensors"
    save_weights(path, network.state_dict(), described(network))
    again, metadata = load_network(path)
    assert metadata == described(network)
    assert metadata.input_scaling == "unit"
    images = torch.randn(3, 1, 12, 12)
    assert torch.equal(again(images), network(images))
    assert not again.training
    assert list(tmp_path.iterdir()) == [path]


@given(model=models)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_network_comes_back(tmp_path: Path, model: ModelSettings) -> None:
    try:
        network = build(model, 14, 3, 1).eval()
    except ConfigError:
        return
    save_weights(tmp_path / "any", network.state_dict(), WeightsMetadata(model, ("a", "b", "c"), 14))
    again, metadata = load_network(tmp_path / "any")
    assert metadata.model == model
    images = torch.randn(2, 1, 14, 14)
    assert torch.equal(again(images), network(images))


def test_half_precision_is_smaller_close_and_keeps_counters_whole(tmp_path: Path) -> None:
    model = preset_config("fast").model
    network = build(model, 28, 24, 0)
    network.train()(torch.randn(8, 1, 28, 28))
    network.eval()
    metadata = WeightsMetadata(model, tuple("ABCDEFGHIKLMNOPQRSTUVWXY"), 28, 1)
    full, half = tmp_path / "full", tmp_path / "half"
    save_weights(full, network.state_dict(), metadata)
    save_weights(half, network.state_dict(), metadata, half=True)
    assert half.stat().st_size < 0.55 * full.stat().st_size
    assert load_file(half)["blocks.0.normalisation.num_batches_tracked"].dtype == torch.int64
    state, _ = load_weights(half)
    assert int(state["blocks.0.normalisation.num_batches_tracked"]) == 1
    assert state["blocks.0.convolution.weight"].dtype == torch.float32
    images = torch.randn(4, 1, 28, 28)
    assert torch.allclose(load_network(half)[0](images), network(images), atol=0.02)


def test_file_opens_in_plain_safetensors_with_the_network_s_names(tmp_path: Path, network: Network) -> None:
    save_weights(tmp_path / "w", network.state_dict(), described(network))
    tensors = load_file(tmp_path / "w")
    assert tensors.keys() == network.state_dict().keys()
    assert tensors["blocks.0.convolution.weight"].shape == (4, 1, 3, 3)


def test_a_writer_that_fails_leaves_the_old_file(tmp_path: Path, network: Network) -> None:
    path = tmp_path / "best.safetensors"
    save_weights(path, network.state_dict(), described(network))
    before = path.read_bytes()
    with pytest.raises(RunError, match="missing"):
        save_weights(tmp_path / "missing" / "w", network.state_dict(), described(network))
    with pytest.raises(AttributeError):
        save_weights(path, {"weight": None}, described(network))  # type: ignore[dict-item]
    assert path.read_bytes() == before


@pytest.mark.parametrize("length", [0, 4, 8, 60, 500, -1])
def test_cut_file_is_one_sentence(tmp_path: Path, network: Network, length: int) -> None:
    path = tmp_path / "cut"
    save_weights(path, network.state_dict(), described(network))
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(RunError, match="cut: not a readable weights file"):
        load_network(path)


@pytest.mark.parametrize("content", [b"\xff" * 200, b"label,pixel1\n3,0\n", b"\x80\x04\x95", b"\0" * 64])
def test_junk_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "junk"
    path.write_bytes(content)
    with pytest.raises(RunError, match="junk: ") as caught:
        load_network(path)
    assert "\n" not in str(caught.value)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(RunError, match="no such weights file"):
            load_weights(path)


def test_foreign_safetensors_file_is_refused(tmp_path: Path) -> None:
    for metadata in (None, {"format": "pt"}):
        save_file({"weight": torch.ones(2)}, tmp_path / "foreign", metadata)
        with pytest.raises(RunError, match="not weights written by signtui"):
            load_weights(tmp_path / "foreign")


def rewrite(path: Path, network: Network, **changes: str) -> None:
    save_weights(path, network.state_dict(), described(network))
    from safetensors import safe_open

    with safe_open(path, framework="pt") as file:
        fields = file.metadata() | changes
    save_file({name: tensor.contiguous() for name, tensor in network.state_dict().items()}, path, fields)


def test_weights_from_the_future_say_so(tmp_path: Path, network: Network) -> None:
    rewrite(tmp_path / "w", network, format_version="9")
    with pytest.raises(RunError, match=r"format 9.*update signtui"):
        load_weights(tmp_path / "w")


@pytest.mark.parametrize(
    "changes",
    [
        {"model": "{"},
        {"model": '{"order": "sideways"}'},
        {"classes": "5"},
        {"image_size": "wide"},
        {"format_version": "old"},
    ],
)
def test_damaged_description_is_one_sentence(
    tmp_path: Path, network: Network, changes: dict[str, str]
) -> None:
    rewrite(tmp_path / "w", network, **changes)
    with pytest.raises(RunError, match="description beside the weights"):
        load_weights(tmp_path / "w")


def test_tensors_of_another_network_are_refused(tmp_path: Path, network: Network) -> None:
    rewrite(tmp_path / "w", network, classes='["A", "B"]')
    with pytest.raises(RunError, match=r"don't fit.*head\.output\.linear"):
        load_network(tmp_path / "w")
    rewrite(tmp_path / "w", network, image_size="1")
    with pytest.raises(RunError, match="can't be built"):
        load_network(tmp_path / "w")


def test_temperature_and_threshold_come_back_to_the_last_digit(tmp_path: Path, network: Network) -> None:
    sureness = Sureness(0.1 + 0.2, 2 / 3)
    save_weights(tmp_path / "w", network.state_dict(), replace(described(network), sureness=sureness))
    assert load_weights(tmp_path / "w")[1].sureness == sureness


def test_files_of_before_have_a_temperature_of_one(tmp_path: Path, network: Network) -> None:
    save_weights(tmp_path / "w", network.state_dict(), described(network))
    with safe_open(tmp_path / "w", framework="pt") as file:
        fields = file.metadata()
    del fields["temperature"]
    save_file(load_file(tmp_path / "w"), tmp_path / "old", fields)
    assert load_weights(tmp_path / "old")[1].sureness == Sureness(1.0, None)


@pytest.mark.parametrize("temperature", ["0", "-1", "nan", "inf", "warm"])
def test_a_temperature_that_is_none_is_one_sentence(
    tmp_path: Path, network: Network, temperature: str
) -> None:
    save_weights(tmp_path / "w", network.state_dict(), described(network))
    with safe_open(tmp_path / "w", framework="pt") as file:
        fields = file.metadata() | {"temperature": temperature}
    save_file(load_file(tmp_path / "w"), tmp_path / "odd", fields)
    with pytest.raises(RunError, match="odd: the description beside the weights can't be read"):
        load_weights(tmp_path / "odd")
