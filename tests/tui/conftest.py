"""Tests of the dashboard wait for what it has to do and no longer; its pictures are kept as text."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from idle import until_idle
from pictures import TextPicture
from recorded_run import START
from syrupy.assertion import SnapshotAssertion


@pytest.fixture(autouse=True)
def _quick_pilot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textual.pilot.wait_for_idle", until_idle)
    monkeypatch.setattr("textual.app.wait_for_idle", until_idle)


@pytest.fixture
def picture_snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Snapshots as text, so that a review shows what changed on the screen."""
    return snapshot.use_extension(TextPicture)


@pytest.fixture
def standing_clock(tmp_path: Path) -> Iterator[None]:
    """In a folder of its own, an hour after the recorded run began, in UTC."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time", lambda: START + 3600)
        patch.setenv("SIGNTUI_CACHE_DIR", str(tmp_path / "cache"))
        patch.setenv("TZ", "UTC")
        patch.chdir(tmp_path)
        time.tzset()
        yield
    time.tzset()
