"""The training loop: epochs of steps, a score after each epoch, and an ear for commands in between.

It knows nothing of screens, files or threads: it says events to `report`, hands what must be kept to a
`Keeper`, and listens to a `Control`.
"""

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Literal, Protocol

import torch
from torch import Tensor, nn

from signtui.config.schema import Config
from signtui.data.augmentation import Augmentation
from signtui.errors import SigntuiError
from signtui.events import AnyEvent, EpochEnded, Evaluating, Mark, MarkKind, Reason, Score, Step
from signtui.model.network import Network
from signtui.model.scaling import scale_images
from signtui.model.sureness import UNFITTED, Sureness
from signtui.runs.control import Command, Pause, Resume, SetEpochs, SetLearningRate, Snapshot
from signtui.training import schedule
from signtui.training.batches import batch_bounds, steps_per_epoch
from signtui.training.best_epoch import BestEpoch
from signtui.training.checkpoint import FORMAT_VERSION, Checkpoint
from signtui.training.control import Control
from signtui.training.devices import Compute
from signtui.training.evaluation import Cancelled, Evaluation, Labelled, evaluate
from signtui.training.meter import Meter, NonFinite
from signtui.training.objective import gather_gradient
from signtui.training.optimiser import AveragedWeights, clip_gradient, make_optimiser, set_learning_rate
from signtui.training.randomness import counted_seed, shuffled
from signtui.training.samples import guess, seconds_to_next
from signtui.training.snapshots import Snapshots
from signtui.training.splits import Splits
from signtui.training.sureness import calibrated, fit_sureness

REPORT_SECONDS = 0.1
CHECKPOINT_SECONDS = 30.0


class Keeper(Protocol):
    """Where the trainer's weights and state are kept."""

    def checkpoint(self, checkpoint: Checkpoint) -> None:
        """Keep the state to resume from, in place of the last."""

    def best(self, weights: dict[str, Tensor], epoch: int, sureness: Sureness) -> None:
        """Keep the weights of the best epoch so far."""

    def epoch(self, weights: dict[str, Tensor], epoch: int, sureness: Sureness) -> None:
        """Keep the weights at the end of an epoch."""

    def now(self, weights: dict[str, Tensor], epoch: int, sureness: Sureness) -> None:
        """Leave the weights as they are at this moment for whoever asked."""


class Diverged(SigntuiError):
    """The loss or a gradient is no number any more."""


class _Ended(Exception):
    """The run ends within an epoch, for `reason`."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


class Trainer:
    """One run of training. `run` does all of it; `restore` first takes up a checkpoint."""

    def __init__(
        self,
        config: Config,
        network: Network,
        splits: Splits,
        compute: Compute,
        control: Control,
        keeper: Keeper,
        report: Callable[[AnyEvent], None],
    ) -> None:
        self.settings = config.train
        self.scaling = config.model.input_scaling
        self.network = network.to(compute.device)
        self.splits = splits
        self.compute = compute
        self.control = control
        self.keeper = keeper
        self.report = report
        self.augmentation = Augmentation(config.augment, splits.train.images.shape[-1], compute.device)
        self.optimiser = make_optimiser(self.network, self.settings)
        self.averaged = AveragedWeights(self.network, self.settings.ema) if self.settings.ema else None
        self.has_dropout = any(isinstance(m, nn.Dropout | nn.Dropout2d) for m in network.modules())
        self.steps = steps_per_epoch(len(splits.train), self.settings.batch_size)
        self.epoch, self.step = 1, 0  # the epoch under way, and its steps done
        self.epochs, self.learning_rate = self.settings.epochs, self.settings.learning_rate
        self.plateau = schedule.Plateau()
        self.chosen = BestEpoch(splits.photographs, keeps_last=bool(self.settings.from_))
        self.sureness = UNFITTED  # as the last scoring of validation found it
        self.meter = Meter(self.steps, compute.device)
        self._earlier_seconds = self._earlier_epoch_seconds = 0.0
        self._started = self._epoch_started = self._saved = time.perf_counter()
        self._rate = 0.0
        self._watched = float("-inf")
        self._snapshots = Snapshots()

    @property
    def seconds(self) -> float:
        """Time spent on this run, in earlier processes too."""
        return self._earlier_seconds + time.perf_counter() - self._started

    @property
    def steps_done(self) -> int:
        """Optimiser steps of the whole run so far."""
        return (self.epoch - 1) * self.steps + self.step

    def run(self) -> Reason:
        """Train to the end, whichever it is, and say why it ended.

        Raises:
            Diverged: where a loss or gradient is no number any more.
        """
        try:
            while self.epoch <= self.epochs:
                self._train_epoch()
                self._score_epoch()
                self._begin_epoch(self.epoch + 1)
                self._save()
                if self.chosen.has_stalled(self.epoch - 1, self.settings.early_stopping):
                    return "early_stopping"
        except _Ended as end:
            self._after_stop(end.reason)
            return end.reason
        except NonFinite as error:
            raise self._diverged(error.what, error.step + 1) from None
        return "finished"

    def _train_epoch(self) -> None:
        train, seed = self.splits.train, self.settings.seed
        order = shuffled(len(train), seed, self.epoch).to(self.compute.device)
        changes = self.augmentation.draw(len(train), counted_seed(seed, "augmentation", self.epoch))
        self.network.train()
        self._heed()
        self.meter.restart_clock()
        for step in range(self.step, self.steps):
            first, end = batch_bounds(len(train), self.steps, step)
            chosen = order[first:end]
            with torch.no_grad():
                levels = self.augmentation.apply(train.images[chosen], changes.select(slice(first, end)))
                images = scale_images(levels, self.scaling)
            self._learn(images, train.labels[chosen])
            self.step = step + 1
            self._between_steps()
        self._report_steps()

    def _learn(self, images: Tensor, labels: Tensor) -> None:
        """One optimiser step on float (N, 1, S, S) and int64 (N,)."""
        if self.has_dropout:
            torch.manual_seed(counted_seed(self.settings.seed, "dropout", self.epoch, self.step))
        self._rate = self._scheduled_rate()
        set_learning_rate(self.optimiser, self._rate)
        self.optimiser.zero_grad(set_to_none=True)
        smoothing = self.settings.label_smoothing
        loss, accuracy = gather_gradient(self.network, images, labels, smoothing, self.compute)
        norm = clip_gradient(self.network, self.settings.gradient_clip)
        self.optimiser.step()
        if self.averaged:
            self.averaged.update()
        self.meter.record(loss, accuracy, norm, len(labels))

    def _scheduled_rate(self) -> float:
        whole = self.epochs * self.steps
        return (
            self.learning_rate * self.plateau.factor * schedule.factor(self.settings, self.steps_done, whole)
        )

    def _between_steps(self) -> None:
        if self.meter.waiting_seconds >= REPORT_SECONDS:
            self._report_steps()
        if self.seconds - self._watched >= seconds_to_next(self.seconds):
            self._watch_samples()
        self._heed()
        if self.settings.time_limit and self.seconds >= self.settings.time_limit:
            raise _Ended("time_limit")
        if time.perf_counter() - self._saved >= CHECKPOINT_SECONDS:
            self._save()

    def _watch_samples(self) -> None:
        """Say what the network makes of the watched images, where there are any."""
        if self.splits.samples is None:
            return
        self._watched = self.seconds
        network, samples = self.scored_network, self.splits.samples
        where = self.epoch, self.steps_done
        self.report(guess(network, samples, self.scaling, self.compute, *where, self.sureness.temperature))

    def _heed(self) -> None:
        for command in self.control.take():
            self._obey(command)
        self._snapshots.grant(self._leave_snapshot)
        if self.control.stop_reason:
            raise _Ended(self.control.stop_reason)

    def _leave_snapshot(self) -> None:
        self.keeper.now(self.scored_network.state_dict(), self.epoch, self.sureness)

    def _report_steps(self) -> None:
        interval = self.meter.read()
        if interval is None:
            return
        self.report(
            Step(
                time=time.time(),
                epoch=self.epoch,
                step=self.steps_done,
                steps=interval.steps,
                loss=interval.loss,
                accuracy=interval.accuracy,
                learning_rate=self._rate,
                gradient_norm=interval.gradient_norm,
                images_per_second=interval.images / max(1e-9, interval.seconds),
            )
        )

    def _score_epoch(self, *, complete: bool = True) -> None:
        clean = self._score(self.splits.clean, "train") if self.splits.clean else None
        evaluation = self._score(self.splits.validation, "validation")
        validation = evaluation.score
        if not validation.loss < float("inf"):
            raise NonFinite(self.step - 1, "validation loss")
        if self.splits.fits_sureness:
            self.sureness = fit_sureness(evaluation.logits, evaluation.truths, self.splits.photographs)
        self._watch_samples()
        weights = self.scored_network.state_dict()
        best = self.chosen.take(self.epoch, validation)
        if best:
            self.keeper.best(weights, self.epoch, self.sureness)
            self.chosen.keep(self.epoch, validation)
        self.keeper.epoch(weights, self.epoch, self.sureness)
        total = self.meter.total()
        self.report(
            EpochEnded(
                time=time.time(),
                epoch=self.epoch,
                step=self.steps_done,
                train=Score(loss=total.loss, accuracy=total.accuracy, images=total.images),
                clean=clean.score if clean else None,
                validation=validation,
                recall=evaluation.recall,
                confusion=evaluation.confusion,
                learning_rate=self._rate,
                gradient_norm=total.gradient_norm,
                seconds=self._epoch_seconds,
                images_per_second=self.meter.images_per_second,
                best=best,
                complete=complete,
                calibration=calibrated(evaluation.logits, evaluation.truths, self.sureness),
            )
        )
        if complete and self.settings.schedule == "plateau" and self.plateau.after_epoch(validation.loss):
            self._mark("plateau", self.learning_rate * self.plateau.factor, "validation loss has stalled")

    @property
    def scored_network(self) -> Network:
        """The network that is scored and kept: the averaged one, where weights are averaged."""
        return self.averaged.network if self.averaged else self.network

    def _score(self, data: Labelled, split: Literal["train", "validation"]) -> Evaluation:
        last = 0.0

        def on_batch(done: int) -> None:
            nonlocal last
            if self.control.now or (self.control.stop_reason and self.chosen.best):
                raise Cancelled
            if time.perf_counter() - last >= REPORT_SECONDS:
                last = time.perf_counter()
                self.report(
                    Evaluating(time=time.time(), epoch=self.epoch, split=split, images=done, of=len(data))
                )

        try:
            return evaluate(
                self.scored_network, data, self.splits.classes, self.scaling, self.compute, on_batch
            )
        except Cancelled:
            raise _Ended(self.control.stop_reason or "stopped") from None

    def _begin_epoch(self, epoch: int) -> None:
        self.epoch, self.step = epoch, 0
        self.meter = Meter(self.steps, self.compute.device)
        self._earlier_epoch_seconds, self._epoch_started = 0.0, time.perf_counter()

    def _after_stop(self, reason: Reason) -> None:
        """Save, and where no epoch has been scored yet, score what there is: a stopped run is of use."""
        if self.control.now:
            return
        self._report_steps()
        self._save()
        if self.chosen.best is None and self.steps_done and reason in ("stopped", "time_limit"):
            try:
                self._score_epoch(complete=False)
            except _Ended:
                return

    def _obey(self, command: Command) -> None:
        match command:
            case SetLearningRate(value=value):
                self.learning_rate, self.plateau.factor = value, 1.0
                self._mark("learning_rate", value)
            case SetEpochs(value=value):
                self.epochs = max(value, self.epoch)
                self._mark("epochs", self.epochs)
            case Pause():
                self._pause()
            case Snapshot():
                self._snapshots.wish()
            case _:  # a resume of a run that isn't paused, or a stop, which is remembered elsewhere
                pass

    def _pause(self) -> None:
        self._report_steps()
        self._mark("pause")
        self._save()
        while not self.control.stop_reason:
            self.control.wait(1.0)
            commands = self.control.take()
            for command in commands:
                if not isinstance(command, Pause):
                    self._obey(command)
            self._snapshots.grant(self._leave_snapshot)
            if any(isinstance(command, Resume) for command in commands):
                break
        self._mark("resume")
        self.meter.restart_clock()

    def _mark(self, kind: MarkKind, value: float | None = None, text: str = "") -> None:
        epoch, step = self.epoch, self.steps_done
        self.report(Mark(time=time.time(), kind=kind, epoch=epoch, step=step, value=value, text=text))

    def _diverged(self, what: str, step: int) -> Diverged:
        where = f"epoch {self.epoch}, step {step} of {self.steps}"
        bf16 = ", precision fp32" if self.compute.precision == "bf16" else ""
        clip = "" if self.settings.gradient_clip else ", a gradient clip of 1"
        return Diverged(
            f"the {what} is no longer a finite number at {where}: most often the learning rate"
            f" ({self.learning_rate:g}) is too high; try a tenth of it{clip} or a longer warm-up{bf16}"
        )

    @property
    def _epoch_seconds(self) -> float:
        return self._earlier_epoch_seconds + time.perf_counter() - self._epoch_started

    def _save(self) -> None:
        self.meter.read()
        averaged = self.averaged
        self.keeper.checkpoint(
            Checkpoint(
                version=FORMAT_VERSION,
                epoch=self.epoch,
                step=self.step,
                rows=self.meter.rows,
                network=self.network.state_dict(),
                averaged=averaged.network.state_dict() if averaged else None,
                averaged_updates=averaged.updates if averaged else 0,
                optimiser=self.optimiser.state_dict(),
                plateau=asdict(self.plateau),
                **self.chosen.state(),
                learning_rate=self.learning_rate,
                epochs=self.epochs,
                seconds=self.seconds,
                epoch_seconds=self._epoch_seconds,
                sureness=(self.sureness.temperature, self.sureness.sure_from),
            )
        )
        self._saved = time.perf_counter()

    def restore(self, checkpoint: Checkpoint) -> None:
        """Take up the state in `checkpoint`; epochs and learning rate stay as the settings have them."""
        self.epoch, self.step = checkpoint["epoch"], checkpoint["step"]
        self.network.load_state_dict(checkpoint["network"])
        if self.averaged and checkpoint["averaged"] is not None:
            self.averaged.network.load_state_dict(checkpoint["averaged"])
            self.averaged.updates = checkpoint["averaged_updates"]
        self.optimiser.load_state_dict(checkpoint["optimiser"])
        self.plateau = schedule.Plateau(**checkpoint["plateau"])  # type: ignore[arg-type]  # one is a count
        self.chosen.restore(checkpoint)
        self.sureness = Sureness(*checkpoint.get("sureness", ()))
        self.meter.restore(checkpoint["rows"])
        self._earlier_seconds = checkpoint["seconds"]
        self._earlier_epoch_seconds = checkpoint["epoch_seconds"]
