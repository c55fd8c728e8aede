"""The dashboard's application: it wires settings, run and screens together, and leaves the work to them."""

import gc
import math
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from rich.console import Console
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.filter import LineFilter, NoColor
from textual.message import Message
from textual.screen import Screen
from textual.signal import Signal

from signtui.bugs import bug_sentence
from signtui.config import Config
from signtui.errors import RunError, SigntuiError
from signtui.render.terminal import TerminalStyle
from signtui.runs.control import Command
from signtui.runs.folder import RunFolder
from signtui.runs.state import RunState
from signtui.tui import partial_repaint
from signtui.tui.ascii import AsciiOnly
from signtui.tui.departure import Departure
from signtui.tui.estimates import Estimates, Prober, SpeedFound
from signtui.tui.followed import FollowedRuns
from signtui.tui.form_memory import FormMemory
from signtui.tui.live import LiveMode, TryOpened
from signtui.tui.memory import Memory
from signtui.tui.modes import MODES
from signtui.tui.pace import LOW_BANDWIDTH, USUAL, Pace
from signtui.tui.palette_commands import open_palette, palette_commands
from signtui.tui.pictures import PictureLayer, pictures_on
from signtui.tui.screens.base import DashboardScreen
from signtui.tui.sources import RunSource
from signtui.tui.theme import GROUNDS, TERMINAL, THEMES, remembered_theme, theme_for
from signtui.tui.user_keys import UserKeys
from signtui.tui.watched import WatchedRun

if TYPE_CHECKING:
    from signtui.tui.screens.quit import Leaving

POLL_SECONDS = 0.25
"""How often the run is asked for news: what a person can follow."""

PREPARING = "preparing images and network"
CATCH_UP_SECONDS = 0.03
"""How soon again while a thread of its own reads what the run said before."""

USUAL_SHAPE = (28, 24)
"""Side and classes of Sign Language MNIST and of the synthetic hands."""

Opener = Callable[[], RunSource]


@dataclass(frozen=True)
class Engine:
    """How the dashboard gets at training, which takes seconds to load: each is called in a thread.

    `load` imports what is heavy; `train` starts a new run, `resume` an old one with changes by key,
    `attempt` a try of live mode in place of the one before. They raise SigntuiError where that can't be.
    `probe` times a few steps. Without the last two there is no live mode, and no telling what an epoch takes.
    """

    load: Callable[[], None]
    train: Callable[[Config], RunSource]
    resume: Callable[[RunFolder, dict[str, Any]], RunSource]
    attempt: Callable[[Config], RunSource] | None = None
    probe: Prober | None = None


def keep_for_good() -> None:
    """Leave all that was made so far out of the garbage collector's rounds, and have it collect again.

    The program's own modules, and torch's, never go away; a round over them would hold up keys and training
    for a tenth of a second.
    """
    gc.freeze()
    gc.enable()


class EngineLoaded(Message):
    """PyTorch is there; training can begin without delay."""


class RunsOpened(Message):
    """The runs that were asked for are there to be followed."""

    def __init__(self, sources: Sequence[RunSource]) -> None:
        super().__init__()
        self.sources = sources


class RunRefused(Message):
    """A run that was asked for can't begin; `reason` is a sentence for the user."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class DashboardApp(App[int]):
    """The application. `starts` open the runs to begin with, where there are any; the first is shown.

    `keys` are the user's own, `memory` is of the last time, `form_memory` of what the form then held.
    """

    TITLE = "signtui"
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
        super().__init__()
        self.keys = keys or UserKeys()
        self.memory = memory or Memory()
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
        self.pace: Pace = LOW_BANDWIDTH if config.ui.low_bandwidth else USUAL
        self._told = -math.inf
        self._news = False
        self._style = style
        self._starts = tuple(starts)
        self._departure = departure
        self.pictures = pictures
        self._leaving = False
        self._poll_seconds = poll_seconds
        self._poll_is_due = False
        self._no_colour, self._ascii_only = NoColor(), AsciiOnly()
        for theme in THEMES:
            self.register_theme(theme)
        self.configured_theme = theme_for(config.ui.theme, style.colour)
        self.theme = remembered_theme(self.memory, config.ui.theme) or self.configured_theme
        self.stylesheet.set_variables(self.get_css_variables())
        self._painted = False
        self._choose_colour_system()
        for mode in MODES:
            self.add_mode(mode.name, mode.make)

    def _choose_colour_system(self) -> None:
        """Have Textual send the colours that the settings ask for, whatever it found out by itself."""
        systems: dict[str, Any] = {"256": "256", "16": "standard"}
        if self._style.colour in systems:
            old = self.console
            self.console = Console(
                color_system=systems[self._style.colour], file=old.file, highlight=False, legacy_windows=False
            )

    @property
    def drawing_style(self) -> TerminalStyle:
        """What to draw with: the terminal's colours, or its own sixteen under that theme."""
        if self.theme == TERMINAL and self._style.colour in {"truecolor", "256"}:
            return replace(self._style, colour="16")
        return replace(self._style, ground=GROUNDS.get(self.theme, "any"))

    @property
    def art_style(self) -> TerminalStyle:
        """What to draw images with: in low bandwidth not in exact greys, each of which is a long code."""
        style = self.drawing_style
        if self.config.ui.low_bandwidth and style.colour == "truecolor":
            return replace(style, colour="256")
        return style

    def get_line_filters(self) -> Iterable[LineFilter]:  # type: ignore[override]  # a sequence, as there
        """Textual's, and those that keep what the terminal is not to have from it, whoever draws it."""
        filters = list(super().get_line_filters())
        filters += [self._no_colour] if self._style.colour == "none" else []
        return filters if self._style.unicode else [*filters, self._ascii_only]

    def refresh_css(self, animate: bool = True) -> None:
        """Apply changed styles; not before the first paint, when Textual would do it thrice for nothing."""
        if self._painted:
            super().refresh_css(animate)

    async def on_mount(self) -> None:
        """Show the first screen; all else waits until it has been painted."""
        if self._departure is not None:
            self._departure.watch_for_signals(self)
        self.set_class(not self._style.unicode, "-ascii")
        self.set_keymap(self.keys.textual)
        self.set_class(self.config.ui.low_bandwidth, "-low-bandwidth")
        self.app_suspend_signal.subscribe(self, lambda _: self._clear_pictures())
        self.app_resume_signal.subscribe(self, lambda _: self.action_redraw())
        await self.switch_mode(MODES[0].name)
        if self._poll_seconds is not None:
            self.set_interval(self._poll_seconds, self.poll_run)
        self.screen.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self._painted = True
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
        self.live.leave()
        self.open_runs([partial(self.engine.train, self.config)])

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
        self.say("")
        self.notify(event.reason, title="can't train", severity="error", timeout=12, markup=False)
        self.refresh_bindings()

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

    def action_redraw(self) -> None:
        """`^l`: paint everything again, whatever has got onto the screen."""
        self._forget_the_screen()
        self.screen.refresh()

    def on_resize(self) -> None:
        """A terminal that changed its size may show anything."""
        self._forget_the_screen()

    def _forget_the_screen(self) -> None:
        partial_repaint.forget(self.console)
        self._clear_pictures()

    def post_display_hook(self) -> None:
        """After each update of the screen: images follow."""
        self.update_pictures()

    def update_pictures(self) -> None:
        """Have the terminal show the pictures of this screen, and no others."""
        if self.pictures is None or self.pictures.protocol is None or self._driver is None or self._leaving:
            return
        written = partial_repaint.take_written(self.console)
        sent, to_write = self.pictures.update(pictures_on(self.screen), written)
        if sent:
            self._driver.write(sent)
        for region in to_write:
            for row in range(region.y, region.bottom):
                partial_repaint.forget_cells(self.console, row, region.x, region.right)
            self.screen.refresh(region)

    def _clear_pictures(self) -> None:
        if self.pictures is not None and self._driver is not None and not self.is_headless:
            self.pictures.measure()
            self._driver.write(self.pictures.clear())

    def exit(self, *arguments: Any, **more: Any) -> None:
        """Leave; nothing of the screen stays behind."""
        self._leaving = True
        self._clear_pictures()
        super().exit(*arguments, **more)

    def action_help(self) -> None:
        """`?`: what is focused, and its keys."""
        from signtui.tui.screens.help import HelpScreen  # noqa: PLC0415 - not before the first paint

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen.about(self.screen))

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
        self._return_code = 1
        self._close_messages_no_wait()

    def action_command_palette(self) -> None:
        """Everything that can be done now, by name."""
        open_palette(self)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The palette."""
        return palette_commands(self, screen)
