"""What sets the settings of runs apart."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from signtui.config import PRESETS, Config, as_plain, preset_config
from signtui.runs.differences import differences


def plain(preset: str = "fast") -> dict[str, Any]:
    tree: dict[str, Any] = as_plain(preset_config(preset))
    return tree


def as_dict(configs: list[dict[str, Any]]) -> dict[str, tuple[Any, ...]]:
    return {difference.key: difference.values for difference in differences(configs)}


def test_equal_settings_have_no_differences() -> None:
    assert differences([plain(), plain(), plain()]) == ()
    assert differences([plain()]) == ()
    assert differences([]) == ()


def test_each_key_that_differs_is_told_with_every_value() -> None:
    second, third = plain(), plain()
    second["train"]["epochs"] = 7
    third["augment"]["rotation"] = 40.0
    assert as_dict([plain(), second, third]) == {
        "augment.rotation": (12.0, 12.0, 40.0),
        "train.epochs": (2, 7, 2),
    }


def test_a_setting_of_one_block_is_told_under_its_number() -> None:
    other = plain()
    other["model"]["blocks"][1]["kernel"] = 5
    assert as_dict([plain(), other]) == {"model.blocks.2.kernel": (3, 5)}


def test_a_block_that_one_run_lacks_is_one_difference() -> None:
    deeper = plain()
    deeper["model"]["blocks"].append(dict(deeper["model"]["blocks"][0], filters=99))
    assert as_dict([plain(), deeper]) == {
        "model.blocks": (5, 6),
        "model.blocks.6": (None, {"filters": 99, "pooling": "max"}),
    }
    assert as_dict([deeper, plain()])["model.blocks"] == (6, 5)


def test_blocks_stay_together_whichever_run_has_more() -> None:
    keys = [difference.key for difference in differences([plain("tutorial"), plain("fast")])]
    blocks = [index for index, key in enumerate(keys) if key.startswith("model.blocks")]
    assert blocks == list(range(blocks[0], blocks[0] + len(blocks)))


def test_a_key_that_an_older_run_does_not_have_is_none_there() -> None:
    older = plain()
    del older["train"]["ema"]
    assert as_dict([older, plain()]) == {"train.ema": (None, 0.98)}


def test_notes_folder_and_colours_of_a_run_are_no_differences() -> None:
    other = plain()
    other["runs"]["notes"] = "second try"
    other["runs"]["directory"] = "elsewhere"
    other["ui"]["colour"] = "none"
    assert differences([plain(), other]) == ()


def test_one_and_true_differ_but_one_and_one_point_nought_do_not() -> None:
    assert as_dict([{"a": 1}, {"a": True}]) == {"a": (1, True)}
    assert as_dict([{"a": 1}, {"a": 1.0}]) == {}


@given(st.lists(st.sampled_from(sorted(PRESETS)), min_size=2, max_size=4))
def test_every_difference_names_a_key_whose_values_are_not_all_the_same(presets: list[str]) -> None:
    found = differences([plain(name) for name in presets])
    assert bool(found) == (len(set(presets)) > 1)
    for difference in found:
        assert len(difference.values) == len(presets)
        assert any(value != difference.values[0] for value in difference.values)


def test_declared_defaults_and_plain_data_agree() -> None:
    assert differences([as_plain(Config()), plain("fast")]) == ()
