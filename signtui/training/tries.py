"""Short runs one after the other: each ends the one before it at once, so that never two train."""

import threading
from contextlib import suppress
from pathlib import Path

from signtui.config import Config
from signtui.errors import RunError
from signtui.runs.tries import KEPT, prune
from signtui.training.session import TrainingSession


class Tries:
    """The tries of one process; any thread may ask, and waits for its turn."""

    def __init__(self, niceness: int = 0) -> None:
        self._niceness = niceness
        self._turn = threading.Lock()
        self._session: TrainingSession | None = None
        self._closed = False

    def begin(self, config: Config) -> TrainingSession:
        """A run of `config`, which names a directory for tries, in place of the one before.

        The test images, and whoever is held out, are left alone: what a try decides must not be decided by
        them.

        Raises:
            ConfigError, DataError, RunError: where it can't start.
        """
        with self._turn:
            self._end()
            if self._closed:
                raise RunError("the program is ending")
            with suppress(RunError, OSError):  # a log that can't be read is left where it is
                prune(Path(config.runs.directory), KEPT - 1)  # this one makes it up
            self._session = TrainingSession.open(config, score_test=False, score_held_out=False)
            self._session.start(niceness=self._niceness)
            return self._session

    def end(self) -> None:
        """End the try that is on, if one is; returns when it has."""
        with self._turn:
            self._end()

    def close(self) -> None:
        """End the try that is on; no other begins."""
        self._closed = True
        self.end()

    def _end(self) -> None:
        if self._session is not None:
            self._session.control.stop(now=True)
            self._session.join()
            self._session = None
