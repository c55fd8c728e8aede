"""Lines of the settings form that follow from the settings alone: the network on paper, the help of a row."""

from rich.console import Console
from rich.style import Style
from rich.text import Text

from signtui.config import Config
from signtui.config.settings import setting_for
from signtui.model.memory import training_memory
from signtui.render import numbers
from signtui.render.palette import style_of
from signtui.render.terminal import TerminalStyle
from signtui.tui import settings_edit
from signtui.tui.estimates import Estimate
from signtui.tui.form_rows import Row
from signtui.tui.tries import SIZE_OF_TRY


def fold_mark(opened: bool, style: TerminalStyle) -> str:
    """The sign before what is folded or open."""
    if style.unicode:
        return "▾" if opened else "▸"
    return "v" if opened else ">"


def help_lines(row: Row, style: TerminalStyle, width: int, *, live: bool, trying: bool = False) -> list[Text]:
    """What the row's setting means; with `live`, a run is on, and whether it is changed too.

    With `trying`, live mode is on, and whether its tries have the setting.
    """
    if row.kind != "setting":
        return []
    setting = setting_for(row.key)
    words = setting.help
    if live:
        words += "; changes the run too" if setting.live else "; counts from the next run"
    elif trying and row.key in SIZE_OF_TRY:
        words += "; tries of live mode have their own"
    return wrapped(words, style_of("faint", style), width)


def facts_lines(
    config: Config, image_size: int, classes: int, style: TerminalStyle, width: int
) -> list[Text]:
    """Shapes from image to logits, weights, memory, receptive field; or why there is no such network."""
    plan = settings_edit.plan_or_reason(config, image_size, classes)
    if isinstance(plan, str):
        return wrapped(plan, style_of("bad", style), width)
    faint = style_of("faint", style)
    chain = plan.shape_chain().replace(" > ", " › " if style.unicode else " > ")
    memory = training_memory(config, plan)["total"]
    return [
        *wrapped(chain, faint, width),
        Text(f"{numbers.count(plan.weights)} weights, about {numbers.size(memory)}"),
        Text(f"receptive field {plan.receptive_field} of {image_size} pixels", faint),
    ]


def estimate_line(estimate: Estimate | None, status: str, style: TerminalStyle) -> list[Text]:
    """`about 12 s an epoch (last run)`; where that isn't known, what is done about it."""
    faint = style_of("faint", style)
    if estimate is None:
        return [Text(status, faint)] if status else []
    seconds = numbers.duration(estimate.seconds)
    epoch = f"about {seconds} an epoch"
    words = f"{seconds} per {numbers.count(estimate.images)} images" if estimate.images else epoch
    return [Text(words).append(f" ({estimate.basis})", faint)]


def wrapped(words: str, look: Style, width: int) -> list[Text]:
    """`words` on lines of at most `width` cells."""
    return list(Text(words, look).wrap(Console(width=width), width))
