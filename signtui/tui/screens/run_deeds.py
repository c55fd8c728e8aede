"""What can be done with a run, the same on the list and on its own page: notes, settings, resume, export.

Files are read and written in threads; what came of it arrives in one message.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

import msgspec
from rich.text import Text
from textual import work
from textual.binding import Binding, BindingType
from textual.message import Message

from signtui.config import Config
from signtui.config.load import from_plain
from signtui.errors import SigntuiError
from signtui.render import numbers
from signtui.render.palette import style_of
from signtui.render.terminal import TerminalStyle
from signtui.runs.export import export_epochs
from signtui.runs.folder import RunFolder
from signtui.runs.labels import Labels, read_labels, write_labels
from signtui.runs.names import short_name
from signtui.runs.order import is_live
from signtui.runs.show import show
from signtui.runs.summary import Summary
from signtui.runs.trash import discard, restore
from signtui.tui.predicting import open_predicting
from signtui.tui.screens.base import DashboardScreen
from signtui.tui.screens.questions import ConfirmScreen, EditLineScreen
from signtui.tui.screens.train import TrainScreen
from signtui.tui.widgets.import_panel import counts_lines

DEEDS = ("watch", "curves", "resume", "use", "fine_tune", "note", "tags", "export", "predict")
"""The actions that are about the chosen run."""

RESUMABLE = ("stopped", "interrupted", "lost", "failed")
"""The statuses of a run that has steps left to go."""


class DeedDone(Message):
    """Something was done with a run, or could not be, as `sentence` says; `discarded` is in the trash now."""

    def __init__(self, sentence: str, *, failed: bool = False, discarded: tuple[Path, ...] = ()) -> None:
        super().__init__()
        self.sentence = sentence
        self.failed = failed
        self.discarded = discarded


class ConfigRead(Message):
    """The settings of a run, to be used for the next one."""

    def __init__(self, run_id: str, config: Config) -> None:
        super().__init__()
        self.run_id = run_id
        self.config = config


class StartRead(Message):
    """The settings for going on from a run's weights, and how many photos of each letter there are."""

    def __init__(self, run_id: str, config: Config, counts: dict[str, int]) -> None:
        super().__init__()
        self.run_id, self.config, self.counts = run_id, config, counts


class RunDeeds(DashboardScreen):
    """A screen with a run that is chosen; a subclass says which."""

    PLACE: ClassVar[str] = "Runs screen, run page"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "watch", "watch", id="run.watch", tooltip="follow and steer it on the Train screen"),
        Binding(
            "w", "curves", "curves", id="run.curves", tooltip="its curves on the Train screen, to zoom in on"
        ),
        Binding("r", "resume", "resume", id="run.resume", tooltip="go on from its last checkpoint"),
        Binding("u", "use", "use", id="run.use", tooltip="take its settings for the next run"),
        Binding(
            "f",
            "fine_tune",
            "fine-tune",
            id="run.fine_tune",
            tooltip="go on from its weights with photos of your own",
        ),
        Binding("n", "note", "note", id="run.note", tooltip="edit the note kept with it"),
        Binding("g", "tags", "tags", id="run.tags", tooltip="edit the words to find it by"),
        Binding("e", "export", "export", id="run.export", tooltip="its epochs as CSV, into its folder"),
        Binding("p", "predict", "predict", id="run.predict", tooltip="have its network read a photo"),
    ]

    def chosen_run(self) -> Summary | None:
        """The run that the keys are about."""
        raise NotImplementedError

    def folder(self, run: Summary) -> RunFolder:
        """The run's folder."""
        return RunFolder(self.runs_directory / run.id)

    @property
    def chosen_folder(self) -> RunFolder | None:
        """The folder of the chosen run, where there is one."""
        run = self.chosen_run()
        return self.folder(run) if run is not None else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A key that can't act on the chosen run is not offered."""
        if action not in DEEDS:
            return super().check_action(action, parameters)
        run = self.chosen_run()
        if run is None:
            return False
        can_train, has_weights = self.dashboard.can_train, run.epochs > 0
        offered = {
            "watch": is_live(run),
            "curves": not is_live(run),
            "resume": run.status in RESUMABLE and can_train,
            "fine_tune": has_weights and can_train,
            "export": has_weights,
            "predict": has_weights and self.dashboard.engine.predict is not None,
        }
        return offered.get(action, True)

    def action_watch(self) -> None:
        """Follow the run on the Train screen, and steer it from there."""
        run = self.chosen_run()
        if run is None:
            return
        self.open_run(run.id)
        self._leave_for_training()
        self.dashboard.call_later(self._show_curves)

    def action_curves(self) -> None:
        """Open a run that is over on the Train screen."""
        self.action_watch()

    def action_resume(self) -> None:
        """Go on with the run from its last checkpoint."""
        run = self.chosen_run()
        if run is not None:
            self.dashboard.resume(self.folder(run))
            self._leave_for_training()

    def action_fine_tune(self) -> None:
        """Go on from the run's weights with photos of one's own, after saying with how many."""
        run = self.chosen_run()
        if run is not None:
            self._read_start(self.folder(run), self.dashboard.config)

    @work(thread=True, group="deeds")
    def _read_start(self, folder: RunFolder, present: Config) -> None:
        from signtui.data.collection import letter_counts  # noqa: PLC0415 - not before the first paint
        from signtui.runs.fine_tuning import settings_from  # noqa: PLC0415 - as above

        try:
            config = settings_from(folder, present)
        except SigntuiError as error:
            self.post_message(DeedDone(str(error), failed=True))
            return
        counts = letter_counts(Path(config.data.directory).expanduser())
        self.post_message(StartRead(folder.id, config, counts))

    def on_start_read(self, event: StartRead) -> None:
        """Say what would be learned, and begin where that is wanted."""
        style = self.dashboard.drawing_style
        lines = start_question(event, style)

        def answered(yes: bool | None) -> None:
            if yes and self.dashboard.can_train:
                self.dashboard.train_with(event.config)
                self._leave_for_training()

        self.dashboard.push_screen(ConfirmScreen(lines, "fine-tune"), answered)

    def action_use(self) -> None:
        """Take the run's settings for the next one."""
        run = self.chosen_run()
        if run is not None:
            self._read_config(self.folder(run), self.dashboard.config)

    @work(thread=True, group="deeds")
    def _read_config(self, folder: RunFolder, present: Config) -> None:
        try:
            config = from_plain(show(folder)["config"], f"run {folder.id}")
        except SigntuiError as error:
            self.post_message(DeedDone(str(error), failed=True))
            return
        # How runs are kept and how the screen looks is the user's business, not the old run's.
        config = msgspec.structs.replace(config, runs=present.runs, ui=present.ui)
        self.post_message(ConfigRead(folder.id, config))

    def on_config_read(self, event: ConfigRead) -> None:
        """Put the settings into the form."""
        self.dashboard.edit_config(event.config)
        self.notify(f"the settings of {short_name(event.run_id)} are in the form", markup=False)
        self._leave_for_training()

    def _leave_for_training(self) -> None:
        if len(self.dashboard.screen_stack) > 1:
            self.dashboard.pop_screen()
        self.dashboard.call_later(self.dashboard.show_mode, "train")

    def _show_curves(self) -> None:
        screen = self.dashboard.screen
        if isinstance(screen, TrainScreen):
            screen.show_part("curves")

    def action_note(self) -> None:
        """Edit the run's note."""
        run = self.chosen_run()
        if run is not None:
            self._edit(run, "Note on ", run.notes, "what was tried, and what came of it", _with_note)

    def action_tags(self) -> None:
        """Edit the run's tags."""
        run = self.chosen_run()
        if run is not None:
            self._edit(run, "Tags of ", " ".join(run.tags), "words with spaces between", _with_tags)

    def _edit(
        self, run: Summary, words: str, value: str, hint: str, change: Callable[[Labels, str], Labels]
    ) -> None:
        style = self.dashboard.drawing_style
        question = Text(words).append(short_name(run.id), style_of("accent", style))

        def answered(text: str | None) -> None:
            if text is not None and text.strip() != value:
                self.do(partial(_relabel, self.folder(run), change, text.strip()))

        self.dashboard.push_screen(EditLineScreen(question, value, hint), answered)

    def action_export(self) -> None:
        """Write the run's epochs into its folder as CSV."""
        run = self.chosen_run()
        if run is not None:
            self.do(partial(_export, self.folder(run)))

    def action_predict(self) -> None:
        """Have the run's network read a photo."""
        if self.chosen_folder is not None:
            open_predicting(self.dashboard, self.chosen_folder)

    @work(thread=True, group="deeds")
    def do(self, deed: Callable[[], DeedDone]) -> None:
        """Do it in a thread and tell what came of it."""
        try:
            done = deed()
        except SigntuiError as error:
            done = DeedDone(str(error), failed=True)
        except OSError as error:
            done = DeedDone(f"{error.filename}: {error.strerror or error}", failed=True)
        self.post_message(done)

    def on_deed_done(self, event: DeedDone) -> None:
        """Say it, and show what changed."""
        self.notify(event.sentence, severity="error" if event.failed else "information", markup=False)
        self.after_deed(event)

    def after_deed(self, done: DeedDone) -> None:
        """Show what changed; a subclass knows where."""


_QUESTION_CELLS = 60


def start_question(start: StartRead, style: TerminalStyle) -> list[Text]:
    """Whether to go on from a run: with how many photos of which letters, for how long, beside what."""
    train, faint = start.config.train, style_of("faint", style)
    photos = numbers.plural(sum(start.counts.values()), "photo")
    question = Text("Fine-tune ").append(short_name(start.run_id), style_of("accent", style))
    question.append(f" with {photos} in {start.config.data.directory}?")
    words = f"About a quarter is held out, to show the gain. {numbers.plural(train.epochs, 'epoch')}"
    words += f" at a learning rate of {train.learning_rate:g}, beside {train.rehearsal:,} images it knows."
    return [question, Text(), *counts_lines(start.counts, _QUESTION_CELLS), Text(), Text(words, faint)]


def _with_note(labels: Labels, text: str) -> Labels:
    return Labels(text, labels.tags)


def _with_tags(labels: Labels, text: str) -> Labels:
    return Labels(labels.notes, tuple(word.lstrip("#") for word in text.replace(",", " ").split()))


def _relabel(folder: RunFolder, change: Callable[[Labels, str], Labels], text: str) -> DeedDone:
    write_labels(folder.labels, change(read_labels(folder.labels), text))
    return DeedDone(f"kept with {short_name(folder.id)}")


def _export(folder: RunFolder) -> DeedDone:
    return DeedDone(f"epochs written to {export_epochs(folder)}")


def discard_all(folders: Sequence[RunFolder]) -> DeedDone:
    """Move the runs to the trash."""
    discarded = tuple(discard(folder) for folder in folders)
    return DeedDone(f"{numbers.plural(len(discarded), 'run')} deleted; z undoes it", discarded=discarded)


def restore_all(discarded: Sequence[Path]) -> DeedDone:
    """Take runs back out of the trash."""
    restored = [restore(path) for path in discarded]
    return DeedDone(f"{numbers.plural(len(restored), 'run')} taken back")
