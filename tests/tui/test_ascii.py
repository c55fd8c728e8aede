"""Nothing but ASCII goes out where the terminal has no more."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color

from signtui.tui.ascii import AsciiOnly, in_ascii


def test_lines_stay_lines_and_letters_letters() -> None:
    assert in_ascii("┌─┐ café … 4 × 日") == "+-+ cafe . 4 x ? "


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20))
def test_any_text_keeps_its_width(text: str) -> None:
    (segment,) = AsciiOnly().apply([Segment(text)], Color(0, 0, 0))
    assert segment.text.isascii()
    assert cell_len(segment.text) == sum(map(cell_len, text))
