"""How it learns: loss, learning rate, epochs and batches, augmentation, going on from another run."""

import math

from signtui.config import AugmentSettings
from signtui.config.schema import TrainSettings
from signtui.lessons.subject import Subject
from signtui.lessons.words import counted, listed
from signtui.render import numbers
from signtui.render.numbers import count, percent


def loss(subject: Subject) -> list[str]:
    """Cross-entropy."""
    classes = subject.classes
    told = [
        (
            "The loss says how wrong the network is, in one number that training makes smaller."
            " Cross-entropy is minus the logarithm of the probability that it gave to the right class: 0"
            " when it was certain and right, and the more, the surer it was of something else. Accuracy"
            " only counts right guesses; the loss also tells how sure they were."
        ),
        (
            f"Even odds for {counted(classes, 'class', 'classes')} have a loss of ln {classes} ="
            f" {numbers.loss(math.log(classes))}: about where an untrained network starts."
        ),
    ]
    last = subject.last
    if last is not None and math.isfinite(last.validation.loss):
        value = last.validation.loss
        told.append(
            f"After epoch {last.epoch} the validation loss is {numbers.loss(value)}, as if every image's true"
            f" class were given {percent(math.exp(-value))}."
        )
    smoothing = subject.config.train.label_smoothing
    if smoothing > 0:
        told.append(
            f"You train with label smoothing {smoothing:g}: the target is not 100 % for the true class but"
            f" {percent(1 - smoothing + smoothing / classes)}, and the rest spread over the others, which"
            " keeps the network from becoming too sure. The curves show the plain cross-entropy."
        )
    return told


_SCHEDULES = {
    "constant": "stays as it is",
    "cosine": "falls along half a cosine to nearly 0",
    "one_cycle": "then falls evenly to nearly 0",
    "plateau": "is halved when the validation loss stalls",
}


def learning_rate(subject: Subject) -> list[str]:
    """How long a step is."""
    train = subject.config.train
    told = [
        (
            "For every weight, backpropagation works out which way the loss would fall, and how steeply:"
            " the gradient. A step moves all weights a little that way. How little is the learning rate:"
            " too small and it takes for ever, too large and it jumps over the valley, and the loss grows."
        ),
        _schedule(train),
    ]
    state = subject.state
    if state is not None and state.progress.learning_rate > 0 and state.progress.step:
        told.append(
            f"At step {count(state.progress.step)} of this run it was"
            f" {numbers.learning_rate(state.progress.learning_rate)}."
        )
    return told


def _schedule(train: TrainSettings) -> str:
    climbs = train.schedule in {"cosine", "one_cycle"} and train.warmup > 0
    first = f"climbs for the first {percent(train.warmup)} of the run, " if climbs else ""
    then = _SCHEDULES[train.schedule]
    if train.schedule == "cosine" and climbs:
        then = f"then {then}"
    elif train.schedule == "one_cycle" and not climbs:
        then = then.removeprefix("then ")
    return (
        f"You use {train.optimiser} with a learning rate of at most"
        f" {numbers.learning_rate(train.learning_rate)}; by the schedule {train.schedule} it {first}{then}."
    )


def epochs(subject: Subject) -> list[str]:
    """Batches, steps, epochs."""
    train = subject.config.train
    told = [
        (
            "Training doesn't look at all images before it moves. It takes a few, a batch, steps by their"
            " mean gradient, and takes the next few. When each image has been used once, an epoch is over;"
            " then they are shuffled, and the next begins. Validation is scored after every epoch."
        )
    ]
    state, data = subject.state, subject.data
    if state is None or data is None:
        told.append(
            f"You take {counted(train.batch_size, 'image')} a step and {counted(train.epochs, 'epoch')}."
        )
        return told
    progress = state.progress
    planned = progress.epochs * progress.steps_per_epoch
    told.append(
        f"This run cuts {counted(data.train_images, 'image')} into"
        f" {counted(progress.steps_per_epoch, 'batch', 'batches')} of at most {count(train.batch_size)}, so"
        f" {counted(progress.epochs, 'epoch')} {'is' if planned == 1 else 'are'} {counted(planned, 'step')};"
        f" it has made {count(progress.step)}."
    )
    if subject.last is not None:
        told.append(
            f"Epoch {subject.last.epoch} took {numbers.duration(subject.last.seconds)}, with a validation"
            f" accuracy of {percent(subject.last.validation.accuracy)} at its end."
        )
    return told


def augmentation_knobs(settings: AugmentSettings) -> list[str]:
    """The random changes that are on, in words; empty where all are off."""
    knobs = {
        "rotation": f"turned by up to {settings.rotation:g} degrees",
        "shift": f"moved by up to {percent(settings.shift)} of the side",
        "zoom": f"scaled by up to {percent(settings.zoom)}",
        "shear": f"slanted by up to {settings.shear:g} degrees",
        "flip": "mirrored half of the time",
        "brightness": f"lightened or darkened by up to {percent(settings.brightness)}",
        "contrast": f"changed in contrast by up to {percent(settings.contrast)}",
        "perspective": f"tilted so that one end is smaller by up to {percent(settings.perspective)}",
        "warp": f"bent by about {percent(settings.warp)} of the side, as another hand's fingers are",
        "light": "lit from one side",
        "tone": "given another camera's tone curve",
        "blur": f"blurred or sharpened by up to {percent(settings.blur)}",
        "noise": f"given grain of up to {settings.noise:g} grey levels",
        "erase": f"covered in part, {percent(settings.erase)} of them",
    }
    return [words for name, words in knobs.items() if getattr(settings, name)]


def augmentation(subject: Subject) -> list[str]:
    """Images that are never twice the same."""
    settings = subject.config.augment
    told = [
        (
            "A hand a little turned is the same letter, but to a network it is other numbers. Augmentation"
            " changes each training image at random, anew in every epoch, so that learning images by heart"
            " doesn't help. Validation and test images are never changed."
        ),
    ]
    knobs = augmentation_knobs(settings)
    told.append(
        f"Yours are {listed(knobs)}." if knobs else "All of yours is off: every epoch shows the same images."
    )
    if settings.flip:
        told.append("A mirrored right hand is a left hand, which signs the same letters.")
    data = subject.data
    if data is not None and knobs:
        epochs_done = len(subject.state.epochs) if subject.state is not None else 0
        told.append(
            f"From {counted(data.train_images, 'training image')} this run has made"
            f" {counted(data.train_images * epochs_done, 'changed one')} in"
            f" {counted(epochs_done, 'finished epoch')}."
        )
    return told


def fine_tuning(subject: Subject) -> list[str]:
    """Going on from weights that know something alike."""
    train = subject.config.train
    told = [
        (
            "A network that reads seven people's hands already has kernels for edges, fingers and gaps, and"
            " an eighth hand needs them too. Fine-tuning begins with a run's weights instead of random ones"
            " and moves them a little, by small steps: a few photos of each letter and some seconds do."
        ),
        (
            "What is no longer seen is soon forgotten: letters without a new photo, and the other hands."
            " So images that were learned before are learned again beside the new ones: rehearsal."
        ),
    ]
    if train.from_:
        told.append(
            f"You go on from {train.from_} with a learning rate of up to {train.learning_rate:g}, beside"
            f" {counted(train.rehearsal, 'image', 'images')} that it knows."
        )
    gain = subject.state.fine_tuning if subject.state is not None else None
    if gain is not None and gain.own.after is not None:
        before, after = gain.own.before, gain.own.after
        told.append(
            f"This run read {percent(before.accuracy)} of {counted(before.images, 'new photo', 'new photos')}"
            f" held out when it began, and {percent(after.accuracy)} when it ended."
        )
    return told
