"""How long a run of a million steps takes to open on the dashboard, and its charts to zoom and pan.

    python benchmarks/zoom.py [STEPS]

All of it is done in the real application, without a terminal: from a key to the chart that shows what it
did, and how long everything else on the screen had to wait meanwhile (its loop's lag). The first chart must
be there within a second.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from machine import describe
from run_log import run_events

from signtui.config import Config
from signtui.events import encode
from signtui.render.terminal import TerminalStyle
from signtui.runs.folder import RunFolder, create_run
from signtui.runs.window import WindowReader
from signtui.tui.app import DashboardApp, Engine
from signtui.tui.sources import LogSource
from signtui.tui.widgets.chart import CurveChart

SIZE = (120, 40)
LAG_SECONDS = 0.002
PANS = 40


def report(what: str, seconds: list[float]) -> None:
    """Median and largest of some times, in milliseconds."""
    print(f"{what:58} {statistics.median(seconds) * 1e3:8.1f} {max(seconds) * 1e3:8.1f} ms")


def nothing(*_: object) -> None:
    """In place of the engine: nothing is trained here."""


class Lag:
    """How late the loop comes to a task that asks for it every two milliseconds."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self._task = asyncio.create_task(self._ask())

    async def _ask(self) -> None:
        while True:
            start = time.perf_counter()
            await asyncio.sleep(LAG_SECONDS)
            self.seconds.append(time.perf_counter() - start - LAG_SECONDS)

    def stop(self) -> None:
        """Ask no more."""
        self._task.cancel()


@contextmanager
def lag(what: str) -> Iterator[None]:
    """Print the loop's lag meanwhile: the 95th percentile and the largest."""
    watch = Lag()
    yield
    watch.stop()
    seconds = sorted(watch.seconds)
    p95 = seconds[int(0.95 * (len(seconds) - 1))]
    print(f"{what + ': lag of the loop, p95 and largest':58} {p95 * 1e3:8.1f} {seconds[-1] * 1e3:8.1f} ms")


async def until(holds: Callable[[], bool]) -> float:
    """Seconds until it holds."""
    start = time.perf_counter()
    while not holds():
        await asyncio.sleep(0.001)
    return time.perf_counter() - start


async def look(folder: RunFolder) -> None:
    """Open the run, zoom in, pan along."""
    app = DashboardApp(Config(), TerminalStyle("truecolor", unicode=True), Engine(nothing, nothing, nothing))  # type: ignore[arg-type]
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        chart = app.screen.query(CurveChart).first()
        chart.focus()
        await open_run(app, chart, folder, "opened for the first time, libraries and all")
        await open_run(app, chart, folder, "opened again")
        with lag("zooming in"):
            times = [await key_to_chart(app, chart, "plus") for _ in range(14)]
        report("from + to the chart (median, largest)", times)
        with lag("panning"):
            times = [await key_to_chart(app, chart, "left") for _ in range(PANS)]
        report("from left to the chart (median, largest)", times)


async def open_run(app: DashboardApp, chart: CurveChart, folder: RunFolder, what: str) -> None:
    """Open the run, and print when its first chart was there and when all of it was read."""
    chart.show([])
    with lag(what):
        start, processor = time.perf_counter(), time.process_time()
        app.watch_run(LogSource(folder))
        run = app.watched
        assert run is not None
        await until(lambda: run.state.started is not None and "┤" in chart.shown)
        seconds, processor = time.perf_counter() - start, time.process_time() - processor
        print(f"{what + ': first chart (processor)':58} {seconds:8.3f} s ({processor:.3f} s)")
        await until(lambda: not run.is_catching_up and chart.is_settled)
        print(f"{what + ': all read':58} {time.perf_counter() - start:8.3f} s")


async def key_to_chart(app: DashboardApp, chart: CurveChart, key: str) -> float:
    """Seconds from the key to the final chart; both charts of the screen draw."""
    before = chart.view
    start = time.perf_counter()
    app.simulate_key(key)
    await until(lambda: chart.view != before and chart.is_settled)
    return time.perf_counter() - start


def read_windows(folder: RunFolder, steps: int) -> None:
    """The reading of a window alone, of a few steps and of many."""
    for width in (100, 1_000, 10_000, steps // 2):
        times, read = [], 0
        for index in range(21):
            reader = WindowReader(folder.events)
            first = 1 + index * (steps - width) // 21
            start = time.perf_counter()
            reader.read(first, first + width)
            times.append(time.perf_counter() - start)
            read = max(read, reader.bytes_read)
        report(f"a window of {width:,} steps, at most {read / 1e6:.2f} MB read", times)


def main() -> None:
    """Write a log, open it, look around in it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("steps", type=int, nargs="?", default=1_000_000)
    steps = parser.parse_args().steps
    print(describe("textual", "plotext", "numpy", "msgspec"))
    with tempfile.TemporaryDirectory() as directory:
        folder = create_run(Path(directory), Config())
        with folder.events.open("wb") as log:
            for event in run_events(folder.id, steps):
                log.write(encode(event) + b"\n")
        print(f"{f'a log of {steps:,} steps':58} {folder.events.stat().st_size / 1e6:8.1f} MB")
        read_windows(folder, steps)
        asyncio.run(look(folder))


if __name__ == "__main__":
    main()
