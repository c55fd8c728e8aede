"""The line above the footer: how far the run is, how fast, how long still, and what it costs the machine."""

from rich.text import Text

from signtui.events import Evaluating, System
from signtui.render import numbers
from signtui.render.palette import style_of
from signtui.render.progress import ProgressSnapshot, progress_line
from signtui.render.terminal import TerminalStyle
from signtui.runs.state import RunState
from signtui.tui.watched import WatchedRun
from signtui.tui.widgets.lines import Lines


class ProgressLine(Lines):
    """Bar, epoch, time left, loss, images a second; at the end processor and memory where there is room."""

    def on_mount(self) -> None:
        """Follow the run."""
        self.dashboard.run_progressed.subscribe(self, lambda _: self.draw())
        self.dashboard.note_changed.subscribe(self, lambda _: self.draw())

    def draw(self) -> None:
        """Show the line as things stand."""
        run = self.dashboard.watched
        style = self.drawing_style
        if self.dashboard.opening:
            self.show(Text(f" {self.dashboard.note} ...", style_of("faint", style)))
        elif run is None or (run.state.started is None and not run.is_live):
            self.show(Text(" no run yet: t trains with these settings", style_of("faint", style)))
        else:
            self.show(Text(" ").append_text(run_line(run, style, style.width - 2)))


def run_line(run: WatchedRun, style: TerminalStyle, width: int) -> Text:
    """`run` on one line of `width` cells."""
    system = _system_words(run.state.system) if run.status == "running" else ""
    line = progress_line(snapshot_of(run), style, width - len(system) - 2 if width > 110 else width)
    gap = width - line.cell_len - len(system)
    if system and gap >= 2:
        line.append(" " * gap).append(system, style_of("faint", style))
    return line


def snapshot_of(run: WatchedRun) -> ProgressSnapshot:
    """Where the run stands, as the progress line takes it."""
    state, progress = run.state, run.state.progress
    last = state.history.points[-1] if state.history.points else None
    steps = progress.epochs * progress.steps_per_epoch
    return ProgressSnapshot(
        epoch=max(1, min(progress.epochs, progress.epoch)),
        epochs=progress.epochs,
        step=progress.step,
        steps=steps,
        images_per_second=progress.images_per_second or None,
        loss=last.loss if last else None,
        accuracy=last.accuracy if last else None,
        seconds_left=run.seconds_left if run.is_live else None,
        activity=_activity(run, state),
    )


def _activity(run: WatchedRun, state: RunState) -> str:
    if run.status != "running":
        return run.status
    evaluating: Evaluating | None = state.progress.evaluating
    if evaluating is None:
        return "" if state.started is not None else "starting"
    split = "clean training images" if evaluating.split == "train" else evaluating.split
    return f"scoring {split} {numbers.percent(evaluating.images / max(1, evaluating.of)):>6}"


def _system_words(system: System | None) -> str:
    if system is None:
        return ""
    return f"cpu {system.cpu * 100:>3.0f} %  memory {numbers.size(system.memory)}"
