"""A path being typed, which completes itself as a shell would."""

from textual import work
from textual.message import Message
from textual.widgets import Input

from signtui.tui.path_completion import Completion, complete


class PathLine(Input):
    """One line for a path. `complete` reads the folder in a thread; then comes `Completed`."""

    class Completed(Message):
        """As much as is certain was put in. `says` why where there is nothing; `names` are the choice."""

        def __init__(self, names: tuple[str, ...], says: str) -> None:
            super().__init__()
            self.names, self.says = names, says

    class Found(Message, bubble=False):
        """How what was typed goes on, for the line itself."""

        def __init__(self, typed: str, completion: Completion) -> None:
            super().__init__()
            self.typed, self.completion = typed, completion

    def complete(self) -> None:
        """Complete what is typed so far."""
        self._look(self.value)

    @work(thread=True, group="complete", exclusive=True)
    def _look(self, typed: str) -> None:
        self.post_message(self.Found(typed, complete(typed)))

    def on_path_line_found(self, event: Found) -> None:
        """Put it in, unless something else was typed meanwhile."""
        if self.value != event.typed:
            return
        names, says = event.completion.names, ""
        if event.completion.text != event.typed:
            self.value = event.completion.text
            self.cursor_position = len(self.value)
        elif not names:
            says = "No folder or image begins so."
        self.post_message(self.Completed(names, says))
