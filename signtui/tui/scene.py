"""What the panels of the Network screen show, and the panel that all of them are made from."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from rich.style import Style
from rich.text import Text

from signtui.model.views import Excitement, LayerView, NetworkView
from signtui.render.palette import style_of
from signtui.tui.spot import Spot
from signtui.tui.widgets.lines import Lines


@dataclass
class Scene:
    """A view of a network, where it is looked at, and what else is known of it."""

    spot: Spot = field(default_factory=Spot)
    view: NetworkView | None = None
    shares: dict[str, float] = field(default_factory=dict)
    excitement: Excitement | None = None
    note: str = ""
    """Why nothing of a kind is shown, where that is so."""

    @property
    def convolution(self) -> LayerView | None:
        """The convolution that is looked at."""
        return None if self.view is None else self.spot.convolution(self.view)


class ScenePanel(Lines, can_focus=True):
    """A panel about a scene; its title is marked where the keys go."""

    TITLE: ClassVar[str] = ""
    TAKES: ClassVar[str] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

    def __init__(self, scene: Scene, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes="panel")
        self.scene = scene
        self._drawn: tuple[tuple[object, ...], tuple[object, ...]] | None = None

    def draw(self) -> None:
        """Show the scene, where there is one, and where anybody sees it."""
        if not self.size.width or not self.size.height:
            return
        view = self.scene.view
        if view is None:
            self._drawn = None
            self.show([self.title()])
            return
        objects, rest = self.depends_on(view), (replace(self.scene.spot), self.drawing_style, self.has_focus)
        if self._drawn is not None and self._drawn[1] == rest and _same(self._drawn[0], objects):
            return
        self._drawn = (objects, rest)
        lines = list(self.lines(view))
        for line in lines:
            line.truncate(self.size.width)
            line.end = ""
        self.show(lines[: self.size.height])

    def depends_on(self, view: NetworkView) -> tuple[object, ...]:
        """What the lines are made from, besides where one looks: objects that never change."""
        return (view,)

    def lines(self, view: NetworkView) -> Sequence[Text]:
        """What there is to show of `view`, title first; a panel says."""
        raise NotImplementedError

    def title(self, words: str = "", rest: str = "") -> Text:
        """The first line: the panel's name, or `words`, and `rest` faint behind it."""
        style = self.drawing_style
        look = style_of("accent" if self.has_focus else "heading", style) + Style(bold=True)
        return (
            Text(end="")
            .append(words or self.TITLE, look)
            .append(f"  {rest}" if rest else "", style_of("faint", style))
        )


def _same(before: Sequence[object], now: Sequence[object]) -> bool:
    return len(before) == len(now) and all(one is other for one, other in zip(before, now, strict=True))


def beside(parts: Sequence[Sequence[Text]], widths: Sequence[int], gap: str = "  ") -> list[Text]:
    """Columns of lines side by side; each is as wide as said, the shorter ones end in blanks."""
    lines = []
    for row in range(max((len(part) for part in parts), default=0)):
        line = Text(end="")
        for index, (part, width) in enumerate(zip(parts, widths, strict=True)):
            cells = part[row] if row < len(part) else Text()
            line.append_text(cells)
            if index < len(parts) - 1:
                line.append(" " * max(0, width - cells.cell_len) + gap)
        lines.append(line)
    return lines
