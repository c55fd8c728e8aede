"""Runs beside each other."""

import pytest
from drawing import STYLES, as_text
from example_runs import example_run

from signtui.config import as_plain, preset_config
from signtui.render.comparison import comparison_page, value_words
from signtui.render.terminal import TerminalStyle

WIDE = TerminalStyle("truecolor", True, 120, 40)


def another(name: str, preset: str = "fast", **changes: object) -> dict[str, object]:
    return (
        example_run(3)
        | {"config": as_plain(preset_config(preset)), "id": f"20251122-151205-{name}"}
        | changes
    )


def test_settings_that_differ_stand_under_each_runs_name() -> None:
    page = as_text(comparison_page([another("calm-otter-01"), another("keen-owl-02", "tiny")], WIDE), WIDE)
    heading = next(line for line in page.split("\n") if line.startswith("Settings that differ"))
    row = next(line for line in page.split("\n") if line.startswith("train.epochs"))
    assert heading.index("●") < heading.index("calm-otter-01") < heading.index("▲")
    assert row.split() == ["train.epochs", "2", "4"]
    assert row.index("4") == heading.index("▲")
    assert "blocks.1.filters" in page
    assert "Validation accuracy" in page


def test_each_runs_scores_stand_beside_its_marker() -> None:
    drawn = another("keen-owl-02", data={"synthetic": True, "name": "synthetic hands"}, best=None, test=None)
    page = as_text(comparison_page([another("calm-otter-01"), drawn], WIDE), WIDE)
    first, second = page.split("\n")[1:3]
    assert first.startswith("● calm-otter-01")
    assert "Sign Language MNIST" in first
    assert "99.94" in first
    assert second.split()[:3] == ["▲", "keen-owl-02", "✓"]
    assert "synthetic" in second
    assert "99" not in second


def test_equal_settings_are_said_to_be_equal() -> None:
    page = as_text(comparison_page([another("calm-otter-01"), another("keen-owl-02")], WIDE), WIDE)
    assert "No difference in the settings." in page


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("width", [60, 80, 200])
def test_any_number_of_runs_fits_the_width_and_none_is_left_out(style: TerminalStyle, width: int) -> None:
    style = TerminalStyle(style.colour, style.unicode, width, 24)
    runs = [
        another(f"calm-otter-{number:02}", preset) for number, preset in enumerate(["fast", "tutorial"] * 3)
    ]
    page = as_text(comparison_page(runs, style), style)
    assert max(map(len, page.split("\n"))) <= width
    assert all(f"calm-otter-{number:02}" in page for number in range(6))
    if not style.unicode:
        assert page.isascii()


def test_a_run_without_an_epoch_has_a_column_too() -> None:
    empty = another("keen-owl-02", epochs=[], best=None, test=None, seconds=None, model=None)
    assert "keen-owl-02" in as_text(comparison_page([another("calm-otter-01"), empty], WIDE), WIDE)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "-"),
        (True, "true"),
        (0.0001, "0.0001"),
        ((), "none"),
        ((512, 64), "512, 64"),
        ("", "none"),
        ({"filters": 64, "pooling": "max"}, "filters 64 pooling max"),
    ],
)
def test_values_read_as_words(value: object, words: str) -> None:
    assert value_words(value) == words
