"""The settings that were edited in the form: kept on leaving, and taken up where the start is the same.

The same start means: the settings in force before any edit (config.toml, variables, options) are what they
were. So whoever changes one of those gets what was written there, not what was once edited over it.
"""

from typing import Any

import msgspec

from signtui.config import Config, as_plain
from signtui.tui.memory import Memory

_SECTIONS = ("preset", "data", "augment", "model", "train")
"""What the form edits."""


class _Edited(msgspec.Struct):
    start: str
    settings: dict[str, Any]


class FormMemory:
    """Knows the settings as `configured`, and whether those of the form are others.

    Without a `memory` the edits of the last time are neither taken up nor replaced.
    """

    def __init__(self, configured: Config, memory: Memory | None = None) -> None:
        self.configured = configured
        self._memory = memory
        self._start = fingerprint(configured)
        self.taken_up = self._recalled()

    def _recalled(self) -> Config:
        edited = self._memory.recall("form", _Edited) if self._memory is not None else None
        if edited is None or edited.start != self._start:
            return self.configured
        tree = as_plain(self.configured) | {name: edited.settings.get(name) for name in _SECTIONS}
        try:
            return msgspec.convert(tree, Config)
        except msgspec.ValidationError:
            return self.configured

    def is_as_left(self, config: Config) -> bool:
        """Whether `config` is what was taken up from the last time, and not the configured settings."""
        return self.is_edited(config) and _edited_part(config) == _edited_part(self.taken_up)

    def is_edited(self, config: Config) -> bool:
        """Whether `config` is other than configured in what the form edits."""
        return _edited_part(config) != _edited_part(self.configured)

    def keep(self, config: Config) -> None:
        """Remember the edits that lead to `config`, or that there are none."""
        if self._memory is None:
            return
        edited = _Edited(self._start, _edited_part(config)) if self.is_edited(config) else None
        self._memory.keep("form", edited)

    def as_configured(self, config: Config) -> Config:
        """`config` with what the form edits as it was configured."""
        return msgspec.structs.replace(config, **{name: getattr(self.configured, name) for name in _SECTIONS})


def fingerprint(config: Config) -> str:
    """A short text that is the same for the same settings; how things look on the terminal plays no part."""
    import hashlib  # noqa: PLC0415 - only where something is remembered

    tree = {name: value for name, value in as_plain(config).items() if name != "ui"}
    return hashlib.sha256(msgspec.json.encode(tree, order="sorted")).hexdigest()[:16]


def _edited_part(config: Config) -> dict[str, Any]:
    tree = as_plain(config)
    return {name: tree[name] for name in _SECTIONS}
