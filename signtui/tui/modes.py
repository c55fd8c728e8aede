"""Which screens the dashboard has. A new one plugs in here, with one line.

A screen is a `DashboardScreen` (see `screens/base.py`) in a module of its own, imported when it is first
shown; its key is the digit that brings it up, and header, footer and palette find it by its `Mode`. What it
shows about the run of the day it takes from `app.watched`, told of news by `app.run_progressed`; the settings
being edited are `app.config`, changed by `app.edit_config`, with news by `app.config_edited`. It draws with
the render room, for the `TerminalStyle` that `app.drawing_style` gives, on `Lines` widgets, which repaint
only what changed.
"""

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.binding import Binding

if TYPE_CHECKING:
    from signtui.tui.screens.base import DashboardScreen


@dataclass(frozen=True)
class Mode:
    """One screen: its name, the digit that shows it, its title, and where its class is."""

    name: str
    key: str
    title: str
    module: str
    class_name: str

    @property
    def binding(self) -> Binding:
        """The key that shows it."""
        words = f"the {self.title} screen"
        return Binding(
            self.key, f"show_mode('{self.name}')", self.title, False, id=f"show.{self.name}", tooltip=words
        )

    def make(self) -> "DashboardScreen":
        """The screen itself, its module loaded now."""
        screen: DashboardScreen = getattr(importlib.import_module(self.module), self.class_name)()
        return screen


MODES = (
    Mode("train", "1", "Train", "signtui.tui.screens.train", "TrainScreen"),
    Mode("data", "2", "Data", "signtui.tui.screens.data", "DataScreen"),
    Mode("network", "3", "Network", "signtui.tui.screens.network", "NetworkScreen"),
    Mode("mistakes", "4", "Mistakes", "signtui.tui.screens.mistakes", "MistakesScreen"),
    Mode("runs", "5", "Runs", "signtui.tui.screens.runs", "RunsScreen"),
    Mode("signers", "6", "Signers", "signtui.tui.screens.signers", "SignersScreen"),
)
"""Every screen, in the order of the header."""
