"""Every hyperparameter, declared once: type, range, unit, help, and whether a live run takes a change.

The TOML key, the `SIGNTUI_*` variable, the command-line option, the form field and the error message
of a setting all come from its line here.
"""

from typing import Annotated, Any, Literal

import msgspec

Activation = Literal["relu", "leaky_relu", "gelu", "silu", "tanh", "sigmoid", "none"]
Pooling = Literal["max", "average", "none"]
Normalisation = Literal["batch", "layer", "none"]


def setting(
    description: str,
    *,
    unit: str = "",
    live: bool = False,
    option: str | None = None,
    **bounds: float,
) -> msgspec.Meta:
    """One setting's declaration: help text, unit, whether it can change during a run, option name, bounds.

    `bounds` are msgspec's `ge`, `gt`, `le` and `lt`.
    """
    extra = {"unit": unit, "live": live, "option": option}
    # One signature for any mix of bounds; msgspec's overloads list the mixes one by one.
    constructor: Any = msgspec.Meta
    meta: msgspec.Meta = constructor(description=description, extra=extra, **bounds)
    return meta


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A group of settings; immutable, compared by value."""


class Block(Section, frozen=True):
    """One convolution block: convolution, normalisation, activation and pooling (see `model.order`)."""

    filters: Annotated[int, setting("feature maps the convolution makes", ge=1, le=1024)] = 32
    kernel: Annotated[int, setting("kernel side", ge=1, le=31, unit="pixels")] = 3
    stride: Annotated[int, setting("step of the kernel", ge=1, le=8, unit="pixels")] = 1
    padding: Annotated[
        Literal["same", "none"],
        setting("same: borders padded with zeros so that a stride of 1 keeps the size; none: no padding"),
    ] = "same"
    activation: Annotated[Activation, setting("non-linearity after the convolution")] = "relu"
    pooling: Annotated[Pooling, setting("how neighbouring values are merged")] = "none"
    pool_size: Annotated[int, setting("side of the pooling window", ge=1, le=16, unit="pixels")] = 2
    pool_stride: Annotated[
        int, setting("step of the pooling window; 0: as its size", ge=0, le=16, unit="pixels")
    ] = 0
    normalisation: Annotated[Normalisation, setting("rescaling of the feature maps")] = "batch"
    dropout: Annotated[float, setting("share of feature maps dropped in training", ge=0, lt=1)] = 0.0
    residual: Annotated[bool, setting("add the block's input to its output, before the activation")] = False


class Head(Section, frozen=True):
    """From the last feature maps to the logits."""

    pooling: Annotated[
        Literal["flatten", "average", "max"],
        setting("flatten: every value; average, max: one value a feature map", option="--head-pooling"),
    ] = "max"
    hidden: Annotated[
        tuple[Annotated[int, msgspec.Meta(ge=1, le=8192)], ...],
        setting("sizes of the hidden fully connected layers", unit="units", option="--hidden"),
    ] = ()
    activation: Annotated[
        Activation, setting("non-linearity after each hidden layer", option="--head-activation")
    ] = "relu"
    dropout: Annotated[
        float,
        setting("share of values dropped before each linear layer", ge=0, lt=1, option="--head-dropout"),
    ] = 0.0


class DataSettings(Section, frozen=True):
    """Where the images come from and what is held out of training."""

    directory: Annotated[
        str,
        setting(
            "folder (or one CSV file) to read; empty: look in ./data, then what was fetched, then draw"
            " synthetic hands",
            option="--data-dir",
        ),
    ] = ""
    source: Annotated[
        Literal["auto", "csv", "folder", "synthetic"],
        setting("what to read there: label,pixel CSVs, one folder of images per class, or synthetic hands"),
    ] = "auto"
    validation: Annotated[
        Literal["photographs", "signers", "published", "random"],
        setting(
            "what is held out: photographs (never a twin on both sides), signers (one signer's whole hand),"
            " the published test file, or random rows (leaks)"
        ),
    ] = "photographs"
    validation_fraction: Annotated[
        float, setting("share of the training photographs or rows held out", gt=0, lt=1)
    ] = 0.1
    held_out: Annotated[
        str,
        setting(
            "signer (or other group) kept out of training and of choosing the best epoch, and scored at the"
            " end; with validation signers: who is validated on, empty for the first"
        ),
    ] = ""
    groups: Annotated[
        str,
        setting("file,row,signer table that says whose each image is; empty: look in the data folder"),
    ] = ""
    own: Annotated[
        str,
        setting("folder that photos of your own are collected in, one folder per letter", option="--own-dir"),
    ] = "own-hands"
    most_images: Annotated[
        int,
        setting(
            "train on at most so many images, whole photographs of every class alike; 0: all",
            ge=0,
            unit="images",
        ),
    ] = 0
    image_size: Annotated[
        int, setting("side that a folder's images are scaled to", ge=8, le=128, unit="pixels")
    ] = 28
    synthetic_images: Annotated[
        int, setting("synthetic hands drawn for training", ge=48, le=100_000, unit="images")
    ] = 6000
    synthetic_seed: Annotated[int, setting("seed of the synthetic hands", ge=0, lt=2**31)] = 0


class AugmentSettings(Section, frozen=True):
    """Random changes made to each training image, drawn anew each epoch; validation never sees them."""

    rotation: Annotated[float, setting("turn by up to this much", ge=0, le=180, unit="degrees")] = 12.0
    shift: Annotated[
        float, setting("move by up to this share of the side, each way", ge=0, le=0.5, unit="of the side")
    ] = 0.1
    zoom: Annotated[float, setting("scale by up to this much, in or out", ge=0, lt=1, unit="of the size")] = (
        0.1
    )
    shear: Annotated[float, setting("slant by up to this much", ge=0, le=60, unit="degrees")] = 0.0
    flip: Annotated[bool, setting("mirror half of the images, as a left hand")] = False
    brightness: Annotated[
        float, setting("lighten or darken by up to this share", ge=0, le=1, unit="of full scale")
    ] = 0.2
    contrast: Annotated[
        float, setting("stretch or flatten the greys by up to this share", ge=0, le=1, unit="of contrast")
    ] = 0.2
    perspective: Annotated[
        float,
        setting("tilt, so that one end is smaller by up to this much", ge=0, le=0.4, unit="of the size"),
    ] = 0.0
    warp: Annotated[
        float,
        setting("bend by smooth shifts of about this much", ge=0, le=0.2, unit="of the side"),
    ] = 0.0
    light: Annotated[
        float, setting("light from one side, as an exponent at the edges: 0.7 doubles or halves", ge=0, le=2)
    ] = 0.0
    tone: Annotated[
        float, setting("bend the tone curve by up to this exponent, as another camera would", ge=0, le=2)
    ] = 0.0
    blur: Annotated[float, setting("blur or sharpen by up to this much", ge=0, le=1)] = 0.0
    noise: Annotated[
        float, setting("add grain of up to this deviation", ge=0, le=100, unit="grey levels")
    ] = 0.0
    erase: Annotated[
        float, setting("share of the images that have a rectangle covered", ge=0, le=1, unit="of the images")
    ] = 0.0
    synthetic: Annotated[
        int,
        setting(
            "synthetic hands added to the training images, where the classes are letters",
            ge=0,
            le=100_000,
            unit="images",
        ),
    ] = 0
    fill: Annotated[
        Literal["nearest", "constant"], setting("what fills uncovered corners: the nearest pixel or one grey")
    ] = "nearest"
    fill_value: Annotated[int, setting("the grey of a constant fill", ge=0, le=255, unit="grey level")] = 0


_FAST_BLOCKS = (
    Block(filters=16, pooling="max"),
    Block(filters=32),
    Block(filters=32, pooling="max"),
    Block(filters=64),
    Block(filters=64, pooling="max"),
)


class ModelSettings(Section, frozen=True):
    """The network: blocks of convolution, then the head."""

    input_scaling: Annotated[
        Literal["per_image", "unit"],
        setting("per_image: each image to zero mean and unit deviation; unit: grey levels divided by 255"),
    ] = "per_image"
    moved_views: Annotated[
        bool,
        setting("score an image by the mean of nine looks at it, moved, turned and scaled a little"),
    ] = False
    ensemble: Annotated[
        int,
        setting(
            "networks that learn side by side from other first weights; the mean of their answers counts",
            ge=1,
            le=16,
            unit="networks",
        ),
    ] = 1
    order: Annotated[
        Literal["pool_first", "activation_first"],
        setting(
            "pool_first: convolution, pooling, normalisation, activation (cheaper); activation_first:"
            " convolution, normalisation, activation, pooling"
        ),
    ] = "pool_first"
    blocks: Annotated[
        tuple[Block, ...],
        setting("the convolution blocks, first to last; a number resizes the stack", option="--blocks"),
    ] = _FAST_BLOCKS
    head: Head = Head()


class TrainSettings(Section, frozen=True):
    """How the network learns, and on what."""

    epochs: Annotated[int, setting("passes over the training images", ge=1, le=10_000, live=True)] = 2
    batch_size: Annotated[int, setting("images per step", ge=1, le=65_536, unit="images")] = 128
    optimiser: Annotated[Literal["sgd", "adam", "adamw", "rmsprop"], setting("the update rule")] = "adamw"
    learning_rate: Annotated[
        float, setting("step size at the top of the schedule", gt=0, le=100, live=True)
    ] = 0.02
    momentum: Annotated[
        float, setting("share of the last step kept by sgd (Nesterov) and rmsprop", ge=0, lt=1)
    ] = 0.9
    schedule: Annotated[
        Literal["constant", "cosine", "one_cycle", "plateau"],
        setting("how the learning rate moves: plateau halves it when validation loss stalls"),
    ] = "one_cycle"
    warmup: Annotated[
        float, setting("share of the run that one_cycle and cosine climb for", ge=0, lt=1, unit="of the run")
    ] = 0.25
    weight_decay: Annotated[float, setting("pull of the weights towards zero", ge=0, le=10)] = 0.05
    label_smoothing: Annotated[float, setting("share of the target spread over all classes", ge=0, lt=1)] = (
        0.1
    )
    ema: Annotated[
        float, setting("decay of the average of weights that is evaluated and saved; 0: off", ge=0, lt=1)
    ] = 0.98
    gradient_clip: Annotated[float, setting("longest gradient allowed; 0: any", ge=0, unit="norm")] = 0.0
    early_stopping: Annotated[
        int, setting("stop after this many epochs without a better validation; 0: off", ge=0, unit="epochs")
    ] = 0
    clean_images: Annotated[
        int,
        setting(
            "training images also scored without augmentation each epoch; 0: none, -1: all",
            ge=-1,
            unit="images",
        ),
    ] = 2048
    seed: Annotated[
        int, setting("seed of weights, order, augmentation and held-out choice", ge=0, lt=2**31)
    ] = 0
    device: Annotated[str, setting("auto, cpu, cuda, cuda:N or mps")] = "auto"
    precision: Annotated[
        Literal["auto", "fp32", "bf16"], setting("arithmetic of the network; auto: bf16 where it is fast")
    ] = "auto"
    threads: Annotated[int, setting("processor threads; 0: one a core", ge=0, le=1024)] = 0
    deterministic: Annotated[bool, setting("only algorithms that give the same bits every time")] = False
    time_limit: Annotated[
        float, setting("stop and keep the best after this long; 0: none", ge=0, unit="seconds")
    ] = 0.0
    # `from` is a word of Python's.
    from_: Annotated[
        str,
        setting(
            "run whose best weights are the start, with its network and classes; empty: new weights",
            option="--from",
        ),
    ] = msgspec.field(default="", name="from")
    rehearsal: Annotated[
        int,
        setting(
            "images of the run started from that are learned again beside the new ones, so that they are not"
            " forgotten; 0: none",
            ge=0,
            unit="images",
        ),
    ] = 2048


class RunSettings(Section, frozen=True):
    """What a run leaves on disk."""

    directory: Annotated[str, setting("folder that holds the runs", option="--runs-dir")] = "runs"
    epoch_weights: Annotated[
        int, setting("epochs whose weights are kept in half precision; 0: none", ge=0, le=10_000)
    ] = 100
    notes: Annotated[str, setting("a note kept with the run")] = ""
    tags: Annotated[tuple[str, ...], setting("words to find the run by")] = ()


class UiSettings(Section, frozen=True):
    """How things look on the terminal."""

    colour: Annotated[
        Literal["auto", "truecolor", "256", "16", "none"], setting("colours to use; auto: ask the terminal")
    ] = "auto"
    characters: Annotated[
        Literal["auto", "unicode", "ascii"], setting("characters to draw with; auto: by the locale")
    ] = "auto"
    theme: Annotated[
        Literal["auto", "dark", "light", "high-contrast", "terminal"],
        setting(
            "the dashboard's colours; auto: dark, or light where COLORFGBG says so, or the terminal's own"
        ),
    ] = "auto"
    remember: Annotated[
        bool, setting("take up the dashboard as it was left: settings, folds, curves, order, theme")
    ] = True
    images: Annotated[
        Literal["blocks", "auto", "kitty", "sixel"],
        setting(
            "draw images in blocks, or as pixels by the kitty or sixel protocol where the terminal has it;"
            " auto: the best it has"
        ),
    ] = "blocks"
    low_bandwidth: Annotated[
        bool, setting("send less to the terminal: slower figures, curves and samples, coarser greys")
    ] = False


class Config(Section, frozen=True):
    """All settings of a run. `preset` names the recipe that augment, model and train started from."""

    preset: Annotated[
        Literal["fast", "tutorial", "tiny", "accurate"],
        setting("recipe that [augment], [model] and [train] start from", option="--preset"),
    ] = "fast"
    data: DataSettings = DataSettings()
    augment: AugmentSettings = AugmentSettings()
    model: ModelSettings = ModelSettings()
    train: TrainSettings = TrainSettings()
    runs: RunSettings = RunSettings()
    ui: UiSettings = UiSettings()


def as_plain(value: Any) -> Any:
    """`value` as dicts, lists and scalars, ready for JSON or TOML."""
    # By way of JSON: to_builtins would leave tuples, which neither format reads back.
    return msgspec.json.decode(msgspec.json.encode(value))
