"""Tables of a run and of its history: layers, classes, epochs, settings, runs, data.

They take the facts as the plain dicts and lists that the JSON output has, or the frozen types behind them.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
from rich.table import Table
from rich.text import Text

from signtui.events import DataFacts, EpochEnded, ModelFacts
from signtui.render import numbers
from signtui.render.columns import Column, table
from signtui.render.palette import status_look, style_of
from signtui.render.terminal import TerminalStyle

POOR_RECALL = 0.9
"""Recall below which a class stands out."""

Facts = Mapping[str, Any]


def percent_heading(name: str, style: TerminalStyle) -> str:
    """The heading of a column of percentages: one word in a pipe."""
    return f"{name} %" if style.interactive else f"{name}%"


def _word(text: str, style: TerminalStyle) -> str:
    """`text` as it is; in a pipe as one word, `-` where there is none."""
    return text if style.interactive else "-".join(text.split()) or numbers.MISSING


def _plain(value: Any) -> Any:
    return msgspec.to_builtins(value) if isinstance(value, msgspec.Struct) else value


def layer_table(model: ModelFacts | Facts, style: TerminalStyle, *, width: int | None = None) -> Table:
    """The layers in order: output, weights, multiply-adds (MACs) and receptive field; a sum at the end.

    Of an ensemble the layers are those of one network, the sum is that of all.
    """
    facts = _plain(model)
    columns = (
        Column("layer"),
        Column("kind"),
        Column("output", "right"),
        Column("weights", "right"),
        Column("MACs" if style.interactive else "multiply-adds", "right", 2),
        Column("sees", "right", 1),
    )
    rows: list[list[str | Text]] = [
        [
            _word(layer["name"], style),
            _word(layer["kind"], style),
            "x".join(map(str, layer["output"])),
            _count_cell(layer["weights"], style),
            _operations_cell(layer["multiply_adds"], style),
            _square(layer["receptive_field"], style),
        ]
        for layer in facts.get("layers", ())
    ]
    networks = facts.get("networks", 1)
    total = [
        _word("total" if networks == 1 else f"{networks} networks", style),
        _word("", style),
        _word("", style),
        _count_cell(facts.get("weights"), style),
        _operations_cell(facts.get("multiply_adds"), style),
        _word("", style),
    ]
    strong = style_of("heading", style)
    rows.append([Text(cell if isinstance(cell, str) else cell.plain, strong) for cell in total])
    return table(columns, rows, style, width=width)


def _dot(style: TerminalStyle) -> str | Text:
    """Nought, quietly; in a pipe as a number."""
    return Text("·" if style.unicode else ".", style_of("faint", style)) if style.interactive else "0"


def _count_cell(value: int | None, style: TerminalStyle) -> str | Text:
    if not value:
        return _dot(style)
    return numbers.count(value) if style.interactive else str(value)


def _operations_cell(value: int | None, style: TerminalStyle) -> str | Text:
    return numbers.magnitude(value) if value and style.interactive else _count_cell(value, style)


def _square(side: int | None, style: TerminalStyle) -> str | Text:
    return f"{side}x{side}" if side else _dot(style)


def class_table(
    confusion: npt.ArrayLike,
    classes: Sequence[str],
    style: TerminalStyle,
    *,
    width: int | None = None,
    rows: range | None = None,
) -> Table:
    """One row a class: images, recall, precision and what it was most often mistaken for, how many times.

    `confusion` (K, K) counts images, `[truth, guess]`; `rows` are the classes to show (default: all).
    """
    counts = np.asarray(confusion, np.int64)
    columns = (
        Column("class"),
        Column("images", "right"),
        Column(percent_heading("recall", style), "right"),
        Column(percent_heading("precision", style), "right", 1),
        Column("mistaken for"),
    )
    shown = range(len(counts)) if rows is None else rows
    return table(columns, [_class_row(counts, index, classes, style) for index in shown], style, width=width)


def _class_row(
    counts: npt.NDArray[np.int64], index: int, classes: Sequence[str], style: TerminalStyle
) -> list[str | Text]:
    images, guessed, right = int(counts[index].sum()), int(counts[:, index].sum()), int(counts[index, index])
    mistakes = counts[index].copy()
    mistakes[index] = 0
    worst = int(mistakes.argmax()) if mistakes.any() else None
    recall = right / images if images else None
    poor = recall is not None and recall < POOR_RECALL
    return [
        Text(classes[index], style_of("heading", style)),
        numbers.count(images) if style.interactive else str(images),
        Text(numbers.percent_aligned(recall), style_of("bad" if poor else "text", style)),
        numbers.percent_aligned(right / guessed if guessed else None),
        _word("", style) if worst is None else f"{classes[worst]} {numbers.count(int(mistakes[worst]))}",
    ]


def confused_pairs(
    confusion: npt.ArrayLike, classes: Sequence[str], most: int = 10
) -> list[tuple[str, str, int, int]]:
    """The most frequent mistakes: (truth, guess, images, images of that truth), most first."""
    counts = np.asarray(confusion, np.int64)
    if counts.ndim != 2 or not counts.size:
        return []
    mistakes = counts - np.diag(np.diag(counts))
    order = np.argsort(-mistakes, axis=None, kind="stable")[:most]
    pairs = [divmod(int(place), counts.shape[1]) for place in order]
    return [
        (classes[truth], classes[guess], int(mistakes[truth, guess]), int(counts[truth].sum()))
        for truth, guess in pairs
        if mistakes[truth, guess] > 0
    ]


def pairs_list(
    confusion: npt.ArrayLike, classes: Sequence[str], style: TerminalStyle, most: int = 12, width: int = 0
) -> Text:
    """The most confused pairs, `M > N  12 of 140`: one a line, or on a terminal as many as fit `width`."""
    pairs = confused_pairs(confusion, classes, most)
    faint = style_of("faint", style)
    if not pairs:
        return Text("no mistakes", faint)
    names = max(len(f"{truth} > {guess}") for truth, guess, _, _ in pairs)
    digits = max(len(numbers.count(wrong)) for _, _, wrong, _ in pairs)
    totals = max(len(numbers.count(images)) for _, _, _, images in pairs)
    across = max(1, (width + 4) // (names + digits + totals + 10)) if style.interactive else 1
    rows = -(-len(pairs) // across)
    lines = [Text(end="") for _ in range(rows)]
    for index, (truth, guess, wrong, images) in enumerate(pairs):
        line = lines[index % rows]
        line.append("    " if index >= rows else "")
        line.append(f"{truth} > {guess}".ljust(names), style_of("heading", style))
        line.append(f"  {numbers.count(wrong):>{digits}}")
        line.append(f" of {numbers.count(images):<{totals}}", faint)
    for line in lines:
        line.rstrip()
    return Text("\n", no_wrap=True).join(lines)


def epochs_table(epochs: Iterable[EpochEnded | Facts], style: TerminalStyle) -> Table:
    """One row an epoch: train (augmented, clean), validation, learning rate, speed; `*`: a new best."""
    columns = (
        Column("epoch", "right"),
        Column(percent_heading("train", style), "right"),
        Column("loss", "right"),
        Column(percent_heading("clean", style), "right", 3),
        Column(percent_heading("validation", style), "right"),
        Column("loss", "right"),
        Column("best"),
        Column("lr", "right", 4),
        Column("gradient", "right", 5),
        Column("images/s", "right", 2),
        Column("seconds", "right", 1),
    )
    rows: list[list[str | Text]] = []
    for item in epochs:
        epoch = _plain(item)
        clean = epoch.get("clean")
        rows.append(
            [
                str(epoch["epoch"]),
                numbers.percent_aligned(epoch["train"]["accuracy"]),
                numbers.loss(epoch["train"]["loss"]),
                numbers.percent_aligned(clean["accuracy"] if clean else None),
                numbers.percent_aligned(epoch["validation"]["accuracy"]),
                numbers.loss(epoch["validation"]["loss"]),
                Text(_word("*" if epoch.get("best") else "", style), style_of("accent", style)),
                numbers.learning_rate(epoch.get("learning_rate")),
                numbers.loss(epoch.get("gradient_norm")),
                _speed(epoch.get("images_per_second"), style),
                _seconds(epoch.get("seconds"), style, tenths=True),
            ]
        )
    return table(columns, rows, style)


def _speed(images_per_second: float | None, style: TerminalStyle) -> str:
    if images_per_second is None or not np.isfinite(images_per_second):
        return numbers.MISSING
    return numbers.count(round(images_per_second)) if style.interactive else f"{images_per_second:.0f}"


def config_table(rows: Iterable[tuple[str, Any, str]], style: TerminalStyle) -> Table:
    """Settings as (key, value, where it comes from); values that aren't the default stand out."""
    faint = style_of("faint", style)
    columns = (Column("key"), Column("value", shrinks=True), Column("from"))
    cells: list[list[str | Text]] = []
    for key, value, origin in rows:
        default = origin in {"", "default", "defaults"}
        cells.append(
            [key, Text(_value(value), faint if default else style_of("heading", style)), Text(origin, faint)]
        )
    return table(columns, cells, style)


def keys_table(rows: Iterable[tuple[str, str, str, str, bool]], style: TerminalStyle) -> Table:
    """Keys as (id, keys, where they act, what they do, whether they are the user's); those stand out."""
    columns = (Column("id"), Column("keys"), Column("where"), Column("does", shrinks=True))
    cells: list[list[str | Text]] = [
        [
            name,
            Text(keys, style_of("heading" if own else "accent", style)),
            Text(_word(where, style), style_of("faint", style)),
            _word(does, style),
        ]
        for name, keys, where, does, own in rows
    ]
    return table(columns, cells, style)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_value, value)) + "]"
    return '""' if value == "" else str(value)


def status_text(status: str, style: TerminalStyle) -> Text:
    """The status with its mark; in a pipe the word alone."""
    look = status_look(status)
    mark = look.mark if style.unicode else look.ascii_mark
    return Text(f"{mark} {status}" if style.interactive else status, style_of(look.name, style), end="")


def runs_table(runs: Iterable[Facts], style: TerminalStyle, now: float | None = None) -> Table:
    """The history, one run a row, in the order given; `now` (seconds since 1970) tells what today is."""
    now = time.time() if now is None else now
    listed = list(runs)
    held_out = any(run.get("held_out") for run in listed)
    columns = [
        Column("id"),
        Column("status"),
        Column("preset", gives_way=4),
        Column("data", shrinks=True),
        Column("epochs", "right", 3),
        Column(percent_heading("val" if style.interactive else "validation", style), "right"),
        Column(percent_heading("test", style), "right"),
        *([Column(percent_heading("held-out", style), "right", 1)] if held_out else []),
        Column("started", gives_way=1),
        Column("seconds", "right", 2),
        Column("tags", gives_way=5),
    ]
    return table(columns, [_run_row(run, style, now, held_out=held_out) for run in listed], style)


def _run_row(run: Facts, style: TerminalStyle, now: float, *, held_out: bool) -> list[str | Text]:
    best, test = run.get("best") or {}, run.get("test") or {}
    epochs = run.get("epochs")
    return [
        Text(str(run.get("id", "")), style_of("accent", style)),
        status_text(str(run.get("status", "")), style),
        str(run.get("preset") or numbers.MISSING),
        _data_cell(run.get("data"), style),
        str(
            len(epochs)
            if isinstance(epochs, (list, tuple))
            else epochs
            if epochs is not None
            else numbers.MISSING
        ),
        numbers.percent_aligned((best.get("validation") or {}).get("accuracy")),
        numbers.percent_aligned(test.get("accuracy")),
        *([numbers.percent_aligned((run.get("held_out") or {}).get("accuracy"))] if held_out else []),
        _moment(run.get("started"), now, style),
        _seconds(run.get("seconds"), style),
        Text(_tags(run.get("tags") or (), style), style_of("faint", style)),
    ]


def _tags(tags: Sequence[str], style: TerminalStyle) -> str:
    return (
        " ".join(tags)
        if style.interactive
        else ",".join(_word(tag, style) for tag in tags) or numbers.MISSING
    )


def _moment(started: float | None, now: float, style: TerminalStyle) -> str:
    return numbers.moment(started, now) if style.interactive else numbers.moment(started).replace(" ", "T")


def _seconds(seconds: float | None, style: TerminalStyle, *, tenths: bool = False) -> str:
    if style.interactive or seconds is None or not np.isfinite(seconds):
        return numbers.duration(seconds, tenths=tenths)
    return f"{seconds:.1f}"


def _data_cell(data: Any, style: TerminalStyle) -> Text:
    name = data_name(data, style)
    return name if style.interactive else Text(_word(name.plain, style))


def data_name(data: DataFacts | Facts | str | None, style: TerminalStyle) -> Text:
    """What a run learned from; drawn hands are always called `synthetic`."""
    facts = _plain(data)
    if not isinstance(facts, Mapping):
        name = str(facts or numbers.MISSING)
        return Text(name, style_of("warning" if "synthetic" in name else "text", style), end="")
    if not facts.get("synthetic"):
        return Text(str(facts.get("name") or facts.get("kind") or numbers.MISSING), end="")
    return Text("synthetic", style_of("warning", style), end="")


def data_table(data: DataFacts | Facts, style: TerminalStyle) -> Table:
    """What the images are: source, sizes of the splits, photographs, classes, how validation is held out."""
    facts = _plain(data)
    classes = facts.get("classes") or ()
    side = facts.get("image_size")
    rows: list[list[str | Text]] = [
        [
            "data",
            data_name(facts, style)
            if not facts.get("synthetic")
            else Text("synthetic hands, drawn here", style_of("warning", style)),
        ],
        ["kind", str(facts.get("kind", ""))],
        ["images", f"{side}x{side} grey" if side else numbers.MISSING],
        ["classes", f"{len(classes)}: {' '.join(map(str, classes))}"],
        ["train", _trained_on(facts)],
        [
            "validation",
            _split(facts.get("validation_images"), facts.get("validation_photographs"))
            + f", held out by {facts.get('validation', '')}",
        ],
        ["test", _split(facts.get("test_images"), None)],
    ]
    if facts.get("held_out_images"):
        words = _split(facts["held_out_images"], facts.get("held_out_photographs"))
        rows.append(["held out", f"{facts.get('group_kind')} {facts.get('held_out')}: {words}"])
    if facts.get("warning"):
        rows.append(["warning", Text(str(facts["warning"]), style_of("warning", style))])
    return table((Column(""), Column("", shrinks=True)), rows, style)


def _trained_on(facts: Facts) -> str:
    added = facts.get("added_images") or 0
    images = facts.get("train_images")
    words = _split(images - added if images else images, facts.get("train_photographs"))
    return f"{words}, and {numbers.count(added)} synthetic hands" if added else words


def _split(images: int | None, photographs: int | None) -> str:
    words = f"{numbers.count(images)} images"
    return f"{words} of {numbers.count(photographs)} photographs" if photographs else words
