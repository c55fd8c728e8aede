"""Asks for looks through the microscope in a thread: the newest wish wins, one is granted at a time."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message
from textual.message_pump import MessagePump

from signtui.bugs import bug_sentence
from signtui.errors import SigntuiError

if TYPE_CHECKING:
    from signtui.training.looks import Look, Wish

Looking = Callable[["Wish"], "Look"]


class LookCame(Message):
    """What came of a wish: a look, or the sentence why there is none."""

    def __init__(self, wish: "Wish", look: "Look | None", problem: str = "", seconds: float = 0.0) -> None:
        super().__init__()
        self.wish, self.look, self.problem, self.seconds = wish, look, problem, seconds


class Looker:
    """Calls `looking` for the newest wish, and tells `listener` by `LookCame`."""

    def __init__(self, listener: MessagePump, looking: Looking) -> None:
        self._listener = listener
        self._looking = looking
        self._lock = threading.Lock()
        self._newest: Wish | None = None
        self._working = False

    @property
    def is_busy(self) -> bool:
        """Whether a wish is being granted."""
        return self._working

    def wish(self, wish: "Wish") -> None:
        """Have `wish` granted next, in place of any other that still waits."""
        with self._lock:
            self._newest = wish
            if self._working:
                return
            self._working = True
        threading.Thread(target=self._work, name="looking", daemon=True).start()

    def forget(self) -> None:
        """Let go of a wish that still waits."""
        with self._lock:
            self._newest = None

    def _work(self) -> None:
        while True:
            with self._lock:
                wish, self._newest = self._newest, None
                if wish is None:
                    self._working = False
                    return
            self._listener.post_message(self._granted(wish))

    def _granted(self, wish: "Wish") -> LookCame:
        begun = time.perf_counter()
        try:
            look = self._looking(wish)
            return LookCame(wish, look, seconds=time.perf_counter() - begun)
        except SigntuiError as error:
            return LookCame(wish, None, str(error))
        except OSError as error:
            return LookCame(wish, None, f"{error.filename or 'the run'}: {error.strerror or error}")
        except Exception as error:  # a bug: the dashboard lives on and says where its traceback is
            return LookCame(wish, None, bug_sentence(error))
