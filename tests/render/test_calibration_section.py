"""Calibration as words, rows and curves: before the temperature and after, in any terminal."""

import pytest
from drawing import STYLES, as_text
from rich.cells import cell_len
from rich.console import Group

from signtui.events import Calibrated
from signtui.render.calibration import calibration_lines, calibration_page, calibration_section
from signtui.render.terminal import TerminalStyle, plain
from signtui.runs.calibration import calibration


def example(temperature=0.68, sure_from=0.95) -> Calibrated:
    before = calibration([0.9, 0.8, 0.75, 0.3], [True, True, True, False])
    after = calibration([0.99, 0.96, 0.9, 0.2], [True, True, True, False])
    return Calibrated(temperature, before, after, sure_from, 2, 2)


def words(found: Calibrated) -> str:
    return "\n".join(line.plain for line in calibration_lines(found))


def test_words_tell_the_error_before_and_after_and_what_counts_as_sure():
    assert words(example()) == (
        "expected calibration error 8.7 %, 21.2 % before the temperature of 0.68\n"
        "on average 76.2 % sure and 75.0 % right\n"
        "sure (from 95.0 %) of 50.0 %, of which 100 % right"
    )


def test_without_a_temperature_no_other_is_spoken_of():
    found = example(temperature=1.0, sure_from=None)
    assert "no temperature fitted" in words(found)
    assert "sure (" not in words(found)
    drawn = as_text(Group(*calibration_section(found, "test", plain(100))), plain(100))
    assert "before" not in drawn


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_it_fits_its_terminal(style, width):
    style = TerminalStyle(style.colour, style.unicode, width, 50)
    splits = {"validation": example(), "test": example()}
    for parts in (calibration_section(example(), "test", style), calibration_page(splits, style)):
        drawn = as_text(Group(*parts), style)
        assert max(cell_len(line) for line in drawn.split("\n")) <= width
        assert style.unicode or drawn.isascii()
        assert "8.7" in drawn
        assert "21.2" in drawn


def test_each_split_has_a_row_and_a_curve():
    style = TerminalStyle("none", True, 120, 50)
    drawn = as_text(Group(*calibration_page({"validation": example(), "held_out": example()}, style)), style)
    rows = [line.split() for line in drawn.split("\n")]
    assert ["validation", "4", "76.2", "75.0", "8.7", "21.2", "0.68", "95.0", "50.0", "100"] in rows
    assert "Validation  share right" in drawn
    assert "Held_out" not in drawn
    assert "Held-out  share right" in drawn


def test_a_run_without_any_has_no_section():
    assert calibration_page({}, plain(80)) == []
