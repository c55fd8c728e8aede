"""What the network sees: the same few validation images all along, each with its truth and latest guess."""

import math
import time
from typing import ClassVar

from rich.style import Style
from rich.text import Text

from signtui.render.palette import style_of
from signtui.runs.state import RunState
from signtui.tui.widgets.lines import RunPanel, wrapped
from signtui.tui.widgets.picture_panel import PicturePanel


class SamplesPanel(RunPanel, PicturePanel):
    """Block art of the watched images in a grid, as large as lets a good few of them fit."""

    HELP: ClassVar[str] = (
        "Validation images that training never sees, with truth > guess and how sure the network is. They"
        " stay the same during a run, so that you can watch it learn."
    )

    def __init__(self) -> None:
        super().__init__(id="samples", classes="panel")
        self._drawn: tuple[object, ...] = ()
        self._images: tuple[object, ...] = ()  # what those on the panel were drawn from
        self._last_drawing = -math.inf
        self._waits = False

    def draw(self) -> None:
        """Show the images and the latest guesses, where they are other than those shown."""
        style = self.drawing_style
        run = self.dashboard.watched
        state = run.state if run is not None else RunState()
        key = (state.guesses, state.samples, style, self.has_focus)
        if key == self._drawn or not self.size.width:
            return
        if run is not None and run.status == "running" and key[1:] == self._drawn[1:] and self._must_wait():
            return
        self._drawn, self._last_drawing = key, time.monotonic()
        look = style_of("accent" if self.has_focus else "heading", style) + Style(bold=True)
        title = Text("Samples", look)
        if state.samples is None or state.data is None:
            words = "the network's guesses at validation images appear here as it learns"
            self._images = ()
            self.show_pictures()
            faint = style_of("faint", style)
            fits = title.cell_len + 2 + len(words) <= style.width
            self.show(
                [title.append(f"  {words}", faint)] if fits else [title, *wrapped(words, faint, style.width)]
            )
            return
        title.append("  validation images, truth > guess", style_of("faint", style))
        right = _right(state)
        if right:
            title.append(right.rjust(style.width - title.cell_len))
        title.truncate(style.width)
        from signtui.tui.samples_grid import samples_grid  # noqa: PLC0415 - with numpy, after the first paint

        shown = samples_grid(state, style, style.width, style.height - 1)
        images = (state.samples, style, self.art_style)
        if images == self._images:  # most of the work is the images, which stay
            self.show_captions(title, *shown, top=1)
        else:
            self._images = images
            self.show([title, *self.grid(*shown, top=1)])

    def _must_wait(self) -> bool:
        """Whether new guesses come too soon after the last; they are then shown a little later."""
        wait = self._last_drawing + self.dashboard.pace.samples - time.monotonic()
        if wait > 0 and not self._waits:
            self._waits = True
            self.set_timer(wait, self._draw_late)
        return wait > 0

    def _draw_late(self) -> None:
        self._waits = False
        self.draw()


def _right(state: RunState) -> str:
    if state.samples is None or state.guesses is None:
        return ""
    pairs = list(zip(state.samples.truths, state.guesses.guesses, strict=False))
    hits = sum(truth == guess for truth, guess in pairs)
    return f"{hits} of {len(pairs)} right"
