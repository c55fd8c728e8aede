"""Commands to a live run from outside its process: lines of JSON appended to the folder's `control` file.

Any shell can send one: `echo '{"type":"pause"}' >> runs/ID/control`.
"""

import os

import msgspec

from signtui.config import SETTINGS
from signtui.errors import RunError
from signtui.runs.folder import RunFolder

MOST_BYTES = 64 << 10
"""Read from the control file at one poll; a longer line is no command."""


class Stop(msgspec.Struct, frozen=True, tag="stop"):
    """Finish this step, save, score the best weights and end; `now` leaves the scoring out."""

    now: bool = False


class Pause(msgspec.Struct, frozen=True, tag="pause"):
    """Wait after this step."""


class Resume(msgspec.Struct, frozen=True, tag="resume"):
    """Go on after a pause."""


class SetLearningRate(msgspec.Struct, frozen=True, tag="learning_rate"):
    """Train on with this learning rate at the top of the schedule."""

    value: float


class SetEpochs(msgspec.Struct, frozen=True, tag="epochs"):
    """Plan this many epochs in all."""

    value: int


class Snapshot(msgspec.Struct, frozen=True, tag="snapshot"):
    """Leave the present weights in `now.safetensors`, once; a run does so at most about once a second."""


Command = Stop | Pause | Resume | SetLearningRate | SetEpochs | Snapshot

_SETTINGS: dict[type, str] = {SetLearningRate: "train.learning_rate", SetEpochs: "train.epochs"}
_decoder = msgspec.json.Decoder(Command)


def checked(command: Command) -> Command:
    """`command`, if its value is one that its setting takes.

    Raises:
        RunError: where it is not; the message says what is.
    """
    if isinstance(command, SetLearningRate | SetEpochs):
        setting = SETTINGS[_SETTINGS[type(command)]]
        try:
            setting.parse(command.value)
        except ValueError as allowed:
            raise RunError(f"{setting.key} can't be {command.value}: it must be {allowed}") from None
    return command


def send(folder: RunFolder, command: Command) -> None:
    """Append `command` to the run's control file, in one write.

    Raises:
        RunError: where its value is not allowed, or the file can't be written.
    """
    line = msgspec.json.encode(checked(command)) + b"\n"
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(folder.control, flags, 0o666)
        try:
            size = os.lseek(descriptor, 0, os.SEEK_END)
            if size and _byte_at(descriptor, size - 1) != b"\n":  # `printf` by hand leaves no line end
                line = b"\n" + line
            os.write(descriptor, line)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise RunError(
            f"can't reach run {folder.id} through {folder.control} ({error.strerror or error}):"
            " you need to be able to write to its folder"
        ) from error


def _byte_at(descriptor: int, offset: int) -> bytes:
    os.lseek(descriptor, offset, os.SEEK_SET)
    return os.read(descriptor, 1)


class ControlReader:
    """The run's end of its control file: what was sent since the last `poll`.

    What the file holds when the reader is made was meant for an earlier process of the run and is passed
    over, unless `from_start`. `warnings` keeps a sentence for each line that was no command.
    """

    def __init__(self, folder: RunFolder, *, from_start: bool = False) -> None:
        self.folder = folder
        self.warnings: list[str] = []
        self._offset = 0 if from_start else self._size()

    def poll(self) -> list[Command]:
        """The commands that came since the last call, in order; cheap enough for every step."""
        size = self._size()
        if size == self._offset:
            return []
        if size < self._offset:  # deleted or made anew
            self._offset = 0
        try:
            with self.folder.control.open("rb") as file:
                file.seek(self._offset)
                text = file.read(MOST_BYTES)
        except OSError:
            return []
        lines, newline, rest = text.rpartition(b"\n")
        self._offset += len(lines) + len(newline)
        commands = [command for line in lines.splitlines() if (command := self._command(line)) is not None]
        return commands + self._unfinished(rest)

    def take_warnings(self) -> list[str]:
        """The warnings so far, each given once."""
        taken, self.warnings = self.warnings, []
        return taken

    def close(self) -> None:
        """Remove the file: the run listens no longer."""
        try:
            self.folder.control.unlink(missing_ok=True)
        except OSError as error:
            self.warnings.append(f"can't remove {self.folder.control} ({error.strerror or error})")

    def _unfinished(self, rest: bytes) -> list[Command]:
        """A last line without its end counts if it is whole, as JSON can tell; else the rest is awaited."""
        try:
            command = checked(_decoder.decode(rest))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, RunError):
            if len(rest) >= MOST_BYTES:
                self._offset += len(rest)
                self.warnings.append(f"control: a line of more than {MOST_BYTES:,} bytes is no command")
            return []
        self._offset += len(rest)
        return [command]

    def _command(self, line: bytes) -> Command | None:
        if not line.strip():
            return None
        try:
            return checked(_decoder.decode(line))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            shown = line[:60].decode(errors="replace")
            self.warnings.append(f"control: {shown!r} is no command ({error})")
        except RunError as error:
            self.warnings.append(f"control: {error}")
        return None

    def _size(self) -> int:
        try:
            return self.folder.control.stat().st_size
        except OSError:
            return 0
