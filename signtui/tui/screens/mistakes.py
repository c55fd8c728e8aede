"""Mistakes: what the network gets wrong, letter by letter and image by image, and how sure it is of it.

The confusion of every epoch is in the run's own log and shown at once. The images need the epoch's weights:
they are read by the engine in a thread, only while the screen is shown, at most once an epoch of a live run,
and then so seldom that training hardly notices.
"""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from signtui.errors import RunError
from signtui.runs.guess_query import EXAMPLE, parse_guess_query
from signtui.tui.guessing import Guessing, LatestFound, LookedAt, Predicted, Scoring
from signtui.tui.mistakes import Mistakes, Subject
from signtui.tui.screens.base import DashboardScreen, Panel
from signtui.tui.widgets.mistakes_calibration import CalibrationPanel
from signtui.tui.widgets.mistakes_confusion import ConfusionPanel
from signtui.tui.widgets.mistakes_images import MisreadPanel
from signtui.tui.widgets.mistakes_panel import ImagesWanted, MistakesPanel, NoteLine, ScopeLine
from signtui.tui.widgets.mistakes_rows import LettersPanel, PairsPanel
from signtui.tui.widgets.parts import PartNames

PARTS = {
    "confusion": "Confusion",
    "pairs": "Pairs",
    "letters": "Letters",
    "misread": "Images",
    "calibration": "Calibration",
}
"""The panels, by id. What a narrow terminal shows one at a time."""

MEDIUM_FROM = 116
"""Columns from which the confusion has lists beside it."""

WIDE_FROM, TALL_FROM = 184, 54
"""Columns and lines from which everything is shown at once."""


class MistakesScreen(DashboardScreen):
    """What the network gets wrong."""

    CSS_PATH = "mistakes.tcss"
    AUTO_FOCUS = "#confusion"
    PLACE: ClassVar[str] = "Mistakes screen"
    FIRST_KEYS = (
        "confusion.open",
        "pairs.open",
        "letters.open",
        "mistakes.filter",
        "mistakes.corruptions",
        "mistakes.epoch.previous",
    )
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (MEDIUM_FROM, "-medium"), (WIDE_FROM, "-wide")]  # noqa: RUF012 - as in the base
    VERTICAL_BREAKPOINTS = [(0, "-low"), (TALL_FROM, "-tall")]  # noqa: RUF012 - as Textual declares it
    PARTS = PARTS
    BEFORE_FIRST = 0
    PANELS = (
        Panel("confusion", "Confusion", ConfusionPanel, "confusion"),
        Panel("pairs", "Pairs", PairsPanel, "pairs"),
        Panel("letters", "Letters", LettersPanel, "letters"),
        Panel("misread", "Misread images", MisreadPanel, "misread"),
        Panel("calibration", "Calibration", CalibrationPanel, "calibration"),
        Panel("mistakes-filter", "Filter", Input, "filter"),
    )
    HELP: ClassVar[str] = (
        "What the network confuses, on images that it did not learn from: those of the run on the screens, or"
        " of the latest that is over. {mistakes.epoch.previous:comma} and {mistakes.epoch.next:full stop} go"
        " through its epochs. The filter takes conditions, such as\n"
        f"  {EXAMPLE}\n"
        "and about second (the guess after the first) and photograph."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "panel(1)", "panel", id="mistakes.panel.next", tooltip="the next panel"),
        Binding(
            "shift+tab",
            "panel(-1)",
            "panel",
            show=False,
            id="mistakes.panel.previous",
            tooltip="the panel before",
        ),
        Binding(
            "comma",
            "epoch(-1)",
            "epoch",
            key_display=", .",
            id="mistakes.epoch.previous",
            tooltip="as it was an epoch before",
        ),
        Binding(
            "full_stop", "epoch(1)", "epoch", show=False, id="mistakes.epoch.next", tooltip="an epoch on"
        ),
        Binding("b", "best", "best epoch", id="mistakes.best", tooltip="the epoch that validated best"),
        Binding(
            "w", "split", "test images", id="mistakes.test", tooltip="the test images of a run that is over"
        ),
        Binding(
            "w",
            "split_held_out",
            "held-out signer",
            id="mistakes.held_out",
            tooltip="the hand that a run which is over never saw",
        ),
        Binding(
            "w", "split_back", "validation", id="mistakes.validation", tooltip="the validation images again"
        ),
        Binding(
            "x",
            "corruptions",
            "harder images",
            id="mistakes.corruptions",
            tooltip="the same images turned, blurred, darkened, covered, before another backdrop",
        ),
        Binding(
            "slash",
            "filter",
            "filter",
            key_display="/",
            id="mistakes.filter",
            tooltip="only some images, by conditions",
        ),
        Binding(
            "escape",
            "clear",
            "all again",
            key_display="esc",
            id="mistakes.clear",
            tooltip="take the filter away",
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.mistakes = Mistakes()
        self.guessing = Guessing(self.mistakes, self, lambda: self.dashboard.engine)
        self._latest: Subject | None = None
        self._waiting: Timer | None = None

    def compose_body(self) -> list[Widget]:
        """Lines above; overview (confusion and lists), and closer (images, calibration)."""
        lists = Container(PairsPanel(id="pairs"), LettersPanel(id="letters"), id="mistakes-lists")
        return [
            PartNames(PARTS, id="mistakes-parts"),
            ScopeLine(id="mistakes-scope"),
            NoteLine(id="mistakes-note"),
            Input(id="mistakes-filter", placeholder=EXAMPLE, select_on_focus=False),
            Container(
                Container(ConfusionPanel(id="confusion"), lists, id="mistakes-overview"),
                Container(
                    MisreadPanel(id="misread"), CalibrationPanel(id="calibration"), id="mistakes-closer"
                ),
                id="mistakes",
            ),
        ]

    def on_mount(self) -> None:
        """Follow the run that is watched."""
        self.add_class("-confusion")
        self.dashboard.run_progressed.subscribe(self, lambda _: self._run_progressed())

    def on_unmount(self) -> None:
        """Nothing is wanted any more."""
        self.guessing.drop()

    def on_screen_resume(self) -> None:
        """The run may have gone on, or be another one."""
        super().on_screen_resume()
        self.guessing.forgive()
        if self.dashboard.watched is None:
            self.guessing.want_latest(self.runs_directory)
        self._renew()

    def on_screen_suspend(self) -> None:
        """Nobody sees it: nothing is worked out."""
        self.guessing.give_up()
        self.guessing.give_up_looks()

    # What is looked at

    def _run_progressed(self) -> None:
        if not self.is_current:
            return
        before = self.mistakes.subject
        now = self._subject()
        same = (
            before is not None
            and now is not None
            and before.folder.path == now.folder.path
            and before.status == now.status
            and before.state.epochs == now.state.epochs
            and before.state.ended == now.state.ended
            and (before.state.data is None) == (now.state.data is None)
        )
        if not same:
            self._renew()

    def _subject(self) -> Subject | None:
        run = self.dashboard.watched
        if run is None:
            return self._latest
        return Subject(run.source.folder, run.state, run.status)

    def _renew(self) -> None:
        self.mistakes.take(self._subject())
        self._show_filter()
        self._want()
        self._draw()
        self.refresh_bindings()

    def _draw(self) -> None:
        self.query_one(ScopeLine).draw()
        self.query_one(NoteLine).draw()
        for panel in self.query(MistakesPanel):
            panel.draw()

    def on_latest_found(self, event: LatestFound) -> None:
        """Look at that run while none is watched."""
        self._latest = event.subject
        if self.dashboard.watched is None:
            self._renew()

    # What the weights make of the images

    def _want(self) -> None:
        """Have the guesses of what is shown made, where they are not known; and then a closer look."""
        if not self.is_current:
            return
        wait = self.guessing.want()
        if self._waiting is not None:
            self._waiting.stop()
        self._waiting = self.set_timer(wait, self._want) if wait > 0 else None
        self._want_look()

    def _want_look(self) -> None:
        if self.query_one(MisreadPanel).region:
            self.guessing.want_look()

    def on_scoring(self, event: Scoring) -> None:
        """Say how far it is."""
        if self.guessing.take_progress(event):
            self.query_one(NoteLine).draw()

    def on_predicted(self, event: Predicted) -> None:
        """Show the images; where they are of an epoch that is no longer shown, those of this one are next."""
        if self.guessing.take_predictions(event):
            self._want_look()
            self._draw()
            self.refresh_bindings()
        else:
            self._want()

    def on_looked_at(self, event: LookedAt) -> None:
        """Show where it looked."""
        if self.guessing.take_look(event):
            self.query_one(NoteLine).draw()
            self.query_one(MisreadPanel).draw()

    def on_misread_panel_moved(self) -> None:
        """Another image, or another filter."""
        self._show_filter()
        self._want_look()
        self.refresh_bindings()

    def _show_filter(self) -> None:
        """The line says the filter that is in force, and is there only for one, or to write one."""
        line = self.query_one("#mistakes-filter", Input)
        if line.value != self.mistakes.filter:
            with line.prevent(Input.Changed):
                line.value = self.mistakes.filter
        if not line.has_focus:
            line.display = bool(self.mistakes.filter)

    # Panels and keys

    def on_images_wanted(self, event: ImagesWanted) -> None:
        """The images that a panel points at."""
        self.mistakes.each_image = event.each_image
        self.mistakes.set_filter(event.filter_line)
        self.show_panel("misread")
        self.query_one(MisreadPanel).draw()
        self.on_misread_panel_moved()

    def show_part_of(self, panel_id: str) -> None:
        """The images are looked at where they come up."""
        super().show_part_of(panel_id)
        if panel_id == "misread":
            self.call_after_refresh(self._want_look)

    def show_panel(self, panel_id: str) -> None:
        """Give the keys to a panel; the filter comes up for it."""
        if panel_id == "mistakes-filter":
            self.action_filter()
        else:
            super().show_panel(panel_id)

    def action_epoch(self, by: int) -> None:
        """Another epoch: the figures at once, the images when its weights are read."""
        if self.mistakes.scrub(by):
            self._other_shown()

    def action_best(self) -> None:
        """The best epoch."""
        self.mistakes.show_best()
        self._other_shown()

    def action_split(self) -> None:
        """The next of validation, the test images and the hand held out."""
        self.mistakes.switch_split()
        self._other_shown()

    action_split_back = action_split_held_out = action_split

    def _other_shown(self) -> None:
        self.guessing.forgive()
        self._want()
        self._draw()
        self.refresh_bindings()

    def action_corruptions(self) -> None:
        """How the weights shown read these images once they are harder to read."""
        from signtui.tui.screens.corruptions import CorruptionsScreen, CorruptionsSubject  # noqa: PLC0415 - seldom

        wish, scope = self.mistakes.wish, self.mistakes.scope
        if wish is not None and scope is not None:
            subject = CorruptionsSubject(wish, self.mistakes.classes, scope.images, scope.synthetic)
            self.dashboard.push_screen(CorruptionsScreen(subject))

    def action_filter(self) -> None:
        """Write a filter; the images come up beside it."""
        self.show_part_of("misread")
        line = self.query_one("#mistakes-filter", Input)
        line.display = True
        line.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter as it is written, by what makes sense of it so far."""
        self.mistakes.set_filter(event.value)
        self.query_one(MisreadPanel).draw()
        self._want_look()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter: on to the images; what can't be understood is said."""
        try:
            parse_guess_query(event.value, self.mistakes.classes)
        except RunError as problem:
            self.notify(str(problem), severity="warning", markup=False)
            return
        event.input.display = bool(event.value.strip())
        self.show_panel("misread")

    def action_clear(self) -> None:
        """Take the filter away."""
        line = self.query_one("#mistakes-filter", Input)
        line.value = ""
        line.display = False
        self.mistakes.each_image = False
        self.mistakes.set_filter("")
        if line.has_focus:
            self.show_panel("misread")
        self.query_one(MisreadPanel).draw()
        self._want_look()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can act."""
        mistakes = self.mistakes
        subject = mistakes.subject
        best = subject.state.best.epoch if subject is not None and subject.state.best is not None else None
        allowed = {
            "epoch": len(mistakes.epochs) > 1,
            "best": len(mistakes.epochs) > 1 and best is not None and best != mistakes.epoch,
            "split": mistakes.next_split == "test",
            "split_held_out": mistakes.next_split == "held-out",
            "split_back": mistakes.split != "validation" and mistakes.next_split == "validation",
            "filter": mistakes.known is not None,
            "corruptions": mistakes.scope is not None and self.dashboard.engine.corruptions is not None,
            "clear": bool(mistakes.filter) or mistakes.each_image or self._filter_is_up,
        }
        return allowed[action] if action in allowed else super().check_action(action, parameters)

    @property
    def _filter_is_up(self) -> bool:
        lines = self.query("#mistakes-filter")
        return bool(lines) and lines.first().display
