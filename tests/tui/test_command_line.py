"""The command that the palette copies: given to `signtui train`, it gives exactly the form's settings."""

import os
import shlex
from pathlib import Path
from typing import Any

import msgspec
import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st

from signtui.cli.options import Settings, section_keys, takes_settings
from signtui.config import SETTINGS, Config, as_plain, preset_config
from signtui.config.fine_tuning import fine_tuning_config
from signtui.config.settings import BLOCK_SETTINGS
from signtui.tui import settings_edit
from signtui.tui.command_line import train_command

KEYS = ["preset", *section_keys("train", "model", "augment", "data", "runs", "ui")]


def taken(command: str) -> Config:
    """The settings that `signtui train` makes of the command."""
    words = shlex.split(command)
    assert words[:2] == ["signtui", "train"]
    found: list[Config] = []
    app = typer.Typer()

    @app.command()
    @takes_settings(KEYS, with_set=True)
    def train(settings: Settings) -> None:
        found.append(settings.resolve().config)

    typer.main.get_command(app).main(words[2:], standalone_mode=False)
    return found[0]


@pytest.fixture(autouse=True)
def nothing_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("SIGNTUI_") and name != "SIGNTUI_STATE_DIR":
            monkeypatch.delenv(name)


def edited(config: Config, steps: list[tuple[str, int]]) -> Config:
    """`config` after steps of the form, those that it takes."""
    for key, direction in steps:
        if key == "model.blocks":

            def change(plain: list[dict[str, Any]], direction: int = direction) -> None:
                if direction > 0:
                    plain.append(dict(plain[-1]))
                else:
                    plain.pop()

            try:
                config = settings_edit.with_blocks(config, change, 28, 24)
            except settings_edit.Refused:
                continue
            continue
        try:
            value = settings_edit.stepped(key, settings_edit.value_of(config, key), direction)
            config = settings_edit.changed(config, key, value, 28, 24)
        except (settings_edit.Refused, IndexError):
            continue
    return config


STEPPED = [
    *(key for key in SETTINGS if key.partition(".")[0] not in {"ui", "runs"}),
    *(f"model.blocks.{number}.{name}" for number in (1, 2, 6) for name in BLOCK_SETTINGS),
]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(STEPPED), st.sampled_from([1, -1])), max_size=12))
def test_the_command_gives_the_settings_back_to_the_last_bit(steps: list[tuple[str, int]]) -> None:
    config = edited(Config(), steps)
    assert as_plain(taken(train_command(config))) == as_plain(config)


@pytest.mark.parametrize("name", ["fast", "tutorial", "tiny", "accurate"])
def test_a_preset_is_a_command_of_its_own(name: str) -> None:
    assert train_command(preset_config(name)) == f"signtui train --preset {name}"


def test_what_is_the_same_in_every_block_is_said_once() -> None:
    config = Config()
    for number in range(1, 6):
        config = settings_edit.changed(config, f"model.blocks.{number}.kernel", 5, 28, 24)
    assert train_command(config) == "signtui train --preset fast --set 'model.blocks.*.kernel=5'"


def test_awkward_words_survive() -> None:
    config = settings_edit.changed(Config(), "data.directory", "my hands/it's", 28, 24)
    config = settings_edit.changed(config, "train.clean_images", -1, 28, 24)
    config = settings_edit.changed(config, "model.head.hidden", "64, 32", 28, 24)
    config = msgspec.structs.replace(
        config, runs=msgspec.structs.replace(config.runs, tags=("a", "b"), notes="-first")
    )
    assert as_plain(taken(train_command(config))) == as_plain(config)


def test_it_undoes_what_the_file_and_the_variables_say_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("config.toml").write_text('preset = "tiny"\n[train]\nseed = 7\nepochs = 9\n[ui]\ntheme = "light"\n')
    monkeypatch.setenv("SIGNTUI_DATA__SYNTHETIC_IMAGES", "600")
    command = train_command(Config())
    assert command == "signtui train --preset fast --synthetic-images 6000 --seed 0"
    assert as_plain(taken(command))["train"] == as_plain(Config())["train"]


def test_the_command_of_a_run_that_goes_on_from_another_gives_its_settings(tmp_path: Path) -> None:
    """Given beside the run gone on from, whose settings stand in its folder."""
    parent = settings_edit.changed(preset_config("tiny"), "augment.rotation", 33.0, 28, 24)
    plain = fine_tuning_config(parent, "brisk-heron", 28, Config())
    for key, value in (
        ("train.epochs", 2),
        ("train.epochs", 9),
        ("train.schedule", "one_cycle"),
        ("train.threads", 3),
        ("train.seed", 5),
        ("train.rehearsal", 0),
        ("train.learning_rate", 0.5),
        ("augment.rotation", 40.0),
        ("data.directory", "elsewhere"),
        ("data.validation", "random"),
    ):
        config = settings_edit.changed(plain, key, value, 28, 24)
        command = train_command(config)
        assert "--preset" not in command
        assert _going_on(command, parent) == config


def _going_on(command: str, parent: Config) -> Config:
    found: list[Config] = []
    app = typer.Typer()

    @app.command()
    @takes_settings(KEYS, with_set=True)
    def train(settings: Settings) -> None:
        present = settings.resolve().config
        found.append(fine_tuning_config(parent, present.train.from_, 28, present, settings.given))

    typer.main.get_command(app).main(shlex.split(command)[2:], standalone_mode=False)
    return found[0]
