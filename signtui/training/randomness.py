"""Randomness that is counted, not remembered: every draw has a seed made from where it stands in the run.

So nothing about chance needs saving, and a run taken up at any step goes on exactly as it would have.
"""

import hashlib

import torch
from torch import Tensor


def counted_seed(seed: int, purpose: str, *counts: int) -> int:
    """A 63-bit seed for one draw: the run's `seed`, what is drawn, and which time (epoch, step)."""
    text = ":".join((str(seed), purpose, *map(str, counts)))
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1


def shuffled(count: int, seed: int, epoch: int) -> Tensor:
    """The order of an epoch's images: int64 (count,), a permutation of 0..count-1."""
    generator = torch.Generator().manual_seed(counted_seed(seed, "order", epoch))
    return torch.randperm(count, generator=generator)
