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
    """Bar, epoch, time left, loss, images a second; at the end what the machine does, where there is room."""

    def on_mount(self) -> None:
        """Follow the run."""
        self.dashboard.run_progressed.subscribe(self, lambda _: self.draw())
        self.dashboard.note_changed.subscribe(self, lambda _: self.draw())
        self.dashboard.config_edited.subscribe(self, lambda _: self.draw())

    def draw(self) -> None:
        """Show the line as things stand."""
        run = self.dashboard.watched
        style = self.drawing_style
        if self.dashboard.opening:
            self.show(Text(f" {self.dashboard.note} ...", style_of("faint", style)))
        elif run is None or (run.state.started is None and not run.is_live):
            self.show(Text(self._invitation(), style_of("faint", style)))
        else:
            self.show(Text(" ").append_text(run_line(run, style, style.width - 2)))

    def _invitation(self) -> str:
        """What to do before any run; and where the settings come from, if they were edited the last time."""
        app = self.dashboard
        words = " no run yet: {train:t} trains with these settings"
        if app.form_memory.is_as_left(app.config):
            words += ", as you left them ({form.forget:R}: as configured)"
        return app.keys.spelt(words)


def run_line(run: WatchedRun, style: TerminalStyle, width: int) -> Text:
    """`run` on one line of `width` cells."""
    return progress_line(snapshot_of(run), style, width)


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
        machine=machine_words(state.system) if run.status == "running" else (),
    )


def _activity(run: WatchedRun, state: RunState) -> str:
    if run.status != "running":
        return run.status
    evaluating: Evaluating | None = state.progress.evaluating
    if evaluating is None:
        return "" if state.started is not None else "starting"
    split = "clean training images" if evaluating.split == "train" else evaluating.split
    return f"scoring {split} {numbers.percent(evaluating.images / max(1, evaluating.of)):>6}"


def machine_words(system: System | None) -> tuple[str, ...]:
    """What the machine does, most important first: of a GPU where the run trains on one, then of the rest."""
    if system is None:
        return ()
    words = []
    if system.gpu is not None:
        words.append(f"gpu {system.gpu * 100:>3.0f} %")
    if system.gpu_memory is not None and system.gpu_memory_total is not None:
        words.append(f"{_gigabytes(system.gpu_memory):>4} of {_gigabytes(system.gpu_memory_total)} GB")
    words.append(f"cpu {system.cpu * 100:>3.0f} %")
    if system.gpu_temperature is not None:
        words.append(f"{system.gpu_temperature:.0f} C")
    if system.gpu_power is not None:
        words.append(f"{system.gpu_power:>3.0f} W")
    words.append(f"memory {numbers.size(system.memory)}")
    return tuple(words)


def _gigabytes(number_of_bytes: int) -> str:
    """In steps that a person follows: tenths below ten."""
    gigabytes = number_of_bytes / 1e9
    return f"{gigabytes:.1f}" if gigabytes < 9.95 else f"{gigabytes:.0f}"
