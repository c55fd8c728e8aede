"""A prediction as text: pictures, guesses and captions, readable with and without colours."""

import numpy as np
import pytest
from drawing import STYLES, shape
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from rich.text import Text

from signtui.render.block_art import image_art
from signtui.render.overlay import overlay_art, overlay_legend
from signtui.render.prediction import attribution_captions, doubt_words, prediction_lines
from signtui.render.terminal import TerminalStyle

TRUE = TerminalStyle("truecolor", True, 80, 24)
ASCII = TerminalStyle("none", False, 80, 24)
TOP = (("M", 0.7123), ("N", 0.25), ("A", 0.0004))


def hot_corner(side=28):
    heat = np.zeros((side, side), np.float32)
    heat[: side // 2, : side // 2] = 1
    return heat


def colours(text, row):
    """The (upper, lower) colour of each cell of a line."""
    line = text.split("\n")[row]
    cells = [None] * len(line.plain)
    for span in line.spans:
        for column in range(span.start, span.end):
            cells[column] = (span.style.color, span.style.bgcolor)
    return cells


images = arrays.arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40)))


@settings(deadline=None, max_examples=60)
@given(images, st.sampled_from(STYLES), st.none() | st.integers(1, 60), st.integers(0, 9))
def test_an_overlay_is_as_large_as_the_image_beside_it(image, style, width, seed):
    heat = np.random.default_rng(seed).random(image.shape)
    text = overlay_art(image, heat, style, width)
    assert shape(text) == shape(image_art(image, style, width))
    assert style.unicode or text.plain.isascii()


def test_places_looked_at_are_brighter_and_orange_the_others_darker_and_grey():
    image = np.full((28, 28), 120, np.uint8)
    cells = colours(overlay_art(image, hot_corner(), TRUE), 0)
    hot, cold = cells[0][0].triplet, cells[-1][0].triplet
    assert hot.red > hot.green > hot.blue
    assert cold.red == cold.green == cold.blue < 120
    assert hot.red > 150


@pytest.mark.parametrize("grey", [0, 255])
def test_heat_is_told_by_brightness_too_on_black_and_on_white(grey):
    image = np.full((28, 28), grey, np.uint8)
    cells = colours(overlay_art(image, hot_corner(), TRUE), 0)

    def luminance(colour):
        return 0.299 * colour.triplet.red + 0.587 * colour.triplet.green + 0.114 * colour.triplet.blue

    assert luminance(cells[0][0]) > luminance(cells[-1][0]) + 20


def test_256_colours_are_those_of_the_palette():
    style = TerminalStyle("256", True, 80, 24)
    cells = colours(overlay_art(np.full((28, 28), 120, np.uint8), hot_corner(), style), 0)
    assert 16 <= cells[0][0].number < 232
    assert cells[-1][0].number >= 232


@pytest.mark.parametrize("style", [style for style in STYLES if not style.unicode or style.colour == "16"])
def test_without_colours_heat_is_digits(style):
    heat = np.zeros((20, 20), np.float32)
    heat[:10, :10], heat[:10, 10:] = 1, 0.55
    lines = overlay_art(np.full((20, 20), 120, np.uint8), heat, style).plain.split("\n")
    assert lines[0] == "9" * 10 + "5" * 10
    assert lines[-1].strip() == ""
    assert "9" in overlay_legend(style)


def test_heat_that_is_no_number_is_none():
    text = overlay_art(np.full((8, 8), 9, np.uint8), np.full((8, 8), np.nan), ASCII)
    assert text.plain.strip() == ""


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("side", [8, 28, 64, 128])
def test_pictures_guesses_and_captions_fit_the_terminal(style, side):
    image = np.random.default_rng(0).integers(0, 255, (side, side), dtype=np.uint8)
    captions = attribution_captions("occlusion", "a grey patch of 7x7 pixels", "", 0.61, "M", style)
    lines = prediction_lines(image, TOP, style, hot_corner(side), captions)
    assert all(line.cell_len <= 80 for line in lines)
    said = "\n".join(line.plain for line in lines)
    for words in ("M   71.2 %", "N   25.0 %", "A   <0.1 %", "by occlusion", "costs 61.0 points"):
        assert words in said
    assert style.unicode or said.isascii()


def test_without_an_explanation_there_is_one_picture():
    image = np.zeros((28, 28), np.uint8)
    one, two = (prediction_lines(image, TOP, TRUE, heat) for heat in (None, hot_corner()))
    assert one[5].cell_len == 28
    assert two[5].cell_len == 28 + 2 + 28


def test_long_class_names_leave_room():
    top = (("a_gesture_with_a_very_long_name", 0.5), ("b", 0.5))
    lines = prediction_lines(np.zeros((28, 28), np.uint8), top, ASCII, hot_corner())
    assert all(line.cell_len <= 80 for line in lines)
    assert lines[0].plain.endswith("a_gesture_with_a_very_lo   50.0 %")


def test_what_shows_nothing_is_said_in_its_place():
    (only,) = attribution_captions("gradcam", "no block", "It can't say where.", 0.0, "M", ASCII)
    assert only == "Grad-CAM: It can't say where."


def test_probabilities_that_are_no_numbers_are_shown_as_missing():
    lines = prediction_lines(np.zeros((8, 8), np.uint8), (("A", float("nan")),), ASCII)
    assert isinstance(lines[0], Text)
    assert lines[0].plain.endswith("-")


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("heat", [None, hot_corner()], ids=["plain", "explained"])
def test_doubt_stands_below_the_guesses_whole(style, heat):
    doubt = doubt_words(TOP, 0.951)
    assert doubt == "not sure: less than the 95.1 % that 19 in 20 right guesses reach"
    lines = prediction_lines(np.zeros((28, 28), np.uint8), TOP, style, heat, (), doubt)
    assert all(line.cell_len <= 80 for line in lines)
    said = " ".join("\n".join(line.plain for line in lines).split())
    beside = " ".join(line.plain[28 if heat is None else 58 :].strip() for line in lines)
    assert "not sure" in said
    assert doubt in " ".join(beside.split())


def test_a_sure_guess_and_one_of_unknown_worth_are_not_doubted():
    assert doubt_words(TOP, 0.7) == doubt_words(TOP, None) == ""
    assert "wrong too often" in doubt_words((("M", 1.0),), 1.0)
