"""Convolution, activation and pooling tried by hand: three panels over one bench."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from signtui.errors import ConfigError
from signtui.model.kernels import EXAMPLE, parse_kernel, written
from signtui.render.by_hand import (
    Place,
    activation_lines,
    convolution_lines,
    legend,
    pooling_lines,
)
from signtui.render.palette import style_of
from signtui.render.terminal import TerminalStyle
from signtui.tui.bench import Bench
from signtui.tui.widgets.lines import Lines, as_strip
from signtui.tui.widgets.text_entry import TextEntry

if TYPE_CHECKING:
    from signtui.model.kernels import Convolved

_FAR = 5


class BenchChanged(Message):
    """Something was chosen, or the cursor moved: every panel shows other numbers."""


class BenchPanel(Lines, can_focus=True):
    """One panel over `bench`, drawn when anything on it changes and the panel can be seen."""

    TITLE: ClassVar[str] = ""

    def __init__(self, bench: Bench, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.bench = bench

    def on_show(self) -> None:
        """What was not drawn while it was hidden is drawn now."""
        self.draw()

    @property
    def can_be_seen(self) -> bool:
        """Whether there is anyone to draw for."""
        return self.is_mounted and bool(self.size.width) and self.screen.is_current

    def title(self, words: Text | str = "") -> Text:
        """The panel's name, marked where the keys go, and `words` after it."""
        style = self.drawing_style
        look = style_of("accent" if self.has_focus else "heading", style) + Style(bold=True)
        title = Text(self.TITLE, look, end="")
        if words:
            title.append("  ").append_text(
                words if isinstance(words, Text) else Text(words, style_of("faint", style))
            )
        title.truncate(style.width)
        return title

    def changed(self) -> None:
        """Tell the screen."""
        self.post_message(BenchChanged())


def _moves(name: str) -> list[BindingType]:
    """Arrows over the result: by one, with shift by five, home and end to its first and last value."""
    return [
        Binding(
            "left", "move(0, -1)", "move", key_display="arrows", id=f"{name}.left", tooltip="move the cursor"
        ),
        Binding("right", "move(0, 1)", "move", show=False, id=f"{name}.right"),
        Binding("up", "move(-1, 0)", "move", show=False, id=f"{name}.up"),
        Binding("down", "move(1, 0)", "move", show=False, id=f"{name}.down"),
        Binding("shift+left", f"move(0, -{_FAR})", "move far", show=False, id=f"{name}.far.left"),
        Binding("shift+right", f"move(0, {_FAR})", "move far", show=False, id=f"{name}.far.right"),
        Binding("shift+up,pageup", f"move(-{_FAR}, 0)", "move far", show=False, id=f"{name}.far.up"),
        Binding("shift+down,pagedown", f"move({_FAR}, 0)", "move far", show=False, id=f"{name}.far.down"),
        Binding("home", "move(-999, -999)", "to the first value", show=False, id=f"{name}.first"),
        Binding("end", "move(999, 999)", "to the last value", show=False, id=f"{name}.last"),
    ]


class ConvolutionPanel(BenchPanel):
    """Image, kernel, result, and the sum at the cursor written out; a kernel is typed here."""

    PLACE: ClassVar[str] = "convolution by hand"
    TITLE: ClassVar[str] = "Convolution"
    FIRST_KEYS: ClassVar[tuple[str, ...]] = ("hand.kernel.next", "hand.type")
    HELP: ClassVar[str] = (
        "The image at the left, the kernel's numbers, and the feature map they make. Each value of the map is"
        " the sum below: the grey levels under the kernel, each times its number. Red is below nought, blue"
        " above; a kernel may be typed, row by row."
    )
    BINDINGS: ClassVar[list[BindingType]] = _moves("hand.cursor")

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench, id="hand-convolution")
        self.entry: TextEntry | None = None
        self.refusal = ""

    def start_typing(self) -> None:
        """Type a kernel, from the numbers of the chosen one."""
        self.entry, self.refusal = TextEntry(written(self.bench.kernel)), ""
        self.draw()
        self.refresh_bindings()

    def action_move(self, rows: int, columns: int) -> None:
        """Move the cursor."""
        self.bench.move(rows, columns)
        self.changed()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """While a kernel is typed, arrows move in its text."""
        return self.entry is None

    def check_consume_key(self, key: str, character: str | None) -> bool:  # noqa: ARG002 - Textual's interface
        """While a kernel is typed, a plain key does nothing else."""
        return self.entry is not None and "+" not in key

    def on_key(self, event: events.Key) -> None:
        """While a kernel is typed, every key is part of it; enter takes it, escape leaves it."""
        if self.entry is None:
            return
        event.stop()
        event.prevent_default()
        if event.key == "escape":
            self.entry, self.refusal = None, ""
        elif event.key in {"enter", "tab"}:
            self._take()
        elif self.entry.take(event.key, event.character):
            self._look_at()
        self.draw()
        self.refresh_bindings()

    def on_paste(self, event: events.Paste) -> None:
        """A kernel may be pasted while one is typed; lines are rows."""
        if self.entry is not None:
            event.stop()
            self.entry.insert("; ".join(event.text.split("\n")))
            self._look_at()
            self.draw()

    def on_blur(self) -> None:
        """What was not taken is left."""
        self.entry, self.refusal = None, ""

    def _take(self) -> None:
        if self.entry is None:
            return
        try:
            kernel = parse_kernel(self.entry.text)
        except ConfigError as error:
            self.refusal = str(error)
        else:
            self.entry, self.refusal = None, ""
            self.bench.use_typed(kernel)
            self.changed()

    def _look_at(self) -> None:
        self.refusal = ""
        try:
            parse_kernel(self.entry.text if self.entry is not None else "")
        except ConfigError as error:
            self.refusal = str(error)

    def draw(self) -> None:
        """Show it all."""
        if not self.can_be_seen:
            return
        style = self.drawing_style
        bench = self.bench
        faint = style_of("faint", style)
        if self.entry is not None:
            bad = style_of("bad", style)
            words = (
                Text(self.refusal, bad) if self.refusal else Text(f"as in {EXAMPLE}; enter takes it", faint)
            )
            words.truncate(style.width)
            above = [Text("kernel: ", style_of("accent", style)).append_text(self.entry.drawn()), words]
        else:
            where = Text(f"row {bench.at.row + 1}, column {bench.at.column + 1} of the result   ", faint)
            above = [self.title(where.append_text(legend(style)))]
        room = _sized(style, style.height - len(above))
        self.show([*above, *convolution_lines(bench.result, bench.at, bench.image_name, room)])


class PoolingPanel(BenchPanel):
    """The result, pooled both ways beside each other."""

    PLACE: ClassVar[str] = "pooling by hand"
    TITLE: ClassVar[str] = "Pooling"
    HELP: ClassVar[str] = (
        "The feature map made smaller in both usual ways: the largest value of each window, or their mean."
        " The window under the cursor is written out, its largest value strong."
    )
    BINDINGS: ClassVar[list[BindingType]] = _moves("hand.pool")

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench, id="hand-pooling")

    def action_move(self, rows: int, columns: int) -> None:
        """Move the cursor by windows."""
        self.bench.move(rows * self.bench.window, columns * self.bench.window)
        self.changed()

    def draw(self) -> None:
        """Show both maps."""
        if not self.can_be_seen:
            return
        bench, style = self.bench, self.drawing_style
        self.show(pooling_lines(bench.result, bench.at, bench.window, self.title(), style))


class ActivationDrawn(Message):
    """The chart, drawn in a thread for `key`."""

    def __init__(self, key: object, strips: list[Strip]) -> None:
        super().__init__()
        self.key, self.strips = key, strips


class ActivationPanel(BenchPanel):
    """The curve of an activation with the value under the cursor on it; its chart is drawn in a thread."""

    PLACE: ClassVar[str] = "activation by hand"
    TITLE: ClassVar[str] = "Activation"
    HELP: ClassVar[str] = (
        "What an activation makes of the value under the cursor. The value is the sum with grey levels"
        " divided by 255, as input_scaling unit does it; the vertical line stands there."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "left,up",
            "turn(-1)",
            "activation",
            key_display="arrows",
            id="hand.activation.before",
            tooltip="the activation before",
        ),
        Binding("right,down", "turn(1)", "activation", show=False, id="hand.activation.after"),
    ]

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench, id="hand-activation")
        self._asked: object = None
        self._busy = False

    @property
    def is_settled(self) -> bool:
        """Whether nothing is being drawn."""
        return not self._busy

    def action_turn(self, by: int) -> None:
        """Another activation."""
        self.bench.turn_activation(by)
        self.changed()

    def draw(self) -> None:
        """Have the chart drawn where it is another; one at a time."""
        if not self.can_be_seen:
            return
        bench, style = self.bench, self.drawing_style
        key = (bench.activation, bench.at, bench.result, style, self.has_focus)
        if self._busy or (isinstance(self._asked, tuple) and _same(self._asked, key)):
            return
        self._asked, self._busy = key, True
        title = self.title("of the value at the cursor")
        room = _sized(style, style.height - 1)
        build = partial(self._build, key, title, bench.activation, bench.result, bench.at, room)
        self.run_worker(build, thread=True, group="charts", description="drawing an activation")

    def _build(
        self, key: object, title: Text, name: str, result: "Convolved", at: Place, style: TerminalStyle
    ) -> None:
        lines = [title, *activation_lines(name, result, at, style)]
        self.post_message(ActivationDrawn(key, [as_strip(line) for line in lines]))

    def on_activation_drawn(self, message: ActivationDrawn) -> None:
        """Swap the drawing in; draw again where another is wanted by now."""
        message.stop()
        self._busy = False
        self.show_strips(message.strips)
        self.draw()


def _same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Whether two drawings would be alike; results are compared by identity, for they are arrays."""
    return one[2] is other[2] and one[:2] == other[:2] and one[3:] == other[3:]


def _sized(style: TerminalStyle, height: int) -> TerminalStyle:
    return replace(style, height=max(1, height))
