"""An application that sends the terminal only what it can take: its colours, its characters, its images."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from rich.console import Console
from textual import events
from textual.app import App
from textual.filter import LineFilter, NoColor

from signtui.config import UiSettings
from signtui.render.terminal import TerminalStyle
from signtui.tui import partial_repaint
from signtui.tui.ascii import AsciiOnly
from signtui.tui.pictures import PictureLayer, pictures_on
from signtui.tui.theme import GROUNDS, TERMINAL, THEMES, theme_for


class TerminalApp(App[int]):
    """An application for a terminal of that `style`; `pictures` shows images as pixels, where it can."""

    def __init__(
        self, ui: UiSettings, style: TerminalStyle, pictures: PictureLayer | None, theme: str | None
    ) -> None:
        super().__init__()
        self.pictures = pictures
        self._low_bandwidth = ui.low_bandwidth
        self._style = style
        self._leaving = False
        self._no_colour, self._ascii_only = NoColor(), AsciiOnly()
        for known in THEMES:
            self.register_theme(known)
        self.configured_theme = theme_for(ui.theme, style.colour)
        self.theme = theme or self.configured_theme
        self.stylesheet.set_variables(self.get_css_variables())
        self._painted = False
        self._choose_colour_system()

    def _choose_colour_system(self) -> None:
        """Have Textual send the colours that the settings ask for, whatever it found out by itself."""
        systems: dict[str, Any] = {"256": "256", "16": "standard"}
        if self._style.colour in systems:
            old = self.console
            self.console = Console(
                color_system=systems[self._style.colour], file=old.file, highlight=False, legacy_windows=False
            )

    @property
    def drawing_style(self) -> TerminalStyle:
        """What to draw with: the terminal's colours, or its own sixteen under that theme."""
        if self.theme == TERMINAL and self._style.colour in {"truecolor", "256"}:
            return replace(self._style, colour="16")
        return replace(self._style, ground=GROUNDS.get(self.theme, "any"))

    @property
    def art_style(self) -> TerminalStyle:
        """What to draw images with: in low bandwidth not in exact greys, each of which is a long code."""
        style = self.drawing_style
        if self._low_bandwidth and style.colour == "truecolor":
            return replace(style, colour="256")
        return style

    def get_line_filters(self) -> Iterable[LineFilter]:  # type: ignore[override]  # a sequence, as there
        """Textual's, and those that keep what the terminal is not to have from it, whoever draws it."""
        filters = list(super().get_line_filters())
        filters += [self._no_colour] if self._style.colour == "none" else []
        return filters if self._style.unicode else [*filters, self._ascii_only]

    def refresh_css(self, animate: bool = True) -> None:
        """Apply changed styles; not before the first paint, when Textual would do it thrice for nothing."""
        if self._painted:
            super().refresh_css(animate)

    async def on_mount(self) -> None:
        """Mark what the stylesheet goes by, and have nothing left behind by a process that is put aside."""
        self.set_class(not self._style.unicode, "-ascii")
        self.set_class(self._low_bandwidth, "-low-bandwidth")
        self.app_suspend_signal.subscribe(self, lambda _: self._clear_pictures())
        self.app_resume_signal.subscribe(self, lambda _: self.action_redraw())

    def action_redraw(self) -> None:
        """`^l`: paint everything again, whatever has got onto the screen."""
        self._forget_the_screen()
        self.screen.refresh()

    def on_resize(self) -> None:
        """A terminal that changed its size may show anything."""
        self._forget_the_screen()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """No cursor blinks: an idle screen sends nothing."""
        line: Any = event.widget
        if hasattr(line, "cursor_blink"):
            line.cursor_blink = False

    def _forget_the_screen(self) -> None:
        partial_repaint.forget(self.console)
        self._clear_pictures()

    def post_display_hook(self) -> None:
        """After each update of the screen: images follow, and after the first whatever had to wait for it."""
        if not self._painted and self.screen.size and not self._batch_count:
            self._painted = True
            self.call_later(self.after_first_paint)
        self.update_pictures()

    def after_first_paint(self) -> None:
        """The screen stands for the first time; a subclass does what would have held it up."""

    def update_pictures(self) -> None:
        """Have the terminal show the pictures of this screen, and no others."""
        if self.pictures is None or self.pictures.protocol is None or self._driver is None or self._leaving:
            return
        written = partial_repaint.take_written(self.console)
        sent, to_write = self.pictures.update(pictures_on(self.screen), written)
        if sent:
            self._driver.write(sent)
        for region in to_write:
            for row in range(region.y, region.bottom):
                partial_repaint.forget_cells(self.console, row, region.x, region.right)
            self.screen.refresh(region)

    def _clear_pictures(self) -> None:
        if self.pictures is not None and self._driver is not None and not self.is_headless:
            self.pictures.measure()
            self._driver.write(self.pictures.clear())

    def exit(self, *arguments: Any, **more: Any) -> None:
        """Leave; nothing of the screen stays behind."""
        self._leaving = True
        self._clear_pictures()
        super().exit(*arguments, **more)
