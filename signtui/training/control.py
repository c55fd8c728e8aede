"""How a run is steered while it trains: commands from keys, signals or the run folder, read at every step."""

import queue
import threading
from typing import Literal

from signtui.runs.control import Command, Stop

StopReason = Literal["stopped", "interrupted", "terminated"]


class Control:
    """A mailbox of commands to one run; any thread may write, the trainer reads.

    A stop is remembered rather than queued, so that it is seen wherever the run is: in a step, in an
    evaluation, or paused.
    """

    def __init__(self) -> None:
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._wake = threading.Event()
        self.stop_reason: StopReason | None = None
        self.now = False

    def send(self, command: Command) -> None:
        """Have the run take `command` at its next step."""
        if isinstance(command, Stop):
            self.stop(now=command.now)
            return
        self._commands.put(command)
        self._wake.set()

    def stop(self, reason: StopReason = "stopped", *, now: bool = False) -> None:
        """End the run after the present step; `now` also gives up what is being scored and the last save."""
        self.stop_reason = self.stop_reason or reason
        self.now = self.now or now
        self._wake.set()

    def take(self) -> list[Command]:
        """The commands that came since the last call, oldest first."""
        commands: list[Command] = []
        while not self._commands.empty():
            commands.append(self._commands.get())
        return commands

    def wait(self, seconds: float) -> None:
        """Sleep until something comes, at most `seconds`: what a paused run does."""
        self._wake.wait(seconds)
        self._wake.clear()
