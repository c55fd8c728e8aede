"""What the screen costs the training beside it, within one run, so that a drifting machine plays no part.

    python benchmarks/screen_cost.py [--seconds 240] [--stretch 4] [--screen train] [--batch 128]

The dashboard trains on a pseudo-terminal of 120 by 40. It follows the run for one stretch of seconds and
stands still for the next, in turn: nothing is taken from the run then, so nothing is drawn, and what is left
is training as it is headless. Each stretch is compared with its two neighbours. Steps that touch a change of
stretch or a scoring of the epoch are left out.
"""

import os
import statistics
import time

from dashboard import SETTINGS, Screen
from machine import describe
from options import options, synthetic_runs

from signtui.events import Step
from signtui.runs.folder import run_folders
from signtui.runs.log import read_events

TAKING_TURNS = (
    SETTINGS.replace("in sys.argv[1:]", "in sys.argv[3:]")
    + """
import time
from signtui.tui import app
from signtui.tui.launch import open_dashboard
stretch, key = float(sys.argv[1]), sys.argv[2]
poll = app.DashboardApp.poll_run
def in_turn(self, *, always=False):
    watches = int(time.time() / stretch) % 2 == 0
    if always or watches or (self.watched is not None and not self.watched.is_live):
        poll(self, always=always)
app.DashboardApp.poll_run = in_turn
if key == "3":
    from signtui.tui.screens.network import NetworkScreen
    tick = NetworkScreen._tick
    def tick_in_turn(self):
        if int(time.time() / stretch) % 2 == 0:
            tick(self)
    NetworkScreen._tick = tick_in_turn
open_dashboard(config, train=True)
"""
)
KEYS = {"train": "1", "data": "2", "network": "3"}


def speeds(events: list[Step], stretch: float, batch: int) -> dict[int, float]:
    """Images a second of each stretch that is whole, by its number."""
    images: dict[int, float] = {}
    seconds: dict[int, float] = {}
    for event in events:
        took = event.steps * batch / event.images_per_second
        first, last = int((event.time - took) / stretch), int(event.time / stretch)
        if first == last:
            images[first] = images.get(first, 0) + event.steps * batch
            seconds[first] = seconds.get(first, 0) + took
    return {number: images[number] / seconds[number] for number in images if seconds[number] > stretch / 4}


def main() -> None:
    """Run it and print the ratio."""
    arguments = options(__doc__, seconds=240.0, stretch=4.0, screen=tuple(KEYS), images=6000)
    print(describe())
    limit = f"train.time_limit={arguments.seconds}"
    runs, words = synthetic_runs(arguments, "train.epochs=10000", limit)
    screen = Screen(TAKING_TURNS, str(arguments.stretch), KEYS[arguments.screen], *words)
    while not list(runs.glob("*/events.jsonl")):
        screen.read()
    settled = time.time() + 5
    while time.time() < settled:
        screen.read()
    os.write(screen.master, KEYS[arguments.screen].encode())
    began = time.time() + 5
    while not list(runs.glob("*/summary.json")):
        screen.read()
    noticed = time.time() + 2 * arguments.stretch  # a screen that stands still asks before it leaves
    while time.time() < noticed:
        screen.read()
    screen.quit()
    steps = [event for event in read_events(run_folders(runs)[-1].events) if isinstance(event, Step)]
    found = speeds([step for step in steps if step.time > began], arguments.stretch, arguments.batch)
    ratios = [
        found[number] / statistics.mean((found[number - 1], found[number + 1]))
        for number in sorted(found)
        if number % 2 == 0 and number - 1 in found and number + 1 in found
    ]
    watched = [speed for number, speed in found.items() if number % 2 == 0]
    unwatched = [speed for number, speed in found.items() if number % 2]
    print(
        f"{arguments.screen} screen: {statistics.median(watched):,.0f} images/s while it is drawn,"
        f" {statistics.median(unwatched):,.0f} while it stands still"
    )
    print(
        f"training while drawn: median {statistics.median(ratios):.1%}, mean {statistics.mean(ratios):.1%} of"
        f" still, standard error {statistics.stdev(ratios) / len(ratios) ** 0.5:.1%}, {len(ratios)} stretches"
    )


if __name__ == "__main__":
    main()
