"""Names of keys: as a person writes them, as Textual calls them, as the footer shows them."""

from functools import cache

from textual.keys import REPLACED_KEYS, Keys, _character_to_key, format_key, key_to_character

MODIFIERS = ("ctrl", "alt", "shift", "super", "hyper", "meta")
_WRITTEN = {
    "esc": "escape",
    "return": "enter",
    "del": "delete",
    "ins": "insert",
    "pgup": "pageup",
    "pgdn": "pagedown",
}
_SHOWN = {"enter": "enter", "escape": "esc", "pageup": "pgup", "pagedown": "pgdn", "delete": "del"}
# A terminal sends the same bytes for both; Textual hears the second.
_SAME_AS = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+h": "backspace", "ctrl+left_square_bracket": "escape"}
_NAMED = frozenset(key.value for key in Keys if key.value.isalnum()) - {"return"}


class NoSuchKey(ValueError):
    """What is written names no key that a terminal could send; says what to write."""


def parsed_keys(text: str) -> tuple[str, ...]:
    """The keys in `text` (one, or several with commas between), by Textual's names. Raises NoSuchKey."""
    if not text.strip():
        raise NoSuchKey("no key is named; leave the line out to keep the usual one")
    return tuple(dict.fromkeys(_parsed(part.strip()) for part in text.split(",")))


def _parsed(written: str) -> str:
    if len(written) == 1:
        return _character_to_key(written)
    if not written:
        raise NoSuchKey("there is nothing between two commas; the comma itself is called comma")
    if written[0] == "^" and len(written) == 2:
        written = "ctrl+" + written[1].lower()
    before, _, key = (written[:-2], "", "+") if written.endswith("++") else written.rpartition("+")
    modifiers = [word.strip().lower() for word in before.split("+") if before]
    strange = next((word for word in modifiers if word not in MODIFIERS), None)
    if strange is not None:
        raise NoSuchKey(f"{written!r} begins with {strange!r}; there are {', '.join(MODIFIERS)}")
    key = _base_key(key.strip(), written)
    name = "+".join([*sorted(set(modifiers)), key])  # in the order that Textual writes them
    if modifiers == ["shift"] and len(key) == 1 and key.isalpha():
        raise NoSuchKey(f"no terminal sends {written!r}; write {key.upper()!r}")
    if name in _SAME_AS:
        raise NoSuchKey(f"a terminal can't tell {written!r} from {_SAME_AS[name]!r}; write that")
    return name


def _base_key(key: str, written: str) -> str:
    if len(key) == 1:
        return _character_to_key(key)
    name = _WRITTEN.get(key.lower(), key.lower())
    if name in _NAMED or name == "space":
        return name
    character = _character(name)
    if character is not None:
        return _character_to_key(character)
    raise NoSuchKey(
        f"there is no key {written!r}; a character, or a name as in ctrl+t, f5, space, enter, escape, comma"
    )


def types_something(key: str) -> bool:
    """Whether the key, by Textual's name, puts a character into a line that is being typed."""
    return _character(key) is not None


def _character(key: str) -> str | None:
    return key_to_character(REPLACED_KEYS.get(key, key))


@cache
def key_words(key: str) -> str:
    """The key, by Textual's name, as the screen shows it: `?`, `^p`, `esc`, `left`."""
    *modifiers, base = key.split("+")
    if base in _SHOWN:
        shown = _SHOWN[base]
    elif base in _NAMED:
        shown = base
    else:
        shown = format_key(base)
    if modifiers == ["ctrl"] and len(shown) == 1:
        return f"^{shown}"
    return "+".join([*modifiers, shown])
