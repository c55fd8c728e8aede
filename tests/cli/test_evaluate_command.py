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


def test_synthetic_hands_can_be_scored_by_a_run_that_named_a_table(signtui, one_run, tmp_path):
    path = tmp_path / "runs" / one_run / "config.toml"
    path.write_text(path.read_text().replace('groups = ""', 'groups = "who.csv"'))
    assert 'groups = "who.csv"' in path.read_text()
    scored = signtui("evaluate", "--source=synthetic", "--synthetic-images=192", "--json").json
    assert scored["synthetic"] is True


@pytest.mark.parametrize("validation", ["photographs", "signers"])
def test_other_images_of_nobody_in_particular_do_for_a_run_that_held_a_signer_out(
    signtui, one_run, tmp_path, validation
):
    path = tmp_path / "runs" / one_run / "config.toml"
    held = path.read_text().replace('held_out = ""', 'held_out = "bo"')
    path.write_text(held.replace('validation = "photographs"', f'validation = "{validation}"'))
    assert 'held_out = "bo"' in path.read_text()
    assert f'validation = "{validation}"' in path.read_text()
    letters_csv(tmp_path / "sign_mnist_train.csv", 192, size=28)
    parts = [
        signtui("evaluate", f"--data-dir={tmp_path}", f"--split={split}", "--json").json["images"]
        for split in ("train", "validation")
    ]
    assert parts == [144, 48]
    answer = signtui("evaluate", f"--data-dir={tmp_path}", "--split=held-out")
    assert answer.code == 3
    assert "known as one of bo, whom the run held out (nothing says whose they are)" in answer.err
    table = tmp_path / "who.csv"
    for groups, whose in ((("ann", "cy"), ["those are of ann, cy"]), (("ann", "bo"), []), (("bo",), [])):
        rows = [f"sign_mnist_train.csv,{row},{groups[(row - 1) // 2 % len(groups)]}" for row in range(1, 193)]
        table.write_text("\n".join(["file,row,signer", *rows]) + "\n")
        given = ("evaluate", f"--data-dir={tmp_path}", f"--groups={table}", "--split=held-out", "--json")
        answer = signtui(*given)
        assert answer.code == (3 if whose else 0), answer.err
        assert all(words in answer.err for words in whose)
        if not whose:
            assert answer.json["images"] == 192 // len(groups)
    refused = signtui("evaluate", "--split=train")  # on the run's own images nothing is passed over
    assert refused.code == 3
    assert "data.held_out = bo" in refused.err


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


def test_calibration_is_told_with_the_temperature_and_without_it(signtui, one_run):
    told = signtui("show-run", "--json").json
    for split in ("validation", "test"):
        scored = signtui("evaluate", f"--split={split}", "--json").json["calibration"]
        assert scored["temperature"] == told["calibration"][split]["temperature"] != 1
        for when in ("before", "after"):
            assert scored[when]["error"] == pytest.approx(told["calibration"][split][when]["error"], abs=1e-4)
            assert sum(one["images"] for one in scored[when]["bins"]) == scored[when]["images"]
    page = signtui("evaluate").out
    assert "expected calibration error" in page
    assert "before the temperature of" in page
    assert "Test  share right" in page


def test_corruptions_are_scored_in_five_strengths_each(signtui, one_run):
    clean = signtui("evaluate", "--json").json
    found = signtui("evaluate", "--corruptions", "--json").json
    assert found["id"] == one_run
    assert found["images"] == clean["images"]
    assert found["clean"]["accuracy"] == clean["accuracy"]
    assert [one["name"] for one in found["corruptions"]] == [
        "rotation",
        "shift",
        "zoom",
        "mirrored",
        "blur",
        "noise",
        "contrast",
        "brightness",
        "occlusion",
        "background",
    ]
    means = []
    for one in found["corruptions"]:
        assert [each["strength"] for each in one["strengths"]] == [1, 2, 3, 4, 5]
        assert len(one["amounts"]) == 5
        means.append(sum(each["accuracy"] for each in one["strengths"]) / 5)
        assert one["mean_accuracy"] == pytest.approx(means[-1])
    assert found["mean_accuracy"] == pytest.approx(sum(means) / 10)
    assert found == signtui("evaluate", "--corruptions", "--json").json


def test_some_of_the_images_do_where_there_are_many(signtui, one_run):
    found = signtui("evaluate", "--corruptions", "--most=12", "--json").json
    assert found["images"] == 12
    assert "12 synthetic images" in signtui("evaluate", "--corruptions", "--most=12").out
    refused = signtui("evaluate", "--most=12")
    assert refused.code == 2
    assert "--most goes with --corruptions" in refused.err


def test_the_page_of_corruptions_has_table_charts_and_pictures(signtui, one_run):
    answer = signtui("evaluate", "--corruptions", "--split=validation")
    assert answer.code == 0
    assert "corruption" in answer.out
    assert "mean of 10 corruptions in 5 strengths" in answer.out
    assert "strength  0" in answer.out
    assert "5, 10, 15, 20, 25 % of the side" in answer.out
    assert answer.out.count(" > ") >= 60
    assert max(map(len, answer.out.splitlines())) <= 80


def test_corruptions_of_a_run_without_test_images_are_refused_in_a_sentence(signtui, one_run, tmp_path):
    path = letters_csv(tmp_path / "sign_mnist_train.csv", 96, size=28)
    answer = signtui("evaluate", "--corruptions", f"--data-dir={path}")
    assert answer.code == 3
    assert "has no test file" in answer.err
    assert "Traceback" not in answer.err
