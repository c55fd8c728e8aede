"""Every test of the command line has a directory of its own; one finished run is there for all."""

import io
import os
import shutil
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from commands import SMALL, Signtui

from signtui.cli.application import run


def clean_environment(patch: pytest.MonkeyPatch, cache: Path, home: Path) -> None:
    state = os.environ.get("SIGNTUI_STATE_DIR", str(home))
    for name in os.environ:
        if name.startswith("SIGNTUI_"):
            patch.delenv(name)
    patch.setenv("SIGNTUI_CACHE_DIR", str(cache))
    patch.setenv("SIGNTUI_STATE_DIR", state)
    patch.setenv("XDG_DATA_HOME", str(home))
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"):
        patch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def cache(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("cli-cache")


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path, tmp_path_factory, monkeypatch, cache) -> None:
    monkeypatch.chdir(tmp_path)
    clean_environment(monkeypatch, cache, tmp_path_factory.mktemp("home"))


@pytest.fixture
def signtui(capsys) -> Signtui:
    return Signtui(capsys)


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory, cache) -> Path:
    """The folder of a run of two epochs on synthetic hands."""
    runs = tmp_path_factory.mktemp("finished") / "runs"
    with (
        pytest.MonkeyPatch.context() as patch,
        redirect_stdout(io.StringIO()),
        redirect_stderr(io.StringIO()),
    ):
        clean_environment(patch, cache, runs)
        patch.chdir(runs.parent)
        assert (
            run(["train", *SMALL, "--epochs=2", "--notes=for tests", "--tags=small", f"--runs-dir={runs}"])
            == 0
        )
    (folder,) = runs.iterdir()
    return folder


@pytest.fixture
def one_run(finished_run, tmp_path) -> str:
    """The id of a finished run in ./runs, the test's own to change."""
    shutil.copytree(finished_run, tmp_path / "runs" / finished_run.name)
    return finished_run.name
