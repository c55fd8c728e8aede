"""Signers: how hands are read that the network never saw, each held out once by a run of its own.

The series are found in the runs folder, in a thread, every two seconds while the screen is shown. What trains
a series is the application's: its runs go on whatever screen is shown.
"""

import threading
from pathlib import Path
from typing import ClassVar

from msgspec.structs import replace
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget

from signtui.bugs import bug_sentence
from signtui.config import Config, DataSettings
from signtui.config.settings import OF_THIS_MACHINE, values_of, with_values
from signtui.render import numbers
from signtui.runs.control import Stop
from signtui.runs.series import Fold
from signtui.tui.newest import NewestWish
from signtui.tui.screens.base import DashboardScreen, Panel
from signtui.tui.signers import Found, SeriesLook, Signers
from signtui.tui.widgets.parts import PartNames
from signtui.tui.widgets.signers_panels import (
    FoldsPanel,
    HandConfusionPanel,
    HandLettersPanel,
    SignersPanel,
)

LOOK_SECONDS = 2.0
PARTS = {"folds": "Signers", "hands-letters": "Letters", "hands-confusion": "Confusion"}
"""The panels, by id. What a narrow terminal shows one at a time."""

MEDIUM_FROM = 116
"""Columns from which all panels stand side by side."""

WIDE_FROM = 184
"""Columns from which the confusion has cells of five columns."""


class SeriesFound(Message):
    """What a look at the runs folder found."""

    def __init__(self, found: Found) -> None:
        super().__init__()
        self.found = found


class SignersScreen(DashboardScreen):
    """Who was held out, and how that hand was read."""

    CSS_PATH = "signers.tcss"
    AUTO_FOCUS = "#folds"
    PLACE: ClassVar[str] = "Signers screen"
    FIRST_KEYS = ("signers.train", "signers.resume", "signers.stop", "signers.open")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (MEDIUM_FROM, "-medium"), (WIDE_FROM, "-wide")]  # noqa: RUF012 - as in the base
    PARTS = PARTS
    BEFORE_FIRST = 0
    PANELS = (
        Panel("folds", "Signers", FoldsPanel, "folds"),
        Panel("hands-letters", "Letters", HandLettersPanel, "hands-letters"),
        Panel("hands-confusion", "Confusion", HandConfusionPanel, "hands-confusion"),
    )
    HELP: ClassVar[str] = (
        "A network that reads known hands perfectly may misread a new one. Here each signer is left out once:"
        " a run learns from the others and is scored on that hand. {signers.train:t} trains such a series by"
        " the settings of the form, {signers.resume:r} goes on with the one that is shown. The same by"
        "\n  signtui evaluate --leave-one-out signers"
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "panel(1)", "panel", id="signers.panel.next", tooltip="the next panel"),
        Binding(
            "shift+tab",
            "panel(-1)",
            "panel",
            show=False,
            id="signers.panel.previous",
            tooltip="the panel before",
        ),
        Binding(
            "t",
            "train",
            "train all",
            id="signers.train",
            tooltip="a run without each signer, by the settings of the form",
        ),
        Binding("r", "resume", "go on", id="signers.resume", tooltip="train what is missing of this series"),
        Binding("s", "stop", "stop", id="signers.stop", tooltip="end the run that is on, and the series"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.signers = Signers()
        self._look = SeriesLook()
        self._looking = NewestWish[tuple[Path, DataSettings]]("looking for series", self._find)
        self._timer: Timer | None = None

    def compose_body(self) -> list[Widget]:
        """Signers above the confusion, letters beside them."""
        left = Container(FoldsPanel(id="folds"), HandConfusionPanel(id="hands-confusion"), id="signers-left")
        return [
            PartNames(PARTS, id="signers-parts"),
            Container(left, HandLettersPanel(id="hands-letters"), id="signers"),
        ]

    def on_mount(self) -> None:
        """Follow the runs, and look at the folder from time to time."""
        self.add_class("-folds")
        self.dashboard.run_progressed.subscribe(self, lambda _: self._run_progressed())
        self.dashboard.config_edited.subscribe(self, lambda _: self.look())
        self._timer = self.set_interval(LOOK_SECONDS, self.look)

    def on_unmount(self) -> None:
        """Nothing is wanted any more."""
        self._looking.drop()

    def on_screen_resume(self) -> None:
        """Look at once, and from now on."""
        super().on_screen_resume()
        if self._timer is not None:
            self._timer.resume()
        self.look()
        self.draw_panels()

    def on_screen_suspend(self) -> None:
        """Nobody sees it: no more looks."""
        if self._timer is not None:
            self._timer.pause()

    # What there is

    def look(self) -> None:
        """Look at the runs folder, and at whose the images are, in a thread."""
        if self.is_current:
            self._looking.want((self.runs_directory, self.dashboard.config.data))

    def _find(self, wish: tuple[Path, DataSettings], cancelled: threading.Event) -> None:
        try:
            found = self._look(*wish)
        except Exception as error:  # a bug: the screen lives on and says where its traceback is
            found = Found((), None, bug_sentence(error))
        if not cancelled.is_set():
            self.post_message(SeriesFound(found))

    def on_series_found(self, event: SeriesFound) -> None:
        """Show what is new; the series that is at work comes up by itself."""
        before = {series.plan for series in self.signers.series}
        if not self.signers.take(event.found):
            return
        begun = [series for series in event.found.series if series.live is not None]
        if begun and begun[0].plan not in before:
            self.signers.plan = begun[0].plan
        self.draw_panels()

    def _run_progressed(self) -> None:
        if self.is_current:
            self.query_one(FoldsPanel).draw()
            self.refresh_bindings()

    def progress_of(self, fold: Fold) -> float | None:
        """How far (0 to 1) the run has come that is at work on `fold`; None where none is."""
        run = self.dashboard.followed.find(fold.id) if fold.id is not None else None
        if run is None or not run.is_live:
            return 0.0 if fold.is_live else None
        progress = run.state.progress
        steps = progress.epochs * progress.steps_per_epoch
        return progress.step / steps if steps else 0.0

    def words_without(self) -> list[str]:
        """What stands there while there is no series: what it is and how to begin, or why it can't be."""
        found = self.signers.found
        if found is None:
            return ["Looking at the runs and at the images ..."]
        if found.problem:
            return [found.problem]
        hands = found.hands
        if hands is None or not hands.names:
            return _words_without_hands(hands.data if hands else "", hands.problem if hands else "")
        kind, count = hands.kind, len(hands.names)
        if count < 2:
            return [f"All images of {hands.data} are of {kind} {hands.names[0]}: there is none to leave out."]
        if self.dashboard.series.is_on:
            return ["The first run is being prepared ..."]
        there = f"{hands.data} has the hands of {numbers.plural(count, kind)}."
        key = "{signers.train:t}"
        return [
            f"{there} How a network reads those that it knows says little about the next one.",
            (
                f"{key} trains {count} runs by the settings of the form, each without one {kind}, and scores"
                " each on the hand that it never saw."
            ),
        ]

    def draw_panels(self) -> None:
        """All panels anew, and which keys can act."""
        for panel in self.query(SignersPanel):
            panel.draw()
        self.refresh_bindings()

    # Keys

    def open_run_of(self, fold: Fold | None) -> None:
        """The run of `fold` on the Train screen."""
        if fold is not None and fold.id is not None:
            self.open_run(fold.id)
            self.dashboard.show_mode("train")

    def action_train(self) -> None:
        """A series by the settings of the form; what is there of it is not trained again."""
        self.dashboard.series.begin(self.dashboard.config)
        self.refresh_bindings()

    def action_resume(self) -> None:
        """What is missing of the series that is shown."""
        shown = self.signers.shown
        if shown is not None:
            self.dashboard.series.begin(_here(shown.series.config, self.dashboard.config))
            self.refresh_bindings()

    def action_stop(self) -> None:
        """End the run that is on, and the series with it; both can go on later."""
        session = self.dashboard.session
        self.dashboard.series.end()
        if session is not None and session.is_live:
            session.send(Stop())
        self.dashboard.poll_run(always=True)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can act."""
        series, shown = self.dashboard.series, self.signers.shown
        hands = self.signers.found.hands if self.signers.found is not None else None
        allowed = {
            "train": series.is_available and hands is not None and len(hands.names) > 1,
            "resume": series.is_available
            and shown is not None
            and shown.series.next is not None
            and shown.series.live is None,
            "stop": series.is_on,
        }
        return allowed[action] if action in allowed else super().check_action(action, parameters)


def _here(config: Config, present: Config) -> Config:
    """`config` of a series, with where things are now and how they are done here."""
    config = with_values(
        config, values_of(present, (*OF_THIS_MACHINE, "data.source")) | {"data.held_out": ""}
    )
    return replace(config, runs=present.runs, ui=present.ui)


def _words_without_hands(data: str, problem: str) -> list[str]:
    why = f": {problem.rstrip('.')}." if problem else "."
    of = f" of {data}" if data else ""
    how = (
        "A table beside the images would, one line for each: file,row,signer. In the form, data.groups names"
        " one elsewhere. Then each signer can be left out once, to see how a hand is read that the network"
        " never saw; docs/data.md has more."
    )
    return [f"Nothing says whose hand each image{of} is{why}", how]
