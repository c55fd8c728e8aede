"""Sessions on a data set that a tiny network learns in a second."""

import pytest
from msgspec.structs import replace
from recorded_reading import record_reading

from signtui.config import Assignment, resolve
from signtui.training.session import TrainingSession


@pytest.fixture
def config_for(tiny_run):
    def make(**changes):
        settings = tiny_run | {
            "model.head.pooling": "flatten",
            "augment.rotation": "3",
            "augment.shift": "0.02",
            "train.epochs": "3",
            "train.learning_rate": "0.01",
            "train.clean_images": "64",
        }
        settings |= {key.replace("__", "."): str(value) for key, value in changes.items()}
        return resolve(
            [Assignment(key, value, "test") for key, value in settings.items()], environment={}
        ).config

    return make


@pytest.fixture
def train(config_for):
    """Runs a session to its end: (session, events). `steer(session, event)` is called with each event."""

    def go(steer=None, session=None, **changes):
        session = session or TrainingSession.open(config_for(**changes))
        session.start()
        events = []
        for event in session.mailbox.until_ended():
            events.append(event)
            if steer:
                steer(session, event)
        assert session.join(30)
        return session, events

    return go


def with_train(config, **changes):
    """`config` with other training settings."""
    return replace(config, train=replace(config.train, **changes))


@pytest.fixture
def read(monkeypatch):
    """What every network and every augmentation is given from now on, image by image, in order."""
    return record_reading(monkeypatch)
