"""Whether a run still lives: its process leaves a heartbeat in the folder, and anyone can check it.

On the machine the run lives on, its process is looked up by id and start, so a reused id is not mistaken
for it. From another machine (a shared disk) only the age of the heartbeat tells.
"""

import os
import socket
import time
from pathlib import Path

import msgspec

from signtui.files import write_atomic
from signtui.runs.folder import RunFolder
from signtui.runs.state import RunState, Status

HEARTBEAT_SECONDS = 10.0
"""How often a live run should renew its heartbeat."""

STALE_SECONDS = 30.0
"""A heartbeat older than this, from another machine, is of a run that is gone."""

_SAME_START_SECONDS = 2.0
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Heartbeat(msgspec.Struct, frozen=True):
    """The process a run lives in.

    `process_start` is in seconds after the machine's boot, which setting the clock does not move;
    `boot_id` tells one boot of `host` from the next; `time` is in seconds since 1970.
    """

    pid: int
    process_start: float
    boot_id: str
    host: str
    time: float


_decoder = msgspec.json.Decoder(Heartbeat)


def write_heartbeat(folder: RunFolder, now: float | None = None) -> None:
    """Say that the run in `folder` lives in this process.

    Raises:
        OSError: where the folder can't be written.
    """
    pid = os.getpid()
    beat = Heartbeat(
        pid=pid,
        process_start=_process_start(pid) or 0.0,
        boot_id=boot_id(),
        host=socket.gethostname(),
        time=time.time() if now is None else now,
    )
    write_atomic(folder.heartbeat, msgspec.json.encode(beat) + b"\n")


def read_heartbeat(folder: RunFolder) -> Heartbeat | None:
    """The last heartbeat, or None where there is none that can be read."""
    try:
        return _decoder.decode(folder.heartbeat.read_bytes())
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def status(folder: RunFolder, state: RunState, now: float | None = None) -> Status:
    """How the run stands: by its last event, or else by whether its process still lives."""
    if state.ended is not None:
        return state.status
    if state.started is None and folder.error.exists():
        return "failed"
    return state.status if is_alive(folder, state, now) else "lost"


def is_alive(folder: RunFolder, state: RunState, now: float | None = None) -> bool:
    """Whether the process that the run's heartbeat (or else its `run_started`) names still lives."""
    now = time.time() if now is None else now
    beat = read_heartbeat(folder)
    if beat is None:
        return _is_starting(folder, state, now)
    if beat.host == socket.gethostname() and beat.boot_id == boot_id():
        start = _process_start(beat.pid)
        return start is not None and abs(start - beat.process_start) <= _SAME_START_SECONDS
    return now - beat.time < STALE_SECONDS


def _is_starting(folder: RunFolder, state: RunState, now: float) -> bool:
    """Without a heartbeat: the process that `run_started` names lives, or the run is that young."""
    if state.started is None:
        try:
            return now - folder.path.stat().st_mtime < STALE_SECONDS
        except OSError:
            return False
    if state.host != socket.gethostname():
        return now - state.last < STALE_SECONDS
    start = _process_start(state.pid)
    # A process that began after the run did is another one, under a reused id.
    return start is not None and _boot_time() + start <= state.session_started + _SAME_START_SECONDS


def boot_id() -> str:
    """What tells this boot of the machine from any other."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return f"{_boot_time():.0f}"


def _boot_time() -> float:
    import psutil  # noqa: PLC0415 - as below

    return float(psutil.boot_time())


def _process_start(pid: int) -> float | None:
    """Seconds from the machine's boot to the start of process `pid`, or None where there is no such process.

    A process that has ended and waits to be collected by its parent counts as gone.
    """
    import psutil  # noqa: PLC0415 - a list of finished runs does without its tens of milliseconds

    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return float(process.create_time() - psutil.boot_time())
    except (psutil.Error, ValueError, OverflowError):
        return None
