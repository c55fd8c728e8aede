"""The user's keys: the actions there are, by id, and the [keys] table checked against them.

Actions are found where they are declared: every screen and widget of these rooms says its own in `BINDINGS`,
each with an id. A new screen needs no line here.
"""

import difflib
import importlib
import pkgutil
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen

from signtui.config import Assignment
from signtui.errors import ConfigError
from signtui.tui import screens, widgets
from signtui.tui.key_names import NoSuchKey, key_words, parsed_keys, types_something
from signtui.tui.user_keys import Keymap, UserKeys


@dataclass(frozen=True)
class KeyAction:
    """Something that keys do. `usual` are its keys by default; `places` says where it acts."""

    id: str
    usual: tuple[str, ...]
    does: str
    places: tuple[str, ...]
    priority: bool


@cache
def actions() -> dict[str, KeyAction]:
    """Every action by its id; imports every screen."""
    found: dict[str, KeyAction] = {}
    for kind in _kinds():
        for binding in vars(kind).get("BINDINGS", ()):
            if isinstance(binding, Binding) and binding.id is not None:
                places = found[binding.id].places if binding.id in found else ()
                found[binding.id] = KeyAction(
                    binding.id,
                    tuple(one.key for one in Binding.make_bindings([binding])),
                    binding.tooltip or binding.description,
                    tuple(dict.fromkeys((*places, place_of(kind)))),
                    binding.priority,
                )
    return found


def _kinds() -> list[type[DOMNode]]:
    """Every class of these rooms that has keys, the application first."""
    modules: list[ModuleType] = [importlib.import_module("signtui.tui.app")]
    for package in (screens, widgets):
        names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
        modules += [importlib.import_module(f"{package.__name__}.{name}") for name in names]
    return [
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, DOMNode) and kind.__module__ == module.__name__
    ]


def place_of(kind: type[DOMNode]) -> str:
    """Where the keys of a screen or widget act, in words: its `PLACE`, or its class's name."""
    named: str | None = vars(kind).get("PLACE")
    return named or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.__name__).lower()


def user_keys(table: Mapping[str, Assignment]) -> UserKeys:
    """The [keys] table, by id, as the dashboard takes it. Raises ConfigError as `checked_keymap` does."""
    own = checked_keymap(table)
    return UserKeys(own, textual_keymap(own))


def checked_keymap(assignments: Mapping[str, Assignment]) -> Keymap:
    """The keys that the user wants, by id.

    Raises:
        ConfigError: for an id that is no action's, what is no key, and a key that does two things at once.
    """
    if not assignments:
        return {}
    wanted = {name: _keys_wanted(name, assignment) for name, assignment in assignments.items()}
    for name, keys in wanted.items():
        for key in keys:
            other = _clash(name, key, wanted)
            if other:
                raise ConfigError(
                    f"{assignments[name].place}: keys.{name} = {assignments[name].value!r}:"
                    f" {key_words(key)} is also {other}; choose another key for one of them"
                )
    return wanted


def _keys_wanted(name: str, assignment: Assignment) -> tuple[str, ...]:
    place, written = assignment.place, assignment.value
    action = actions().get(name)
    if action is None:
        near = difflib.get_close_matches(name, actions(), n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else "`signtui config keys` lists every id"
        raise ConfigError(f"{place}: unknown action {name} in [keys]; {hint}")
    try:
        keys = parsed_keys(written)
    except NoSuchKey as reason:
        raise ConfigError(f"{place}: keys.{name} = {written!r}: {reason}") from None
    typed = next((key for key in keys if action.priority and types_something(key)), None)
    if typed is not None:
        raise ConfigError(
            f"{place}: keys.{name} = {written!r}: it acts while text is typed too, so {key_words(typed)}"
            " could not be typed any more; choose a key such as ctrl+t or f5"
        )
    return keys


@dataclass(frozen=True)
class _Chain:
    """What keys do while one panel has them: bindings with ids, and characters that it takes by itself."""

    bindings: tuple[Binding, ...]
    takes: str
    place: str


@cache
def _chains() -> tuple[_Chain, ...]:
    """For every screen, and every panel on it, the bindings that act together there."""
    app = importlib.import_module("signtui.tui.app").DashboardApp
    found = []
    for screen in (kind for kind in _kinds() if issubclass(kind, Screen)):
        under = [] if issubclass(screen, ModalScreen) else [app]
        for panel in (None, *(panel.kind for panel in getattr(screen, "PANELS", ()))):
            nodes = [screen, *under] if panel is None else [panel, screen, *under]
            bindings = tuple(binding for node in nodes for binding in _bindings_of(node))
            found.append(_Chain(bindings, getattr(panel, "TAKES", ""), place_of(panel or screen)))
    return tuple(found)


@cache
def _bindings_of(kind: type[DOMNode]) -> tuple[Binding, ...]:
    """The bindings with ids that a class has of its own and from its bases, one for each key."""
    by_key: dict[str, list[Binding]] = {}
    for base in reversed(kind.__mro__):
        its: dict[str, list[Binding]] = {}
        for binding in Binding.make_bindings(vars(base).get("BINDINGS", ())):
            its.setdefault(binding.key, []).append(binding)
        by_key |= its  # a class's own binding of a key takes the place of its base's
    return tuple(binding for bindings in by_key.values() for binding in bindings if binding.id is not None)


def _clash(name: str, key: str, wanted: Keymap) -> str:
    """What else `key` does where the action `name` acts; nothing where that is as usual."""
    usual = set(actions()[name].usual)
    for chain in _chains():
        ids = dict.fromkeys(binding.id or "" for binding in chain.bindings)
        if name not in ids:
            continue
        if key in chain.takes:
            return f"taken by the {chain.place}"
        for other in ids:
            action = actions()[other]
            # Two that share a key from the start never act at the same time: pause and go on.
            if other != name and key in wanted.get(other, action.usual) and not usual & set(action.usual):
                return f"{action.does} ({other}, {chain.place})"
    return ""


def textual_keymap(wanted: Keymap) -> dict[str, str]:
    """`wanted` as `App.set_keymap` takes it.

    Textual forgets what else is bound to a key that is taken from an action, and keeps the words that a
    pair of keys is shown with. So what shares a key or its words with a changed action goes in as it was.
    """
    keymap = dict(wanted)
    size = 0
    while size != len(keymap):
        size = len(keymap)
        for kind in _kinds():
            keymap |= _drawn_along(_bindings_of(kind), keymap)
    return {name: ",".join(keys) for name, keys in keymap.items()}


def _drawn_along(bindings: tuple[Binding, ...], keymap: Keymap) -> Keymap:
    changed = [binding for binding in bindings if binding.id in keymap]
    keys = {binding.key for binding in changed}
    pairs = {binding.description for binding in changed if _in_pair(binding, bindings)}
    ids = {
        binding.id or ""
        for binding in bindings
        if binding.id not in keymap and (binding.key in keys or binding.description in pairs)
    }
    return {name: actions()[name].usual for name in ids}


def _in_pair(binding: Binding, bindings: tuple[Binding, ...]) -> bool:
    """Whether it is shown together with another one, as `left right change`."""
    return any(one.key_display and one.description == binding.description for one in bindings)
