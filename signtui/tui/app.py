"""The dashboard's application: it wires settings, run and screens together, and leaves the work to them."""

import math
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from rich.console import Console
from textual import events
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.filter import LineFilter, NoColor
from textual.message import Message
from textual.screen import Screen
from textual.signal import Signal
from textual.widgets import Input

from signtui.config import Config
from signtui.errors import RunError, SigntuiError
from signtui.render.terminal import TerminalStyle
from signtui.runs.control import Command
from signtui.runs.folder import RunFolder
from signtui.runs.state import RunState
from signtui.tui import partial_repaint
from signtui.tui.ascii import AsciiOnly
from signtui.tui.departure import Departure
from signtui.tui.modes import MODES
from signtui.tui.pace import LOW_BANDWIDTH, USUAL, Pace
from signtui.tui.pictures import PictureLayer, pictures_on
from signtui.tui.screens.help import HelpScreen
from signtui.tui.screens.quit import QuitScreen
from signtui.tui.sources import RunSource, SessionSource
from signtui.tui.theme import TERMINAL, THEMES, theme_for
from signtui.tui.watched import WatchedRun

POLL_SECONDS = 0.25
"""How often the run is asked for news: what a person can follow."""

USUAL_SHAPE = (28, 24)
"""Side and classes of Sign Language MNIST and of the synthetic hands."""

Opener = Callable[[], RunSource]


@dataclass(frozen=True)
class Engine:
    """How the dashboard gets at training, which takes seconds to load: each is called in a thread.

    `load` imports what is heavy; `train` starts a new run, `resume` an old one with changes by key.
    Both raise SigntuiError where that can't be.
    """

    load: Callable[[], None]
    train: Callable[[Config], RunSource]
    resume: Callable[[RunFolder, dict[str, Any]], RunSource]


class EngineLoaded(Message):
    """PyTorch is there; training can begin without delay."""


class RunOpened(Message):
    """A run that was asked for has begun."""

    def __init__(self, source: RunSource) -> None:
        super().__init__()
        self.source = source


class RunRefused(Message):
    """A run that was asked for can't begin; `reason` is a sentence for the user."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class DashboardApp(App[int]):
    """The application. `start` opens the run to begin with, where there is one."""

    TITLE = "signtui"
    CSS_PATH = "styles.tcss"
    COMMAND_PALETTE_BINDING = "ctrl+p"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(mode.key, f"show_mode('{mode.name}')", mode.title, show=False, id=f"show.{mode.name}")
            for mode in MODES
        ),
        Binding("question_mark", "help", "help", key_display="?", id="help"),
        Binding("q", "ask_to_quit", "quit", id="quit"),
        Binding("ctrl+l", "redraw", "draw anew", show=False, id="redraw"),
        Binding("ctrl+c", "ask_to_quit", show=False, priority=True),
        Binding("ctrl+q", "ask_to_quit", show=False, priority=True),
    ]

    def __init__(
        self,
        config: Config,
        style: TerminalStyle,
        engine: Engine,
        start: Opener | None = None,
        *,
        departure: Departure | None = None,
        pictures: PictureLayer | None = None,
        poll_seconds: float | None = POLL_SECONDS,
    ) -> None:
        super().__init__()
        self.config = config
        self.engine = engine
        self.watched: WatchedRun | None = None
        self.session: WatchedRun | None = None
        self.previous: RunState | None = None
        self.opening = False
        self.refusal = ""
        self.note = ""
        self.run_progressed: Signal[WatchedRun] = Signal(self, "run_progressed")
        self.config_edited: Signal[Config] = Signal(self, "config_edited")
        self.note_changed: Signal[str] = Signal(self, "note_changed")
        self.pace: Pace = LOW_BANDWIDTH if config.ui.low_bandwidth else USUAL
        self._told = -math.inf
        self._news = False
        self._style = style
        self._start = start
        self._departure = departure
        self.pictures = pictures
        self._leaving = False
        self._poll_seconds = poll_seconds
        self._no_colour, self._ascii_only = NoColor(), AsciiOnly()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = theme_for(style.colour)
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
        return self._style

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

    async def on_mount(self) -> None:
        """Show the first screen; all else waits until it has been painted."""
        if self._departure is not None:
            self._departure.watch_for_signals(self)
        self.set_class(not self._style.unicode, "-ascii")
        self.set_class(self.config.ui.low_bandwidth, "-low-bandwidth")
        self.app_suspend_signal.subscribe(self, lambda _: self._clear_pictures())
        self.app_resume_signal.subscribe(self, lambda _: self.action_redraw())
        await self.switch_mode(MODES[0].name)
        if self._poll_seconds is not None:
            self.set_interval(self._poll_seconds, self.poll_run)
        self.screen.call_after_refresh(self._begin)

    def _begin(self) -> None:
        if self.pictures is not None and self.pictures.note:
            self.notify(self.pictures.note, markup=False)
        if self._start is not None:
            self.open_run(self._start)
        else:
            self.say("loading PyTorch")
            threading.Thread(target=self._load, name="loading PyTorch", daemon=True).start()

    def _load(self) -> None:
        self.engine.load()
        self.post_message(EngineLoaded())

    def on_engine_loaded(self) -> None:
        """Take the note away."""
        if not self.opening:
            self.say("")

    def say(self, note: str) -> None:
        """Put a short note in the header, or take it away."""
        self.note = note
        self.note_changed.publish(note)

    def edit_config(self, config: Config) -> None:
        """Take `config` for the next run, and tell everyone."""
        self.config = config
        self.refusal = ""
        self.config_edited.publish(config)

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
        """Begin a run with the settings as they are."""
        self.open_run(partial(self.engine.train, self.config))

    def resume(self, folder: RunFolder) -> None:
        """Go on with an old run from its last checkpoint."""
        self.open_run(partial(self.engine.resume, folder, {}))

    def open_run(self, opener: Opener) -> None:
        """Call `opener` in a thread and watch the run that it gives."""
        self.opening, self.refusal = True, ""
        self.say("preparing images and network")
        self.refresh_bindings()
        threading.Thread(target=self._open, args=(opener,), name="opening a run", daemon=True).start()

    def _open(self, opener: Opener) -> None:
        try:
            source = opener()
        except SigntuiError as error:
            self.post_message(RunRefused(str(error)))
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            self.post_message(RunRefused(f"{where}{error.strerror or error}"))
        else:
            self.post_message(RunOpened(source))

    def on_run_opened(self, event: RunOpened) -> None:
        """Watch it."""
        self.opening = False
        self.say("")
        self.watch_run(event.source)

    def on_run_refused(self, event: RunRefused) -> None:
        """Say why, on the screen and to whoever asks."""
        self.opening, self.refusal = False, event.reason
        self.say("")
        self.notify(event.reason, title="can't train", severity="error", timeout=12, markup=False)
        self.refresh_bindings()

    def watch_run(self, source: RunSource) -> None:
        """Show the run of `source` on every screen; one that trains here goes on unseen meanwhile."""
        before = self.watched.state if self.watched is not None else None
        if before is not None and before.epochs:
            self.previous = before
        self.watched = WatchedRun(source)
        if isinstance(source, SessionSource):
            self.session = self.watched
        self.poll_run(always=True)

    def watch_session(self) -> None:
        """Back to the run that trains in this process."""
        if self.session is not None:
            self.watched = self.session
            self.poll_run(always=True)

    def poll_run(self, *, always: bool = False) -> None:
        """Take the run's news and tell everyone, where there are any."""
        if self.session is not None and self.session is not self.watched:
            self.session.poll()
        run = self.watched
        if run is None:
            return
        before = run.status
        self._news = run.poll() or self._news
        urgent = always or run.status != before
        if urgent or (self._news and time.monotonic() >= self._told + self.pace.figures):
            self._news, self._told = False, time.monotonic()
            self.run_progressed.publish(run)
        if urgent:
            self.refresh_bindings()

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
        if name != self.current_mode and len(self.screen_stack) == 1:
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

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """No cursor blinks: an idle screen sends nothing."""
        if isinstance(event.widget, Input):
            event.widget.cursor_blink = False

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
        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen.about(self.screen))

    def action_ask_to_quit(self) -> None:
        """`q`: leave; ask first while a run trains in this process."""
        if isinstance(self.screen, QuitScreen):
            return
        if self.session is None or not self.session.is_live:
            self.exit(0)
        else:
            self.push_screen(QuitScreen(self.session.state.id), self._after_asking)

    def _after_asking(self, leave: bool | None) -> None:
        if leave:
            self.exit(0)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The palette: what can be done now, then screens and themes."""
        for active in screen.active_bindings.values():
            binding = active.binding
            if active.enabled and binding.show and binding.action != "command_palette":
                act = partial(self.run_action, binding.action, active.node)
                title = binding.description[:1].upper() + binding.description[1:]
                yield SystemCommand(
                    title, binding.tooltip or f"key {binding.key_display or binding.key}", act
                )
        for mode in MODES:
            if mode.name != self.current_mode:
                yield SystemCommand(
                    f"Show {mode.title}", f"key {mode.key}", partial(self.show_mode, mode.name)
                )
        for theme in THEMES:
            if theme.name != self.theme:
                yield SystemCommand(f"Theme: {theme.name}", "colours", partial(self._use_theme, theme.name))
        yield SystemCommand("Save a picture of the screen", "as SVG, in this folder", self._save_picture)

    def _use_theme(self, name: str) -> None:
        self.theme = name

    def _save_picture(self) -> None:
        self.set_timer(0.1, lambda: self.notify(f"saved {Path(self.save_screenshot()).name}"))
