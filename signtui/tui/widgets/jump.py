"""Jump mode: a letter on every panel of the screen, and one key goes there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.geometry import Offset
from textual.widget import Widget

from signtui.tui.modes import MODES
from signtui.tui.widgets.lines import Lines

if TYPE_CHECKING:
    from signtui.tui.screens.base import DashboardScreen


@dataclass(frozen=True)
class JumpTarget:
    """A panel to go to: its widget's id, the name it goes by, and where its label stands on the screen.

    Without a place, as for a panel that is hidden, only the footer offers it.
    """

    panel: str
    name: str
    place: Offset | None


def letters_for(names: Sequence[str], taken: str = "") -> list[str]:
    """A letter for each name: the first of its own that is free, or else of the alphabet."""
    letters: list[str] = []
    for name in names:
        wanted = [character for character in name.lower() if character.isascii() and character.isalpha()]
        alphabet = [chr(code) for code in range(ord("a"), ord("z") + 1)]
        free = [letter for letter in (*wanted, *alphabet) if letter not in letters and letter not in taken]
        if free:
            letters.append(free[0])
    return letters


class JumpLabel(Lines):
    """One letter at the corner of a panel; a click on it goes there too."""

    DEFAULT_CSS = "JumpLabel { layer: over; position: absolute; width: 3; height: 1; }"

    def __init__(self, letter: str, panel: str, place: Offset) -> None:
        super().__init__()
        self._letter, self._panel = letter, panel
        # The letter itself stands at the corner, where a title often begins with the same one.
        self.styles.offset = (max(0, place.x - 1), place.y)

    def draw(self) -> None:
        """Show it so that it stands out without any colour too."""
        words = f" {self._letter} " if self.drawing_style.unicode else f"[{self._letter}]"
        self.show(Text(words, Style(bold=True, reverse=True)))

    def on_click(self) -> None:
        """To the panel that it stands on."""
        _screen_of(self).show_panel(self._panel)


def _screen_of(widget: Widget) -> "DashboardScreen":
    screen: DashboardScreen = widget.screen  # type: ignore[assignment]  # jump mode is only on those
    return screen


class JumpMode(Lines, can_focus=True):
    """Has the keys while letters are shown, and goes when the focus does: by letter, digit, escape, mouse."""

    PLACE: ClassVar[str] = "jump mode"
    FIRST_KEYS: ClassVar[tuple[str, ...]] = ("jump.leave", "go", "show")
    HELP: ClassVar[str] = "Each letter goes to the panel that it stands on, each digit to a screen."
    DEFAULT_CSS = "JumpMode { layer: over; position: absolute; width: 1; height: 1; background: $surface; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave", key_display="esc", id="jump.leave", tooltip="stay where you are"),
    ]

    def __init__(self, screen: "DashboardScreen", targets: Sequence[JumpTarget]) -> None:
        super().__init__()
        self._before = screen.focused
        app = screen.dashboard
        modes = {app.keys.name(f"show.{mode.name}", mode.key): mode for mode in MODES}
        letters = letters_for([target.name for target in targets], "".join(modes))
        self._targets = dict(zip(letters, targets, strict=False))
        for letter, target in self._targets.items():
            self._bindings.bind(letter, f"go({letter!r})", target.name)
        for key, mode in modes.items():
            if mode.name != app.current_mode:
                self._bindings.bind(key, f"show({mode.name!r})", mode.title)
        self.labels = [
            JumpLabel(letter, target.panel, target.place)
            for letter, target in self._targets.items()
            if target.place is not None
        ]

    def check_consume_key(self, key: str, character: str | None) -> bool:  # noqa: ARG002 - Textual's interface
        """No other plain key does anything meanwhile; those with a modifier, and F keys, do as ever."""
        return "+" not in key and not (key[0] == "f" and key[1:].isdigit())

    def on_blur(self) -> None:
        """The focus has gone elsewhere, and with it the mode."""
        for widget in (*self.labels, self):
            if widget.is_attached:
                widget.remove()

    def action_go(self, letter: str) -> None:
        """To the panel with that letter."""
        _screen_of(self).show_panel(self._targets[letter].panel)

    def action_show(self, mode: str) -> None:
        """To another screen."""
        self.action_leave()
        self.dashboard.show_mode(mode)

    def action_leave(self) -> None:
        """Back to where the keys were."""
        before = self._before if isinstance(self._before, Widget) and self._before.is_attached else None
        self.screen.set_focus(before)


def start_jumping(screen: "DashboardScreen", targets: Sequence[JumpTarget]) -> None:
    """Put letters on `targets` of `screen`, and give it the keys."""
    mode = JumpMode(screen, targets)
    screen.mount(mode, *mode.labels)
    screen.set_focus(mode, scroll_visible=False)
