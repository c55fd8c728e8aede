"""A few steps out of a run's log, however long it is: found by bisection, sampled where they are many.

Steps only rise along a log, but for a resume, which goes back. So the log is taken in stretches, each begun
by a `run_started`; of an earlier stretch only the steps up to where a later one went on still count.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from signtui.events import AnyEvent, RunStarted, Step
from signtui.runs.history import StepPoint, point_of
from signtui.runs.log import MOST_LINE, Problems, decode_line, unreadable

MOST_POINTS = 2000
"""Points that a window holds unless told otherwise: more than the widest chart can show."""

_NEAR = 4096  # bytes; a stretch this short is read rather than halved
_BLOCK = 1024  # bytes read at first to find a step: a few lines
_LARGEST_BLOCK = 1 << 20
_LINE_BYTES = 320  # a step line is shorter than this
_END = 1 << 16  # bytes at the end of a log that are looked at for its latest events
_OPENING = b"run_started"


class _Numbered(msgspec.Struct):
    type: str
    step: int = 0


_numbered = msgspec.json.Decoder(_Numbered)


@dataclass(frozen=True)
class StepWindow:
    """The logged steps from `first` to `last`, in order; `complete`: every one of them, none left out."""

    first: int
    last: int
    points: tuple[StepPoint, ...] = ()
    complete: bool = True


@dataclass(frozen=True)
class _Stretch:
    """Bytes `begin` to `end` of the log, whose steps above `after` and up to `until` count."""

    begin: int
    end: int
    after: float
    until: float


class WindowReader:
    """Reads windows of the log at `path`, which may be growing. `bytes_read` counts what that took so far.

    One thread at a time.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bytes_read = 0
        self._scanned = 0  # the byte up to which resumes have been looked for
        self._openings: list[tuple[int, int]] = []  # byte and step of each run_started before it

    def read(self, first: int, last: int, most: int = MOST_POINTS, *, resumed: bool = False) -> StepWindow:
        """The steps from `first` to `last`: all of them, or about `most` at even distances.

        The work grows with `most`, hardly with the log. Only the first window of a run that was `resumed`
        costs a look over the whole log, for where.

        Raises:
            RunError: where the log can't be read.
        """
        try:
            with self.path.open("rb", buffering=0) as file:
                size = file.seek(0, 2)
                stretches = self._stretches(file, size) if resumed else [_Stretch(0, size, 0, last)]
                return self._window(file, stretches, first, last, most)
        except OSError as error:
            raise unreadable(self.path, error) from error

    def glance(self, most: int = MOST_POINTS) -> list[AnyEvent]:
        """A first impression of the run: its start, about `most` steps at even distances, its latest events.

        Empty of a log that does not begin with a `run_started`.

        Raises:
            RunError: where the log can't be read, or was written by a newer signtui.
        """
        try:
            with self.path.open("rb", buffering=0) as file:
                size = file.seek(0, 2)
                opening = next((line for _, line in self._lines(file, 0, size, _LARGEST_BLOCK)), b"")
                started = self._event(opening)
                if not isinstance(started, RunStarted):
                    return []
                steps = [self._event(line) for line in self._sampled(file, len(opening), size, most)]
                end = [self._event(line) for _, line in self._lines(file, max(0, size - _END), size, _END)]
        except OSError as error:
            raise unreadable(self.path, error) from error
        counting: list[Step] = []
        for step in reversed(steps):  # what a later resume took back does not count
            if isinstance(step, Step) and (not counting or step.step < counting[-1].step):
                counting.append(step)
        latest = [event for event in end if event is not None and not isinstance(event, RunStarted)]
        return [started, *reversed(counting), *latest]

    def _event(self, line: bytes) -> AnyEvent | None:
        return decode_line(line, self.path, Problems())

    def _window(
        self, file: BinaryIO, stretches: list[_Stretch], first: int, last: int, most: int
    ) -> StepWindow:
        parts = []
        for stretch in stretches:
            low, high = max(first, int(stretch.after) + 1), int(min(last, stretch.until))
            if low <= high:
                begin, end = self._byte_range(file, stretch, low, high)
                parts.append((begin, end, low, high))
        total = sum(end - begin for begin, end, _, _ in parts)
        points: list[StepPoint] = []
        complete = True
        lines: Iterable[bytes]
        for begin, end, low, high in parts:
            if total <= most * _LINE_BYTES:
                lines = (line for _, line in self._lines(file, begin, end, end - begin + _BLOCK))
            else:
                lines = self._sampled(file, begin, end, max(2, most * (end - begin) // total))
                complete = False
            for point in _points(lines, self.path):
                if low <= point.step <= high and (not points or point.step > points[-1].step):
                    points.append(point)
        if len(points) > most:
            points, complete = [points[index * len(points) // most] for index in range(most)], False
        return StepWindow(first, last, tuple(points), complete)

    def _sampled(self, file: BinaryIO, begin: int, end: int, count: int) -> Iterator[bytes]:
        """About `count` step lines at even distances."""
        for index in range(count):
            at = begin + index * (end - begin) // count
            found = next(self._steps(file, at, end), None)
            if found is not None:
                yield found[2]

    def _byte_range(self, file: BinaryIO, stretch: _Stretch, first: int, last: int) -> tuple[int, int]:
        """Between which bytes the steps `first` to `last` begin, with a few of their neighbours."""
        begin, _ = self._bisect(file, stretch.begin, stretch.end, first)
        _, end = self._bisect(file, begin, stretch.end, last + 1)
        return begin, end

    def _bisect(self, file: BinaryIO, low: int, high: int, step: int) -> tuple[int, int]:
        """Two near places: what is before `step` begins before the second, the rest after the first."""
        while high - low > _NEAR:
            middle = (low + high) // 2
            found = next(self._steps(file, middle, high), None)
            if found is None or found[1] >= step:
                high = middle
            else:
                low = found[0]
        return low, high

    def _steps(self, file: BinaryIO, begin: int, end: int) -> Iterator[tuple[int, int, bytes]]:
        """Byte, number and line of each step whose line begins from `begin` on and before `end`."""
        for at, line in self._lines(file, begin, end, _BLOCK):
            if b'"step"' in line:
                try:
                    numbered = _numbered.decode(line)
                except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                    continue
                if numbered.type == "step":
                    yield at, numbered.step, line

    def _lines(self, file: BinaryIO, begin: int, end: int, block: int) -> Iterator[tuple[int, bytes]]:
        """Byte and text of each whole line that begins from `begin` on and before `end`."""
        # The byte before tells whether a line begins right at `begin`.
        at, within = (begin - 1, True) if begin else (0, False)
        text = b""
        while True:
            file.seek(at + len(text))
            more = file.read(block)
            self.bytes_read += len(more)
            if not more:
                return
            *lines, text = (text + more).split(b"\n")
            for line in lines:
                if at >= end:
                    return
                if not within:
                    yield at, line
                within = False
                at += len(line) + 1
            if at >= end:
                return
            if within or len(text) > MOST_LINE:  # no event is that long
                at, text, within = at + len(text), b"", True
            block = min(2 * block, _LARGEST_BLOCK)

    def _stretches(self, file: BinaryIO, size: int) -> list[_Stretch]:
        """The log from each `run_started` to the next, what has grown since the last call looked over."""
        if size < self._scanned:  # another log in its place
            self._scanned, self._openings = 0, []
        self._look_for_openings(file)
        # Nothing comes before the first one, even where it says that it goes on from a step.
        openings = [(0, 0), *self._openings[1:]]
        ends = [at for at, _ in openings[1:]] + [size]
        stretches, until = [], float("inf")
        for (begin, after), end in zip(reversed(openings), reversed(ends), strict=True):
            stretches.append(_Stretch(begin, end, after, until))
            until = min(until, after)
        return stretches[::-1]

    def _look_for_openings(self, file: BinaryIO) -> None:
        file.seek(self._scanned)
        rest = b""
        while more := file.read(_LARGEST_BLOCK):
            self.bytes_read += len(more)
            text, newline, rest = (rest + more).rpartition(b"\n")
            found = text.find(_OPENING)
            while found >= 0:
                begin = text.rfind(b"\n", 0, found) + 1
                end = text.find(b"\n", found)
                line = text[begin:] if end < 0 else text[begin:end]
                event = self._event(line)
                if isinstance(event, RunStarted):
                    self._openings.append((self._scanned + begin, event.resumed_at or 0))
                found = text.find(_OPENING, begin + len(line))
            if newline:
                self._scanned += len(text) + 1
            elif len(rest) > MOST_LINE:
                self._scanned, rest = self._scanned + len(rest), b""


def _points(lines: Iterable[bytes], path: Path) -> Iterator[StepPoint]:
    problems = Problems()
    for line in lines:
        event = decode_line(line, path, problems) if b'"step"' in line else None
        if isinstance(event, Step):
            yield point_of(event)
