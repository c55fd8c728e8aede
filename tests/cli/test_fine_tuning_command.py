"""`signtui train --from`: photos of one's own learned beside what a run knows, and what that brought."""

import numpy as np
import pytest
from commands import SMALL
from PIL import Image

from signtui.runs.names import readable_suffix

QUICK = ("--epochs=1", "--rehearsal=64", "--threads=1")


@pytest.fixture
def photos(tmp_path):
    """Four photos of A and of B in ./own-hands, as nobody's hands."""
    random = np.random.default_rng(0)
    for letter in "AB":
        (tmp_path / "own-hands" / letter).mkdir(parents=True)
        for number in range(4):
            pixels = random.integers(0, 255, (28, 28), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / f"own-hands/{letter}/{number}.png")
    return tmp_path / "own-hands"


def test_the_gain_is_shown_and_what_so_few_photos_can_t_say(signtui, one_run, photos):
    answer = signtui("train", "--from", one_run, *QUICK)
    assert answer.code == 0
    assert f"from        {one_run}" in answer.err
    assert "6 new photos, each 32 times an epoch, beside 64 images that were learned before" in answer.err
    (new,) = [line for line in answer.out.splitlines() if line.startswith("new photos")]
    (old,) = [line for line in answer.out.splitlines() if line.startswith("old images")]
    assert "->" in new or "→" in new
    assert "points  2 held out" in new
    assert f"that {readable_suffix(one_run)} held out" in old
    assert "the new photos learned from show only A B" in answer.err
    assert "2 photos held out are few" in answer.err


def test_it_is_a_run_as_any_other_for_every_command(signtui, one_run, photos):
    events = signtui("train", "--from", one_run, *QUICK, "--json").events
    fine_tuning = [event for event in events if event["type"] == "fine_tuning"]
    assert [bool(event["own"]["after"]) for event in fine_tuning] == [False, True]
    shown = signtui("show-run", "latest", "--json").json
    assert shown["config"]["train"]["from"] == one_run
    assert shown["fine_tuning"]["parent"] == one_run
    assert shown["fine_tuning"]["own"]["after"] == fine_tuning[1]["own"]["after"]
    page = signtui("show-run", "latest").out
    assert f"started from {one_run}" in page
    assert "new photos" in page
    assert "2 photos held out are few" in page
    scored = signtui("evaluate", "latest", "--split=validation", "--json").json
    assert scored["accuracy"] == fine_tuning[1]["own"]["after"]["accuracy"]
    assert signtui("predict", "latest", str(photos / "A"), "--json").code == 0
    assert signtui("runs").code == 0


def test_the_other_run_scores_the_same_photos_by_evaluate(signtui, one_run, photos):
    events = signtui("train", "--from", one_run, *QUICK, "--json").events
    before = next(event for event in events if event["type"] == "fine_tuning")["own"]["before"]
    answer = signtui(
        "evaluate", one_run, "--data-dir=own-hands", "--split=validation", "--json"
    ).json  # by its own share, a tenth: as many of so few
    assert answer["accuracy"] == before["accuracy"]


def test_a_run_on_its_written_settings_goes_on_from_the_same_run(signtui, one_run, photos, tmp_path):
    signtui("train", "--from", one_run, *QUICK)
    (folder,) = [path for path in (tmp_path / "runs").iterdir() if path.name != one_run]
    answer = signtui("train", "--config", str(folder / "config.toml"), "--json")
    assert answer.code == 0
    assert any(event["type"] == "fine_tuning" for event in answer.events)


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--from=nobody"], 2, "no run 'nobody' in runs"),
        (["--from=latest", "--preset=tiny"], 2, "--preset can't be given with --from"),
        (["--from=latest", "--set=model.blocks.1.filters=8"], 2, "can't be given with --from"),
        (["--from=latest", "--resume=latest"], 2, "--from can't be given with --resume"),
        (
            ["--from=latest"],
            3,
            "no photos in own-hands yet: collect some with `signtui data import",
        ),
        (["--from=latest", "--data-dir=missing"], 3, "missing does not exist"),
    ],
)
def test_what_can_t_be_is_one_sentence(signtui, one_run, arguments, code, sentence):
    answer = signtui("train", *arguments)
    assert answer.code == code
    assert sentence in answer.err
    assert answer.err.strip().count("\n") == 0


def test_other_letters_are_refused_by_name(signtui, one_run, photos):
    (photos / "A").rename(photos / "J")
    answer = signtui("train", "--from", one_run, *QUICK)
    assert answer.code == 3
    assert f"own-hands has photos of J, and run {one_run} knows only A B C" in answer.err


def test_too_few_photos_to_hold_any_out_are_refused(signtui, one_run, photos):
    for path in photos.glob("*/[1-9].png"):
        path.unlink()
    answer = signtui("train", "--from", one_run, *QUICK)
    assert answer.code == 3
    assert "own-hands has too few photographs per class (2 images in all)" in answer.err


def test_photos_imported_at_two_sittings_are_learned_from(signtui, one_run, photos, tmp_path):
    """From photos as people have them to a run: one sitting of each letter is held out as a whole."""
    for day in ("monday", "tuesday"):
        for path in sorted((tmp_path / "own-hands").rglob("*.png")):
            with Image.open(path) as image:
                pixels = np.roll(np.asarray(image), len(day), axis=0)
            place = tmp_path / day / path.parent.name / path.name
            place.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(place)
        assert signtui("data", "import", day, "mine").code == 0
    events = signtui("train", "--from", one_run, "--data-dir=mine", *QUICK, "--json").events
    told = [event for event in events if event["type"] == "fine_tuning"][-1]
    assert (told["learned"], told["held_out"]) == (8, 8)
    assert told["own"]["after"]["images"] == 8


def test_a_run_that_begins_anew_says_nothing_of_it(signtui):
    answer = signtui("train", *SMALL, "--epochs=1", "--json")
    assert not any(event["type"] == "fine_tuning" for event in answer.events)
