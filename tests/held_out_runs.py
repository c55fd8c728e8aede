"""Runs on disk that each hold somebody out, as a series of leave-one-out leaves them."""

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from signtui.config import Config, as_plain
from signtui.events import (
    SCHEMA,
    Best,
    DataFacts,
    EpochEnded,
    HeldOut,
    LayerFacts,
    Mark,
    ModelFacts,
    Reason,
    RunEnded,
    RunStarted,
    Score,
)
from signtui.runs.folder import RunFolder, create_run
from signtui.runs.log import LogWriter, read_events
from signtui.runs.state import RunState
from signtui.runs.summary import write_summary

Confusion = Sequence[Sequence[int]]

GROUPS = ("ann", "bo", "cy")
CONFUSIONS: Mapping[str, Confusion] = {
    "ann": ((8, 2), (0, 10)),
    "bo": ((10, 0), (5, 5)),
    "cy": ((10, 0), (0, 10)),
}
"""What the fold of each makes of twenty images, ten of each class."""

MODEL = ModelFacts(layers=(LayerFacts("head", "linear", (2,), 130, 128, 28),), weights=130, multiply_adds=128)
WHEN = datetime(2026, 11, 22, 16, 3, 55, tzinfo=UTC)


def facts(held_out: str, classes: Sequence[str] = ("A", "B"), groups: Sequence[str] = GROUPS) -> DataFacts:
    return DataFacts(
        name="Sign Language MNIST",
        kind="published",
        synthetic=False,
        classes=tuple(classes),
        image_size=28,
        train_images=320,
        validation_images=40,
        test_images=60,
        validation="2 training photographs (40 images) of other signers",
        train_photographs=16,
        validation_photographs=2,
        files=({"role": "train", "sha256": "11"}, {"role": "test", "sha256": "22"}),
        groups=tuple(groups),
        group_kind="signer",
        groups_sha256="33",
        held_out=held_out,
        held_out_images=20,
    )


def score(group: str, confusion: Confusion) -> HeldOut:
    images = sum(map(sum, confusion))
    right = sum(row[index] for index, row in enumerate(confusion))
    recall = tuple(row[index] / sum(row) for index, row in enumerate(confusion))
    whole = tuple(tuple(row) for row in confusion)
    return HeldOut("signer", group, 1 - right / images, right / images, images, recall, whole)


def config_of(group: str, directory: Path, **train) -> Config:
    config = Config()
    return replace(
        config,
        data=replace(config.data, held_out=group, directory=f"/somewhere/{group}"),
        train=replace(config.train, **{"epochs": 1} | train),
        runs=replace(config.runs, directory=str(directory)),
    )


def held_out_run(
    directory: Path,
    group: str,
    *,
    reason: Reason | None = "finished",
    steered: bool = False,
    scored: bool = True,
    time: float = 1000.0,
    config: Config | None = None,
    data: DataFacts | None = None,
    confusion: Confusion | None = None,
    name: int | None = None,
) -> RunFolder:
    """A run that holds `group` out; with `reason` None its process is gone without a word.

    `name` is a number that the run's name is made from, the same one every time.
    """
    config = config or config_of(group, directory)
    source = None if name is None else random.Random(name)
    folder = create_run(directory, config, None if name is None else WHEN, source)
    validation = Score(loss=0.1, accuracy=0.99, images=40)
    log = LogWriter(folder.events)
    log.write(
        RunStarted(
            time=time,
            schema=SCHEMA,
            id=folder.id,
            config=as_plain(config),
            data=data or facts(group),
            model=MODEL,
            steps_per_epoch=10,
            device="cpu",
            precision="fp32",
            threads=1,
            versions={},
            host="box",
            pid=1,
        )
    )
    if steered:
        log.write(Mark(time=time + 1, kind="learning_rate", epoch=1, step=3, value=0.5))
    log.write(
        EpochEnded(
            time=time + 2,
            epoch=1,
            step=10,
            train=validation,
            clean=None,
            validation=validation,
            recall=(1.0, 0.98),
            confusion=((20, 0), (0, 20)),
            learning_rate=0.01,
            gradient_norm=1.0,
            seconds=2.0,
            images_per_second=100.0,
            best=True,
        )
    )
    if reason is not None:
        log.write(
            RunEnded(
                time=time + 3,
                id=folder.id,
                reason=reason,
                epochs=1,
                best=Best(epoch=1, validation=validation),
                test=None,
                seconds=3.0,
                synthetic=False,
                held_out=score(group, confusion or CONFUSIONS[group]) if scored else None,
            )
        )
    log.close()
    if reason is not None:
        write_summary(folder, RunState.of(read_events(folder.events)))
    return folder
