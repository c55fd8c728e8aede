"""What the images are: where from, real or drawn, how many photographs, how many of each letter."""

from collections.abc import Callable
from textwrap import wrap
from typing import ClassVar

from rich.text import Text

from signtui.data.info import DataInfo, ImageSetInfo
from signtui.render import numbers
from signtui.render.palette import style_of
from signtui.render.terminal import TerminalStyle
from signtui.tui.gallery import LoadedData
from signtui.tui.widgets.lines import Lines

SYNTHETIC = "SYNTHETIC hands, drawn here, not photographs"


class DataFacts(Lines, can_focus=True):
    """Facts, files, and a bar for each letter."""

    HELP: ClassVar[str] = (
        "Where the images come from and how many there really are. The published letters are about 1,650"
        " photographs, each in about 21 variants; what is held out for validation keeps variants together."
    )

    def __init__(self) -> None:
        super().__init__(id="facts")
        self._lines: Callable[[TerminalStyle], list[Text]] | None = None

    def show_data(self, data: LoadedData) -> None:
        """Tell about `data`."""
        self._lines = lambda style: facts_lines(data, style)
        self.draw()

    def show_words(self, words: str, *, bad: bool = False) -> None:
        """One sentence in place of the facts."""
        self._lines = lambda style: _folded(words, style, "bad" if bad else "faint")
        self.draw()

    def draw(self) -> None:
        """Lay it out for the present size."""
        if self._lines is not None and self.size.width:
            self.show(self._lines(self.drawing_style))


def facts_lines(data: LoadedData, style: TerminalStyle) -> list[Text]:
    """The facts, as many lines as there is room for: the letters' bars come last and are never cut first."""
    info, faint = data.info, style_of("faint", style)
    lines = [Text(info.name, style_of("heading", style))]
    if info.synthetic:
        lines = _folded(SYNTHETIC, style, "warning")
        lines += _folded("f fetches the published photographs", style, "faint")
    dot = " · " if style.unicode else ", "
    lines.append(
        Text(f"{info.size}x{info.size} grey{dot}{len(info.classes)} classes{dot}{_kind(info)}", faint)
    )
    lines += [line for one in info.sets for line in _set_lines(one, style)]
    if info.groups:
        lines += _labelled(f"{info.group_kind}s", _group_words(info), style)
    if info.groups_note:
        lines += _folded(info.groups_note, style, "warning")
    lines += _labelled("validation", data.validation or "none can be held out", style)
    if data.warning:
        lines += _folded(data.warning, style, "warning")
    bars = _bars(info, style)
    files = [line for file in info.files for line in _file_lines(file.path, file.verdict, style)]
    if len(lines) + len(files) + len(bars) + 1 <= style.height:
        lines += files
    elif info.files:
        lines += _labelled("files", "; ".join(dict.fromkeys(file.verdict for file in info.files)), style)
    return [*lines, Text(), *bars]


def _kind(info: DataInfo) -> str:
    return {
        "published": "letters",
        "remapped": "letters, renumbered",
        "csv": "CSV",
        "folder": "folder of images",
        "synthetic": "drawn",
    }.get(info.kind, info.kind)


def _set_lines(one: ImageSetInfo, style: TerminalStyle) -> list[Text]:
    words = numbers.plural(one.shape[0], "image")
    if one.photographs is not None:
        words += f" of {numbers.plural(one.photographs, 'photograph')}"
        if one.variants is not None and one.variants > 1:
            words += f", about {one.variants:.0f} each"
    return _labelled(one.role, words, style)


def _group_words(info: DataInfo) -> str:
    """`7, with 3,747 to 4,044 training images each`: the names too where they are short."""
    images = [group.images[0] or 0 for group in info.groups]
    names = " ".join(group.name for group in info.groups)
    words = f"{len(info.groups)}: {names}" if len(names) <= _SHORT_NAMES else f"{len(info.groups)}"
    return f"{words}, {min(images):,} to {max(images):,} training images each"


def _file_lines(path: str, verdict: str, style: TerminalStyle) -> list[Text]:
    name = path.rpartition("/")[2]
    return _labelled(name if len(name) < 24 else "file", verdict, style)


_LABEL = 11
_SHORT_NAMES = 24


def _labelled(label: str, words: str, style: TerminalStyle) -> list[Text]:
    width = max(20, style.width - _LABEL)
    faint = style_of("faint", style)
    if len(label) >= _LABEL:
        return [Text(label, faint), *(Text(" " * _LABEL + part) for part in wrap(words, width))]
    parts = wrap(words, width)
    return [
        Text().append(label.ljust(_LABEL) if index == 0 else " " * _LABEL, faint).append(part)
        for index, part in enumerate(parts)
    ]


def _folded(words: str, style: TerminalStyle, look: str) -> list[Text]:
    return [Text(part, style_of(look, style)) for part in wrap(words, max(20, style.width - 1))]  # type: ignore[arg-type]  # one of the names


def _bars(info: DataInfo, style: TerminalStyle) -> list[Text]:
    """One line a class: a bar as long as its share of the largest, its images, its photographs."""
    train, faint = info.sets[0], style_of("faint", style)
    photographs = train.class_photographs
    largest = max(1, *train.class_counts)
    names = max(map(len, info.classes))
    digits = max(6, len(f"{largest:,}"))
    columns = names + 1 + digits + (13 if photographs else 0)
    room = max(4, style.width - columns - 2)
    head = Text(" " * (names + 1) + "training images".ljust(room)[:room] + "images".rjust(digits), faint)
    lines = [head.append("  photographs" if photographs else "")]
    for index, (name, count) in enumerate(zip(info.classes, train.class_counts, strict=True)):
        line = Text().append(name.ljust(names) + " ", style_of("heading", style))
        line.append(_bar(count / largest, room, style).ljust(room), style_of("accent", style))
        line.append(f"{count:,}".rjust(digits))
        if photographs:
            line.append(f"{photographs[index]:,}".rjust(13), faint)
        lines.append(line)
    return lines


def _bar(share: float, room: int, style: TerminalStyle) -> str:
    """A bar to half a cell where the characters allow it."""
    if not style.unicode:
        return "#" * round(share * room)
    whole, half = divmod(round(share * room * 2), 2)
    return "━" * whole + "╸" * half
