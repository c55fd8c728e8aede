"""The page of one run: what it was, what it reached, its curves, its mistakes.

Takes the object that `show-run --json` prints, so the page can't know more than the JSON does.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from signtui.render import numbers
from signtui.render.calibration import calibration_page
from signtui.render.charts import Chart, ChartMark, Series, build_chart
from signtui.render.gain import caution_lines, gain_lines, start_words
from signtui.render.heat_map import confusion_map
from signtui.render.palette import style_of
from signtui.render.settings_lines import setting_lines
from signtui.render.tables import (
    class_table,
    data_name,
    epochs_table,
    layer_table,
    pairs_list,
    status_text,
)
from signtui.render.terminal import TerminalStyle

SIDE_BY_SIDE = 110
"""Columns from which two panels stand beside each other."""

_GAP = 3
_CHART_LINES = 14
_LAYERS, _CLASSES, _HALF_TABLE, _PAIRS = 72, 50, 37, 18
_EPOCHS_IN_FULL = 8
_LOG_FROM = 30.0
_MARKED = {"pause": "pause", "learning_rate": "rate", "epochs": "epochs", "plateau": "plateau"}

Run = Mapping[str, Any]


def run_page(show: Run, style: TerminalStyle, now: float | None = None) -> RenderableType:
    """The run that `show` describes. `now` (seconds since 1970) is what today is reckoned from.

    Beside the keys of `show-run --json`, `steps` may hold the curve within the epochs: equally long lists
    `epoch` (fractional), `loss` and `accuracy`.
    """
    now = time.time() if now is None else now
    parts: list[RenderableType] = [_header(show, style, now), *_results(show, style)]
    parts += _section("Curves", _curves(show, style), style, titled=False)
    epochs = show.get("epochs") or ()
    if 0 < len(epochs) <= _EPOCHS_IN_FULL:
        parts += _section("Epochs", [epochs_table(epochs, style)], style)
    parts += _network(show, style)
    parts += _mistakes(show, style)
    parts += _section("Calibration", calibration_page(show.get("calibration") or {}, style), style)
    return Group(*parts)


def _section(
    title: str, parts: Iterable[RenderableType], style: TerminalStyle, *, titled: bool = True
) -> list[RenderableType]:
    body = list(parts)
    if not body:
        return []
    heading: list[RenderableType] = [Text(title, style_of("heading", style))] if titled else []
    return [Text(""), *heading, *body]


def _beside(left: RenderableType, right: RenderableType) -> Table:
    grid = Table.grid(padding=(0, _GAP, 0, 0), pad_edge=False)
    grid.add_column(no_wrap=False)
    grid.add_column(no_wrap=False)
    grid.add_row(left, right)
    return grid


def _is_wide(style: TerminalStyle) -> bool:
    return style.interactive and style.width >= SIDE_BY_SIDE


def _header(show: Run, style: TerminalStyle, now: float) -> RenderableType:
    faint = style_of("faint", style)
    first = Text(end="").append(str(show.get("id", "")), style_of("accent", style)).append("  ")
    first.append_text(status_text(str(show.get("status", "")), style))
    config = show.get("config") or {}
    data = show.get("data") or {}
    words = [
        Text(f"preset {config.get('preset') or show.get('preset') or numbers.MISSING}"),
        _data_words(data, style),
        Text(str(show.get("device") or config.get("train", {}).get("device") or "")),
        Text(numbers.moment(show.get("started"), now if style.interactive else None)),
        Text(numbers.duration(show.get("seconds"))),
    ]
    second = Text(style.separator, faint, end="").join(word for word in words if word.plain)
    lines = [first, second]
    labels = [str(show.get("notes") or ""), " ".join(f"#{tag}" for tag in show.get("tags") or ())]
    if any(labels):
        lines.append(Text("  ".join(filter(None, labels)), faint, end=""))
    if show.get("message"):
        lines.append(Text(str(show["message"]), style_of("bad", style), end=""))
    return Text("\n").join(lines)


def _data_words(data: Mapping[str, Any], style: TerminalStyle) -> Text:
    if data.get("synthetic"):
        return Text("SYNTHETIC hands, not photographs", style_of("warning", style), end="")
    return data_name(data, style) if data else Text("")


def _results(show: Run, style: TerminalStyle) -> list[RenderableType]:
    """The scores, each with its split, its images and whether they were synthetic."""
    best, test, data = show.get("best"), show.get("test"), show.get("data") or {}
    held_out = show.get("held_out")
    epochs = len(show.get("epochs") or ())
    kind = " synthetic" if data.get("synthetic") else ""
    lines = []
    if best:
        words = f"{kind} images, best epoch {best['epoch']} of {epochs}"
        lines.append(_result("validation", best["validation"], words, style))
    if test:
        lines.append(_result("test", test, f"{kind} images, scored once", style))
    if held_out:
        whose = f"{held_out['kind']} {held_out['group']}"
        lines.append(_result("held out", held_out, f"{kind} images of {whose}, never seen before", style))
    if show.get("fine_tuning"):
        lines += _gain(show["fine_tuning"], data.get("classes") or (), style)
    if not lines:
        lines.append(Text("no epoch has ended yet", style_of("faint", style)))
    return [Text(""), *lines]


def _gain(told: Mapping[str, Any], classes: Sequence[str], style: TerminalStyle) -> list[Text]:
    """Where the run started from, what that brought, and what the figures can't say."""
    started = Text().append("started from ", style_of("faint", style))
    started.append(str(told["parent"]), style_of("accent", style))
    started.append(f"  {start_words(told)}", style_of("faint", style))
    return [Text(""), started, *gain_lines(told, style), *caution_lines(told, classes, style)]


def _result(split: str, score: Mapping[str, Any], images: str, style: TerminalStyle) -> Text:
    faint = style_of("faint", style)
    line = Text().append(split.ljust(12), faint)
    line.append(f"{numbers.percent(score.get('accuracy')):>7}", style_of("heading", style))
    line.append(f"  loss {numbers.loss(score.get('loss'))}")
    return line.append(f"  {numbers.count(score.get('images'))}{images}", faint)


def _curves(show: Run, style: TerminalStyle) -> list[RenderableType]:
    epochs = show.get("epochs") or ()
    if not epochs and not show.get("steps"):
        return []
    accuracy = _chart("Accuracy", "accuracy", show)
    loss = _chart("Loss", "loss", show)
    if _is_wide(style):
        width = (style.width - _GAP) // 2
        return [
            _beside(
                build_chart(accuracy, width, _CHART_LINES, style),
                build_chart(loss, width, _CHART_LINES, style),
            )
        ]
    width = min(style.width, 100)
    return [
        build_chart(accuracy, width, _CHART_LINES, style),
        Text(""),
        build_chart(loss, width, _CHART_LINES, style),
    ]


def _chart(title: str, field: str, show: Run) -> Chart:
    """Training within the epochs where the steps are known, otherwise its means; validation at epoch ends."""
    epochs = show.get("epochs") or ()
    steps = show.get("steps") or {}
    at = [epoch["epoch"] for epoch in epochs]
    if steps.get("epoch"):
        train = Series("train", steps["epoch"], steps[field], role="train", markers=False)
    else:
        train = Series("train", at, [epoch["train"][field] for epoch in epochs], role="train")
    scores = [epoch["validation"][field] for epoch in epochs]
    validation = Series("validation", at, scores, role="validation")
    return Chart(
        title,
        (train, validation),
        "epoch",
        y_percent=field == "accuracy",
        y_log=field == "loss" and _spans_decades([*scores, *(epoch["train"][field] for epoch in epochs)]),
        marks=_marks(show),
    )


def _spans_decades(values: Sequence[float | None]) -> bool:
    positive = [value for value in values if value is not None and 0 < value < float("inf")]
    return len(positive) > 1 and max(positive) / min(positive) >= _LOG_FROM


def _marks(show: Run) -> tuple[ChartMark, ...]:
    epochs, best = show.get("epochs") or (), show.get("best")
    marks = [ChartMark(float(best["epoch"]), "best")] if best and len(epochs) > 1 else []
    steps_per_epoch = epochs[-1]["step"] / epochs[-1]["epoch"] if epochs and epochs[-1].get("step") else None
    if steps_per_epoch:
        marks += [
            ChartMark(mark["step"] / steps_per_epoch, _MARKED[mark["kind"]])
            for mark in show.get("marks") or ()
            if mark.get("kind") in _MARKED
        ]
    return tuple(marks)


def _network(show: Run, style: TerminalStyle) -> list[RenderableType]:
    model, config = show.get("model"), show.get("config") or {}
    width = _LAYERS if _is_wide(style) else style.width
    layers = [layer_table(model, style, width=width)] if model and model.get("layers") else []
    if not (layers and _is_wide(style)):
        return _section("Settings", setting_lines(config, style, style.width), style) + _section(
            "Network", layers, style
        )
    heading = style_of("heading", style)
    room = min(80, style.width - _LAYERS - _GAP)
    left = Group(Text("Network", heading), *layers)
    right = Group(Text("Settings", heading), *setting_lines(config, style, room))
    return [Text(""), _beside(left, right)]


def _mistakes(show: Run, style: TerminalStyle) -> list[RenderableType]:
    confusion = show.get("confusion")
    if not confusion:
        return []
    classes = (show.get("data") or {}).get("classes") or [str(index) for index in range(len(confusion))]
    split = show.get("confusion_split") or ("test" if show.get("test") else "validation")
    images = numbers.count(sum(map(sum, confusion)))
    synthetic = " synthetic" if (show.get("data") or {}).get("synthetic") else ""
    heading = style_of("heading", style)
    heat_map = confusion_map(confusion, classes, style, f"Confusion, {images}{synthetic} {split} images")
    map_width = max(line.cell_len for line in heat_map.split("\n"))
    room = style.width - map_width - _GAP
    if style.interactive and room >= _CLASSES:
        table = class_table(confusion, classes, style, width=room)
        pairs = pairs_list(confusion, classes, style, width=style.width)
        beside = _beside(heat_map, Group(Text("By class", heading), table))
        return [Text(""), beside, Text(""), Text("Most confused", heading), pairs]
    by_class: list[RenderableType] = [
        Text(""),
        Text("By class", heading),
        _classes_in_halves(confusion, classes, style),
    ]
    if style.interactive and room >= _PAIRS:
        pairs = pairs_list(confusion, classes, style, most=20)
        return [Text(""), _beside(heat_map, Group(Text("Most confused", heading), pairs)), *by_class]
    pairs = pairs_list(confusion, classes, style, width=style.width)
    return [Text(""), heat_map, Text(""), Text("Most confused", heading), pairs, *by_class]


def _classes_in_halves(
    confusion: Sequence[Sequence[int]], classes: Sequence[str], style: TerminalStyle
) -> RenderableType:
    """The table of classes, its lower half beside the upper where a terminal has room for it."""
    width = (style.width - _GAP) // 2
    if not style.interactive or width < _HALF_TABLE or len(confusion) < 8:
        return class_table(confusion, classes, style)
    middle = -(-len(confusion) // 2)
    halves = (range(middle), range(middle, len(confusion)))
    upper, lower = (class_table(confusion, classes, style, width=width, rows=rows) for rows in halves)
    return _beside(upper, lower)
