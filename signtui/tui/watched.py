"""The run on the dashboard: its source, and what is known of it so far."""

from signtui.errors import RunError
from signtui.events import System
from signtui.runs.control import Command
from signtui.runs.progress import remaining_seconds
from signtui.runs.state import RunState, Status, fold_all
from signtui.tui.sources import RunSource

LIVE: frozenset[Status] = frozenset({"running", "paused"})


class WatchedRun:
    """A source's events folded into a state, poll by poll.

    `problem` is a sentence about why the run can't be followed, empty while it can.
    """

    def __init__(self, source: RunSource) -> None:
        self.source = source
        self.state = RunState()
        self.status: Status = "running"
        self.problem = ""

    @property
    def is_live(self) -> bool:
        """Whether the run is still on, and so can be steered."""
        return self.status in LIVE

    @property
    def seconds_left(self) -> float | None:
        """Until it ends by itself, as far as can be told."""
        return remaining_seconds(self.state, self.source.now())

    def poll(self) -> bool:
        """Take what the run said since the last call; True where there is anything new to show."""
        before, problem = self.status, self.problem
        try:
            events = self.source.poll()
            self.problem = ""
        except RunError as error:
            events, self.problem = [], str(error)
        if events:
            self.state = fold_all(self.state, events)
        self.status = self.source.status(self.state)
        # What a run costs its machine is no news while it stands still.
        news = events if self.status != "paused" else [one for one in events if not isinstance(one, System)]
        return bool(news) or self.status != before or self.problem != problem

    def send(self, command: Command) -> None:
        """Steer the run. Raises RunError where it can't be."""
        self.source.send(command)
