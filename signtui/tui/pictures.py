"""Images as pixels over the cells of the screen, where the terminal has a protocol for it.

Panels leave cells empty and say which image belongs there. After each update of the screen the layer compares
what is wanted with what is shown, and sends the difference: so nothing is left behind by another screen, a
dialog, a resize, or the end.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from textual.errors import NoWidget
from textual.geometry import Region
from textual.screen import Screen

from signtui.render import kitty
from signtui.render.graphics import Answer, CellSize, Protocol, ask_terminal, cell_size, choose

PANEL = "pictures"
"""The stylesheet class of panels that have a tuple `pictures`, in their own cells."""

_MOST_KEPT = 64
"""Images that the terminal is to keep, beside those it shows."""


@dataclass(frozen=True)
class Picture:
    """Grey levels, `height` rows of `width` bytes, and the cells they are to be shown on."""

    pixels: bytes
    width: int
    height: int
    place: Region

    def moved(self, x: int, y: int) -> "Picture":
        """The same, so many cells to the right and down."""
        return Picture(self.pixels, self.width, self.height, self.place.translate((x, y)))

    @property
    def key(self) -> tuple[bytes, int]:
        """What tells its image from others."""
        return self.pixels, self.width


@dataclass
class PictureLayer:
    """The pictures on a terminal that has `protocol` and cells of `cell` pixels (None: unknown).

    `note` is for the user, where blocks are used against their wish; `protocol` is then None.
    """

    protocol: Protocol | None
    cell: CellSize | None = None
    note: str = ""
    shown: dict[Picture, int] = field(default_factory=dict)
    """What is on the terminal, each with the number of its placement."""

    _numbers: dict[tuple[bytes, int], int] = field(default_factory=dict)
    _next: "count[int]" = field(default_factory=lambda: count(1))

    def update(self, wanted: Iterable[Picture], written: Iterable[Region]) -> tuple[str, list[Region]]:
        """What makes the terminal show `wanted`, after text was written on the cells `written`.

        Also the cells that have to be written again, because what was there can't be taken away otherwise.
        """
        wanted = list(wanted)
        gone = [picture for picture in self.shown if picture not in wanted]
        if self.protocol == "sixel":
            spoilt = [
                picture
                for picture in self.shown
                if picture not in gone and any(picture.place.overlaps(region) for region in written)
            ]
            for picture in [*gone, *spoilt]:
                del self.shown[picture]
            removals, to_write = "", [picture.place for picture in gone]
        else:
            removals, to_write = "".join(self._removal(picture) for picture in gone), []
        fresh = "".join(self._shown_now(picture) for picture in wanted if picture not in self.shown)
        sent = removals + (f"\x1b7{fresh}\x1b8" if fresh else "")
        return sent + self._forget_some(), to_write

    def clear(self) -> str:
        """What takes every picture away, and has the terminal forget them."""
        self.shown.clear()
        numbers = list(self._numbers.values())
        self._numbers.clear()
        return "".join(map(kitty.oblivion, numbers)) if self.protocol == "kitty" else ""

    def measure(self) -> None:
        """Look how large a cell is now."""
        self.cell = cell_size() or self.cell

    def _removal(self, picture: Picture) -> str:
        return kitty.removal(self._numbers[picture.key], self.shown.pop(picture))

    def _shown_now(self, picture: Picture) -> str:
        placement = self.shown[picture] = next(self._next)
        place, size = picture.place, (picture.width, picture.height)
        there = f"\x1b[{place.y + 1};{place.x + 1}H"
        if self.protocol == "sixel":
            assert self.cell is not None  # or the protocol would not have been chosen
            from signtui.render.sixel import sixel_image  # noqa: PLC0415 - with numpy, after the first paint

            return there + sixel_image(picture.pixels, size, place.size, self.cell)
        number, sent = self._numbers.get(picture.key), ""
        if number is None:
            number = self._numbers[picture.key] = next(self._next)
            sent = kitty.image(number, picture.pixels, size)
        columns, rows = fitted(picture, self.cell)
        return sent + there + kitty.placement(number, placement, columns, rows)

    def _forget_some(self) -> str:
        spare = len(self._numbers) - _MOST_KEPT
        if spare <= 0:
            return ""
        in_use = {picture.key for picture in self.shown}
        old = [key for key in self._numbers if key not in in_use][:spare]
        return "".join(kitty.oblivion(self._numbers.pop(key)) for key in old)


def fitted(picture: Picture, cell: CellSize | None) -> tuple[int, int]:
    """Columns and rows that the picture fills without being squeezed, within its place."""
    columns, rows = picture.place.size
    if cell is None:
        return columns, rows
    scale = min(columns * cell[0] / picture.width, rows * cell[1] / picture.height)
    return (
        min(columns, max(1, round(scale * picture.width / cell[0]))),
        min(rows, max(1, round(scale * picture.height / cell[1]))),
    )


def pictures_on(screen: Screen[Any]) -> list[Picture]:
    """What is to be seen now, in cells of the screen: of a dialog its own, and nothing where a toast lies."""
    if not screen.is_current:
        return []
    over = [widget.region for widget in screen.query("Toast, Tooltip") if widget.display]
    found: list[Picture] = []
    for panel in screen.query(f".{PANEL}"):
        try:
            visible = screen.find_widget(panel).visible_region
        except NoWidget:
            continue
        for picture in getattr(panel, "pictures", ()):
            moved = picture.moved(*panel.content_region.offset)
            if moved.place in visible and not any(moved.place.overlaps(region) for region in over):
                found.append(moved)
    return found


def layer_for(wanted: str, answer: Answer | None = None) -> PictureLayer | None:
    """The layer for `ui.images`: the terminal is asked, unless it was; None where only blocks are wanted."""
    if wanted == "blocks":
        return None
    answer = answer or ask_terminal()
    protocol, note = choose(wanted, answer)
    return PictureLayer(protocol, answer.cell, note)
