"""`signtui evaluate`: a run's best weights, scored on any data; or a recipe, on hands it never saw."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from msgspec.structs import replace
from rich.text import Text

from signtui.cli import evaluate_corruptions
from signtui.cli.help import CONTEXT, Command
from signtui.cli.options import JSON, LOOK, Settings, check_choice, section_keys, takes_settings
from signtui.cli.voice import Voice
from signtui.config import Assignment, Config, resolve
from signtui.errors import ConfigError, DataError, ExitCode, RunError
from signtui.events import DataFacts
from signtui.render import numbers
from signtui.render.heat_map import confusion_map
from signtui.render.palette import style_of
from signtui.render.tables import pairs_list
from signtui.runs.folder import LATEST, RunFolder, find_run
from signtui.runs.show import open_run

if TYPE_CHECKING:
    from signtui.data.held_out import HeldOutGroup
    from signtui.data.images import Dataset, ImageSet
    from signtui.model.network import Network
    from signtui.model.weights import WeightsMetadata
    from signtui.training.devices import Compute

app = typer.Typer(rich_markup_mode=None, add_completion=False, context_settings=CONTEXT)
APPS = {"evaluate": app}

SPLITS = ("test", "validation", "train", "held-out")
_DATA_KEYS = (
    "data.directory",
    "data.source",
    "data.groups",
    "data.synthetic_images",
    "data.synthetic_seed",
)
_OF_A_RUN = {"runs.directory", *_DATA_KEYS, "train.device", "train.precision", "train.threads", *LOOK}
_KEYS = ["preset", *section_keys("data", "train", "augment", "model"), "runs.directory", *LOOK]


@app.command(cls=Command)
@takes_settings(_KEYS, with_set=True)
def evaluate(
    settings: Settings,
    run: str = typer.Argument("", metavar="[ID]", help="An id, its start or its words, or latest."),
    split: str = typer.Option(
        "",
        metavar="NAME",
        help="Which images: test, validation, train, or the signer held-out, divided as the run did it.",
    ),
    leave_out: str = typer.Option(
        "",
        "--leave-one-out",
        metavar="signers",
        help="Train by these settings once for each signer, who is held out, and score each on that hand.",
    ),
    corruptions: bool = typer.Option(
        False,
        "--corruptions",
        help="The images turned, blurred, darkened, covered and so on, in five strengths each.",
    ),
    most: int = typer.Option(
        0, "--most", min=0, metavar="N", help="With --corruptions: at most so many images, evenly; 0: all."
    ),
    json: bool = JSON,
) -> int:
    """Score a run's best weights, by default on the test images of the data it learned from.

    With --data-dir they are scored on other images, of the same size and of its classes or some of them.

    With --leave-one-out signers a recipe is scored instead: it takes the settings of `train`, trains a run
    for each signer, and shows how hands that were never seen are read. Given again, it goes on where it was.
    """
    if most and not corruptions:
        raise ConfigError("--most goes with --corruptions, which scores every image fifty times")
    if leave_out:
        if run or split or corruptions:
            raise ConfigError(
                "--leave-one-out trains runs of its own: give neither an ID nor --split nor --corruptions"
            )
        _refuse_one_held_out(settings)
        from signtui.cli.leave_one_out import leave_one_out  # noqa: PLC0415 - only where it is asked for

        return leave_one_out(settings, leave_out, json=json)
    _refuse_settings_of_training(settings)
    harder = evaluate_corruptions.Wanted(most) if corruptions else None
    _evaluate(settings, run or LATEST, split or "test", harder, json=json)
    return ExitCode.DONE


def _refuse_one_held_out(settings: Settings) -> None:
    for given in settings.given:
        if given.key == "data.held_out" and given.value:
            raise ConfigError(
                f"{given.place} holds out one of them, and --leave-one-out each in turn: give one of the two"
            )


def _refuse_settings_of_training(settings: Settings) -> None:
    for given in settings.given:
        if given.key not in _OF_A_RUN:
            raise ConfigError(
                f"{given.place} goes with --leave-one-out, which trains: a run is scored with its own"
                " settings"
            )


def _evaluate(
    settings: Settings, run: str, split: str, harder: evaluate_corruptions.Wanted | None, *, json: bool
) -> None:
    check_choice("--split", split, SPLITS)
    config = settings.resolve().config
    folder = find_run(Path(config.runs.directory).expanduser(), run)
    if not folder.best.is_file():
        raise RunError(f"run {folder.id} has no weights to score: no epoch of it has ended")
    own = _config_of(folder, settings)
    voice = Voice(config.ui, json=json)
    with voice.doing("loading PyTorch"):
        from signtui.cli.output import print_json  # noqa: PLC0415
        from signtui.data.source import configured_dataset  # noqa: PLC0415 - numpy is not needed for the help
    with voice.doing("preparing the images"):
        known = open_run(folder, steps=False).state.data
        dataset = _in_classes_of(known, configured_dataset(own.data))
        images, told = _images(dataset, own, split, same=_learned_from(known, dataset, ("train",)))
    network, metadata, compute = _ready(folder, own, dataset)
    document = {
        "id": folder.id,
        "epoch": metadata.epoch,
        "split": split,
        "data": dataset.name,
        "synthetic": dataset.synthetic,
        "same_data": _learned_from(known, dataset),
        "classes": metadata.classes,
        "images": len(images),
    }
    if harder is not None:
        scores = evaluate_corruptions.score(network, metadata, images, compute, voice, harder)
        document |= evaluate_corruptions.document(scores)
        if json:
            print_json(document)
        else:
            _tell_what(document, told, voice)
            evaluate_corruptions.tell(scores, metadata.classes, voice)
        return
    document |= _score(network, metadata, images, compute, voice)
    if json:
        print_json(document)
    else:
        _tell(document, told, voice)


def _config_of(folder: RunFolder, settings: Settings) -> Config:
    """The run's own settings, with the data and the device that were given as options."""
    given = [assignment for assignment in settings.given if assignment.key != "runs.directory"]
    keys = {assignment.key for assignment in given}
    if "data.directory" in keys and "data.source" not in keys:
        # A run on synthetic hands would otherwise draw them again.
        given.append(Assignment("data.source", "auto", "--data-dir"))
    drawn = any(one.key == "data.source" and one.value == "synthetic" for one in given)
    if ("data.directory" in keys or drawn) and "data.groups" not in keys:
        # The run's own table is of the images it learned from.
        given.append(Assignment("data.groups", "", "--source" if drawn else "--data-dir"))
    return resolve(given, file=folder.config, environment={}).config


def _in_classes_of(known: DataFacts | None, dataset: "Dataset") -> "Dataset":
    """`dataset` in the run's classes, where it has images of some of them. `known`: what the run had."""
    from signtui.data.classes import told_in  # noqa: PLC0415 - numpy is not needed for the help

    return dataset if known is None else told_in(dataset, known.classes)


def _without_strangers(config: Config, dataset: "Dataset", *, same: bool) -> Config:
    """`config`, but with nobody left out where these are other images, and none of that signer's.

    `same`: the run learned from these training images.
    """
    from signtui.data.held_out import groups_present  # noqa: PLC0415 - numpy is not needed for the help

    data, present = config.data, groups_present(dataset)
    if same or (data.held_out in present if data.held_out else present):
        return config
    validation = "photographs" if data.validation == "signers" else data.validation
    return replace(config, data=replace(data, held_out="", validation=validation))


def _group_of(dataset: "Dataset", name: str) -> "HeldOutGroup":
    """The images of `name` among others than the run learned from, which held them out. Raises DataError."""
    from signtui.data.held_out import group_among, groups_present  # noqa: PLC0415 - as above

    present = groups_present(dataset)
    if name in present:
        return group_among(dataset, name)
    whose = f"those are of {', '.join(present)}" if present else "nothing says whose they are"
    raise DataError(
        f"none of the images of {dataset.name} is known as one of {name}, whom the run held out ({whose}):"
        " name a table of them with --groups, or choose --split validation"
    )


def _images(dataset: "Dataset", config: Config, split: str, *, same: bool) -> tuple["ImageSet", str]:
    """The images of `split`, and what they are in words.

    `same`: the run learned from these training images.

    Raises:
        DataError: where there are none.
    """
    from signtui.data.split import configured_split  # noqa: PLC0415 - numpy is not needed for the help

    if split == "test":
        if dataset.test is None:
            raise DataError(f"{dataset.name} has no test file; choose --split validation or train")
        return dataset.test, "the test images"
    if split == "held-out" and not same and config.data.held_out:
        group = _group_of(dataset, config.data.held_out)
        return group.images, f"{group}, whom the run never saw"
    divided = _without_strangers(config, dataset, same=same)
    division = configured_split(dataset, divided.data, divided.train.seed)
    if split == "validation":
        return division.validation, f"held out: {division.validation_name}"
    if split == "held-out":
        if division.held_out is None:
            raise DataError(
                "this run kept no signer for the end: train one with --held-out NAME, or choose --split"
                " validation"
            )
        return division.held_out.images, f"{division.held_out}, whom the run never saw"
    return dataset.train.subset(division.train_indices), "the training images, not augmented"


def _ready(
    folder: RunFolder, config: Config, dataset: "Dataset"
) -> tuple["Network", "WeightsMetadata", "Compute"]:
    """The run's best weights on the device, where they fit `dataset`. Raises DataError, RunError."""
    from signtui.model.weights import load_network  # noqa: PLC0415 - loads torch
    from signtui.training.devices import choose_compute, prepare_thread  # noqa: PLC0415

    network, metadata = load_network(folder.best)
    _refuse_other_kind(folder, metadata, dataset)
    compute = choose_compute(config.train)
    prepare_thread(compute, deterministic=config.train.deterministic)
    return network.to(compute.device), metadata, compute


def _score(
    network: "Network", metadata: "WeightsMetadata", images: "ImageSet", compute: "Compute", voice: Voice
) -> dict[str, Any]:
    """The score of `images` as the document has it."""
    from signtui.training.evaluation import evaluate as score  # noqa: PLC0415 - loads torch
    from signtui.training.material import on_device  # noqa: PLC0415
    from signtui.training.sureness import calibrated  # noqa: PLC0415

    data = on_device(images, compute.device)
    with voice.doing(f"scoring {len(data):,} images"):
        result = score(network, data, len(metadata.classes), metadata.input_scaling, compute)
    return {
        "accuracy": result.score.accuracy,
        "loss": result.score.loss,
        "recall": result.recall,
        "confusion": result.confusion,
        "calibration": calibrated(result.logits, result.truths, metadata.sureness),
    }


def _refuse_other_kind(folder: RunFolder, metadata: "WeightsMetadata", dataset: "Dataset") -> None:
    if dataset.classes != metadata.classes:
        raise DataError(
            f"run {folder.id} tells {_in_brief(metadata.classes)} apart, and {dataset.name} has"
            f" {_in_brief(dataset.classes)}: give --data-dir with images of the run's own classes"
        )
    if dataset.size != metadata.image_size:
        raise DataError(
            f"run {folder.id} takes images of {metadata.image_size} pixels a side, and those of"
            f" {dataset.name} have {dataset.size}: give --data-dir with images of the run's own size"
        )


def _in_brief(classes: tuple[str, ...]) -> str:
    return f"{len(classes)} classes ({classes[0]} to {classes[-1]})"


def _learned_from(known: DataFacts | None, dataset: "Dataset", roles: tuple[str, ...] = ()) -> bool:
    """Whether these are the files, or the drawn hands, that the run had; of `roles`, where they are given."""
    if known is None:
        return False
    now = [file.sha256 for file in dataset.files if file.role in roles or not roles]
    had = [file.get("sha256") for file in known.files if file.get("role") in roles or not roles]
    return known.name == dataset.name and had == now


def _tell_what(document: dict[str, Any], told: str, voice: Voice) -> None:
    """Whose weights, on which images, and their score where it is known."""
    style = voice.style
    faint, heading = style_of("faint", style), style_of("heading", style)
    first = (
        Text()
        .append(document["id"], style_of("accent", style))
        .append(f"  weights of epoch {document['epoch']}")
    )
    kind = "synthetic images" if document["synthetic"] else "images"
    second = Text().append(f"{document['split']:<12}", faint)
    if "accuracy" in document:
        second.append(f"{numbers.percent(document['accuracy']):>7}", heading)
        second.append(f"  loss {numbers.loss(document['loss'])}  ")
    second.append(f"{document['images']:,} {kind} of {document['data']}, {told}", faint)
    voice.data(first)
    voice.data(second)
    if not document["same_data"] and document["split"] in {"train", "validation"}:
        voice.warn("these are other data than the run learned from, and divided anew.")


def _tell(document: dict[str, Any], told: str, voice: Voice) -> None:
    from signtui.render.calibration import calibration_section  # noqa: PLC0415 - not needed for the help

    style = voice.style
    _tell_what(document, told, voice)
    voice.data(Text(""))
    voice.data(confusion_map(document["confusion"], document["classes"], style, "Confusion"))
    voice.data(Text(""))
    voice.data(Text("Most confused", style_of("heading", style)))
    voice.data(pairs_list(document["confusion"], document["classes"], style, width=style.width))
    voice.data(Text(""))
    for part in calibration_section(document["calibration"], document["split"], style):
        voice.data(part)
