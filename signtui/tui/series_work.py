"""A series of leave-one-out at work: when the run that holds one signer out is over, the next one begins.

Each fold is an ordinary run of this process: it is followed, paused, stopped and left as any other. A run
that was stopped or failed ends the series; it goes on from there whenever it is begun again.
"""

import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message

from signtui.bugs import bug_sentence
from signtui.config import Config
from signtui.errors import SigntuiError
from signtui.render import numbers

if TYPE_CHECKING:
    from signtui.runs.series import Series
    from signtui.tui.app import DashboardApp
    from signtui.tui.watched import WatchedRun


class SeriesAdvanced(Message):
    """A fold is over and the series was read: None where it can't be found."""

    def __init__(self, series: "Series | None", problem: str = "") -> None:
        super().__init__()
        self.series, self.problem = series, problem


class SeriesWork:
    """The series that is on in this process, if one is."""

    def __init__(self, app: "DashboardApp") -> None:
        self._app = app
        self._config: Config | None = None
        self._ended: tuple[str, int] | None = None

    @property
    def is_on(self) -> bool:
        """Whether one fold follows the other."""
        return self._config is not None

    @property
    def is_available(self) -> bool:
        """Whether a series could begin or go on now."""
        return self._app.engine.next_fold is not None and self._app.can_train and not self.is_on

    def begin(self, config: Config) -> None:
        """Train what is missing of the series of `config`; live mode is over."""
        self._app.live.leave()
        self._config = config
        self._next()

    def end(self) -> None:
        """No further fold begins."""
        self._config = None

    def progressed(self) -> None:
        """The runs have news: where the fold that trains here is over, see to the next one."""
        run = self._app.session
        if self._config is None or self._app.opening or run is None or run.is_live:
            return
        now = (run.state.id, run.state.resumes)
        if now == self._ended or run.state.ended is None:
            return
        self._ended = now
        directory = Path(self._config.runs.directory).expanduser()
        threading.Thread(
            target=self._read, args=(run, directory), name="reading a series", daemon=True
        ).start()

    def _read(self, run: "WatchedRun", directory: Path) -> None:
        try:
            found = _series_of(run, directory)
            problem = found.run_without_score(run.source.folder.id) if found is not None else ""
            advanced = SeriesAdvanced(None if problem else found, problem)
        except SigntuiError as error:
            advanced = SeriesAdvanced(None, str(error))
        except Exception as error:  # a bug: the dashboard lives on and says where its traceback is
            advanced = SeriesAdvanced(None, bug_sentence(error))
        self._app.post_message(advanced)

    def advanced(self, event: SeriesAdvanced) -> None:
        """Begin the next fold, or say that all are done."""
        app, series = self._app, event.series
        if self._config is None:
            return
        if series is None:
            self.end()
            if event.problem:
                app.notify(event.problem, severity="error", markup=False)
        elif series.is_complete:
            self.end()
            app.notify(_all_done(series), title="every one was held out once", timeout=12, markup=False)
        elif app.can_train:
            self._next()
        else:  # the user has begun something else
            self.end()
        app.refresh_bindings()

    def _next(self) -> None:
        engine = self._app.engine
        if self._config is not None and engine.next_fold is not None:
            self._app.open_runs([partial(engine.next_fold, self._config)])


def _series_of(run: "WatchedRun", directory: Path) -> "Series | None":
    """The series that `run` is a fold of; None where the run ended before its time, or is of none."""
    from signtui.runs.left_out import series_with  # noqa: PLC0415 - only for a series
    from signtui.runs.series import ENDED_BY_PLAN  # noqa: PLC0415 - as above

    ended = run.state.ended
    if ended is None or ended.reason not in ENDED_BY_PLAN:
        return None
    return series_with(directory, run.source.folder.id)


def _all_done(series: "Series") -> str:
    from signtui.runs.left_out import outcome  # noqa: PLC0415 - only for a series

    found = outcome(series)
    worst = found.worst
    words = f"mean {numbers.percent(found.mean)}"
    if worst is not None and worst.score is not None:
        words += f", worst {numbers.percent(worst.score.accuracy)} ({series.kind} {worst.group})"
    return words
