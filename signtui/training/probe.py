"""How fast a network learns here, found out by a few steps of the real loop on images of noise.

The trainer itself is run: what is timed is what training costs, and there is no second loop to keep in step.
"""

import threading
import time
from collections.abc import Callable

import torch
from msgspec.structs import replace

from signtui.config import Config
from signtui.errors import SigntuiError
from signtui.model.network import build
from signtui.model.plan import plan
from signtui.runs.control import Command
from signtui.runs.speed import SCORING_COST, Speed
from signtui.training.control import Control
from signtui.training.devices import Compute, choose_compute, give_way, prepare_thread
from signtui.training.evaluation import Labelled, evaluate
from signtui.training.splits import Splits
from signtui.training.trainer import Trainer

MOST_SECONDS = 0.8
_WARM_UP_STEPS = 2
_ENOUGH_STEPS = 12
# A step of a huge batch must not take seconds: so many multiply-adds are a second at most, on one core.
_LARGEST_STEP = 1e10
_LARGEST_BATCH = 4096
_SCORED_IMAGES = 256


def probe(
    config: Config, image_size: int, classes: int, cancelled: threading.Event, niceness: int = 0
) -> Speed | None:
    """The speed of `config`'s network on square images of `image_size` pixels, after about a second.

    Takes up the calling thread, which gives way to others by `niceness` for good, and must be the only one
    that trains in this process. None where it was `cancelled` or there is nothing to time: no such device, or
    too little memory.
    """
    try:
        compute = choose_compute(config.train)
        give_way(niceness)
        prepare_thread(compute, deterministic=config.train.deterministic)
        shortened = _for_probing(config, image_size, classes, compute)
        return _timed(shortened, image_size, classes, compute, cancelled)
    except (SigntuiError, torch.OutOfMemoryError, RuntimeError, ValueError):
        # ValueError: batch normalisation of a single value. The run itself will say it better.
        return None


def _for_probing(config: Config, image_size: int, classes: int, compute: Compute) -> Config:
    """`config` with a batch that is soon made, and on a processor takes no more than about a second."""
    cost = 3 * max(1, plan(config.model, image_size, classes).multiply_adds)
    batch = min(config.train.batch_size, _LARGEST_BATCH)
    if compute.device.type == "cpu":
        batch = min(batch, max(2, int(_LARGEST_STEP / cost)))
    # Noise can't be learned: a step so small keeps the loss a number whatever the settings.
    train = replace(config.train, batch_size=batch, epochs=1, time_limit=0.0, learning_rate=1e-6)
    return replace(config, train=train)


def _timed(
    config: Config, image_size: int, classes: int, compute: Compute, cancelled: threading.Event
) -> Speed | None:
    batch = config.train.batch_size
    stopwatch = _Stopwatch(compute.device, cancelled)
    noise = _noise((_WARM_UP_STEPS + _ENOUGH_STEPS) * batch, image_size, classes, compute.device)
    network = build(config.model, image_size, classes, 0)
    splits = Splits(train=noise, validation=noise, clean=None, classes=classes, photographs=1)
    trainer = Trainer(config, network, splits, compute, stopwatch, Nobody(), lambda _: None)
    trainer.run()
    seconds = stopwatch.seconds_per_step
    if seconds is None or cancelled.is_set():
        return None
    training = batch / seconds
    return Speed(training, _scoring(trainer, noise, compute) or training / SCORING_COST)


def _scoring(trainer: Trainer, noise: Labelled, compute: Compute) -> float | None:
    """Images scored a second, by a few of them."""
    few = Labelled(noise.images[:_SCORED_IMAGES], noise.labels[:_SCORED_IMAGES])
    started = time.perf_counter()
    evaluate(trainer.scored_network, few, trainer.splits.classes, trainer.scaling, compute)
    seconds = time.perf_counter() - started  # reading the score back has waited for the device
    return len(few) / seconds if seconds > 0 else None


def _noise(count: int, side: int, classes: int, device: torch.device) -> Labelled:
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (count, side, side), dtype=torch.uint8, generator=generator)
    labels = torch.randint(0, classes, (count,), generator=generator)
    return Labelled(images.to(device), labels.to(device))


class _Stopwatch(Control):
    """Times the steps of a trainer, which asks its control for commands between them, and ends it in time."""

    def __init__(
        self, device: torch.device, cancelled: threading.Event, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        super().__init__()
        self._device = device
        self._cancelled = cancelled
        self._clock = clock
        self._began = clock()
        self._marks: list[float] = []

    @property
    def seconds_per_step(self) -> float | None:
        """The mean, without the first steps, which also pay for memory and kernels, if there are others."""
        steps = len(self._marks) - 1
        if steps < 1:
            return None
        first = min(_WARM_UP_STEPS, steps - 1)
        return (self._marks[-1] - self._marks[first]) / (steps - first)

    def take(self) -> list[Command]:
        """No commands; the moment is noted."""
        done = len(self._marks)  # steps so far: the first call comes before any
        late = done > 1 and self._clock() - self._began > MOST_SECONDS
        last = late or done >= _WARM_UP_STEPS + _ENOUGH_STEPS
        if self._device.type != "cpu" and (last or done == _WARM_UP_STEPS):
            torch.accelerator.synchronize(self._device)  # until then only the launch of a step was timed
        self._marks.append(self._clock())
        if last or self._cancelled.is_set():
            self.stop(now=True)
        return []


class Nobody:
    """Keeps nothing."""

    def checkpoint(self, checkpoint: object) -> None:
        """Nothing is resumed."""

    def best(self, weights: object, epoch: int, sureness: object) -> None:
        """Nothing is used."""

    def epoch(self, weights: object, epoch: int, sureness: object) -> None:
        """Nothing is shown."""

    def now(self, weights: object, epoch: int, sureness: object) -> None:
        """Nobody asks."""
