"""The runs that the dashboard follows: the one on its screens, the one that trains here, and others beside.

Only what the user asked for is followed: the run of this process, those of `attach`, one opened from the
Runs screen. A run that is over stays until another one is opened.
"""

from collections.abc import Sequence

from signtui.runs.state import RunState
from signtui.tui.sources import RunSource, SessionSource
from signtui.tui.watched import WatchedRun


class FollowedRuns:
    """Runs in the order in which they came; `watched` is the one that is shown, `session` trains here.

    `previous` is the state of the run that was watched before, for the faint curve behind.
    """

    def __init__(self) -> None:
        self.runs: list[WatchedRun] = []
        self.watched: WatchedRun | None = None
        self.session: WatchedRun | None = None
        self.previous: RunState | None = None

    @property
    def place(self) -> int:
        """Where the watched run stands among them, from 1; 0 where none is watched."""
        return self.runs.index(self.watched) + 1 if self.watched in self.runs else 0

    def open(self, sources: Sequence[RunSource]) -> None:
        """Follow the runs of `sources` and watch the first; a run of the past gives way."""
        if not sources:
            return
        opened = [WatchedRun(source) for source in sources]
        again = {run.source.folder.path for run in opened}
        self.runs = [run for run in self.runs if _stays(run) and run.source.folder.path not in again]
        self.runs += opened
        self.session = next((run for run in opened if isinstance(run.source, SessionSource)), self.session)
        if self.watched is not None and self.watched.state.epochs and self.watched.source.kind != "live":
            self.previous = self.watched.state
        self.watched = opened[0]

    def turn(self, by: int) -> None:
        """Watch the run that stands so many places further, round from the last to the first."""
        if self.runs:
            self.watched = self.runs[(self.place - 1 + by) % len(self.runs)]

    def find(self, run_id: str) -> WatchedRun | None:
        """The followed run with that id."""
        return next((run for run in self.runs if run.source.folder.id == run_id), None)

    def watch(self, run: WatchedRun) -> None:
        """Show one of the followed runs."""
        self.watched = run

    def poll(self) -> tuple[bool, bool]:
        """Take every run's news: is there any of the watched one, and any of the others?"""
        watched = others = False
        for run in self.runs:
            if run is self.watched:
                watched = run.poll()
            elif run.is_live:
                others = run.poll() or others
        return watched, others


def _stays(run: WatchedRun) -> bool:
    """Whether a followed run is still followed when another one is opened; a try of live mode is for once."""
    return run.is_live and run.source.kind != "live"
