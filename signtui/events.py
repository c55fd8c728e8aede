"""Everything a run can say, as frozen types; each is one line of JSON in the run's log.

Losses are mean cross-entropies in nats, accuracies shares of 1, times seconds since the epoch (1970),
durations seconds. `epoch` counts from 1; `step` counts optimiser steps of the whole run from 1.
"""

from typing import Any, Literal

import msgspec

SCHEMA = 1

Reason = Literal[
    "finished", "stopped", "early_stopping", "time_limit", "interrupted", "terminated", "diverged", "failed"
]
"""Why a run ended."""


MarkKind = Literal["pause", "resume", "learning_rate", "epochs", "plateau", "warning"]
"""What a mark stands for."""


class Score(msgspec.Struct, frozen=True):
    """Loss and accuracy over `images` images of one split."""

    loss: float
    accuracy: float
    images: int


class Best(msgspec.Struct, frozen=True):
    """The epoch with the best validation so far, the latest of equals.

    Epochs are equals where their accuracies differ by less than one photograph's images do.
    """

    epoch: int
    validation: Score


class ReliabilityBin(msgspec.Struct, frozen=True):
    """Guesses with a confidence above `low` and at most `high` (the first bin holds 0 too).

    `confidence` and `accuracy` are their means, None where the bin has no images.
    """

    low: float
    high: float
    images: int
    confidence: float | None
    accuracy: float | None


class Calibration(msgspec.Struct, frozen=True):
    """The bins from least to most sure, and over all `images`: the error (0..1) and both means."""

    bins: tuple[ReliabilityBin, ...]
    images: int
    error: float
    confidence: float
    accuracy: float


class Calibrated(msgspec.Struct, frozen=True):
    """How sure weights are of a split's images against how often they are right: `before` the logits were
    divided by `temperature` (1: none was fitted), and `after`.

    `sure` images have a confidence of `sure_from` or more, and `sure_right` of those are right; None where
    there is no such threshold.
    """

    temperature: float
    before: Calibration
    after: Calibration
    sure_from: float | None = None
    sure: int | None = None
    sure_right: int | None = None


class Test(msgspec.Struct, frozen=True):
    """The best weights on the test images, scored once at the end."""

    loss: float
    accuracy: float
    images: int
    recall: tuple[float | None, ...]
    confusion: tuple[tuple[int, ...], ...]
    calibration: Calibrated | None = None


class HeldOut(msgspec.Struct, frozen=True):
    """The best weights on all images of `group`, a `kind` that the run never saw, scored once at the end."""

    kind: str
    group: str
    loss: float
    accuracy: float
    images: int
    recall: tuple[float | None, ...]
    confusion: tuple[tuple[int, ...], ...]
    calibration: Calibrated | None = None


class DataFacts(msgspec.Struct, frozen=True):
    """What the run learns from. `photographs` are the groups found (None where each image is its own).

    `groups` names whose the training images are and `group_kind` what these are (signer), by the table with
    the checksum `groups_sha256`. `held_out` is the one that is not trained on; `held_out_images` of it are
    scored at the end, 0 where it is what is validated on. `added_images` of the `train_images` are
    synthetic hands beside those of the data set.
    """

    name: str
    kind: str
    synthetic: bool
    classes: tuple[str, ...]
    image_size: int
    train_images: int
    validation_images: int
    test_images: int
    validation: str
    train_photographs: int | None = None
    validation_photographs: int | None = None
    files: tuple[dict[str, Any], ...] = ()
    warning: str | None = None
    added_images: int = 0
    groups: tuple[str, ...] = ()
    group_kind: str = ""
    groups_sha256: str = ""
    held_out: str = ""
    held_out_images: int = 0
    held_out_photographs: int | None = None

    @property
    def given_images(self) -> int:
        """The training images without the synthetic hands that were added."""
        return self.train_images - self.added_images


class LayerFacts(msgspec.Struct, frozen=True):
    """One row of the layer table. `output` is (channels, height, width), or (features,)."""

    name: str
    kind: str
    output: tuple[int, ...]
    weights: int
    multiply_adds: int
    receptive_field: int


class ModelFacts(msgspec.Struct, frozen=True):
    """The network: its layers in order, trainable weights and multiply-adds per image.

    Where `networks` of these layers answer together, weights and multiply-adds are those of all of them.
    """

    layers: tuple[LayerFacts, ...]
    weights: int
    multiply_adds: int
    networks: int = 1


class Event(msgspec.Struct, frozen=True, tag_field="type", kw_only=True):
    """One thing a run said, and when."""

    time: float


class RunStarted(Event, frozen=True, tag="run_started"):
    """The first line of a log, and again on each resume (`resumed_at` is then the step it goes on from)."""

    schema: int
    id: str
    config: dict[str, Any]
    data: DataFacts
    model: ModelFacts
    steps_per_epoch: int
    device: str
    precision: str
    threads: int
    versions: dict[str, str]
    host: str
    pid: int
    resumed_at: int | None = None


class Step(Event, frozen=True, tag="step"):
    """Means over the steps since the last `step` event; at most about ten a second."""

    epoch: int
    step: int
    steps: int
    loss: float
    accuracy: float
    learning_rate: float
    gradient_norm: float
    images_per_second: float


class Evaluating(Event, frozen=True, tag="evaluating"):
    """The run scores a split now; `images` of `of` are done."""

    epoch: int
    split: Literal["train", "validation", "test"]
    images: int
    of: int


class EpochEnded(Event, frozen=True, tag="epoch_ended"):
    """One epoch: scores, validation by class, speed.

    `train` is the mean over the epoch's augmented batches as they were learned from; `clean` is the same
    weights as `validation` on unaugmented training images (None when switched off). `recall` has one
    share per class (None where the split has no image of it); `confusion[truth][guess]` counts images.
    `seconds` is the whole epoch with its evaluation; `images_per_second` is training alone. `complete`
    is False where the run was stopped within its first epoch and what it had learned was scored.
    `calibration` is of the validation images (None in older logs).
    """

    epoch: int
    step: int
    train: Score
    clean: Score | None
    validation: Score
    recall: tuple[float | None, ...]
    confusion: tuple[tuple[int, ...], ...]
    learning_rate: float
    gradient_norm: float
    seconds: float
    images_per_second: float
    best: bool
    complete: bool = True
    calibration: Calibrated | None = None


class Mark(Event, frozen=True, tag="mark"):
    """Something that happened to the run at a step: by its user, or by itself."""

    kind: MarkKind
    epoch: int
    step: int
    value: float | None = None
    text: str = ""


class Samples(Event, frozen=True, tag="samples"):
    """A few validation images that the run watches, told once; `guesses` say what becomes of them.

    `truths` are class indices. `pixels` are grey levels, uint8 (len(truths), side, side), row by row (in
    JSON as base64); images of many pixels are scaled down.
    """

    side: int
    truths: tuple[int, ...]
    pixels: bytes


class Guesses(Event, frozen=True, tag="guesses"):
    """What the network makes of the `samples`: for each the likeliest class and its probability."""

    epoch: int
    step: int
    guesses: tuple[int, ...]
    confidences: tuple[float, ...]


class System(Event, frozen=True, tag="system"):
    """What the run costs its machine: shares of 1, bytes.

    The `gpu` figures are of the device it trains on, whoever uses it: share of the time that it computed,
    bytes of its memory in use and in all, degrees C, watts. None where it is no GPU, or doesn't tell.
    """

    cpu: float
    memory: int
    gpu: float | None = None
    gpu_memory: int | None = None
    gpu_memory_total: int | None = None
    gpu_temperature: float | None = None
    gpu_power: float | None = None


class BeforeAfter(msgspec.Struct, frozen=True):
    """The same images scored with the weights that a run began with, and with those it ended with."""

    before: Test
    after: Test | None = None


class FineTuning(Event, frozen=True, tag="fine_tuning"):
    """What a run that goes on from another one's weights came to: told at its start, and again at its end.

    `parent` is the run whose weights it began with; `origin` is the first of that line, which began anew (the
    parent itself, mostly). `learned` and `held_out` count the new photos, `learned_by_class` has a number for
    each class; each is seen `repeats` times an epoch, beside `rehearsed` images that the origin learned from.
    `own` scores the new photos held out, `origin_held_out` what the origin held out (None where its images
    are gone). `notes` are sentences for people. The last epoch's weights are kept, so that the photos held
    out choose nothing.
    """

    parent: str
    origin: str
    learned: int
    held_out: int
    learned_by_class: tuple[int, ...]
    repeats: int
    rehearsed: int
    own: BeforeAfter
    origin_held_out: BeforeAfter | None = None
    notes: tuple[str, ...] = ()


class RunEnded(Event, frozen=True, tag="run_ended"):
    """The last word of a run. `test` is None where there is no test split or no weights to score.

    `held_out` is None where the run holds no group out, likewise.
    """

    id: str
    reason: Reason
    epochs: int
    best: Best | None
    test: Test | None
    seconds: float
    synthetic: bool
    message: str = ""
    held_out: HeldOut | None = None


AnyEvent = (
    RunStarted | Step | Evaluating | EpochEnded | Mark | Samples | Guesses | System | FineTuning | RunEnded
)

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(AnyEvent)


def encode(event: AnyEvent) -> bytes:
    """`event` as one line of JSON, without the newline."""
    return _encoder.encode(event)


def decode(line: bytes) -> AnyEvent:
    """The event on `line`. Raises `msgspec.DecodeError` (or its `ValidationError`) where it is none."""
    event: AnyEvent = _decoder.decode(line)
    return event
