"""The settings form: every setting on one line, changed by the arrow keys or by typing, checked at once.

The form is one widget with a cursor rather than dozens of input boxes: it paints at once, fits 32 columns,
and is worked with four keys.
"""

from typing import Any, ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType

from signtui.config import Config
from signtui.config.settings import setting_for
from signtui.render.palette import style_of
from signtui.render.terminal import TerminalStyle
from signtui.runs.control import SetEpochs, SetLearningRate
from signtui.tui import settings_edit
from signtui.tui.form_lines import (
    estimate_line,
    facts_lines,
    help_lines,
    row_line,
    title_line,
)
from signtui.tui.form_rows import HELD_OUT, Row, rows_of
from signtui.tui.known_hands import HandsFound, KnownHands
from signtui.tui.settings_edit import Refused
from signtui.tui.widgets.lines import Lines, wrapped
from signtui.tui.widgets.text_entry import TextEntry


class SettingsForm(Lines, can_focus=True):
    """The form over `app.config`; what it changes goes to `app.edit_config`, live settings to the run too."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"form--cursor"}
    PLACE: ClassVar[str] = "settings form"
    HELP: ClassVar[str] = (
        "The settings of the next run. Up and down choose a row, left and right change it, enter types a"
        " value or opens what is folded. A dot marks what differs from the preset; {form.reset:backspace}"
        " sets it back, and {form.forget:R} takes back every edit."
        " Epochs and learning rate also change a run that is on; everything else counts from the next run."
        " v turns live mode on: each change is then tried at once, on a few images for a few seconds."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "row above", show=False, id="form.up"),
        Binding("down,j", "move(1)", "row below", show=False, id="form.down"),
        Binding("pageup", "move(-10)", "ten rows up", show=False, id="form.page.up"),
        Binding("pagedown", "move(10)", "ten rows down", show=False, id="form.page.down"),
        Binding("home", "move(-999)", "first row", show=False, id="form.first"),
        Binding("end", "move(999)", "last row", show=False, id="form.last"),
        Binding(
            "right", "step(1)", "change", key_display="left right", id="form.more", tooltip="the next value"
        ),
        Binding("left", "step(-1)", "change", show=False, id="form.less", tooltip="the value before"),
        Binding(
            "plus,equals_sign",
            "block(1)",
            "block",
            key_display="+ -",
            id="form.add",
            tooltip="one block more",
        ),
        Binding("minus", "block(-1)", "block", show=False, id="form.remove", tooltip="one block less"),
        Binding("enter", "enter", "edit", id="form.edit", tooltip="type a value, open a fold"),
        Binding("backspace,delete", "reset", "as the preset", show=False, id="form.reset"),
        Binding("R", "forget", "as configured", show=False, id="form.forget", tooltip="take back every edit"),
    ]

    def __init__(self) -> None:
        super().__init__(id="form", classes="panel")
        self.chosen = "preset"
        self.unfolded: set[str] = set()
        self.entry: TextEntry | None = None
        self.refusal: tuple[str, str] | None = None  # the key it stands under, and the sentence
        self._first_line = 0
        self._row_of_line: list[Row | None] = []
        self._drawing = False
        self._followed: tuple[object, ...] = ()  # what of the run it was drawn for
        self._hands = KnownHands(self)

    def on_mount(self) -> None:
        """Follow the settings and the run; what was open the last time is open again."""
        self.unfolded = set(self.dashboard.memory.recall("form.folds", list[str]) or ())
        self.dashboard.config_edited.subscribe(self, lambda _: self.draw())
        self.dashboard.run_progressed.subscribe(self, lambda _: self._follow_run())
        self.dashboard.note_changed.subscribe(self, lambda _: self.draw())
        self.dashboard.estimates.changed.subscribe(self, lambda _: self.draw())

    def _follow_run(self) -> None:
        """A run that goes on changes the form where it begins or ends, is of other images, or gets slower."""
        live = self.dashboard.live
        epoch = tuple(line.plain for line in self._epoch_estimate(self.drawing_style))
        shown = (self._steers, self.dashboard.image_shape, live.on, live.waiting, epoch)
        if shown != self._followed:
            self._followed = shown
            self.draw()

    def on_show(self) -> None:
        """What was not drawn while the form was hidden is drawn now."""
        self.draw()

    def on_blur(self) -> None:
        """What was being typed is let go."""
        self.entry = None
        self._hands.drop()

    def on_hands_found(self, event: HandsFound) -> None:
        """Offer those who can be held out."""
        self._hands.take(event)
        self.draw()

    @property
    def config(self) -> Config:
        """The settings being edited."""
        return self.dashboard.config

    @property
    def rows(self) -> list[Row]:
        """Every row there is at present."""
        return rows_of(self.config, self.unfolded)

    @property
    def row(self) -> Row:
        """The one with the cursor."""
        rows = [row for row in self.rows if row.can_be_chosen]
        return next((row for row in rows if row.key == self.chosen), rows[0])

    # What keys do

    def action_move(self, by: int) -> None:
        """Move the cursor by so many rows, as far as there are any."""
        keys = [row.key for row in self.rows if row.can_be_chosen]
        place = keys.index(self.row.key)
        self.chosen = keys[min(max(0, place + by), len(keys) - 1)]
        self.refusal = None
        self.draw()
        self.refresh_bindings()

    def action_step(self, direction: int) -> None:
        """The next value of the row's setting; on a block or a fold: open or close it."""
        row = self.row
        if row.kind in {"block", "fold"}:
            self._fold(row.key, opened=direction > 0)
        elif row.kind == "blocks":
            self.action_block(direction)
        elif row.key == HELD_OUT:
            self._try(row.key, self._hands.stepped(self.config.data, direction))
        else:
            self._try(row.key, settings_edit.stepped(row.key, self._value(row.key), direction))

    def action_block(self, direction: int) -> None:
        """One block more, after the one with the cursor, or one less; elsewhere the next value."""
        row = self.row
        blocks = row.kind in {"blocks", "block"}
        if not blocks:
            self.action_step(direction)
            return
        at = int(row.label) if row.kind == "block" else len(self.config.model.blocks)

        def change(plain: list[dict[str, Any]]) -> None:
            if direction > 0:
                plain.insert(at, dict(plain[at - 1]))
            else:
                plain.pop(at - 1)

        self._take(row.key, lambda size: settings_edit.with_blocks(self.config, change, *size))
        if row.kind == "block":
            self.chosen = f"model.blocks.{min(at, len(self.config.model.blocks))}"
            self.draw()

    def action_enter(self) -> None:
        """Type a value; a choice goes to the next, a fold opens or closes."""
        row = self.row
        if row.kind in {"block", "fold"}:
            self._fold(row.key, opened=row.key not in self.unfolded)
            return
        if row.kind == "blocks":
            return
        setting = setting_for(row.key)
        if setting.choices or setting.value_type is bool:
            self.action_step(1)
            return
        self.refusal = None
        self.entry = TextEntry(settings_edit.shown(self._value(row.key)))
        self.draw()
        self.refresh_bindings()

    @property
    def lesson(self) -> str:
        """The name of the lesson behind the setting under the cursor."""
        from signtui.lessons import lesson_of_setting  # noqa: PLC0415 - not before the first paint

        found = lesson_of_setting(self.row.key)
        return found.name if found is not None else ""

    def action_reset(self) -> None:
        """Back to what the preset says."""
        if self.row.kind == "setting" and self.row.key != "preset":
            default = settings_edit.default_of(self.config, self.row.key)
            if default is not None:
                self._try(self.row.key, default)

    def action_forget(self) -> None:
        """Back to the settings that the dashboard was started with."""
        self.refusal = None
        self.dashboard.edit_config(self.dashboard.form_memory.as_configured(self.config))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Only what does something on this row."""
        if self.entry is not None:
            return False
        if action == "forget":
            return self.dashboard.form_memory.is_edited(self.config)
        if action == "block":
            return self.row.kind in {"blocks", "block", "setting"}
        return True

    def check_consume_key(self, key: str, character: str | None) -> bool:  # noqa: ARG002 - Textual's interface
        """While a value is typed, a plain key does nothing else, and the footer doesn't say it would."""
        return self.entry is not None and "+" not in key

    def on_key(self, event: events.Key) -> None:
        """While a value is typed, every key is part of it."""
        if self.entry is None:
            return
        event.stop()
        event.prevent_default()
        if event.key == "escape":
            self.entry, self.refusal = None, None
        elif event.key in {"enter", "up", "down", "tab"}:
            if self._try(self.row.key, self.entry.text):
                self.entry = None
        elif self.entry.take(event.key, event.character):
            self._look_at(self.entry.text)
        self.draw()
        self.refresh_bindings()

    def on_paste(self, event: events.Paste) -> None:
        """Pasted text goes into the value being typed."""
        if self.entry is not None:
            event.stop()
            self.entry.insert(event.text.split("\n")[0])
            self._look_at(self.entry.text)
            self.draw()

    def on_click(self, event: events.Click) -> None:
        """Choose the row under the pointer; on the chosen one, change it."""
        line = event.y - 1 + self._first_line
        row = self._row_of_line[line] if 0 <= line < len(self._row_of_line) else None
        if row is None or not row.can_be_chosen:
            return
        again, self.chosen = row.key == self.chosen, row.key
        self.entry = self.refusal = None
        if again or row.kind in {"fold", "block"}:
            self.action_enter()
        self.draw()

    def on_mouse_scroll_down(self) -> None:
        """The wheel moves the cursor."""
        self.action_move(1)

    def on_mouse_scroll_up(self) -> None:
        """The wheel moves the cursor."""
        self.action_move(-1)

    # What they lead to

    @property
    def _steers(self) -> bool:
        """Whether there is a run on that a live setting changes."""
        run = self.dashboard.watched
        return run is not None and run.is_live and run.source.kind not in {"replay", "live"}

    def _value(self, key: str) -> Any:
        return settings_edit.value_of(self.config, key)

    def _fold(self, key: str, *, opened: bool) -> None:
        (self.unfolded.add if opened else self.unfolded.discard)(key)
        self.dashboard.memory.keep("form.folds", sorted(self.unfolded))
        self.draw()

    def _look_at(self, text: str) -> None:
        """Say at once what is wrong with a value that is being typed."""
        self.refusal = None
        try:
            settings_edit.changed(self.config, self.row.key, text, *self.dashboard.image_shape)
        except Refused as refused:
            self.refusal = (self.row.key, str(refused))

    def _try(self, key: str, value: Any) -> bool:
        before = self._value(key)
        done = self._take(key, lambda size: settings_edit.changed(self.config, key, value, *size))
        if done and self._value(key) != before:
            self._tell_run(key)
        return done

    def _take(self, key: str, change: Any) -> bool:
        try:
            config = change(self.dashboard.image_shape)
        except Refused as refused:
            self.refusal = (key, str(refused))
            self.draw()
            return False
        self.refusal = None
        self.dashboard.edit_config(config)
        return True

    def _tell_run(self, key: str) -> None:
        """A live setting changes the run that is on."""
        if not self._steers:
            return
        if key == "train.epochs":
            self.dashboard.steer(SetEpochs(value=self.config.train.epochs))
        elif key == "train.learning_rate":
            self.dashboard.steer(SetLearningRate(value=self.config.train.learning_rate))

    # What it looks like

    def draw(self) -> None:
        """Show the part of the form that has the cursor, once for all that is asked at the same time."""
        if self.is_mounted and self.display and self.size.width and not self._drawing:
            self._drawing = True
            self.call_later(self._draw)

    def _draw(self) -> None:
        self._drawing = False
        style, width = self.drawing_style, max(24, self.size.width)
        lines: list[Text] = []
        self._row_of_line = []
        cursor = 0
        key = self.row.key
        for row in self.rows:
            chosen = row.can_be_chosen and row.key == key
            if chosen:
                cursor = len(lines)
            drawn = (
                self._facts(style, width) if row.kind == "facts" else [self._line(row, chosen, style, width)]
            )
            if self.refusal is not None and self.refusal[0] == row.key and row.can_be_chosen:
                drawn += wrapped(self.refusal[1], style_of("bad", style), width)
            elif chosen and self.has_focus:
                trying = self.dashboard.live.on
                drawn += self._who_can_be_held_out(row.key, style, width)
                drawn += help_lines(row, style, width, live=self._steers, trying=trying)
            self._row_of_line += [row] * len(drawn)
            lines += drawn
        self.show([self._title(style, width), *self._visible(lines, cursor)])

    def _who_can_be_held_out(self, key: str, style: TerminalStyle, width: int) -> list[Text]:
        """Below that row alone; what isn't known is looked up, and what is asked about elsewhere is not."""
        if key != HELD_OUT:
            self._hands.drop()
            return []
        if self.screen.is_current:
            self._hands.ask(self.config.data)
        return wrapped(self._hands.words(self.config.data), style_of("faint", style), width)

    def _facts(self, style: TerminalStyle, width: int) -> list[Text]:
        """What follows from the settings; what isn't known of it is asked for, if the form can be seen."""
        estimates = self.dashboard.estimates
        if self.screen.is_current:
            estimates.ask(self.config)
        facts = facts_lines(self.config, *self.dashboard.image_shape, style, width)
        return [*facts, *self._epoch_estimate(style)]

    def _epoch_estimate(self, style: TerminalStyle) -> list[Text]:
        estimates = self.dashboard.estimates
        return estimate_line(estimates.of(self.config), estimates.status(self.config), style)

    def _visible(self, lines: list[Text], cursor: int) -> list[Text]:
        room = max(1, self.size.height - 1)
        margin = min(4, room // 3)
        first = min(self._first_line, max(0, len(lines) - room))
        first = min(first, max(0, cursor - margin))
        first = max(first, min(cursor + margin + 1, len(lines)) - room)
        self._first_line = first
        return lines[first : first + room]

    def _title(self, style: TerminalStyle, width: int) -> Text:
        live = self.dashboard.live
        words = "for the next run" if self._steers else ""
        if live.on:
            words = "live after this run" if live.waiting else "live"
        return title_line(words, style, width, focused=self.has_focus, live=live.on)

    def _line(self, row: Row, chosen: bool, style: TerminalStyle, width: int) -> Text:
        cursor = chosen and self.has_focus
        typed = self.entry.drawn() if chosen and self.entry is not None else None
        opened = row.key in self.unfolded
        steps = row.key == HELD_OUT and bool(self._hands.choices(self.config.data))
        line = row_line(
            row, self.config, style, width, opened=opened, cursor=cursor, typed=typed, steps=steps
        )
        if cursor:
            line.append(" " * (width - line.cell_len))
            line.stylize(self.get_component_rich_style("form--cursor"))
        return line
