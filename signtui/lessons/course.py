"""The lessons in their order, and which of them belongs to a panel or to a setting."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass

from signtui.errors import ConfigError
from signtui.lessons import deciding, judging, learning, seeing
from signtui.lessons.subject import Subject


@dataclass(frozen=True)
class Lesson:
    """One idea. `tell` gives its paragraphs with the subject's numbers.

    `panels` are ids of the panels that it explains, `settings` last parts of the settings' keys.
    """

    name: str
    title: str
    tell: Callable[[Subject], list[str]]
    panels: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()


LESSONS = (
    Lesson(
        "image", "An image is numbers", seeing.image, ("gallery", "image"), ("image_size", "input_scaling")
    ),
    Lesson(
        "convolution", "Convolution", seeing.convolution, ("hand-convolution", "sum"), ("kernel", "residual")
    ),
    Lesson("stride", "Stride", seeing.stride, ("output",), ("stride",)),
    Lesson("padding", "Padding", seeing.padding, (), ("padding",)),
    Lesson("kernels", "Kernels are learned", seeing.kernels, ("kernel", "exciting"), ("seed",)),
    Lesson(
        "feature-maps",
        "Feature maps",
        seeing.feature_maps,
        ("form", "layers", "strips"),
        ("filters", "blocks", "preset"),
    ),
    Lesson(
        "activation",
        "Activation",
        deciding.activation,
        ("hand-activation", "maps"),
        ("activation", "head.activation"),
    ),
    Lesson("normalisation", "Normalisation", deciding.normalisation, (), ("normalisation",)),
    Lesson(
        "pooling",
        "Pooling",
        deciding.pooling,
        ("hand-pooling", "after"),
        ("pooling", "pool_size", "pool_stride", "order"),
    ),
    Lesson("global-pooling", "Global pooling", deciding.global_pooling, (), ("head.pooling",)),
    Lesson("fully-connected", "Fully connected layers", deciding.fully_connected, (), ("head.hidden",)),
    Lesson("softmax", "Logits and softmax", deciding.softmax, ("samples", "misread"), ("ensemble",)),
    Lesson("loss", "Loss", learning.loss, ("loss",), ("label_smoothing",)),
    Lesson(
        "learning-rate",
        "Learning rate",
        learning.learning_rate,
        (),
        (
            "learning_rate",
            "optimiser",
            "momentum",
            "schedule",
            "warmup",
            "gradient_clip",
            "train.from",
            "rehearsal",
        ),
    ),
    Lesson(
        "epochs",
        "Epochs and batches",
        learning.epochs,
        (),
        (
            "epochs",
            "batch_size",
            "time_limit",
            "epoch_weights",
            "device",
            "precision",
            "threads",
        ),
    ),
    Lesson(
        "augmentation",
        "Augmentation",
        learning.augmentation,
        ("augment", "corruptions-page"),
        (
            "rotation",
            "shift",
            "zoom",
            "shear",
            "flip",
            "brightness",
            "contrast",
            "perspective",
            "warp",
            "light",
            "tone",
            "blur",
            "noise",
            "erase",
            "synthetic",
            "moved_views",
            "fill",
            "fill_value",
        ),
    ),
    Lesson(
        "validation",
        "What is held out",
        judging.validation,
        ("facts",),
        (
            "validation",
            "validation_fraction",
            "held_out",
            "groups",
            "data.directory",
            "own",
            "source",
            "most_images",
            "synthetic_images",
            "synthetic_seed",
        ),
    ),
    Lesson(
        "overfitting",
        "Overfitting",
        judging.overfitting,
        ("accuracy",),
        ("weight_decay", "dropout", "ema", "early_stopping", "clean_images"),
    ),
    Lesson(
        "confusion",
        "Confusion",
        judging.confusion,
        ("run-page", "runs-page", "confusion", "pairs", "letters", "mistakes-filter"),
    ),
    Lesson("calibration", "Calibration", judging.calibration, ("calibration",)),
    Lesson(
        "runs",
        "Comparing runs",
        judging.runs,
        ("runs-table", "runs-filter"),
        ("runs.directory", "notes", "tags", "deterministic", "ui"),
    ),
    Lesson("fine-tuning", "Fine-tuning", learning.fine_tuning, (), ("data.own", "from", "rehearsal")),
)
"""Every lesson, from the image to going on from a run; each leads to the next."""

_BY_NAME = {lesson.name: lesson for lesson in LESSONS}
_BY_PANEL = {panel: lesson for lesson in LESSONS for panel in lesson.panels}
_BY_SETTING = {setting: lesson for lesson in LESSONS for setting in lesson.settings}


def lesson_named(name: str) -> Lesson:
    """The lesson of that name. Raises ConfigError where there is none."""
    lesson = _BY_NAME.get(name.strip().lower().replace(" ", "-").replace("_", "-"))
    if lesson is None:
        near = difflib.get_close_matches(name, _BY_NAME, n=1)
        hint = f"did you mean {near[0]}?" if near else "`signtui lesson` lists them all"
        raise ConfigError(f"there is no lesson {name!r}; {hint}")
    return lesson


def lesson_of_panel(panel_id: str) -> Lesson | None:
    """The lesson behind a panel, by its widget's id."""
    return _BY_PANEL.get(panel_id)


def lesson_of_setting(key: str) -> Lesson | None:
    """The lesson behind a setting, by its key as in `model.blocks.2.stride`; its last part decides."""
    parts = key.split(".")
    if parts[:2] == ["model", "blocks"] and len(parts) == 3 and parts[2].isdigit():
        return _BY_SETTING["blocks"]
    two = ".".join(parts[-2:])
    return _BY_SETTING.get(two) or _BY_SETTING.get(parts[-1]) or _BY_SETTING.get(parts[0])


def beside(lesson: Lesson, by: int) -> Lesson:
    """The next lesson, or with -1 the one before; the last leads to the first."""
    return LESSONS[(LESSONS.index(lesson) + by) % len(LESSONS)]
