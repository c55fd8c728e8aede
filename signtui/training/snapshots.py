"""The present weights of a run for whoever asks: at most once a second, and never much of the run's time."""

import time
from collections.abc import Callable

SHORTEST_SECONDS = 1.0
LARGEST_SHARE = 0.02
"""Of the run's time that the writing of snapshots may take."""


class Snapshots:
    """Wishes for the present weights: many become one, which is granted when it is time for it.

    `clock` gives seconds from anywhere.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._wanted = False
        self._next = float("-inf")

    def wish(self) -> None:
        """Somebody wants to see the weights."""
        self._wanted = True

    def grant(self, write: Callable[[], None]) -> None:
        """Call `write` if somebody waits for it and the last time is long enough ago."""
        if not self._wanted or self._clock() < self._next:
            return
        self._wanted = False
        begun = self._clock()
        write()
        now = self._clock()
        self._next = now + max(SHORTEST_SECONDS, (now - begun) / LARGEST_SHARE)
