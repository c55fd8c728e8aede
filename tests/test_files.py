"""Files written whole or not at all."""

import os
import subprocess
import sys

import pytest

from signtui.files import atomic_path, write_atomic


@pytest.mark.parametrize("data", [b"\x00\xff", "grüße\r\n"])
def test_content_is_written_as_it_is(tmp_path, data) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    write_atomic(path, data)
    assert path.read_bytes() == (data if isinstance(data, bytes) else data.encode())
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_a_failing_writer_leaves_the_old_file_and_nothing_else(tmp_path) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def write_half() -> None:
        with atomic_path(path) as temporary:
            temporary.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_a_writer_that_writes_nothing_is_an_error(tmp_path) -> None:
    with pytest.raises(FileNotFoundError), atomic_path(tmp_path / "file"):
        pass
    assert not list(tmp_path.iterdir())


def test_a_missing_folder_is_an_error(tmp_path) -> None:
    with pytest.raises(FileNotFoundError):
        write_atomic(tmp_path / "absent" / "file", b"data")


def test_a_process_killed_while_writing_leaves_the_old_file(tmp_path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    program = (
        "import os, signal, sys; from pathlib import Path; from signtui.files import atomic_path\n"
        "with atomic_path(Path(sys.argv[1])) as temporary:\n"
        "    temporary.write_text('half'); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert subprocess.run([sys.executable, "-c", program, str(path)], check=False).returncode != 0
    assert path.read_text() == "old"


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_the_file_gets_the_usual_permissions(tmp_path) -> None:
    plain, written = tmp_path / "plain", tmp_path / "written"
    plain.write_text("x")
    write_atomic(written, "x")
    assert written.stat().st_mode == plain.stat().st_mode
