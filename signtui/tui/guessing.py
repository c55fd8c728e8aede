"""Has the guesses made that the Mistakes screen shows, and closer looks at single images: what is asked when.

The engine reads weights in threads; the newest wish wins, and nothing is asked for twice. Of a run that
trains meanwhile so little is asked that training hardly notices.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message
from textual.message_pump import MessagePump

from signtui.bugs import bug_sentence
from signtui.errors import RunError, SigntuiError
from signtui.runs.folder import run_folders
from signtui.tui.engine import Engine
from signtui.tui.mistakes import Mistakes, Subject, latest_finished
from signtui.tui.newest import NewestWish

if TYPE_CHECKING:
    from signtui.training.predicted import Look, Predictions, PredictionWish

REST = 9.0
"""How many times as long as a scoring took nothing is scored of a run that trains meanwhile."""

_PROGRESS_SECONDS = 0.2


class Predicted(Message):
    """What the weights make of the images of `wish` is known, or the sentence why not."""

    def __init__(
        self, wish: "PredictionWish", found: "Predictions | None", problem: str = "", seconds: float = 0.0
    ) -> None:
        super().__init__()
        self.wish, self.found, self.problem, self.seconds = wish, found, problem, seconds


class Scoring(Message):
    """How far the scoring is."""

    def __init__(self, wish: "PredictionWish", done: int, of: int) -> None:
        super().__init__()
        self.wish, self.done, self.of = wish, done, of

    def can_replace(self, message: Message) -> bool:
        """Textual's way to let the newest win."""
        return isinstance(message, Scoring)


class LookedAt(Message):
    """A closer look at one image, or the sentence why there is none."""

    def __init__(
        self, predictions: "Predictions", place: int, look: "Look | None", problem: str = ""
    ) -> None:
        super().__init__()
        self.predictions, self.place, self.look, self.problem = predictions, place, look, problem


class LatestFound(Message):
    """The newest run that is over, where there is one."""

    def __init__(self, subject: Subject | None) -> None:
        super().__init__()
        self.subject = subject


class Guessing:
    """Asks `engine` for what `mistakes` lacks, and puts what came into it; `listener` gets the answers.

    The listener hands the answers on to `take_progress`, `take_predictions` and `take_look`, each of which
    tells whether what is shown changed.
    """

    def __init__(self, mistakes: Mistakes, listener: MessagePump, engine: Callable[[], Engine]) -> None:
        self.not_before = 0.0
        self._mistakes = mistakes
        self._listener = listener
        self._engine = engine
        self._scoring = NewestWish["PredictionWish"]("reading images", self._score)
        self._looking = NewestWish[tuple["Predictions", int]]("looking closer", self._look_closer)
        self._searching = NewestWish[Path]("looking for a run", self._search)
        self._asked: PredictionWish | None = None  # and not answered yet
        self._asked_in_passing = False  # while the run was followed, of its newest epoch
        self._asked_to_look: tuple[Predictions, int] | None = None
        self._failed: PredictionWish | None = None

    def want_latest(self, directory: Path) -> None:
        """Look for the newest run in `directory` that is over."""
        self._searching.want(directory)

    def want(self) -> float:
        """Have the guesses of what is shown made, where they are not known; seconds to wait before that."""
        mistakes = self._mistakes
        wish = mistakes.wish if self._engine().predictions is not None else None
        if wish is None:
            self.give_up()
        if wish is None or mistakes.known is not None:
            mistakes.progress, mistakes.problem = None, ""
            return 0.0
        if wish in (self._failed, self._asked):
            return 0.0
        mistakes.problem = ""
        if mistakes.is_followed:
            mistakes.progress = None
            if self._is_read_for_an_earlier_epoch_than(wish):
                return 0.0
            wait = self.not_before - time.monotonic()
            if wait > 0:
                self.give_up()
                return wait
        mistakes.progress = (0, 0)
        self._asked, self._asked_in_passing = wish, mistakes.is_followed
        self._scoring.want(wish)
        return 0.0

    def _is_read_for_an_earlier_epoch_than(self, wish: "PredictionWish") -> bool:
        """Whether the run followed is just being scored: given up at each epoch, that would never end."""
        asked = self._asked
        same = asked is not None and (asked.folder, asked.split) == (wish.folder, wish.split)
        return same and self._asked_in_passing

    def want_look(self) -> None:
        """Have a closer look taken at the chosen image."""
        mistakes = self._mistakes
        known, place = mistakes.known, mistakes.chosen
        if known is None or place is None or self._engine().look_closer is None:
            return
        wish = (known, place)
        if mistakes.looked_at != place and wish != self._asked_to_look:
            self._asked_to_look = wish
            self._looking.want(wish)

    def forgive(self) -> None:
        """Try again what failed."""
        self._failed = None
        self._mistakes.problem = ""

    def give_up(self) -> None:
        """Nothing is to be scored for now."""
        self._asked = None
        self._scoring.drop()

    def give_up_looks(self) -> None:
        """Nothing is to be looked at for now."""
        self._asked_to_look = None
        self._looking.drop()

    def drop(self) -> None:
        """Nothing is wanted any more."""
        self.give_up()
        self.give_up_looks()
        self._searching.drop()

    def take_progress(self, event: Scoring) -> bool:
        """How far it is with what is shown."""
        mistakes = self._mistakes
        if event.wish != mistakes.wish or mistakes.known is not None:
            return False
        mistakes.progress = (event.done, event.of)
        return True

    def take_predictions(self, event: Predicted) -> bool:
        """The guesses, unless something else is shown by now."""
        mistakes = self._mistakes
        self.not_before = time.monotonic() + REST * event.seconds
        if event.wish == self._asked:
            self._asked = None
        if event.wish != mistakes.wish:
            # The epoch may be gone back to.
            if event.found is not None and mistakes.known is None:
                mistakes.predictions = event.found
            return False
        mistakes.progress, mistakes.problem = None, event.problem
        if event.found is None:
            self._failed = event.wish
        else:
            self._failed = None
            mistakes.predictions = event.found
            mistakes.look = mistakes.looked_at = None
        return True

    def take_look(self, event: LookedAt) -> bool:
        """The closer look, unless the cursor has gone on."""
        mistakes = self._mistakes
        if (event.predictions, event.place) == self._asked_to_look:
            self._asked_to_look = None
        if event.predictions is not mistakes.known or event.place != mistakes.chosen:
            return False
        mistakes.look, mistakes.looked_at = event.look, event.place
        if event.problem:
            mistakes.problem = event.problem
        return True

    # In threads

    def _score(self, wish: "PredictionWish", cancelled: threading.Event) -> None:
        predict = self._engine().predictions
        assert predict is not None
        tell = self._listener.post_message
        began = told = time.monotonic()

        def progressed(done: int, of: int) -> None:
            nonlocal told
            if time.monotonic() - told >= _PROGRESS_SECONDS:
                told = time.monotonic()
                tell(Scoring(wish, done, of))

        try:
            found = predict(wish, cancelled, progressed)
        except (SigntuiError, OSError) as error:
            tell(Predicted(wish, None, str(error)))
        except Exception as error:  # a bug: the screen lives on and says where its traceback is
            tell(Predicted(wish, None, bug_sentence(error)))
        else:
            if found is not None and not cancelled.is_set():
                tell(Predicted(wish, found, seconds=time.monotonic() - began))

    def _look_closer(self, wish: "tuple[Predictions, int]", cancelled: threading.Event) -> None:
        look = self._engine().look_closer
        assert look is not None
        try:
            message = LookedAt(*wish, look(*wish))
        except (SigntuiError, OSError) as error:
            message = LookedAt(*wish, None, str(error))
        except Exception as error:  # as above
            message = LookedAt(*wish, None, bug_sentence(error))
        if not cancelled.is_set():
            self._listener.post_message(message)

    def _search(self, directory: Path, cancelled: threading.Event) -> None:
        try:
            found = latest_finished(run_folders(directory))
        except RunError:
            found = None
        if not cancelled.is_set():
            self._listener.post_message(LatestFound(found))
