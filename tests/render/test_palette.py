import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import Color

from signtui.render import palette
from signtui.render.terminal import TerminalStyle

DARK, LIGHT = (0x1E, 0x1E, 0x1E), (0xFF, 0xFF, 0xFF)
HUES = [
    palette.BLUE,
    palette.ORANGE,
    palette.GREEN,
    palette.PURPLE,
    palette.OLIVE,
    palette.RED,
    palette.GREY,
    palette._NAMED["warning"],
]


def luminance(rgb):
    """Relative luminance of WCAG 2.2."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (part / 255 for part in rgb)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first, second):
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def triplet(color):
    return tuple(Color.parse(color).get_truecolor())


@pytest.mark.parametrize("hue", HUES)
@pytest.mark.parametrize("background", [DARK, LIGHT])
def test_colours_are_legible_on_dark_and_light(hue, background):
    assert contrast(triplet(hue.rgb), background) >= 3
    assert contrast(triplet(f"color({hue.xterm})"), background) >= 2.9


@pytest.mark.parametrize("colour", ["truecolor", "256"])
@pytest.mark.parametrize("wrong", [False, True])
def test_numbers_are_legible_on_every_shade(colour, wrong):
    for share in (0, 0.25, 0.5, 0.75, 1):
        style = palette.shade(share, TerminalStyle(colour), wrong=wrong)
        assert contrast(style.color.get_truecolor(), style.bgcolor.get_truecolor()) >= 3.5


@pytest.mark.parametrize("colour", ["truecolor", "256"])
def test_diverging_shades_are_legible(colour):
    for value in (-1, -0.6, -0.3, 0, 0.3, 0.6, 1):
        style = palette.diverging(value, TerminalStyle(colour))
        assert contrast(style.color.get_truecolor(), style.bgcolor.get_truecolor()) >= 3.5


def test_series_differ_by_marker_as_well_as_colour():
    roles = [palette.series_look(role, 0) for role in ("train", "validation", "test", "previous")]
    others = [palette.series_look("other", index) for index in range(6)]
    for looks in (roles, others):
        for first, second in itertools.combinations(looks, 2):
            assert first.hue != second.hue
            assert first.marker != second.marker
            assert first.ascii_marker != second.ascii_marker
            assert first.ascii_line != second.ascii_line


def test_right_and_wrong_differ_by_mark_in_every_mode():
    for colour in ("truecolor", "256", "16", "none"):
        for unicode in (True, False):
            style = TerminalStyle(colour, unicode)
            assert palette.verdict(True, style)[0] != palette.verdict(False, style)[0]


@given(st.floats(), st.sampled_from(["truecolor", "256", "16", "none"]), st.booleans())
def test_any_number_has_a_shade(value, colour, wrong):
    palette.shade(value, TerminalStyle(colour), wrong=wrong)
    palette.diverging(value, TerminalStyle(colour))
