"""Making run folders and finding them again."""

import os
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from signtui.config import Config, RunSettings, resolve
from signtui.errors import ExitCode, RunError
from signtui.runs.folder import RunFolder, create_run, find_run, run_folders
from signtui.runs.labels import Labels, read_labels

NOW = datetime(2026, 11, 22, 16, 3, 55, tzinfo=UTC)


class Scripted(random.Random):
    """Draws the same words again and again, then goes on to others."""

    def __init__(self, repeats: int) -> None:
        super().__init__(0)
        self.left = 3 * repeats
        self.hex = -1

    def choice(self, seq):  # type: ignore[no-untyped-def]  # as its base class
        return seq[0]

    def randrange(self, *_):  # type: ignore[no-untyped-def]  # as its base class
        self.hex += 1
        return max(0, self.hex - self.left)


def made(directory: Path, *ids: str) -> list[RunFolder]:
    for run_id in ids:
        (directory / run_id).mkdir(parents=True)
        (directory / run_id / "config.toml").touch()
    return run_folders(directory)


def test_a_new_run_has_its_whole_configuration_beside_it(tmp_path: Path) -> None:
    folder = create_run(tmp_path / "deep" / "runs", Config(), NOW)
    assert folder.epochs.is_dir()
    assert folder.id == folder.path.name
    assert folder.id.startswith("20261122-160355-")
    assert resolve(file=folder.config, environment={}).config == Config()
    assert not folder.events.exists()


def test_notes_and_tags_of_the_settings_become_labels(tmp_path: Path) -> None:
    config = Config(runs=RunSettings(notes="wider", tags=("a", "b")))
    assert read_labels(create_run(tmp_path, config, NOW).labels) == Labels("wider", ("a", "b"))


def test_an_id_that_is_taken_is_never_given_twice(tmp_path: Path) -> None:
    source = Scripted(repeats=2)
    ids = {create_run(tmp_path, Config(), NOW, source).id for _ in range(4)}
    assert len(ids) == 4


def test_a_file_in_place_of_the_runs_directory_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("not a folder")
    with pytest.raises(
        RunError, match=r"can't make a run in .*runs \(.*\): choose a folder .* --runs-dir"
    ) as caught:
        create_run(tmp_path / "runs", Config(), NOW)
    assert caught.value.exit_code == ExitCode.USAGE
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_directory_without_write_permission_is_one_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(RunError, match="--runs-dir"):
            create_run(tmp_path, Config(), NOW)
    finally:
        tmp_path.chmod(0o700)


def test_a_run_answers_to_its_id_its_prefixes_and_its_words(tmp_path: Path) -> None:
    made(tmp_path, "20261122-160355-brisk-heron-3f", "20261123-160355-calm-otter-02")
    for name in (
        "20261122-160355-brisk-heron-3f",
        "20261122",
        "brisk",
        "brisk-heron-3f",
        "BRISK-Heron",
        str(tmp_path / "20261122-160355-brisk-heron-3f"),
        str(tmp_path / "20261122-160355-brisk-heron-3f") + os.sep,
    ):
        assert find_run(tmp_path, name).id == "20261122-160355-brisk-heron-3f", name


def test_latest_is_the_newest_also_within_one_second(tmp_path: Path) -> None:
    made(
        tmp_path,
        "20261122-160355-young-wren-01",
        "20261122-160355-amber-acorn-ff",
        "20261121-160355-wise-owl-00",
    )
    for age, run_id in enumerate(("20261122-160355-young-wren-01", "20261122-160355-amber-acorn-ff")):
        os.utime(tmp_path / run_id / "config.toml", (1e9 + age, 1e9 + age))
    assert find_run(tmp_path, "latest").id == "20261122-160355-amber-acorn-ff"
    os.utime(tmp_path / "20261122-160355-young-wren-01" / "config.toml", (1e9 + 9, 1e9 + 9))
    assert find_run(tmp_path, "latest").id == "20261122-160355-young-wren-01"


def test_a_full_id_wins_over_a_longer_one_that_starts_with_it(tmp_path: Path) -> None:
    made(tmp_path, "mine", "mine-too")
    assert find_run(tmp_path, "mine").id == "mine"


def test_an_ambiguous_name_lists_what_it_could_mean(tmp_path: Path) -> None:
    made(
        tmp_path,
        "20261122-160355-brisk-heron-3f",
        "20261123-160355-brisk-otter-02",
        "20261123-160355-calm-owl-02",
    )
    with pytest.raises(
        RunError, match="20261123-160355-brisk-otter-02, 20261122-160355-brisk-heron-3f;"
    ) as caught:
        find_run(tmp_path, "brisk")
    assert "calm-owl" not in str(caught.value)


def test_a_long_list_of_matches_is_cut_short(tmp_path: Path) -> None:
    made(tmp_path, *(f"20261122-16035{number}-brisk-heron-3f" for number in range(8)))
    with pytest.raises(RunError, match=r"20261122-160357-.* and 3 more; give more of the id"):
        find_run(tmp_path, "2026")


def test_a_typo_is_answered_with_the_nearest(tmp_path: Path) -> None:
    made(tmp_path, "20261122-160355-brisk-heron-3f", "20261123-160355-calm-owl-02")
    with pytest.raises(RunError, match=r"did you mean 20261122-160355-brisk-heron-3f\?"):
        find_run(tmp_path, "brisk-hreon-3f")
    with pytest.raises(RunError, match="`signtui runs` lists them all"):
        find_run(tmp_path, "zzzzzz")
    with pytest.raises(RunError, match="no run ''"):
        find_run(tmp_path, "")


@pytest.mark.parametrize("name", ["latest", "brisk", "20261122"])
def test_without_runs_the_answer_says_how_to_make_one(tmp_path: Path, name: str) -> None:
    with pytest.raises(RunError, match=r"no runs yet in .*: `signtui train` makes one"):
        find_run(tmp_path / "nowhere", name)


def test_other_things_in_the_directory_are_no_runs(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "20261122-160355-brisk-heron-3f").write_text("a file")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "config.toml").touch()
    assert run_folders(tmp_path) == []


def test_runs_come_oldest_first(tmp_path: Path) -> None:
    source = random.Random(5)
    ids = [create_run(tmp_path, Config(), NOW + timedelta(seconds=n), source).id for n in range(5)]
    assert [folder.id for folder in run_folders(tmp_path)] == ids
