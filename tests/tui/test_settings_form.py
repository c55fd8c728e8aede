"""The settings form by its keys: every kind of row, what is refused and where, what is typed."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from recorded_run import dashboard, on_screen, screen_text, settle
from run_folders import until
from textual.pilot import Pilot

from signtui.config import SETTINGS, Config, DataSettings, preset_config
from signtui.config.settings import BLOCK_SETTINGS
from signtui.render.terminal import TerminalStyle
from signtui.tui import known_hands, settings_edit, signers
from signtui.tui.app import DashboardApp
from signtui.tui.form_lines import row_line
from signtui.tui.form_rows import rows_of
from signtui.tui.settings_edit import Refused
from signtui.tui.widgets.form import SettingsForm
from signtui.tui.widgets.text_entry import TextEntry

P = Pilot[int]


def form(pilot: P) -> SettingsForm:
    return pilot.app.screen.query_one(SettingsForm)


def config(pilot: P) -> Config:
    app: Any = pilot.app
    found: Config = app.config
    return found


@on_screen()
async def test_right_takes_the_next_preset_and_its_whole_recipe(pilot: P) -> None:
    await pilot.press("right")
    assert config(pilot) == preset_config("tutorial")
    assert "64x10x10" in screen_text(pilot) or "64x13x13" in screen_text(pilot)
    await pilot.press("left")
    assert config(pilot) == Config()


@on_screen()
async def test_plus_and_minus_change_the_number_of_blocks(pilot: P) -> None:
    await pilot.press("down")
    assert form(pilot).row.key == "model.blocks"
    await pilot.press("minus", "minus")
    assert len(config(pilot).model.blocks) == 3
    await pilot.press("plus")
    assert len(config(pilot).model.blocks) == 4
    assert "[-] 4 [+]" in form(pilot).shown


@on_screen()
async def test_a_block_unfolds_and_its_filters_change_shapes_and_weights(pilot: P) -> None:
    await pilot.press("down", "down", "enter", "down")
    assert form(pilot).row.key == "model.blocks.1.filters"
    await pilot.press("right")
    assert config(pilot).model.blocks[0].filters == 32
    assert "32x14x14" in form(pilot).shown
    assert "71,240 weights" not in form(pilot).shown
    assert "•" in form(pilot).shown
    await pilot.press("backspace")
    assert config(pilot).model.blocks[0].filters == 16
    await pilot.press("up", "left")
    assert "filters" not in form(pilot).shown


@on_screen()
async def test_the_networks_of_an_ensemble_are_counted_under_the_form(pilot: P) -> None:
    its = form(pilot)
    assert "71,240 weights," in its.shown
    its.unfolded |= {"more.network"}
    its.chosen = "model.ensemble"
    await pilot.press("right", "right")
    assert config(pilot).model.ensemble == 3
    words = " ".join(its.shown.split())
    assert re.search(r"213,720 weights in 3 networks, about [\d.]+ MB", words), words


@on_screen()
async def test_an_impossible_stack_is_refused_at_the_field_that_causes_it(pilot: P) -> None:
    its = form(pilot)
    its.unfolded |= {"model.blocks.5", "more.model.blocks.5"}
    its.chosen = "model.blocks.5.pool_size"
    await pilot.press("enter", "ctrl+u", *"16")
    rows = its.shown.split("\n")
    at = next(index for index, row in enumerate(rows) if "pool size" in row)
    assert "16x16 pooling" in " ".join(rows[at + 1 : at + 4])
    await pilot.press("enter")
    assert its.entry is not None
    assert config(pilot) == Config()
    await pilot.press("escape")
    assert its.entry is None
    assert "16x16" not in its.shown


@on_screen()
async def test_a_value_is_checked_while_it_is_typed(pilot: P) -> None:
    its = form(pilot)
    its.chosen = "train.epochs"
    await pilot.press("enter", "ctrl+u", "0")
    assert "must be a whole number from 1 to 10,000" in " ".join(its.shown.split())
    await pilot.press("backspace", "1", "2")
    assert "must be" not in its.shown
    await pilot.press("enter")
    assert config(pilot).train.epochs == 12


@on_screen()
async def test_digits_and_letters_typed_into_a_value_do_nothing_else(pilot: P) -> None:
    its = form(pilot)
    its.chosen = "train.device"
    await pilot.press("enter", "ctrl+u", *"cuda:1q?")
    assert its.entry is not None
    assert its.entry.text == "cuda:1q?"
    assert len(pilot.app.screen_stack) == 1


@on_screen(80, 24)
async def test_the_cursor_stays_in_view_from_the_first_row_to_the_last(pilot: P) -> None:
    its = form(pilot)
    its.unfolded |= {"more.training", "more.augmentation", "model.blocks.2", "more.data"}
    for _ in range(len(its.rows)):
        await pilot.press("down")
        label = its.row.label
        assert label in its.shown, its.row
    assert its.row.key == "data.synthetic_seed"
    await pilot.press("home")
    await settle(pilot)
    assert its.shown.split("\n")[1].startswith("preset")


@on_screen()
async def test_a_click_chooses_a_row_and_a_second_changes_it(pilot: P) -> None:
    its = form(pilot)
    row = next(index for index, line in enumerate(its.shown.split("\n")) if line.startswith("optimiser"))
    await pilot.click(SettingsForm, offset=(3, row))
    assert its.row.key == "train.optimiser"
    line = next(index for index, line in enumerate(its.shown.split("\n")) if line.startswith("optimiser"))
    await pilot.click(SettingsForm, offset=(3, line))
    assert config(pilot).train.optimiser == "rmsprop"


RECIPE = {"train", "augment", "model", "data"}
ALL_KEYS = [key for key in SETTINGS if key.partition(".")[0] in RECIPE and key != "model.blocks"] + [
    f"model.blocks.2.{name}" for name in BLOCK_SETTINGS
]


def test_every_setting_of_the_recipe_has_a_row() -> None:
    folds = {"more.network", "more.training", "more.augmentation", "model.blocks.2", "more.model.blocks.2"}
    folds.add("more.data")
    shown = {row.key for row in rows_of(Config(), folds)}
    assert [key for key in ALL_KEYS if key not in shown] == []


def test_no_value_touches_the_name_of_its_setting() -> None:
    folds = {"more.network", "more.training", "more.augmentation", "more.data"}
    folds |= {"model.blocks.1", "more.model.blocks.1"}
    style = TerminalStyle("none", unicode=True)
    for row in rows_of(Config(), folds):
        if row.kind == "setting":
            line = row_line(row, Config(), style, 60, opened=False, cursor=True).plain
            assert re.match(rf" *{re.escape(row.label)} +[^ ]", line), line


@pytest.mark.parametrize("key", ALL_KEYS)
@pytest.mark.parametrize("direction", [1, -1])
def test_going_on_in_one_direction_ends_at_the_last_value_allowed(key: str, direction: int) -> None:
    value = settings_edit.value_of(Config(), key)
    for _ in range(40):
        value = settings_edit.stepped(key, value, direction)
        settings_edit.parsed(key, value)


@given(st.sampled_from(ALL_KEYS), st.lists(st.sampled_from([1, -1]), max_size=40))
def test_steps_never_leave_what_a_setting_takes(key: str, directions: list[int]) -> None:
    value = settings_edit.value_of(Config(), key)
    for direction in directions:
        value = settings_edit.stepped(key, value, direction)
        again = settings_edit.parsed(key, value)
        assert tuple(again) == value if isinstance(value, tuple) else again == value


@pytest.mark.parametrize("key", ALL_KEYS)
def test_what_a_form_shows_it_takes_back(key: str) -> None:
    value = settings_edit.value_of(Config(), key)
    try:
        again = settings_edit.parsed(key, settings_edit.shown(value))
    except Refused as refused:
        pytest.fail(str(refused))
    assert tuple(again) == value if isinstance(value, tuple) else again == value


@given(
    st.text(max_size=8),
    st.lists(st.sampled_from(["left", "right", "home", "end", "backspace", "delete", "x", "ctrl+u"])),
)
def test_a_text_entry_never_loses_its_cursor(text: str, keys: list[str]) -> None:
    entry = TextEntry(text)
    for key in keys:
        entry.take(key, key if len(key) == 1 else None)
        assert 0 <= entry.at <= len(entry.text)


@on_screen(120, 48)
async def test_a_signer_to_hold_out_and_how_to_validate_are_chosen_in_the_form(pilot: P) -> None:
    panel = form(pilot)
    panel.unfolded.add("more.data")
    panel.chosen = "data.held_out"
    panel.draw()
    await pilot.press("enter", "b", "o", "enter")
    assert config(pilot).data.held_out == "bo"
    assert "signer out" in panel.shown
    panel.chosen = "data.validation"
    await pilot.press("right")
    assert config(pilot).data.validation == "signers"


def over_held_out(data: DataSettings, test: Callable[[P], Awaitable[None]]) -> None:
    """Run `test` with the cursor on the signer who is held out, over the images that `data` name."""

    async def go() -> None:
        app = dashboard(config=replace(Config(), data=data))
        async with app.run_test(size=(120, 40)) as pilot:
            await settle(pilot)
            form(pilot).unfolded.add("more.data")
            form(pilot).chosen = "data.validation_fraction"
            await pilot.press("down")
            assert form(pilot).row.key == "data.held_out"
            await test(pilot)

    asyncio.run(go())


def form_words(pilot: P) -> str:
    return " ".join(form(pilot).shown.split())


def test_left_and_right_go_through_those_who_can_be_held_out(signed_shapes: Path) -> None:
    async def test(pilot: P) -> None:
        assert "looking whose the images are" in form_words(pilot)
        await pilot.press("right")
        assert config(pilot).data.held_out == "", "who there is, isn't known yet"
        await until(pilot, lambda: f"signers of {signed_shapes.name}: ann, bo, cy" in form_words(pilot))
        assert "signer out ‹ none ›" in form_words(pilot)
        for name in ("ann", "bo", "cy", "", "ann"):
            await pilot.press("right")
            assert config(pilot).data.held_out == name
        assert "‹ ann ›" in form(pilot).shown
        await pilot.press("left", "left")
        assert config(pilot).data.held_out == "cy"
        await pilot.press("enter", "ctrl+u", *"dee", "enter", "right")
        assert config(pilot).data.held_out == "ann", "nobody of the name that was typed"
        await pilot.press("backspace")
        assert config(pilot).data.held_out == ""
        await pilot.press("up")
        assert "ann, bo, cy" not in form_words(pilot)

    over_held_out(DataSettings(directory=str(signed_shapes)), test)


def test_where_nobody_can_be_held_out_the_form_says_why(shapes: Path, tmp_path: Path) -> None:
    async def unsigned(pilot: P) -> None:
        await until(pilot, lambda: "nothing says whose hand each image is" in form_words(pilot))
        await pilot.press("right")
        assert config(pilot).data.held_out == ""

    async def missing(pilot: P) -> None:
        await until(
            pilot, lambda: "nowhere" in form_words(pilot).partition("looking")[0].split("signer out")[1]
        )

    over_held_out(DataSettings(directory=str(shapes)), unsigned)
    over_held_out(DataSettings(directory=str(tmp_path / "nowhere")), missing)


def test_other_images_are_looked_at_anew(shapes: Path, signed_shapes: Path) -> None:
    async def test(pilot: P) -> None:
        await until(pilot, lambda: "ann, bo, cy" in form_words(pilot))
        app = pilot.app
        assert isinstance(app, DashboardApp)
        app.edit_config(replace(app.config, data=replace(app.config.data, directory=str(shapes))))
        await until(pilot, lambda: "nothing says whose" in form_words(pilot))

    over_held_out(DataSettings(directory=str(signed_shapes)), test)


def test_a_cursor_that_only_passes_by_has_no_image_read(
    signed_shapes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[DataSettings] = []

    def hands_of(settings: DataSettings) -> signers.Hands:
        asked.append(settings)
        return signers.Hands("signer", ("ann", "bo"), "images")

    monkeypatch.setattr(signers, "hands_of", hands_of)
    monkeypatch.setattr(known_hands, "SETTLED_SECONDS", 10_000.0)

    async def test(pilot: P) -> None:
        await pilot.press("down")
        await settle(pilot)
        assert not asked
        monkeypatch.setattr(known_hands, "SETTLED_SECONDS", 0.01)
        await pilot.press("up")
        await until(pilot, lambda: "ann, bo" in form_words(pilot))
        await pilot.press("right", "down", "up")
        await settle(pilot)
        assert len(asked) == 1

    over_held_out(DataSettings(directory=str(signed_shapes)), test)
