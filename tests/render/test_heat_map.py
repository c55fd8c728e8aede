import numpy as np
import pytest
from drawing import STYLES, check_golden
from example_runs import CLASSES, confusion
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from rich.cells import cell_len

from signtui.render.heat_map import confusion_map
from signtui.render.terminal import TerminalStyle

ASCII = TerminalStyle("none", False, 80, 24)

square = st.integers(1, 24).flatmap(
    lambda size: arrays.arrays(np.int64, (size, size), elements=st.integers(0, 100_000) | st.just(0))
)


@settings(max_examples=150, deadline=None)
@given(square, st.sampled_from(STYLES), st.sampled_from([80, 120, 200]))
def test_any_counts_fit_the_terminal(counts, style, width):
    style = TerminalStyle(style.colour, style.unicode, width, 24)
    text = confusion_map(counts, CLASSES[: len(counts)], style, "Confusion")
    assert max(cell_len(line) for line in text.plain.split("\n")) <= width
    assert style.unicode or text.plain.isascii()


@settings(max_examples=150, deadline=None)
@given(square)
def test_neighbouring_numbers_never_run_together(counts):
    lines = confusion_map(counts, CLASSES[: len(counts)], ASCII).plain.split("\n")[1:]
    has_images = lines[0].endswith("images")
    for line, row in zip(lines[1:], counts, strict=False):
        assert len(line.split()) == 1 + len(row) + 1 + has_images


def test_real_size_confusion_in_ascii_at_80_columns():
    check_golden("confusion.txt", confusion_map(confusion(), CLASSES, ASCII, "Confusion").plain + "\n")


def test_small_counts_are_shown_as_counts():
    check_golden(
        "confusion_counts.txt", confusion_map(confusion(60, 0.2), CLASSES, ASCII, "Confusion").plain + "\n"
    )


def test_a_single_mistake_among_many_is_neither_hidden_nor_rounded_away():
    counts = np.diag([5000] * 24)
    counts[3, 3], counts[3, 4] = 4999, 1
    row = confusion_map(counts, CLASSES, ASCII).plain.split("\n")[2 + 3].split()
    assert row[4:6] == ["99", "<1"]
    assert row[-1] == "99.9"


def test_wide_terminals_show_counts_images_and_totals():
    text = confusion_map(confusion(), CLASSES, TerminalStyle("none", False, 200, 60)).plain
    first = text.split("\n")[2].split()
    assert first[:3] == ["A", "145", "5"]
    assert first[-1] == "152"
    assert text.split("\n")[-1].split()[-1] == "guessed"


def test_right_and_wrong_have_different_shades():
    for colour in ("truecolor", "256", "16"):
        text = confusion_map([[8, 8], [0, 9]], ("A", "B"), TerminalStyle(colour, True, 80, 24))
        row = text.split("\n")[2]
        styles = [span.style for span in row.spans if row.plain[span.start : span.end].strip() == "8"]
        assert styles[0] != styles[1]


@pytest.mark.parametrize("counts", [[], [[1, 2]], 3])
def test_what_is_no_matrix_is_said_to_be_none(counts):
    assert confusion_map(counts, CLASSES, ASCII).plain == "no confusion matrix"
