"""The bar of a download on a terminal, or a line for each source elsewhere; both on stderr."""

import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from signtui.config.schema import UiSettings
from signtui.render.terminal import console_for, detect

_REDRAW_SECONDS = 0.1


class DownloadBar:
    """Shows how a download goes; `update` is what `fetch` calls."""

    def __init__(self, ui: UiSettings) -> None:
        style = detect(ui, Console(file=sys.stderr))
        console = console_for(style, sys.stderr)
        self._interactive = style.interactive
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            auto_refresh=False,
            disable=not style.interactive,
        )
        self._task: TaskID | None = None
        self._source = ""
        self._drawn = 0.0

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def update(self, source: str, done: int, total: int | None) -> None:
        """`done` of `total` bytes have come from `source`."""
        if source != self._source:
            self._source = source
            self._begin(source)
        if self._task is None:
            return
        now = time.monotonic()
        finished = total is not None and done >= total
        if finished or now - self._drawn >= _REDRAW_SECONDS:
            self._drawn = now
            self._progress.update(self._task, completed=done, total=total)
            self._progress.refresh()

    def _begin(self, source: str) -> None:
        if not self._interactive:
            sys.stderr.write(f"downloading from {source}\n")
            return
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._task = self._progress.add_task(source, total=None)
