"""`signtui evaluate --corruptions`: how a run's best weights read images that were made harder to read."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.text import Text

from signtui.cli.voice import Voice
from signtui.render import numbers
from signtui.render.palette import style_of

if TYPE_CHECKING:
    from signtui.data.images import ImageSet
    from signtui.model.network import Network
    from signtui.model.weights import WeightsMetadata
    from signtui.runs.corruptions import CorruptionScores, StrengthScore
    from signtui.training.devices import Compute

SEED = 0
"""What is drawn by chance is the same for every run and every time, so that figures can be compared."""


@dataclass(frozen=True)
class Wanted:
    """What is to be scored: at most so many images (0: all)."""

    most: int = 0


def score(
    network: "Network",
    metadata: "WeightsMetadata",
    images: "ImageSet",
    compute: "Compute",
    voice: Voice,
    wanted: Wanted,
) -> "CorruptionScores":
    """The scores, with the moving line as they are made."""
    from signtui.training.corruption_scores import score_corruptions  # noqa: PLC0415 - loads torch

    def progress(what: str, done: int, of: int) -> None:
        voice.show(f"{done * 100 // of:3} %  {what}")

    try:
        return score_corruptions(
            network,
            images.evenly(wanted.most),
            len(metadata.classes),
            metadata.input_scaling,
            compute,
            SEED,
            progress,
        )
    finally:
        voice.close()


def document(scores: "CorruptionScores") -> dict[str, Any]:
    """The scores as plain data, for `--json`."""
    return {
        "seed": scores.seed,
        "images": scores.images,
        "clean": _plain(scores.clean),
        "mean_accuracy": scores.accuracy,
        "corruptions": [
            {
                "name": one.name,
                "amounts": one.amounts,
                "unit": one.unit,
                "mean_accuracy": one.accuracy,
                "strengths": [_plain(each) for each in one.strengths],
            }
            for one in scores.corruptions
        ],
    }


def _plain(one: "StrengthScore") -> dict[str, Any]:
    return {"strength": one.strength, "accuracy": one.accuracy, "loss": one.loss, "recall": one.recall}


def tell(scores: "CorruptionScores", classes: tuple[str, ...], voice: Voice) -> None:
    """Table, charts and a row of pictures each."""
    from signtui.render import corruptions as render  # noqa: PLC0415 - not needed for the help

    style = voice.style
    faint, heading = style_of("faint", style), style_of("heading", style)
    line = (
        Text().append("as they are ", faint).append(f"{numbers.percent(scores.clean.accuracy):>7}", heading)
    )
    voice.data(line.append(f"  loss {numbers.loss(scores.clean.loss)}"))
    line = Text().append("corrupted   ", faint).append(f"{numbers.percent(scores.accuracy):>7}", heading)
    voice.data(line.append(f"  {render.corruption_words(scores)}", faint))
    voice.data(Text(""))
    voice.data(render.corruption_table(scores, style))
    voice.data(Text(""))
    for chart_line in render.corruption_charts(scores, style):
        voice.data(chart_line)
    voice.data(Text(""))
    for example in render.corruption_examples(scores, classes, style):
        voice.data(example)
