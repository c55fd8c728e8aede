"""What is kept of live mode's tries, and that nothing else is ever deleted."""

from run_events import ended as run_ended
from run_events import epoch_ended
from run_events import started as run_started

from signtui.events import encode
from signtui.runs.folder import RunFolder, run_folders
from signtui.runs.liveness import write_heartbeat
from signtui.runs.tries import KEPT, prune, tries_directory


def a_try(directory, number, *, live=False):
    folder = RunFolder(directory / f"20261122-1000{number:02}-brisk-heron-{number:02}")
    folder.path.mkdir(parents=True)
    events = [run_started(), epoch_ended(1)]
    folder.events.write_bytes(
        b"".join(encode(e) + b"\n" for e in [*events, *([] if live else [run_ended()])])
    )
    if live:
        write_heartbeat(folder)
    return folder


def test_only_the_newest_are_kept_and_they_are_in_no_list_of_runs(tmp_path):
    directory = tries_directory(str(tmp_path))
    made = [a_try(directory, number) for number in range(KEPT + 3)]
    assert prune(directory) == [folder.id for folder in made[:3]]
    assert [folder.id for folder in run_folders(directory)] == [folder.id for folder in made[3:]]
    assert run_folders(tmp_path) == []
    assert prune(directory) == []


def test_a_try_that_is_on_and_what_is_no_try_stay(tmp_path):
    directory = tries_directory(str(tmp_path))
    live = a_try(directory, 0, live=True)
    mine = directory / "my notes"
    mine.mkdir()
    (mine / "config.toml").write_text("")
    outside = a_try(tmp_path / "elsewhere", 50)
    (directory / "20261122-100001-brisk-heron-99").symlink_to(outside.path)
    for number in range(2, 10):
        a_try(directory, number)
    prune(directory, 1)
    assert live.events.exists()
    assert mine.exists()
    assert outside.events.exists()


def test_nothing_is_deleted_in_any_other_directory(tmp_path):
    for number in range(KEPT + 3):
        a_try(tmp_path, number)
    assert prune(tmp_path) == []
    assert prune(tmp_path / ".live") == []
    assert len(run_folders(tmp_path)) == KEPT + 3
