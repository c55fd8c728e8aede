"""Who can be held out by the settings of the form: looked up when someone is at that row, in a thread."""

import threading
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget

from signtui.bugs import bug_sentence
from signtui.config import DataSettings
from signtui.tui.newest import NewestWish

if TYPE_CHECKING:
    from signtui.tui.signers import Hands

SETTLED_SECONDS = 0.3
"""How long the cursor must stay before images are read: on its way through the form it costs nothing."""

_MOST_NAMED = 24


class HandsFound(Message):
    """Whose the images are that `settings` name."""

    def __init__(self, settings: DataSettings, hands: "Hands") -> None:
        super().__init__()
        self.settings, self.hands = settings, hands


class KnownHands:
    """Whose the images are that were asked about last; `widget` gets a `HandsFound` when that is known."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._known: tuple[DataSettings, Hands] | None = None
        self._looking = NewestWish[DataSettings]("looking whose the images are", self._look)
        self._wanted: DataSettings | None = None
        self._timer: Timer | None = None

    def of(self, settings: DataSettings) -> "Hands | None":
        """Whose the images are; None where that isn't known yet."""
        known = self._known
        return known[1] if known is not None and known[0] == _but_for_the_choice(settings) else None

    def choices(self, settings: DataSettings) -> tuple[str, ...]:
        """What `held_out` can be: nobody, or one of those; empty without a choice, or while unknown."""
        hands = self.of(settings)
        return ("", *hands.names) if hands is not None and len(hands.names) > 1 else ()

    def stepped(self, settings: DataSettings, direction: int) -> str:
        """The next of those choices, also after a name that is none of them; without any, what it is now."""
        names, now = self.choices(settings), settings.held_out
        if not names:
            return now
        return names[(names.index(now) + direction) % len(names)] if now in names else names[direction]

    def words(self, settings: DataSettings) -> str:
        """Who there is to choose from, or why nobody."""
        hands = self.of(settings)
        if hands is None:
            return "looking whose the images are"
        if not hands.names:
            return hands.problem or "nothing says whose hand each image is"
        from signtui.render.series_lines import list_words  # noqa: PLC0415 - not before the first paint

        return f"{hands.kind}s of {hands.data}: {list_words(hands.names, _MOST_NAMED)}"

    def ask(self, settings: DataSettings) -> None:
        """Have it looked up, unless it is known or asked for already."""
        wanted = _but_for_the_choice(settings)
        if self.of(settings) is None and wanted != self._wanted:
            self.drop()
            self._wanted = wanted
            self._timer = self._widget.set_timer(SETTLED_SECONDS, lambda: self._looking.want(wanted))

    def drop(self) -> None:
        """It is no longer wanted."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._wanted = None
        self._looking.drop()

    def take(self, event: HandsFound) -> None:
        """Take what was found."""
        if event.settings == self._wanted:
            self._known, self._wanted = (event.settings, event.hands), None

    def _look(self, settings: DataSettings, cancelled: threading.Event) -> None:
        from signtui.tui.signers import Hands, hands_of  # noqa: PLC0415 - with numpy

        try:
            hands = hands_of(settings)
        except Exception as error:  # a bug: the form lives on and says where its traceback is
            hands = Hands("", (), "", bug_sentence(error))
        if not cancelled.is_set():
            self._widget.post_message(HandsFound(settings, hands))


def _but_for_the_choice(settings: DataSettings) -> DataSettings:
    """What the images depend on: not on who of them is held out."""
    return replace(settings, held_out="")
