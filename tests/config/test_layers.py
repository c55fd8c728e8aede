"""Settings from defaults, config.toml, the environment and options: who wins, and what an error says."""

import pytest

from signtui.config import Assignment, resolve
from signtui.config.load import parse_set
from signtui.errors import ConfigError


def config_of(*options, file=None, environment=None):
    assignments = [Assignment(key, value, f"--{key}") for key, value in options]
    return resolve(assignments, file=file, environment=environment or {}).config


@pytest.fixture
def toml(tmp_path):
    def write(text):
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_options_win_over_environment_over_file_over_defaults(toml):
    file = toml("[train]\nepochs = 3\nbatch_size = 16\nseed = 1\n")
    environment = {"SIGNTUI_TRAIN__BATCH_SIZE": "32", "SIGNTUI_TRAIN__SEED": "2"}
    train = config_of(("train.seed", "3"), file=file, environment=environment).train
    assert (train.epochs, train.batch_size, train.seed, train.label_smoothing) == (3, 32, 3, 0.1)


def test_origins_name_the_place_of_each_value(toml):
    file = toml("[train]\nepochs = 3\n")
    resolved = resolve([parse_set("augment.flip=true")], file=file, environment={"SIGNTUI_RUNS_DIR": "x"})
    assert resolved.origins == {
        "train.epochs": f"{file}, line 2",
        "runs.directory": "environment variable SIGNTUI_RUNS_DIR",
        "augment.flip": "--set augment.flip=true",
    }


def test_the_file_in_the_working_directory_is_read_unasked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text("[train]\nepochs = 7\n")
    assert resolve(environment={}).config.train.epochs == 7


def test_a_preset_option_overrides_the_files_recipe_but_not_what_belongs_to_the_machine(toml):
    file = toml("[train]\nepochs = 7\nseed = 5\nthreads = 1\n")
    train = config_of(("preset", "tutorial"), file=file).train
    assert (train.epochs, train.seed, train.threads) == (15, 5, 1)


def test_settings_beside_a_preset_override_it_whatever_their_order(toml):
    config = config_of(("train.epochs", "4"), ("preset", "tutorial"))
    assert (config.train.epochs, config.train.optimiser) == (4, "rmsprop")
    assert config_of(file=toml("[train]\nepochs = 4\n[augment]\nflip=false\n")).train.epochs == 4


def test_going_back_from_the_tutorial_preset_restores_the_validation_split(toml):
    file = toml('preset = "tutorial"\n')
    assert config_of(file=file).data.validation == "published"
    assert config_of(("preset", "fast"), file=file).data.validation == "photographs"


def test_blocks_are_counted_from_one():
    config = config_of(("model.blocks.1.filters", "12"))
    assert config.model.blocks[0].filters == 12


def test_a_star_sets_every_block():
    assert {block.kernel for block in config_of(("model.blocks.*.kernel", "5")).model.blocks} == {5}


@pytest.mark.parametrize(("count", "filters"), [("2", [16, 32]), ("7", [16, 32, 32, 64, 64, 64, 64])])
def test_a_number_of_blocks_cuts_the_stack_or_repeats_the_last(count, filters):
    assert [block.filters for block in config_of(("model.blocks", count)).model.blocks] == filters


def test_blocks_in_a_file_replace_the_stack(toml):
    file = toml("[[model.blocks]]\nfilters = 4\n[[model.blocks]]\nkernel = 5\n")
    blocks = config_of(file=file).model.blocks
    assert [(block.filters, block.kernel) for block in blocks] == [(4, 3), (32, 5)]


def test_lists_are_written_with_commas():
    assert config_of(("model.head.hidden", "512, 64")).model.head.hidden == (512, 64)
    assert config_of(("runs.tags", "a,b")).runs.tags == ("a", "b")


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("train.epohcs", "3", "unknown setting train.epohcs; did you mean train.epochs?"),
        ("epochs", "3", "did you mean train.epochs?"),
        ("model.blocks.1.filtrs", "3", "did you mean model.blocks.1.filters?"),
        ("train.epochs", "0", "train.epochs = '0' must be a whole number from 1 to 10,000"),
        ("train.epochs", "2.5", "must be a whole number"),
        ("train.learning_rate", "nan", "must be a number above 0 to 100"),
        ("train.learning_rate", "inf", "must be a number above 0 to 100"),
        ("train.optimiser", "sdg", "must be one of sgd, adam, adamw, rmsprop"),
        ("model.blocks.9.filters", "3", "names block 9, but the network has 5 blocks"),
        ("model.blocks.0.filters", "3", "counted from 1"),
        ("model.blocks", "0", "must be a whole number from 1 to 64"),
        ("model.head.hidden", "12,x", "must be a list of whole numbers from 1 to 8192"),
        ("augment.flip", "maybe", "must be true or false"),
        ("preset", "fats", "must be one of fast, tutorial, tiny, accurate"),
        ("zzz", "1", "`signtui config show` lists every setting"),
    ],
)
def test_an_error_names_key_value_and_what_is_allowed(key, value, words):
    with pytest.raises(ConfigError) as error:
        config_of((key, value))
    assert words in str(error.value)
    assert f"--{key}" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('preset = "tiny"\n\n[train]\nepochs = 3\nlearning_rat = 2\n', "line 5: unknown setting"),
        ("[[model.blocks]]\nfilters=3\n[[model.blocks]]\nfilters=0\n", "line 4: model.blocks.2.filters = 0"),
        ('[runs]\nnotes = """\nepochs = 3\n"""\ntags = 5\n', "line 5: runs.tags = 5"),
        ("train = {epochs = 0}\n", "line 1: train.epochs = 0"),
        ("[train\n", "not valid TOML"),
        ("[model]\nblocks = 3.5\n", "line 2: model.blocks = 3.5"),
        ("[model]\nblocks = [1]\n", "line 2: model.blocks"),
        ("[train]\nepochs = true\n", "line 2: train.epochs = True"),
        ("train = 3\n", "line 1: unknown setting train"),
        ("[blub]\nx = 1\n", "unknown setting blub"),
        ("[train.epochs]\nx = 1\n", "line 1: train.epochs"),
    ],
)
def test_an_error_in_a_file_names_its_line(toml, text, words):
    with pytest.raises(ConfigError) as error:
        config_of(file=toml(text))
    assert words in str(error.value)
    assert "config.toml" in str(error.value)


def test_a_file_that_is_not_there_or_not_text_is_one_sentence(tmp_path):
    with pytest.raises(ConfigError, match="no such configuration file"):
        config_of(file=tmp_path / "nowhere.toml")
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="not UTF-8"):
        config_of(file=binary)
    with pytest.raises(ConfigError, match="can't read"):
        config_of(file=tmp_path)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("SIGNTUI_DATADIR", "SIGNTUI_DATA_DIR"),
        ("SIGNTUI_TRAIN__EPOHCS", "did you mean train.epochs?"),
    ],
)
def test_a_variable_that_names_no_setting_is_refused(name, words):
    with pytest.raises(ConfigError) as error:
        config_of(environment={name: "1"})
    assert words in str(error.value)
    assert name in str(error.value)


def test_set_needs_an_equals_sign():
    with pytest.raises(ConfigError, match="--set KEY=VALUE"):
        parse_set("train.epochs")
