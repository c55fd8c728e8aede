"""`?`: what the focused panel is for, every key that does something there, and the idea behind it."""

from typing import TYPE_CHECKING, Any, ClassVar

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from signtui.lessons import LESSONS, Lesson, Subject, beside, lesson_named, lesson_of_panel, subject_of
from signtui.render.palette import style_of
from signtui.render.terminal import TerminalStyle
from signtui.tui.active_keys import acting
from signtui.tui.key_names import key_words
from signtui.tui.widgets.footer import Footer

if TYPE_CHECKING:
    from signtui.tui.app import DashboardApp


class HelpScreen(ModalScreen[None]):
    """A page of text over the screen it explains; below it a lesson, and from there to the next."""

    PLACE: ClassVar[str] = "help"
    FIRST_KEYS: ClassVar[tuple[str, ...]] = ("help.close", "lesson.show", "lesson.next")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "close", "close", key_display="esc", id="help.close"),
        Binding("l", "lesson(0)", "lesson", id="lesson.show", tooltip="the idea behind this panel"),
        Binding("n", "lesson(1)", "next lesson", id="lesson.next", tooltip="the next idea"),
        Binding("p", "lesson(-1)", "lesson before", id="lesson.previous", tooltip="the idea before"),
    ]

    def __init__(self, page: Text, lesson: Lesson, subject: Subject, style: TerminalStyle) -> None:
        super().__init__()
        self.page = page
        self.lesson = lesson
        self._subject = subject
        self._style = style

    @classmethod
    def about(cls, screen: Screen[Any]) -> "HelpScreen":
        """The help for what is focused on `screen`."""
        app: DashboardApp = screen.app  # type: ignore[assignment]  # there is no other
        style = app.drawing_style
        focused = screen.focused
        page = Text()
        for part in (focused, screen):
            words = getattr(part, "HELP", "")
            if words:
                page.append(app.keys.spelt(words.strip()) + "\n\n")
        page.append("Keys\n", "bold")
        for keys, description in _keys_of(screen):
            page.append(f"  {keys:<14}", style_of("accent", style)).append(f" {description}\n")
        state = app.watched.state if app.watched is not None else None
        subject = subject_of(app.config, state, app.image_shape)
        return cls(page, lesson_behind(screen), subject, style)

    def compose(self) -> ComposeResult:
        """The page, which scrolls."""
        yield VerticalScroll(Static(self.page), Static(self.lesson_page(), id="lesson"), id="page")
        yield Footer(id="footer")

    def lesson_page(self) -> Text:
        """The lesson with its place among the others."""
        style, lesson = self._style, self.lesson
        faint = style_of("faint", style)
        page = Text("Lesson  ", faint).append(lesson.title, style_of("accent", style) + Style(bold=True))
        page.append(f"  {LESSONS.index(lesson) + 1} of {len(LESSONS)}\n", faint)
        for paragraph in lesson.tell(self._subject):
            page.append(f"\n{paragraph}\n")
        page.append(f"\nThe numbers are of {self._subject.about}. Next: {beside(lesson, 1).title}.", faint)
        return page

    def action_lesson(self, by: int) -> None:
        """Show this lesson (0), the next or the one before, from its beginning."""
        self.lesson = beside(self.lesson, by)
        words = self.query_one("#lesson", Static)
        words.update(self.lesson_page())
        self.call_after_refresh(words.scroll_visible, animate=False, top=True)

    def action_close(self) -> None:
        """Back to the screen."""
        self.dismiss()


def lesson_behind(screen: Screen[Any]) -> Lesson:
    """The lesson behind the focused panel, or of the first panel of `screen` that has one.

    A panel may name its lesson itself, as `lesson`; the form does, by the setting under its cursor.
    """
    panels = [panel.id for panel in getattr(screen, "PANELS", ())]
    focused = screen.focused
    named = getattr(focused, "lesson", None)
    if named:
        return lesson_named(named)
    found = [lesson_of_panel(id_ or "") for id_ in (focused.id if focused is not None else "", *panels)]
    return next((lesson for lesson in found if lesson is not None), LESSONS[0])


def _keys_of(screen: Screen[Any]) -> list[tuple[str, str]]:
    """Keys that act now with what they do, keys of one action together, a pair by its own words."""
    found: dict[str, list[Binding]] = {}
    for active in acting(screen):
        found.setdefault(active.binding.description, []).append(active.binding)
    return [(_named(bindings), description) for description, bindings in found.items()]


def _named(bindings: list[Binding]) -> str:
    words = [binding.key_display for binding in bindings if binding.key_display]
    return " ".join(dict.fromkeys(words or [key_words(binding.key) for binding in bindings]))
