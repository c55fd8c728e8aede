"""Photos of one's own hands added to the collection, in a box over the screen: a path, a look, and then yes.

Photos are read and written in threads; what came of it arrives in one message, and leaving the box ends a
reading.
"""

import threading
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from signtui.bugs import bug_sentence
from signtui.errors import DataError
from signtui.render import numbers
from signtui.render.palette import style_of
from signtui.tui.path_completion import typed_path
from signtui.tui.widgets.footer import Footer
from signtui.tui.widgets.import_panel import ImportPanel, Look
from signtui.tui.widgets.path_line import PathLine

if TYPE_CHECKING:
    from signtui.data.collection import Addition
    from signtui.tui.app import DashboardApp

REMEMBERED = "import.path"
_NOTICE_SECONDS = 0.1


class PhotosRead(Message):
    """What the `number`th look found, or the sentence why there is nothing."""

    def __init__(self, number: int, look: Look | None, problem: str = "") -> None:
        super().__init__()
        self.number, self.look, self.problem = number, look, problem


class ReadingProgressed(Message):
    """How many files of the `number`th look are read, of how many."""

    def __init__(self, number: int, done: int, of: int) -> None:
        super().__init__()
        self.number, self.done, self.of = number, done, of

    def can_replace(self, message: Message) -> bool:
        """Textual's way to let the newest win."""
        return isinstance(message, ReadingProgressed)


class PhotosAdded(Message):
    """What came of adding them, or the sentence why nothing did."""

    def __init__(self, addition: "Addition | None", problem: str = "") -> None:
        super().__init__()
        self.addition, self.problem = addition, problem


class _Cancelled(Exception):
    """The look is no longer wanted."""


_KEYS: list[BindingType] = [
    Binding(
        "enter",
        "submit",
        "look, then add",
        key_display="enter",
        id="import.go",
        tooltip="read the photos and show them; once more adds them",
    ),
    Binding(
        "down,up",
        "screen.other_line",
        "path or letter",
        key_display="down",
        id="import.line",
        tooltip="from the path to the letter, and back",
    ),
]


class PhotosLine(PathLine):
    """The path being typed; unlike Textual's own line, it says what enter does."""

    PLACE: ClassVar[str] = "importing photos"
    BINDINGS: ClassVar[list[BindingType]] = _KEYS


class LetterLine(Input):
    """The letter being typed, as well."""

    PLACE: ClassVar[str] = "importing photos"
    BINDINGS: ClassVar[list[BindingType]] = _KEYS


class ImportScreen(ModalScreen["Addition | None"]):
    """Asks for photos, shows them as they will be learned from, and adds them; gives what was added last."""

    CSS_PATH = "importing.tcss"
    PLACE: ClassVar[str] = "importing photos"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "close", key_display="esc", id="import.leave", tooltip="close the box"),
        Binding("tab", "complete", "complete", id="import.complete", tooltip="complete the path"),
    ]

    def __init__(self, collection: Path) -> None:
        super().__init__()
        self._collection = collection
        self._number = 0
        self._looked_at: tuple[str, str] | None = None
        self._look: Look | None = None
        self._added: Addition | None = None
        self._stop = threading.Event()
        self._adding = False
        self._leaving = False

    @property
    def dashboard(self) -> "DashboardApp":
        """The application, by its own type."""
        return cast("DashboardApp", self.app)

    def compose(self) -> ComposeResult:
        """Where to, the path, the letter, what is found there, the keys."""
        style = self.dashboard.drawing_style
        known = self.dashboard.memory.recall(REMEMBERED, str) or ""
        yield Vertical(
            Static(Text("Add photos to ").append(str(self._collection), style_of("accent", style))),
            PhotosLine(
                known,
                placeholder="a folder with a folder per letter, or photos of one letter",
                select_on_focus=False,
                id="import-path",
            ),
            LetterLine(placeholder="the letter, where all are of one", max_length=1, id="import-letter"),
            ImportPanel(id="import-panel"),
            id="import",
        )
        yield Footer(id="footer")

    def on_unmount(self) -> None:
        """A reading ends with the box."""
        self._stop.set()

    @property
    def panel(self) -> ImportPanel:
        """What is shown below the lines."""
        return self.query_one(ImportPanel)

    @property
    def typed(self) -> tuple[str, str]:
        """The path and the letter as they stand."""
        path, letter = self.query_one("#import-path", Input), self.query_one("#import-letter", Input)
        return path.value, letter.value.strip()

    def on_input_changed(self) -> None:
        """What was looked at is no longer what would be added; what is being added is."""
        if self._adding:
            return
        if self._look is not None and self.typed != self._looked_at:
            self._look = None
            self.panel.say("Enter looks at the photos.")

    def on_input_submitted(self) -> None:
        """Enter: look; once more: add."""
        if self._adding:
            return
        if self._look is not None and self._look.photos and self.typed == self._looked_at:
            self._adding = True
            self.panel.say("adding the photos")
            self._add(self._look)
            return
        path, letter = self.typed
        if not path.strip():
            self.panel.say("Give the path of photos; tab completes it.")
            return
        self._number += 1
        self._looked_at, self._look = self.typed, None
        self.panel.say("reading the photos")
        self._read(self._number, path, letter)

    @work(thread=True, group="import")
    def _read(self, number: int, typed: str, letter: str) -> None:
        last = time.monotonic()

        def progressed(done: int, of: int) -> None:
            nonlocal last
            if self._stop.is_set() or number != self._number:
                raise _Cancelled
            if time.monotonic() - last >= _NOTICE_SECONDS:
                last = time.monotonic()
                self.post_message(ReadingProgressed(number, done, of))

        look, problem = None, ""
        try:
            from signtui.data.importing import read_source  # noqa: PLC0415 - not before the first paint

            look = Look.of(read_source(typed_path(typed), letter, progress=progressed))
        except _Cancelled:
            return
        except DataError as error:
            problem = str(error)
        except Exception as error:  # a bug: the dashboard lives on and says where its traceback is
            problem = bug_sentence(error)
        self.post_message(PhotosRead(number, look, problem))

    def on_reading_progressed(self, event: ReadingProgressed) -> None:
        """Count."""
        if event.number == self._number and self._look is None and not self._adding:
            self.panel.say(f"reading photos {event.done:,}/{event.of:,}")

    def on_photos_read(self, event: PhotosRead) -> None:
        """Show them, unless other ones were asked for meanwhile."""
        if event.number != self._number:
            return
        if event.look is None:
            self.panel.say(event.problem, failed=True)
            return
        self._look = event.look
        self.panel.show_look(event.look)

    @work(thread=True, group="import")
    def _add(self, look: Look) -> None:
        addition, problem = None, ""
        try:
            from signtui.data.collection import add_photos, new_sitting  # noqa: PLC0415 - as above

            sitting = new_sitting(self._collection, datetime.now())
            addition = add_photos(self._collection, look.photos, sitting)
        except DataError as error:
            problem = str(error)
        except Exception as error:  # as above
            problem = bug_sentence(error)
        self.post_message(PhotosAdded(addition, problem))

    def on_photos_added(self, event: PhotosAdded) -> None:
        """Say what there is now, or close the box where it was left meanwhile."""
        self._adding, look, self._look = False, self._look, None
        if event.addition is None or look is None or self._looked_at is None:
            self._leaving = False
            self.panel.say(event.problem, failed=True)
            return
        self._added = event.addition
        self.dashboard.memory.keep(REMEMBERED, self._looked_at[0])
        if self._leaving:
            self.dismiss(self._added)
            return
        words = f"{numbers.plural(len(event.addition.added), 'photo')} added"
        if event.addition.known:
            words += f", {numbers.plural(len(event.addition.known), 'photo')} there already"
        fine_tune = self.dashboard.keys.spelt("{run.fine_tune:f}")
        words += f". {fine_tune} on the Runs screen has a run learn from them."
        self.panel.show_added(words, (*look.refused, *event.addition.refused))

    def action_other_line(self) -> None:
        """From the path to the letter, and back."""
        letter = self.query_one("#import-letter", Input)
        other = self.query_one("#import-path", Input) if self.focused is letter else letter
        other.focus()

    def action_complete(self) -> None:
        """Tab: complete the path; from the letter, back to the path."""
        path = self.query_one(PhotosLine)
        if self._adding:
            return
        if self.focused is path:
            path.complete()
        else:
            path.focus()

    def on_path_line_completed(self, event: PathLine.Completed) -> None:
        """Show what there is to choose from, or that there is nothing."""
        if self._adding:
            return
        if event.says:
            self.panel.say(event.says)
        if len(event.names) > 1:
            self.panel.show_names(event.names)

    def action_leave(self) -> None:
        """Close the box; where photos are being added, once that is done."""
        self._stop.set()
        if self._adding:
            self._leaving = True
            self.panel.say("adding the photos; the box closes when they are there")
        else:
            self.dismiss(self._added)
