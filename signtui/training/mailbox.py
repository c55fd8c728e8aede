"""Events on their way from the training thread to whoever shows them, in this process."""

import threading
from collections import deque
from collections.abc import Iterator

from signtui.events import AnyEvent, RunEnded


class Mailbox:
    """A queue of events: the trainer puts and never waits, a reader drains when it has time."""

    def __init__(self) -> None:
        self._events: deque[AnyEvent] = deque()
        self._arrived = threading.Condition()

    def put(self, event: AnyEvent) -> None:
        """Add an event."""
        with self._arrived:
            self._events.append(event)
            self._arrived.notify()

    def drain(self) -> list[AnyEvent]:
        """All that came since the last call, oldest first; does not wait."""
        with self._arrived:
            events = list(self._events)
            self._events.clear()
        return events

    def until_ended(self) -> Iterator[AnyEvent]:
        """Every event as it comes, up to and including `run_ended`."""
        while True:
            with self._arrived:
                # The time-out lets the main thread run its signal handlers between waits.
                self._arrived.wait_for(lambda: self._events, timeout=0.5)
            for event in self.drain():
                yield event
                if isinstance(event, RunEnded):
                    return
