"""What lessons say: their numbers are the network's and the run's, whatever those are, and each is found."""

import math
import re
from decimal import Decimal
from math import prod

import msgspec
import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from recorded_run import CLASSES, begun, run_ended, run_started, whole_run
from stacks import models

from signtui import events
from signtui.config import SETTINGS, Config
from signtui.errors import ConfigError
from signtui.events import Calibrated, EpochEnded, RunStarted, Score
from signtui.lessons import (
    LESSONS,
    Subject,
    beside,
    lesson_named,
    lesson_of_panel,
    lesson_of_setting,
    subject_of,
)
from signtui.model.network import build
from signtui.render import numbers
from signtui.runs.calibration import calibration
from signtui.runs.state import RunState
from signtui.tui.key_bindings import _kinds
from signtui.tui.screens.base import DashboardScreen

SIDE, LETTERS = 16, 5


def told(name: str, subject: Subject) -> str:
    return "\n".join(lesson_named(name).tell(subject))


def of_model(model, side: int = SIDE, classes: int = LETTERS) -> Subject:
    return subject_of(msgspec.structs.replace(Config(), model=model), None, (side, classes))


def of_run(events) -> Subject:
    return subject_of(Config(), RunState.of(events), (28, 24))


def watched_shapes(network: torch.nn.Module) -> dict[str, tuple[tuple[int, ...], tuple[int, ...]]]:
    """What goes into and comes out of each module of a real network, by its name, without the batch."""
    shapes = {}

    def watch(name):
        return lambda _, given, out: shapes.update({name: (tuple(given[0].shape[1:]), tuple(out.shape[1:]))})

    for name, module in network.named_modules():
        module.register_forward_hook(watch(name))
    with torch.inference_mode():
        network.eval()(torch.zeros(1, 1, SIDE, SIDE))
    return shapes


def test_an_ensemble_is_told_where_answers_are_and_only_there():
    alone, three = Config().model, msgspec.structs.replace(Config().model, ensemble=3)
    assert "networks" not in told("softmax", of_model(alone))
    assert "Yours are 3 networks that learn side by side" in told("softmax", of_model(three))
    assert lesson_of_setting("model.ensemble").name == "softmax"


@settings(deadline=None, suppress_health_check=[HealthCheck.filter_too_much], max_examples=60)
@given(models)
def test_numbers_of_the_network_are_those_of_the_one_that_is_built(model):
    try:
        network = build(model, SIDE, LETTERS, seed=0)
    except ConfigError:
        assume(False)
    subject, shapes = of_model(model), watched_shapes(network)
    # What is told is told of one network, also where several answer together.
    one = [(name, module) for name, module in network.named_modules() if not name.startswith("companions")]
    weights = sum(parameter.numel() for _, module in one for parameter in module.parameters(recurse=False))
    output = network.head.output.linear.weight
    values = numbers.count(output.numel() + output.shape[0])
    assert f"{numbers.count(output.shape[1])} inputs x {LETTERS} outputs" in told("fully-connected", subject)
    assert f"= {values} weights" in told("fully-connected", subject)
    head_in, head_out = shapes["head.pooling"]
    assert f"{numbers.count(prod(head_in))} value" in told("global-pooling", subject)
    if model.head.pooling != "flatten":
        assert f"become {numbers.count(prod(head_out))}." in told("global-pooling", subject)
    if not model.blocks:
        assert "no convolution block" in told("convolution", subject)
        return
    first = network.blocks[0].convolution
    given_, out = shapes["blocks.0.convolution"]
    kernel_weights = first.weight.numel()
    words = told("convolution", subject)
    assert f"{first.weight.shape[2]}x{first.weight.shape[3]} over the {'x'.join(map(str, given_))}" in words
    assert f"{'x'.join(map(str, out))} = {numbers.count(prod(out))} values" in words
    assert re.search(rf"sum of {prod(first.weight.shape[1:])} products?:", words)
    assert f" is {out[1]} values a side" in told("stride", subject)
    other = 2 if first.stride[0] == 1 else 1
    bare = torch.zeros(1, *given_)
    sides = torch.nn.functional.conv2d(bare, first.weight.data, stride=other).shape
    if model.blocks[0].padding == "none":
        assert f"With stride {other} it would be {sides[2]}." in told("stride", subject)
        assert f" becomes {out[1]}x{out[2]}." in told("padding", subject) or model.blocks[0].kernel == 1
    elif model.blocks[0].kernel > 1:
        unpadded = torch.nn.functional.conv2d(bare, first.weight.data, stride=first.stride).shape[2]
        assert f"leaves {out[1]}x{out[2]}. Without padding it would be {unpadded}x{unpadded}." in told(
            "padding", subject
        )
    convolutions = [module for _, module in one if isinstance(module, torch.nn.Conv2d)]
    in_all = sum(parameter.numel() for module in convolutions for parameter in module.parameters())
    words = told("kernels", subject)
    assert re.search(rf"= {numbers.count(kernel_weights)} kernel weights?\b", words)
    assert ("bias" in words) == (first.bias is not None)
    assert f"have {numbers.count(in_all)} of the network's {numbers.count(weights)} weights" in words
    pooled = [name for name in shapes if re.fullmatch(r"blocks\.\d+\.pooling", name)]
    words = told("pooling", subject)
    if pooled:
        before, after = shapes[pooled[0]]
        assert f"makes {'x'.join(map(str, before))} = {numbers.count(prod(before))} value" in words
        assert f"into {'x'.join(map(str, after))} = {numbers.count(prod(after))}." in words
    else:
        assert "No block of yours pools" in words
    last = shapes[f"blocks.{len(model.blocks) - 1}"][1]
    assert re.search(rf" {last[0]} maps? of {last[1]}x{last[2]}", told("feature-maps", subject))


@settings(deadline=None)
@given(models)
def test_every_lesson_is_told_of_every_stack_also_of_an_impossible_one(model):
    for subject in (of_model(model), of_model(model, 8, 2)):
        for lesson in LESSONS:
            paragraphs = lesson.tell(subject)
            assert paragraphs
            for paragraph in paragraphs:
                assert re.fullmatch(r"\S.*[.]", paragraph), (lesson.name, paragraph)
                assert "  " not in paragraph
                assert "None" not in paragraph


def synthetic_run():
    first, *rest = whole_run()
    assert isinstance(first, RunStarted)
    data = msgspec.structs.replace(first.data, name="synthetic hands", kind="synthetic", synthetic=True)
    return [msgspec.structs.replace(first, data=data), *rest]


RUNS = {
    "just begun": begun(0),
    "in its first epoch": begun(20),
    "running": begun(60),
    "finished": whole_run(),
    "synthetic": synthetic_run(),
    "diverged": [*begun(10), run_ended("diverged", "no", 0)],
}


@pytest.mark.parametrize("events", RUNS.values(), ids=RUNS)
def test_every_lesson_is_told_of_every_state_of_a_run(events):
    subject = of_run(events)
    assert subject.about == f"run {subject.state.id}"
    for lesson in LESSONS:
        for paragraph in lesson.tell(subject):
            assert re.fullmatch(r"\S.*[.]", paragraph), (lesson.name, paragraph)
            assert "None" not in paragraph
    assert ("hands drawn by the program" in told("image", subject)) == subject.data.synthetic


def test_a_run_that_has_said_nothing_leaves_the_settings_to_speak_of():
    for state in (None, RunState()):
        subject = subject_of(Config(), state, (28, 24))
        assert subject.about == "the settings of the next run"
        assert "one of 24 classes" not in told("loss", subject)
        assert "This run" not in "\n".join(told(lesson.name, subject) for lesson in LESSONS)


def test_a_run_is_told_of_by_its_own_settings_not_by_the_form():
    theirs = msgspec.structs.replace(
        Config(), augment=msgspec.structs.replace(Config().augment, rotation=33.0)
    )
    subject = subject_of(Config(), RunState.of([run_started(theirs)]), (28, 24))
    assert "turned by up to 33 degrees" in told("augmentation", subject)
    assert subject.image_size, subject.classes == (28, 24)


def epoch(number: int, train: float, clean: float | None, validation: float, loss: float = 0.5) -> EpochEnded:
    found = next(event for event in begun(40) if isinstance(event, EpochEnded))
    return msgspec.structs.replace(
        found,
        epoch=number,
        step=40 * number,
        train=Score(0.1, train, 100),
        clean=None if clean is None else Score(0.1, clean, 100),
        validation=Score(loss, validation, 100),
    )


shares = st.floats(0, 1)


@given(shares, st.none() | shares, shares, st.floats(0, 20))
def test_figures_of_an_epoch_are_those_of_the_run_and_the_gap_is_theirs(train, clean, validation, loss):
    subject = of_run(
        [run_started(), epoch(1, train, clean, validation, loss), epoch(2, train, clean, validation, loss)]
    )
    words = told("overfitting", subject)
    name = "training accuracy" if clean is None else "accuracy on training images without augmentation"
    learned = train if clean is None else clean
    pattern = rf"After epoch 2 of this run, {name} is (\S+) % and validation (\S+) %: (.*?)\.(?:\n|$)"
    shown = re.search(pattern, words)
    assert shown is not None, words
    assert f"{shown[1]} %" == numbers.percent(learned)
    assert f"{shown[2]} %" == numbers.percent(validation)
    gap = Decimal(shown[1].lstrip("<")) - Decimal(shown[2].lstrip("<"))
    if gap == 0:
        assert shown[3] == "no gap"
    else:
        number = re.search(r"(\d+(?:\.\d+)?) points?", shown[3])
        assert number is not None
        assert Decimal(number[1]) == abs(gap)
        assert ("ahead" in shown[3]) == (gap < 0)
    words = told("loss", subject)
    assert f"validation loss is {numbers.loss(loss)}, " in words
    assert f"were given {numbers.percent(math.exp(-loss))}." in words


def test_what_is_not_a_number_is_not_reckoned_with():
    nan = float("nan")
    subject = of_run([run_started(), epoch(1, nan, None, nan, nan)])
    for lesson in LESSONS:
        assert "nan" not in told(lesson.name, subject)


def test_epochs_batches_and_steps_are_the_runs():
    words = told("epochs", of_run(begun(60)))
    assert "5,120 images into 40 batches of at most 128, so 2 epochs are 80 steps; it has made 60." in words


def test_confusion_is_of_the_test_where_there_is_one():
    assert "M read as N, 3 of 23 images" in told("confusion", of_run(whole_run()))
    assert "480 of 483 were read right" in told("confusion", of_run(whole_run()))
    assert "There is no mistake in it" in told("confusion", of_run(begun(60)))
    assert "has not scored any image" in told("confusion", of_run(begun(3)))


def test_calibration_is_told_with_the_run_s_own_smoothing_and_loss():
    words = told("calibration", of_run(whole_run()))
    assert "Label smoothing 0.1 asks for 90.4 %" in words  # 0.9 + 0.1 / 24
    assert "After epoch 2 97.5 % of the validation images are read right" in words
    assert f"their true letters is {numbers.percent(math.exp(-0.25))}" in words  # e ** -0.25
    plain = msgspec.structs.replace(Config().train, label_smoothing=0.0)
    without = subject_of(msgspec.structs.replace(Config(), train=plain), None, (28, 24))
    assert "asks for" not in told("calibration", without)


def test_guesses_are_counted_as_they_are():
    assert "Of the 24 images that this run watches, it now reads 20 right." in told(
        "softmax", of_run(begun(9))
    )


def with_temperature(temperature: float) -> Subject:
    """A run whose epochs were calibrated: two images read right, surer of them after than before."""
    before, after = calibration([0.8, 0.7], [True, True]), calibration([0.97, 0.92], [True, True])
    found = Calibrated(temperature, before if temperature != 1 else after, after)
    return of_run(
        [
            msgspec.structs.replace(event, calibration=found) if isinstance(event, EpochEnded) else event
            for event in begun(120)
        ]
    )


def test_softmax_tells_the_run_s_temperature():
    words = told("softmax", with_temperature(0.67))
    assert "divides its logits by 0.67 first" in words
    assert "makes it surer" in words
    assert "makes it less sure" in told("softmax", with_temperature(1.2))
    assert "temperature" not in told("softmax", with_temperature(1))
    assert "temperature" not in told("softmax", of_run(begun(120)))


def test_calibration_tells_the_run_s_own_error_before_and_after_its_temperature():
    subject = with_temperature(0.67)
    assert subject.last is not None
    found = subject.last.calibration
    assert found is not None
    assert (found.before.error, found.after.error) == pytest.approx((1 - 0.75, 1 - 0.945))
    before, after = numbers.percent(found.before.error), numbers.percent(found.after.error)
    words = told("calibration", subject)
    assert "divides its logits by 0.67, the temperature that fits its validation images" in words
    assert "on average 75.0 % sure of them, is now 94.5 % sure, and 100 % right" in words
    assert f"the expected calibration error was {before} and is {after}." in words
    words = told("calibration", with_temperature(1))
    assert f"this run's expected calibration error is {after} on its validation images" in words
    assert "No temperature was fitted" in words
    assert "this run" not in told("calibration", of_run(begun(120))).lower()


def test_validation_says_what_is_held_out_and_warns_of_random_images():
    started = run_started()
    data = msgspec.structs.replace(
        started.data, validation="120 training photographs (480 images)", validation_photographs=120
    )
    words = told("validation", of_run([msgspec.structs.replace(started, data=data)]))
    assert "holds out 480: 120 training photographs (480 images)." in words
    assert "no image that is scored has a variant in training" in words
    unknown = told("validation", of_run([started]))  # no groups are known there
    assert "no image that is scored" not in unknown
    config = msgspec.structs.replace(
        Config(), data=msgspec.structs.replace(Config().data, validation="random")
    )
    assert "says very little" in told("validation", subject_of(config, None, (28, 24)))


def test_next_leads_through_all_lessons_and_round_and_before_leads_back():
    lesson, seen = LESSONS[0], []
    for _ in LESSONS:
        seen.append(lesson.name)
        assert beside(beside(lesson, 1), -1) is lesson
        lesson = beside(lesson, 1)
    assert lesson is LESSONS[0]
    assert len(set(seen)) == len(LESSONS)


def test_every_setting_and_every_panel_has_its_lesson():
    for key in SETTINGS:
        assert lesson_of_setting(key) is not None, key
    assert lesson_of_setting("model.blocks.3.stride") is lesson_named("stride")
    assert lesson_of_setting("model.blocks.3") is lesson_named("feature-maps")
    assert lesson_of_setting("model.head.pooling") is lesson_named("global-pooling")
    assert lesson_of_setting("model.blocks.1.pooling") is lesson_named("pooling")
    screens = [kind for kind in _kinds() if issubclass(kind, DashboardScreen)]
    panels = [panel for screen in screens for panel in screen.PANELS]
    assert len(panels) > 10
    for panel in panels:
        named = (
            getattr(panel.kind, "lesson", "") if isinstance(getattr(panel.kind, "lesson", ""), str) else ""
        )
        assert lesson_of_panel(panel.id) or lesson_named(named), panel.id


def test_a_name_that_is_none_is_one_sentence_with_the_nearest():
    with pytest.raises(ConfigError, match="there is no lesson 'strides'; did you mean stride"):
        lesson_named("strides")
    assert lesson_named("Global Pooling").name == "global-pooling"


def test_all_that_the_tutorial_explains_has_a_lesson():
    titles = " ".join(f"{lesson.name} {lesson.title}" for lesson in LESSONS)
    for idea in (
        "image", "convolution", "stride", "padding", "kernels", "activation", "pooling", "global-pooling",
        "feature-maps", "fully-connected", "softmax", "loss", "epochs", "learning-rate", "overfitting",
        "augmentation", "validation", "confusion",
    ):  # fmt: skip
        assert idea in titles
    assert len(CLASSES) == 24
    for word in ("relu", "sigmoid", "tanh"):
        assert word in told("activation", of_run(whole_run())).lower()


def test_fine_tuning_is_told_with_what_the_run_gained() -> None:
    score = events.Test(loss=1.0, accuracy=0.25, images=8, recall=(), confusion=())
    own = events.BeforeAfter(score, msgspec.structs.replace(score, accuracy=0.75))
    gain = events.FineTuning(
        time=0.0,
        parent="brisk",
        origin="brisk",
        learned=24,
        held_out=8,
        learned_by_class=(24,),
        repeats=8,
        rehearsed=512,
        own=own,
    )
    train = msgspec.structs.replace(Config().train, from_="brisk", rehearsal=512, learning_rate=0.002)
    config = msgspec.structs.replace(Config(), train=train)
    words = "\n".join(lesson_named("fine-tuning").tell(Subject(config, RunState(fine_tuning=gain), 28, 24)))
    assert "You go on from brisk with a learning rate of up to 0.002, beside 512 images" in words
    assert "This run read 25.0 % of 8 new photos held out when it began, and 75.0 % when it ended." in words
    assert "You go on" not in "\n".join(lesson_named("fine-tuning").tell(Subject(Config(), None, 28, 24)))
