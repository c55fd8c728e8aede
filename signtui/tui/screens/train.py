"""The Train screen: settings at the left, curves and samples at the right, progress below.

In a narrow terminal one of the three is shown at a time, and tab brings up the next.
"""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widget import Widget

from signtui.runs.control import Pause, Resume, Stop
from signtui.tui.screens.base import DashboardScreen, Panel
from signtui.tui.widgets.chart import CurveChart
from signtui.tui.widgets.form import SettingsForm
from signtui.tui.widgets.other_runs import OtherRuns
from signtui.tui.widgets.parts import PartNames
from signtui.tui.widgets.progress import ProgressLine
from signtui.tui.widgets.samples import SamplesPanel
from signtui.tui.widgets.summary import Summary

PARTS = {"configure": "Configure", "curves": "Curves", "samples": "Samples"}
"""What a narrow terminal shows one at a time: class of the screen, and name."""


class TrainScreen(DashboardScreen):
    """Configure, train, watch."""

    PLACE: ClassVar[str] = "Train screen"
    HELP: ClassVar[str] = (
        "Choose a preset, change what you like, and press {train:t}. The run is kept in the runs folder,"
        " whatever happens to this screen."
    )
    AUTO_FOCUS = ""  # which panel it is depends on whether a run is on
    FIRST_KEYS = ("train", "pause", "resume", "stop", "detach", "run.previous", "live", "skip", "restore")
    PARTS = PARTS
    PANELS = (
        Panel("form", "Configure", SettingsForm, "configure"),
        Panel("accuracy", "Accuracy", CurveChart, "curves"),
        Panel("loss", "Loss", CurveChart, "curves"),
        Panel("samples", "Samples", SamplesPanel, "samples"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "train", "train", tooltip="a new run with the settings as they are", id="train"),
        Binding("space", "pause", "pause", tooltip="wait after this step", id="pause"),
        Binding("space", "go_on", "go on", tooltip="go on training", id="resume"),
        Binding("s", "stop", "stop", tooltip="end the run and keep its best weights", id="stop"),
        Binding(
            "S",
            "stop_now",
            "stop now",
            key_display="S",
            show=False,
            id="stop.now",
            tooltip="end the run at once: nothing more is scored or saved",
        ),
        Binding("d", "detach", "detach", tooltip="give the terminal back; the run goes on", id="detach"),
        Binding(
            "left_square_bracket",
            "other_run(-1)",
            "run",
            key_display="[ ]",
            id="run.previous",
            tooltip="the followed run before",
        ),
        Binding(
            "right_square_bracket",
            "other_run(1)",
            "run",
            show=False,
            id="run.next",
            tooltip="the next of the followed runs",
        ),
        Binding("s", "skip", "to the end", tooltip="skip to the end of the replay", id="skip"),
        Binding("v", "live", "live", tooltip="try each change at once, on a few images", id="live"),
        Binding("f", "full", "full screen", tooltip="the focused panel alone", id="full"),
        Binding("escape", "restore", "all panels", tooltip="back from the full screen", id="restore"),
        Binding("tab", "panel(1)", "panel", id="panel.next", tooltip="the next panel"),
        Binding(
            "shift+tab",
            "panel(-1)",
            "panel",
            show=False,
            id="panel.previous",
            tooltip="the panel before",
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.add_class("-configure", update=False)

    def compose_body(self) -> list[Widget]:
        """The panels."""
        return [
            PartNames(PARTS, id="parts"),
            Container(
                SettingsForm(),
                Container(
                    Container(
                        CurveChart("accuracy", id="accuracy"), CurveChart("loss", id="loss"), id="curves"
                    ),
                    SamplesPanel(),
                    id="right",
                ),
                id="panels",
            ),
            OtherRuns(id="other-runs"),
            Summary(id="summary"),
            ProgressLine(id="progress"),
        ]

    def on_mount(self) -> None:
        """Begin with the form, or with the curves where a run is already on."""
        started = self.dashboard.watched is not None or self.dashboard.opening
        self.show_part("curves" if started else "configure")

    def on_screen_resume(self) -> None:
        """What the form left unasked while nobody saw it is asked now."""
        self.query_one(SettingsForm).draw()

    def show_panel(self, panel_id: str) -> None:
        """Give the keys to a panel, which fills the screen where one does."""
        if self.has_class("-full"):
            self._fill(self.query_one(f"#{panel_id}"))
        super().show_panel(panel_id)

    def action_train(self) -> None:
        """A new run; in a narrow terminal its curves come up."""
        self.dashboard.train()
        if self.has_class("-narrow"):
            self.show_part("curves")

    def action_pause(self) -> None:
        """Wait after this step."""
        self.dashboard.steer(Pause())

    def action_go_on(self) -> None:
        """Go on after a pause."""
        self.dashboard.steer(Resume())

    def action_stop(self) -> None:
        """End the run, keep the best."""
        self.dashboard.steer(Stop())

    def action_stop_now(self) -> None:
        """End the run without scoring or saving what came since the last time."""
        self.dashboard.steer(Stop(now=True))

    def action_detach(self) -> None:
        """Leave the screen; the run goes on."""
        self.dashboard.action_detach()

    def action_other_run(self, by: int) -> None:
        """The next of the followed runs, or the one before."""
        self.dashboard.turn_to_run(by)

    def action_skip(self) -> None:
        """The end of a replay."""
        self.dashboard.steer(Stop())

    def action_live(self) -> None:
        """Live mode on, or off."""
        self.dashboard.live.toggle()

    def action_full(self) -> None:
        """The focused panel alone, or all of them again."""
        if self.has_class("-full"):
            self.action_restore()
        elif self.focused is not None:
            self.add_class("-full")
            self._fill(self.focused)

    def action_restore(self) -> None:
        """All panels again."""
        self.remove_class("-full")
        for panel in self.query(".panel"):
            panel.remove_class("-filling")
        self.refresh_bindings()

    def _fill(self, alone: Widget) -> None:
        for panel in self.query(".panel"):
            panel.set_class(panel is alone, "-filling")
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Only what can be done as the run stands."""
        run = self.dashboard.watched
        replay = run is not None and run.source.kind == "replay"
        trying = run is not None and run.source.kind == "live"
        status = run.status if run is not None else None
        live = run is not None and run.is_live
        allowed = {
            "train": self.dashboard.can_train,
            "live": self.dashboard.live.available,
            "pause": status == "running" and not trying,
            "go_on": status == "paused",
            "stop": live and not replay and not trying,
            "stop_now": live and not replay and not trying,
            "detach": self.dashboard.can_detach,
            "other_run": len(self.dashboard.followed.runs) > 1,
            "skip": live and replay,
            "restore": self.has_class("-full"),
            "full": not self.has_class("-full"),
        }
        return allowed.get(action, True)
