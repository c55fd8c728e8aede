"""What training a network keeps in memory at once, estimated from its plan."""

from signtui.config import Config
from signtui.model.plan import Plan

_BYTES = 4  # of one float32
_MOMENTS = {"sgd": 1, "adam": 2, "adamw": 2, "rmsprop": 1}
"""Values that each optimiser keeps for a weight, momentum included."""

_BACKWARD = 0.5
"""The gradients that the backward pass holds, as a share of the activations kept for it; measured."""

_KERNELS = 20_000_000
"""What the libraries' kernels work with, in bytes; measured on a processor."""


def training_memory(config: Config, plan: Plan) -> dict[str, int]:
    """An estimate in bytes, to a third or so, beside the program and its images; `total` is the sum."""
    averages = 1 if config.train.ema else 0
    activations = plan.activation_bytes(config.train.batch_size)
    parts = {
        "activations": activations,
        "weights": plan.weights * _BYTES * (1 + averages),
        "gradients": plan.weights * _BYTES,
        "optimiser": plan.weights * _BYTES * _MOMENTS[config.train.optimiser],
        "working": round(_BACKWARD * activations) + _KERNELS,
    }
    return parts | {"total": sum(parts.values())}
