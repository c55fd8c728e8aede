"""Memory that training takes, measured in a process for each network, beside what is estimated of it."""

import resource
import subprocess
import sys
from pathlib import Path

from machine import describe
from msgspec.structs import replace

from signtui.config.presets import preset_config
from signtui.model.memory import training_memory
from signtui.model.plan import plan

CASES = (
    ("fast", 128),
    ("fast", 512),
    ("tiny", 128),
    ("accurate", 128),
    ("tutorial", 32),
    ("tutorial", 256),
)
STEPS = 4
SIDE, CLASSES = 28, 24


def resident() -> int:
    """Bytes of this process in memory now (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def measure(preset: str, batch: int) -> None:
    """Train a few steps on noise; print the estimate and how much the process grew at most."""
    import torch
    from torch import nn

    from signtui.model.network import build
    from signtui.training.control import Control
    from signtui.training.devices import choose_compute, prepare_thread
    from signtui.training.evaluation import Labelled
    from signtui.training.probe import Nobody
    from signtui.training.splits import Splits
    from signtui.training.trainer import Trainer

    config = preset_config(preset)
    config = replace(config, train=replace(config.train, batch_size=batch, epochs=1, device="cpu"))
    compute = choose_compute(config.train)
    prepare_thread(compute, deterministic=False)
    count = STEPS * batch
    images = torch.randint(0, 256, (count, SIDE, SIDE), dtype=torch.uint8)
    noise = Labelled(images, torch.randint(0, CLASSES, (count,)))
    few = Labelled(noise.images[:CLASSES], noise.labels[:CLASSES])
    nn.Conv2d(1, 4, 3)(torch.randn(2, 1, SIDE, SIDE)).sum().backward()  # the library's own memory
    before = resident()
    network = build(config.model, SIDE, CLASSES, 0)
    splits = Splits(noise, few, None, CLASSES, 1)
    Trainer(config, network, splits, compute, Control(), Nobody(), lambda _: None).run()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before
    estimate = training_memory(config, plan(config.model, SIDE, CLASSES))["total"]
    print(f"{preset:10} batch {batch:4}  estimate {estimate / 1e6:4.0f} MB  measured {grown / 1e6:4.0f} MB")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        measure(sys.argv[1], int(sys.argv[2]))
    else:
        print(describe("signtui", "torch"), flush=True)
        for name, size in CASES:
            subprocess.run([sys.executable, __file__, name, str(size)], check=True)
