"""`?`: what the focused panel is for, and every key that does something there."""

from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from signtui.render.palette import style_of
from signtui.render.terminal import TerminalStyle
from signtui.tui.widgets.footer import Footer

_KEYS = {"question_mark": "?", "plus": "+", "minus": "-", "left_square_bracket": "[", "full_stop": "."}


class HelpScreen(ModalScreen[None]):
    """A page of text over the screen it explains."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "close", "close", key_display="esc", id="help.close")
    ]

    def __init__(self, page: Text) -> None:
        super().__init__()
        self.page = page

    @classmethod
    def about(cls, screen: Screen[Any]) -> "HelpScreen":
        """The help for what is focused on `screen`."""
        style: TerminalStyle = screen.app.drawing_style  # type: ignore[attr-defined]  # it is the dashboard
        focused = screen.focused
        page = Text()
        for part in (focused, screen):
            words = getattr(part, "HELP", "")
            if words:
                page.append(words.strip() + "\n\n")
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
    """Keys that act now with what they do, keys of one action together."""
    found: dict[str, list[str]] = {}
    for key, active in screen.active_bindings.items():
        binding = active.binding
        of_ours = not binding.system and not binding.action.startswith("screen.")
        if active.enabled and binding.description and of_ours:
            keys = found.setdefault(active.binding.description, [])
            shown = active.binding.key_display or _KEYS.get(key, key.replace("ctrl+", "^"))
            keys += shown.split()
    return [(" ".join(dict.fromkeys(keys)), description) for description, keys in found.items()]
