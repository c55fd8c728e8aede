"""One image as it is and as training may see it, and the knobs that decide how far that goes."""

import threading
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from signtui.config import AugmentSettings, Config
from signtui.render.palette import style_of
from signtui.render.terminal import TerminalStyle
from signtui.tui.settings_edit import changed, default_of, shown, stepped, value_of
from signtui.tui.widgets.data_gallery import image_cells
from signtui.tui.widgets.picture_panel import PicturePanel

Image = npt.NDArray[np.uint8]

KNOBS = (
    "rotation",
    "shift",
    "zoom",
    "shear",
    "flip",
    "perspective",
    "warp",
    "brightness",
    "contrast",
    "light",
    "tone",
    "blur",
    "noise",
    "erase",
)
_MOST_DRAWN = 11
_ENOUGH = 3


class ChangesDrawn(Message):
    """Changed copies of an image, uint8 (N, S, S)."""

    def __init__(self, images: Image) -> None:
        super().__init__()
        self.images = images


class AugmentPanel(PicturePanel, can_focus=True):
    """Before and after, live as the knobs move; the knobs are the settings of the next run."""

    PLACE: ClassVar[str] = "augmentation"
    HELP: ClassVar[str] = (
        "Training sees each image changed at random, anew in every epoch: turned, moved, scaled, relit."
        " The knobs say how far that may go; they are the [augment] settings of the next run."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "left",
            "knob(-1)",
            "knob",
            key_display="left/right",
            id="augment.knob.previous",
            tooltip="the knob before",
        ),
        Binding("right", "knob(1)", "knob", show=False, id="augment.knob.next", tooltip="the next knob"),
        Binding(
            "up,plus",
            "turn(1)",
            "more, less",
            key_display="up/down",
            id="augment.more",
            tooltip="turn the knob up",
        ),
        Binding(
            "down,minus", "turn(-1)", "less", show=False, id="augment.less", tooltip="turn the knob down"
        ),
        Binding(
            "backspace", "reset", "as preset", id="augment.reset", tooltip="the knob as the preset has it"
        ),
        Binding("d", "again", "draw again", id="augment.again", tooltip="other changes by the same knobs"),
    ]

    def __init__(self) -> None:
        super().__init__(id="augment")
        self._image: Image | None = None
        self._class_count = 24
        self._knob = 0
        self._seed = 0
        self._changed: Image | None = None
        self._busy = False
        self._asked: tuple[AugmentSettings, int] | None = None

    def on_mount(self) -> None:
        """Follow the settings, wherever they are edited."""
        self.dashboard.config_edited.subscribe(self, lambda _: self.renew())

    def on_show(self) -> None:
        """What was not drawn while it was hidden is drawn now."""
        self.renew()

    def on_resize(self) -> None:
        """Perhaps nothing was drawn while there was no room."""
        self.renew()

    @property
    def _can_be_seen(self) -> bool:
        shown = all(node.display for node in self.ancestors_with_self if isinstance(node, Widget))
        return self.screen.is_current and shown and bool(self.size.width)

    def show_image(self, image: Image | None, classes: int) -> None:
        """Change this one: uint8 (S, S), of a data set of so many classes."""
        self._image, self._class_count, self._asked = image, classes, None
        self._changed = None
        self.renew()

    @property
    def is_waiting(self) -> bool:
        """Whether changed images are still on their way."""
        return self._busy

    def renew(self) -> None:
        """Have the changes drawn, if they are other ones and can be seen; the newest wish is served last."""
        if not self._can_be_seen:
            return
        wish = (self.dashboard.config.augment, self._seed)
        if self._image is not None and wish != self._asked and not self._busy:
            self._asked, self._busy = wish, True
            arguments = (self._image, *wish)
            threading.Thread(target=self._change, args=arguments, name="augmentation", daemon=True).start()
        self.draw()

    def _change(self, image: Image, settings: AugmentSettings, seed: int) -> None:
        """In the thread, which may first have to wait for torch."""
        self.post_message(ChangesDrawn(changed_copies(image, settings, seed)))

    def on_changes_drawn(self, message: ChangesDrawn) -> None:
        """Show them, and serve what was wished for meanwhile."""
        self._busy = False
        if self._asked is not None:  # else it was of another image
            self._changed = message.images
        self.renew()

    def draw(self) -> None:
        """Title, knobs, and the image beside its changed copies."""
        style = self.drawing_style
        if not style.width or not style.height:
            return
        look = style_of("accent" if self.has_focus else "heading", style) + Style(bold=True)
        title = Text().append("Augmentation", look)
        title.append("  one image as it is, and as training may see it", style_of("faint", style))
        title.truncate(style.width)
        lines = [title, *self._knob_lines(style)]
        if self._image is not None:
            lines += self._images(style, len(lines))
        self.show(lines)

    def _knob_lines(self, style: TerminalStyle) -> list[Text]:
        """The knobs, folded to the width; the chosen one in arrows, those off the preset in bold."""
        lines = [Text()]
        for index, name in enumerate(KNOBS):
            key = f"augment.{name}"
            value = value_of(self.dashboard.config, key)
            words = shown(value)
            moved = value != default_of(self.dashboard.config, key)
            left, right = ("‹", "›") if style.unicode else ("<", ">")
            part = Text().append(f"{name} ", style_of("faint", style))
            if index == self._knob and self.has_focus:
                part.append(f"{left} {words} {right}", Style(reverse=True))
            else:
                part.append(f"  {words}  "[1:-1], style_of("heading" if moved else "text", style))
            if lines[-1].plain and lines[-1].cell_len + part.cell_len + 2 > style.width:
                lines.append(Text())
            lines[-1].append_text(part).append("  ")
        return lines

    def _images(self, style: TerminalStyle, top: int) -> list[Text]:
        assert self._image is not None
        height = style.height - top
        cells, across, down = image_cells(style.width, height, _ENOUGH)
        if self._changed is None:
            note = "loading PyTorch, which draws the changes" if self._busy else ""
            art = self.grid([self._image], ["as it is"], cells, top + 1)
            return [Text(note, style_of("faint", style)), *art][: max(0, height)]
        count = min(1 + len(self._changed), across * down)
        images = [self._image, *self._changed[: count - 1]]
        captions = [Text("as it is", style_of("heading", style))]
        captions += [Text(f"change {number}", style_of("faint", style)) for number in range(1, count)]
        return self.grid(images, captions, cells, top)

    def action_knob(self, by: int) -> None:
        """The next knob, or the one before."""
        self._knob = (self._knob + by) % len(KNOBS)
        self.draw()

    def action_turn(self, direction: int) -> None:
        """Turn the knob up or down; the form on the Train screen follows."""
        key = f"augment.{KNOBS[self._knob]}"
        config = self.dashboard.config
        self._set(key, stepped(key, value_of(config, key), direction))

    def action_reset(self) -> None:
        """The knob as the preset has it."""
        key = f"augment.{KNOBS[self._knob]}"
        self._set(key, default_of(self.dashboard.config, key))

    def _set(self, key: str, value: object) -> None:
        config: Config = changed(self.dashboard.config, key, value, 28, self._class_count)
        if config != self.dashboard.config:
            self.dashboard.edit_config(config)

    def action_again(self) -> None:
        """Other changes, by the same knobs."""
        self._seed += 1
        self.renew()


def changed_copies(image: Image, settings: AugmentSettings, seed: int, count: int = _MOST_DRAWN) -> Image:
    """`count` changed copies of `image` (uint8 (S, S)), as training draws them: uint8 (count, S, S).

    The same seed draws the same chances whatever the settings, so that a knob shows its own effect alone.
    Loads torch, which takes seconds the first time.
    """
    import torch  # noqa: PLC0415 - seconds that the screen must not wait for

    from signtui.data.augmentation import Augmentation  # noqa: PLC0415 - as above

    with torch.inference_mode():
        augmentation = Augmentation(settings, image.shape[0], torch.device("cpu"))
        copies = torch.from_numpy(np.repeat(image[None], count, axis=0))
        levels = augmentation.apply(copies, augmentation.draw(count, seed))
        found: Image = levels.squeeze(1).round_().to(torch.uint8).numpy()
    return found
