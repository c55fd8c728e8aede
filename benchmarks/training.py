"""Accuracy and training seconds of presets over seeds, on the data set that SIGNTUI_DATA_DIR names.

    python benchmarks/training.py                          fast, 10 seeds
    python benchmarks/training.py --preset tiny --seeds 5
    python benchmarks/training.py --preset tutorial --seeds 1    minutes, not seconds

Each seed is an ordinary run with its own weights, order, augmentation and held-out photographs. "Training"
is what the run says it took: every step, every score after an epoch, every save; not start-up and reading
the images. Accuracy is on the test images, scored once at the end of each run.
"""

import argparse
import json
import statistics
import tempfile

from machine import describe

from signtui.config import Assignment, resolve
from signtui.config.load import parse_set
from signtui.events import EpochEnded, RunStarted
from signtui.training.session import TrainingSession


def run_once(assignments: list[Assignment]) -> dict[str, object]:
    """One run's figures."""
    session = TrainingSession.open(resolve(assignments).config)
    session.start()
    events = list(session.mailbox.until_ended())
    session.join()
    started = next(event for event in events if isinstance(event, RunStarted))
    epochs = [event for event in events if isinstance(event, EpochEnded)]
    ended = session.ended
    if ended is None or ended.test is None or ended.best is None or not epochs:
        raise SystemExit(f"the run ended without a score: {ended}")
    wrong = ended.test.images - sum(row[i] for i, row in enumerate(ended.test.confusion))
    clean = epochs[-1].clean
    return {
        "data": started.data.name,
        "seed": session.config.train.seed,
        "weights": started.model.weights,
        "epochs": len(epochs),
        "train": epochs[-1].train.accuracy,
        "train_clean": clean.accuracy if clean else None,
        "train_clean_images": clean.images if clean else 0,
        "best_epoch": ended.best.epoch,
        "validation": ended.best.validation.accuracy,
        "validation_images": ended.best.validation.images,
        "validation_by_epoch": [round(epoch.validation.accuracy, 6) for epoch in epochs],
        "test": ended.test.accuracy,
        "test_images": ended.test.images,
        "test_wrong": wrong,
        "seconds": ended.seconds,
        "images_per_second": statistics.median(epoch.images_per_second for epoch in epochs),
    }


def main() -> None:
    """Run the seeds and print a line each, then the summary."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--preset", default="fast")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--json", metavar="FILE", help="also write every figure there")
    options = parser.parse_args()
    print(f"preset {options.preset} {' '.join(options.set)}: {options.seeds} seeds")
    print(describe("signtui", "torch", "numpy"))
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(options.seeds):
            row = run_once(
                [
                    Assignment("preset", options.preset, "--preset"),
                    Assignment("runs.directory", folder, "--runs-dir"),
                    Assignment("train.seed", str(seed), "--seed"),
                    *map(parse_set, options.set),
                ]
            )
            rows.append(row)
            print(
                f"seed {seed}: test {row['test']:.4%} ({row['test_wrong']} of {row['test_images']:,} wrong)"
                f"  validation {row['validation']:.2%} of {row['validation_images']:,}"
                f" (epoch {row['best_epoch']})"
                f"  train {row['train']:.2%}, clean {row['train_clean']:.2%}"
                f"  {row['seconds']:.1f} s  {row['images_per_second']:,.0f} images/s",
                flush=True,
            )
    tests = [float(row["test"]) for row in rows]  # type: ignore[arg-type]
    spread = statistics.stdev(tests) if len(tests) > 1 else 0.0
    seconds = statistics.median(float(row["seconds"]) for row in rows)  # type: ignore[arg-type]
    print(
        f"{rows[0]['data']}, {rows[0]['weights']:,} weights, {rows[0]['epochs']} epochs:"
        f" test mean {statistics.mean(tests):.4%}, worst {min(tests):.4%}, deviation {spread:.4%};"
        f" training median {seconds:.1f} s"
    )
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:  # noqa: PTH123 - a path from the command line
            json.dump(rows, file, indent=1)


if __name__ == "__main__":
    main()
