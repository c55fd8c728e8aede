"""`signtui evaluate --leave-one-out`: every signer held out once, each by a run of its own."""

import time
from typing import TYPE_CHECKING

from rich.text import Text

from signtui.cli.narration import snapshot
from signtui.cli.options import Settings
from signtui.cli.signals import TrainingSignals
from signtui.cli.train import EXIT_CODES
from signtui.cli.voice import Voice
from signtui.errors import ExitCode, SigntuiError
from signtui.events import AnyEvent, EpochEnded, Evaluating, RunEnded, RunStarted, Step
from signtui.render import numbers
from signtui.render.palette import style_of
from signtui.render.progress import ProgressSnapshot
from signtui.runs.left_out import document
from signtui.runs.names import readable_suffix
from signtui.runs.series import ENDED_BY_PLAN, Fold, Series
from signtui.runs.show import open_run
from signtui.runs.state import RunState, fold

if TYPE_CHECKING:
    from signtui.training.control import StopReason
    from signtui.training.leave_one_out import LeaveOneOut
    from signtui.training.session import TrainingSession


def leave_one_out(settings: Settings, what: str, *, json: bool) -> int:
    """Train what is missing of the series of these settings, and show its figures. Returns the exit code.

    `what` is what those who are left out are called, such as signers.
    """
    config = settings.resolve().config
    voice = Voice(config.ui, json=json)
    with TrainingSignals(voice) as signals:
        control = _SeriesControl()
        with voice.doing("loading PyTorch"):
            from signtui.training.leave_one_out import LeaveOneOut  # noqa: PLC0415 - takes seconds
        with voice.doing("preparing images and network"):
            work = LeaveOneOut.open(config, what)
        signals.steer(control)
        code = _train(work, control, voice)
    _tell(work.series(), voice, json=json)
    return code


class _SeriesControl:
    """Stops the run that is on, and the series with it."""

    def __init__(self) -> None:
        self.reason: StopReason | None = None
        self._now = False
        self._session: TrainingSession | None = None

    def take(self, session: "TrainingSession") -> None:
        """From now on `session` is the run that is on."""
        self._session = session
        if self.reason is not None:
            session.control.stop(self.reason, now=self._now)

    def stop(self, reason: "StopReason" = "stopped", *, now: bool = False) -> None:
        """End the run, and begin no other."""
        self.reason, self._now = self.reason or reason, self._now or now
        if self._session is not None:
            self._session.control.stop(reason, now=now)


def _train(work: "LeaveOneOut", control: _SeriesControl, voice: Voice) -> int:
    narrator = _Narrator(voice)
    narrator.begin(work.series())
    while control.reason is None:
        session = work.next_session()
        if session is None:
            return ExitCode.DONE
        control.take(session)
        group = session.config.data.held_out
        narrator.begin_fold(group, session, work.series())
        try:
            session.start()
            for event in session.mailbox.until_ended():
                narrator.take(event)
            session.join()
        finally:
            voice.close()
        ended = session.ended
        if ended is not None and ended.reason not in ENDED_BY_PLAN:
            return narrator.end_early(ended, session)
        series = work.series()
        if control.reason is None and (problem := series.run_without_score(session.folder.id)):
            raise SigntuiError(f"without {group}: {problem}")
        narrator.end_fold(group, series)
    return ExitCode.INTERRUPTED if control.reason == "interrupted" else ExitCode.TERMINATED


class _Narrator:
    """Says on stderr what is done, fold by fold, with a bar over the whole series below."""

    def __init__(self, voice: Voice) -> None:
        self.voice = voice
        self._state = RunState()
        self._label = ""
        self._before = self._folds = 0
        self._seconds: list[float] = []

    def begin(self, series: Series) -> None:
        """What is going to be done, and what was done before."""
        done, style = len(series.done), self.voice.narration_style
        words = f"{numbers.plural(len(series.folds), 'run')}, each without one {series.kind}"
        if done:
            words += f"; {done} done before"
        line = Text().append(words).append(f"  plan {series.plan}", style_of("faint", style))
        self.voice.note(line)
        for one in series.done:
            self.voice.note(self._line(one, series.kind))

    def begin_fold(self, group: str, session: "TrainingSession", series: Series) -> None:
        """The run of the fold that holds `group` out is about to start."""
        self._state = RunState()
        self._before, self._folds = len(series.done), len(series.folds)
        self._label = f"{series.kind} {group} ({self._before + 1}/{self._folds})"
        old = next((one for one in series.folds if one.group == group and one.id == session.folder.id), None)
        if old is not None and old.epochs:
            self._state = open_run(session.folder, steps=False).state
            self.voice.note(f"{series.kind} {group}: going on with {readable_suffix(session.folder.id)}")

    def take(self, event: AnyEvent) -> None:
        """Move the bar."""
        self._state = fold(self._state, event)
        if isinstance(event, RunStarted) and event.data.warning:
            self.voice.warn(event.data.warning)
        if self.voice.has_bar and isinstance(event, RunStarted | Step | Evaluating | EpochEnded):
            self.voice.show(self._snapshot())

    def end_fold(self, group: str, series: Series) -> None:
        """The fold's score is there."""
        one = next(one for one in series.folds if one.group == group)
        self._seconds.append(one.seconds or 0.0)
        self.voice.note(self._line(one, series.kind))

    def end_early(self, ended: RunEnded, session: "TrainingSession") -> int:
        """A run that didn't come to its end ends the series; gives the exit code back.

        Raises:
            SigntuiError: where it failed.
        """
        code = EXIT_CODES[ended.reason]
        if code == ExitCode.FAILED:
            raise SigntuiError(f"without {session.config.data.held_out}: {ended.message}")
        self.voice.note("the same command goes on where this one stopped")
        return code

    def _line(self, one: Fold, kind: str) -> Text:
        style = self.voice.narration_style
        faint = style_of("faint", style)
        line = Text(f"{kind} {one.group}".ljust(12))
        if one.score is not None:
            line.append(f"{numbers.percent(one.score.accuracy):>8}", style_of("heading", style))
            line.append(f"  of {one.score.images:,} images never seen", faint)
        if one.validation is not None:
            line.append(f"  validation {numbers.percent(one.validation.accuracy)} of the others", faint)
        line.append(f"  {numbers.duration(one.seconds, tenths=True)}", faint)
        return line.append(f"  {readable_suffix(one.id or '')}", style_of("accent", style))

    def _snapshot(self) -> ProgressSnapshot:
        """The bar of the run, stretched over the whole series."""
        now = time.time()
        run = snapshot(self._state, now)
        left = run.seconds_left
        if left is not None:
            own = self._state.seconds + left
            each = sum([*self._seconds, own]) / (len(self._seconds) + 1)
            left += each * (self._folds - self._before - 1)
        return ProgressSnapshot(
            epoch=run.epoch,
            epochs=run.epochs,
            step=self._before * run.steps + run.step,
            steps=self._folds * run.steps,
            images_per_second=run.images_per_second,
            loss=run.loss,
            accuracy=run.accuracy,
            seconds_left=left,
            activity=run.activity,
            label=self._label,
        )


def _tell(series: Series, voice: Voice, *, json: bool) -> None:
    found = document(series)
    if json:
        from signtui.cli.output import print_json  # noqa: PLC0415 - not for people

        print_json(found)
        return
    from signtui.render.series_page import series_page  # noqa: PLC0415 - only once there is something to show

    voice.data(series_page(found, voice.style))
