"""What is under the microscope, in two lines: whose network and when, which image, and where in it."""

import textwrap
from dataclasses import dataclass

from rich.style import Style
from rich.text import Text

from signtui.render.block_art import guess_caption
from signtui.render.palette import style_of
from signtui.runs.moments import Moment
from signtui.tui.scene import Scene
from signtui.tui.subject import Subject
from signtui.tui.widgets.lines import Lines


@dataclass
class About:
    """What the two lines tell; `at` counts `moments`, `image` the `images` there are."""

    subject: Subject | None = None
    moments: tuple[Moment, ...] = ()
    at: int = 0
    image: int = 0
    images: int = 0
    truth: str = ""
    says: str = ""
    """A sentence instead: why there is nothing to see, or what is awaited."""


class AboutLine(Lines):
    """Whose network, when, which image and what it is taken for; then the way down to the value."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(id="network-about")
        self.scene = scene
        self.about = About()

    def draw(self) -> None:
        """Show it."""
        style = self.drawing_style
        if not style.width:
            return
        if len(self.about.says) > style.width:
            lines = textwrap.wrap(self.about.says, style.width)[:2]
            self.show([Text(line, style_of("warning", style)) for line in lines])
            return
        first = self._whose()
        first.truncate(style.width)
        second = self._where()
        second.truncate(style.width)
        self.show([first, second])

    def _whose(self) -> Text:
        style, about = self.drawing_style, self.about
        faint = style_of("faint", style)
        line = Text(end="")
        dot = " · " if style.unicode else " - "
        if about.subject is not None:
            if about.subject.folder is None:
                return line.append(about.subject.name, style_of("warning", style))
            line.append(about.subject.name, Style(bold=True))
        if about.moments:
            moment = about.moments[min(about.at, len(about.moments) - 1)]
            live = about.subject is not None and about.subject.live
            line.append(dot).append(moment.words, style_of("accent", style) if moment.now else None)
            line.append(f"  {about.at + 1} of {len(about.moments)}", faint)
            if live and not moment.now:
                line.append(" (the run goes on)", faint)
        return line

    def _where(self) -> Text:
        style, about, view, spot = self.drawing_style, self.about, self.scene.view, self.scene.spot
        if about.says:
            return Text(about.says, style_of("warning", style), end="")
        if view is None:
            return Text("looking ...", style_of("faint", style), end="")
        line = Text(f"image {about.image + 1} of {about.images}  ", end="")
        guess = int(view.probabilities.argmax())
        if about.truth:
            line.append_text(guess_caption(about.truth, view.classes[guess], style))
        whose = f", the first of {view.networks} networks" if view.networks > 1 else ""
        line.append(f" {int(view.probabilities[guess] * 100)} %{whose}", style_of("faint", style))
        arrow = " › " if style.unicode else " > "
        faint = style_of("faint", style)
        way = [view.layers[spot.layer].plan.name]
        convolution = self.scene.convolution
        if spot.level != "layers" and convolution is not None:
            way = [convolution.plan.name.removesuffix(" convolution"), f"channel {spot.channel + 1}"]
            if spot.level == "cell":
                way.append(f"row {spot.row + 1}, column {spot.column + 1}")
        line.append("   ")
        for index, words in enumerate(way):
            line.append(arrow if index else "", faint)
            line.append(words, Style(bold=True) if index == len(way) - 1 else faint)
        return line
