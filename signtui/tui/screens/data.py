"""Data: what the images are, how many there really are, a look at them, and what augmentation does to them.

Reading and downloading happen in threads of their own, which quitting does not wait for; each tells what
came of it in one message.
"""

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import msgspec
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.widget import Widget

from signtui.config import Config, DataSettings
from signtui.data import fetch, published
from signtui.data.source import download_directory
from signtui.errors import DataError
from signtui.render import numbers
from signtui.render.palette import style_of
from signtui.render.terminal import TerminalStyle
from signtui.tui.gallery import Gallery, LoadedData, load_data
from signtui.tui.screens.base import DashboardScreen, Panel
from signtui.tui.widgets.data_augment import AugmentPanel
from signtui.tui.widgets.data_facts import DataFacts
from signtui.tui.widgets.data_gallery import GalleryPanel
from signtui.tui.widgets.lines import Lines
from signtui.tui.widgets.parts import PartNames

if TYPE_CHECKING:
    from signtui.data.collection import Addition

PARTS = {"facts": "Facts", "gallery": "Images", "augment": "Augmentation"}
"""What a narrow terminal shows one at a time: id of the panel, and name."""

_NOTICE_SECONDS = 0.25


class DataLoaded(Message):
    """The images of `settings` are there, or the sentence why not."""

    def __init__(self, wish: tuple[DataSettings, int], data: LoadedData | None, problem: str = "") -> None:
        super().__init__()
        self.wish = wish
        self.data = data
        self.problem = problem


class FetchProgressed(Message):
    """How a download goes: from where, bytes so far, bytes in all where that is known."""

    def __init__(self, source: str, done: int, total: int | None) -> None:
        super().__init__()
        self.source, self.done, self.total = source, done, total

    def can_replace(self, message: Message) -> bool:
        """Textual's way to let the newest win."""
        return isinstance(message, FetchProgressed)


class Fetched(Message):
    """A download is over: the files are in `directory`, or the sentence why not; cancelled says neither."""

    def __init__(self, directory: Path, problem: str = "", *, cancelled: bool = False) -> None:
        super().__init__()
        self.directory, self.problem, self.cancelled = directory, problem, cancelled


class _Cancelled(Exception):
    """The download is no longer wanted; what came so far stays for the next try."""


class DataNote(Lines):
    """A line about a download, and its bar."""

    def show_progress(self, progress: FetchProgressed) -> None:
        """The bar, with how much of how much."""
        self.display = True
        style = self.drawing_style
        self.show([progress_line(progress, style)])

    def show_words(self, words: str, look: str = "faint") -> None:
        """A sentence; nothing hides the line."""
        self.display = bool(words)
        self.show([Text(words, style_of(look, self.drawing_style))])  # type: ignore[arg-type]  # a name of the palette


def progress_line(progress: FetchProgressed, style: TerminalStyle, cells: int = 30) -> Text:
    """`Kaggle  [bar]  12.3 MB of 62.1 MB   esc stops it`."""
    line = Text("fetching from ").append(f"{progress.source}  ", style_of("heading", style))
    words = numbers.size(progress.done)
    if progress.total:
        whole = min(cells, int(cells * progress.done / progress.total))
        done, rest = ("━", "─") if style.unicode else ("#", "-")
        line.append(done * whole, style_of("accent", style))
        line.append(rest * (cells - whole) + "  ", style_of("faint", style))
        words += f" of {numbers.size(progress.total)}"
    return line.append(words).append("   esc stops it", style_of("faint", style))


class DataScreen(DashboardScreen):
    """Where the images come from, what they are, and what is done to them."""

    CSS_PATH = "data.tcss"
    AUTO_FOCUS = "#gallery"
    FIRST_KEYS = ("data.fetch", "data.fetch.stop")
    PARTS = PARTS
    BEFORE_FIRST = 1
    PANELS = (
        Panel("facts", "Facts", DataFacts, "facts"),
        Panel("gallery", "Images", GalleryPanel, "gallery"),
        Panel("augment", "Augmentation", AugmentPanel, "augment"),
    )
    PLACE: ClassVar[str] = "Data screen"
    HELP: ClassVar[str] = "The images that the next run learns from, by the settings in the form."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "panel(1)", "panel", id="data.panel.next", tooltip="the next panel"),
        Binding(
            "shift+tab",
            "panel(-1)",
            "panel",
            show=False,
            id="data.panel.previous",
            tooltip="the panel before",
        ),
        Binding("f", "fetch", "fetch data", id="data.fetch", tooltip="download the published photographs"),
        Binding(
            "i",
            "import",
            "import photos",
            id="data.import",
            tooltip="add photos of your own to the collection",
        ),
        Binding("escape", "stop_fetching", "stop fetching", key_display="esc", id="data.fetch.stop"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._wish: tuple[DataSettings, int] | None = None
        self._data: LoadedData | None = None
        self._stop = threading.Event()
        self._fetching = False

    def compose_body(self) -> list[Widget]:
        """Facts, images, augmentation."""
        return [
            PartNames(PARTS, id="data-parts"),
            DataNote(id="data-note"),
            Container(DataFacts(), Container(GalleryPanel(), AugmentPanel(), id="data-right"), id="data"),
        ]

    def on_mount(self) -> None:
        """Follow the settings, wherever they are edited."""
        self.add_class("-gallery")
        self.dashboard.config_edited.subscribe(self, lambda _: self._load_if_other())

    def on_unmount(self) -> None:
        """A download ends with the screen; the next one goes on where it stopped."""
        self._stop.set()

    def on_screen_resume(self) -> None:
        """The settings may name other data now, or other knobs."""
        self.query_one(AugmentPanel).renew()
        self._load_if_other()

    def _load_if_other(self) -> None:
        config = self.dashboard.config
        wish = (config.data, config.train.seed)
        if wish != self._wish and self.is_current:
            self._wish = wish
            self.query_one(DataFacts).show_words("Reading the images ...")
            threading.Thread(target=self._load, args=(wish, config), name="reading", daemon=True).start()

    def _load(self, wish: tuple[DataSettings, int], config: Config) -> None:
        try:
            message = DataLoaded(wish, load_data(config))
        except DataError as error:
            message = DataLoaded(wish, None, str(error))
        self.post_message(message)

    def on_data_loaded(self, event: DataLoaded) -> None:
        """Show the data, unless the settings have changed meanwhile."""
        if event.wish != self._wish:
            return
        self._data = event.data
        facts, panel = self.query_one(DataFacts), self.query_one(GalleryPanel)
        if event.data is None:
            facts.show_words(event.problem, bad=True)
            panel.show_gallery(None)
        else:
            facts.show_data(event.data)
            panel.show_gallery(Gallery(event.data))
        self.refresh_bindings()

    def on_gallery_panel_moved(self) -> None:
        """The augmentation is shown on the image under the cursor."""
        gallery = self.query_one(GalleryPanel).gallery
        augment = self.query_one(AugmentPanel)
        if gallery is None or gallery.chosen is None:
            augment.show_image(None, 24)
        else:
            augment.show_image(gallery.images.images[gallery.chosen], len(gallery.data.dataset.classes))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """One download at a time, and none where the published files are in use."""
        if action == "fetch":
            return not self._fetching and (self._data is None or self._data.info.kind != "published")
        if action == "stop_fetching":
            return self._fetching
        return super().check_action(action, parameters)

    def action_fetch(self) -> None:
        """Download the published files."""
        self._fetching = True
        self._stop.clear()
        self.query_one(DataNote).show_words("looking for the published files ...")
        threading.Thread(
            target=self._fetch, args=(download_directory(),), name="fetching", daemon=True
        ).start()
        self.refresh_bindings()

    def action_import(self) -> None:
        """Add photos of one's own; a collection that is looked at is read again."""
        from signtui.tui.screens.importing import ImportScreen  # noqa: PLC0415 - not before the first paint

        own = self.dashboard.config.data.own

        def closed(addition: "Addition | None") -> None:
            if addition is not None and self.dashboard.config.data.directory == own:
                self._wish = None
                self._load_if_other()

        self.dashboard.push_screen(ImportScreen(Path(own).expanduser()), closed)

    def action_stop_fetching(self) -> None:
        """No further; what came so far is kept for the next time."""
        self._stop.set()

    def _fetch(self, directory: Path) -> None:
        last = 0.0

        def progressed(source: str, done: int, total: int | None) -> None:
            nonlocal last
            if self._stop.is_set():
                raise _Cancelled
            if time.monotonic() - last >= _NOTICE_SECONDS or done == total:
                last = time.monotonic()
                self.post_message(FetchProgressed(source, done, total))

        try:
            fetch.fetch(directory, fetch.SOURCES, progressed, published.PUBLISHED)
        except _Cancelled:
            self.post_message(Fetched(directory, cancelled=True))
        except DataError as error:
            self.post_message(Fetched(directory, str(error)))
        else:
            self.post_message(Fetched(directory))

    def on_fetch_progressed(self, event: FetchProgressed) -> None:
        """Move the bar."""
        if self._fetching:
            self.query_one(DataNote).show_progress(event)

    def on_fetched(self, event: Fetched) -> None:
        """Use what came, or say why nothing did."""
        self._fetching = False
        note = self.query_one(DataNote)
        if event.cancelled:
            note.show_words("stopped; f goes on from there")
        elif event.problem:
            note.show_words(event.problem, "bad")
        else:
            note.show_words(f"the published files are in {event.directory}, and in use", "good")
            settings = self.dashboard.config.data
            settings = msgspec.structs.replace(settings, directory=str(event.directory), source="auto")
            self.dashboard.edit_config(msgspec.structs.replace(self.dashboard.config, data=settings))
        self.refresh_bindings()
