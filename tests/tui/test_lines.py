"""Only what changed goes to the terminal: stretches of cells, and Textual's update cropped to them."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import _compositor
from textual.strip import Strip

from signtui.tui import partial_repaint
from signtui.tui.partial_repaint import CroppedUpdate
from signtui.tui.widgets.lines import as_strip, changed_stretches

styles = st.sampled_from([Style(), Style(color="red"), Style(bgcolor="blue"), Style(bold=True, color="red")])
Pieces = list[tuple[str, Style]]
pieces = st.lists(st.tuples(st.text("ab ─", max_size=6), styles), max_size=6)


def strip_of(parts: list[tuple[str, Style]]) -> Strip:
    return Strip([Segment(text, style) for text, style in parts])


def cells(strip: Strip, width: int) -> list[tuple[str, Style | None]]:
    found = [(character, segment.style or None) for segment in strip for character in segment.text]
    return (found + [(" ", None)] * width)[:width]


@given(pieces, pieces)
def test_cells_outside_the_stretches_look_the_same(before: Pieces, after: Pieces) -> None:
    width = 40
    old, new = strip_of(before), strip_of(after)
    stretches = changed_stretches(old, new, width)
    changed = {column for first, end in stretches for column in range(first, end)}
    for column, (was, now) in enumerate(zip(cells(old, width), cells(new, width), strict=True)):
        if column not in changed:
            blank = was[0] == now[0] == " "
            assert was == now or (blank and not any(style and style.bgcolor for style in (was[1], now[1])))
    assert all(0 <= first < end <= width for first, end in stretches)
    assert all(a[1] < b[0] for a, b in pairwise(stretches))


def test_one_changed_digit_is_one_cell() -> None:
    before = as_strip(Text("step 41/80", "bold"))
    after = as_strip(Text("step 42/80", "bold"))
    assert changed_stretches(before, after, 40) == [(6, 7)]


def test_an_update_sends_only_the_cells_in_its_spans() -> None:
    partial_repaint.install()
    assert _compositor.ChopsUpdate is CroppedUpdate
    line = Strip([Segment("abcdefghij")])
    update = CroppedUpdate([{0: line}], [(0, 3, 5)], [[10]])
    sent = update.render_segments(Console(color_system=None))
    assert sent == "\x1b[1;4Hde"
