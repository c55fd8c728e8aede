"""Runs that go on from another one's weights: what they learn, what is scored, what they remember."""

import hashlib
import shutil

import numpy as np
import pytest
from msgspec.structs import replace
from PIL import Image
from safetensors.torch import load_file

from signtui.config import Assignment
from signtui.errors import ConfigError, DataError, RunError
from signtui.events import EpochEnded, FineTuning, RunStarted, Step
from signtui.model.weights import load_network
from signtui.runs.fine_tuning import settings_from
from signtui.runs.folder import RunFolder
from signtui.runs.log import read_events
from signtui.runs.state import RunState
from signtui.training import evaluation
from signtui.training.evaluation import evaluate
from signtui.training.material import gather, on_device
from signtui.training.predicted import PredictionWish
from signtui.training.predictions import Predictor
from signtui.training.session import TrainingSession


def dark_bars(folder, count, *, classes="0123", side=12, seed=9):
    """Photos by class in which the bar is dark where it was bright: the old network reads few of them."""
    random = np.random.default_rng(seed)
    for name in classes:
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            image = random.integers(100, 220, (side, side))
            place = int(name.lower(), 36) % 4 * 3
            image[place : place + 3] -= 100
            Image.fromarray(image.astype(np.uint8)).save(folder / name / f"{seed}-{number}.png")
    return folder


@pytest.fixture
def own(tmp_path):
    return dark_bars(tmp_path / "own", 16)


@pytest.fixture
def parent(train):
    return train()[0].folder


def from_parent(parent, present, own, **changes):
    given = {"data.directory": str(own)} | {
        key.replace("__", "."): str(value) for key, value in changes.items()
    }
    return settings_from(parent, present, [Assignment(key, value, "test") for key, value in given.items()])


@pytest.fixture
def fine_tune(train, config_for, parent, own):
    """Runs a fine-tuning of `parent` to its end: (session, events)."""

    def go(steer=None, photos=own, start=parent, **changes):
        config = from_parent(start, config_for(), photos, **changes)
        return train(steer, session=TrainingSession.open(config))

    return go


def told(events):
    return [event for event in events if isinstance(event, FineTuning)]


def weights_of(folder):
    return {name: tensor.numpy().tobytes() for name, tensor in load_file(folder.best).items()}


def hashes(images):
    return {hashlib.sha256(np.asarray(image).tobytes()).hexdigest() for image in images}


def test_new_photos_are_read_better_afterwards_and_old_images_still(fine_tune):
    _, events = fine_tune(train__epochs=6)
    first, last = told(events)
    assert isinstance(events[0], RunStarted)
    assert first.own.after is None
    assert last.own.before == first.own.before
    assert last.own.after.accuracy > last.own.before.accuracy + 0.2
    assert last.origin_held_out.before.accuracy > 0.9
    assert last.origin_held_out.after.accuracy > 0.9
    assert (last.learned, last.held_out) == (48, 16)
    assert last.learned_by_class == (12, 12, 12, 12)


def test_it_begins_with_the_weights_of_the_other_run(fine_tune, parent):
    session, events = fine_tune(train__learning_rate="1e-12", train__epochs=1, train__weight_decay=0)
    network, metadata = load_network(parent.best)
    held_out = on_device(gather(session.config).split.validation, session.compute.device)
    score = evaluate(network, held_out, 4, metadata.input_scaling, session.compute).score
    assert told(events)[0].own.before.accuracy == score.accuracy
    assert told(events)[0].own.before.loss == pytest.approx(score.loss)
    old, new = load_file(parent.best), load_file(session.folder.best)
    kernels = [name for name, tensor in old.items() if tensor.ndim == 4]
    assert kernels
    assert all(np.allclose(old[name], new[name], atol=1e-6) for name in kernels)


def test_all_networks_of_an_ensemble_go_on(train, fine_tune):
    start = train(model__ensemble=2)[0].folder
    session, events = fine_tune(
        start=start, train__learning_rate="1e-12", train__epochs=1, train__weight_decay=0
    )
    assert events[0].model.networks == 2
    old, new = load_file(start.best), load_file(session.folder.best)
    kernels = [name for name, tensor in old.items() if tensor.ndim == 4]
    assert any(name.startswith("companions.0.") for name in kernels)
    assert all(np.allclose(old[name], new[name], atol=1e-6) for name in kernels)


def test_the_settings_say_where_it_began_and_describe_the_same_network(fine_tune, parent, config_for):
    session, _ = fine_tune()
    assert session.config.train.from_ == parent.id
    assert f'from = "{parent.id}"' in session.folder.config.read_text()
    assert session.config.model == config_for().model
    assert session.config.train.learning_rate == pytest.approx(config_for().train.learning_rate / 10)


def test_a_start_called_latest_is_written_down_by_its_id(train, config_for, parent, own):
    config = from_parent(parent, config_for(), own, train__epochs=1)
    config = replace(config, train=replace(config.train, from_="latest"))
    session, _ = train(session=TrainingSession.open(config))
    assert session.config.train.from_ == parent.id
    assert f'from = "{parent.id}"' in session.folder.config.read_text()


def test_a_run_anew_from_its_written_settings_is_the_same_run(fine_tune, train):
    from signtui.config import resolve

    first, _ = fine_tune()
    config = resolve(file=first.folder.config, environment={}).config
    second, _ = train(session=TrainingSession.open(config))
    assert weights_of(second.folder) == weights_of(first.folder)


def test_nothing_that_is_scored_is_learned_from(fine_tune, parent, config_for):
    session, _ = fine_tune()
    learned = hashes(session.material.train.images)
    own_held_out = hashes(session.material.split.validation.images)
    old = gather(config_for())
    assert learned & hashes(old.dataset.train.subset(old.split.train_indices).images)
    assert not learned & own_held_out
    assert not learned & hashes(old.split.validation.images)
    assert not learned & hashes(old.dataset.test.images)


def test_every_new_photo_is_seen_as_often_and_old_images_once(fine_tune):
    _, events = fine_tune(train__rehearsal=100, train__epochs=1)
    first = told(events)[0]
    assert first.rehearsed == 100
    assert first.repeats == round(512 / 48)
    assert events[0].data.train_images == 48 * first.repeats + 100
    epoch = next(event for event in events if isinstance(event, EpochEnded))
    assert epoch.train.images == events[0].data.train_images


def test_the_last_epoch_is_kept_so_that_photos_held_out_choose_nothing(fine_tune):
    # A rate at which validation gets worse again.
    _, events = fine_tune(train__learning_rate=1.0, train__epochs=3, train__rehearsal=0)
    epochs = [event for event in events if isinstance(event, EpochEnded)]
    accuracies = [epoch.validation.accuracy for epoch in epochs]
    assert [epoch.best for epoch in epochs] == [True] * 3
    assert events[-1].best.epoch == 3
    assert told(events)[-1].own.after.accuracy == accuracies[-1]


def test_how_sure_it_is_follows_the_other_run_s_scale_not_the_photos_held_out(fine_tune, parent):
    session, _ = fine_tune(train__epochs=1)
    assert load_network(parent.best)[1].sureness.temperature != 1
    assert load_network(session.folder.best)[1].sureness == load_network(parent.best)[1].sureness


def test_photos_of_some_letters_in_any_case_are_told_in_the_run_s_classes(
    train, config_for, tmp_path, shapes
):
    parent = _letters_run(train, shapes, tmp_path)
    photos = dark_bars(tmp_path / "some", 8, classes="aB")
    config = from_parent(parent, config_for(), photos)
    session, events = train(session=TrainingSession.open(config))
    classes = events[0].data.classes
    assert len(classes) == 24
    counts = dict(zip(classes, told(events)[0].learned_by_class, strict=True))
    assert {name: count for name, count in counts.items() if count} == {"A": 6, "B": 6}
    found = Predictor().predictions(PredictionWish(session.folder, 2, "validation"), _never())
    assert found.classes == classes
    assert len(found.images) == 4


def _letters_run(train, shapes, tmp_path):
    folder = tmp_path / "letters"
    folder.mkdir()
    header, *rows = (shapes / "train.csv").read_text().splitlines()
    official = [label for label in range(25) if label != 9]
    rows = [f"{official[place % 24]},{row.partition(',')[2]}" for place, row in enumerate(rows)]
    (folder / "sign_mnist_train.csv").write_text("\n".join([header, *rows]) + "\n")
    return train(data__directory=folder, data__validation="random", train__epochs=1)[0].folder


def _never():
    import threading

    return threading.Event()


def test_a_letter_that_the_run_does_not_know_is_refused_by_name(parent, config_for, tmp_path):
    photos = dark_bars(tmp_path / "more", 4, classes="01Q")
    with pytest.raises(DataError, match=rf"more has photos of Q, and run {parent.id} knows only 0 1 2 3"):
        TrainingSession.open(from_parent(parent, config_for(), photos))


def test_images_of_another_size_are_refused(parent, config_for, tmp_path):
    rows = "\n".join(f"{label},{','.join(['7'] * 64)}" for label in (0, 1, 2, 3) * 4)
    header = "label," + ",".join(f"pixel{number}" for number in range(1, 65))
    (tmp_path / "train.csv").write_text(f"{header}\n{rows}\n")
    with pytest.raises(DataError, match=r"takes images of 12 pixels a side, and those of .* have 8"):
        TrainingSession.open(from_parent(parent, config_for(), tmp_path / "train.csv"))


def test_settings_of_another_network_are_refused(parent, config_for, own):
    config = from_parent(parent, config_for(), own)
    other = replace(config, model=config_for(model__blocks=1).model)
    with pytest.raises(ConfigError, match="describe another network than that of run"):
        TrainingSession.open(other)


def test_a_run_without_weights_or_that_is_not_there_is_refused(parent, config_for, own):
    config = from_parent(parent, config_for(), own)
    with pytest.raises(RunError, match="no run 'nobody'"):
        TrainingSession.open(replace(config, train=replace(config.train, from_="nobody")))
    parent.best.unlink()
    with pytest.raises(RunError, match="has no weights to start from"):
        TrainingSession.open(config)
    with pytest.raises(RunError, match="has no weights to start from"):
        from_parent(parent, config_for(), own)


def test_nothing_is_left_behind_where_it_can_t_start(parent, config_for, tmp_path):
    photos = dark_bars(tmp_path / "few", 1)
    before = sorted(parent.path.parent.iterdir())
    with pytest.raises(DataError, match="too few photographs"):
        TrainingSession.open(from_parent(parent, config_for(), photos))
    assert sorted(parent.path.parent.iterdir()) == before


def test_without_the_old_images_it_learns_all_the_same_and_says_what_it_can_t(
    train, config_for, own, shapes, tmp_path
):
    gone = shutil.copytree(shapes, tmp_path / "gone")
    parent = train(data__directory=gone)[0].folder
    shutil.rmtree(gone)
    config = from_parent(parent, config_for(), own, train__epochs=6)
    _, events = train(session=TrainingSession.open(config))
    last = told(events)[-1]
    assert last.own.after.accuracy > last.own.before.accuracy
    assert last.origin_held_out is None
    assert last.rehearsed == 0
    assert "are not found" in last.notes[0]


def test_photos_held_out_that_were_learned_from_before_are_told(train, config_for, shapes):
    """The images that the run learned from, given as if they were new."""
    parent = train()[0].folder
    _, events = train(session=TrainingSession.open(from_parent(parent, config_for(), shapes)))
    assert any("held out were learned from by the run started from" in note for note in told(events)[0].notes)


def test_of_a_second_run_in_line_the_first_one_s_images_are_remembered(fine_tune, parent, own):
    first, _ = fine_tune()
    second, events = fine_tune(start=first.folder)
    last = told(events)[-1]
    assert (last.parent, last.origin) == (first.folder.id, parent.id)
    assert last.origin_held_out.before.images == 32
    assert f"started from {parent.id}, the gain is a fair one" in last.notes[0]
    assert second.config.train.learning_rate == first.config.train.learning_rate


@pytest.mark.parametrize("at", [7, 20])
def test_resumed_at_any_step_it_ends_bitwise_equal_and_compares_with_its_first_start(
    fine_tune, train, parent, config_for, own, at
):
    whole, whole_events = fine_tune()

    def stop(session, event):
        if isinstance(event, Step) and event.step >= at:
            session.control.stop()

    session = TrainingSession.open(from_parent(parent, config_for(), own))
    _, events = train(stop, session=session)
    assert events[-1].reason == "stopped"
    _, events = train(session=TrainingSession.resume(session.folder, {}))
    assert weights_of(session.folder) == weights_of(whole.folder)
    state = RunState.of(read_events(session.folder.events))
    assert state.resumes == 1
    before, after = told(whole_events)[-1].own, state.fine_tuning.own
    assert after == before


def test_a_resume_without_the_run_it_began_from_is_refused(fine_tune, parent):
    def stop(session, event):
        if isinstance(event, Step):
            session.control.stop()

    session, _ = fine_tune(stop)
    shutil.rmtree(parent.path)
    with pytest.raises(RunError, match="no run"):
        TrainingSession.resume(session.folder, {})


def test_a_log_from_before_there_was_fine_tuning_reads_as_ever(parent):
    state = RunState.of(read_events(RunFolder(parent.path).events))
    assert state.fine_tuning is None


@pytest.fixture
def batches(monkeypatch):
    """Counts the batches of eight that are scored; calls what is set as its `then` at each of them."""

    class Batches:
        count = 0
        then = staticmethod(lambda: None)

    read = evaluation.read

    def counted(network, images):
        Batches.count += 1
        Batches.then()
        return read(network, images)

    monkeypatch.setattr(evaluation, "BATCH", 8)
    monkeypatch.setattr(evaluation, "read", counted)
    return Batches


def test_a_run_that_must_end_now_does_not_wait_for_its_first_comparison(
    train, parent, config_for, own, batches
):
    session = TrainingSession.open(from_parent(parent, config_for(), own))
    batches.count, batches.then = 0, lambda: session.control.stop(now=True)
    _, events = train(session=session)
    assert batches.count == 1
    assert not told(events)
    assert (events[-1].reason, events[-1].message) == ("stopped", "")


def test_a_run_that_must_end_now_does_not_wait_for_its_last_comparison(
    train, parent, config_for, own, batches, monkeypatch
):
    session = TrainingSession.open(from_parent(parent, config_for(), own, train__epochs=1))

    def load_at_the_end(path):
        batches.count, batches.then = 0, lambda: session.control.stop(now=True)
        return load_network(path)

    monkeypatch.setattr("signtui.training.session.load_network", load_at_the_end)
    _, events = train(session=session)
    assert batches.count == 1
    (only,) = told(events)
    assert only.own.after is None
    assert (events[-1].reason, events[-1].message) == ("finished", "")
