"""What the command palette offers: what can be done now, where one can go, and things without a key."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import SystemCommand
from textual.command import CommandPalette
from textual.screen import Screen

from signtui.runs.folder import RunFolder
from signtui.tui.active_keys import acting, shown_keys
from signtui.tui.command_line import train_command
from signtui.tui.modes import MODES
from signtui.tui.predicting import can_predict, open_predicting
from signtui.tui.screens.base import DashboardScreen
from signtui.tui.theme import THEMES, remember_theme

if TYPE_CHECKING:
    from signtui.tui.app import DashboardApp

BY_HAND = "by-hand"


def open_palette(app: "DashboardApp") -> None:
    """Put the palette on the screen, with words in it that any terminal can show."""
    if not any(isinstance(screen, CommandPalette) for screen in app.screen_stack):
        app.push_screen(CommandPalette(placeholder="what to do", id="--command-palette"))


def palette_commands(app: "DashboardApp", screen: Screen[Any]) -> Iterator[SystemCommand]:
    """The commands as things stand, the likeliest first."""
    yield from _keys(app, screen)
    yield from _places(app, screen)
    yield from _settings(app)
    yield from _copies(app, screen)
    yield from _themes(app)
    yield SystemCommand("Save a picture of the screen", "as SVG, in this folder", partial(_save_picture, app))


def _keys(app: "DashboardApp", screen: Screen[Any]) -> Iterator[SystemCommand]:
    among = acting(screen)
    first = {active.binding.action: active for active in reversed(among)}  # an action may have several keys
    for active in reversed(first.values()):
        binding = active.binding
        steps = "(" in binding.action  # by one up or down: a thing for keys alone
        if binding.show and not steps and binding.action != "command_palette":
            title = binding.description[:1].upper() + binding.description[1:]
            key = f"key {shown_keys(active, among, app.keys.textual)}"
            words = f"{binding.tooltip} ({key})" if binding.tooltip else key
            yield SystemCommand(title, words, partial(app.run_action, binding.action, active.node))


def _places(app: "DashboardApp", screen: Screen[Any]) -> Iterator[SystemCommand]:
    for mode in MODES:
        if mode.name != app.current_mode:
            key = app.keys.name(f"show.{mode.name}", mode.key)
            yield SystemCommand(f"Show {mode.title}", f"key {key}", partial(app.show_mode, mode.name))
    if isinstance(screen, DashboardScreen):
        if not is_by_hand(screen):
            words = "kernels, activations and pooling on one image"
            yield SystemCommand("Try it by hand", words, partial(open_by_hand, app))
        for target in screen.jump_targets():
            if screen.focused is None or target.panel != screen.focused.id:
                go = partial(screen.show_panel, target.panel)
                yield SystemCommand(f"Go to {target.name}", "a panel of this screen", go)


def is_by_hand(screen: Screen[Any]) -> bool:
    """Whether `screen` is the one where a convolution is tried by hand."""
    return screen.id == BY_HAND


def open_by_hand(app: "DashboardApp") -> None:
    """Put that screen over the present one."""
    from signtui.tui.screens.by_hand import ByHandScreen  # noqa: PLC0415 - brings numpy

    if not is_by_hand(app.screen):
        app.push_screen(ByHandScreen(id=BY_HAND))


def _settings(app: "DashboardApp") -> Iterator[SystemCommand]:
    if app.form_memory.is_edited(app.config):
        undo = partial(_as_configured, app)
        yield SystemCommand("Settings as configured", "take back every edit of the form", undo)
    copy = partial(_copy, app, lambda: train_command(app.config))
    yield SystemCommand("Copy the command of this run", "signtui train with the settings of the form", copy)


def _as_configured(app: "DashboardApp") -> None:
    app.edit_config(app.form_memory.as_configured(app.config))


def _copies(app: "DashboardApp", screen: Screen[Any]) -> Iterator[SystemCommand]:
    folder = _folder_of_interest(app, screen)
    if folder is not None:
        if can_predict(app, folder) and getattr(screen, "chosen_folder", None) is None:  # there by its key
            words = f"have the network of {folder.id} read it"
            yield SystemCommand("Predict a photo", words, partial(open_predicting, app, folder))
        yield SystemCommand(
            "Copy the path of this run", folder.id, partial(_copy, app, lambda: _full(folder.path))
        )
    runs = Path(app.config.runs.directory)
    yield SystemCommand(
        "Copy the path of the runs folder", str(runs), partial(_copy, app, lambda: _full(runs))
    )


def _folder_of_interest(app: "DashboardApp", screen: Screen[Any]) -> RunFolder | None:
    """The folder of the run that the screen is about: the chosen one of a list, or the watched one."""
    chosen: RunFolder | None = getattr(screen, "chosen_folder", None)
    if chosen is None and app.watched is not None:
        return app.watched.source.folder
    return chosen


def _full(path: Path) -> str:
    return str(path.expanduser().resolve())


def _copy(app: "DashboardApp", words: Callable[[], str]) -> None:
    """Give the terminal `words` for its clipboard, and show them: not every terminal takes them."""
    text = words()
    app.copy_to_clipboard(text)
    app.notify(text, title="copied, where the terminal allows it", markup=False)


def _themes(app: "DashboardApp") -> Iterator[SystemCommand]:
    for theme in THEMES:
        if theme.name != app.theme:
            yield SystemCommand(f"Theme: {theme.name}", "colours", partial(_choose_theme, app, theme.name))
    if app.theme != app.configured_theme:
        yield SystemCommand("Theme: as configured", app.configured_theme, partial(_choose_theme, app, None))


def _choose_theme(app: "DashboardApp", name: str | None) -> None:
    """Use a theme from now on, also the next time; None: the configured one."""
    app.theme = name or app.configured_theme
    remember_theme(app.memory, app.config.ui.theme, name)


def _save_picture(app: "DashboardApp") -> None:
    """After the palette has closed."""
    app.set_timer(0.1, lambda: app.notify(f"saved {Path(app.save_screenshot()).name}"))
