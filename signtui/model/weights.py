"""A network's weights on disk: safetensors, with what is needed to rebuild the network in the metadata.

The file opens in any tool that reads safetensors; nothing in it is executed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from signtui.config.schema import ModelSettings
from signtui.errors import RunError, SigntuiError
from signtui.files import atomic_path
from signtui.model.network import Network, build
from signtui.model.scaling import Scaling
from signtui.model.sureness import UNFITTED, Sureness

FORMAT = "signtui weights"
FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class WeightsMetadata:
    """What stands beside the tensors. `epoch` counts from 1; 0: before training.

    `sureness` is what was fitted for these weights; files of before it was hold none.
    """

    model: ModelSettings
    classes: tuple[str, ...]
    image_size: int
    epoch: int = 0
    sureness: Sureness = UNFITTED

    @property
    def input_scaling(self) -> Scaling:
        """How images are scaled before the network sees them."""
        return self.model.input_scaling


def save_weights(
    path: Path,
    network_state: Mapping[str, Tensor],
    metadata: WeightsMetadata,
    *,
    half: bool = False,
    flush: bool = True,
) -> None:
    """Write `network_state` (a `Network.state_dict()`, on any device) to `path`, whole or not at all.

    `half` stores matrices and kernels in half precision; biases, normalisation statistics and counters,
    which are few and may need the range, stay as they are. Without `flush` the disk is not waited for.

    Raises:
        RunError: where the file can't be written; what was at `path` is then still there.
    """
    tensors = {name: _stored(tensor, half) for name, tensor in network_state.items()}
    fields = {
        "format": FORMAT,
        "format_version": str(FORMAT_VERSION),
        "model": msgspec.json.encode(metadata.model).decode(),
        "classes": json.dumps(metadata.classes),
        "image_size": str(metadata.image_size),
        "input_scaling": metadata.input_scaling,
        "epoch": str(metadata.epoch),
        "temperature": repr(metadata.sureness.temperature),
    }
    if metadata.sureness.sure_from is not None:
        fields["sure_from"] = repr(metadata.sureness.sure_from)
    try:
        with atomic_path(path, flush=flush) as temporary:
            save_file(tensors, temporary, fields)
    except (OSError, SafetensorError) as error:
        raise RunError(
            f"{path}: the weights could not be written ({error}); free some space or check the folder"
        ) from error


def load_weights(path: Path) -> tuple[dict[str, Tensor], WeightsMetadata]:
    """The tensors of `path` on the CPU, floating ones as float32, and what stands beside them.

    Raises:
        RunError: where the file is missing, damaged, not a weights file of signtui, or of a later format.
    """
    if not path.is_file():
        raise RunError(f"{path}: there is no such weights file; see `signtui runs` for what is there")
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            metadata = _read_metadata(path, file.metadata())
            # Copied: the file may be replaced or cut while the tensors that map it are in use.
            state = {name: _restored(file.get_tensor(name)) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise RunError(
            f"{path}: not a readable weights file ({error}); it is damaged or was not written by signtui"
        ) from error
    return state, metadata


def load_network(path: Path) -> tuple[Network, WeightsMetadata]:
    """The network that `path` describes, with its weights, on the CPU and set to evaluate.

    Raises:
        RunError: as `load_weights`, and where the tensors don't belong to the network described.
    """
    state, metadata = load_weights(path)
    try:
        network = build(metadata.model, metadata.image_size, len(metadata.classes), seed=0)
    except SigntuiError as error:
        raise RunError(f"{path}: describes a network that can't be built: {error}") from error
    expected = {name: tensor.shape for name, tensor in network.state_dict().items()}
    found = {name: tensor.shape for name, tensor in state.items()}
    odd = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
    if odd:
        raise RunError(f"{path}: the tensors don't fit the network described beside them (see {odd[0]!r})")
    network.load_state_dict(state)
    return network.eval(), metadata


def _read_metadata(path: Path, fields: Mapping[str, str] | None) -> WeightsMetadata:
    if not fields or fields.get("format") != FORMAT:
        raise RunError(
            f"{path}: a safetensors file, but not weights written by signtui; give a run's own file"
        )
    try:
        version = int(fields["format_version"])
        if version > FORMAT_VERSION:
            raise RunError(
                f"{path}: weights of format {version}, and this signtui reads up to {FORMAT_VERSION};"
                " update signtui"
            )
        return WeightsMetadata(
            model=msgspec.json.decode(fields["model"], type=ModelSettings),
            classes=msgspec.json.decode(fields["classes"], type=tuple[str, ...]),
            image_size=int(fields["image_size"]),
            epoch=int(fields["epoch"]),
            sureness=_read_sureness(fields),
        )
    except (KeyError, ValueError) as error:  # msgspec's errors are ValueErrors
        raise RunError(f"{path}: the description beside the weights can't be read ({error})") from error


def _read_sureness(fields: Mapping[str, str]) -> Sureness:
    temperature = float(fields.get("temperature", 1))
    sure_from = float(fields["sure_from"]) if "sure_from" in fields else None
    if not 0 < temperature < float("inf"):
        raise ValueError(f"a temperature of {temperature:g}")
    return Sureness(temperature, sure_from)


def _stored(tensor: Tensor, half: bool) -> Tensor:
    tensor = tensor.detach().to("cpu")
    if half and tensor.ndim >= 2 and tensor.is_floating_point():
        tensor = tensor.to(torch.float16)
    return tensor.contiguous()


def _restored(tensor: Tensor) -> Tensor:
    return tensor.to(torch.float32, copy=True) if tensor.is_floating_point() else tensor.clone()
