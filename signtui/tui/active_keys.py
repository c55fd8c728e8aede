"""The keys that do something now, in the words that footer, help and palette show them with."""

from collections.abc import Container

from textual.binding import ActiveBinding
from textual.screen import Screen

from signtui.tui.key_names import key_words


def shown_keys(active: ActiveBinding, among: list[ActiveBinding], rebound: Container[str]) -> str:
    """The key of `active`, by its own words if it has any.

    Words for two keys at once (`left right`) are gone where the user chose another one for either: then the
    keys of both are named. `among` is all that acts now, `rebound` the ids that the user's keys touch.
    """
    binding = active.binding
    if binding.key_display:
        return binding.key_display
    keys = {binding.action: binding.key}
    if binding.id in rebound:
        for other in among:
            pair = other.node is active.node and other.binding.description == binding.description
            if pair and not other.binding.show:
                keys.setdefault(other.binding.action, other.binding.key)
    return " ".join(map(key_words, keys.values()))


def acting(screen: Screen[object]) -> list[ActiveBinding]:
    """What acts now and isn't Textual's own housekeeping, the focused panel's first."""
    return [
        active
        for active in screen.active_bindings.values()
        if active.enabled
        and active.binding.description
        and not active.binding.system
        and not active.binding.action.startswith(("screen.", "app.focus_"))
    ]
