"""Predicted photos kept to learn from, for `signtui predict --keep`."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from signtui.errors import ConfigError

if TYPE_CHECKING:
    from signtui.cli.voice import Voice
    from signtui.data.photo import Crop


class Keeper:
    """Adds photos to `collection`, as ones of `letter`."""

    def __init__(self, letter: str, collection: Path) -> None:
        self.letter = letter
        self.collection = collection
        self._kept = self._known = 0
        self._problems: list[str] = []

    @property
    def refused(self) -> bool:
        """Whether a photo could not be kept."""
        return bool(self._problems)

    def keep(self, source: Path | bytes, name: str, crop: "Crop") -> dict[str, Any]:
        """Keep the photo, unless it is there; what `predict --json` says of it: `kept`, a file or null.

        Raises:
            DataError: where the collection can't be written.
        """
        from signtui.data.collection import add_photos, kept_sitting  # noqa: PLC0415 - loads numpy
        from signtui.data.importing import one_photo  # noqa: PLC0415 - as above
        from signtui.data.photo import PhotoError  # noqa: PLC0415 - as above

        try:
            photo = one_photo(source, self.letter, crop, name)
        except PhotoError as error:
            self._problems.append(str(error))
            return {"kept": None}
        addition = add_photos(self.collection, [photo], kept_sitting(datetime.now()))
        self._known += len(addition.known)
        self._problems += [f"{named}: {reason}" for named, reason in addition.refused]
        if not addition.added:
            return {"kept": None}
        self._kept += 1
        return {"kept": str(addition.added[0][1])}

    def tell(self, voice: "Voice") -> None:
        """Say what was kept, and what was not and why."""
        from rich.text import Text  # noqa: PLC0415 - not needed for the help

        from signtui.render import numbers  # noqa: PLC0415 - as above

        for problem in self._problems:
            voice.note(Text(f"not kept: {problem}"))
        known = f", {numbers.plural(self._known, 'photo')} there already" if self._known else ""
        kept = numbers.plural(self._kept, "photo")
        voice.note(Text(f"{kept} kept as {self.letter} in {self.collection}{known}"))


def keeper_of(letter: str, collection: Path) -> Keeper | None:
    """The keeper for what stands behind --keep, or None for nothing.

    Raises:
        ConfigError: where it is no letter that a photo can show.
    """
    if not letter:
        return None
    from signtui.data.collection import letter_named  # noqa: PLC0415 - loads numpy
    from signtui.data.importing import NO_LETTER  # noqa: PLC0415 - as above

    named = letter_named(letter)
    if named is None:
        raise ConfigError(f"--keep {letter}: {NO_LETTER}")
    return Keeper(named, collection)
