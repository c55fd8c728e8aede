"""`?`: what the focused panel is for, and every key that does something there."""

from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from signtui.render.palette import style_of
from signtui.tui.active_keys import acting
from signtui.tui.key_names import key_words
from signtui.tui.widgets.footer import Footer

if TYPE_CHECKING:
    from signtui.tui.app import DashboardApp


class HelpScreen(ModalScreen[None]):
    """A page of text over the screen it explains."""

    PLACE: ClassVar[str] = "help"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "close", "close", key_display="esc", id="help.close")
    ]

    def __init__(self, page: Text) -> None:
        super().__init__()
        self.page = page

    @classmethod
    def about(cls, screen: Screen[Any]) -> "HelpScreen":
        """The help for what is focused on `screen`."""
        app: DashboardApp = screen.app  # type: ignore[assignment]  # there is no other
        style = app.drawing_style
        focused = screen.focused
        page = Text()
        for part in (focused, screen):
            words = getattr(part, "HELP", "")
            if words:
                page.append(app.keys.spelt(words.strip()) + "\n\n")
        page.append("Keys\n", "bold")
        for keys, description in _keys_of(screen):
            page.append(f"  {keys:<14}", style_of("accent", style)).append(f" {description}\n")
        return cls(page)

    def compose(self) -> ComposeResult:
        """The page, which scrolls."""
        yield VerticalScroll(Static(self.page), id="page")
        yield Footer(id="footer")

    def action_close(self) -> None:
        """Back to the screen."""
        self.dismiss()


def _keys_of(screen: Screen[Any]) -> list[tuple[str, str]]:
    """Keys that act now with what they do, keys of one action together, a pair by its own words."""
    found: dict[str, list[Binding]] = {}
    for active in acting(screen):
        found.setdefault(active.binding.description, []).append(active.binding)
    return [(_named(bindings), description) for description, bindings in found.items()]


def _named(bindings: list[Binding]) -> str:
    words = [binding.key_display for binding in bindings if binding.key_display]
    return " ".join(dict.fromkeys(words or [key_words(binding.key) for binding in bindings]))
