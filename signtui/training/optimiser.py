"""The update rules, and the average of weights that is scored and kept in place of the last ones."""

import copy

import torch
from torch import Tensor, nn

from signtui.config.schema import TrainSettings
from signtui.model.network import Network

# The share of squared gradients that RMSprop keeps, as Keras has it; torch's own default is 0.99.
RMSPROP_DECAY = 0.9
RMSPROP_EPSILON = 1e-7


def make_optimiser(network: nn.Module, settings: TrainSettings) -> torch.optim.Optimizer:
    """The optimiser of `settings`; the learning rate is set anew at each step.

    Weight decay pulls at kernels and matrices only: biases and normalisation keep their size.
    """
    weights = [parameter for parameter in network.parameters() if parameter.ndim >= 2]
    others = [parameter for parameter in network.parameters() if parameter.ndim < 2]
    groups = [
        {"params": weights, "weight_decay": settings.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    rate, momentum = settings.learning_rate, settings.momentum
    match settings.optimiser:
        case "sgd":
            return torch.optim.SGD(groups, lr=rate, momentum=momentum, nesterov=momentum > 0)
        case "adam":
            return torch.optim.Adam(groups, lr=rate)
        case "adamw":
            return torch.optim.AdamW(groups, lr=rate)
        case "rmsprop":
            return torch.optim.RMSprop(
                groups, lr=rate, alpha=RMSPROP_DECAY, eps=RMSPROP_EPSILON, momentum=momentum
            )


def set_learning_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """Give every parameter group the learning rate `rate`."""
    for group in optimiser.param_groups:
        group["lr"] = rate


def clip_gradient(network: Network, longest: float) -> Tensor:
    """Shorten the whole gradient to `longest`, where that is not 0; gives its length before.

    Of an ensemble each network's gradient is shortened by itself, and the mean of their lengths is given.
    """
    norms = []
    for one in network.ensemble:
        weights = one.own_parameters()
        norms.append(nn.utils.get_total_norm([p.grad for p in weights if p.grad is not None]))
        if longest:
            nn.utils.clip_grads_with_norm_(weights, longest, norms[-1])
    return torch.stack(norms).mean()


class AveragedWeights:
    """A copy of the network whose weights trail the trained ones: average = decay * average + rest * new.

    The decay starts small and grows to the one asked for, so that the first random weights are soon
    forgotten. Running statistics of batch normalisation are averaged alike.
    """

    def __init__(self, network: Network, decay: float) -> None:
        self.network = copy.deepcopy(network).eval().requires_grad_(False)
        self.decay = decay
        self.updates = 0
        self._source = _floating(network)
        self._target = _floating(self.network)

    @torch.no_grad()
    def update(self) -> None:
        """Take in the trained network's present weights."""
        self.updates += 1
        decay = min(self.decay, self.updates / (self.updates + 9))
        torch._foreach_lerp_(self._target, self._source, 1 - decay)


def _floating(network: nn.Module) -> list[Tensor]:
    tensors = [*network.parameters(), *network.buffers()]
    return [tensor.detach() for tensor in tensors if tensor.is_floating_point()]
