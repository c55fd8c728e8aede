"""The last line of every screen: the keys that do something now, and only those."""

from rich.text import Text
from textual import events
from textual.binding import Binding

from signtui.render.palette import style_of
from signtui.render.terminal import TerminalStyle
from signtui.tui.widgets.lines import Lines

_NAMES = {"space": "space", "question_mark": "?", "plus": "+", "minus": "-", "ctrl+p": "^p", "escape": "esc"}


class Footer(Lines):
    """`t train  space pause  ? help ...`; clicking one does the same as its key."""

    def on_mount(self) -> None:
        """Follow what can be done."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.draw())
        self._places: list[tuple[int, int, str]] = []

    def draw(self) -> None:
        """Show the keys as things stand."""
        style = self.drawing_style
        line, self._places = Text(" "), []
        bindings = self._to_show()
        always = [binding for binding in bindings if binding.action in _LAST]
        room = style.width - sum(_width(binding) for binding in always)
        for binding in _fitting([binding for binding in bindings if binding.action not in _LAST], room - 1):
            if line.cell_len + _width(binding) <= room:
                self._add(binding, line, style)
        for binding in always:
            self._add(binding, line, style)
        self.show(line)

    def _add(self, binding: Binding, line: Text, style: TerminalStyle) -> None:
        start = line.cell_len
        line.append(_key(binding), style_of("accent", style))
        line.append(f" {binding.description}", style_of("faint", style)).append(" " * _GAP)
        self._places.append((start, line.cell_len - _GAP, binding.key))

    def _to_show(self) -> list[Binding]:
        """Those to be shown: the focused widget's first, the same action once."""
        found: dict[str, Binding] = {}
        for active in self.screen.active_bindings.values():
            if active.binding.show and active.enabled:
                found.setdefault(active.binding.action, active.binding)
        return sorted(found.values(), key=lambda binding: _order(binding.action))

    def on_click(self, event: events.Click) -> None:
        """Do what the key under the pointer does."""
        for first, end, key in self._places:
            if first <= event.x < end:
                self.app.simulate_key(key)


_LAST = ("help", "command_palette", "ask_to_quit")
"""What stands at the end of the line, on every screen, and never gives way."""

_FIRST_TO_GO = ("smooth", "log", "unit", "next_panel(1)")
"""What leaves a full line before any other key does: looks, and what is found without being told."""

_GAP = 2


def _fitting(bindings: list[Binding], room: int) -> list[Binding]:
    """`bindings` without those that are the first to go, from the last on, as far as `room` asks for it."""
    kept = list(bindings)
    for binding in reversed(bindings):
        if binding.action in _FIRST_TO_GO and sum(map(_width, kept)) > room:
            kept.remove(binding)
    return kept


def _order(action: str) -> int:
    return _LAST.index(action) if action in _LAST else -1


def _key(binding: Binding) -> str:
    return binding.key_display or _NAMES.get(binding.key, binding.key)


def _width(binding: Binding) -> int:
    return len(_key(binding)) + 1 + len(binding.description) + _GAP
