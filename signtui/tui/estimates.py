"""How long an epoch of the settings in the form takes: by a run that was like them, or by a short probe.

A probe trains for about a second, so it is made only where someone looks at the form, the settings have
stayed for a moment, PyTorch is there and nothing trains in this process. What isn't known is not guessed.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from textual.message import Message
from textual.signal import Signal
from textual.timer import Timer

from signtui.config import Config
from signtui.config.schema import DataSettings
from signtui.model.plan import Plan
from signtui.runs.speed import Counts, Speed, config_of, cost_key, counts_of, epoch_seconds, past_of, speed_of
from signtui.tui.settings_edit import plan_or_reason
from signtui.tui.watched import WatchedRun

if TYPE_CHECKING:
    from signtui.tui.app import DashboardApp

Prober = Callable[[Config, int, int, threading.Event], Speed | None]
"""Times a few steps of a configuration on images of a side and number of classes, unless the event is set."""

SETTLED_SECONDS = 0.5
PER_IMAGES = 1000
"""What is reckoned with where nobody knows how many images there are."""

_Key = tuple[Any, ...]


@dataclass(frozen=True)
class Estimate:
    """What an epoch takes with its scoring, or (`images`) so many training images; by what it is known."""

    seconds: float
    basis: str
    images: int | None = None


class SpeedFound(Message):
    """What was found out about the settings of `key`; `speed` None: nothing."""

    def __init__(
        self, key: _Key, speed: Speed | None, basis: str, data: DataSettings, counts: Counts | None
    ) -> None:
        super().__init__()
        self.key, self.speed, self.basis = key, speed, basis
        self.data, self.counts = data, counts


class Estimates:
    """What is known of speeds and numbers of images, and the probe that finds out more."""

    def __init__(self, app: "DashboardApp") -> None:
        self.ready = False  # PyTorch is there
        self.changed: Signal[None] = Signal(app, "estimates_changed")
        self._app = app
        self._speeds: dict[_Key, tuple[Speed, str] | None] = {}
        self._counts: dict[DataSettings, Counts] = {}
        self._latest: tuple[Config, Speed] | None = None
        self._keys_of_runs: dict[tuple[str, int], tuple[Config, _Key] | None] = {}
        self._pending: _Key | None = None
        self._timer: Timer | None = None
        self._thread: threading.Thread | None = None
        self._cancelled = threading.Event()

    # What is known

    def of(self, config: Config) -> Estimate | None:
        """What an epoch of `config` takes, or so many images of it; None where that isn't known."""
        known = self._speeds.get(self._key(config))
        if known is None:
            return None
        speed, basis = known
        counts = self.counts(config)
        if counts is None:
            return Estimate(PER_IMAGES / speed.training, basis, PER_IMAGES)
        seconds = epoch_seconds(speed, counts, config.train.clean_images, config.augment.synthetic)
        return Estimate(seconds, basis)

    def counts(self, config: Config) -> Counts | None:
        """The images that `config` trains and validates on, where that is known."""
        data = config.data
        if data in self._counts or data.source != "synthetic" or data.validation == "published":
            return self._counts.get(data)
        held = round(data.synthetic_images * data.validation_fraction)
        rest = data.synthetic_images - held
        return Counts(min(rest, data.most_images or rest), held)

    def validation_images(self, config: Config) -> int:
        """How many images `config` is validated on, however few it trains on; 0 where that is not known."""
        whole = replace(config.data, most_images=0)
        alike = (counts for data, counts in self._counts.items() if replace(data, most_images=0) == whole)
        counts = next(alike, self.counts(config))
        return counts.validation if counts is not None else 0

    def guessed_speed(self, config: Config) -> Speed | None:
        """The speed of `config`; where that isn't known, the latest one by how much more it computes."""
        known = self._speeds.get(self._key(config))
        if known is not None:
            return known[0]
        if self._latest is None:
            return None
        theirs, speed = self._latest
        before, now = (plan_or_reason(each, *self._app.image_shape) for each in (theirs, config))
        if not isinstance(before, Plan) or not isinstance(now, Plan) or not now.multiply_adds:
            return speed
        share = before.multiply_adds / now.multiply_adds
        return Speed(speed.training * share, speed.scoring * share)

    def learn(self, run: WatchedRun) -> None:
        """Take in what a run that was, or is on, tells."""
        state = run.state
        if run.source.kind == "replay" or state.started is None:
            return
        run_id = (state.id, state.resumes)
        if run_id not in self._keys_of_runs:
            config = config_of(state)
            side = state.data.image_size if state.data is not None else self._app.image_shape[0]
            self._keys_of_runs[run_id] = (config, cost_key(config, side)) if config is not None else None
        found = self._keys_of_runs[run_id]
        speed = speed_of(state)
        if found is None or speed is None:
            return
        config, key = found
        self._speeds[key] = (speed, "measured" if run.is_live else "last run")
        self._latest = (config, speed)
        counts = counts_of(state)
        if counts is not None:
            self._counts[config.data] = counts

    # Finding out

    def status(self, config: Config) -> str:
        """Where an estimate is missing, what is done about it, in a few words; empty where nothing is."""
        if self._app.engine.probe is None or self._key(config) in self._speeds:
            return ""
        session = self._app.session
        if session is not None and session.is_live:
            return "an epoch is timed after this run"
        return "timing an epoch ..."

    def ask(self, config: Config) -> None:
        """Find out about `config` soon, where it isn't known; for whoever shows it, as often as they like."""
        key = self._key(config)
        if self._app.engine.probe is None or key in self._speeds or key == self._pending:
            return
        self.halt()
        if self.ready and not self._training:
            self._pending = key
            self._timer = self._app.set_timer(SETTLED_SECONDS, partial(self._begin, config, key))

    def halt(self) -> None:
        """Give up what is being found out; a probe ends after its step."""
        self._cancelled.set()
        self._pending = None
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def wait(self) -> None:
        """Return when no probe is on; for a thread that is about to train."""
        thread = self._thread
        if thread is not None:
            thread.join()

    def found(self, message: SpeedFound) -> None:
        """Keep what a probe or the past told."""
        if message.counts is not None:
            self._counts.setdefault(message.data, message.counts)
        if message.key == self._pending:
            self._pending = None
            known = (message.speed, message.basis) if message.speed is not None else None
            self._speeds.setdefault(message.key, known)
            if message.speed is not None:
                self._latest = self._latest or (self._app.config, message.speed)
        self.changed.publish(None)

    @property
    def _training(self) -> bool:
        app = self._app
        return app.opening or app.live.trying or (app.session is not None and app.session.is_live)

    def _key(self, config: Config) -> _Key:
        return cost_key(config, self._app.image_shape[0])

    def _begin(self, config: Config, key: _Key) -> None:
        """The settings have stayed: look at the past, or else probe, in a thread."""
        self._timer = None
        before, prober = self._thread, self._app.engine.probe
        if prober is None or self._training or self._app.current_mode != "train":
            self._pending = None
            return
        self._cancelled = threading.Event()
        work = partial(self._find_out, config, key, prober, self._cancelled, before)
        self._thread = threading.Thread(target=work, name="probing speed", daemon=True)
        self._thread.start()

    def _find_out(
        self,
        config: Config,
        key: _Key,
        prober: Prober,
        cancelled: threading.Event,
        before: threading.Thread | None,
    ) -> None:
        if before is not None:
            before.join()  # never two at a time
        size, classes = self._app.image_shape
        past = past_of(Path(config.runs.directory).expanduser(), config, size)
        speed, basis = past.speed, "last run"
        if speed is None and not cancelled.is_set():
            speed, basis = prober(config, size, classes, cancelled), "probe"
        if not cancelled.is_set():
            self._app.post_message(SpeedFound(key, speed, basis, config.data, past.counts))
