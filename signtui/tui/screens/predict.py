"""A photo read by a run's network, in a box over the screen: a path, and what comes of it.

Files are read and predicted in a thread; what came of it arrives in one message.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from signtui.bugs import bug_sentence
from signtui.errors import SigntuiError
from signtui.render.palette import style_of
from signtui.runs.folder import RunFolder
from signtui.runs.names import short_name
from signtui.tui.path_completion import typed_path
from signtui.tui.screens.questions import EditLineScreen
from signtui.tui.widgets.footer import Footer
from signtui.tui.widgets.path_line import PathLine
from signtui.tui.widgets.prediction import PredictionPanel

if TYPE_CHECKING:
    from signtui.model.attribution import Method
    from signtui.model.predictor import Prediction

    Predict = Callable[[RunFolder, Path, Method], Prediction]
    """Reads the photo at a path with a run's best weights. Raises SigntuiError."""

REMEMBERED = "predict.path"
METHODS: tuple["Method", ...] = ("occlusion", "gradcam")


class Predicted(Message):
    """What came of the `number`th photo: a prediction, or a sentence why there is none."""

    def __init__(self, number: int, path: Path, prediction: "Prediction | None", problem: str = "") -> None:
        super().__init__()
        self.number = number
        self.path = path
        self.prediction = prediction
        self.problem = problem


class Kept(Message):
    """What came of keeping a photo, in a sentence."""

    def __init__(self, sentence: str, *, failed: bool = False) -> None:
        super().__init__()
        self.sentence, self.failed = sentence, failed


class PhotoLine(PathLine):
    """The path being typed; unlike Textual's own, it says what enter does."""

    PLACE: ClassVar[str] = "predicting a photo"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "submit", "predict", key_display="enter", id="predict.read", tooltip="read the photo"
        ),
    ]


class PredictScreen(ModalScreen[None]):
    """Asks for a photo and shows what the network of `folder` makes of it, as often as one likes."""

    CSS_PATH = "predict.tcss"
    PLACE: ClassVar[str] = "predicting a photo"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "close", key_display="esc", id="predict.leave", tooltip="close the box"),
        Binding(
            "tab",
            "complete",
            "complete",
            id="predict.complete",
            tooltip="complete the path, as a shell does",
        ),
        Binding(
            "ctrl+k",
            "keep",
            "keep to learn from",
            priority=True,
            id="predict.keep",
            tooltip="add the photo to your own, as the letter that it really shows",
        ),
        Binding(
            "ctrl+t",
            "other_method",
            "other method",
            priority=True,
            id="predict.method",
            tooltip="where it looked, by occlusion or by Grad-CAM",
        ),
    ]

    def __init__(self, folder: RunFolder, predict: "Predict") -> None:
        super().__init__()
        self._shown: Predicted | None = None
        self._folder = folder
        self._predict = predict
        self._method = METHODS[0]
        self._number = 0

    def compose(self) -> ComposeResult:
        """Whose network, the path, what comes of it, the keys."""
        style = self.app.drawing_style  # type: ignore[attr-defined]  # the dashboard's own
        name = short_name(self._folder.id)
        memory = self.app.memory  # type: ignore[attr-defined]  # as above
        yield Vertical(
            Static(Text("Predict a photo with ").append(name, style_of("accent", style))),
            PhotoLine(
                memory.recall(REMEMBERED, str) or "", placeholder="path of an image", select_on_focus=False
            ),
            PredictionPanel(id="prediction"),
            id="predict",
        )
        yield Footer(id="footer")

    @property
    def panel(self) -> PredictionPanel:
        """What is shown below the path."""
        return self.query_one(PredictionPanel)

    def on_input_submitted(self) -> None:
        """Enter: read the photo."""
        self.read_photo()

    def read_photo(self) -> None:
        """Read the photo at the path."""
        typed = self.query_one(Input).value
        if not typed.strip():
            self.panel.say("Give the path of a photo; tab completes it.")
            return
        self._number += 1
        self.panel.say("reading the photo")
        self._read(self._number, typed, self._method)

    @work(thread=True, group="predict")
    def _read(self, number: int, typed: str, method: "Method") -> None:
        path = typed_path(typed)
        prediction, problem = None, ""
        try:
            prediction = self._predict(self._folder, path, method)
        except SigntuiError as error:
            problem = str(error)
        except Exception as error:  # a bug: the dashboard lives on and says where its traceback is
            problem = bug_sentence(error)
        self.post_message(Predicted(number, path, prediction, problem))

    def on_predicted(self, event: Predicted) -> None:
        """Show it, unless another photo was asked for meanwhile."""
        if event.number != self._number:
            return
        self._shown = event if event.prediction is not None else None
        self.refresh_bindings()
        if event.prediction is None:
            self.panel.say(event.problem, failed=True)
            return
        self.app.memory.keep(REMEMBERED, self.query_one(Input).value)  # type: ignore[attr-defined]
        self.panel.show_prediction(event.path.name, event.prediction)

    def action_complete(self) -> None:
        """Tab: complete the path."""
        self.query_one(PhotoLine).complete()

    def on_path_line_completed(self, event: PathLine.Completed) -> None:
        """Show what there is to choose from, or that there is nothing."""
        if event.says:
            self.panel.say(event.says)
        if len(event.names) > 1:
            self.panel.show_names(event.names)

    def action_other_method(self) -> None:
        """Where it looked, by the other method."""
        self._method = METHODS[(METHODS.index(self._method) + 1) % len(METHODS)]
        if self.query_one(Input).value.strip():
            self.read_photo()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a photo that was read can be kept."""
        if action == "keep":
            return self._shown is not None and self.app.screen is self
        return super().check_action(action, parameters)

    def action_keep(self) -> None:
        """Ask which letter the photo shows, and keep it as that."""
        shown, style = self._shown, self.app.drawing_style  # type: ignore[attr-defined]  # as above
        if shown is None or shown.prediction is None:
            return
        guess = shown.prediction.top[0][0]
        own = Path(self.app.config.data.own).expanduser()  # type: ignore[attr-defined]  # as above
        question = Text("Which letter does ").append(shown.path.name, style_of("accent", style))
        question.append(f" show? It is kept in {own}, to learn from.")

        def answered(letter: str | None) -> None:
            if letter is not None and letter.strip():
                self._keep(shown.path, letter, own)

        self.app.push_screen(EditLineScreen(question, guess, "a letter, A to Y without J"), answered)

    @work(thread=True, group="keep")
    def _keep(self, path: Path, letter: str, own: Path) -> None:
        from signtui.data.importing import keep_photo  # noqa: PLC0415 - not before the first paint

        try:
            kept = Kept(keep_photo(path, letter, own, datetime.now()))
        except SigntuiError as error:
            kept = Kept(str(error), failed=True)
        except Exception as error:  # as above
            kept = Kept(bug_sentence(error), failed=True)
        self.post_message(kept)

    def on_kept(self, event: "Kept") -> None:
        """Say whether it is there now."""
        self.notify(event.sentence, severity="error" if event.failed else "information", markup=False)

    def action_leave(self) -> None:
        """Close the box."""
        self.dismiss(None)
