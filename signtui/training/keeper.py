"""Puts a trainer's weights and state into its run folder."""

import contextlib
from dataclasses import replace
from pathlib import Path

from torch import Tensor

from signtui.errors import RunError
from signtui.model.sureness import Sureness
from signtui.model.weights import WeightsMetadata, save_weights
from signtui.runs.folder import RunFolder
from signtui.training.checkpoint import Checkpoint, save_checkpoint


class FolderKeeper:
    """Writes best.safetensors, last.ckpt and epochs/; keeps the newest `most_epochs` of the latter."""

    def __init__(self, folder: RunFolder, metadata: WeightsMetadata, most_epochs: int) -> None:
        self.folder = folder
        self.metadata = metadata
        self.most_epochs = most_epochs

    def checkpoint(self, checkpoint: Checkpoint) -> None:
        """Replace last.ckpt."""
        save_checkpoint(self.folder.last, checkpoint)

    def best(self, weights: dict[str, Tensor], epoch: int, sureness: Sureness) -> None:
        """Replace best.safetensors; the old best stays until the new one is on disk."""
        save_weights(self.folder.best, weights, replace(self.metadata, epoch=epoch, sureness=sureness))

    def epoch(self, weights: dict[str, Tensor], epoch: int, sureness: Sureness) -> None:
        """Keep the epoch's weights in half precision, and let go of the oldest beyond the limit."""
        if not self.most_epochs:
            return
        self.folder.epochs.mkdir(exist_ok=True)
        metadata = replace(self.metadata, epoch=epoch, sureness=sureness)
        save_weights(self._path(epoch), weights, metadata, half=True)
        for path in sorted(self.folder.epochs.glob("*.safetensors"))[: -self.most_epochs]:
            with contextlib.suppress(OSError):
                path.unlink()

    def now(self, weights: dict[str, Tensor], epoch: int, sureness: Sureness) -> None:
        """Leave the present weights for whoever asked; where they can't be written, training goes on."""
        with contextlib.suppress(RunError):
            metadata = replace(self.metadata, epoch=epoch, sureness=sureness)
            save_weights(self.folder.now, weights, metadata, half=True, flush=False)

    def forget_now(self) -> None:
        """Remove the present weights: there is no present any more."""
        with contextlib.suppress(OSError):
            self.folder.now.unlink(missing_ok=True)

    def forget_after(self, epoch: int) -> None:
        """Remove the weights of `epoch` and later: a resumed run makes them again."""
        for path in self.folder.epochs.glob("*.safetensors"):
            if path >= self._path(epoch):
                with contextlib.suppress(OSError):
                    path.unlink()

    def _path(self, epoch: int) -> Path:
        return self.folder.epochs / f"{epoch:05d}.safetensors"
