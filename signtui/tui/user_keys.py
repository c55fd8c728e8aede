"""The user's own keys, as the screens show them. What they may be is checked in `key_bindings.py`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from signtui.tui.key_names import key_words

Keymap = dict[str, tuple[str, ...]]
"""Keys by the id of their action, by Textual's names."""

_PLACEHOLDER = re.compile(r"\{([a-z._]+):([^}]+)\}")


@dataclass(frozen=True)
class UserKeys:
    """`own` are the keys that the user chose; `textual` those and what they touch, for `App.set_keymap`."""

    own: Keymap = field(default_factory=dict)
    textual: Mapping[str, str] = field(default_factory=dict)

    def name(self, action: str, usual: str) -> str:
        """The key of an action in words: the user's first, or the usual one."""
        return key_words(self.own[action][0]) if action in self.own else usual

    def spelt(self, words: str) -> str:
        """`words` with the user's key in place of each `{id:usual key}`."""
        return _PLACEHOLDER.sub(lambda found: self.name(found[1], found[2]), words)
