"""How seldom a live run is looked at: by a clock that a test sets, with wishes that are only noted."""

import os
from pathlib import Path
from typing import Any

import pytest

from signtui.config import Config
from signtui.runs.control import Command, Snapshot
from signtui.runs.folder import RunFolder
from signtui.training.looks import Wish
from signtui.tui.observation import SNAPSHOT_SECONDS, Observation
from signtui.tui.scene import Scene
from signtui.tui.subject import Subject


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class Noting:
    """A looker that notes what it is asked for."""

    def __init__(self) -> None:
        self.wishes: list[Wish] = []

    def wish(self, wish: Wish) -> None:
        self.wishes.append(wish)


class Watching:
    """Someone who looks at a live run."""

    def __init__(self, folder: RunFolder) -> None:
        self.clock, self.looker, self.sent = Clock(), Noting(), list[Command]()
        looker: Any = self.looker
        self.observation = Observation(Scene(), looker, self.clock)
        self.folder = folder
        self.observation.take(Subject(Config(), folder, ("A", "B"), 28, live=True))

    def tick(self, after: float = 0.0) -> None:
        self.clock.now += after
        self.observation.tick(self.sent.append)

    def leave_weights(self) -> None:
        self.folder.now.touch()
        os.utime(self.folder.now, ns=(0, int(self.clock.now * 1e9)))


@pytest.fixture
def watching(tmp_path: Path) -> Watching:
    folder = RunFolder(tmp_path / "20261122-160355-brisk-heron-3f")
    folder.epochs.mkdir(parents=True)
    return Watching(folder)


def test_weights_are_asked_for_once_until_they_come(watching: Watching) -> None:
    watching.tick()
    for _ in range(3):
        watching.tick(0.5)
    assert watching.sent == [Snapshot()]
    watching.leave_weights()
    watching.tick(0.5)
    assert watching.looker.wishes[-1].weights == watching.folder.now


def test_a_run_that_does_not_answer_is_asked_again_after_a_while(watching: Watching) -> None:
    watching.tick()
    watching.tick(5.0)
    assert watching.sent == [Snapshot()] * 2


def test_a_look_that_takes_long_is_not_soon_followed_by_another(watching: Watching) -> None:
    watching.leave_weights()
    watching.tick()
    asked = len(watching.looker.wishes)
    watching.observation.drawn_in(0.2)
    for _ in range(9):
        watching.leave_weights()
        watching.tick(1.0)
    assert len(watching.looker.wishes) == asked
    watching.leave_weights()
    watching.tick(1.5)
    assert len(watching.looker.wishes) == asked + 1


def test_a_quick_look_is_followed_by_the_next_after_a_second(watching: Watching) -> None:
    watching.leave_weights()
    watching.tick()
    watching.observation.drawn_in(0.001)
    asked = len(watching.sent)
    watching.clock.now += 0.5
    watching.leave_weights()
    watching.tick()
    assert len(watching.sent) == asked
    watching.tick(SNAPSHOT_SECONDS - 0.5)
    assert len(watching.sent) == asked + 1


def test_a_run_that_is_over_is_asked_for_nothing(watching: Watching) -> None:
    watching.observation.take(Subject(Config(), watching.folder, ("A", "B"), 28, live=False))
    watching.tick(10)
    assert watching.sent == []
