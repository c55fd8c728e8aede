"""What the pen writes looks as Rich would have it, and says nothing twice."""

from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from vt import PLAIN, Look, Screen

from signtui.tui.pen import Pen, cells_of

SYSTEMS = {
    ColorSystem.TRUECOLOR: "truecolor",
    ColorSystem.EIGHT_BIT: "256",
    ColorSystem.STANDARD: "standard",
}
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
    st.tuples(st.text(alphabet=" ▀a1⡄日", min_size=1, max_size=4), st.none() | styles), min_size=1, max_size=8
).map(lambda parts: Strip([Segment(text, style) for text, style in parts]))


def written(strip: Strip, system: ColorSystem = ColorSystem.TRUECOLOR) -> str:
    pen = Pen()
    return "".join(pen.write(cells_of(strip, system))) + pen.lift()


def seen(text: str) -> list[tuple[str, Look]]:
    """The cells as the eye has them: a blank has no ink, and a half block in one colour is a blank."""
    screen = Screen()
    screen.feed(text)
    assert screen.look == PLAIN
    return [to_the_eye(*screen.cells[0, column]) for column in range(screen.column)]


def to_the_eye(character: str, look: Look) -> tuple[str, Look]:
    one_colour = look.ink and look.ink == look.paper and 7 not in look.attributes
    if character == "▀" and one_colour:
        character = " "
    if character == " " and not look.attributes & {4, 7}:
        look = Look(paper=look.paper)
    return character, look


@given(strips, st.sampled_from(list(SYSTEMS)))
def test_a_strip_looks_as_rich_writes_it(strip: Strip, system: ColorSystem) -> None:
    ours = written(strip, system)
    rich = Strip(list(strip)).render(Console(color_system=SYSTEMS[system]))
    assert seen(ours) == seen(rich)


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
    assert written(strip) == "\x1b[38;2;213;94;0;48;2;16;19;23ma  b\x1b[1mc\x1b[0m"


def test_without_colours_not_one_colour_code_is_written() -> None:
    default = Style(color="default", bgcolor="default")
    strip = Strip([Segment("a", default), Segment("b", default + Style(bold=True)), Segment("c", default)])
    assert written(strip) == "a\x1b[1mb\x1b[0mc"


def test_an_accent_stays_with_its_letter() -> None:
    assert written(Strip([Segment("e\u0301a")])) == "e\u0301a"
    assert len(cells_of(Strip([Segment("e\u0301a")]), ColorSystem.TRUECOLOR)) == 2
