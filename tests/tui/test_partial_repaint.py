"""What an update sends: the cells that show something else than before, and nothing more."""

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual import _compositor
from textual.geometry import Region
from textual.strip import Strip
from vt import Screen

from signtui.tui import partial_repaint
from signtui.tui.partial_repaint import CroppedUpdate, WholeUpdate, forget, forget_cells

WIDTH, HEIGHT = 8, 3
BOLD = Style(bold=True)


def monochrome() -> Console:
    return Console(color_system=None)


def whole(*lines: str, style: Style | None = None) -> WholeUpdate:
    strips = [[Strip([Segment(line, style)])] for line in lines]
    return WholeUpdate(strips, Region(0, 0, len(lines[0]), len(lines)))


def test_an_update_sends_only_the_cells_in_its_spans() -> None:
    line = Strip([Segment("abcdefghij")])
    update = CroppedUpdate([{0: line}], [(0, 3, 5)], [[10]])
    assert update.render_segments(monochrome()) == "\x1b[1;4Hde"


def test_a_second_stretch_of_a_line_is_reached_by_its_column_alone() -> None:
    strips = [{0: Strip([Segment("abcdefghij")]), 10: Strip([Segment("klm")])}, {0: Strip([Segment("no")])}]
    update = CroppedUpdate(strips, [(0, 1, 2), (0, 8, 12), (1, 0, 2)], [[10, 13], [2]])
    assert update.render_segments(monochrome()) == "\x1b[1;2Hb\x1b[9Gijkl\x1b[2;1Hno"


def test_the_first_paint_is_whole_and_a_second_one_sends_what_changed() -> None:
    console = monochrome()
    assert whole("abcdefgh", "ijklmnop").render_segments(console) == "\x1b[1;1Habcdefgh\x1b[2;1Hijklmnop"
    assert whole("abcdefgh", "ijklmnop").render_segments(console) == ""
    assert whole("abcdefgh", "ijkLmnop").render_segments(console) == "\x1b[2;4HL"
    assert whole("abcdefgh", "ijkLmnop", style=BOLD).render_segments(console).count("H") == 2


def test_what_was_forgotten_is_sent_again() -> None:
    console = monochrome()
    whole("abcd").render_segments(console)
    forget_cells(console, 0, 1, 3)
    assert whole("abcd").render_segments(console) == "\x1b[1;2Hbc"
    forget(console)
    assert whole("abcd").render_segments(console) == "\x1b[1;1Habcd"


def test_another_size_is_another_screen() -> None:
    console = monochrome()
    whole("abcd").render_segments(console)
    assert whole("abcd", "efgh").render_segments(console) == "\x1b[1;1Habcd\x1b[2;1Hefgh"


lines = st.text(alphabet="ab 日", min_size=1, max_size=6).map(lambda text: Strip([Segment(text)]))
screens = st.lists(lines, min_size=HEIGHT, max_size=HEIGHT).map(
    lambda strips: [[strip.adjust_cell_length(WIDTH)] for strip in strips]
)
spans = st.tuples(st.integers(0, HEIGHT - 1), st.integers(0, WIDTH - 1), st.integers(1, WIDTH)).filter(
    lambda span: span[1] < span[2]
)


@given(st.lists(st.tuples(screens, st.none() | spans), min_size=1, max_size=6))
def test_the_terminal_shows_what_was_painted(
    updates: list[tuple[list[list[Strip]], tuple[int, int, int] | None]],
) -> None:
    console, screen = monochrome(), Screen(WIDTH)
    whole(*[" " * WIDTH] * HEIGHT).render_segments(console)
    wanted = [" " * WIDTH] * HEIGHT
    for strips, span in updates:
        if span is None:
            update: WholeUpdate | CroppedUpdate = WholeUpdate(strips, Region(0, 0, WIDTH, HEIGHT))
            wanted = [strip.text for (strip,) in strips]
            screen.feed(update.render_segments(console))
        else:
            row, first, last = span
            chops = [{0: strip} for (strip,) in strips]
            screen.feed(CroppedUpdate(chops, [span], [[WIDTH]] * HEIGHT).render_segments(console))
            new = strips[row][0].crop(first, last).text
            wanted[row] = spliced(wanted[row], first, new)
        for row in range(HEIGHT):
            assert screen.line(row) == wanted[row].rstrip()


def spliced(line: str, column: int, text: str) -> str:
    """`line` as a terminal has it after `text` was written at `column`: half a wide character is a blank."""
    strip = Strip([Segment(line)])
    end = column + Strip([Segment(text)]).cell_length
    return strip.crop(0, column).text + text + strip.crop(end, WIDTH).text


def test_textual_is_given_both_updates() -> None:
    partial_repaint.install()
    assert _compositor.ChopsUpdate is CroppedUpdate
    assert _compositor.LayoutUpdate is WholeUpdate
