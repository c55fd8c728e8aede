"""The image under the microscope, and what the network takes it for."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from rich.text import Text

from signtui.model.views import NetworkView
from signtui.render.block_art import image_art
from signtui.render.palette import style_of
from signtui.tui.scene import ScenePanel, beside

_WIDTHS = (28, 24, 20, 18, 16, 14, 12)
_BAR = 20


class ImagePanel(ScenePanel):
    """The image as block art, and the likeliest classes by the network's own probabilities."""

    TITLE = "Image"
    PLACE: ClassVar[str] = "image"
    HELP: ClassVar[str] = (
        "The image that all of this screen is about, and what the network takes it for. A capital letter goes"
        " to the next image of that letter, {network.image.next:n} and {network.image.previous:p} to the next"
        " and the one before."
    )

    def lines(self, view: NetworkView) -> Sequence[Text]:
        """The image at the left, guesses at the right."""
        style = self.drawing_style
        room = style.height - 1
        columns = next((width for width in _WIDTHS if width // 2 <= room), 0)
        if not columns:
            return [self.title()]
        art = list(image_art(view.image, self.art_style, columns).split("\n"))
        order = np.argsort(-view.probabilities, kind="stable")
        shown = order[: max(1, room - 1)]
        guesses = []
        for index in shown.tolist():
            share = float(view.probabilities[index])
            line = Text(f"{view.classes[index]:<3}{int(share * 1000) / 10:5.1f} % ", end="")
            bar = ("▇" if style.unicode else "=") * round(share * _BAR)
            guesses.append(line.append(bar, style_of("accent", style)))
        left = len(order) - len(shown)
        if left:
            rest = float(view.probabilities[order[len(shown) :]].sum())
            words = f"{left} other classes {int(rest * 1000) / 10:.1f} %"
            guesses.append(Text(words, style_of("faint", style)))
        size = "x".join(map(str, view.image.shape))
        words = f"{size} grey levels, and what it is taken for"
        if view.networks > 1:
            words = f"{size}, as the first of {view.networks} networks takes it"
        title = self.title(rest=words)
        return [title, *beside([art, guesses], [columns, _BAR])]
