"""What a command says while it works: data on stdout, narration on stderr, a bar that stays below both.

Whoever reads may leave at any time: a closed pipe or a terminal that is gone silences a stream, and never
ends the work.
"""

import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import IO

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.live import Live
from rich.text import Text

from signtui.cli.pipes import descriptor_of, is_broken_pipe, point_at_nothing
from signtui.render.palette import style_of
from signtui.render.progress import ProgressSnapshot, progress_line
from signtui.render.terminal import ColourAndCharacters, TerminalStyle, console_for, detect

SHOW_CURSOR = b"\x1b[?25h"
_ROOM_FOR_ECHO = 3  # columns that the ^C of a terminal takes after the line, without wrapping it


class _Stream:
    """One of the two: its console, and whether anybody still reads it."""

    def __init__(self, file: IO[str], ui: ColourAndCharacters) -> None:
        self.file = file
        self.style: TerminalStyle = detect(ui, Console(file=file))
        self.console = console_for(self.style, file)
        self.descriptor = descriptor_of(file)
        self.is_terminal = self.style.interactive
        self.silent = False

    def say(self, action: Callable[[], object]) -> None:
        """Do `action`, which writes here, and flush; silence the stream if it is closed."""
        if self.silent:
            return
        try:
            action()
            self.file.flush()
        except OSError:  # also a terminal that is gone
            self.silence()
        except SystemExit as error:
            if not is_broken_pipe(error):
                raise
            self.silence()

    def silence(self) -> None:
        """Send what is still to come nowhere, also what Python flushes as it ends."""
        self.silent = True
        if self.descriptor is not None:
            point_at_nothing(self.descriptor)


class Voice:
    """The two streams of a command, and a line below them that moves.

    The line is drawn on stdout where that is a terminal, otherwise on stderr; not at all where stdout is
    piped into a program that may well write to the same terminal, nor among JSON lines.
    """

    def __init__(self, ui: ColourAndCharacters, *, json: bool = False) -> None:
        self._out, self._err = _Stream(sys.stdout, ui), _Stream(sys.stderr, ui)
        self._terminals = [d for d in (0, 1, 2) if os.isatty(d)]
        self._stage = self._choose_stage(json)
        self._live: Live | None = None
        self._line = _MovingLine(self._stage.style if self._stage else self._out.style)

    @property
    def style(self) -> TerminalStyle:
        """What stdout can show."""
        return self._out.style

    @property
    def narration_style(self) -> TerminalStyle:
        """What stderr can show."""
        return self._err.style

    @property
    def has_bar(self) -> bool:
        """Whether there is a terminal to draw the moving line on."""
        return self._stage is not None

    def data(self, content: RenderableType) -> None:
        """Print `content` on stdout."""
        self._print(self._out, content)

    def data_bytes(self, line: bytes) -> None:
        """Put `line` on stdout as it is, and a line end."""
        self._out.say(lambda: self._out.file.buffer.write(line + b"\n"))  # type: ignore[attr-defined]  # stdout has one

    def note(self, content: RenderableType) -> None:
        """Print `content` on stderr."""
        self._print(self._err, content)

    def warn(self, sentence: str) -> None:
        """Print a warning on stderr."""
        self.note(Text().append("warning: ", style_of("warning", self._err.style)).append(sentence))

    def show(self, content: ProgressSnapshot | str) -> None:
        """Move the line on to `content`, where there is one."""
        stage = self._stage
        if stage is None or stage.silent:
            return
        self._line.content = content
        stage.say(lambda: self._draw(stage))

    def close(self) -> None:
        """Take the moving line away."""
        live, stage, self._live = self._live, self._stage, None
        if live is not None and stage is not None:
            stage.say(live.stop)

    @contextmanager
    def doing(self, what: str) -> Iterator[None]:
        """Show `what` in the moving line while the block runs."""
        self.show(what)
        try:
            yield
        finally:
            self.close()

    def announce_at_once(self, sentence: str) -> None:
        """Say something from within a signal handler, where the consoles may be half-way through a line."""
        if self._err.descriptor is not None and not self._err.silent:
            start = "\r\x1b[2K" if self._live is not None else ""
            with suppress(OSError):
                os.write(self._err.descriptor, f"{start}{sentence}\n".encode())

    def hang_up(self) -> None:
        """The terminal is gone: nothing more goes there. Files and pipes go on."""
        for stream in (self._out, self._err):
            stream.silent = stream.silent or stream.is_terminal
        for descriptor in self._terminals:
            point_at_nothing(descriptor)

    def leave_terminal_tidy(self) -> None:
        """Give the cursor back, from any thread, just before the process ends without unwinding."""
        if self._live is not None and self._stage is not None and self._stage.descriptor is not None:
            with suppress(OSError):
                os.write(self._stage.descriptor, SHOW_CURSOR + b"\n")

    def _choose_stage(self, json: bool) -> _Stream | None:
        out, err = self._out, self._err
        if out.is_terminal:
            return None if json else out
        return err if err.is_terminal and not _is_pipe(out.descriptor) else None

    def _print(self, stream: _Stream, content: RenderableType) -> None:
        # Where both are one terminal, what is printed while the line moves must go above it.
        live, stage = self._live, self._stage
        if live is not None and stage is not None and stream.is_terminal:
            stage.say(lambda: live.console.print(content))
        else:
            stream.say(lambda: stream.console.print(content))

    def _draw(self, stage: _Stream) -> None:
        if stage.descriptor is not None:
            with suppress(OSError):
                stage.console.size = os.get_terminal_size(stage.descriptor)
        if self._live is None:
            self._live = Live(
                self._line, console=stage.console, auto_refresh=False, transient=True, redirect_stdout=False
            )
            self._live.start()
        self._live.refresh()


class _MovingLine:
    """The line as Rich draws it, as wide as the terminal is at that moment."""

    def __init__(self, style: TerminalStyle) -> None:
        self.style = style
        self.content: ProgressSnapshot | str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if isinstance(self.content, ProgressSnapshot):
            yield progress_line(self.content, self.style, options.max_width - _ROOM_FOR_ECHO)
        else:
            yield Text(self.content, style_of("faint", self.style), no_wrap=True, overflow="crop")


def _is_pipe(descriptor: int | None) -> bool:
    if descriptor is None:
        return True
    mode = os.fstat(descriptor).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)
