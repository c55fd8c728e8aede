import numpy as np
import pytest
from drawing import STYLES, check_golden, shape
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from signtui.render.block_art import grid_captions, guess_caption, image_art, image_grid, scaled
from signtui.render.terminal import TerminalStyle

TRUE = TerminalStyle("truecolor", True, 80, 24)
ASCII = TerminalStyle("none", False, 80, 24)


def disc(side=28):
    rows, columns = np.mgrid[:side, :side]
    return (255 * np.clip(1.2 - np.hypot(rows - side / 2, columns - side / 2) / (side / 2), 0, 1)).astype(
        np.uint8
    )


images = arrays.arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40)))


@settings(deadline=None)
@given(images, st.sampled_from(STYLES), st.one_of(st.none(), st.integers(1, 60)))
def test_any_image_is_as_wide_as_asked_and_keeps_its_shape(image, style, width):
    text = image_art(image, style, width)
    height, columns = image.shape
    across = columns if width is None else width
    assert shape(text) == (max(1, round(across * height / columns / 2)), {across})
    assert style.unicode or text.plain.isascii()


@settings(deadline=None)
@given(images, st.integers(1, 50), st.integers(1, 50))
def test_scaling_by_area_keeps_the_mean(image, height, width):
    small = scaled(image, height, width)
    assert small.mean() == pytest.approx(image.mean(), abs=1e-6)
    assert small.min() >= image.min() - 1e-9
    assert small.max() <= image.max() + 1e-9


def test_half_blocks_hold_the_very_pixels():
    image = disc()
    text = image_art(image, TRUE)
    assert set(text.plain) == {"▀", "\n"}
    line = text.split("\n")[5]
    greys = [0] * 28
    for span in line.spans:
        for column in range(span.start, span.end):
            greys[column] = (span.style.color.triplet.red, span.style.bgcolor.triplet.red)
    assert [pair[0] for pair in greys] == image[10].tolist()
    assert [pair[1] for pair in greys] == image[11].tolist()


def test_256_colours_use_the_greys_of_the_palette():
    text = image_art(disc(), TerminalStyle("256", True, 80, 24))
    used = {span.style.color.number for span in text.spans} | {
        span.style.bgcolor.number for span in text.spans
    }
    assert used <= set(range(232, 256))
    assert len(used) > 10


def test_sixteen_colours_use_shades_and_no_colour():
    text = image_art(disc(), TerminalStyle("16", True, 80, 24))
    assert set(text.plain) - {"\n"} <= set(" ░▒▓█")
    assert not text.spans


def test_an_image_in_ascii():
    captions = [guess_caption("A", "A", ASCII), guess_caption("M", "N", ASCII)]
    check_golden("images.txt", image_grid([disc(), 255 - disc()], captions, ASCII).plain + "\n")


def test_as_many_images_a_row_as_fit_and_never_wider():
    grid = image_grid([disc()] * 7, list("ABCDEFG"), TRUE)
    height, widths = shape(grid)
    assert max(widths) <= 80
    assert height == 4 * (14 + 1) + 3


def test_captions_are_centred_below_and_tell_right_from_wrong():
    lines = image_grid([disc()], [guess_caption("M", "N", TRUE)], TRUE).plain.split("\n")
    assert lines[-1].strip() == "M > N ✗"
    assert lines[-1].index("M") == (28 - 7) // 2


@settings(deadline=None)
@given(st.integers(1, 12), st.integers(4, 40), st.sampled_from(STYLES))
def test_captions_alone_are_the_lines_they_have_in_the_grid(count, width, style):
    captions = [f"A > {'AB'[index % 2]}" for index in range(count)]
    grid = image_grid([disc()] * count, captions, style, width).plain.split("\n")
    alone = grid_captions([disc()] * count, captions, style, width)
    assert {row: grid[row] for row in alone} == {row: line.plain for row, line in alone.items()}
    assert sum(line.plain.count(">") for line in alone.values()) == "".join(grid).count(">")


def test_no_images_is_no_text():
    assert image_grid([], [], TRUE).plain == ""
