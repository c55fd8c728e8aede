"""Whole runs: what they say, what they leave on disk, and how they end."""

import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
import torch
from safetensors.torch import load_file

from signtui.config import preset_config, resolve
from signtui.errors import ConfigError, DataError, RunError
from signtui.events import EpochEnded, Evaluating, Mark, RunEnded, RunStarted, Step
from signtui.model.scaling import scale_images
from signtui.model.weights import load_network
from signtui.runs.control import Pause, Resume, SetEpochs, SetLearningRate, Stop, send
from signtui.runs.liveness import status
from signtui.runs.log import read_events
from signtui.runs.state import RunState
from signtui.runs.summary import list_runs
from signtui.training.checkpoint import load_checkpoint
from signtui.training.evaluation import evaluate
from signtui.training.material import gather, on_device
from signtui.training.session import TrainingSession

STEPS = 9  # of an epoch: 288 images in batches of 32


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


def test_a_run_learns_and_says_so(train):
    session, events = train()
    assert isinstance(events[0], RunStarted)
    assert isinstance(events[-1], RunEnded)
    ended = events[-1]
    assert ended.reason == "finished"
    assert ended.test.accuracy > 0.9
    assert ended.test.images == 64
    assert [epoch.epoch for epoch in of(EpochEnded, events)] == [1, 2, 3]
    assert of(EpochEnded, events)[-1].validation.accuracy > 0.9
    assert session.ended is ended


def test_what_is_said_is_what_is_on_disk(train):
    session, events = train()
    assert list(read_events(session.folder.events)) == events


def test_steps_are_reported_once_each(train):
    _, events = train()
    steps = of(Step, events)
    assert sum(step.steps for step in steps) == steps[-1].step == 3 * STEPS
    assert all(later.step - earlier.step == later.steps for earlier, later in pairwise(steps))


def test_epoch_scores_count_their_images(train):
    _session, events = train()
    epoch = of(EpochEnded, events)[0]
    facts = events[0].data
    assert epoch.train.images == facts.train_images == 288
    assert epoch.validation.images == facts.validation_images == 32
    assert epoch.clean.images == 64
    assert sum(map(sum, epoch.confusion)) == 32
    right = sum(row[i] for i, row in enumerate(epoch.confusion))
    assert epoch.validation.accuracy == right / 32


def test_the_kept_weights_score_what_the_run_says(train):
    session, events = train()
    network, metadata = load_network(session.folder.best)
    material = gather(session.config)
    device = session.compute.device
    for split, said in (
        (material.split.validation, events[-1].best.validation),
        (material.dataset.test, events[-1].test),
    ):
        result = evaluate(network, on_device(split, device), 4, metadata.input_scaling, session.compute)
        assert result.score.accuracy == said.accuracy
        assert result.score.loss == pytest.approx(said.loss, rel=1e-5)


def test_an_ensemble_learns_as_its_networks_would_alone_and_is_scored_by_all_of_them(train):
    session, events = train(model__ensemble=3, model__moved_views="true")
    assert events[0].model.networks == 3
    network, metadata = load_network(session.folder.best)
    material = gather(session.config)
    test, classes = on_device(material.dataset.test, session.compute.device), 4
    told = evaluate(network, test, classes, metadata.input_scaling, session.compute)
    assert told.score.accuracy == events[-1].test.accuracy > 0.9
    assert told.score.loss == pytest.approx(events[-1].test.loss, rel=1e-5)
    alone, _ = load_network(train(model__moved_views="true")[0].folder.best)
    first = network.get_submodule("blocks.0.convolution").weight
    assert torch.allclose(first, alone.get_submodule("blocks.0.convolution").weight, atol=1e-5)
    scaled = scale_images(test.images, metadata.input_scaling)
    for one in network.ensemble:
        with torch.inference_mode():
            guesses = one(scaled).argmax(1)
        assert (guesses == test.labels).float().mean() > 0.8


def test_test_images_change_nothing_that_is_learned(train, shapes, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "train.csv").write_bytes((shapes / "train.csv").read_bytes())
    lines = (shapes / "test.csv").read_text().splitlines()
    (other / "test.csv").write_text("\n".join([lines[0], *lines[1:9]]) + "\n")
    first, _ = train()
    second, events = train(data__directory=other)
    assert events[-1].test.images == 8
    assert _weights(first) == _weights(second)


def test_the_same_seed_gives_the_same_bits_and_another_seed_others(train):
    same = [_weights(train(train__seed=5)[0]) for _ in range(2)]
    assert same[0] == same[1]
    assert _weights(train(train__seed=6)[0]) != same[0]


@pytest.mark.parametrize(
    "changes",
    [{}, {"train__optimiser": "sgd"}, {"train__optimiser": "rmsprop"}, {"model__ensemble": 2}],
)
@pytest.mark.parametrize("at", [4, STEPS, STEPS + 1])
def test_a_run_resumed_at_any_step_ends_bitwise_equal(train, at, changes):
    settings = {
        "model__head__dropout": 0.3,
        "model__blocks__1__dropout": 0.2,
        "augment__flip": "true",
        "train__schedule": "cosine",
    } | changes
    whole, whole_events = train(**settings)

    session = TrainingSession.open(whole.config)
    _stop_at_step(session, at)
    _, events = train(session=session)
    assert events[-1].reason == "stopped"
    checkpoint = load_checkpoint(session.folder.last)
    assert (checkpoint["epoch"] - 1) * STEPS + checkpoint["step"] == at

    resumed, events = train(session=TrainingSession.resume(session.folder, {}))
    assert events[0].resumed_at == at
    assert _weights(resumed) == _weights(whole)
    assert _figures(resumed) == _figures(whole)
    assert events[-1].test == whole_events[-1].test


def test_a_killed_process_is_lost_and_resumes_to_the_same_end(train, config_for):
    settings = {"train__epochs": 40}
    whole, _ = train(**settings)
    config = config_for(**settings)
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    child.stdin.write(msgspec.json.encode(config).decode() + "\n")
    child.stdin.flush()
    for line in child.stdout:
        if line.startswith("epoch 3"):
            child.send_signal(signal.SIGKILL)
            break
    child.wait()
    child.stdout.close()
    child.stdin.close()
    (killed,) = [run for run in list_runs(_runs(config)) if run.id != whole.folder.id]
    assert killed.status == "lost"
    folder = type(whole.folder)(_runs(config) / killed.id)
    resumed, events = train(session=TrainingSession.resume(folder, {}))
    assert events[0].resumed_at >= 2 * STEPS
    assert _weights(resumed) == _weights(whole)
    state = RunState.of(read_events(folder.events))
    assert [epoch.epoch for epoch in state.epochs] == list(range(1, 41))
    assert status(folder, state) == "finished"


_CHILD = """
import sys, msgspec
from signtui.config import Config
from signtui.training.session import TrainingSession
session = TrainingSession.open(msgspec.json.decode(sys.stdin.readline(), type=Config))
session.start()
for event in session.mailbox.until_ended():
    if type(event).__name__ == "EpochEnded":
        print("epoch", event.epoch, flush=True)
"""


def test_a_stop_keeps_the_best_and_scores_it(train):
    def steer(session, event):
        if isinstance(event, EpochEnded) and event.epoch == 2:
            session.control.send(Stop())

    session, events = train(steer, train__epochs=2000)
    ended = events[-1]
    assert ended.reason == "stopped"
    assert ended.best is not None
    assert ended.test.images == 64
    assert list_runs(session.folder.path.parent)[0].status == "stopped"


def test_a_run_stopped_in_its_first_epoch_is_scored_as_it_stands(train, config_for):
    session = TrainingSession.open(config_for())
    _stop_at_step(session, 5)
    _, events = train(session=session)
    (epoch,) = of(EpochEnded, events)
    assert (epoch.epoch, epoch.step, epoch.complete) == (1, 5, False)
    assert events[-1].epochs == 0
    assert session.folder.best.is_file()
    _, events = train(session=TrainingSession.resume(session.folder, {}))
    state = RunState.of(read_events(session.folder.events))
    assert [epoch.epoch for epoch in state.epochs] == [1, 2, 3]
    assert all(epoch.complete for epoch in state.epochs)


@pytest.mark.parametrize("reason", ["interrupted", "terminated"])
def test_an_interrupt_saves_and_leaves_the_scoring_for_later(train, reason):
    def steer(session, event):
        if isinstance(event, EpochEnded) and event.epoch == 1:
            session.control.stop(reason)

    session, events = train(steer, train__epochs=2000)
    assert events[-1].reason == reason
    assert events[-1].test is None
    assert session.folder.last.is_file()
    assert session.folder.best.is_file()


def test_pause_and_resume_change_nothing_but_the_time(train):
    def steer(session, event):
        if isinstance(event, EpochEnded) and event.epoch == 1:
            session.control.send(Pause())
        elif isinstance(event, Mark) and event.kind == "pause":
            assert RunState.of(read_events(session.folder.events)).status in ("paused", "running")
            session.control.send(Resume())

    paused, events = train(steer, train__epochs=6)
    plain, _ = train(train__epochs=6)
    assert [mark.kind for mark in of(Mark, events)] == ["pause", "resume"]
    assert _weights(paused) == _weights(plain)


def test_a_paused_run_can_be_stopped(train):
    def steer(session, event):
        if isinstance(event, EpochEnded) and event.epoch == 1:
            session.control.send(Pause())
        elif isinstance(event, Mark) and event.kind == "pause":
            session.control.send(Stop())

    _, events = train(steer, train__epochs=2000)
    assert events[-1].reason == "stopped"


def test_learning_rate_and_epochs_change_on_the_way(train):
    def steer(session, event):
        if isinstance(event, EpochEnded) and event.epoch == 1:
            session.control.send(SetLearningRate(0.002))
            session.control.send(SetEpochs(4))

    _, events = train(steer, train__epochs=2000, train__schedule="constant")
    assert {mark.kind: mark.value for mark in of(Mark, events)} == {"learning_rate": 0.002, "epochs": 4}
    rates = [step.learning_rate for step in of(Step, events)]
    assert rates[0] == 0.01
    assert rates[-1] == 0.002
    assert events[-1].reason == "finished"
    assert of(EpochEnded, events)[-1].epoch in (4, 5)  # it may have begun its fifth when it heard


def test_commands_left_in_the_run_folder_are_obeyed(train):
    def steer(session, event):
        if isinstance(event, EpochEnded) and event.epoch == 1:
            send(session.folder, Stop())

    _, events = train(steer, train__epochs=100_000 // 10)
    assert events[-1].reason == "stopped"


def test_a_command_that_is_none_is_told_and_passed_over(train):
    def steer(session, event):
        if isinstance(event, EpochEnded) and event.epoch == 1:
            session.folder.control.write_text('{"type":"dance"}\n{"type":"stop"}\n')

    _, events = train(steer, train__epochs=10_000)
    assert events[-1].reason == "stopped"
    (warning,) = [mark for mark in of(Mark, events) if mark.kind == "warning"]
    assert "dance" in warning.text


def test_a_number_that_is_none_ends_the_run_as_diverged(train):
    session, events = train(
        train__optimiser="sgd",
        train__learning_rate=100,
        model__blocks__1__normalisation="none",
        model__blocks__2__normalisation="none",
        train__schedule="constant",
        model__input_scaling="unit",
        train__momentum=0.99,
        train__epochs=30,
    )
    ended = events[-1]
    assert ended.reason == "diverged"
    assert "epoch" in ended.message
    assert "learning rate (100)" in ended.message
    assert "\n" not in ended.message
    assert not session.folder.error.exists()


def test_early_stopping_ends_a_run_that_gets_no_better(train):
    _, events = train(train__epochs=500, train__early_stopping=3, train__learning_rate=1e-6)
    assert events[-1].reason == "early_stopping"
    assert len(of(EpochEnded, events)) < 500
    scores = [(epoch.validation.accuracy, -epoch.validation.loss) for epoch in of(EpochEnded, events)]
    assert len(scores) - 1 - scores.index(max(scores)) == 3


def test_the_best_is_the_latest_of_equals(train):
    session, events = train(train__epochs=6)
    epochs = of(EpochEnded, events)
    highest = max(epoch.validation.accuracy for epoch in epochs)
    latest = max(epoch.epoch for epoch in epochs if epoch.validation.accuracy == highest)
    assert events[-1].best.epoch == latest
    assert load_network(session.folder.best)[1].epoch == latest


def test_a_time_limit_ends_a_run_with_its_best(train):
    _, events = train(train__epochs=10_000, train__time_limit=0.5)
    assert events[-1].reason == "time_limit"
    assert events[-1].test is not None


def test_a_plateau_lowers_the_learning_rate(train):
    # Nothing learns at this rate, and without normalisation or averaging nothing drifts.
    still = {"model__blocks__1__normalisation": "none", "model__blocks__2__normalisation": "none"}
    _, events = train(
        train__schedule="plateau", train__learning_rate=1e-7, train__ema=0, train__epochs=8, **still
    )
    marks = [mark for mark in of(Mark, events) if mark.kind == "plateau"]
    assert marks[0].value == pytest.approx(5e-8)


def test_a_finished_run_goes_on_with_more_epochs(train):
    session, _ = train()
    with pytest.raises(ConfigError, match="give --epochs a higher number"):
        TrainingSession.resume(session.folder, {})
    _, events = train(session=TrainingSession.resume(session.folder, {"train.epochs": 5}))
    assert events[0].resumed_at == 3 * STEPS
    state = RunState.of(read_events(session.folder.events))
    assert [epoch.epoch for epoch in state.epochs] == [1, 2, 3, 4, 5]
    assert resolve(file=session.folder.config, environment={}).config.train.epochs == 5


def test_a_run_does_not_go_on_with_other_data(train, shapes):
    session, _ = train()
    path = session.folder.config
    path.write_text(path.read_text().replace(str(shapes), str(shapes / "test.csv")))
    with pytest.raises((DataError, ConfigError), match=r"other data|batch"):
        TrainingSession.resume(session.folder, {"train.epochs": 5})


def test_two_processes_cannot_write_one_run(config_for):
    session = TrainingSession.open(config_for())
    with pytest.raises(RunError, match="being written by another process"):
        TrainingSession(session.config, session.material, session.folder, None)
    session.control.stop(now=True)
    session.start()
    assert session.join(30)


def test_a_bug_is_one_sentence_and_a_traceback_in_the_folder(train, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("boom")

    monkeypatch.setattr("signtui.training.trainer.shuffled", broken)
    session, events = train()
    assert events[-1].reason == "failed"
    assert str(session.folder.error) in events[-1].message
    assert "ZeroDivisionError: boom" in session.folder.error.read_text()


def test_a_run_whose_scores_could_not_be_taken_has_failed(train):
    session, _ = train()
    log = session.folder.events.read_bytes().splitlines(keepends=True)
    session.folder.events.write_bytes(b"".join(log[:-1]))  # killed while it scored
    best = session.folder.best.read_bytes()
    session.folder.best.write_bytes(b"damaged")
    again, events = train(session=TrainingSession.resume(session.folder, {}))
    assert events[-1].reason == "failed"
    assert "not a readable weights file" in events[-1].message
    assert events[-1].test is None
    assert status(again.folder, RunState.of(read_events(again.folder.events))) == "failed"
    session.folder.best.write_bytes(best)
    _, events = train(session=TrainingSession.resume(session.folder, {}))
    assert (events[-1].reason, events[-1].test) == ("finished", session.ended.test)


def test_a_diverged_run_whose_scores_could_not_be_taken_ends_all_the_same(train, monkeypatch):
    def damaged(*_):
        raise RunError("best.safetensors: damaged")

    def diverge(session, event):
        if isinstance(event, EpochEnded) and event.epoch == 1:
            session.control.send(SetLearningRate(1e30))

    monkeypatch.setattr("signtui.training.session.load_network", damaged)
    _, events = train(steer=diverge, train__optimiser="sgd", train__epochs=500)
    assert isinstance(events[-1], RunEnded)
    assert events[-1].reason == "failed"
    assert events[-1].message == "best.safetensors: damaged"


def test_a_gpu_out_of_memory_is_one_sentence(train, monkeypatch):
    def full(*_, **__):
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr("signtui.training.trainer.gather_gradient", full)
    session, events = train()
    assert events[-1].reason == "failed"
    assert "batch size of 32" in events[-1].message
    assert not session.folder.error.exists()


def test_nothing_is_left_behind_where_a_run_cannot_start(config_for):
    config = config_for(model__blocks="9")
    with pytest.raises(ConfigError, match="block"):
        TrainingSession.open(config)
    assert not _runs(config).exists()


def test_weights_of_the_newest_epochs_are_kept(train):
    session, _ = train(runs__epoch_weights=2)
    kept = sorted(path.name for path in session.folder.epochs.iterdir())
    assert kept == ["00002.safetensors", "00003.safetensors"]


def test_scoring_is_reported(train):
    _, events = train()
    assert {event.split for event in of(Evaluating, events)} == {"train", "validation"}


def test_synthetic_hands_say_so_in_every_last_word(train, monkeypatch):
    config = preset_config("fast")
    session, events = train(
        data__directory="", data__source="synthetic", data__synthetic_images=96, train__epochs=1
    )
    assert events[0].data.synthetic
    assert events[-1].synthetic
    assert session.folder.summary.read_text().count('"synthetic": true') == 1
    assert config.data.source == "auto"


def _stop_at_step(session, step):
    """Have the session's trainer find a stop after exactly `step` steps of the run."""
    make = session._make_trainer

    def make_and_listen():
        trainer = make()
        learn = trainer._learn

        def counted(*args):
            learn(*args)
            if trainer.steps_done + 1 == step:
                session.control.stop()

        trainer._learn = counted
        return trainer

    session._make_trainer = make_and_listen


def _weights(session):
    tensors = load_file(session.folder.best)
    checkpoint = load_checkpoint(session.folder.last)
    return {
        **{name: tensor.numpy().tobytes() for name, tensor in tensors.items()},
        **{f"last {name}": tensor.numpy().tobytes() for name, tensor in checkpoint["network"].items()},
    }


def _figures(session):
    epochs = RunState.of(read_events(session.folder.events)).epochs
    return [
        (epoch.epoch, epoch.step, epoch.train, epoch.clean, epoch.validation, epoch.confusion)
        for epoch in epochs
    ]


def _runs(config):
    return Path(config.runs.directory)
