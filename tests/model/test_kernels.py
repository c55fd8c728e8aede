import math
from fractions import Fraction
from typing import get_args

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from signtui.config.schema import Activation, Block, ModelSettings
from signtui.errors import ConfigError
from signtui.model import kernels
from signtui.model.kernels import ACTIVATIONS, CLASSIC, Kernel, convolve, parse_kernel, pool, written
from signtui.model.network import build

numbers = st.fractions(-9, 9, max_denominator=9)


@st.composite
def cases(draw):
    side = draw(st.integers(1, 5))
    kernel = Kernel(
        "any",
        np.array(draw(st.lists(st.integers(-50, 50), min_size=side**2, max_size=side**2))).reshape(
            side, side
        ),
        draw(st.integers(1, 12)),
    )
    height, width = draw(st.integers(side, 9)), draw(st.integers(side, 9))
    seed = draw(st.integers(0, 999))
    image = np.random.default_rng(seed).integers(0, 256, (height, width)).astype(np.uint8)
    return image, kernel, draw(st.integers(1, 3)), draw(st.sampled_from(("same", "none")))


def by_loops(image, kernel, stride, padding):
    before, after = kernels.margins(kernel.side, padding)
    height, width = image.shape
    found = {}
    for row in range(0, height + before + after - kernel.side + 1, stride):
        for column in range(0, width + before + after - kernel.side + 1, stride):
            total = Fraction(0)
            for i in range(kernel.side):
                for j in range(kernel.side):
                    y, x = row + i - before, column + j - before
                    if 0 <= y < height and 0 <= x < width:
                        number = Fraction(int(kernel.numerators[i, j]), kernel.denominator)
                        total += int(image[y, x]) * number
            found[row // stride, column // stride] = total
    return found


@settings(deadline=None)
@given(cases())
def test_a_convolution_is_the_sum_over_two_loops(case):
    image, kernel, stride, padding = case
    result = convolve(image, kernel, stride, padding)
    expected = by_loops(image, kernel, stride, padding)
    assert result.sums.size == len(expected)
    for (row, column), total in expected.items():
        assert Fraction(int(result.sums[row, column]), kernel.denominator) == total
        assert result.products(row, column).sum() == result.sums[row, column]
        top, left = result.corner(row, column)
        if top >= 0 and left >= 0 and max(top, left) + kernel.side <= min(image.shape):
            side = kernel.side
            assert (result.patch(row, column) == image[top : top + side, left : left + side]).all()


@settings(deadline=None)
@given(cases())
def test_a_convolution_is_that_of_torch(case):
    image, kernel, stride, padding = case
    before, after = kernels.margins(kernel.side, padding)
    padded = torch.nn.functional.pad(
        torch.from_numpy(image.astype(np.float64))[None, None], (before, after) * 2
    )
    theirs = torch.nn.functional.conv2d(
        padded, torch.from_numpy(kernel.values.copy())[None, None], stride=stride
    )
    np.testing.assert_allclose(
        convolve(image, kernel, stride, padding).values, theirs[0, 0].numpy(), atol=1e-9
    )


@settings(deadline=None)
@given(st.integers(2, 4), st.integers(0, 99))
def test_pooling_is_that_of_torch(window, seed):
    values = np.random.default_rng(seed).normal(size=(9, 11))
    there = torch.from_numpy(values)[None, None]
    for how, function in (
        ("max", torch.nn.functional.max_pool2d),
        ("average", torch.nn.functional.avg_pool2d),
    ):
        np.testing.assert_allclose(pool(values, window, how), function(there, window)[0, 0].numpy())


def test_the_activations_are_those_of_the_settings_and_of_the_network():
    assert set(ACTIVATIONS) == set(get_args(Activation)) - {"none"}
    x = np.linspace(-800, 800, 1601)
    for name, function in ACTIVATIONS.items():
        model = ModelSettings(blocks=(Block(filters=1, activation=name),))
        theirs = build(model, 8, 2, seed=0).blocks[0].activation(torch.from_numpy(x.copy())).numpy()
        np.testing.assert_allclose(function(x), theirs, atol=1e-12, err_msg=name)


@given(
    st.integers(1, 5).flatmap(
        lambda side: st.lists(st.lists(numbers, min_size=side, max_size=side), min_size=side, max_size=side)
    )
)
def test_a_kernel_that_is_written_is_read_as_it_was(rows):
    kernel = parse_kernel("; ".join(",".join(map(str, row)) for row in rows))
    for row, read in zip(rows, kernel.numerators.tolist(), strict=True):
        assert [Fraction(number, kernel.denominator) for number in read] == row
    again = parse_kernel(written(kernel))
    assert (again.numerators == kernel.numerators).all()
    assert again.denominator == kernel.denominator


def test_decimals_blanks_and_a_last_semicolon_are_read():
    kernel = parse_kernel(" .5 -1 0; 1/9, 0 ,2 ;0 0 +1;")
    assert kernel.denominator == 18
    assert kernel.numerators.tolist() == [[9, -18, 0], [2, 0, 36], [0, 0, 18]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "nothing is written"),
        (" ; ", "nothing is written"),
        ("1,2;3", "row 2 has 1 number, but there are 2 rows"),
        ("1,2", "row 1 has 2 numbers, but there is 1 row"),
        ("1,;2,3", "row 1 has 1 number"),
        ("a", "'a' is no number"),
        ("1/0", "'1/0' is no number"),
        ("nan", "'nan' is no number"),
        ("inf", "'inf' is no number"),
        ("1e9999999", "is no number"),
        ("9" * 5000, "is no number"),
        ("1001", "1001 is beyond 1,000"),
        ("1/9973,1/9967;0,0", "common denominator"),
        (";".join(["1,1,1,1,1,1"] * 6), "6x6 is too large"),
    ],
)
def test_what_makes_no_kernel_is_one_sentence(text, words):
    with pytest.raises(ConfigError) as refused:
        parse_kernel(text)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_flat_image_has_no_edges_and_stays_as_it_is_blurred():
    image = np.full((7, 7), 90, np.uint8)
    for kernel in CLASSIC:
        inner = convolve(image, kernel, 1, "none").values
        assert (inner == (0 if "edges" in kernel.name or "Sobel" in kernel.name else 90)).all(), kernel.name


def test_edge_kernels_answer_to_their_own_direction_with_a_sign():
    dark_above = np.repeat([[0], [0], [0], [255], [255], [255]], 6, axis=1).astype(np.uint8)
    by_name = {kernel.name: kernel for kernel in CLASSIC}
    rows = convolve(dark_above, by_name["horizontal edges"], 1, "none").values
    assert rows.max() == 3 * 255
    assert (convolve(dark_above, by_name["vertical edges"], 1, "none").values == 0).all()
    assert convolve(dark_above[::-1], by_name["Sobel horizontal"], 1, "none").values.min() == -4 * 255
    assert (convolve(dark_above, by_name["identity"], 1, "same").values == dark_above).all()


def test_an_image_too_small_for_the_kernel_is_refused():
    with pytest.raises(ConfigError, match="2x2 is too small for 3x3"):
        convolve(np.zeros((2, 2), np.uint8), CLASSIC[0], 1, "none")


@given(st.floats(-50, 50))
def test_gelu_is_the_normal_distribution_times_x(x):
    assert kernels.activate("gelu", x) == pytest.approx(x * (1 + math.erf(x / 2**0.5)) / 2)
