"""What the pen writes looks as Rich would have it, and says nothing twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual import _compositor
from textual.strip import Strip
from vt import PLAIN, Look, Screen

from signtui.tui import partial_repaint
from signtui.tui.partial_repaint import CroppedUpdate, WholeUpdate
from signtui.tui.pen import Pen

SYSTEMS = [ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT, ColorSystem.STANDARD]
colours = st.sampled_from([None, "default", "red", "#102030", "#d55e00", "color(240)"])
styles = st.builds(
    Style,
    color=colours,
    bgcolor=colours,
    bold=st.booleans(),
    dim=st.booleans(),
    reverse=st.booleans(),
    underline=st.booleans(),
)
strips = st.lists(
    st.tuples(st.text(alphabet=" ▀a1⡄", min_size=1, max_size=4), st.none() | styles), min_size=1, max_size=8
).map(lambda parts: Strip([Segment(text, style) for text, style in parts]))


def seen(text: str) -> list[tuple[str, Look]]:
    """The cells as the eye has them: a blank has no ink, and a half block in one colour is a blank."""
    screen = Screen()
    screen.feed(text)
    assert screen.look == PLAIN
    return [to_the_eye(*cell) for cell in screen.cells.values()]


def to_the_eye(character: str, look: Look) -> tuple[str, Look]:
    one_colour = look.ink and look.ink == look.paper and 7 not in look.attributes
    if character == "▀" and one_colour:
        character = " "
    if character == " " and not look.attributes & {4, 7}:
        look = Look(paper=look.paper)
    return character, look


@given(strips, st.sampled_from(SYSTEMS))
def test_a_strip_looks_as_rich_writes_it(strip: Strip, system: ColorSystem) -> None:
    pen = Pen(system)
    ours = "".join([*pen.write(strip), pen.lift()])
    name = {
        ColorSystem.TRUECOLOR: "truecolor",
        ColorSystem.EIGHT_BIT: "256",
        ColorSystem.STANDARD: "standard",
    }
    rich = Strip(list(strip)).render(Console(color_system=name[system]))
    assert seen(ours) == seen(rich)
    assert len(ours) <= len(rich) + len("\x1b[0m")


def test_a_colour_that_goes_on_is_not_said_again() -> None:
    paper = "#101317"
    strip = Strip(
        [
            Segment("a", Style(color="#d55e00", bgcolor=paper)),
            Segment("  ", Style(color="#8a8a8a", bgcolor=paper)),
            Segment("b", Style(color="#d55e00", bgcolor=paper)),
            Segment("c", Style(color="#d55e00", bgcolor=paper, bold=True)),
        ]
    )
    pen = Pen(ColorSystem.TRUECOLOR)
    written = "".join(pen.write(strip)) + pen.lift()
    assert written == "\x1b[38;2;213;94;0;48;2;16;19;23ma  b\x1b[1mc\x1b[0m"


def test_without_colours_not_one_colour_code_is_written() -> None:
    default = Style(color="default", bgcolor="default")
    strip = Strip([Segment("a", default), Segment("b", default + Style(bold=True)), Segment("c", default)])
    pen = Pen(ColorSystem.TRUECOLOR)
    assert "".join(pen.write(strip)) + pen.lift() == "a\x1b[1mb\x1b[0mc"


def test_an_update_sends_only_the_cells_in_its_spans() -> None:
    line = Strip([Segment("abcdefghij")])
    update = CroppedUpdate([{0: line}], [(0, 3, 5)], [[10]])
    assert update.render_segments(Console(color_system=None)) == "\x1b[1;4Hde"


def test_a_second_stretch_of_a_line_is_reached_by_its_column_alone() -> None:
    strips = [{0: Strip([Segment("abcdefghij")]), 10: Strip([Segment("klm")])}, {0: Strip([Segment("no")])}]
    update = CroppedUpdate(strips, [(0, 1, 2), (0, 8, 12), (1, 0, 2)], [[10, 13], [2]])
    assert update.render_segments(Console(color_system=None)) == "\x1b[1;2Hb\x1b[9Gijkl\x1b[2;1Hno"


@pytest.mark.parametrize("updates", [2])
def test_the_whole_screen_is_written_line_by_line(updates: int) -> None:
    from textual.geometry import Region

    bold = Style(bold=True)
    lines = [[Strip([Segment("ab", bold)])], [Strip([Segment("cd", bold)]), Strip([Segment("e")])]]
    update = WholeUpdate(lines, Region(0, 0, 3, 2))
    console = Console(color_system=None)
    for _ in range(updates):  # nothing is left over from one to the next
        assert update.render_segments(console) == "\x1b[1;1H\x1b[1mab\x1b[2;1Hcd\x1b[0me"


def test_textual_is_given_both_updates() -> None:
    partial_repaint.install()
    assert _compositor.ChopsUpdate is CroppedUpdate
    assert _compositor.LayoutUpdate is WholeUpdate
