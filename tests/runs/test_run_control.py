"""Commands to a live run through its control file."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signtui.errors import RunError
from signtui.runs import control
from signtui.runs.control import (
    Command,
    ControlReader,
    Pause,
    Resume,
    SetEpochs,
    SetLearningRate,
    Stop,
    send,
)
from signtui.runs.folder import RunFolder

commands = st.one_of(
    st.builds(Stop, now=st.booleans()),
    st.builds(Pause),
    st.builds(Resume),
    st.builds(SetLearningRate, value=st.floats(1e-9, 100)),
    st.builds(SetEpochs, value=st.integers(1, 10_000)),
)


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path)


@given(st.lists(st.lists(commands, max_size=4), max_size=4))
def test_commands_arrive_once_in_the_order_they_were_sent(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[Command]]
) -> None:
    folder = RunFolder(tmp_path_factory.mktemp("run"))
    reader = ControlReader(folder)
    for batch in batches:
        for command in batch:
            send(folder, command)
        assert reader.poll() == batch
        assert reader.poll() == []
    assert reader.warnings == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
def test_any_shell_can_send_a_command(folder: RunFolder) -> None:
    reader = ControlReader(folder)
    for line in ('echo \'{"type":"pause"}\'', 'printf \'{"type":"learning_rate","value":1}\''):
        subprocess.run(["sh", "-c", f"{line} >> '{folder.control}'"], check=True)
    assert reader.poll() == [Pause(), SetLearningRate(1.0)]
    send(folder, Stop(now=True))  # on a line of its own, although printf left none begun
    assert reader.poll() == [Stop(now=True)]
    assert reader.warnings == []


def test_many_senders_do_not_mix_their_lines(folder: RunFolder) -> None:
    reader = ControlReader(folder)

    def work(first: int) -> None:
        for value in range(first, first + 50):
            send(folder, SetEpochs(value))

    threads = [threading.Thread(target=work, args=(first,)) for first in range(1, 201, 50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    received = reader.poll()
    assert reader.warnings == []
    assert sorted(c.value for c in received if isinstance(c, SetEpochs)) == list(range(1, 201))


def test_garbage_becomes_a_warning_and_what_follows_is_obeyed(folder: RunFolder) -> None:
    reader = ControlReader(folder)
    lines = [
        b"stop!",
        b"{}",
        b'{"type":"explode"}',
        b"\xff\x00",
        b"[" * 5000,
        b'{"type":"epochs","value":0}',
        b"",
    ]
    folder.control.write_bytes(b"\n".join([*lines, b'{"type":"stop"}']) + b"\n")
    assert reader.poll() == [Stop()]
    warnings = reader.take_warnings()
    assert len(warnings) == 6
    assert "'stop!' is no command" in warnings[0]
    assert "train.epochs can't be 0: it must be a whole number from 1 to 10,000" in warnings[5]
    assert reader.take_warnings() == []


def test_half_a_line_is_waited_for(folder: RunFolder) -> None:
    reader = ControlReader(folder)
    line = b'{"type":"epochs","value":12}\n'
    with folder.control.open("wb", buffering=0) as file:
        file.write(line[:10])
        assert reader.poll() == []
        file.write(line[10:])
        assert reader.poll() == [SetEpochs(12)]
    assert reader.poll() == []


def test_a_poll_reads_a_bounded_piece(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "MOST_BYTES", 100)
    reader = ControlReader(folder)
    folder.control.write_bytes(b'{"type":"pause"}\n' * 20 + b"x" * 1000 + b"\n" + b'{"type":"resume"}\n')
    polls = [reader.poll() for _ in range(30)]
    assert max(len(poll) for poll in polls) < 10
    assert [command for poll in polls for command in poll] == [Pause()] * 20 + [Resume()]
    assert reader.warnings


def test_what_was_meant_for_an_earlier_process_is_passed_over(folder: RunFolder) -> None:
    send(folder, Stop())
    reader = ControlReader(folder)
    assert reader.poll() == []
    send(folder, Pause())
    assert reader.poll() == [Pause()]
    assert ControlReader(folder, from_start=True).poll() == [Stop(), Pause()]


def test_the_file_goes_when_the_run_ends_and_may_be_made_anew(folder: RunFolder) -> None:
    reader = ControlReader(folder)
    send(folder, Pause())
    send(folder, Pause())
    assert len(reader.poll()) == 2
    folder.control.unlink()
    send(folder, Resume())
    assert reader.poll() == [Resume()]
    reader.close()
    assert not folder.control.exists()
    reader.close()
    assert reader.warnings == []


@pytest.mark.parametrize(
    "command", [SetEpochs(0), SetEpochs(10**9), SetLearningRate(0.0), SetLearningRate(float("nan"))]
)
def test_a_value_that_is_not_allowed_is_refused_where_it_is_sent(folder: RunFolder, command: Command) -> None:
    with pytest.raises(RunError, match=r"train\.(epochs|learning_rate) can't be .*: it must be a"):
        send(folder, command)
    assert not folder.control.exists()


def test_a_folder_that_is_gone_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="can't reach run gone"):
        send(RunFolder(tmp_path / "gone"), Pause())
