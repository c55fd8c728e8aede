"""Settings for going on from a run: those of the other run, a low rate, few epochs, and what was given."""

import pytest

from signtui.config import Assignment, Config, preset_config
from signtui.config.fine_tuning import fine_tuning_config
from signtui.config.load import overlaid
from signtui.errors import ConfigError


def over(config, **values):
    return overlaid(
        config, [Assignment(key.replace("__", "."), str(value), "test") for key, value in values.items()]
    )


PARENT = over(preset_config("tiny"), data__directory="/published", train__seed=7, augment__rotation=33)


def derived(*given, present=None):
    return fine_tuning_config(
        PARENT, "brisk", 32, present or Config(), [Assignment(*one, "--option") for one in given]
    )


def test_network_and_augmentation_are_the_other_run_s():
    config = derived()
    assert config.preset == "tiny"
    assert config.model == PARENT.model
    assert config.augment == PARENT.augment
    assert config.train.from_ == "brisk"
    assert config.train.learning_rate == pytest.approx(PARENT.train.learning_rate / 10)
    assert config.train.batch_size == PARENT.train.batch_size


def test_photos_are_those_collected_at_the_size_that_the_network_reads():
    config = derived(present=over(Config(), data__own="/mine", data__directory="/published"))
    assert (config.data.directory, config.data.image_size) == ("/mine", 32)
    assert config.data.validation == "photographs"


def test_where_it_runs_and_is_kept_is_the_present_s_affair():
    present = over(Config(), train__threads=3, train__seed=2, runs__directory="/elsewhere", train__epochs=99)
    config = derived(present=present)
    assert (config.train.threads, config.train.seed, config.runs.directory) == (3, 2, "/elsewhere")
    assert config.train.epochs != 99  # meant for runs that begin anew


def test_what_is_given_as_an_option_counts():
    config = derived(("train.epochs", "9"), ("train.learning_rate", "0.5"), ("data.directory", "/there"))
    assert (config.train.epochs, config.train.learning_rate, config.data.directory) == (9, 0.5, "/there")


@pytest.mark.parametrize("key", ["preset", "model.blocks", "model.blocks.1.filters", "data.image_size"])
def test_what_would_change_the_network_is_refused(key):
    with pytest.raises(
        ConfigError, match="--option can't be given with --from: network and recipe are those"
    ):
        derived((key, "8"))


def test_a_second_one_in_line_keeps_the_low_rate():
    first = derived()
    second = fine_tuning_config(first, "heron", 28, Config())
    assert second.train.learning_rate == first.train.learning_rate


def test_a_preset_leaves_alone_where_a_run_starts_from():
    assert over(Config(), train__from="brisk", preset="tiny").train.from_ == "brisk"
