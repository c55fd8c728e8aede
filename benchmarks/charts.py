"""How long a chart takes to build, over its points and its size: medians of repeated builds, in milliseconds.

Run with `python benchmarks/charts.py`. The first build, which imports plotext, is told apart.
"""

import platform
import statistics
import time
from importlib.metadata import version

import numpy as np

from signtui.render.charts import Chart, Series, build_chart
from signtui.render.terminal import TerminalStyle

REPEATS = 21
POINTS = (0, 100, 1_000, 10_000, 50_000, 500_000)
SIZES = ((78, 14), (58, 14), (200, 40))


def chart(points: int) -> Chart:
    """A training curve of `points` points with noise, and validation at five epochs."""
    random = np.random.default_rng(0)
    at = np.linspace(0, 5, points)
    train = np.clip(0.98 - 0.9 * np.exp(-3 * at) + random.normal(0, 0.01, points), 0, 1)
    epochs = np.arange(1, 6)
    return Chart(
        "Accuracy",
        (
            Series("train", at, train, role="train"),
            Series("validation", epochs, 1 - 0.05 * 0.4**epochs, role="validation"),
        ),
        "epoch",
        y_percent=True,
    )


def milliseconds(points: int, width: int, height: int, style: TerminalStyle) -> list[float]:
    """Times of `REPEATS` builds."""
    drawn, times = chart(points), []
    for _ in range(REPEATS):
        start = time.perf_counter()
        build_chart(drawn, width, height, style)
        times.append((time.perf_counter() - start) * 1000)
    return times


def main() -> None:
    """Print one line a number of points and size."""
    names = ("plotext", "rich", "numpy")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    print(f"Python {platform.python_version()}, {versions}, {platform.machine()}")
    style = TerminalStyle("truecolor", True, 200, 60)
    start = time.perf_counter()
    build_chart(chart(100), 78, 14, style)
    print(f"first chart, with the import of plotext: {(time.perf_counter() - start) * 1000:.0f} ms")
    print(f"{'points':>8}  {'size':>7}  {'median':>7}  {'slowest':>7}   ms over {REPEATS} builds")
    for width, height in SIZES:
        for points in POINTS:
            times = milliseconds(points, width, height, style)
            size = f"{width}x{height}"
            print(f"{points:8,}  {size:>7}  {statistics.median(times):7.1f}  {max(times):7.1f}")


if __name__ == "__main__":
    main()
