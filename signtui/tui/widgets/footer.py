"""The last line of every screen: the keys that do something now, and only those."""

from collections.abc import Container

from rich.text import Text
from textual import events
from textual.binding import ActiveBinding

from signtui.render.palette import style_of
from signtui.render.terminal import TerminalStyle
from signtui.tui.active_keys import acting, shown_keys
from signtui.tui.widgets.lines import Lines

_LAST = ("leave", "jump", "help", "command_palette", "ask_to_quit")
"""What stands at the end of the line, on every screen."""

_FIRST_TO_GO = {"chart.smoothing", "chart.log", "chart.unit", "panel.next"}
"""What leaves a full line before any other key does: looks, and what is found without being told; by id."""

_ALWAYS = {"help", "ask_to_quit", "leave"}
_GAP = 2


class Footer(Lines):
    """`t train  space pause  ? help ...`; clicking one does the same as its key.

    Where there is no room for all, help, quit and what the screen or the focused panel declares in
    `FIRST_KEYS` stay longest; then jump mode and palette, through which everything else is found.
    """

    def on_mount(self) -> None:
        """Follow what can be done."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.draw())
        self._places: list[tuple[int, int, str]] = []

    def draw(self) -> None:
        """Show the keys as things stand."""
        style = self.drawing_style
        line, self._places = Text(" "), []
        for words, active in self._fitting(style.width - 1):
            self._add(words, active, line, style)
        self.show(line)

    def _add(self, words: str, active: ActiveBinding, line: Text, style: TerminalStyle) -> None:
        start = line.cell_len
        line.append(words, style_of("accent", style))
        line.append(f" {active.binding.description}", style_of("faint", style)).append(" " * _GAP)
        self._places.append((start, line.cell_len - _GAP, active.binding.key))

    def _fitting(self, room: int) -> list[tuple[str, ActiveBinding]]:
        """What is shown within `room` cells, in order, each with its key in words."""
        among = acting(self.screen)
        shown: dict[str, ActiveBinding] = {}
        for active in among:
            if active.binding.show:
                shown.setdefault(active.binding.action, active)
        named = [
            (shown_keys(active, among, self.dashboard.keys.textual), active)
            for active in sorted(shown.values(), key=lambda active: _order(active.binding.action))
        ]
        first = {*getattr(self.screen, "FIRST_KEYS", ()), *getattr(self.screen.focused, "FIRST_KEYS", ())}
        kept: set[int] = set()
        for index in sorted(range(len(named)), key=lambda index: _rank(named[index][1], first)):
            words, active = named[index]
            width = len(words) + 1 + len(active.binding.description)
            if width <= room:
                kept.add(index)
                room -= width + _GAP
        return [pair for index, pair in enumerate(named) if index in kept]

    def on_click(self, event: events.Click) -> None:
        """Do what the key under the pointer does."""
        for first, end, key in self._places:
            if first <= event.x < end:
                self.app.simulate_key(key)


def _order(action: str) -> int:
    return _LAST.index(action) if action in _LAST else -1


def _rank(active: ActiveBinding, first: Container[str | None]) -> int:
    """The lower, the longer it stays."""
    if active.binding.action in _ALWAYS:
        return 0
    if active.binding.id in first or active.binding.action.partition("(")[0] in first:
        return 1
    if active.binding.id in _FIRST_TO_GO:
        return 4
    return 2 if active.binding.action in _LAST else 3
