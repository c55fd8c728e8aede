"""Corruptions as a table, charts and rows of pictures, in any terminal."""

import numpy as np
import pytest
from drawing import STYLES, as_text
from rich.cells import cell_len
from rich.console import Group
from rich.text import Text

from signtui.data.corruptions import CORRUPTIONS
from signtui.render.corruptions import (
    amounts_words,
    corruption_charts,
    corruption_examples,
    corruption_table,
    corruption_words,
)
from signtui.render.terminal import TerminalStyle, plain
from signtui.runs.corruptions import CorruptionScore, CorruptionScores, StrengthScore

CLASSES = ("A", "B", "C")


def strengths(worst: float) -> tuple[StrengthScore, ...]:
    return tuple(
        StrengthScore(place, 1 - (1 - worst) * place / 5, 0.1 * place, (1.0, None)) for place in range(1, 6)
    )


@pytest.fixture
def scores() -> CorruptionScores:
    pictures = np.random.default_rng(0).integers(0, 256, (6, 28, 28), dtype=np.uint8)
    made = tuple(
        CorruptionScore(
            one.name, one.amounts, one.unit, strengths(0.05 + place / 10), pictures, 1, (1, 1, 1, 1, 2, 0)
        )
        for place, one in enumerate(CORRUPTIONS)
    )
    return CorruptionScores(StrengthScore(0, 0.99, 0.05, (1.0, None)), made, 120, 0)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_all_of_it_fits_its_terminal(style, width, scores):
    style = TerminalStyle(style.colour, style.unicode, width, 50)
    lines = [*corruption_charts(scores, style), *corruption_examples(scores, CLASSES, style)]
    drawn = as_text(Group(corruption_table(scores, style), Text("\n").join(lines)), style)
    assert max(cell_len(line) for line in drawn.split("\n")) <= width
    assert style.unicode or drawn.isascii()


def test_the_table_has_every_strength_and_the_means(scores):
    rows = [line.split() for line in as_text(corruption_table(scores, plain(80)), plain(80)).split("\n")]
    assert rows[0] == ["corruption", "1", "2", "3", "4", "5", "mean%"]
    assert rows[1] == ["rotation", "81.0", "62.0", "43.0", "24.0", "5.0", "43.0"]
    assert rows[11][0] == "mean"
    assert [row[0] for row in rows[1:11]] == [one.name for one in CORRUPTIONS]
    assert corruption_words(scores) == "worst rotation 43.0 %; mean of 10 corruptions in 5 strengths"


def test_on_a_terminal_the_marker_of_its_line_stands_before_each_name(scores):
    drawn = as_text(corruption_table(scores, TerminalStyle("none", True, 80, 40)), plain(80))
    for marked in ("● rotation", "▼ blur", "● noise", "▼ background"):
        assert f"\n{marked} " in drawn


def test_charts_begin_with_the_images_as_they_are(scores):
    drawn = "\n".join(line.plain for line in corruption_charts(scores, TerminalStyle("none", True, 80, 40)))
    assert drawn.count("strength  0") == 2
    for one in CORRUPTIONS:
        assert one.name in drawn


def test_pictures_stand_over_what_they_are_read_as(scores):
    drawn = "\n".join(
        line.plain for line in corruption_examples(scores, CLASSES, TerminalStyle("none", False, 100, 40))
    )
    assert drawn.count("B > B +") == 40
    assert drawn.count("B > C x") == 10
    assert drawn.count("B > A x") == 10


def test_amounts_are_told_in_their_unit(scores):
    words = [amounts_words(one) for one in scores.corruptions]
    assert words[0] == "5, 10, 15, 22, 30 degrees, either way"
    assert words[1] == "5, 10, 15, 20, 25 % of the side, in one of eight directions"
