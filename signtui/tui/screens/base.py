"""What all screens have in common: header, body, footer, and one sentence where the terminal is too small.

A screen fills its body in `compose_body` and is laid out by stylesheet classes that follow the terminal's
size: `-narrow` (80 columns), `-medium` (120) or `-wide` (200). What takes the keys on it, it declares in
`PANELS`: jump mode, the palette and the check of the user's keys go by that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.geometry import Offset
from textual.screen import Screen
from textual.widget import Widget

from signtui.render.palette import style_of
from signtui.runs.folder import RunFolder
from signtui.tui.sources import LogSource
from signtui.tui.widgets.footer import Footer
from signtui.tui.widgets.header import Header
from signtui.tui.widgets.lines import Lines
from signtui.tui.widgets.parts import PartNames

if TYPE_CHECKING:
    from signtui.tui.app import DashboardApp
    from signtui.tui.widgets.jump import JumpTarget

SMALLEST = (60, 20)
MEDIUM, WIDE = 100, 160


class TooSmall(Lines):
    """Says how large a terminal the dashboard needs."""

    def draw(self) -> None:
        """Say it in the middle of what room there is."""
        style = self.drawing_style
        words = f"signtui needs {SMALLEST[0]}x{SMALLEST[1]}; this is {style.width}x{style.height}"
        lines = [Text() for _ in range(style.height // 2)]
        self.show([*lines, Text(words[: style.width].center(style.width), style_of("warning", style))])


@dataclass(frozen=True)
class Panel:
    """Something on a screen that takes the keys: its widget's id and class, and the name it goes by.

    `part` is what has to be shown first where the panel is hidden; without one it can't be gone to then.
    """

    id: str
    name: str
    kind: type[Widget]
    part: str = ""


class DashboardScreen(Screen[None]):
    """A screen of the dashboard; a subclass gives its body and declares its panels."""

    PANELS: ClassVar[tuple[Panel, ...]] = ()
    PARTS: ClassVar[Mapping[str, str]] = {}
    """What is shown one at a time where there is no room for all: the part, and the name it goes by."""
    BEFORE_FIRST: ClassVar[int] = -1
    """Of the panels that tab goes through, which one it goes on from where none has the keys."""
    PLACE: ClassVar[str] = "every screen"
    FIRST_KEYS: ClassVar[tuple[str, ...]] = ()
    """What the footer drops last where there is no room for all: ids of keys, or names of actions."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+o",
            "jump",
            "jump",
            priority=True,
            id="jump",
            tooltip="a letter on every panel to go there by",
        ),
    ]

    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - as Textual declares it
        (0, "-narrow"),
        (MEDIUM, "-medium"),
        (WIDE, "-wide"),
    ]
    HELP: ClassVar[str] = ""

    def __init__(self) -> None:
        super().__init__()
        self._focused_before: Widget | None = None

    @property
    def dashboard(self) -> "DashboardApp":
        """The application, by its own type."""
        return cast("DashboardApp", self.app)

    @property
    def runs_directory(self) -> Path:
        """Where the runs are."""
        return Path(self.dashboard.config.runs.directory).expanduser()

    def open_run(self, run_id: str) -> None:
        """Put a run on the screens: one that is followed already as it is, another one from its log."""
        followed = self.dashboard.followed.find(run_id)
        if followed is not None:
            self.dashboard.show_run(followed)
        else:
            self.dashboard.watch_run(LogSource(RunFolder(self.runs_directory / run_id)))

    def compose(self) -> ComposeResult:
        """Header, body, footer."""
        # Textual marks the screen at its first resize, when every widget would be styled once more.
        self.add_class(*self._breakpoints_at(*self.app.size))
        yield Header(id="header")
        yield Container(*self.compose_body(), id="body")
        yield Footer(id="footer")
        yield TooSmall(id="too-small")

    def _breakpoints_at(self, width: int, height: int) -> list[str]:
        """The stylesheet classes that a terminal of that size has."""
        both = ((width, self.HORIZONTAL_BREAKPOINTS), (height, self.VERTICAL_BREAKPOINTS))
        fitting = [[name for least, name in sorted(names or []) if size >= least] for size, names in both]
        return [names[-1] for names in fitting if names]

    def compose_body(self) -> list[Widget]:
        """The panels of this screen."""
        raise NotImplementedError

    @property
    def parts(self) -> Mapping[str, str]:
        """The parts that there are now."""
        return self.PARTS

    def show_part(self, part: str) -> None:
        """Show one part where there is no room for all, with the keys on its first panel."""
        self.show_panel(next(panel.id for panel in self.PANELS if panel.part == part))

    def show_panel(self, panel_id: str) -> None:
        """Give the keys to a panel; where it is hidden, its part comes up."""
        self.show_part_of(panel_id)
        self.query_one(f"#{panel_id}").focus()

    def show_part_of(self, panel_id: str) -> None:
        """Where there is room for one part only, let it be the one that has this panel."""
        shown = next((panel.part for panel in self.PANELS if panel.id == panel_id), "")
        if shown in self.parts:
            for panel in self.PANELS:
                self.set_class(panel.part == shown, f"-{panel.part}")
            self.query_one(PartNames).draw()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The focused panel is in the part that is shown."""
        self.show_part_of(event.widget.id or "")

    def action_panel(self, direction: int) -> None:
        """Focus the next panel of those that have a part now, or the one before."""
        names = [panel.id for panel in self.PANELS if panel.part in self.parts]
        focused = self.focused.id if self.focused is not None else None
        here = focused if focused in names else names[self.BEFORE_FIRST]
        self.show_panel(names[(names.index(here) + direction) % len(names)])

    def action_jump(self) -> None:
        """Letters on the panels, or none again."""
        from signtui.tui.widgets.jump import JumpMode, start_jumping  # noqa: PLC0415 - not before the first paint

        jumping = self.query(JumpMode)
        if jumping:
            jumping.first().action_leave()
        elif not self.has_class("-tiny"):
            start_jumping(self, self.jump_targets())

    def jump_targets(self) -> "list[JumpTarget]":
        """The panels that can be gone to now: those in sight, and of each hidden part the first."""
        from signtui.tui.widgets.jump import JumpTarget  # noqa: PLC0415 - as above

        targets: list[JumpTarget] = []
        for panel in self.PANELS:
            widget = self.query_one(f"#{panel.id}")
            if widget.region and all(node.display for node in widget.ancestors_with_self if node is not self):
                targets.append(JumpTarget(panel.id, panel.name, widget.region.offset))
            elif panel.part:
                target = self._hidden_target(panel)
                if target.place is None or all(other.place != target.place for other in targets):
                    targets.append(target)
        return targets

    def _hidden_target(self, panel: Panel) -> "JumpTarget":
        from signtui.tui.widgets.jump import JumpTarget  # noqa: PLC0415 - as above

        for names in self.query(PartNames):
            if names.display and panel.part in names.parts:
                place = names.region.offset + Offset(names.columns_of(panel.part)[0] + 1, 0)
                return JumpTarget(panel.id, names.parts[panel.part], place)
        return JumpTarget(panel.id, panel.name, None)

    def on_resize(self, event: events.Resize) -> None:
        """Show nothing but a sentence where there is no room for more; letters would now stand elsewhere."""
        if self.query("JumpMode"):
            self.action_jump()
        width, height = event.size
        tiny = width < SMALLEST[0] or height < SMALLEST[1]
        if tiny and not self.has_class("-tiny"):
            self._focused_before = self.focused  # what is hidden loses the keys
        elif self.has_class("-tiny") and not tiny and self._focused_before is not None:
            self.call_after_refresh(self.set_focus, self._focused_before)
        self.set_class(tiny, "-tiny")

    def on_screen_resume(self) -> None:
        """The run may have gone on while another screen was shown."""
        self.query_one(Header).draw()
