"""`signtui data import`: photos of one's own hands, added to a collection that a run can learn from."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from signtui.cli.options import CROP, CROPS, JSON, LOOK, Settings, check_choice, takes_settings
from signtui.errors import ExitCode

if TYPE_CHECKING:
    from signtui.cli.voice import Voice
    from signtui.data.collection import Addition

MOST_SHOWN = 24
_SHOWN_SIDE = 28


@takes_settings(["data.own", *LOOK])
def data_import(
    settings: Settings,
    source: str = typer.Argument(
        metavar="SOURCE", help="A folder per letter, or with --letter a photo or a folder of photos."
    ),
    collection: str = typer.Argument("", metavar="[DEST]", help="The collection, otherwise data.own."),
    letter: str = typer.Option("", metavar="A", help="The letter that all photos of SOURCE show."),
    crop: str = CROP,
    json: bool = JSON,
) -> int:
    """Add photos of your own hands to a collection, as `signtui train --from ID` learns from it.

    What is no photo is named with the reason, and the others are added; the exit code is then 3. A photo that
    is there already is not added again. Photos that come in together are held out together.
    """
    check_choice("--crop", crop, CROPS)
    config = settings.resolve().config
    from signtui.cli.voice import Voice  # noqa: PLC0415 - not needed for the help
    from signtui.data.collection import add_photos, letter_counts, new_sitting  # noqa: PLC0415 - loads numpy
    from signtui.data.importing import read_source  # noqa: PLC0415 - as above
    from signtui.render.terminal import printable  # noqa: PLC0415 - not needed for the help

    voice = Voice(config.ui, json=json)
    target = Path(collection or config.data.own).expanduser()

    def progressed(done: int, of: int) -> None:
        voice.show(f"reading photos {done:,}/{of:,}")

    reading = read_source(
        Path(source).expanduser(), letter, "none" if crop == "none" else "centre", progressed
    )
    voice.close()
    addition = add_photos(target, reading.photos, sitting := new_sitting(target, datetime.now()))
    refused = (*reading.refused, *addition.refused)
    for name, reason in refused:
        voice.note(f"{printable(name)}: {reason}")
    counts = letter_counts(target)
    if json:
        from signtui.cli.output import print_json  # noqa: PLC0415 - not needed for the help

        print_json(
            {
                "collection": str(target),
                "sitting": sitting if addition.added else None,
                "added": [
                    {"path": printable(photo.name), "letter": photo.letter, "file": str(path)}
                    for photo, path in addition.added
                ],
                "known": [{"path": printable(name), "reason": why} for name, why in addition.known],
                "refused": [{"path": printable(name), "reason": why} for name, why in refused],
                "letters": counts,
            }
        )
    else:
        _tell(addition, target, counts, voice)
    return ExitCode.DATA if refused else ExitCode.DONE


def _tell(addition: "Addition", target: Path, counts: dict[str, int], voice: "Voice") -> None:
    from rich.text import Text  # noqa: PLC0415 - not needed for the help

    from signtui.data.photo import shrunk  # noqa: PLC0415 - loads numpy
    from signtui.render import numbers  # noqa: PLC0415 - as above
    from signtui.render.block_art import image_grid  # noqa: PLC0415
    from signtui.render.palette import style_of  # noqa: PLC0415

    style = voice.style
    shown = addition.added[:MOST_SHOWN]
    if shown:
        squares = [shrunk(photo.square, _SHOWN_SIDE) for photo, _ in shown]
        voice.data(image_grid(squares, [photo.letter for photo, _ in shown], style, _SHOWN_SIDE))
        rest = len(addition.added) - len(shown)
        voice.data(
            Text(f"and {numbers.plural(rest, 'photo')} more" if rest else "", style_of("faint", style))
        )
    known = f", {numbers.plural(len(addition.known), 'photo')} there already" if addition.known else ""
    voice.data(
        Text(
            f"{numbers.plural(len(addition.added), 'photo')} added to {target}{known}",
            style_of("heading", style),
        )
    )
    if counts:
        voice.data(Text("  ".join(f"{name} {count}" for name, count in counts.items())))
        voice.note(
            Text(
                f"learn from them:  signtui train --from latest --own-dir {target}",
                style_of("faint", voice.narration_style),
            )
        )
