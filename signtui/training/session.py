"""A run from its first byte on disk to its last: ties the trainer to a folder, a control and a mailbox.

The session works in one plain thread of its own, so that whoever watches may come and go. `open` does what
can fail for the user's sake, in the caller's thread; after it nothing but training is left to do.
"""

import contextlib
import os
import platform
import socket
import threading
import time
import traceback
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from msgspec.structs import asdict, replace

from signtui import __version__
from signtui.config import Config, as_plain, resolve
from signtui.config.document import run_document
from signtui.config.settings import with_values
from signtui.data.images import ImageSet
from signtui.errors import ConfigError, RunError, SigntuiError
from signtui.events import (
    SCHEMA,
    AnyEvent,
    FineTuning,
    HeldOut,
    Reason,
    RunEnded,
    RunStarted,
    Test,
)
from signtui.files import write_atomic
from signtui.model.network import Network, build
from signtui.model.sureness import Sureness
from signtui.model.weights import WeightsMetadata, load_network
from signtui.runs.folder import RunFolder, create_run
from signtui.runs.log import LogWriter
from signtui.runs.state import RunState
from signtui.runs.summary import write_summary
from signtui.training.checkpoint import Checkpoint, load_checkpoint
from signtui.training.control import Control
from signtui.training.devices import Compute, choose_compute, give_way, prepare_thread
from signtui.training.evaluation import Cancelled, evaluate
from signtui.training.fine_tuning import with_lasting_start
from signtui.training.housekeeper import Housekeeper
from signtui.training.keeper import FolderKeeper
from signtui.training.mailbox import Mailbox
from signtui.training.material import Material, gather, on_device
from signtui.training.randomness import counted_seed
from signtui.training.same_data import refuse_other_data, state_in_brief
from signtui.training.samples import samples_event
from signtui.training.sureness import calibrated
from signtui.training.trainer import Diverged, Trainer


class TrainingSession:
    """One run, new or resumed: `open`, `start`, read `mailbox`, steer by `control`, `join`."""

    def __init__(
        self,
        config: Config,
        material: Material,
        folder: RunFolder,
        checkpoint: Checkpoint | None,
        *,
        score_test: bool = True,
        score_held_out: bool = True,
    ) -> None:
        self.config = config
        self.material = material
        self.folder = folder
        self.compute: Compute = choose_compute(config.train)
        self.control = Control()
        self.mailbox = Mailbox()
        self.ended: RunEnded | None = None
        self._niceness = 0
        self._scores_test, self._scores_held_out = score_test, score_held_out
        self._keeper: FolderKeeper | None = None
        self._compared: FineTuning | None = None
        self._checkpoint = checkpoint
        self._log = LogWriter(folder.events)
        self._housekeeper = Housekeeper(folder, self.control, self._say, self.compute.device)
        self._thread = threading.Thread(target=self._work, name=f"training {folder.id}")
        self._started = time.perf_counter()

    @classmethod
    def open(
        cls, config: Config, *, score_test: bool = True, score_held_out: bool = True
    ) -> "TrainingSession":
        """A new run of `config`, with a folder of its own.

        `score_test` False leaves the test images alone, `score_held_out` False the group held out.

        Raises:
            ConfigError, DataError, RunError: where it can't start; no folder is left behind then.
        """
        choose_compute(config.train)
        config = with_lasting_start(config)
        material = gather(config)
        folder = create_run(Path(config.runs.directory).expanduser(), config)
        return cls(config, material, folder, None, score_test=score_test, score_held_out=score_held_out)

    @classmethod
    def resume(
        cls, folder: RunFolder, changes: dict[str, Any], *, score_test: bool = True
    ) -> "TrainingSession":
        """The run in `folder`, from its last checkpoint.

        `changes` are those of `config.settings.RESUMABLE` that differ from the run's own settings, by key.
        A run that ended between its last epoch and its scores goes on with these.

        Raises:
            ConfigError, DataError, RunError: where it can't go on; the folder stays as it was.
        """
        config = resolve(file=folder.config, environment={}).config
        checkpoint = load_checkpoint(folder.last)
        state = state_in_brief(folder)
        # What was changed while it ran is in the checkpoint.
        live = {"train.epochs": checkpoint["epochs"], "train.learning_rate": checkpoint["learning_rate"]}
        config = with_values(config, live | changes)
        if checkpoint["epoch"] > config.train.epochs and not _lacks_scores(state):
            done = checkpoint["epoch"] - 1
            raise ConfigError(
                f"run {folder.id} has done all {done} of its epochs; give --epochs a higher number to go on"
            )
        material = gather(config)
        if state.data is not None:
            refuse_other_data(folder.id, state.data, material.dataset)
        session = cls(config, material, folder, checkpoint, score_test=score_test)
        session._compared = state.fine_tuning
        write_atomic(folder.config, run_document(config))
        return session

    def start(self, *, niceness: int = 0) -> None:
        """Begin training, in the session's own thread, which gives way to others by `niceness` (Linux)."""
        self._niceness = niceness
        self._thread.start()

    def join(self, seconds: float | None = None) -> bool:
        """Wait for the end, at most `seconds`; True when the run is over and all of it is on disk."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _say(self, event: AnyEvent) -> None:
        self._log.write(event)
        self.mailbox.put(event)

    def _work(self) -> None:
        reason: Reason = "failed"
        message, test, held_out, trainer = "", None, None, None
        try:
            give_way(self._niceness)  # before torch makes its pool of threads, which inherits it
            prepare_thread(self.compute, deterministic=self.config.train.deterministic)
            trainer = self._make_trainer()
            self._say(self._run_started(trainer))
            self._say(samples_event(self.material.samples()))
            self._compare_before()
            self._housekeeper.start()  # only now: a log begins with run_started
            came_to, sentence = _trained(trainer)
            if came_to not in ("interrupted", "terminated"):
                test, held_out = self._score_best(compare=came_to != "diverged")
            # Only now: a run whose scores could not be taken has failed, however its training ended.
            reason, message = came_to, sentence
        except SigntuiError as error:
            message = str(error)
        except torch.OutOfMemoryError:
            message = _out_of_memory(self.config, self.compute)
        except Exception as error:  # a bug: its traceback is kept, and the program lives on
            message = self._keep_traceback(error)
        self._end(reason, message, test, held_out, trainer)

    def _make_trainer(self) -> Trainer:
        seed = counted_seed(self.config.train.seed, "weights")
        classes = self.material.dataset.classes
        network = build(self.config.model, self.material.dataset.size, len(classes), seed)
        metadata = WeightsMetadata(self.config.model, classes, self.material.dataset.size)
        if self.material.start is not None:
            network.load_state_dict(self.material.start.network.state_dict())
        splits = self.material.splits(self.config, self.compute.device)
        self._keeper = keeper = FolderKeeper(self.folder, metadata, self.config.runs.epoch_weights)
        keeper.forget_now()  # an earlier process may have been killed
        trainer = Trainer(self.config, network, splits, self.compute, self.control, keeper, self._say)
        if self.material.start is not None:
            # New photos are too few to fit it to, and those held out are to choose nothing.
            trainer.sureness = self.material.start.metadata.sureness
        if self._checkpoint:
            trainer.restore(self._checkpoint)
            keeper.forget_after(self._checkpoint["epoch"])
        return trainer

    def _run_started(self, trainer: Trainer) -> RunStarted:
        return RunStarted(
            time=time.time(),
            schema=SCHEMA,
            id=self.folder.id,
            config=as_plain(self.config),
            data=self.material.facts(),
            model=self.material.plan.facts(),
            steps_per_epoch=trainer.steps,
            device=str(self.compute.device),
            precision=self.compute.precision,
            threads=self.compute.threads,
            versions={
                "signtui": __version__,
                "torch": str(torch.__version__),
                "numpy": np.__version__,
                "python": platform.python_version(),
            },
            host=socket.gethostname(),
            pid=os.getpid(),
            resumed_at=trainer.steps_done if self._checkpoint else None,
        )

    def _score_best(self, *, compare: bool) -> tuple[Test | None, HeldOut | None]:
        """The best weights on the test images and on the group held out, which nothing before has looked at.

        `compare` also has them compared with those at the start. Where the run must end now, what is not
        scored yet stays None.
        """
        if not self.folder.best.is_file() or self.control.now:
            return None, None
        network, metadata = load_network(self.folder.best)
        score = partial(self._score, network, metadata.sureness)
        images, group = self.material.dataset.test, self.material.split.held_out
        test, held_out = None, None
        with contextlib.suppress(Cancelled):
            if images is not None and self._scores_test:
                test = score(images)
            if group is not None and self._scores_held_out:
                held_out = HeldOut(group.kind, group.name, **asdict(score(group.images)))
            if compare:
                self._compare_after(network)
        return test, held_out

    def _score(self, network: Network, sureness: Sureness | None, images: ImageSet) -> Test:
        """`network` on `images`, and where its `sureness` is given, how sure it is.

        Raises:
            Cancelled: where the run must end now.
        """

        def on_batch(_: int) -> None:
            if self.control.now:
                raise Cancelled

        device, classes = self.compute.device, len(self.material.dataset.classes)
        scaling = self.config.model.input_scaling
        found = evaluate(
            network.to(device), on_device(images, device), classes, scaling, self.compute, on_batch
        )
        score = found.score
        sure = None if sureness is None else calibrated(found.logits, found.truths, sureness)
        return Test(score.loss, score.accuracy, score.images, found.recall, found.confusion, sure)

    def _compare_before(self) -> None:
        """How the weights at the start score, of a run that goes on from another's and never told it."""
        start = self.material.start
        if start is not None and self._compared is None:
            with contextlib.suppress(Cancelled):
                self._compared = start.before(partial(self._score, start.network, None))
                self._say(self._compared)

    def _compare_after(self, network: Network) -> None:
        """How `network` does after what was learned. Raises Cancelled where the run must end now."""
        if self.material.start is not None and self._compared is not None:
            self._say(self.material.start.after(self._compared, partial(self._score, network, None)))

    def _keep_traceback(self, error: Exception) -> str:
        text = "".join(traceback.format_exception(error))
        with contextlib.suppress(OSError):
            write_atomic(self.folder.error, text)
        what = f"{type(error).__name__}: {error}"
        return f"signtui met a bug of its own ({what}); the traceback is in {self.folder.error}"

    def _end(
        self,
        reason: Reason,
        message: str,
        test: Test | None,
        held_out: HeldOut | None,
        trainer: Trainer | None,
    ) -> None:
        self._housekeeper.stop()
        if self._keeper:
            self._keeper.forget_now()
        done = trainer.epoch - 1 if trainer else 0
        self.ended = RunEnded(
            time=time.time(),
            id=self.folder.id,
            reason=reason,
            epochs=done,
            best=trainer.chosen.best if trainer else None,
            test=test,
            seconds=trainer.seconds if trainer else time.perf_counter() - self._started,
            synthetic=self.material.dataset.synthetic,
            message=message,
            held_out=held_out,
        )
        self._log.write(self.ended)
        try:
            self._log.close()
            write_summary(self.folder, state_in_brief(self.folder))
        except (RunError, OSError) as error:
            self.ended = replace(self.ended, reason="failed", message=str(error))
        # Only now, so that whoever waits for it finds everything on disk.
        self.mailbox.put(self.ended)


def _trained(trainer: Trainer) -> tuple[Reason, str]:
    """Train to the end, whichever it is: why it ended, and a sentence where it diverged."""
    try:
        return trainer.run(), ""
    except Diverged as error:
        return "diverged", str(error)


def _lacks_scores(state: RunState) -> bool:
    """Whether the run was cut off after its last epoch, before all scores of its end were taken."""
    if state.ended is None or state.ended.reason == "failed":
        return True
    held_out = state.data is not None and state.data.held_out_images > 0
    return held_out and state.ended.held_out is None


def _out_of_memory(config: Config, compute: Compute) -> str:
    return (
        f"{compute.device} ran out of memory at a batch size of {config.train.batch_size}: lower"
        " train.batch_size, or use fewer filters or smaller hidden layers"
    )
