"""A run whose mistakes are known, and an engine that has its predictions at hand."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
from recorded_run import (
    CLASSES,
    PER_EPOCH,
    RUN_ID,
    begun,
    epoch_ended,
    refuse,
    run_ended,
)

from signtui.data.images import ImageSet
from signtui.data.nearest import Nearest
from signtui.errors import RunError
from signtui.events import AnyEvent, Best, EpochEnded, RunEnded, RunStarted, Score, Test
from signtui.model.sureness import UNFITTED
from signtui.runs.mistakes import confusion_of
from signtui.training.predicted import Look, Predictions, PredictionWish
from signtui.tui.engine import Engine

VARIANTS, PHOTOGRAPHS = 5, 4
IMAGES = 24 * VARIANTS * PHOTOGRAPHS
M, N, S, A = (CLASSES.index(letter) for letter in "MNSA")


def pictures(count: int) -> np.ndarray:
    """Plain shapes, each a little different."""
    y, x = np.mgrid[:28, :28]
    return np.stack(
        [
            ((x * (2 + number % 5) + y * (1 + number % 7)) * 3 % 200 + 20 + number % 30).astype(np.uint8)
            for number in range(count)
        ]
    )


def truths() -> np.ndarray:
    return np.repeat(np.arange(24), VARIANTS * PHOTOGRAPHS)


def guessed(epoch: int) -> tuple[np.ndarray, np.ndarray]:
    """What is guessed in an epoch, and how surely: fewer mistakes later, and none after the third."""
    guesses = truths().copy()
    sure = np.full(IMAGES, 0.97)
    first = M * VARIANTS * PHOTOGRAPHS
    if epoch < 3:
        guesses[first : first + 6] = N  # one photograph whole, one image of the next
        sure[first : first + 6] = [0.995, 0.96, 0.91, 0.8, 0.7, 0.55]
        guesses[first + 10] = S
        sure[first + 10] = 0.45
        guesses[N * VARIANTS * PHOTOGRAPHS] = M
        sure[N * VARIANTS * PHOTOGRAPHS] = 0.6
    if epoch < 2:
        guesses[: VARIANTS * 2] = S  # two photographs of A
        sure[: VARIANTS * 2] = 0.65
    return guesses, sure


def confusion(epoch: int) -> tuple[tuple[int, ...], ...]:
    counts = confusion_of(truths(), guessed(epoch)[0], 24)
    return tuple(tuple(row) for row in counts.tolist())


def predictions(wish: PredictionWish) -> Predictions:
    guesses, sure = guessed(wish.epoch)
    probabilities = np.zeros((IMAGES, 24), np.float32)
    rows = np.arange(IMAGES)
    second = np.where(guesses == truths(), (truths() + 1) % 24, truths())
    probabilities[rows, guesses] = sure
    probabilities[rows, second] = (1 - sure) * 0.8
    probabilities[rows, (guesses + 2) % 24] += (1 - sure) * 0.2
    photographs = (rows // VARIANTS).astype(np.int32)
    images = ImageSet(pictures(IMAGES), truths().astype(np.uint8), photographs)
    train = ImageSet(pictures(48), np.arange(48).astype(np.uint8) % 24, np.arange(48, dtype=np.int32))
    return Predictions(
        wish=wish,
        probabilities=probabilities,
        images=images,
        indices=rows,
        source="test" if wish.split == "test" else "training",
        train=train,
        train_indices=np.arange(48),
        classes=CLASSES,
        synthetic=False,
        seed=0,
        half=False,
    )


def ended(number: int) -> EpochEnded:
    right = sum(row[index] for index, row in enumerate(confusion(number)))
    score = Score(0.5 / number, right / IMAGES, IMAGES)
    return msgspec.structs.replace(epoch_ended(number), validation=score, confusion=confusion(number))


def live_run(epochs: int = 2, *, synthetic: bool = False) -> list[AnyEvent]:
    """A run that is on, after so many epochs."""
    events: list[AnyEvent] = []
    for event in begun(epochs * PER_EPOCH):
        if isinstance(event, EpochEnded):
            events.append(ended(event.epoch))
        elif isinstance(event, RunStarted):
            data = msgspec.structs.replace(event.data, validation_photographs=96)
            if synthetic:
                data = msgspec.structs.replace(
                    data,
                    name="synthetic hands",
                    kind="synthetic",
                    synthetic=True,
                    validation_photographs=None,
                )
            events.append(msgspec.structs.replace(event, data=data))
        else:
            events.append(event)
    return events


def finished_run(epochs: int = 2) -> list[AnyEvent]:
    """The same, over; the best epoch is the last."""
    best = ended(epochs)
    last = run_ended(epochs=epochs)
    assert isinstance(last, RunEnded)
    test = Test(0.2, best.validation.accuracy, IMAGES, (1.0,) * 24, confusion(epochs))
    return [
        *live_run(epochs),
        msgspec.structs.replace(last, best=Best(epochs, best.validation), test=test),
    ]


class RecordedEngine:
    """Says what it was asked; waits where a test has it wait, and fails where it has it fail."""

    def __init__(self) -> None:
        self.wishes: list[PredictionWish] = []
        self.looks: list[int] = []
        self.cancelled = 0
        self.go_on = threading.Event()
        self.go_on.set()
        self.problem = ""
        self.sureness = UNFITTED

    def predict(
        self, wish: PredictionWish, cancelled: threading.Event, progress: Callable[[int, int], None]
    ) -> Predictions | None:
        self.wishes.append(wish)
        progress(0, IMAGES)
        if self.problem:
            raise RunError(self.problem)
        while not self.go_on.wait(0.005):
            if cancelled.is_set():
                self.cancelled += 1
                return None
        return replace(predictions(wish), sureness=self.sureness)

    def look(self, found: Predictions, place: int) -> Look:
        assert 0 <= place < len(found)
        self.looks.append(place)
        heat = np.zeros((28, 28), np.float32)
        heat[8:20, 8:20] = 1
        return Look(Nearest(12, 0.834), heat, "Grad-CAM, block 2, 7x7 maps")

    @property
    def engine(self) -> Engine:
        return Engine(lambda: None, refuse, refuse, predictions=self.predict, look_closer=self.look)


def weights_folder(directory: Path) -> Path:
    """A folder of the recorded run as it is on disk, with weights that nobody reads."""
    path = directory / RUN_ID
    path.mkdir(parents=True)
    for name in ("summary.json", "best.safetensors"):
        (path / name).write_bytes(b"{}")
    return path
