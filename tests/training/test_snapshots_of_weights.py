"""The present weights of a live run: asked for by a command, left in its folder, gone at its end."""

import torch

from signtui.events import EpochEnded, Mark, Samples
from signtui.model.weights import load_network
from signtui.runs.control import Pause, Resume, Snapshot, Stop, send
from signtui.training.session import TrainingSession
from signtui.training.snapshots import LARGEST_SHARE, SHORTEST_SECONDS, Snapshots


class Clock:
    """A clock that a test sets."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_many_wishes_are_one_snapshot_and_none_comes_unasked():
    clock, written = Clock(), []
    snapshots = Snapshots(clock)
    snapshots.grant(lambda: written.append(clock.now))
    assert written == []
    for _ in range(5):
        snapshots.wish()
    for _ in range(3):
        snapshots.grant(lambda: written.append(clock.now))
    assert written == [100.0]


def test_a_wish_that_comes_too_soon_is_granted_when_it_is_time():
    clock, written = Clock(), []
    snapshots = Snapshots(clock)
    for moment in (0.0, 0.4, 0.6, SHORTEST_SECONDS):
        clock.now = 100 + moment
        snapshots.wish()
        snapshots.grant(lambda: written.append(clock.now))
    assert written == [100.0, 100 + SHORTEST_SECONDS]


def test_what_takes_long_to_write_is_written_seldom():
    clock, written = Clock(), []

    def slowly() -> None:
        written.append(clock.now)
        clock.now += 0.5

    snapshots = Snapshots(clock)
    snapshots.wish()
    snapshots.grant(slowly)
    clock.now += 0.5 / LARGEST_SHARE - 1
    snapshots.wish()
    snapshots.grant(slowly)
    assert len(written) == 1
    clock.now += 1
    snapshots.grant(slowly)
    assert len(written) == 2


def test_a_run_asked_for_a_snapshot_leaves_a_network_and_takes_it_away_at_the_end(config_for, train):
    session = TrainingSession.open(config_for(train__epochs=3000))
    seen = []

    def steer(session, event):
        if isinstance(event, Samples):
            assert not session.folder.now.exists()
            session.control.send(Snapshot())
        if session.folder.now.exists() and not seen:
            network, metadata = load_network(session.folder.now)
            seen.append(metadata.epoch)
            kinds = {tensor.dtype for tensor in network.state_dict().values()}
            assert torch.float32 in kinds
            session.control.send(Stop())
        if isinstance(event, EpochEnded) and event.epoch > 2000:
            session.control.send(Stop())

    session, _ = train(steer, session)
    assert seen
    assert seen[0] >= 1
    assert not session.folder.now.exists()


def test_a_paused_run_gives_its_weights_to_who_asks_through_its_folder(config_for, train):
    session = TrainingSession.open(config_for(train__epochs=2))

    def steer(session, event):
        if isinstance(event, Samples):
            session.control.send(Pause())
        if isinstance(event, Mark) and event.kind == "pause":
            send(session.folder, Snapshot())
            for _ in range(200):
                if session.folder.now.exists():
                    break
                session._thread.join(0.05)  # the session's own clock: it waits for commands meanwhile
            found.append(session.folder.now.exists())
            session.control.send(Resume())

    found: list[bool] = []
    train(steer, session)
    assert found == [True]


def test_snapshots_change_nothing_of_what_is_learned(train):
    def steer(session, event):
        session.control.send(Snapshot())

    quiet, _ = train()
    asked, _ = train(steer)
    first, second = (load_network(session.folder.best)[0].state_dict() for session in (quiet, asked))
    assert all(torch.equal(first[name], second[name]) for name in first)
