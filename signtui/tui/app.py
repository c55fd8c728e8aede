"""The dashboard's application: it wires settings, run and screens together, and leaves the work to them."""

import math
import threading
import time
from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.signal import Signal

from signtui.bugs import bug_sentence
from signtui.config import Config
from signtui.errors import RunError, SigntuiError
from signtui.render.terminal import TerminalStyle
from signtui.runs.control import Command
from signtui.runs.folder import RunFolder
from signtui.runs.state import RunState
from signtui.tui.departure import Departure
from signtui.tui.engine import Engine, EngineLoaded, Opener, RunRefused, RunsOpened, keep_for_good
from signtui.tui.estimates import Estimates, SpeedFound
from signtui.tui.followed import FollowedRuns
from signtui.tui.form_memory import FormMemory
from signtui.tui.live import LiveMode, TryOpened
from signtui.tui.memory import Memory
from signtui.tui.modes import MODES
from signtui.tui.pace import LOW_BANDWIDTH, USUAL, Pace
from signtui.tui.pictures import PictureLayer
from signtui.tui.screens.base import DashboardScreen
from signtui.tui.series_work import SeriesAdvanced, SeriesWork
from signtui.tui.sources import RunSource
from signtui.tui.terminal_app import TerminalApp
from signtui.tui.theme import remembered_theme
from signtui.tui.user_keys import UserKeys
from signtui.tui.watched import WatchedRun

if TYPE_CHECKING:
    from signtui.tui.screens.quit import Leaving

__all__ = ["DashboardApp", "Engine", "Opener"]

POLL_SECONDS = 0.5
"""How often the run is asked for news: what a person can follow."""

PREPARING = "preparing images and network"
CATCH_UP_SECONDS = 0.03
"""How soon again while a thread of its own reads what the run said before."""

USUAL_SHAPE = (28, 24)
"""Side and classes of Sign Language MNIST and of the synthetic hands."""


class DashboardApp(TerminalApp):
    """The application. `starts` open the runs to begin with, where there are any; the first is shown.

    `keys` are the user's own, `memory` is of the last time, `form_memory` of what the form then held.
    """

    TITLE = "signtui"
    DEFAULT_MODE = MODES[0].name
    CSS_PATH = "styles.tcss"
    PLACE: ClassVar[str] = "everywhere"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(mode.binding for mode in MODES),
        Binding(
            "question_mark",
            "help",
            "help",
            key_display="?",
            id="help",
            tooltip="what is focused, and its keys",
        ),
        Binding(
            "ctrl+p",
            "command_palette",
            "palette",
            priority=True,
            id="palette",
            tooltip="everything that can be done now, by name",
        ),
        Binding("q", "ask_to_quit", "quit", id="quit", tooltip="leave the dashboard"),
        Binding(
            "ctrl+c,ctrl+q",
            "ask_to_quit",
            "quit",
            show=False,
            priority=True,
            id="quit.always",
            tooltip="leave the dashboard, also while typing",
        ),
        Binding("ctrl+l", "redraw", "draw anew", show=False, id="redraw", tooltip="paint everything again"),
    ]

    def __init__(
        self,
        config: Config,
        style: TerminalStyle,
        engine: Engine,
        starts: Sequence[Opener] = (),
        *,
        keys: UserKeys | None = None,
        memory: Memory | None = None,
        form_memory: FormMemory | None = None,
        departure: Departure | None = None,
        pictures: PictureLayer | None = None,
        poll_seconds: float | None = POLL_SECONDS,
    ) -> None:
        self.memory = memory or Memory()
        super().__init__(config.ui, style, pictures, remembered_theme(self.memory, config.ui.theme))
        self.keys = keys or UserKeys()
        self.form_memory = form_memory or FormMemory(config)
        self.config = self.form_memory.taken_up
        self.engine = engine
        self.followed = FollowedRuns()
        self.opening = bool(starts)
        self.refusal = ""
        self.note = PREPARING if starts else ""
        self.run_progressed: Signal[WatchedRun] = Signal(self, "run_progressed")
        self.others_progressed: Signal[FollowedRuns] = Signal(self, "others_progressed")
        self.config_edited: Signal[Config] = Signal(self, "config_edited")
        self.note_changed: Signal[str] = Signal(self, "note_changed")
        self.estimates = Estimates(self)
        self.live = LiveMode(self)
        self.series = SeriesWork(self)
        self.pace: Pace = LOW_BANDWIDTH if config.ui.low_bandwidth else USUAL
        self._told = -math.inf
        self._news = False
        self._starts = tuple(starts)
        self._departure = departure
        self._poll_seconds = poll_seconds
        self._poll_is_due = False
        for mode in MODES:
            self.add_mode(mode.name, mode.make)

    async def on_mount(self) -> None:
        """The first screen is on its way; all else waits until it has been painted."""
        if self._departure is not None:
            self._departure.watch_for_signals(self)
        self.set_keymap(self.keys.textual)
        if self._poll_seconds is not None:
            self.set_interval(self._poll_seconds, self.poll_run)

    def after_first_paint(self) -> None:
        """Open the runs to begin with, or load the engine for those to come."""
        keep_for_good()
        if self._departure is not None:
            self._departure.after_first_paint()
        if self.pictures is not None and self.pictures.note:
            self.notify(self.pictures.note, markup=False)
        if self._starts:
            self.open_runs(self._starts)
        else:
            self.say("loading PyTorch")
            threading.Thread(target=self._load, name="loading PyTorch", daemon=True).start()

    def _load(self) -> None:
        self.engine.load()
        keep_for_good()
        self.post_message(EngineLoaded())

    def on_engine_loaded(self) -> None:
        """Take the note away."""
        self.estimates.ready = True
        if not self.opening:
            self.say("")
        self.estimates.changed.publish(None)

    def say(self, note: str) -> None:
        """Put a short note in the header, or take it away."""
        self.note = note
        self.note_changed.publish(note)

    def edit_config(self, config: Config) -> None:
        """Take `config` for the next run, and tell everyone."""
        self.config = config
        self.refusal = ""
        self.form_memory.keep(config)
        self.live.settings_changed()
        self.config_edited.publish(config)

    @property
    def watched(self) -> WatchedRun | None:
        """The run on the screens."""
        return self.followed.watched

    @property
    def session(self) -> WatchedRun | None:
        """The run that trains in this process, or did so last."""
        return self.followed.session

    @property
    def behind(self) -> RunState | None:
        """The run whose curve stands behind the watched one: a try's is a try."""
        if self.watched is not None and self.watched.source.kind == "live":
            return self.live.before
        return self.followed.previous

    @property
    def image_shape(self) -> tuple[int, int]:
        """Side of the images in pixels and number of classes: of the run that is watched, or the usual."""
        data = self.watched.state.data if self.watched is not None else None
        return (data.image_size, len(data.classes)) if data is not None else USUAL_SHAPE

    @property
    def can_train(self) -> bool:
        """Whether a new run could begin: one at a time in this process."""
        return not self.opening and (self.session is None or not self.session.is_live)

    def train(self) -> None:
        """Begin a run with the settings as they are; live mode is over."""
        self.train_with(self.config)

    def train_with(self, config: Config) -> None:
        """Begin a run with other settings than the form's."""
        self.live.leave()
        self.open_runs([partial(self.engine.train, config)])

    def resume(self, folder: RunFolder) -> None:
        """Go on with an old run from its last checkpoint."""
        self.open_runs([partial(self.engine.resume, folder, {})])

    def open_runs(self, openers: Sequence[Opener]) -> None:
        """Call `openers` in a thread and follow the runs that they give."""
        self.opening, self.refusal = True, ""
        self.estimates.halt()
        self.say(PREPARING)
        self.refresh_bindings()
        threading.Thread(target=self._open, args=(openers,), name="opening a run", daemon=True).start()

    def _open(self, openers: Sequence[Opener]) -> None:
        self.estimates.wait()
        try:
            sources = [opener() for opener in openers]
        except SigntuiError as error:
            self.post_message(RunRefused(str(error)))
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            self.post_message(RunRefused(f"{where}{error.strerror or error}"))
        except Exception as error:  # a bug: the dashboard lives on and says where its traceback is
            self.post_message(RunRefused(bug_sentence(error)))
        else:
            keep_for_good()
            self.post_message(RunsOpened(sources))

    def on_runs_opened(self, event: RunsOpened) -> None:
        """Follow them."""
        self.opening = False
        self.estimates.ready = self.estimates.ready or any(
            source.kind == "session" for source in event.sources
        )
        self.say("")
        self.follow(event.sources)

    def on_run_refused(self, event: RunRefused) -> None:
        """Say why, on the screen and to whoever asks."""
        self.opening, self.refusal = False, event.reason
        self.series.end()
        self.say("")
        self.notify(event.reason, title="can't train", severity="error", timeout=12, markup=False)
        self.refresh_bindings()

    def on_series_advanced(self, event: SeriesAdvanced) -> None:
        """A fold of a series is over."""
        self.series.advanced(event)

    def on_try_opened(self, event: TryOpened) -> None:
        """Live mode has a try to show."""
        self.live.opened(event)

    def on_speed_found(self, event: SpeedFound) -> None:
        """Something is known about how long an epoch takes."""
        self.estimates.found(event)

    def watch_run(self, source: RunSource) -> None:
        """Show the run of `source` on every screen; one that trains here goes on unseen meanwhile."""
        self.follow([source])

    def follow(self, sources: Sequence[RunSource]) -> None:
        """Follow the runs of `sources` and show the first."""
        self.followed.open(sources)
        self.poll_run(always=True)

    def show_run(self, run: WatchedRun) -> None:
        """Put one of the followed runs on the screens."""
        self.followed.watch(run)
        self.poll_run(always=True)

    def turn_to_run(self, by: int) -> None:
        """Put the next of the followed runs on the screens, or with -1 the one before."""
        self.followed.turn(by)
        self.poll_run(always=True)

    def poll_run(self, *, always: bool = False) -> None:
        """Take the runs' news and tell everyone, where there are any."""
        self.live.go_on()
        run = self.watched
        if run is None:
            return
        before = run.status
        watched, others = self.followed.poll()
        self.series.progressed()
        self._news = watched or self._news
        urgent = always or run.status != before
        if urgent or (self._news and time.monotonic() >= self._told + self.pace.figures):
            self._news, self._told = False, time.monotonic()
            self.estimates.learn(run)
            self.run_progressed.publish(run)
        if others or always:
            self.others_progressed.publish(self.followed)
        if run.is_catching_up and not self._poll_is_due:
            self._poll_is_due = True
            self.set_timer(CATCH_UP_SECONDS, self._poll_soon)
        if urgent:
            self.refresh_bindings()

    def _poll_soon(self) -> None:
        self._poll_is_due = False
        self.poll_run()

    def steer(self, command: Command) -> None:
        """Send `command` to the run that is watched; a refusal is shown."""
        if self.watched is None:
            return
        try:
            self.watched.send(command)
        except RunError as error:
            self.notify(str(error), severity="error", markup=False)
        self.poll_run(always=True)

    def show_mode(self, name: str) -> None:
        """Bring a screen up."""
        if name != self.current_mode and isinstance(self.screen, DashboardScreen):
            self.switch_mode(name)

    def action_show_mode(self, name: str) -> None:
        """The digit keys."""
        self.show_mode(name)

    def action_help(self) -> None:
        """`?`: what is focused, and its keys."""
        from signtui.tui.screens.help import HelpScreen  # noqa: PLC0415 - not before the first paint

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen.about(self.screen))

    def action_by_hand(self) -> None:
        """Kernels, activations and pooling tried on one image; any screen may have a key for it."""
        from signtui.tui.palette_commands import open_by_hand  # noqa: PLC0415 - not before the first paint

        open_by_hand(self)

    @property
    def can_detach(self) -> bool:
        """Whether a run that trains here could go on without this terminal."""
        return (
            self.session is not None
            and self.session.is_live
            and self._departure is not None
            and self._departure.can_detach
        )

    def action_detach(self) -> None:
        """Give the terminal back; the run goes on in the background."""
        if self.can_detach and self._departure is not None:
            self._departure.detach(self)

    def action_ask_to_quit(self) -> None:
        """`q`: leave; ask first while a run trains in this process."""
        from signtui.tui.screens.quit import QuitScreen  # noqa: PLC0415 - not before the first paint

        if isinstance(self.screen, QuitScreen):
            return
        if self.session is None or not self.session.is_live:
            self.exit(0)
        else:
            question = QuitScreen(self.session.state.id, can_detach=self.can_detach)
            self.push_screen(question, self._after_asking)

    def _after_asking(self, answer: "Leaving | None") -> None:
        if answer == "detach":
            self.action_detach()
        elif answer == "stop":
            self.exit(0)

    def _handle_exception(self, error: Exception) -> None:
        """A bug of the screen: the terminal is restored, and what to say about it is said afterwards."""
        if self._departure is None or hasattr(error, "__rich__"):
            super()._handle_exception(error)
            return
        self._departure.bug = self._departure.bug or error
        self._clear_pictures()
        self._return_code = 1
        self._close_messages_no_wait()

    def action_command_palette(self) -> None:
        """Everything that can be done now, by name."""
        from signtui.tui.palette_commands import open_palette  # noqa: PLC0415 - not before the first paint

        open_palette(self)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The palette."""
        from signtui.tui.palette_commands import palette_commands  # noqa: PLC0415 - as above

        return palette_commands(self, screen)
