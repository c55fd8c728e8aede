"""Every test of the data room has a cache of its own; the published data set is loaded once for all."""

from pathlib import Path

import pytest
from image_files import real_data_directory

from signtui.data.images import Dataset
from signtui.data.source import load_dataset


@pytest.fixture(scope="session")
def published_dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIGNTUI_CACHE_DIR", str(tmp_path_factory.mktemp("published_cache")))
        return load_dataset(real_data_directory())


@pytest.fixture(autouse=True)
def cache_directory(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    directory = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("SIGNTUI_CACHE_DIR", str(directory))
    return directory
