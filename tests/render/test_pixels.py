"""Images as escape sequences say the very pixels."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from signtui.render import kitty
from signtui.render.sixel import sixel_image


def noise(width: int, height: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width), np.uint8)


@pytest.mark.parametrize("size", [(28, 28), (3, 9), (128, 128)])
def test_kitty_gets_a_png_in_chunks(size):
    image = noise(*size)
    sent = kitty.image(7, image.tobytes(), size)
    parts = re.findall(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\", sent)
    assert "".join(f"\x1b_G{keys};{payload}\x1b\\" for keys, payload in parts) == sent
    assert parts[0][0].startswith("a=t,f=100,i=7,q=2,")
    assert [keys[-1] for keys, _ in parts] == ["1"] * (len(parts) - 1) + ["0"]
    assert all(len(payload) <= kitty.LARGEST_CHUNK for _, payload in parts)
    file = io.BytesIO(base64.b64decode("".join(payload for _, payload in parts)))
    assert np.array_equal(np.asarray(Image.open(file)), image)


def decoded(sent: str) -> np.ndarray:
    """Grey per cents of a sixel image; -1 where nothing is drawn."""
    head = re.match(r'\x1bP0;1;0q"1;1;(\d+);(\d+)', sent)
    width, height = int(head[1]), int(head[2])
    levels = np.full((height + 6, width), -1)
    colours, colour, x, top = {}, 0, 0, 0
    for piece in re.finditer(r"#(\d+)(?:;2;(\d+);\d+;\d+)?|!(\d+)(.)|([?-~])|([$-])", sent[head.end() : -2]):
        if piece[1]:
            colour = int(piece[1])
            colours |= {colour: int(piece[2])} if piece[2] else {}
        elif piece[6]:
            x, top = 0, top + (6 if piece[6] == "-" else 0)
        else:
            bits, count = ord(piece[4] or piece[5]) - 63, int(piece[3] or 1)
            for row in range(6):
                if bits >> row & 1:
                    assert (levels[top + row, x : x + count] == -1).all()
                    levels[top + row, x : x + count] = colours[colour]
            x += count
    assert (levels[height:] == -1).all()
    return levels[:height]


@pytest.mark.parametrize(
    ("cells", "cell", "factor"), [((28, 14), (10, 20), 10), ((10, 5), (10, 20), 3), ((18, 9), (9, 19), 5)]
)
def test_sixel_pixels_are_equal_squares_of_the_nearest_grey(cells, cell, factor):
    image = noise(28, 28)
    levels = decoded(sixel_image(image.tobytes(), (28, 28), cells, cell))
    assert np.array_equal(levels, np.rint(image / 2.55).repeat(factor, 0).repeat(factor, 1))
    assert levels.shape[0] <= cells[1] * cell[1]


def test_an_image_larger_than_its_place_is_made_smaller():
    levels = decoded(sixel_image(bytes([200]) * 128 * 128, (128, 128), (10, 5), (8, 16)))
    assert levels.shape == (80, 80)
    assert (levels == 78).all()
