"""`signtui model`: the layer table of a network on paper; nothing is built or trained."""

from typing import Any

import typer

from signtui.cli.help import CONTEXT, Command
from signtui.cli.options import JSON, LOOK, Settings, section_keys, takes_settings
from signtui.errors import ConfigError

app = typer.Typer(rich_markup_mode=None, add_completion=False, context_settings=CONTEXT)
APPS = {"model": app}

LETTERS = 24
MOST_CLASSES = 10_000
_KEYS = [
    "preset",
    *section_keys("model"),
    "data.image_size",
    "train.batch_size",
    "train.optimiser",
    "train.ema",
    *LOOK,
]


@app.command(cls=Command)
@takes_settings(_KEYS, with_set=True)
def model(
    settings: Settings,
    classes: int = typer.Option(
        LETTERS, metavar="N", help="Classes to tell apart; the alphabet has 24 here."
    ),
    json: bool = JSON,
) -> None:
    """The layers of a network: shapes, weights, multiply-adds, receptive fields, memory.

    A stack that can't work is refused, with the block and the sizes that lead to it.
    """
    from signtui.cli.output import Page, print_json  # noqa: PLC0415 - not needed for the help
    from signtui.model.memory import training_memory  # noqa: PLC0415
    from signtui.model.plan import plan  # noqa: PLC0415

    if not 2 <= classes <= MOST_CLASSES:
        raise ConfigError(f"--classes {classes}: must be a whole number from 2 to {MOST_CLASSES:,}")
    config = settings.resolve().config
    layout = plan(config.model, config.data.image_size, classes)
    document: dict[str, Any] = {
        "preset": config.preset,
        "image_size": config.data.image_size,
        "classes": classes,
        "shape_chain": layout.shape_chain(),
        "layers": layout.facts().layers,
        "networks": layout.networks,
        "weights": layout.weights,
        "multiply_adds": layout.multiply_adds,
        "receptive_field": layout.receptive_field,
        "batch_size": config.train.batch_size,
        "memory": training_memory(config, layout),
    }
    if json:
        print_json(document)
        return
    page = Page(config.ui)
    _tell(document, layout.facts(), page)


def _tell(document: dict[str, Any], facts: Any, page: Any) -> None:
    from rich.text import Text  # noqa: PLC0415 - not needed for the help

    from signtui.render import numbers  # noqa: PLC0415
    from signtui.render.palette import style_of  # noqa: PLC0415
    from signtui.render.tables import layer_table  # noqa: PLC0415

    faint = style_of("faint", page.style)
    side, image, memory = document["receptive_field"], document["image_size"], document["memory"]
    batch = numbers.plural(document["batch_size"], "image")
    rows = {
        "shapes": document["shape_chain"],
        "weights": f"{document['weights']:,}"
        + (f" in {document['networks']} networks" if document["networks"] > 1 else ""),
        "operations": f"{numbers.magnitude(document['multiply_adds'])} multiply-adds an image",
        "sees": f"{side}x{side} pixels of {image}x{image}, at the end of the blocks",
        "memory": f"about {numbers.size(memory['total'])} to train with batches of {batch},"
        f" {numbers.size(memory['activations'])} of it activations",
    }
    page.print(layer_table(facts, page.style), Text(""))
    for label, words in rows.items():
        page.print(Text().append(f"{label:<12}", faint).append(words))
