"""The followed runs, a line each, where there are several: which one is shown, and how the others stand."""

from rich.style import Style
from rich.text import Text
from textual import events

from signtui.render import numbers
from signtui.render.palette import status_look, style_of
from signtui.render.terminal import TerminalStyle
from signtui.runs.names import readable_suffix
from signtui.tui.watched import WatchedRun
from signtui.tui.widgets.lines import Lines

MOST_LINES = 6
_NAME_CELLS, _STATUS_CELLS, _EPOCH_CELLS = 20, 13, 14


class OtherRuns(Lines):
    """Every followed run on a line of its own; hidden while there is only one."""

    def on_mount(self) -> None:
        """Follow them all."""
        super().on_mount()
        self.display = False
        self._first = 0
        self.dashboard.run_progressed.subscribe(self, lambda _: self.draw())
        self.dashboard.others_progressed.subscribe(self, lambda _: self.draw())

    def draw(self) -> None:
        """Show the runs as they stand."""
        followed, style = self.dashboard.followed, self.drawing_style
        runs = followed.runs if len(followed.runs) > 1 else []
        self._first = min(max(0, followed.place - MOST_LINES), max(0, len(runs) - MOST_LINES))
        shown = runs[self._first : self._first + MOST_LINES]
        if self.display != bool(shown):
            self.display = bool(shown)
        if self.styles.height is None or self.styles.height.value != len(shown):
            self.styles.height = len(shown)
        self.show([run_line(run, style, watched=run is followed.watched) for run in shown])

    def on_click(self, event: events.Click) -> None:
        """Watch the run that was clicked."""
        runs = self.dashboard.followed.runs
        if len(runs) > 1 and self._first + event.y < len(runs):
            self.dashboard.show_run(runs[self._first + event.y])


def run_line(run: WatchedRun, style: TerminalStyle, *, watched: bool) -> Text:
    """`> brisk-heron-3f  running  epoch 2/5  best 99.93 %  0:04 left`."""
    state, faint = run.state, style_of("faint", style)
    pointer = ("›" if style.unicode else ">") if watched else " "
    name = readable_suffix(state.id) or run.source.folder.id
    look = status_look(run.status)
    mark = look.mark if style.unicode else look.ascii_mark
    line = Text(f" {pointer} ", style_of("accent", style), no_wrap=True)
    line.append(name.ljust(_NAME_CELLS), Style(bold=True) if watched else Style())
    line.append(f" {mark} {run.status:<{_STATUS_CELLS}}", style_of(look.name, style))
    progress = state.progress
    epoch = max(1, min(progress.epochs, progress.epoch))
    line.append((f"epoch {epoch}/{progress.epochs}" if progress.epochs else "").ljust(_EPOCH_CELLS))
    best = f"best {numbers.percent(state.best.validation.accuracy)}" if state.best is not None else ""
    line.append(best.ljust(_EPOCH_CELLS))
    left = run.seconds_left if run.is_live else None
    line.append(f"{numbers.duration(left)} left" if left is not None else "", faint)
    line.truncate(style.width)
    return line
