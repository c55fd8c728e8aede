"""Each setting's declaration: help, range, option, variable, and the check of a value."""

import math
import tomllib
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signtui.config import PRESETS, SETTINGS, Assignment, Config, preset_config, resolve
from signtui.config.document import run_document, template
from signtui.config.load import from_plain
from signtui.config.schema import as_plain
from signtui.config.settings import BLOCK_SETTINGS, BLOCKS
from signtui.model.plan import plan

ROOT = Path(__file__).parents[2]
EVERY = [*SETTINGS.values(), *BLOCK_SETTINGS.values()]


@pytest.mark.parametrize("setting", EVERY, ids=lambda setting: setting.key)
def test_every_setting_explains_itself(setting):
    assert setting.help[0].islower() or setting.help.startswith("per_image")
    assert setting.allowed
    assert setting.option.startswith("--")


def test_no_two_settings_share_an_option():
    options = [setting.option for setting in SETTINGS.values()]
    assert len(options) == len(set(options))


@pytest.mark.parametrize("setting", EVERY, ids=lambda setting: setting.key)
def test_every_default_is_allowed(setting):
    if setting.key != BLOCKS:
        assert setting.parse(setting.default) == setting.default


@given(st.sampled_from([s for s in EVERY if s.bounds]), st.floats(allow_nan=True, allow_infinity=True))
def test_a_number_passes_exactly_when_its_bounds_allow_it(setting, number):
    value = int(number) if setting.value_type is int and math.isfinite(number) else number
    bounds = setting.bounds
    inside = (
        math.isfinite(number)
        and value >= bounds.get("ge", -math.inf)
        and value > bounds.get("gt", -math.inf)
        and value <= bounds.get("le", math.inf)
        and value < bounds.get("lt", math.inf)
    )
    if inside:
        assert setting.parse(value) == value
    else:
        with pytest.raises(ValueError, match="number"):
            setting.parse(value)


def test_the_project_file_is_the_one_the_declarations_make():
    assert (ROOT / "config.toml").read_text(encoding="utf-8") == template()


def test_the_project_file_changes_nothing():
    tree = tomllib.loads(template())
    assert from_plain(tree, "config.toml") == Config()


def test_the_project_file_shows_every_setting():
    text = template()
    for setting in EVERY:
        if setting.key != BLOCKS:
            assert f"{setting.key.rpartition('.')[2]} = " in text


def test_a_run_document_reads_back_as_the_same_configuration():
    for name in PRESETS:
        config = preset_config(name)
        assert from_plain(tomllib.loads(run_document(config)), "run") == config


@given(st.text())
def test_any_text_survives_the_run_document(text):
    config = msgspec.structs.replace(Config(), runs=msgspec.structs.replace(Config().runs, notes=text))
    assert from_plain(tomllib.loads(run_document(config)), "run").runs.notes == text


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_gives_a_network_that_works_on_the_hands(name):
    config = preset_config(name)
    assert config.preset == name
    assert plan(config.model, 28, 24).output == (24,)


def test_settings_of_a_run_are_what_they_say_whatever_their_preset_became_since(tmp_path):
    written = run_document(preset_config("accurate")).splitlines()
    later = ("ensemble =", "moved_views =", "synthetic =")
    path = tmp_path / "config.toml"
    path.write_text("\n".join(line for line in written if not line.startswith(later)))
    tree = tomllib.loads(path.read_text())
    for config in (resolve(file=path, environment={}).config, from_plain(tree, "run")):
        assert config.preset == "accurate"
        assert (config.model.ensemble, config.model.moved_views, config.augment.synthetic) == (1, False, 0)
        assert config.augment.warp == preset_config("accurate").augment.warp
        assert len(config.model.blocks) == len(preset_config("accurate").model.blocks)
    option = [Assignment("preset", "accurate", "--preset")]
    assert resolve(option, file=path, environment={}).config.model == preset_config("accurate").model
    path.write_text('preset = "accurate"\n')  # a file that only names it takes the recipe
    assert resolve(file=path, environment={}).config.model == preset_config("accurate").model


def test_the_tiny_preset_stays_under_twenty_thousand_weights():
    assert plan(preset_config("tiny").model, 28, 24).weights < 20_000


def test_the_tutorial_preset_is_the_tutorials_network():
    chain = plan(preset_config("tutorial").model, 28, 24).shape_chain()
    assert chain == "1x28x28 > 64x13x13 > 64x11x11 > 128x9x9 > 128x7x7 > 6272 > 512 > 24"


def test_leaving_a_preset_leaves_nothing_of_it():
    tree = as_plain(preset_config("tutorial")) | {"preset": "fast"}
    only_preset = {"preset": "fast"}
    config = from_plain(only_preset, "x")
    assert config == Config()
    assert tree["train"]["epochs"] == 15
