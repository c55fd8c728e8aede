"""Events for the tests of the runs room: single ones, any ones (hypothesis), and those of whole runs."""

import math
import socket
from typing import Any, get_args

import msgspec
from hypothesis import strategies as st

from signtui.config import Config
from signtui.events import (
    SCHEMA,
    AnyEvent,
    Best,
    DataFacts,
    EpochEnded,
    Evaluating,
    LayerFacts,
    Mark,
    MarkKind,
    ModelFacts,
    Reason,
    RunEnded,
    RunStarted,
    Score,
    Step,
    System,
    Test,
    encode,
)

START = 1_795_363_435.0
DATA = DataFacts(
    name="Sign Language MNIST",
    kind="published",
    synthetic=False,
    classes=("A", "B"),
    image_size=28,
    train_images=320,
    validation_images=40,
    test_images=60,
    validation="photographs",
    train_photographs=16,
    validation_photographs=2,
)
CONFIG: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(Config()))
MODEL = ModelFacts(
    layers=(LayerFacts("head", "linear", (2,), 130, 128, 28),), weights=71_240, multiply_adds=1_000_000
)


def started(resumed_at: int | None = None, **changes: Any) -> RunStarted:
    fields: dict[str, Any] = {
        "time": START,
        "schema": SCHEMA,
        "id": "20261122-160355-brisk-heron-3f",
        "config": CONFIG,
        "data": DATA,
        "model": MODEL,
        "steps_per_epoch": 10,
        "device": "cpu",
        "precision": "fp32",
        "threads": 2,
        "versions": {"signtui": "0.1.0"},
        "host": socket.gethostname(),
        "pid": 1,
        "resumed_at": resumed_at,
    }
    return RunStarted(**(fields | changes))


def step(number: int, steps: int = 1, per_epoch: int = 10, **changes: Any) -> Step:
    """A step whose figures depend on its number alone, as in a run that can be repeated."""
    fields: dict[str, Any] = {
        "time": START + number,
        "epoch": (number - 1) // per_epoch + 1,
        "step": number,
        "steps": steps,
        "loss": 3 / (1 + number / 7) + 0.1 * math.sin(number),
        "accuracy": 1 - 1 / (1 + number),
        "learning_rate": 0.01 / number,
        "gradient_norm": 1 + math.cos(number),
        "images_per_second": 1000.0 + number % 5,
    }
    return Step(**(fields | changes))


def epoch_ended(number: int, per_epoch: int = 10, *, best: bool = True, **changes: Any) -> EpochEnded:
    accuracy = 1 - 1 / (1 + number)
    fields: dict[str, Any] = {
        "time": START + number * per_epoch + 0.5,
        "epoch": number,
        "step": number * per_epoch,
        "train": Score(1 / number, accuracy, 320),
        "clean": Score(0.9 / number, accuracy, 64),
        "validation": Score(1.1 / number, accuracy, 40),
        "recall": (accuracy, None),
        "confusion": ((30, 2), (1, 7)),
        "learning_rate": 0.01,
        "gradient_norm": 1.5,
        "seconds": 0.5,
        "images_per_second": 1000.0,
        "best": best,
    }
    return EpochEnded(**(fields | changes))


def mark(kind: Any, at: int, value: float | None = None, **changes: Any) -> Mark:
    fields: dict[str, Any] = {"time": START + at, "epoch": (at - 1) // 10 + 1, "step": at, "value": value}
    return Mark(kind=kind, **(fields | changes))


def ended(reason: Any = "finished", epochs: int = 3, **changes: Any) -> RunEnded:
    fields: dict[str, Any] = {
        "time": START + 1000,
        "id": "20261122-160355-brisk-heron-3f",
        "reason": reason,
        "epochs": epochs,
        "best": Best(epochs, Score(0.1, 0.99, 40)) if epochs else None,
        "test": Test(0.2, 0.95, 60, (1.0, 0.9), ((30, 0), (3, 27))),
        "seconds": 12.5,
        "synthetic": False,
    }
    return RunEnded(**(fields | changes))


def steps_between(first: int, last: int, per_epoch: int = 10) -> list[AnyEvent]:
    """Steps `first` to `last`, with the end of each epoch that ends there."""
    events: list[AnyEvent] = []
    for number in range(first, last + 1):
        events.append(step(number, per_epoch=per_epoch))
        if number % per_epoch == 0:
            events.append(Evaluating(time=START + number, epoch=1, split="validation", images=0, of=40))
            events.append(epoch_ended(number // per_epoch, per_epoch))
    return events


def whole_run(epochs: int = 3, per_epoch: int = 10, **changes: Any) -> list[AnyEvent]:
    start = started(steps_per_epoch=per_epoch, **changes)
    return [start, *steps_between(1, epochs * per_epoch, per_epoch), ended(epochs=epochs)]


def log_bytes(events: list[AnyEvent]) -> bytes:
    return b"".join(encode(event) + b"\n" for event in events)


numbers = st.floats(allow_nan=False, allow_infinity=False, width=32)
counts = st.integers(0, 2**40)
words = st.text(max_size=12)
scores = st.builds(Score, loss=numbers, accuracy=numbers, images=counts)
tests = st.none() | st.builds(
    Test,
    loss=numbers,
    accuracy=numbers,
    images=counts,
    recall=st.lists(st.none() | numbers, max_size=3).map(tuple),
    confusion=st.lists(st.lists(counts, max_size=3).map(tuple), max_size=3).map(tuple),
)
step_events = st.builds(
    Step,
    time=numbers,
    epoch=counts,
    step=counts,
    steps=st.integers(1, 1000),
    loss=numbers,
    accuracy=numbers,
    learning_rate=numbers,
    gradient_norm=numbers,
    images_per_second=numbers,
)
any_event: st.SearchStrategy[AnyEvent] = st.one_of(
    step_events,
    st.builds(started, time=numbers, id=words, resumed_at=st.none() | counts),
    st.builds(
        Evaluating,
        time=numbers,
        epoch=counts,
        split=st.sampled_from(["train", "validation", "test"]),
        images=counts,
        of=counts,
    ),
    st.builds(
        epoch_ended,
        number=st.integers(1, 1000),
        time=numbers,
        step=counts,
        train=scores,
        clean=st.none() | scores,
        validation=scores,
        best=st.booleans(),
        complete=st.booleans(),
    ),
    st.builds(
        mark,
        kind=st.sampled_from(get_args(MarkKind)),
        at=st.integers(0, 1000),
        time=numbers,
        value=st.none() | numbers,
        text=words,
    ),
    st.builds(System, time=numbers, cpu=numbers, memory=counts),
    st.builds(
        ended,
        reason=st.sampled_from(get_args(Reason)),
        time=numbers,
        best=st.none() | st.builds(Best, epoch=counts, validation=scores),
        test=tests,
        message=words,
    ),
)
"""Any event that a log can hold, sensible or not."""
