"""A predicted photo as the box shows it; or a sentence, or names to choose from."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rich.text import Text
from textual.geometry import Region

from signtui.render.palette import style_of
from signtui.render.terminal import TerminalStyle
from signtui.tui.pictures import Picture
from signtui.tui.widgets.lines import wrapped
from signtui.tui.widgets.picture_panel import PicturePanel

if TYPE_CHECKING:
    from signtui.model.predictor import Prediction

CAUTION = "A score on the published images says little about a stranger's hand."

Drawn = Callable[[TerminalStyle], list[Text]]


class PredictionPanel(PicturePanel):
    """Shows the last thing it was told, at any size."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._drawn: Drawn = _caution

    def draw(self) -> None:
        """Lay it out for the present size and colours."""
        style = self.drawing_style
        if style.width:
            self.show_pictures()
            self.show(self._drawn(style))

    def say(self, sentence: str, *, failed: bool = False) -> None:
        """Show a sentence."""
        self._draw_as(lambda style: _wrapped(sentence, style, failed))

    def show_names(self, names: Sequence[str]) -> None:
        """Show what a path could go on with."""
        self._draw_as(lambda style: names_in_columns(names, style))

    def show_prediction(self, name: str, prediction: "Prediction") -> None:
        """Show what the network makes of the photo `name`."""
        self._draw_as(lambda style: self._prediction(name, prediction, style))

    def _prediction(self, name: str, prediction: "Prediction", style: TerminalStyle) -> list[Text]:
        from signtui.render.prediction import (  # noqa: PLC0415 - loads numpy
            attribution_captions,
            doubt_words,
            picture_size,
            prediction_lines,
        )

        image, top, found = prediction.image, prediction.top, prediction.attribution
        captions: list[str] = []
        if found is not None:
            guess = top[0][0]
            captions = attribution_captions(found.method, found.source, found.note, found.peak, guess, style)
        heat = found.heat if found is not None and not found.note else None
        place = Region(0, 1, *picture_size(image, top, style, 1 if heat is None else 2))
        pixels = self.shows_pixels and place.bottom <= style.height
        if pixels:
            self.show_pictures([Picture(image.tobytes(), image.shape[1], image.shape[0], place)])
        doubt = doubt_words(top, prediction.sure_from)
        lines = prediction_lines(image, top, style, heat, captions, doubt, drawn=not pixels)
        return [Text(name[: style.width], style_of("heading", style)), *lines]

    def _draw_as(self, drawn: Drawn) -> None:
        self._drawn = drawn
        self.draw()


def _caution(style: TerminalStyle) -> list[Text]:
    return [Text(CAUTION[: style.width], style_of("faint", style))]


def _wrapped(sentence: str, style: TerminalStyle, failed: bool) -> list[Text]:
    return wrapped(sentence, style_of("bad" if failed else "faint", style), style.width)


def names_in_columns(names: Sequence[str], style: TerminalStyle) -> list[Text]:
    """`names` down the columns, as a shell lists them; the last line counts those without room."""
    cell = min(style.width, max(map(len, names)) + 2)
    across = max(1, style.width // cell)
    room = max(1, style.height - 1) * across
    shown = names[:room]
    rows = -(-len(shown) // across)
    lines = [
        Text("".join(f"{name[: cell - 1]:<{cell}}" for name in shown[row::rows]).rstrip())
        for row in range(rows)
    ]
    if len(names) > room:
        lines.append(Text(f"and {len(names) - room} more", style_of("faint", style)))
    return lines
