import pytest
from commands import letters_csv


def test_it_repeats_the_score_that_the_run_ended_with(signtui, one_run):
    told = signtui("show-run", "--json").json
    scored = signtui("evaluate", "--json").json
    assert scored["id"] == one_run
    assert scored["split"] == "test"
    assert scored["images"] == told["test"]["images"]
    assert scored["accuracy"] == told["test"]["accuracy"]
    assert scored["loss"] == pytest.approx(told["test"]["loss"], rel=1e-5)
    assert scored["confusion"] == told["test"]["confusion"]
    assert scored["synthetic"] is True
    assert scored["same_data"] is True


def test_validation_is_the_very_split_that_the_run_held_out(signtui, one_run):
    told = signtui("show-run", "--json").json
    scored = signtui("evaluate", one_run, "--split=validation", "--json").json
    assert scored["images"] == told["best"]["validation"]["images"]
    assert scored["accuracy"] == told["best"]["validation"]["accuracy"]


def test_the_page_says_split_images_and_synthetic(signtui, one_run):
    answer = signtui("evaluate", "--split=train")
    assert answer.code == 0
    assert one_run in answer.out
    assert "train" in answer.out
    assert "168 synthetic images" in answer.out
    assert "Most confused" in answer.out


def test_other_images_of_the_same_kind_can_be_scored(signtui, one_run, tmp_path):
    letters_csv(tmp_path / "sign_mnist_train.csv", 96, size=28)
    letters_csv(tmp_path / "sign_mnist_test.csv", 48, size=28)
    scored = signtui("evaluate", f"--data-dir={tmp_path}", "--json").json
    assert scored["images"] == 48
    assert scored["synthetic"] is False
    assert scored["same_data"] is False


def test_images_of_another_size_are_refused(signtui, one_run, tmp_path):
    path = letters_csv(tmp_path / "sign_mnist_train.csv", 96, size=8)
    answer = signtui("evaluate", "--split=train", f"--data-dir={path}")
    assert answer.code == 3
    assert "28 pixels a side" in answer.err
    assert "have 8" in answer.err


def test_other_classes_are_refused(signtui, one_run, tmp_path):
    path = letters_csv(tmp_path / "digits.csv", 96, size=28)
    lines = path.read_text().splitlines()
    digits = [f"{number % 10},{line.partition(',')[2]}" for number, line in enumerate(lines[1:])]
    path.write_text("\n".join([lines[0], *digits]) + "\n")
    answer = signtui("evaluate", "--split=train", f"--data-dir={path}")
    assert answer.code == 3
    assert "24 classes (A to Y)" in answer.err
    assert "10 classes (0 to 9)" in answer.err


def test_a_run_without_weights_says_so(signtui, one_run, tmp_path):
    (tmp_path / "runs" / one_run / "best.safetensors").unlink()
    answer = signtui("evaluate")
    assert answer.code == 2
    assert "no weights to score" in answer.err
