"""How long a run's log of a million steps takes to write, to open and to list.

    python benchmarks/run_log.py [STEPS]

Opening is what `show-run` and `attach` do; it must stay under a second however long the log.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from signtui.config import Config
from signtui.config.schema import as_plain
from signtui.events import (
    SCHEMA,
    AnyEvent,
    Best,
    DataFacts,
    EpochEnded,
    ModelFacts,
    RunEnded,
    RunStarted,
    Score,
    Step,
    encode,
)
from signtui.runs.folder import RunFolder, create_run
from signtui.runs.log import LogWriter, read_events
from signtui.runs.show import open_run, show
from signtui.runs.state import RunState
from signtui.runs.summary import list_runs, read_summary, write_summary

STEPS_PER_EPOCH = 10_000
CLASSES = tuple("ABCDEFGHIKLMNOPQRSTUVWXY")


def run_events(run_id: str, steps: int) -> Iterator[AnyEvent]:
    """A run of so many steps, each with its event, as long as the real ones."""
    source, now = random.Random(0), time.time()
    epochs = steps // STEPS_PER_EPOCH
    data = DataFacts("benchmark", "synthetic", True, CLASSES, 28, 1_280_000, 2_745, 7_172, "photographs")
    yield RunStarted(
        time=now,
        schema=SCHEMA,
        id=run_id,
        config=as_plain(Config()),
        data=data,
        model=ModelFacts((), 71_240, 1_000_000),
        steps_per_epoch=STEPS_PER_EPOCH,
        device="cpu",
        precision="fp32",
        threads=2,
        versions={},
        host="benchmark",
        pid=1,
    )
    score = Score(0.1, 0.99, 2_745)
    confusion = tuple(tuple(source.randrange(100) for _ in CLASSES) for _ in CLASSES)
    for step in range(1, steps + 1):
        epoch = (step - 1) // STEPS_PER_EPOCH + 1
        yield Step(
            time=now + step / 10,
            epoch=epoch,
            step=step,
            steps=1,
            loss=source.random(),
            accuracy=source.random(),
            learning_rate=source.random(),
            gradient_norm=source.random(),
            images_per_second=10_000 * source.random(),
        )
        if step % STEPS_PER_EPOCH == 0:
            yield EpochEnded(
                time=now + step / 10,
                epoch=epoch,
                step=step,
                train=score,
                clean=score,
                validation=score,
                recall=(0.99,) * len(CLASSES),
                confusion=confusion,
                learning_rate=0.01,
                gradient_norm=1.0,
                seconds=1000.0,
                images_per_second=10_000.0,
                best=True,
            )
    yield RunEnded(
        time=now + steps / 10,
        id=run_id,
        reason="finished",
        epochs=epochs,
        best=Best(epochs, score),
        test=None,
        seconds=steps / 10,
        synthetic=True,
    )


def timed(what: str, work: Callable[[], Any], times: int = 3) -> None:
    """Print the least of some timings of `work`, in seconds."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    print(f"{what:58} {min(seconds):8.3f} s")


def write_through_the_log(folder: RunFolder, steps: int) -> None:
    """Time what `write` costs the thread that trains, and how long the disk then takes."""
    events = list(run_events(folder.id, steps))
    log = LogWriter(folder.events)
    start = time.perf_counter()
    for event in events:
        log.write(event)
    told = time.perf_counter()
    log.close()
    done = time.perf_counter()
    each = (told - start) / len(events) * 1e6
    print(f"{'telling an event (the training thread waits for this)':58} {each:8.1f} µs")
    print(f"{f'{steps:,} steps told and on disk':58} {done - start:8.3f} s")


def fill(runs: Path, count: int) -> None:
    """Finished runs of 50 steps each."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(count):
        folder = create_run(runs, Config(), moment + timedelta(seconds=number))
        events = list(run_events(folder.id, 50))
        folder.events.write_bytes(b"".join(encode(event) + b"\n" for event in events))
        write_summary(folder, RunState.of(events))


def main() -> None:
    """Write, open and list, and print the seconds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("steps", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--runs", type=int, default=1000, help="finished runs in the list")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        folder = create_run(Path(directory) / "long", Config())
        write_through_the_log(folder, options.steps)
        print(f"{'the log':58} {folder.events.stat().st_size / 1e6:8.1f} MB")
        timed("opening it as show-run and attach do (steps sampled)", lambda: open_run(folder))
        timed("show-run --json (no steps)", lambda: show(folder))
        timed("its row in the list, without summary.json", lambda: read_summary_anew(folder))
        timed("every event read and folded", lambda: RunState.of(read_events(folder.events)), times=1)
        fill(Path(directory) / "many", options.runs)
        timed(f"listing {options.runs:,} finished runs", lambda: list_runs(Path(directory) / "many"))


def read_summary_anew(folder: RunFolder) -> None:
    """Its row from the log alone."""
    folder.summary.unlink(missing_ok=True)
    read_summary(folder)


if __name__ == "__main__":
    main()
