"""`signtui data`: what images there are, a look at them, the download, and photos of one's own."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from signtui.cli.help import CONTEXT, Command, Group
from signtui.cli.importing import data_import
from signtui.cli.options import JSON, LOOK, Settings, takes_settings
from signtui.config import Config
from signtui.errors import ConfigError, DataError

if TYPE_CHECKING:
    from signtui.cli.output import Page
    from signtui.data.images import Dataset, ImageSet
    from signtui.data.info import DataInfo
    from signtui.render.terminal import TerminalStyle

app = typer.Typer(cls=Group, rich_markup_mode=None, add_completion=False, context_settings=CONTEXT)
APPS = {"data": app}

SYNTHETIC = "synthetic hands, drawn by signtui, not photographs; `signtui data fetch` gets the real ones"
MOST_PREVIEWED = 500
_KEYS = [
    "data.directory",
    "data.source",
    "data.groups",
    "data.image_size",
    "data.synthetic_images",
    "data.synthetic_seed",
    *LOOK,
]


@app.callback()
def data() -> None:
    """What data there is: facts, a look at it, the download, photos of your own."""


app.command("import", cls=Command)(data_import)


@app.command("info", cls=Command)
@takes_settings(_KEYS)
def data_info(settings: Settings, json: bool = JSON) -> None:
    """Files and checksums, shapes, classes and their balance, and how many photographs there really are."""
    from signtui.cli.output import Page, narrate, print_json  # noqa: PLC0415 - not needed for the help
    from signtui.data.info import describe  # noqa: PLC0415

    config = settings.resolve().config
    info = describe(_load(config))
    if json:
        print_json(info)
        return
    page = Page(config.ui)
    _tell_info(info, page)
    if info.synthetic:
        narrate(f"these are {SYNTHETIC}")


@app.command("preview", cls=Command)
@takes_settings(_KEYS)
def data_preview(
    settings: Settings,
    count: int = typer.Option(10, "-n", "--count", metavar="N", help="How many images."),
    letter: str = typer.Option("", metavar="A", help="Only images of this class."),
    seed: int = typer.Option(0, metavar="N", help="Another seed shows others; 0: the first of the file."),
    split: str = typer.Option("train", metavar="NAME", help="train or test."),
) -> None:
    """Look at images as block art, each with its letter."""
    from signtui.cli.output import Page, narrate  # noqa: PLC0415 - not needed for the help
    from signtui.render.block_art import image_grid  # noqa: PLC0415

    if not 1 <= count <= MOST_PREVIEWED:
        raise ConfigError(f"-n {count}: must be a whole number from 1 to {MOST_PREVIEWED}")
    config = settings.resolve().config
    dataset = _load(config)
    images = _split(dataset, split)
    chosen = _choose(dataset, images, letter, count, seed)
    page = Page(config.ui)
    captions = [dataset.classes[label] for label in images.labels[chosen]]
    page.print(image_grid(images.images[chosen], captions, page.style, _width(dataset.size, page.style)))
    what = f"{len(chosen)} of {len(images):,} {split} images of {dataset.name}"
    narrate(f"{what}: {SYNTHETIC}" if dataset.synthetic else what)


@app.command("fetch", cls=Command)
@takes_settings([])
def data_fetch(
    settings: Settings,
    to: str = typer.Option("", "--to", metavar="DIR", help="Folder; otherwise the user's data folder."),
) -> None:
    """Download the published files, about 60 MB, from the first source that has them; checksums decide.

    A download that was cut off goes on where it stopped.
    """
    import sys  # noqa: PLC0415 - as below

    from signtui.cli.download_bar import DownloadBar  # noqa: PLC0415 - not needed for the help
    from signtui.data import fetch, published  # noqa: PLC0415
    from signtui.data.source import download_directory  # noqa: PLC0415

    ui = settings.resolve().config.ui
    directory = Path(to).expanduser() if to else download_directory()
    with DownloadBar(ui) as bar:
        paths = fetch.fetch(directory, fetch.SOURCES, bar.update, published.PUBLISHED)
    for path in paths:
        sys.stdout.write(f"{path}\n")
    if to:
        sys.stderr.write(f"train on them with  signtui train --data-dir {directory}\n")
    else:
        sys.stderr.write("train on them with  signtui train\n")


def _load(config: Config) -> "Dataset":
    from signtui.data.source import configured_dataset  # noqa: PLC0415 - numpy is not needed for the help

    return configured_dataset(config.data)


def _split(dataset: "Dataset", name: str) -> "ImageSet":
    if name not in ("train", "test"):
        raise ConfigError(f"--split {name}: must be train or test")
    if name == "train":
        return dataset.train
    if dataset.test is None:
        raise DataError(f"{dataset.name} has no test file; choose --split train")
    return dataset.test


def _choose(dataset: "Dataset", images: "ImageSet", letter: str, count: int, seed: int) -> Any:
    """Indices of up to `count` images, of one class where `letter` names it; in the order of the file."""
    import numpy as np  # noqa: PLC0415 - not needed for the help

    candidates = np.arange(len(images))
    if letter:
        names = [name.lower() for name in dataset.classes]
        if letter.lower() not in names:
            raise ConfigError(
                f"--letter {letter}: {dataset.name} has the classes {' '.join(dataset.classes)}"
            )
        candidates = np.flatnonzero(images.labels == names.index(letter.lower()))
    if seed:
        candidates = np.sort(np.random.default_rng(seed).permutation(candidates)[:count])
    return candidates[:count]


def _width(size: int, style: "TerminalStyle") -> int:
    """Columns of one image: one a pixel, fewer where that is wider than the terminal."""
    return min(size, style.width) if style.interactive else size


def _tell_info(info: "DataInfo", page: "Page") -> None:
    from rich.text import Text  # noqa: PLC0415 - not needed for the help

    from signtui.render import numbers  # noqa: PLC0415
    from signtui.render.columns import Column, table  # noqa: PLC0415
    from signtui.render.palette import style_of  # noqa: PLC0415

    style = page.style
    heading, warning = style_of("heading", style), style_of("warning", style)
    name = Text().append(info.name, heading)
    name.append("  synthetic, not photographs" if info.synthetic else "", warning)
    page.print(name, Text(f"{info.size}x{info.size} grey, {len(info.classes)} classes"), Text(""))
    sets = [
        [
            one.role,
            f"{one.shape[0]:,}",
            numbers.count(one.photographs),
            "-" if one.variants is None else f"{one.variants:.0f}",
            "-" if one.twins_share is None else numbers.percent(one.twins_share),
        ]
        for one in info.sets
    ]
    columns = [
        Column("images of"),
        *(Column(word, "right") for word in ("images", "photographs", "variants each", "with a twin")),
    ]
    page.print(table(columns, sets, style), Text(""))
    if info.groups:
        page.print(_groups(info, page), Text(""))
    page.print(_balance(info, page), Text(""))
    for file in info.files:
        facts = f"  {file.role}, {file.rows:,} images, {numbers.size(file.bytes)}\n  checksum: {file.verdict}"
        page.print(Text(file.path), Text(facts, style_of("faint", style)))
    if info.groups_table:
        facts = f"  says which {info.group_kind} each image is of"
        page.print(Text(info.groups_table), Text(facts, style_of("faint", style)))
    if info.groups_note:
        page.print(Text(info.groups_note, warning))


def _groups(info: "DataInfo", page: "Page") -> Any:
    """Images and photographs of each signer, with a bar as long as its share of the largest."""
    from rich.text import Text  # noqa: PLC0415 - not needed for the help

    from signtui.render import numbers  # noqa: PLC0415
    from signtui.render.columns import Column, table  # noqa: PLC0415
    from signtui.render.palette import style_of  # noqa: PLC0415

    style = page.style
    largest = max(1, *(group.images[0] or 0 for group in info.groups))
    mark = "■" if style.unicode else "#"
    rows: list[list[str | Text]] = []
    for group in info.groups:
        row: list[str | Text] = [Text(group.name, style_of("heading", style))]
        for images, photographs in zip(group.images, group.photographs, strict=True):
            row += [numbers.count(images), numbers.count(photographs)]
        share = (group.images[0] or 0) / largest
        rows.append([*row, Text(mark * round(share * 24), style_of("accent", style))])
    columns = [Column(info.group_kind)]
    for one in info.sets:
        columns += [Column(one.role, "right"), Column("photographs", "right", 2)]
    return table([*columns, Column("balance", gives_way=1)], rows, style)


def _balance(info: "DataInfo", page: "Page") -> Any:
    """Images of each class, with a bar as long as its share of the largest."""
    from rich.text import Text  # noqa: PLC0415 - not needed for the help

    from signtui.render.columns import Column, table  # noqa: PLC0415
    from signtui.render.palette import style_of  # noqa: PLC0415

    style = page.style
    rows = []
    largest = max(1, *(count for count in info.sets[0].class_counts))
    mark = "■" if style.unicode else "#"
    for index, name in enumerate(info.classes):
        row: list[str | Text] = [Text(name, style_of("heading", style))]
        for one in info.sets:
            row.append(f"{one.class_counts[index]:,}")
            if one.class_photographs is not None:
                row.append(f"{one.class_photographs[index]:,}")
        share = info.sets[0].class_counts[index] / largest
        row.append(Text(mark * round(share * 24), style_of("accent", style)))
        rows.append(row)
    columns = [Column("class")]
    for one in info.sets:
        columns.append(Column(one.role, "right"))
        if one.class_photographs is not None:
            columns.append(Column("photographs", "right", 2))
    columns.append(Column("balance", gives_way=1))
    return table(columns, rows, style)
