"""Slow work in a thread, where only the newest wish counts: one that is overtaken is given up."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

W = TypeVar("W")


class NewestWish(Generic[W]):
    """Calls `work` in a thread, with one wish at a time and an event that tells it to give up.

    `work` tells what came of it by itself, with the wish beside it. Wishes that came while it was busy are
    passed over but for the newest. The thread ends when there is nothing to do.
    """

    def __init__(self, name: str, work: Callable[[W, threading.Event], None]) -> None:
        self._name = name
        self._work = work
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._waiting: W | None = None
        self._doing: W | None = None
        self._cancelled = threading.Event()

    def want(self, wish: W) -> None:
        """Do `wish` next, and nothing else; what is being done for it already goes on."""
        with self._lock:
            under_way = self._waiting is None and not self._cancelled.is_set() and wish == self._doing
            if under_way or wish == self._waiting:
                return
            self._cancelled.set()
            self._waiting = wish
            if self._thread is None:
                self._thread = threading.Thread(target=self._go_on, name=self._name, daemon=True)
                self._thread.start()

    def drop(self) -> None:
        """Nothing is wanted any more."""
        with self._lock:
            self._waiting = None
            self._cancelled.set()

    def _go_on(self) -> None:
        while True:
            with self._lock:
                if self._waiting is None:
                    self._thread = None
                    return
                wish, self._waiting = self._waiting, None
                self._doing = wish
                cancelled = self._cancelled = threading.Event()
            try:
                self._work(wish, cancelled)
            except BaseException:
                with self._lock:
                    self._doing = self._thread = None
                raise
            with self._lock:
                self._doing = None
