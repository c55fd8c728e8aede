"""Live mode: a changed setting is tried at once on a few images; the curve of the try before stays behind.

One try at a time, and none while a real run is on: it waits until that is over. What a try comes to is
compared with the last one that was not cut short.
"""

import threading
from typing import TYPE_CHECKING

from textual.message import Message
from textual.timer import Timer

from signtui.config import Config
from signtui.errors import RunError, SigntuiError
from signtui.runs.control import Stop
from signtui.runs.state import RunState
from signtui.tui.settings_edit import plan_or_reason
from signtui.tui.sources import RunSource
from signtui.tui.tries import LONGEST, SHORTEST, TrySize, same_size, size_for, try_config, try_seconds
from signtui.tui.watched import WatchedRun

if TYPE_CHECKING:
    from signtui.tui.app import DashboardApp

SETTLED_SECONDS = 0.4
"""How long a setting must stay before it is tried: a knob on its way costs nothing."""


class TryOpened(Message):
    """A try has begun, or `problem` says why it can't."""

    def __init__(self, source: RunSource | None, problem: str = "") -> None:
        super().__init__()
        self.source = source
        self.problem = problem


class LiveMode:
    """The tries of a dashboard. `before` is the last one before the present one that came to its end."""

    def __init__(self, app: "DashboardApp") -> None:
        self.on = False
        self.before: RunState | None = None
        self.current: WatchedRun | None = None
        self._app = app
        self._size = TrySize()
        self._config: Config | None = None  # of the try that is on, or was last
        self._wanted = self._opening = self._cut = False
        self._timer: Timer | None = None

    @property
    def available(self) -> bool:
        """Whether there is an engine that can try things."""
        return self._app.engine.attempt is not None

    @property
    def waiting(self) -> bool:
        """Whether it is on, and a real run is in its way."""
        return self.on and self._in_the_way

    @property
    def trying(self) -> bool:
        """Whether a try is on, or about to begin."""
        return self.on and (
            self._opening or self._wanted or (self.current is not None and self.current.is_live)
        )

    def toggle(self) -> None:
        """Turn it on, with a try at once, or off."""
        if self.on:
            self.leave()
            return
        self.on, self._wanted, self._config = True, True, None
        self._size = self._fitting_size(self._app.config) or TrySize()
        self.go_on()
        self._changed()

    def leave(self) -> None:
        """Turn it off; a try that is on ends at once."""
        if not self.on:
            return
        self.on = self._wanted = False
        self._wait(None)
        self._stop()
        self._changed()

    def settings_changed(self) -> None:
        """A try of other settings ends at once; the next begins when they have stayed for a moment."""
        if not self.on:
            return
        if self._next_config() != self._config:
            self._stop()
        self._wait(SETTLED_SECONDS)

    def go_on(self) -> None:
        """Begin the try that is due, unless something is in its way; called now and then."""
        if not self._wanted or self._opening or self._in_the_way:
            return
        self._wanted = False
        config = self._next_config()
        if config == self._config and not self._cut:
            return
        size, classes = self._app.image_shape
        if isinstance(plan_or_reason(config, size, classes), str):
            return  # the form says why
        self._config, self._opening, self._cut = config, True, False
        self._app.estimates.halt()
        threading.Thread(target=self._open, args=(config,), name="opening a try", daemon=True).start()
        self._changed()

    def opened(self, message: TryOpened) -> None:
        """Watch the try, unless it is no longer wanted."""
        self._opening = False
        if message.source is None:
            self._config = None
            if self.on:
                self._app.refusal = message.problem
            self._changed()
        elif self.on and not self._cut:
            self._remember()
            self._app.refusal = ""
            self._app.watch_run(message.source)
            self.current = self._app.watched
            self._changed()
        else:
            message.source.send(Stop(now=True))
        self.go_on()

    @property
    def _in_the_way(self) -> bool:
        app = self._app
        runs = [run for run in (app.session, app.watched) if run is not None]
        return app.opening or any(
            run.is_live and run.source.kind in {"session", "attached"} and not run.problem for run in runs
        )

    def _remember(self) -> None:
        """The last try, if it came to its end, is what the next is compared with."""
        if self.current is not None:
            self.current.poll()
            ended = self.current.state.ended
            if ended is not None and ended.reason not in {"stopped", "failed", "diverged"} and ended.best:
                self.before = self.current.state
        # More images or epochs would show as the setting's doing.
        if self.before is not None and self._config is not None and not same_size(self.before, self._config):
            self.before = None

    def _open(self, config: Config) -> None:
        attempt = self._app.engine.attempt
        assert attempt is not None
        self._app.estimates.wait()
        try:
            message = TryOpened(attempt(config))
        except (SigntuiError, OSError) as error:
            message = TryOpened(None, str(error))
        self._app.post_message(message)

    def _next_config(self) -> Config:
        config = self._app.config
        self._size = self._fitting_size(config) or self._size
        return try_config(config, self._size)

    def _fitting_size(self, config: Config) -> TrySize | None:
        """Another size, where tries of the present one would be over too soon or take too long."""
        speed = self._app.estimates.guessed_speed(config)
        if speed is None:
            return None
        validation = self._app.estimates.validation_images(config)
        fits = SHORTEST <= try_seconds(self._size, speed, validation) <= LONGEST
        return None if fits and self._config is not None else size_for(speed, validation)

    def _stop(self) -> None:
        if self._opening:
            self._cut = True
        elif self.current is not None and self.current.is_live:
            self._cut = True
            try:
                self.current.send(Stop(now=True))
            except RunError:
                self.current.poll()

    def _wait(self, seconds: float | None) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = None if seconds is None else self._app.set_timer(seconds, self._settled)

    def _settled(self) -> None:
        self._timer = None
        if self.on:
            self._wanted = True
            self.go_on()

    def _changed(self) -> None:
        """Have it shown."""
        self._app.note_changed.publish(self._app.note)
        self._app.refresh_bindings()
