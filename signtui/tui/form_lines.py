"""Lines of the settings form: a row with its value, the help of one, and what follows from the settings."""

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
from signtui.tui.form_rows import Row, block_summary
from signtui.tui.tries import SIZE_OF_TRY
from signtui.tui.widgets.lines import wrapped

_LABEL_CELLS = 15
_PLAIN_UNITS = frozenset({"images", "units", "norm"})
"""Units that the setting's name says already."""


def title_line(words: str, style: TerminalStyle, width: int, *, focused: bool, live: bool) -> Text:
    """The form's name, and at the right `words` about what its settings are for."""
    title = Text("Configure", style_of("accent" if focused else "heading", style) + Style(bold=True))
    return title.append(words.rjust(width - len("Configure")), style_of("accent" if live else "faint", style))


def row_line(
    row: Row,
    config: Config,
    style: TerminalStyle,
    width: int,
    *,
    opened: bool,
    cursor: bool,
    typed: Text | None = None,
    steps: bool = False,
) -> Text:
    """A row as it is shown, at most `width` cells. `opened`: what it folds is shown; `cursor`: it takes keys.

    `typed` stands in place of the value while one is typed. `steps`: keys change even a free text.
    """
    faint = style_of("faint", style)
    if row.kind == "blank":
        return Text()
    if row.kind == "heading":
        return Text(row.label, style_of("heading", style))
    line = Text(" " * row.indent)
    if row.kind == "block":
        line.append(f"{_fold_mark(opened, style)} {row.label:<2}", faint)
        line.append(block_summary(config.model.blocks[int(row.label) - 1]))
    elif row.kind == "fold":
        line.append(f"{_fold_mark(opened, style)} {row.label}", faint)
    elif row.kind == "blocks":
        line.append("blocks".ljust(_LABEL_CELLS), faint)
        line.append(f"[-] {len(config.model.blocks)} [+]")
    else:
        line.append(f"{row.label} ".ljust(_LABEL_CELLS - row.indent), faint)
        line.append_text(
            _value(row.key, config, style, cursor=cursor, steps=steps) if typed is None else typed
        )
    line.truncate(width)
    return line


def _value(key: str, config: Config, style: TerminalStyle, *, cursor: bool, steps: bool) -> Text:
    """A setting's value, between arrows where keys change it, with a dot where the preset has another."""
    setting, value = setting_for(key), settings_edit.value_of(config, key)
    text = Text(settings_edit.shown(value) or "none")
    if cursor and (setting.choices or setting.value_type is not str or steps):
        left, right = ("‹ ", " ›") if style.unicode else ("< ", " >")
        text = Text(left).append_text(text).append(right)
    elif setting.unit and setting.unit not in _PLAIN_UNITS:
        text.append(f" {setting.unit}", style_of("faint", style))
    if key != "preset" and settings_edit.default_of(config, key) != value:
        text.append(" •" if style.unicode else " *", style_of("accent", style))
    return text


def _fold_mark(opened: bool, style: TerminalStyle) -> str:
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
    together = f" in {plan.networks} networks" if plan.networks > 1 else ""
    return [
        *wrapped(chain, faint, width),
        *wrapped(
            f"{numbers.count(plan.weights)} weights{together}, about {numbers.size(memory)}", Style(), width
        ),
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
