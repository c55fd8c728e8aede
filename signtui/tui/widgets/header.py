"""The first line of every screen: the program, its screens, and how the run of the day stands."""

from rich.style import Style
from rich.text import Text
from textual import events

from signtui.render import numbers
from signtui.render.palette import status_look, style_of
from signtui.render.terminal import TerminalStyle
from signtui.runs.names import short_name
from signtui.tui.modes import MODES, Mode
from signtui.tui.watched import WatchedRun
from signtui.tui.widgets.lines import Lines

ROOMY = 132
"""Columns from which the program's name stands before those of the screens; below, the run needs the room."""


class Header(Lines):
    """`signtui  1 Train  2 Data ...`, and at the right the run in brief, as much as fits."""

    def on_mount(self) -> None:
        """Follow the run."""
        self.dashboard.run_progressed.subscribe(self, lambda _: self.draw())
        self.dashboard.note_changed.subscribe(self, lambda _: self.draw())

    def draw(self) -> None:
        """Show the line as things stand."""
        style = self.drawing_style
        left = self._screens(style)
        room = style.width - left.cell_len - 3
        right = self.dashboard.note and Text(self.dashboard.note, style_of("faint", style))
        if self.dashboard.live.on:
            room -= len("live  ")
        if self.dashboard.watched is not None:
            right = run_in_brief(self.dashboard.watched, style, room)
        if self.dashboard.live.on:
            right = (
                Text("live", style_of("accent", style) + Style(bold=True)).append("  ").append(right or "")
            )
            room += len("live  ")
        if self.dashboard.config.ui.low_bandwidth:
            right = _remarked(right or Text(), "low bandwidth", style, room)
        if right and right.cell_len <= room:
            left.append(" " * (style.width - left.cell_len - right.cell_len - 1)).append_text(right)
        self.show(left)

    def _screens(self, style: TerminalStyle) -> Text:
        line = Text()
        if not self._is_tight:
            line.append(" ").append("signtui", style_of("accent", style) + Style(bold=True)).append(" ")
        for mode in MODES:
            here = mode.name == self.dashboard.current_mode
            look = Style(bold=True, reverse=True) if here else style_of("faint", style)
            line.append(self._gap).append(self._name_of(mode), look)
        return line

    @property
    def _is_tight(self) -> bool:
        """Whether the screens' names leave no room for the program's."""
        return self.size.width < ROOMY

    @property
    def _gap(self) -> str:
        return "" if self._is_tight else " "

    def _name_of(self, mode: Mode) -> str:
        return f" {self.dashboard.keys.name(f'show.{mode.name}', mode.key)} {mode.title} "

    def on_click(self, event: events.Click) -> None:
        """Show the screen whose name was clicked."""
        column = 0 if self._is_tight else len(" signtui ")
        for mode in MODES:
            column += len(self._gap)
            end = column + len(self._name_of(mode))
            if column <= event.x < end:
                self.dashboard.show_mode(mode.name)
            column = end


def _remarked(right: Text, remark: str, style: TerminalStyle, room: int) -> Text:
    """`right` with a remark before it, where there is room for both."""
    line = Text(remark, style_of("faint", style))
    if right:
        line.append(style.separator).append_text(right)
    return line if line.cell_len <= room else right


def run_in_brief(run: WatchedRun, style: TerminalStyle, room: int) -> Text:
    """`brisk-heron-3f · running · epoch 2/5 · best 99.93 %`, shortened to `room` cells."""
    state, faint = run.state, style_of("faint", style)
    separator = Text(style.separator, faint)
    look = status_look(run.status)
    word: str = run.status
    if run.is_live and run.source.kind != "session":
        word = run.source.kind if run.status == "running" else f"{run.source.kind}, {run.status}"
    mark = look.mark if style.unicode else look.ascii_mark
    parts = [Text(f"{mark} {word}", style_of(look.name, style))]
    if run.problem:
        return parts[0]
    progress = state.progress
    if run.is_live and progress.epochs:
        epoch = max(1, min(progress.epochs, progress.epoch))
        parts.append(Text(f"epoch {epoch}/{progress.epochs}"))
    if state.best is not None:
        parts.append(Text(f"best {numbers.percent(state.best.validation.accuracy)}"))
    if state.data is not None and state.data.synthetic:
        parts.append(Text("SYNTHETIC", style_of("warning", style)))
    name = Text(short_name(state.id), style_of("accent", style)) if state.id else Text()
    while parts and separator.join([name, *parts]).cell_len > room:
        parts.pop()
    return separator.join([part for part in (name, *parts) if part.plain])
