"""`signtui predict` on photos as people have them, with a run that was really trained."""

import io
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

LETTERS = set("ABCDEFGHIKLMNOPQRSTUVWXY")


@pytest.fixture
def photos(tmp_path):
    """A folder with three photos, of different kinds and sizes."""
    folder = tmp_path / "photos"
    folder.mkdir()
    random = np.random.default_rng(0)
    colour = Image.fromarray(random.integers(0, 255, (60, 90, 3), dtype=np.uint8))
    colour.save(folder / "b.jpg")
    colour.convert("L").save(folder / "a.png")
    colour.convert("RGBA").save(folder / "c.png")
    return folder


def test_photos_are_drawn_beside_the_likeliest_letters(signtui, one_run, photos):
    answer = signtui("predict", one_run, str(photos / "a.png"), str(photos / "b.jpg"))
    assert answer.code == 0
    assert answer.out.count("%") >= 6
    for name in ("a.png", "b.jpg"):
        assert str(photos / name) in answer.out
    assert answer.out.count("occlusion") == 2


def test_the_note_about_what_it_is_worth_is_said_once_and_beside_the_data(signtui, one_run, photos):
    answer = signtui("predict", "latest", str(photos), "--json")
    assert answer.err.startswith("note: this run learned from drawn hands alone")
    assert answer.err.count("\n") == 1


def test_json_is_a_list_of_guesses_in_the_order_of_the_arguments(signtui, one_run, photos):
    answer = signtui("predict", "latest", str(photos / "c.png"), str(photos), "--json")
    assert answer.code == 0
    assert [entry["path"] for entry in answer.json] == [
        str(photos / name) for name in ("c.png", "a.png", "b.jpg", "c.png")
    ]
    for entry in answer.json:
        assert set(entry) == {"path", "guess", "confidence", "sure", "top"}
        assert entry["guess"] in LETTERS
        shares = [one["confidence"] for one in entry["top"]]
        assert len(shares) == 3
        assert shares == sorted(shares, reverse=True)
        assert entry["confidence"] == shares[0]
        assert 0 < sum(shares) <= 1
        assert entry["top"][0]["guess"] == entry["guess"]


def test_the_guess_is_the_network_s_own(signtui, finished_run, one_run, tmp_path):
    """A test image written to a file is read as `evaluate` reads it."""
    import torch

    from signtui.model.scaling import scale_images
    from signtui.model.weights import load_network

    pixels = np.random.default_rng(3).integers(0, 255, (28, 28), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "hand.png")
    network, metadata = load_network(finished_run / "best.safetensors")
    with torch.no_grad():
        scaled = scale_images(torch.tensor(pixels[None]), metadata.input_scaling)
        expected = (network(scaled)[0] / metadata.sureness.temperature).softmax(0)
    (entry,) = signtui("predict", one_run, str(tmp_path / "hand.png"), "--json").json
    assert entry["guess"] == metadata.classes[int(expected.argmax())]
    assert entry["confidence"] == pytest.approx(float(expected.max()), rel=1e-4)


def test_what_can_t_be_read_is_named_and_the_others_are_read(signtui, one_run, photos, tmp_path):
    (tmp_path / "text.png").write_text("not an image")
    (tmp_path / "empty.jpg").touch()
    whole = (photos / "b.jpg").read_bytes()
    (tmp_path / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "hollow").mkdir()
    bad = [tmp_path / name for name in ("text.png", "empty.jpg", "cut.jpg", "hollow", "missing.png")]
    answer = signtui("predict", one_run, *map(str, bad), str(photos / "a.png"), "--json")
    assert answer.code == 3
    lines = answer.err.splitlines()[1:]
    reasons = ("not an image", "the file is empty", "damaged", "no image in it", "no such file")
    assert len(lines) == len(bad)
    for path, reason, line, entry in zip(bad, reasons, lines, answer.json[:-1], strict=True):
        assert line.startswith(f"{path}: ")
        assert reason in line
        assert entry == {"path": str(path), "error": line.partition(": ")[2]}
    assert answer.json[-1]["guess"] in LETTERS
    assert signtui("predict", one_run, str(bad[0]), str(photos / "a.png")).code == 3


def test_a_name_that_no_system_takes_is_refused_like_any_other(signtui, one_run, photos):
    answer = signtui("predict", one_run, "x" * 5000, str(photos / "a.png"), "--json")
    assert answer.code == 3
    assert answer.json[0]["error"].startswith("can't be read (")
    assert answer.json[1]["guess"] in LETTERS


def test_a_dash_is_standard_input(signtui, one_run, photos, monkeypatch):
    content = (photos / "a.png").read_bytes()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))
    answer = signtui("predict", one_run, "-", str(photos / "a.png"), "--json")
    piped, named = answer.json
    assert piped["path"] == "-"
    assert {**piped, "path": named["path"]} == named
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"")))
    refused = signtui("predict", one_run, "-")
    assert refused.code == 3
    assert "standard input: the file is empty" in refused.err


def test_in_a_process_of_its_own_data_and_narration_are_apart(one_run, photos):
    with (photos / "a.png").open("rb") as file:
        done = subprocess.run(
            [sys.executable, "-m", "signtui", "predict", "latest", "-", "nothing.png", "--json"],
            stdin=file,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 3
    assert done.stdout.startswith("[")
    assert done.stderr.splitlines()[1:] == ["nothing.png: there is no such file"]


@pytest.mark.parametrize(
    ("explain", "words"), [("gradcam", "Grad-CAM"), ("occlusion", "occlusion"), ("none", "")]
)
def test_explanations_are_chosen_by_name(signtui, one_run, photos, explain, words):
    answer = signtui("predict", one_run, str(photos / "a.png"), f"--explain={explain}")
    assert answer.code == 0
    assert words in answer.out
    assert ("looked" in answer.out or "took nothing" in answer.out) == (explain != "none")


def test_ascii_without_colour_shows_all(signtui, one_run, photos):
    answer = signtui("predict", one_run, str(photos / "a.png"), "--characters=ascii")
    assert answer.out.isascii()
    assert "\x1b" not in answer.out


def test_the_crop_changes_what_the_network_sees(signtui, one_run, photos):
    shown = {
        crop: signtui("predict", one_run, str(photos / "b.jpg"), f"--crop={crop}")
        for crop in ("centre", "none")
    }
    assert shown["centre"].out != shown["none"].out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["latest", "a.png", "--explain=magic"], "--explain magic: must be one of"),
        (["latest", "a.png", "--crop=auto"], "--crop auto: must be one of"),
        (["nobody", "a.png"], "no run 'nobody'"),
        (["latest"], "Missing argument 'IMAGE...'"),
    ],
)
def test_bad_usage_is_one_sentence(signtui, one_run, arguments, words):
    answer = signtui("predict", *arguments)
    assert answer.code == 2
    assert words in answer.err
    assert answer.err.count("\n") == 1


def test_a_photo_in_the_run_s_place_gets_a_hint(signtui, one_run, photos):
    answer = signtui("predict", str(photos / "a.png"), str(photos / "b.jpg"))
    assert answer.code == 2
    assert f"signtui predict latest {photos / 'a.png'}" in answer.err


def test_a_run_without_weights_says_so(signtui, one_run, photos, tmp_path):
    (tmp_path / "runs" / one_run / "best.safetensors").unlink()
    answer = signtui("predict", one_run, str(photos))
    assert answer.code == 2
    assert "no weights to predict with" in answer.err


def rewritten(path, **changes):
    """The weights at `path`, with another temperature or threshold beside them."""
    from dataclasses import replace

    from signtui.model.weights import load_weights, save_weights

    state, metadata = load_weights(path)
    save_weights(path, state, replace(metadata, sureness=replace(metadata.sureness, **changes)))


def test_a_guess_below_the_threshold_is_said_to_be_not_sure(signtui, one_run, photos, tmp_path):
    best = tmp_path / "runs" / one_run / "best.safetensors"
    photo = str(photos / "a.png")
    rewritten(best, sure_from=0.0)
    assert "not sure" not in signtui("predict", one_run, photo).out
    assert signtui("predict", one_run, photo, "--json").json[0]["sure"] is True
    rewritten(best, sure_from=0.9999)
    answer = signtui("predict", one_run, photo)
    assert answer.code == 0
    assert "not sure: less than the 99.99 % that 19 in 20" in " ".join(answer.out.split())
    assert signtui("predict", one_run, photo, "--json").json[0]["sure"] is False
    rewritten(best, sure_from=1.0)
    assert "wrong too often to be sure" in " ".join(signtui("predict", one_run, photo).out.split())
    rewritten(best, sure_from=None)
    assert "not sure" not in signtui("predict", one_run, photo).out
    assert signtui("predict", one_run, photo, "--json").json[0]["sure"] is None


def test_a_higher_temperature_makes_the_same_guess_less_sure(signtui, one_run, photos, tmp_path):
    best = tmp_path / "runs" / one_run / "best.safetensors"
    found = []
    for temperature in (1.0, 4.0):
        rewritten(best, temperature=temperature)
        found += signtui("predict", one_run, str(photos / "a.png"), "--json").json
    assert found[0]["guess"] == found[1]["guess"]
    assert found[0]["confidence"] > found[1]["confidence"]
