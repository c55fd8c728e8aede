"""A run that learns from synthetic hands beside its own images."""

import torch

from signtui.events import RunStarted
from signtui.training.material import gather


def test_added_hands_are_trained_on_and_nothing_else(config_for):
    common = {
        "data__directory": "",
        "data__source": "synthetic",
        "data__synthetic_images": 480,
        "train__clean_images": -1,
    }
    alone = gather(config_for(**common))
    both = gather(config_for(**common, augment__synthetic=240))
    assert both.facts().train_images == alone.facts().train_images + 240
    assert both.facts().added_images == 240
    cpu = torch.device("cpu")
    with_added, without = (material.splits(config_for(**common), cpu) for material in (both, alone))
    assert len(with_added.train) == len(without.train) + 240
    for name in ("validation", "clean", "samples"):
        ours, theirs = getattr(with_added, name), getattr(without, name)
        assert ours.images.equal(theirs.images)
        assert ours.labels.equal(theirs.labels)


def test_a_run_says_how_many_were_added(train):
    session, events = train(
        data__directory="",
        data__source="synthetic",
        data__synthetic_images=240,
        augment__synthetic=48,
        train__epochs=1,
    )
    started = next(event for event in events if isinstance(event, RunStarted))
    assert started.data.added_images == 48
    assert started.data.train_images == len(session.material.split.train_indices) + 48
    assert session.ended.reason == "finished"
