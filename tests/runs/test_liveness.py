"""Telling a run that lives from one that is gone."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from run_events import START, ended, mark, started, step

from signtui.files import write_atomic
from signtui.runs import liveness
from signtui.runs.folder import RunFolder
from signtui.runs.liveness import Heartbeat, boot_id, read_heartbeat, status, write_heartbeat
from signtui.runs.state import RunState

RUNNING = RunState.of([started(), step(1)])
PAUSED = RunState.of([started(), step(1), mark("pause", 1)])


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path)


@pytest.fixture
def process(folder: RunFolder) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has written the run's heartbeat and goes on living."""
    program = (
        "import sys; from pathlib import Path; from signtui.runs.folder import RunFolder\n"
        "from signtui.runs.liveness import write_heartbeat\n"
        "write_heartbeat(RunFolder(Path(sys.argv[1]))); print('beating', flush=True); sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program, str(folder.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"beating\n"
        yield child
        child.kill()


def beat(folder: RunFolder, **changes: object) -> None:
    write_heartbeat(folder)
    current = read_heartbeat(folder)
    assert current is not None
    write_atomic(folder.heartbeat, msgspec.json.encode(replace(current, **changes)))


def test_a_killed_process_leaves_its_run_lost(folder: RunFolder, process: subprocess.Popen[bytes]) -> None:
    assert status(folder, RUNNING) == "running"
    assert status(folder, PAUSED) == "paused"
    process.kill()
    # Killed but not yet collected by its parent, it is as gone as afterwards.
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert status(folder, RUNNING) == "lost"
    process.wait()
    assert status(folder, RUNNING) == "lost"
    assert status(folder, PAUSED) == "lost"


def test_a_run_that_ended_is_not_asked_for_its_process(folder: RunFolder) -> None:
    for reason, expected in (("stopped", "stopped"), ("terminated", "interrupted"), ("failed", "failed")):
        assert status(folder, RunState.of([started(), ended(reason)])) == expected


def test_this_process_lives(folder: RunFolder) -> None:
    write_heartbeat(folder)
    assert status(folder, RUNNING) == "running"
    # Hours without an event (a pause, a slow epoch) change nothing.
    assert status(folder, RUNNING, now=START + 1e6) == "running"


def test_a_reused_process_id_is_not_mistaken_for_the_run(folder: RunFolder) -> None:
    current = read_heartbeat(folder)
    assert current is None
    beat(folder, process_start=1e9)
    assert status(folder, RUNNING) == "lost"


def test_from_another_machine_the_age_of_the_heartbeat_tells(folder: RunFolder) -> None:
    beat(folder, host="elsewhere", boot_id="another", pid=2**22, time=1000.0)
    assert status(folder, RUNNING, now=1029.0) == "running"
    assert status(folder, PAUSED, now=1029.0) == "paused"
    assert status(folder, RUNNING, now=1031.0) == "lost"


def test_after_a_reboot_the_run_is_lost(folder: RunFolder) -> None:
    beat(folder, boot_id="the boot before", time=1000.0)
    assert status(folder, RUNNING, now=1100.0) == "lost"


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"pid": "x"}', b"\xff"])
def test_a_damaged_heartbeat_counts_as_none(folder: RunFolder, content: bytes) -> None:
    folder.heartbeat.write_bytes(content)
    assert read_heartbeat(folder) is None


def test_before_the_first_heartbeat_the_process_of_its_start_tells(folder: RunFolder) -> None:
    here = os.getpid()
    just_now = RunState.of([started(pid=here, time=4e9)])
    assert status(folder, just_now) == "running"
    before_this_process_began = RunState.of([started(pid=here, time=1e9)])
    assert status(folder, before_this_process_began) == "lost"
    elsewhere = RunState.of([started(pid=here, host="elsewhere")])
    assert status(folder, elsewhere, now=START + 5) == "running"
    assert status(folder, elsewhere, now=START + 60) == "lost"


def test_a_folder_without_a_word_is_starting_then_lost_or_failed(folder: RunFolder) -> None:
    made = folder.path.stat().st_mtime
    assert status(folder, RunState(), now=made + 1) == "running"
    assert status(folder, RunState(), now=made + 100) == "lost"
    folder.error.write_text("Traceback")
    assert status(folder, RunState(), now=made + 1) == "failed"


def test_a_boot_is_known_without_linux_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(liveness, "_BOOT_ID", Path("/nowhere/boot_id"))
    assert boot_id() == boot_id()
    assert int(boot_id()) > 0


def test_a_heartbeat_is_what_it_says(folder: RunFolder) -> None:
    write_heartbeat(folder, now=123.0)
    found = read_heartbeat(folder)
    assert isinstance(found, Heartbeat)
    assert (found.pid, found.time) == (os.getpid(), 123.0)
    assert found.process_start > 0
