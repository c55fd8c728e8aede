"""Network: the microscope over a run's network. Layers, then one channel, then one convolution in numbers.

What is seen is computed in a thread by `Engine.microscope`, only while the screen is visible; moving about in
what has come needs no such look. A live run is asked for its present weights about once a second.
"""

import threading
import time
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.containers import Container
from textual.message import Message
from textual.widget import Widget

from signtui.errors import RunError
from signtui.runs.control import Command
from signtui.tui.looks import LookCame, Looker, Looking
from signtui.tui.network_keys import KEYS
from signtui.tui.observation import SNAPSHOT_SECONDS, Observation
from signtui.tui.scene import Scene, ScenePanel
from signtui.tui.screens.base import DashboardScreen, Panel
from signtui.tui.spot import LEVELS, Level
from signtui.tui.subject import Subject, latest_subject, subject_watched
from signtui.tui.widgets.jump import JumpTarget
from signtui.tui.widgets.network_about import About, AboutLine
from signtui.tui.widgets.network_cell import AfterPanel, OutputMap, SumPanel
from signtui.tui.widgets.network_channel import ChannelMaps, ExcitingImages, KernelPanel
from signtui.tui.widgets.network_image import ImagePanel
from signtui.tui.widgets.network_layers import LayerTable, MapStrips
from signtui.tui.widgets.parts import PartNames

PARTS: dict[Level, dict[str, str]] = {
    "layers": {"layers": "Layers", "strips": "Feature maps", "image": "Image"},
    "channel": {"maps": "Its map", "kernel": "Kernel", "exciting": "What excites it"},
    "cell": {"output": "Output", "sum": "Convolution", "after": "And then"},
}
"""What a narrow terminal shows one at a time, level by level: id of the panel, and name."""

TICK_SECONDS = 0.5


class SubjectFound(Message):
    """The newest run with weights, or None where there is none."""

    def __init__(self, subject: Subject | None) -> None:
        super().__init__()
        self.subject = subject


class NetworkScreen(DashboardScreen):
    """The network of the watched run, of the latest one, or one that is not trained yet."""

    CSS_PATH = "network.tcss"
    AUTO_FOCUS = "#layers"
    PLACE: ClassVar[str] = "Network screen"
    HELP: ClassVar[str] = (
        "What the network makes of an image, three levels deep: the layers, one channel of a convolution, and"
        " one convolution in numbers. {network.deeper:enter} goes deeper, {network.back:escape} back."
    )
    FIRST_KEYS = ("network.deeper", "network.back", "network.earlier", "network.image.next")
    PANELS = (
        Panel("layers", "Layers", LayerTable, "layers"),
        Panel("strips", "Feature maps", MapStrips, "strips"),
        Panel("image", "Image", ImagePanel, "image"),
        Panel("maps", "Its map", ChannelMaps, "maps"),
        Panel("kernel", "Kernel", KernelPanel, "kernel"),
        Panel("exciting", "What excites it", ExcitingImages, "exciting"),
        Panel("output", "Output", OutputMap, "output"),
        Panel("sum", "Convolution", SumPanel, "sum"),
        Panel("after", "And then", AfterPanel, "after"),
    )
    BINDINGS: ClassVar[list[BindingType]] = KEYS

    def __init__(self) -> None:
        super().__init__()
        self.scene = Scene()
        self.observation = Observation(self.scene, Looker(self, self._look))
        self._searching = False
        self._visible = False

    @property
    def _look(self) -> Looking:
        looking = self.dashboard.engine.microscope
        assert looking is not None
        return looking

    def compose_body(self) -> list[Widget]:
        """A line about what is seen, and the panels of three levels, of which one is shown."""
        scene = self.scene
        return [
            PartNames(PARTS["layers"], id="network-parts"),
            AboutLine(scene),
            Container(
                Container(
                    Container(
                        LayerTable(scene, id="layers"),
                        ImagePanel(scene, id="image"),
                        id="layers-left",
                        classes="network-stack",
                    ),
                    MapStrips(scene, id="strips"),
                    id="level-layers",
                    classes="network-level",
                ),
                Container(
                    Container(
                        KernelPanel(scene, id="kernel"),
                        ExcitingImages(scene, id="exciting"),
                        id="channel-left",
                        classes="network-stack",
                    ),
                    ChannelMaps(scene, id="maps"),
                    id="level-channel",
                    classes="network-level",
                ),
                Container(
                    OutputMap(scene, id="output"),
                    Container(
                        SumPanel(scene, id="sum"),
                        AfterPanel(scene, id="after"),
                        id="cell-right",
                        classes="network-stack",
                    ),
                    id="level-cell",
                    classes="network-level",
                ),
                id="network",
            ),
        ]

    def on_mount(self) -> None:
        """Follow the run, and the settings where there is none."""
        self._show_level()
        app = self.dashboard
        app.run_progressed.subscribe(self, lambda _: self._news())
        app.config_edited.subscribe(self, lambda _: self._news())
        self.observation.least_seconds = max(SNAPSHOT_SECONDS, app.pace.samples)
        self.set_interval(TICK_SECONDS, self._tick)

    def on_screen_resume(self) -> None:
        """Look at what there is now."""
        self._visible = True
        self._news()
        self._tick()

    def on_screen_suspend(self) -> None:
        """Nobody sees it: nothing more is asked for."""
        self._visible = False
        self.observation.looker.forget()

    # Whose network

    def _news(self) -> None:
        if not self._visible:
            return
        if self.dashboard.engine.microscope is None:
            self._draw()
            return
        run = self.dashboard.watched
        subject = subject_watched(run) if run is not None else None
        if subject is not None:
            self._take(subject)
        elif run is None and not self._searching and not self._shows_a_run:
            self._searching = True
            threading.Thread(
                target=self._search, args=(self.runs_directory,), name="finding a run", daemon=True
            ).start()

    @property
    def _shows_a_run(self) -> bool:
        subject = self.observation.subject
        return subject is not None and subject.folder is not None and subject.folder.path.exists()

    def _search(self, directory: Path) -> None:
        self.post_message(SubjectFound(latest_subject(directory)))

    def on_subject_found(self, event: SubjectFound) -> None:
        """The latest run's network, or without any a fresh one."""
        self._searching = False
        if self.dashboard.watched is None:
            self._take(event.subject or Subject(self.dashboard.config))

    def _take(self, subject: Subject) -> None:
        self.observation.take(subject)
        if not self.observation.is_present or self.scene.view is None:
            self.observation.ask()
        self._draw()

    def _tick(self) -> None:
        if self._visible and self.dashboard.engine.microscope is not None:
            self.observation.tick(self._send)

    def _send(self, command: Command) -> None:
        run = self.dashboard.watched
        if run is None:
            raise RunError("no run is watched")
        run.send(command)

    def on_look_came(self, event: LookCame) -> None:
        """Show it."""
        level = self.scene.spot.level
        self.observation.came(event)
        if level != self.scene.spot.level:
            self._show_level()
        began = time.perf_counter()
        self._draw()
        self.observation.drawn_in(event.seconds + 2 * (time.perf_counter() - began))  # painted after drawn
        self.refresh_bindings()

    # What is shown

    def _draw(self) -> None:
        line = self.query_one(AboutLine)
        line.about = self._about()
        line.draw()
        for panel in self.query(ScenePanel):
            if panel.region:
                panel.draw()

    def _about(self) -> About:
        seen = self.observation
        truths, classes = seen.truths, seen.classes
        truth = truths[seen.image % len(truths)] if truths else -1
        return About(
            seen.subject,
            seen.moments,
            seen.at,
            seen.image % max(1, len(truths)),
            max(1, len(truths)),
            classes[truth] if 0 <= truth < len(classes) else "",
            seen.problem or self._why_nothing(),
        )

    def _why_nothing(self) -> str:
        if self.dashboard.engine.microscope is None:
            return "there is no microscope here"
        if self.observation.subject is None and self.dashboard.watched is not None:
            return "the run begins; its network is seen when its images are there"
        return ""

    @property
    def parts(self) -> dict[str, str]:
        """Those of the present level."""
        return PARTS[self.scene.spot.level]

    def _show_level(self) -> None:
        """The panels of the present level, with the first of them focused."""
        for level in LEVELS:
            self.set_class(level == self.scene.spot.level, f"-at-{level}")
        self.query_one(PartNames).parts = self.parts
        super().show_panel(next(iter(self.parts)))
        self.refresh_bindings()
        self.call_after_refresh(self._draw)

    def show_panel(self, panel_id: str) -> None:
        """Focus a panel, on its own level."""
        level = next(level for level, parts in PARTS.items() if panel_id in parts)
        view = self.scene.view
        if level != self.scene.spot.level:
            if view is None or (level != "layers" and self.scene.convolution is None):
                return
            self.scene.spot.level = level
            self._show_level()
        super().show_panel(panel_id)

    def jump_targets(self) -> list[JumpTarget]:
        """The panels of the present level."""
        return [target for target in super().jump_targets() if target.panel in self.parts]

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Which keys act depends on the panel that has them."""
        if event.widget.id in self.parts:
            self.refresh_bindings()

    # Keys

    def action_deeper(self) -> None:
        """One level deeper."""
        view = self.scene.view
        if view is not None and self.scene.spot.deeper(view):
            self._show_level()
            self.observation.ask()

    def action_back(self) -> None:
        """One level back."""
        if self.scene.spot.back():
            self._show_level()

    def action_layer(self, by: int) -> None:
        """The next layer; a channel that it doesn't have is left."""
        self.scene.spot.layer += by
        self._moved()

    def action_channel(self, by: int) -> None:
        """The next channel."""
        self.scene.spot.channel += by
        self._moved()

    def action_plane(self, by: int) -> None:
        """The next input plane."""
        self.scene.spot.plane += by
        self._moved()

    def action_cell(self, down: int, right: int) -> None:
        """Move the cursor."""
        self.scene.spot.row += down
        self.scene.spot.column += right
        self._moved()

    def action_image(self, by: int) -> None:
        """Another image."""
        self.observation.turn(by)
        self._ask()

    def action_moment(self, by: int) -> None:
        """Another epoch."""
        self.observation.move(by)
        self._ask()

    def on_key(self, event: events.Key) -> None:
        """A capital letter: the next image of that class."""
        letter = event.character
        if letter is not None and letter.isupper() and self.observation.show_letter(letter):
            event.stop()
            self._ask()

    def _ask(self) -> None:
        if self.dashboard.engine.microscope is not None:
            self.observation.ask()
        self._draw()

    def _moved(self) -> None:
        if self.scene.view is not None:
            self.scene.spot.settle(self.scene.view)
        self._draw()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what the level has."""
        spot = self.scene.spot
        convolution = self.scene.convolution
        allowed = {
            "deeper": spot.level != "cell" and convolution is not None,
            "back": spot.level != "layers",
            "layer": spot.level == "layers",
            "channel": spot.level != "cell" and convolution is not None,
            "cell": spot.level == "cell",
            "plane": spot.level != "layers" and convolution is not None and convolution.plan.input[0] > 1,
            "moment": len(self.observation.moments) > 1,
            "image": len(self.observation.truths) > 1,
        }
        return allowed[action] if action in allowed else super().check_action(action, parameters)
