"""The run on the dashboard: its source, and what is known of it so far."""

import threading
from collections.abc import Sequence

from signtui.errors import RunError
from signtui.events import AnyEvent, System
from signtui.runs.control import Command
from signtui.runs.progress import remaining_seconds
from signtui.runs.state import LIVE, RunState, Status, fold_all
from signtui.tui.closeup import Closeup
from signtui.tui.sources import LogSource, RunSource

_FOLDED_AT_ONCE = 2000
"""Events that are folded while the screen waits: a few milliseconds' work."""


class WatchedRun:
    """A source's events folded into a state, poll by poll.

    `problem` is a sentence about why the run can't be followed, empty while it can. `closeup` has finer
    points of it than its state, where there may be any.
    """

    def __init__(self, source: RunSource) -> None:
        self.source = source
        self.state = RunState()
        self.status: Status = "running"
        self.problem = ""
        # The log of a replay already knows what became of the steps that are played.
        self.closeup = Closeup(source.folder) if source.kind != "replay" else None
        self._folding: _Folding | None = None

    @property
    def is_live(self) -> bool:
        """Whether the run is still on, and so can be steered."""
        return self.status in LIVE

    @property
    def seconds_left(self) -> float | None:
        """Until it ends by itself, as far as can be told."""
        return remaining_seconds(self.state, self.source.now())

    @property
    def is_catching_up(self) -> bool:
        """Whether a thread reads or folds what the run said long ago; polls soon bring it."""
        reading = isinstance(self.source, LogSource) and self.source.is_reading
        return reading or self._folding is not None

    def poll(self) -> bool:
        """Take what the run said since the last call; True where there is anything new to show."""
        before, problem, state = self.status, self.problem, self.state
        if self._folding is not None:
            if self._folding.is_alive():
                return False
            self.state, self._folding = self._folding.state, None
        try:
            events = self.source.poll()
            self.problem = ""
        except RunError as error:
            events, self.problem = [], str(error)
        if len(events) > _FOLDED_AT_ONCE:
            self._folding = _Folding(self.state, events)
        elif events:
            self.state = fold_all(self.state, events)
        if self._folding is None:
            self.status = self.source.status(self.state)
        # What a run costs its machine is no news while it stands still.
        idle = self.status == "paused" and all(isinstance(event, System) for event in events)
        news = self.state is not state and not (idle and events)
        return news or self.status != before or self.problem != problem

    def send(self, command: Command) -> None:
        """Steer the run. Raises RunError where it can't be."""
        self.source.send(command)


class _Folding(threading.Thread):
    """Folds many events into a state; while it works, nobody looks at its `state`."""

    def __init__(self, state: RunState, events: Sequence[AnyEvent]) -> None:
        super().__init__(name="folding a run", daemon=True)
        self.state = state
        self._events = events
        self.start()

    def run(self) -> None:
        """In the thread: fold."""
        self.state = fold_all(self.state, self._events)
