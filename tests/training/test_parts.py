"""The parts of training on their own: chance, batches, schedule, optimiser, meter, evaluation, checkpoint."""

import itertools
import math
import pickle

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from torch.nn import functional

from signtui.config import Config, TrainSettings
from signtui.errors import ConfigError, RunError
from signtui.model.network import Network, build
from signtui.model.plan import plan
from signtui.training.batches import batch_bounds, steps_per_epoch
from signtui.training.checkpoint import load_checkpoint, save_checkpoint
from signtui.training.control import Control
from signtui.training.devices import Compute, choose_compute
from signtui.training.evaluation import Labelled, evaluate
from signtui.training.meter import Meter, NonFinite
from signtui.training.optimiser import AveragedWeights, clip_gradient, make_optimiser
from signtui.training.randomness import counted_seed, shuffled
from signtui.training.schedule import Plateau, factor

CPU = Compute(torch.device("cpu"), "fp32", 1)


def test_a_counted_seed_depends_on_every_part_and_on_nothing_else():
    seeds = {
        counted_seed(s, p, e, k)
        for s in range(3)
        for p in ("order", "dropout")
        for e in range(3)
        for k in range(3)
    }
    assert len(seeds) == 54
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_the_order_is_a_permutation_of_its_own_for_each_epoch():
    first, second = shuffled(100, 0, 1), shuffled(100, 0, 2)
    assert sorted(first.tolist()) == list(range(100))
    assert first.tolist() != second.tolist()
    assert first.tolist() == shuffled(100, 0, 1).tolist()


@given(st.integers(1, 5000), st.integers(1, 600))
def test_batches_cover_all_images_evenly_and_never_exceed_their_size(images, batch_size):
    steps = steps_per_epoch(images, batch_size)
    bounds = [batch_bounds(images, steps, step) for step in range(steps)]
    assert bounds[0][0] == 0
    assert bounds[-1][1] == images
    assert all(a[1] == b[0] for a, b in itertools.pairwise(bounds))
    sizes = [end - first for first, end in bounds]
    assert max(sizes) <= batch_size
    assert max(sizes) - min(sizes) <= 1
    assert min(sizes) >= 1


@given(
    st.sampled_from(["constant", "cosine", "one_cycle", "plateau"]),
    st.floats(0, 0.99),
    st.integers(1, 2000),
)
def test_the_learning_rate_stays_between_nothing_and_its_peak(schedule, warmup, steps):
    settings = TrainSettings(schedule=schedule, warmup=warmup)
    factors = [factor(settings, step, steps) for step in range(steps)]
    assert all(0 < value <= 1 for value in factors)
    peak = factors.index(max(factors))
    assert factors[:peak] == sorted(factors[:peak])
    assert factors[peak:] == sorted(factors[peak:], reverse=True)


def test_one_cycle_climbs_then_falls_in_straight_lines():
    settings = TrainSettings(schedule="one_cycle", warmup=0.25)
    factors = np.array([factor(settings, step, 400) for step in range(400)])
    assert np.allclose(np.diff(factors[:100]), np.diff(factors[:100])[0])
    assert np.allclose(np.diff(factors[100:]), np.diff(factors[100:])[0], atol=1e-6)
    assert factors[-1] < 0.01


def test_a_plateau_halves_the_rate_after_two_epochs_without_gain():
    plateau = Plateau()
    assert [plateau.after_epoch(loss) for loss in (1.0, 0.5, 0.5, 0.6, 0.5, 0.5, 0.2)] == [
        False, False, False, True, False, True, False,
    ]  # fmt: skip
    assert plateau.factor == 0.25


@pytest.mark.parametrize("name", ["sgd", "adam", "adamw", "rmsprop"])
def test_weight_decay_spares_biases(name):
    network = torch.nn.Linear(3, 2)
    groups = make_optimiser(network, TrainSettings(optimiser=name, weight_decay=0.5)).param_groups
    assert [(group["params"][0].ndim, group["weight_decay"]) for group in groups] == [(2, 0.5), (1, 0.0)]


def test_the_gradient_of_each_network_of_an_ensemble_is_shortened_by_itself():
    network = build(replace(Config().model, ensemble=2), 28, 4, seed=0)
    first, second = network.ensemble
    for one, size in ((first, 1.0), (second, 3.0)):
        for weight in one.own_parameters():
            weight.grad = torch.full_like(weight, size)
    count = sum(weight.numel() for weight in first.own_parameters())
    assert count == network.plan.weights_of_one
    length = clip_gradient(network, 2.0)
    assert float(length) == pytest.approx(math.sqrt(count) * 2, rel=1e-4)  # the mean of one and three times
    for one in (first, second):
        left = torch.cat([weight.grad.flatten() for weight in one.own_parameters()])
        assert float(left.norm()) == pytest.approx(2, rel=1e-3)
    clip_gradient(network, 0.0)
    assert float(torch.cat([w.grad.flatten() for w in second.own_parameters()]).norm()) == pytest.approx(
        2, rel=1e-3
    )


def test_averaged_weights_follow_their_formula():
    network = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.constant_(network.weight, 0.0)
    averaged = AveragedWeights(network, decay=0.5)
    expected = 0.0
    for update in range(1, 30):
        torch.nn.init.constant_(network.weight, float(update))
        averaged.update()
        decay = min(0.5, update / (update + 9))
        expected = decay * expected + (1 - decay) * update
        assert averaged.network.weight.item() == pytest.approx(expected, rel=1e-5)
    assert network.weight.item() == 29


def test_a_meter_gives_means_since_the_last_reading_and_over_all():
    meter = Meter(4, torch.device("cpu"))
    assert meter.read() is None
    for loss, images in ((1.0, 10), (2.0, 30)):
        meter.record(torch.tensor(loss), torch.tensor(0.5), torch.tensor(3.0), images)
    interval = meter.read()
    assert (interval.loss, interval.steps, interval.images) == (1.75, 2, 40)
    meter.record(torch.tensor(4.0), torch.tensor(1.0), torch.tensor(6.0), 40)
    assert meter.read().loss == 4.0
    total = meter.total()
    assert (total.loss, total.accuracy, total.gradient_norm, total.images) == (2.875, 0.75, 4.0, 80)


@pytest.mark.parametrize(("loss", "norm", "what"), [(math.nan, 1, "loss"), (1, math.inf, "gradient")])
def test_a_meter_names_the_first_step_that_is_no_number(loss, norm, what):
    meter = Meter(3, torch.device("cpu"))
    meter.record(torch.tensor(1.0), torch.tensor(0.0), torch.tensor(1.0), 8)
    meter.record(torch.tensor(float(loss)), torch.tensor(0.0), torch.tensor(float(norm)), 8)
    with pytest.raises(NonFinite) as error:
        meter.read()
    assert (error.value.step, error.value.what) == (1, what)


class Brightest(Network):
    """Guesses the class whose pixel in the first row is the brightest."""

    def forward(self, images):
        return images[:, 0, 0, :3] * 5


def test_an_evaluation_counts_what_is_there():
    random = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (1300, 4, 4), generator=random, dtype=torch.uint8)
    labels = torch.randint(0, 2, (1300,), generator=random)  # class 2 never is the truth
    result = evaluate(Brightest(plan(Config().model, 28, 3)), Labelled(images, labels), 3, "unit", CPU)
    logits = images[:, 0, :3].float() / 255 * 5
    guesses = logits.argmax(1)
    expected = np.zeros((3, 3), int)
    np.add.at(expected, (labels.numpy(), guesses.numpy()), 1)
    assert result.confusion == tuple(map(tuple, expected.tolist()))
    assert result.score.accuracy == pytest.approx((guesses == labels).float().mean().item())
    assert result.score.loss == pytest.approx(functional.cross_entropy(logits, labels).item(), rel=1e-5)
    assert result.recall[2] is None
    assert result.recall[0] == expected[0, 0] / expected[0].sum()


def test_a_checkpoint_reads_back(tmp_path):
    path = tmp_path / "last.ckpt"
    save_checkpoint(path, {"version": 1, "network": {"a": torch.ones(2)}, "rows": [[1.0, 2.0]]})
    assert load_checkpoint(path)["rows"] == [[1.0, 2.0]]


class _Evil:
    def __reduce__(self):
        return (print, ("code from a checkpoint ran",))


@pytest.mark.parametrize(
    "write",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"not a checkpoint"),
        lambda path: path.write_bytes(pickle.dumps({"version": 1})),
        lambda path: torch.save({"version": 1, "network": _Evil()}, path),
        lambda path: torch.save([1, 2], path),
        lambda path: torch.save({"version": 99}, path),
        lambda path: path.unlink(missing_ok=True),
    ],
)
def test_a_checkpoint_that_cannot_be_used_is_one_sentence_and_runs_nothing(tmp_path, capsys, write):
    path = tmp_path / "last.ckpt"
    write(path)
    with pytest.raises(RunError) as error:
        load_checkpoint(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.99])
def test_half_a_checkpoint_is_refused(tmp_path, cut):
    path = tmp_path / "last.ckpt"
    save_checkpoint(path, {"version": 1, "network": {"a": torch.ones(2000)}})
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * cut)])
    with pytest.raises(RunError, match="damaged"):
        load_checkpoint(path)


@pytest.mark.parametrize("name", ["gpu", "cuda:x", "", "cpu:0"])
def test_an_unknown_device_is_refused(name):
    with pytest.raises(ConfigError, match="must be auto, cpu, cuda"):
        choose_compute(TrainSettings(device=name))


def test_a_device_that_is_not_there_is_refused():
    with pytest.raises(ConfigError, match="use auto or cpu"):
        choose_compute(TrainSettings(device="cuda:63"))


def test_a_stop_is_remembered_with_its_first_reason():
    control = Control()
    control.stop("interrupted")
    control.stop("terminated", now=True)
    assert (control.stop_reason, control.now) == ("interrupted", True)
