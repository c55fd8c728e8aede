"""What live mode says: which settings the present try changed, and what became of validation by it."""

from collections.abc import Mapping
from typing import Any

from rich.text import Text

from signtui.config.settings import BLOCKS
from signtui.events import DataFacts, Score
from signtui.render import numbers
from signtui.render.palette import style_of
from signtui.render.terminal import TerminalStyle
from signtui.runs.differences import Difference, differences
from signtui.runs.state import RunState
from signtui.tui.form_rows import label_of
from signtui.tui.settings_edit import shown
from signtui.tui.tries import SIZE_OF_TRY
from signtui.tui.watched import WatchedRun

_MOST_NAMED = 3


def live_lines(
    run: WatchedRun | None, before: RunState | None, style: TerminalStyle, *, on: bool, waiting: bool
) -> list[Text]:
    """Two lines about the try `run` and the one `before` it; a run of another kind is none."""
    faint = style_of("faint", style)
    if waiting:
        return [_head(style, on=on).append("after this run: tries begin when it is over", faint)]
    if run is None or run.source.kind != "live" or run.state.started is None:
        return [_head(style, on=on).append("a few images are tried at once; so is each change", faint)]
    state = run.state
    line = _head(style, on=on).append_text(_changes(before, state, style)).append("   ")
    return [line.append_text(_validation(before, state, style)), _basis(state, style)]


def _head(style: TerminalStyle, *, on: bool) -> Text:
    return Text("live" if on else "tried", style_of("accent" if on else "faint", style), end="").append("  ")


def changed_settings(before: Mapping[str, Any], after: Mapping[str, Any], arrow: str = ">") -> str:
    """The settings that differ, `block 1 kernel 3 > 5`, the first few by name; empty where none does."""
    found = [each for each in differences([before, after]) if each.key not in SIZE_OF_TRY]
    preset = [each for each in found if each.key == "preset"]
    if preset:  # it stands for all that it changed
        return _named(preset[0], arrow)
    words = [_named(each, arrow) for each in found[:_MOST_NAMED]]
    if len(found) > _MOST_NAMED:
        words.append(f"{len(found) - _MOST_NAMED} more")
    return ", ".join(words)


def _named(difference: Difference, arrow: str) -> str:
    key = difference.key
    name = label_of(key)
    if key.startswith(BLOCKS + "."):
        number, _, setting = key.removeprefix(BLOCKS + ".").partition(".")
        if not setting:
            gone = difference.values[1] is None
            return f"block {number} {'left out' if gone else 'added'}"
        name = f"block {number} {name}"
    old, new = (shown(tuple(value) if isinstance(value, list) else value) for value in difference.values)
    return f"{name} {old or 'none'} {arrow} {new or 'none'}"


def _changes(before: RunState | None, state: RunState, style: TerminalStyle) -> Text:
    if before is None:
        return Text("the first try of its size", end="")
    words = changed_settings(before.config, state.config, _arrow(style))
    return Text(words or "the same settings again", end="")


def _validation(before: RunState | None, state: RunState, style: TerminalStyle) -> Text:
    """`validation 91.2 % > 93.0 %`, and by how much that is more or less."""
    faint, heading = style_of("faint", style), style_of("heading", style)
    line = Text("validation ", faint, end="")
    old = _last(before) if before is not None else None
    if old is not None:
        line.append(numbers.percent(old.accuracy)).append(f" {_arrow(style)} ", faint)
    ended = state.ended
    if ended is not None and ended.reason == "diverged":
        return line.append("diverged", style_of("bad", style))
    if ended is not None and ended.reason == "failed":
        return line.append(ended.message, style_of("bad", style))
    new = _last(state)
    if ended is None or new is None:
        return line.append("..." if ended is None else "cut short", faint)
    line.append(numbers.percent(new.accuracy), heading)
    if old is not None:
        points = 100 * (new.accuracy - old.accuracy)
        if round(points, 1):
            line.append(f"  {points:+.1f} points", style_of("good" if points > 0 else "bad", style))
        else:
            line.append("  no change", faint)
    return line


def _last(state: RunState) -> Score | None:
    """Of its last epoch, where the schedule ends: the best of several would flatter."""
    return state.epochs[-1].validation if state.epochs else None


def _basis(state: RunState, style: TerminalStyle) -> Text:
    """What the figures rest on."""
    data = state.data
    words = ["one seed"]
    if data is not None:
        epochs = numbers.plural(state.progress.epochs, "epoch")
        drawn = "synthetic " if data.synthetic else ""
        words.append(f"{epochs} of {numbers.count(data.train_images)} {drawn}images")
        words.append(f"validated on {numbers.count(data.validation_images)}{_grain(data)}")
    if state.ended is not None:
        words.append(numbers.duration(state.seconds, tenths=True))
    return Text("      " + ", ".join(words), style_of("faint", style))


def _grain(data: DataFacts) -> str:
    """How much one photograph is: what chance moves the figure by."""
    photographs = data.validation_photographs
    if not photographs:
        return ""
    return f" of {numbers.count(photographs)} photographs: one is {100 / photographs:.1f} points"


def _arrow(style: TerminalStyle) -> str:
    return "›" if style.unicode else ">"
