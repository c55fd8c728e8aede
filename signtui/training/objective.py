"""What a network is trained for: the cross-entropy of its logits, some of it spread over all classes."""

import torch
from torch import Tensor
from torch.nn import functional

from signtui.model.network import Network
from signtui.training.devices import Compute


def gather_gradient(
    network: Network, images: Tensor, labels: Tensor, smoothing: float, compute: Compute
) -> tuple[Tensor, Tensor]:
    """Add the gradient of the objective to the weights of all networks of the ensemble.

    Each learns from its own answers; one follows the other, so that only one's activations are kept. Gives
    the mean of their cross-entropies (without `smoothing`) and of their accuracies, for scaled `images`,
    float (N, 1, S, S), and `labels`, int64 (N,).
    """
    learned = [_gathered(one, images, labels, smoothing, compute) for one in network.ensemble]
    cross_entropy, accuracy = torch.stack(learned).mean(0)
    return cross_entropy, accuracy


def _gathered(one: Network, images: Tensor, labels: Tensor, smoothing: float, compute: Compute) -> Tensor:
    with compute.autocast():
        logits: Tensor = one(images.contiguous(memory_format=torch.channels_last))
    logits = logits.float()
    log_probabilities = functional.log_softmax(logits, dim=1)
    cross_entropy = functional.nll_loss(log_probabilities, labels)
    objective = (1 - smoothing) * cross_entropy - smoothing * log_probabilities.mean()
    objective.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
    accuracy = (logits.detach().argmax(1) == labels).float().mean()
    return torch.stack((cross_entropy.detach(), accuracy))
