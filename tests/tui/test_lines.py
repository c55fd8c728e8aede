"""Only what changed goes to the terminal: stretches of cells."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

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


def test_few_plain_cells_between_two_changes_are_sent_along() -> None:
    before, after = as_strip(Text("12 of 34")), as_strip(Text("13 of 44"))
    assert changed_stretches(before, after, 40) == [(1, 7)]


def test_costly_cells_between_two_changes_are_jumped_over() -> None:
    dots, other = Text("1" + "⡄" * 5 + "3"), Text("2" + "⡄" * 5 + "4")
    assert changed_stretches(as_strip(dots), as_strip(other), 40) == [(0, 1), (6, 7)]
    colours = [Text.assemble(one, ("ab", "red"), two) for one, two in ("13", "24")]
    assert changed_stretches(*map(as_strip, colours), 40) == [(0, 1), (3, 4)]
