"""Every test of the data room has a cache of its own."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def cache_directory(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    directory = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("SIGNTUI_CACHE_DIR", str(directory))
    return directory
