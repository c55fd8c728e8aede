"""The run's log, events.jsonl: read whole, sampled where it is huge, or followed as it grows.

A line that is no event never stops a reader: a torn last line is one still being written or cut off by a
crash, an unknown type is from a newer signtui, and garbage is counted and passed over. Only a log whose
schema is newer than this program is refused.
"""

import math
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, get_args

import msgspec

from signtui import events
from signtui.errors import RunError
from signtui.events import SCHEMA, AnyEvent, RunStarted, Step
from signtui.runs.writer import LogWriter

__all__ = [
    "LogReader",
    "LogTail",
    "LogWriter",
    "Problems",
    "decode_line",
    "read_events",
    "tail",
]

CHUNK = 1 << 20
"""Bytes read at a time: few enough to stay in the processor's cache while they are looked through."""

MOST_LINE = 16 << 20
"""A line longer than this, in bytes, is no event."""

# As `events.encode` writes it. Other writers may order or space their JSON differently: their step lines
# are then decoded one by one, which is slower and no less right.
_LINE_OF_ANOTHER_TYPE = re.compile(rb'\n(?!\{"type":"step",)[^\n]+(?=\n)')
_STEP_BYTES = 256  # a step line is shorter than this
_TYPES = frozenset(kind.__struct_config__.tag for kind in get_args(AnyEvent))
_NUMBERS = frozenset(
    {"loss", "accuracy", "learning_rate", "gradient_norm", "seconds", "images_per_second", "cpu"}
)


@dataclass
class Problems:
    """What a reader passed over: lines that are no events, events of unknown type, bytes of a torn line."""

    garbage: int = 0
    unknown: int = 0
    torn: int = 0


class _Peek(msgspec.Struct):
    type: str
    schema: int = 0


_peek = msgspec.json.Decoder(_Peek)


class LogReader:
    """The events of a log, once through. Iterate it; `problems` and `offset` tell how it went.

    `steps=False` leaves all step events out without looking into them. `most_steps` keeps the work
    bounded: a log that has more of them is sampled at even distances, always with the last step before an
    event of another type. All other events come complete.

    `offset` is the byte it begins at, and then the one after the last complete line read, where a
    `LogTail` can go on. `rest` is how many seconds to wait after each megabyte, so that other threads of the
    process get their turn.
    """

    def __init__(
        self,
        path: Path,
        *,
        steps: bool = True,
        most_steps: int | None = None,
        offset: int = 0,
        rest: float = 0.0,
    ) -> None:
        self.path = path
        self.offset = offset
        self.problems = Problems()
        self._steps = steps
        self._most_steps = most_steps
        self._rest = rest

    def __iter__(self) -> Iterator[AnyEvent]:
        """Raises RunError where the log can't be read, or is from a newer signtui."""
        try:
            with self.path.open("rb") as file:
                size = file.seek(0, 2) - self.offset
                file.seek(self.offset)
                for block in self._blocks(file):
                    for line in self._chosen(block, size):
                        event = decode_line(line, self.path, self.problems)
                        if event is not None and (self._steps or not isinstance(event, Step)):
                            yield event
        except OSError as error:
            raise unreadable(self.path, error) from error

    def _blocks(self, file: BinaryIO) -> Iterator[bytes]:
        """Whole lines, a megabyte at a time; what follows the last line end is torn."""
        rest = b""
        while chunk := file.read(CHUNK):
            lines, newline, rest = (rest + chunk).rpartition(b"\n")
            if newline:
                self.offset += len(lines) + 1
                yield lines + newline
                if self._rest:
                    time.sleep(self._rest)
            elif len(rest) > MOST_LINE:
                # No event is this long: a crash can leave a file full of zeros. Pass over it piece by piece.
                self.offset += len(rest)
                rest = b""
        self.problems.torn = len(rest)

    def _chosen(self, block: bytes, size: int) -> Iterator[bytes]:
        if self._steps and (self._most_steps is None or size <= self._most_steps * _STEP_BYTES):
            yield from block.split(b"\n")
            return
        stride = size // max(1, self._most_steps or 0) if self._steps else None
        text = b"\n" + block
        start = 1
        for other in _LINE_OF_ANOTHER_TYPE.finditer(text):
            if stride is not None:
                yield from _sampled(text, start, other.start() + 1, stride)
            yield other[0][1:]
            start = other.end() + 1
        if stride is not None:
            yield from _sampled(text, start, len(text), stride)


def _sampled(text: bytes, start: int, end: int, stride: int) -> Iterator[bytes]:
    """Lines of `text[start:end]`, about `stride` bytes apart, with the first and the last of them."""
    while start < end:
        stop = text.find(b"\n", start, end)
        yield text[start:stop]
        if stop + 1 >= end:
            return
        following = text.find(b"\n", max(stop, start + stride - 1), end) + 1
        if not 0 < following < end:
            following = text.rfind(b"\n", start, end - 1) + 1
        start = following


def read_events(
    path: Path, *, steps: bool = True, most_steps: int | None = None, problems: Problems | None = None
) -> Iterator[AnyEvent]:
    """The events of the log at `path`, in order; see `LogReader` for `steps` and `most_steps`.

    What had to be passed over is counted in `problems` where it is given.

    Raises:
        RunError: where the log can't be read, or was written by a newer signtui.
    """
    reader = LogReader(path, steps=steps, most_steps=most_steps)
    if problems is not None:
        reader.problems = problems
    return iter(reader)


class LogTail:
    """Follows a log that another thread or process is writing; `offset` is the byte it goes on from."""

    def __init__(self, path: Path, offset: int = 0) -> None:
        self.path = path
        self.offset = offset
        self.problems = Problems()

    def poll(self) -> list[AnyEvent]:
        """The events appended since the last call, a megabyte at most; none while there is no file.

        Raises:
            RunError: where the log can't be read, got shorter, or was written by a newer signtui.
        """
        try:
            with self.path.open("rb") as file:
                size = file.seek(0, 2)
                if size <= self.offset:
                    self._check_not_shorter(size)
                    return []
                file.seek(self.offset)
                chunk = file.read(CHUNK)
                if b"\n" not in chunk and len(chunk) == CHUNK:
                    chunk += file.read(MOST_LINE)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise unreadable(self.path, error) from error
        lines, newline, rest = chunk.rpartition(b"\n")
        if not newline:
            if len(rest) > MOST_LINE:  # no event is this long
                self.offset += len(rest)
            return []
        self.offset += len(lines) + 1
        found = (decode_line(line, self.path, self.problems) for line in lines.split(b"\n"))
        return [event for event in found if event is not None]

    def _check_not_shorter(self, size: int) -> None:
        if size < self.offset:
            raise RunError(
                f"the log of run {self.path.parent.name} got shorter while it was followed: open the run anew"
            )


def tail(path: Path, offset: int = 0) -> LogTail:
    """A follower of the log at `path`, from its start or from the byte that a `LogReader` came to."""
    return LogTail(path, offset)


def decode_line(line: bytes, path: Path, problems: Problems) -> AnyEvent | None:
    """The event on a line of the log at `path`, or None, counted in `problems`, where it can't be used.

    Raises:
        RunError: where it opens a log of a newer schema.
    """
    if not line.strip():
        return None
    try:
        event = events.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _second_look(line, path, problems)
    if isinstance(event, RunStarted):
        _check_schema(event.schema, path)
    return event


def _second_look(line: bytes, path: Path, problems: Problems) -> AnyEvent | None:
    """Tells a newer schema, an unknown type and garbage apart, and mends numbers that JSON can't hold."""
    try:
        peek = _peek.decode(line)
        if peek.type == RunStarted.__struct_config__.tag:
            _check_schema(peek.schema, path)
        if peek.type not in _TYPES:
            problems.unknown += 1
            return None
        plain = _nulls_as_nan(msgspec.json.decode(line))
        event: AnyEvent = msgspec.convert(plain, AnyEvent)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        problems.garbage += 1
        return None
    return event


def _nulls_as_nan(value: Any) -> Any:
    """JSON has no NaN and no infinity, and `null` stands for them; a diverging run has both."""
    if not isinstance(value, dict):
        return value
    return {
        key: math.nan if item is None and key in _NUMBERS else _nulls_as_nan(item)
        for key, item in value.items()
    }


def _check_schema(schema: int, path: Path) -> None:
    if schema > SCHEMA:
        raise RunError(
            f"run {path.parent.name} was written by a newer signtui"
            f" (schema {schema}; this one reads {SCHEMA}): upgrade signtui"
        )


def unreadable(path: Path, error: OSError) -> RunError:
    """Why the log at `path` can't be read, as a sentence."""
    name = path.parent.name
    if isinstance(error, FileNotFoundError):
        return RunError(f"run {name} has no {path.name}: it never started, or the file was deleted")
    return RunError(
        f"can't read {path.name} of run {name} ({error.strerror or error}): check the folder {path.parent}"
    )
