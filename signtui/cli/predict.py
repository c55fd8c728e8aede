"""`signtui predict`: photographs of hands, read by a run's best weights."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from signtui.cli.help import CONTEXT, Command
from signtui.cli.keeping import keeper_of
from signtui.cli.options import CROP, CROPS, JSON, LOOK, Settings, check_choice, takes_settings
from signtui.errors import ConfigError, ExitCode, RunError
from signtui.runs.folder import RunFolder, find_run

if TYPE_CHECKING:
    from signtui.cli.voice import Voice
    from signtui.data.photo import Crop
    from signtui.model.attribution import Method
    from signtui.model.predictor import Prediction, Predictor

app = typer.Typer(rich_markup_mode=None, add_completion=False, context_settings=CONTEXT)
APPS = {"predict": app}

EXPLAIN = ("occlusion", "gradcam", "none")
STDIN = "-"


@dataclass(frozen=True)
class _Item:
    """A photo to read, or why there is none."""

    name: str
    source: Path | bytes | None = None
    problem: str = ""


@app.command(cls=Command)
@takes_settings(["runs.directory", "data.own", *LOOK])
def predict(
    settings: Settings,
    run: str = typer.Argument(metavar="ID", help="An id, its start or its words, or latest."),
    images: list[str] = typer.Argument(  # noqa: B008 - how typer is told
        metavar="IMAGE...", help="Photos of hands; a folder: every image in it; -: standard input."
    ),
    explain: str = typer.Option(
        "occlusion",
        metavar="NAME",
        help="Where it looked, by occlusion, gradcam (quicker, coarser), or none.",
    ),
    crop: str = CROP,
    keep: str = typer.Option(
        "", metavar="LETTER", help="The letter they really show: keep them in data.own to learn from."
    ),
    json: bool = JSON,
) -> int:
    """Read photos of hands with a run's best weights: the likeliest letters, and where it looked.

    It says "not sure" of a guess below the confidence that 19 in 20 right guesses reach on validation.
    What can't be read is named with the reason, and the others are read; the exit code is then 3.
    """
    check_choice("--explain", explain, EXPLAIN)
    check_choice("--crop", crop, CROPS)
    config = settings.resolve().config
    keeper = keeper_of(keep, Path(config.data.own).expanduser())
    folder = _find(Path(config.runs.directory).expanduser(), run)
    if not folder.best.is_file():
        raise RunError(f"run {folder.id} has no weights to predict with: no epoch of it has ended")
    from signtui.cli.voice import Voice  # noqa: PLC0415 - not needed for the help

    voice = Voice(config.ui, json=json)
    with voice.doing("loading PyTorch"):
        from signtui.model.predictor import Predictor  # noqa: PLC0415 - loads torch

        predictor = Predictor.load(folder.best)
    _caution(folder, voice)
    method: Any = None if json or explain == "none" else explain
    chosen: Any = crop
    results, failed = [], False
    for item in _items(images):
        entry = _read(item, predictor, chosen, method, voice, json=json)
        failed = failed or "error" in entry
        if keeper is not None and item.source is not None and "error" not in entry:
            entry |= keeper.keep(item.source, _shown_name(item.name), chosen)
        results.append(entry)
    if keeper is not None:
        keeper.tell(voice)
        failed = failed or keeper.refused
    if json:
        from signtui.cli.output import print_json  # noqa: PLC0415 - not needed for the help

        print_json(results)
    return ExitCode.DATA if failed else ExitCode.DONE


def _find(directory: Path, name: str) -> RunFolder:
    """The run, or a word about the order of arguments where a photo stands in its place."""
    try:
        return find_run(directory, name)
    except RunError as error:
        if name == STDIN or os.path.isfile(name):  # noqa: PTH113 - unlike Path's, it never raises
            raise ConfigError(
                f"{name} stands where the run belongs; write  signtui predict latest {name}"
            ) from error
        raise


def _caution(folder: RunFolder, voice: "Voice") -> None:
    """What the guesses are worth, once and beside the data."""
    from rich.text import Text  # noqa: PLC0415 - not needed for the help

    from signtui.runs.show import open_run  # noqa: PLC0415 - as above

    data = open_run(folder, steps=False).state.data
    if data is not None and data.synthetic:
        words = "this run learned from drawn hands alone; what it says of a photo is a guess in the dark."
    else:
        words = (
            "a score on the published images says little about a stranger's hand: on other people's photos"
            " networks that scored 100 % there read 23 to 50 % right."
        )
    voice.note(Text(f"note: {words}"))


def _items(words: list[str]) -> Iterator[_Item]:
    """What the arguments name: files, the files of folders, standard input."""
    from signtui.data.photo import LARGEST_STREAM, PhotoError, folder_photos  # noqa: PLC0415 - loads numpy

    for word in words:
        if word == STDIN:
            yield _Item(word, sys.stdin.buffer.read(LARGEST_STREAM))
        elif os.path.isdir(word):  # noqa: PTH112 - unlike Path's, it never raises
            try:
                yield from (_Item(str(path), path) for path in folder_photos(Path(word)))
            except PhotoError as error:
                yield _Item(error.name, problem=error.reason)
        else:
            yield _Item(word, Path(word))


def _read(
    item: _Item,
    predictor: "Predictor",
    crop: "Crop",
    method: "Method | None",
    voice: "Voice",
    *,
    json: bool,
) -> dict[str, Any]:
    """Predict one photo, print it unless `json`, and give it as the document has it."""
    from signtui.data.photo import PhotoError, read_photo  # noqa: PLC0415 - loads numpy

    name = _shown_name(item.name)
    path = os.fsencode(item.name).decode(errors="replace")
    try:
        if item.source is None:
            raise PhotoError(name, item.problem)
        prediction = predictor.predict(read_photo(item.source, predictor.size, crop, name), method)
    except PhotoError as error:
        from rich.text import Text  # noqa: PLC0415 - not needed for the help

        voice.note(Text(str(error)))
        return {"path": path, "error": error.reason}
    if not json:
        _print(name, prediction, voice)
    guess, confidence = prediction.top[0]
    top = [{"guess": one, "confidence": share} for one, share in prediction.top]
    return {"path": path, "guess": guess, "confidence": confidence, "sure": prediction.sure, "top": top}


def _shown_name(name: str) -> str:
    if name == STDIN:
        return "standard input"
    from signtui.render.terminal import printable  # noqa: PLC0415 - not needed for the help

    return printable(name)


def _print(name: str, prediction: "Prediction", voice: "Voice") -> None:
    from rich.text import Text  # noqa: PLC0415 - not needed for the help

    from signtui.render.palette import style_of  # noqa: PLC0415
    from signtui.render.prediction import (  # noqa: PLC0415
        attribution_captions,
        doubt_words,
        prediction_lines,
    )

    style, found = voice.style, prediction.attribution
    voice.data(Text(name, style_of("heading", style)))
    captions = (
        attribution_captions(found.method, found.source, found.note, found.peak, prediction.top[0][0], style)
        if found is not None
        else []
    )
    heat = found.heat if found is not None and not found.note else None
    doubt = doubt_words(prediction.top, prediction.sure_from)
    for line in prediction_lines(prediction.image, prediction.top, style, heat, captions, doubt):
        voice.data(line)
    voice.data(Text(""))
