"""The gallery: images of one letter as block art, walked through by key."""

from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from signtui.render.palette import style_of
from signtui.render.terminal import TerminalStyle
from signtui.tui.gallery import Gallery
from signtui.tui.widgets.picture_panel import PicturePanel

_WIDTHS = (28, 24, 20, 18, 16, 14, 12)
_ENOUGH = 6
_GAP = 2


def image_cells(width: int, height: int, enough: int) -> tuple[int, int, int]:
    """Columns of each image, and how many fit across and down: the largest of which there are enough."""
    for cells in _WIDTHS:
        across = max(1, (width + _GAP) // (cells + _GAP))
        down = max(1, (height + 1) // (cells // 2 + 2))
        if across * down >= enough and height > cells // 2:
            break
    return cells, across, down


class GalleryPanel(PicturePanel, can_focus=True):
    """Images of one letter; the one under the cursor is what the augmentation is shown on."""

    PLACE: ClassVar[str] = "images"
    TAKES: ClassVar[str] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    HELP: ClassVar[str] = (
        "The images by letter. A capital letter goes to that letter. One image stands for a photograph, with"
        " how many variants it has, until {gallery.photographs:p} shows every image; the mark says what"
        " is held out for validation."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "left",
            "letter(-1)",
            "letter",
            key_display="left/right",
            id="gallery.letter.previous",
            tooltip="the letter before",
        ),
        Binding(
            "right", "letter(1)", "letter", show=False, id="gallery.letter.next", tooltip="the next letter"
        ),
        Binding(
            "up",
            "move(-1)",
            "image",
            key_display="up/down",
            id="gallery.previous",
            tooltip="the image before",
        ),
        Binding("down", "move(1)", "image", show=False, id="gallery.next", tooltip="the next image"),
        Binding(
            "pageup", "page(-1)", "page", show=False, id="gallery.page.previous", tooltip="the page before"
        ),
        Binding("pagedown", "page(1)", "page", show=False, id="gallery.page.next", tooltip="the next page"),
        Binding("home", "move(-1000000)", "first", show=False, id="gallery.first"),
        Binding("end", "move(1000000)", "last", show=False, id="gallery.last"),
        Binding("w", "which", "which set", id="gallery.which", tooltip="training, held out, test"),
        Binding(
            "p",
            "photographs",
            "each image",
            id="gallery.photographs",
            tooltip="every image, or one a photograph",
        ),
    ]

    class Moved(Message):
        """Another image is under the cursor."""

    def __init__(self) -> None:
        super().__init__(id="gallery")
        self.gallery: Gallery | None = None

    def show_gallery(self, gallery: Gallery | None) -> None:
        """Walk through this one."""
        self.gallery = gallery
        self._moved()

    def draw(self) -> None:
        """Show the page that the cursor is on."""
        if not self.size.width or not self.size.height:
            return
        gallery, style = self.gallery, self.drawing_style
        look = style_of("accent" if self.has_focus else "heading", style) + Style(bold=True)
        title = Text().append("Images", look)
        if gallery is None:
            self.show_pictures()
            self.show([title])
            return
        cells, across, down = image_cells(style.width, style.height - 1, _ENOUGH)
        indices = gallery.indices
        first = gallery.at - gallery.at % (across * down)
        page = indices[first : first + across * down]
        if not len(page):
            self.show_pictures()
            words = f"no {gallery.which} image of {gallery.data.dataset.classes[gallery.letter]}"
            self.show([_title(title, gallery, (0, 0, 0), style), Text(words, style_of("faint", style))])
            return
        captions = [_caption(gallery, int(index), style) for index in page]
        grid = self.grid(gallery.images.images[page], captions, cells, top=1)
        self.show([_title(title, gallery, (first, len(page), len(indices)), style), *grid])

    def action_letter(self, by: int) -> None:
        """The next letter, or the one before."""
        if self.gallery is not None:
            self.gallery.show_letter(self.gallery.letter + by)
            self._moved()

    def action_move(self, by: int) -> None:
        """The next image, or the one before."""
        if self.gallery is not None:
            self.gallery.move(by)
            self._moved()

    def action_page(self, by: int) -> None:
        """The next page of images, or the one before."""
        _, across, down = image_cells(self.size.width, self.size.height - 1, _ENOUGH)
        self.action_move(by * across * down)

    def action_which(self) -> None:
        """Training, held out, test."""
        if self.gallery is not None:
            self.gallery.show_next_set()
            self._moved()

    def action_photographs(self) -> None:
        """One image a photograph, or every image."""
        if self.gallery is not None:
            self.gallery.toggle_each_image()
            self._moved()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's interface
        """Without photographs there is nothing to choose between."""
        if action == "photographs":
            return self.gallery is not None and self.gallery.images.photographs is not None
        return True

    def on_key(self, event: events.Key) -> None:
        """A capital letter: go to that class."""
        if self.gallery is None or event.character is None or not event.character.isupper():
            return
        classes = self.gallery.data.dataset.classes
        if event.character in classes:
            event.stop()
            self.gallery.show_letter(classes.index(event.character))
            self._moved()

    def _moved(self) -> None:
        self.draw()
        self.post_message(self.Moved())
        self.screen.refresh_bindings()


def _title(title: Text, gallery: Gallery, page: tuple[int, int, int], style: TerminalStyle) -> Text:
    first, count, of = page
    faint = style_of("faint", style)
    classes = gallery.data.dataset.classes
    line = title.copy().append("  ")
    line.append(f" {classes[gallery.letter]} ", Style(bold=True, reverse=True))
    noun = "images" if gallery.each_image or gallery.images.photographs is None else "photographs"
    line.append(f"  {gallery.letter + 1} of {len(classes)}   {gallery.which}   ", faint)
    line.append(f"{noun} {min(first + 1, of)}-{first + count} of {of:,}")
    if gallery.which == "training" and gallery.data.held_out.any():
        line.append(f"   {_held_mark(style)} held out", style_of("warning", style))
    line.truncate(style.width)
    return line


def _held_mark(style: TerminalStyle) -> str:
    return "◆" if style.unicode else "*"


def _caption(gallery: Gallery, index: int, style: TerminalStyle) -> Text:
    """`142 x21`: which image of its set, how many variants; a mark where it is held out; > at the cursor."""
    caption = Text()
    if gallery.is_held_out(index) and gallery.which == "training":
        caption.append(_held_mark(style) + " ", style_of("warning", style))
    here = index == gallery.chosen
    words = f"{index + 1:,}"
    if not gallery.each_image and gallery.images.photographs is not None:
        words += f" x{gallery.variants(index)}"
    if here:
        return caption.append(f"> {words} <", Style(bold=True))
    return caption.append(words, style_of("faint", style))
