"""How to tell what was learned: what is held out, overfitting, confusion, calibration, and other runs."""

import math

from signtui.events import Calibrated, EpochEnded
from signtui.lessons.learning import augmentation_knobs
from signtui.lessons.subject import Subject
from signtui.lessons.words import counted, listed
from signtui.render import numbers
from signtui.render.numbers import count, percent

_HELD_OUT = {
    "photographs": "Held out are whole photographs: no image that is scored has a variant in training.",
    "published": (
        "Held out is the published test file. What it chooses the best epoch by is no fair test any more."
    ),
    "signers": (
        "Held out is one signer's whole hand. As it chooses the best epoch, its score is a little too good;"
        " data.held_out with validation by photographs keeps a hand for the end."
    ),
    "random": "Held out are random images: their variants are in training, so the score says very little.",
}


def validation(subject: Subject) -> list[str]:
    """What a score is worth."""
    told = [
        (
            "A score on images that were learned from shows memory, not understanding. So some are held"
            " out: validation images steer the choice of the best epoch, and test images are scored once,"
            " at the end."
        ),
        (
            "Held out must mean really new. The published letters are about 1,650 photographs, each in some"
            " 21 variants; with images held out at random, nearly every one would have a twin in training,"
            " and even a network that learns by heart would seem perfect."
        ),
    ]
    data, how = subject.data, subject.config.data.validation
    if data is None:
        return [*told, _HELD_OUT[how]]
    told.append(
        f"This run learns from {counted(data.train_images, 'image')} and holds out"
        f" {count(data.validation_images)}: {data.validation}."
    )
    if how != "photographs" or data.validation_photographs is not None:
        told.append(_HELD_OUT[how])
    if data.held_out_images:
        told.append(
            f"It never sees {data.group_kind} {data.held_out}: {counted(data.held_out_images, 'image')} of a"
            " hand that neither trained it nor chose its epoch are scored once at the end, which shows"
            " what it makes of a new hand."
        )
    return told


def _gap(epoch: EpochEnded) -> tuple[str, float]:
    """How training is called that validation is compared with, and its accuracy."""
    if epoch.clean is not None:
        return "accuracy on training images without augmentation", epoch.clean.accuracy
    return "training accuracy", epoch.train.accuracy


def overfitting(subject: Subject) -> list[str]:
    """Learning by heart."""
    told = [
        (
            "A network with many weights can learn its images by heart: training goes on getting better,"
            " and validation stops, or gets worse. That is overfitting, and the gap between the two curves"
            " is its measure. Where both are poor, the network is too small or has learned too briefly:"
            " underfitting."
        )
    ]
    last = subject.last
    if last is not None:
        name, accuracy = _gap(last)
        held = last.validation.accuracy
        if math.isfinite(accuracy) and math.isfinite(held):
            told.append(
                f"After epoch {last.epoch} of this run, {name} is {percent(accuracy)} and validation"
                f" {percent(held)}: {gap_words(accuracy, held)}."
            )
        if last.clean is None and augmentation_knobs(subject.config.augment):
            told.append(
                "Training accuracy is measured on augmented images, which are harder, so it may well lie"
                " below validation."
            )
        best = subject.state.best if subject.state is not None else None
        if best is not None:
            told.append(f"The weights that are kept are those of epoch {best.epoch}, the best by validation.")
    told.append(f"What helps against it here: {_remedies(subject)}.")
    return told


def gap_words(training: float, held_out: float) -> str:
    """How far apart two accuracies (finite shares of 1) are, in points, as a reader of both would reckon."""
    points = numbers.points(training, held_out)
    if points == 0:
        return "no gap"
    words = f"{abs(points).normalize():f} {'point' if abs(points) == 1 else 'points'}"
    return f"a gap of {words}" if points > 0 else f"no gap, validation is {words} ahead"


def _remedies(subject: Subject) -> str:
    train, model = subject.config.train, subject.config.model
    dropout = max([block.dropout for block in model.blocks] + [model.head.dropout])
    knobs = augmentation_knobs(subject.config.augment)
    words = [
        f"augmentation ({counted(len(knobs), 'kind')} of change on)" if knobs else "augmentation (off)",
        f"weight decay ({train.weight_decay:g})",
        f"dropout ({'off' if not dropout else f'up to {percent(dropout)}'})",
        f"early stopping ({train.early_stopping or 'off'})",
    ]
    return f"more photographs, {listed(words)}"


def worst_pair(confusion: tuple[tuple[int, ...], ...]) -> tuple[int, int, int] | None:
    """The most frequent mistake in `confusion[truth][guess]`, as (truth, guess, images); None without any."""
    wrong = [
        (images, truth, guess)
        for truth, row in enumerate(confusion)
        for guess, images in enumerate(row)
        if truth != guess and images
    ]
    if not wrong:
        return None
    images, truth, guess = max(wrong, key=lambda found: found[0])
    return truth, guess, images


def confusion(subject: Subject) -> list[str]:
    """Which letters are taken for which."""
    told = [
        (
            "One number hides where a network is wrong. The confusion matrix has a row for each true class"
            " and a column for each guess: right ones lie on the diagonal, and any number beside it is a"
            " pair that looks alike. Recall is the share of a row that was read right, precision the share"
            " of a column that was meant."
        )
    ]
    state, data = subject.state, subject.data
    if state is None or data is None:
        return told
    test = state.ended.test if state.ended is not None else None
    table = test.confusion if test is not None else subject.last.confusion if subject.last is not None else ()
    if not table:
        told.append("This run has not scored any image yet.")
        return told
    where = "the test images" if test is not None else "the validation images, so far"
    total, right = sum(map(sum, table)), sum(row[index] for index, row in enumerate(table))
    told.append(f"Of {where}, {count(right)} of {count(total)} were read right.")
    pair = worst_pair(table)
    if pair is None:
        told.append("There is no mistake in it.")
    else:
        truth, guess, images = pair
        told.append(
            f"The most frequent mistake: {data.classes[truth]} read as {data.classes[guess]},"
            f" {count(images)} of {counted(sum(table[truth]), 'image')}."
        )
    return told


def calibration(subject: Subject) -> list[str]:
    """As sure as it is right."""
    told = [
        (
            "Softmax gives each guess a probability, but nobody checks that it is one. A network is"
            " calibrated where it is: of the images that it is 90 % sure of, it reads nine in ten right. Put"
            " the guesses into bins by how sure they are and compare each bin's mean confidence with its"
            " accuracy: the mean difference, each bin counted by its images, is the expected calibration"
            " error."
        ),
        (
            "Learned for long without label smoothing, networks become too sure: the loss rewards certainty"
            " on images that are read right already. With smoothing they stay less sure than they are right."
            " Dividing all logits by one number, the temperature, makes it surer or less sure and changes"
            " no guess: the order of the letters stays as it is."
        ),
    ]
    smoothing, classes = subject.config.train.label_smoothing, subject.classes
    if smoothing > 0:
        told.append(
            f"Label smoothing {smoothing:g} asks for {percent(1 - smoothing + smoothing / classes)} where the"
            " guess is right: who learns that well is right more often than it says."
        )
    last = subject.last
    if last is not None and last.calibration is not None:
        told.append(_calibrated(last.calibration, last.epoch))
    if last is not None and math.isfinite(last.validation.loss):
        accuracy, mean = last.validation.accuracy, math.exp(-last.validation.loss)
        told.append(
            f"After epoch {last.epoch} {percent(accuracy)} of the validation images are read right, and the"
            f" geometric mean of the probabilities of their true letters is {percent(mean)}: e to the"
            " power of minus the loss. It is the lower, the less sure the network is of what it reads"
            " right, and the surer of what it reads wrong."
        )
    return told


def _calibrated(found: Calibrated, epoch: int) -> str:
    before, after = found.before, found.after
    if found.temperature == 1:
        return (
            f"After epoch {epoch} this run's expected calibration error is {percent(after.error)} on its"
            " validation images. No temperature was fitted: its logits are divided by 1."
        )
    return (
        f"How sure a network is and how often it is right are two things. After epoch {epoch} this run"
        f" divides its logits by {found.temperature:.2f}, the temperature that fits its validation images. It"
        f" was on average {percent(before.confidence)} sure of them, is now {percent(after.confidence)} sure,"
        f" and {percent(after.accuracy)} right: the expected calibration error was {percent(before.error)}"
        f" and is {percent(after.error)}."
    )


def runs(subject: Subject) -> list[str]:
    """One run says little."""
    told = [
        (
            "One run is one throw of the dice: other random first weights and another order give another"
            " score. To learn what a setting does, change that one alone, compare both runs, and look"
            " whether their difference is larger than that between two seeds."
        ),
        (
            f"The seed is {subject.config.train.seed}: runs with the same seed and settings begin with the"
            " same weights and see the same images in the same order."
        ),
    ]
    state = subject.state
    if state is not None and state.best is not None:
        told.append(
            f"The best validation of run {state.id} is {percent(state.best.validation.accuracy)}, in epoch"
            f" {state.best.epoch}."
        )
    return told
