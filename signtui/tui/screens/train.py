"""The Train screen: settings at the left, curves and samples at the right, progress below.

In a narrow terminal one of the three is shown at a time, and tab brings up the next.
"""

from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widget import Widget

from signtui.render.palette import style_of
from signtui.runs.control import Pause, Resume, Stop
from signtui.tui.screens.base import DashboardScreen
from signtui.tui.widgets.chart import CurveChart
from signtui.tui.widgets.form import SettingsForm
from signtui.tui.widgets.lines import Lines
from signtui.tui.widgets.progress import ProgressLine
from signtui.tui.widgets.samples import SamplesPanel
from signtui.tui.widgets.summary import Summary

PARTS = {"configure": "Configure", "curves": "Curves", "samples": "Samples"}
"""What a narrow terminal shows one at a time: class of the screen, and name."""

_PANELS = {"form": "configure", "accuracy": "curves", "loss": "curves", "samples": "samples"}


class PartNames(Lines):
    """In a narrow terminal: which part is shown, and which others there are."""

    def draw(self) -> None:
        """Show the names."""
        style = self.drawing_style
        line = Text(" ")
        for part, name in PARTS.items():
            shown = self.screen.has_class(f"-{part}")
            line.append(f" {name} ", Style(bold=True, underline=True) if shown else style_of("faint", style))
        self.show(line)

    def on_click(self, event: events.Click) -> None:
        """Show the part whose name was clicked."""
        column = 1
        for part, name in PARTS.items():
            end = column + len(name) + 2
            if column <= event.x < end:
                screen = self.screen
                assert isinstance(screen, TrainScreen)
                screen.show_part(part)
            column = end


class TrainScreen(DashboardScreen):
    """Configure, train, watch."""

    HELP: ClassVar[str] = (
        "Choose a preset, change what you like, and press t. The run is kept in the runs folder,"
        " whatever happens to this screen."
    )
    AUTO_FOCUS = "#form"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "train", "train", tooltip="a new run with the settings as they are", id="train"),
        Binding("space", "pause", "pause", tooltip="wait after this step", id="pause"),
        Binding("space", "go_on", "go on", tooltip="go on training", id="resume"),
        Binding("s", "stop", "stop", tooltip="end the run and keep its best weights", id="stop"),
        Binding("s", "skip", "to the end", tooltip="skip to the end of the replay", show=True),
        Binding("f", "full", "full screen", tooltip="the focused panel alone", id="full"),
        Binding("escape", "restore", "all panels", tooltip="back from the full screen"),
        Binding("tab", "next_panel(1)", "panel", id="panel.next"),
        Binding("shift+tab", "next_panel(-1)", "panel", show=False, id="panel.previous"),
    ]

    def compose_body(self) -> list[Widget]:
        """The panels."""
        return [
            PartNames(id="parts"),
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
            Summary(id="summary"),
            ProgressLine(id="progress"),
        ]

    def on_mount(self) -> None:
        """Begin with the form, or with the curves where a run is already on."""
        started = self.dashboard.watched is not None or self.dashboard.opening
        self.show_part("curves" if started else "configure")
        self.dashboard.run_progressed.subscribe(self, lambda _: self.refresh_bindings())

    def show_part(self, part: str) -> None:
        """Show one part where there is no room for all, and put the focus there."""
        for other in PARTS:
            self.set_class(other == part, f"-{other}")
        panel = next(name for name, its in _PANELS.items() if its == part)
        self.query_one(f"#{panel}").focus()
        self.query_one(PartNames).draw()

    def action_next_panel(self, direction: int) -> None:
        """Focus the next panel; where it is hidden, its part comes up."""
        names = list(_PANELS)
        here = self.focused.id if self.focused is not None and self.focused.id in names else "samples"
        panel = names[(names.index(here) + direction) % len(names)]
        part = _PANELS[panel]
        for other in PARTS:
            self.set_class(other == part, f"-{other}")
        target = self.query_one(f"#{panel}")
        if self.has_class("-full"):
            self._fill(target)
        target.focus()
        self.query_one(PartNames).draw()

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

    def action_skip(self) -> None:
        """The end of a replay."""
        self.dashboard.steer(Stop())

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
        status = run.status if run is not None else None
        allowed = {
            "train": self.dashboard.can_train,
            "pause": status == "running",
            "go_on": status == "paused",
            "stop": status in {"running", "paused"} and not replay,
            "skip": status in {"running", "paused"} and replay,
            "restore": self.has_class("-full"),
            "full": not self.has_class("-full"),
        }
        return allowed.get(action, True)
