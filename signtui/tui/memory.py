"""What the dashboard remembers from one time to the next, in one small file.

Nobody depends on it: what is missing, damaged or of another version is as if it had never been, and a folder
that can't be written means that nothing is remembered.
"""

import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from signtui.files import write_atomic

VERSION = 1
"""Of the file's layout; a file of another version is neither read nor overwritten."""

SAVE_SECONDS = 1.0
"""How long changes gather before they are written."""

T = TypeVar("T")


def state_file(environment: Mapping[str, str] | None = None) -> Path:
    """`dashboard.json` in `SIGNTUI_STATE_DIR`, or in the user's state folder for signtui."""
    environment = os.environ if environment is None else environment
    if named := environment.get("SIGNTUI_STATE_DIR"):
        return Path(named).expanduser() / "dashboard.json"
    import platformdirs  # noqa: PLC0415 - not needed where the variable is set

    return Path(platformdirs.user_state_dir("signtui")) / "dashboard.json"


class Memory:
    """Values by name, plain data each. Without a `path` it lasts as long as the process.

    What is kept is written a moment later, by `saving`; on leaving, `save` writes the rest.

    Several dashboards may be open at once: each writes what it changed itself and leaves the rest.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = threading.Lock()
        found = _read(path) if path is not None else {}
        if found is None:
            self._path, found = None, {}
        self._values: dict[str, Any] = found
        self._changed: set[str] = set()
        self.saving: threading.Timer | None = None

    def recall(self, name: str, kind: type[T]) -> T | None:
        """What is remembered under `name`; None where that is nothing, or no `kind`."""
        try:
            return msgspec.convert(self._values.get(name), kind)
        except msgspec.ValidationError:
            return None

    def keep(self, name: str, value: Any) -> None:
        """Remember `value` (plain data, or what msgspec makes plain); None forgets."""
        plain = msgspec.to_builtins(value)
        if self._values.get(name) != plain:
            self._values[name] = plain
            self._changed.add(name)
            self._save_soon()

    def _save_soon(self) -> None:
        """In a thread, since a disk may keep one waiting."""
        if self._path is not None and self.saving is None:
            self.saving = threading.Timer(SAVE_SECONDS, self.save)
            self.saving.daemon = True
            self.saving.start()

    def save(self) -> None:
        """Put what changed into the file, if that can be; may wait for the disk."""
        with self._lock:
            self.saving = None
            if self._path is None or not self._changed:
                return
            changed, self._changed = self._changed, set()
            values = (_read(self._path) or {}) | {name: self._values.get(name) for name in changed}
            kept = {name: value for name, value in sorted(values.items()) if value is not None}
            text = msgspec.json.format(msgspec.json.encode({"version": VERSION} | kept), indent=2)
            with suppress(OSError):
                self._path.parent.mkdir(parents=True, exist_ok=True)
                write_atomic(self._path, text + b"\n")


def _read(path: Path) -> dict[str, Any] | None:
    """The values in the file; none where it is missing or damaged, None where it is of another version."""
    try:
        values = msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError):
        return {}
    if not isinstance(values, dict):
        return {}
    version = values.pop("version", None)
    if version != VERSION:
        return None if isinstance(version, int) else {}
    return values
