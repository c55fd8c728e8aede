"""Where the dashboard's run comes from: this process, another one, or the past. All three look alike.

A source gives events and takes commands, nothing more; what they mean is the fold's business.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Literal, Protocol

from signtui.errors import RunError
from signtui.events import AnyEvent, RunEnded
from signtui.runs import control, liveness
from signtui.runs.control import Command, Stop
from signtui.runs.folder import RunFolder
from signtui.runs.log import CHUNK, LogReader, LogTail, read_events
from signtui.runs.state import RunState, Status

if TYPE_CHECKING:
    from signtui.training.session import TrainingSession

Kind = Literal["session", "attached", "replay", "live"]
Clock = Callable[[], float]

_LIVENESS_SECONDS = 2.0
_REPLAY_STEPS = 20_000
_STEPS_AT_ONCE = 16_384
"""Step events that are read of a stretch of log too long to be read whole."""
_REST_SECONDS = 0.002
"""Left to the screen after each megabyte that is read behind it."""
# A pause of the run, or the night before its resume, is not sat through again.
_LONGEST_SILENCE = 5.0


class RunSource(Protocol):
    """A run as the dashboard sees it."""

    @property
    def kind(self) -> Kind:
        """How it is reached."""

    @property
    def folder(self) -> RunFolder:
        """Its folder."""

    def poll(self) -> list[AnyEvent]:
        """What it said since the last call. Raises RunError where it can't be read."""

    def send(self, command: Command) -> None:
        """Steer it. Raises RunError where it can't be reached."""

    def status(self, state: RunState) -> Status:
        """How it stands, given all that it has said."""

    def now(self) -> float:
        """The time by the run's own clock, in seconds since 1970."""


class _InThisProcess:
    """What trains in this process: `session`, started."""

    def __init__(self, session: "TrainingSession") -> None:
        self.session = session

    @property
    def folder(self) -> RunFolder:
        """Its folder."""
        return self.session.folder

    def poll(self) -> list[AnyEvent]:
        """What came into its mailbox."""
        return self.session.mailbox.drain()

    def send(self, command: Command) -> None:
        """Hand `command` to its control."""
        self.session.control.send(control.checked(command))

    def status(self, state: RunState) -> Status:
        """As its events say: its process is this one."""
        return state.status

    def now(self) -> float:
        """The present."""
        return time.time()


class SessionSource(_InThisProcess):
    """A run that trains in this process.

    `earlier` is what it said in the processes before, where it is resumed. It is told with the first news:
    by itself it would be the story of a run that is over.
    """

    kind: Kind = "session"

    def __init__(self, session: "TrainingSession", earlier: Sequence[AnyEvent] = ()) -> None:
        super().__init__(session)
        self._earlier = earlier

    def poll(self) -> list[AnyEvent]:
        """What came into its mailbox."""
        events = super().poll()
        if events:
            earlier, self._earlier = self._earlier, ()
            events[:0] = earlier
        return events

    def leave(self, reason: Literal["interrupted", "terminated"]) -> None:
        """End it because the program ends: the step is finished and saved, nothing more is scored."""
        self.session.control.stop(reason)


class TrySource(_InThisProcess):
    """A try of live mode that trains in this process."""

    kind: Kind = "live"


class LogSource:
    """A run of another process, or of the past, read from its log and steered by its control file.

    What little is appended between two polls is read at once; what takes longer, such as the log of a long
    run at first, in a thread, sampled where it is very long. Of such a log a first impression comes early;
    the `run_started` that all of it begins with then starts the state anew. `clock` gives seconds since 1970.
    """

    kind: Kind = "attached"

    def __init__(self, folder: RunFolder, clock: Clock = time.time) -> None:
        self.folder = folder
        self._clock = clock
        self._tail = LogTail(folder.events)
        self._checked = 0.0
        self._status: Status = "running"
        self._ended = False
        self._reading: _Reading | None = None
        self._problem: RunError | None = None  # why a long log can't be read; it stays so

    @property
    def is_reading(self) -> bool:
        """Whether a thread reads what later polls will give."""
        return self._reading is not None

    def poll(self) -> list[AnyEvent]:
        """What was appended to its log; nothing yet of a part that a thread still reads."""
        if self._reading is not None:
            if self._reading.is_alive():
                return self._reading.take_glance()
            reading, self._reading = self._reading, None
            if reading.problem is not None:
                self._problem = reading.problem
                raise reading.problem
            self._tail.offset = reading.reader.offset
            events = reading.events
        elif self._problem is not None:
            raise self._problem
        elif _size(self.folder) - self._tail.offset > CHUNK:
            self._reading = _Reading(self.folder, self._tail.offset)
            return []
        else:
            events = self._tail.poll()
        if events:
            self._checked = 0.0
            self._ended = isinstance(events[-1], RunEnded)
        return events

    def send(self, command: Command) -> None:
        """Append `command` to its control file."""
        if self._ended:
            raise RunError(f"run {self.folder.id} is over")
        control.send(self.folder, command)

    def status(self, state: RunState) -> Status:
        """By its last event, or by whether its process still lives, looked up every two seconds."""
        now = self._clock()
        if self._reading is not None and state.started is None:
            return "running"  # for all that is known by now
        if now - self._checked >= _LIVENESS_SECONDS:
            self._checked = now
            self._status = liveness.status(self.folder, state, now)
        return self._status

    def now(self) -> float:
        """The present."""
        return self._clock()


class _Reading(threading.Thread):
    """Reads a run's log from a byte on, and is done with its `events` or with a `problem`."""

    def __init__(self, folder: RunFolder, offset: int) -> None:
        super().__init__(name=f"reading {folder.id}", daemon=True)
        self.reader = LogReader(folder.events, most_steps=_STEPS_AT_ONCE, offset=offset, rest=_REST_SECONDS)
        self.events: list[AnyEvent] = []
        self.problem: RunError | None = None
        self._glance: list[AnyEvent] = []
        self.start()

    def take_glance(self) -> list[AnyEvent]:
        """The first impression, once."""
        glance, self._glance = self._glance, []
        return glance

    def run(self) -> None:
        """In the thread: read."""
        from signtui.runs.window import WindowReader  # noqa: PLC0415 - not before the first paint

        try:
            if not self.reader.offset:
                self._glance = WindowReader(self.reader.path).glance()
            self.events = list(self.reader)
        except RunError as error:
            self.problem = error


def read_earlier(folder: RunFolder) -> list[AnyEvent]:
    """What a run has said by now, its steps sampled where they are very many. Raises RunError."""
    return list(read_events(folder.events, most_steps=_STEPS_AT_ONCE))


def _size(folder: RunFolder) -> int:
    try:
        return folder.events.stat().st_size
    except OSError:  # the tail says what is wrong, if anything is
        return 0


class ReplaySource:
    """A run of the past, played again `speed` times as fast by `clock` (seconds, from anywhere).

    Raises:
        RunError: where its log can't be read.
    """

    kind: Kind = "replay"

    def __init__(self, folder: RunFolder, speed: float = 1.0, clock: Clock = time.monotonic) -> None:
        self.folder = folder
        self.speed = speed
        self._clock = clock
        events = list(read_events(folder.events, most_steps=_REPLAY_STEPS))
        if not events:
            raise RunError(f"run {folder.id} has nothing to play: its log is empty")
        self._waiting = deque(zip(_moments(events), events, strict=True))
        self._begun = clock()
        self._held: float | None = None  # the moment of the run at which the replay was paused
        self._ended = False

    def poll(self) -> list[AnyEvent]:
        """The events whose moment has come."""
        elapsed = self._elapsed
        due: list[AnyEvent] = []
        while self._waiting and self._waiting[0][0] <= elapsed:
            due.append(self._waiting.popleft()[1])
        if due:
            self._last_moment, self._last_time = elapsed, due[-1].time
        return due

    def send(self, command: Command) -> None:
        """Pause, go on, or skip to the end; the past takes no other command. Raises RunError for one."""
        if isinstance(command, control.Pause):
            self._held = self._elapsed
        elif isinstance(command, control.Resume) and self._held is not None:
            self._begun = self._clock() - self._held / self.speed
            self._held = None
        elif isinstance(command, Stop):
            self._held = self._waiting[-1][0] if self._waiting else self._elapsed
        else:
            raise RunError(f"this is a replay of run {self.folder.id}: what it was trained with can't change")

    @property
    def paused(self) -> bool:
        """Whether the replay stands still."""
        return self._held is not None and bool(self._waiting)

    def status(self, state: RunState) -> Status:
        """Paused where the replay is; otherwise as the run was at that moment."""
        if self.paused:
            return "paused"
        if not self._waiting and state.ended is None:
            return "lost"
        return "running" if state.ended is None else state.status

    def now(self) -> float:
        """The time of the run that is being played."""
        return self._last_time + (self._elapsed - self._last_moment)

    _last_time = 0.0
    _last_moment = 0.0

    @property
    def _elapsed(self) -> float:
        return self._held if self._held is not None else (self._clock() - self._begun) * self.speed


def _moments(events: Iterable[AnyEvent]) -> list[float]:
    """When each event is played, in seconds of the run from its start; long silences are cut short."""
    moments: list[float] = []
    moment, before = 0.0, None
    for event in events:
        gap = 0.0 if before is None else event.time - before
        moment += min(max(0.0, gap), _LONGEST_SILENCE)
        before = event.time
        moments.append(moment)
    return moments
