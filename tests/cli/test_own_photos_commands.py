"""`signtui data import` and `predict --keep`: how photos of one's own come into a collection."""

import numpy as np
import pytest
from PIL import Image


def save(path, number, size=(90, 60)):
    path.parent.mkdir(parents=True, exist_ok=True)
    coarse = np.random.default_rng(number).integers(0, 255, (6, 9, 3), dtype=np.uint8)
    Image.fromarray(coarse).resize(size, Image.Resampling.NEAREST).save(path)
    return path


@pytest.fixture
def photos(tmp_path):
    save(tmp_path / "photos/A/1.jpg", 1)
    save(tmp_path / "photos/A/2.jpg", 2)
    save(tmp_path / "photos/b/1.png", 3)
    return tmp_path / "photos"


def collected(folder):
    return sorted(f"{path.parent.name}" for path in folder.glob("*/*.png"))


def test_photos_are_shown_as_they_are_added_and_counted_by_letter(signtui, photos, tmp_path):
    answer = signtui("data", "import", str(photos))
    assert answer.code == 0
    assert collected(tmp_path / "own-hands") == ["A", "A", "B"]
    assert "3 photos added to own-hands" in answer.out
    assert "A 2  B 1" in answer.out
    drawing = answer.out.splitlines()[0]
    assert len(drawing) > 50  # two squares beside each other
    assert "signtui train --from" in answer.err


def test_one_letter_s_photos_go_where_they_are_told(signtui, photos, tmp_path):
    answer = signtui("data", "import", str(photos / "A"), "elsewhere", "--letter", "w")
    assert answer.code == 0
    assert collected(tmp_path / "elsewhere") == ["W", "W"]
    assert signtui("data", "import", str(photos / "b/1.png"), "elsewhere", "--letter=Y").code == 0
    assert collected(tmp_path / "elsewhere") == ["W", "W", "Y"]


def test_what_is_no_photo_is_told_in_a_line_each_and_the_others_are_added(signtui, photos, tmp_path):
    (photos / "A/text.png").write_text("not an image")
    (photos / "A/empty.jpg").touch()
    (photos / "Z").mkdir()
    answer = signtui("data", "import", str(photos))
    assert answer.code == 3
    told = answer.err.splitlines()
    assert f"{photos}/A/text.png: not an image, or not of a kind that is read here" in told
    assert f"{photos}/A/empty.jpg: the file is empty" in told
    assert any(line.startswith(f"{photos}/Z: Z is not a letter") for line in told)
    assert collected(tmp_path / "own-hands") == ["A", "A", "B"]


def test_importing_again_adds_nothing(signtui, photos, tmp_path):
    signtui("data", "import", str(photos))
    answer = signtui("data", "import", str(photos))
    assert answer.code == 0
    assert "0 photos added to own-hands, 3 photos there already" in answer.out
    assert len(collected(tmp_path / "own-hands")) == 3


def test_json_names_every_photo_and_its_file(signtui, photos):
    (photos / "A/text.png").write_text("not an image")
    answer = signtui("data", "import", str(photos), "--json")
    document = answer.json
    assert [entry["letter"] for entry in document["added"]] == ["A", "A", "B"]
    assert all(Image.open(entry["file"]).size[0] >= 16 for entry in document["added"])
    assert all(document["sitting"] in entry["file"] for entry in document["added"])
    assert document["letters"] == {"A": 2, "B": 1}
    assert [entry["path"] for entry in document["refused"]] == [f"{photos}/A/text.png"]


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["nowhere"], 3, "nowhere does not exist"),
        (["photos/A"], 3, "photos/A has no folder named for a letter"),
        (["photos", "--letter=J"], 3, "J is not a letter that a photo can show"),
        (["photos", "--crop=left"], 2, "--crop left: must be one of centre, none"),
    ],
)
def test_what_can_t_be_imported_is_one_sentence(signtui, photos, arguments, code, sentence):
    answer = signtui("data", "import", *arguments)
    assert answer.code == code
    assert sentence in answer.err
    assert answer.err.count("\n") == 1


def test_an_imported_collection_is_a_data_set_for_every_command(signtui, photos):
    signtui("data", "import", str(photos))
    answer = signtui("data", "info", "--data-dir=own-hands", "--json")
    assert answer.code == 0
    assert answer.json["classes"] == ["A", "B"]


def test_a_predicted_photo_is_kept_as_the_letter_it_really_shows(signtui, one_run, photos, tmp_path):
    answer = signtui("predict", one_run, str(photos / "A"), "--keep=w", "--json")
    assert answer.code == 0
    assert collected(tmp_path / "own-hands") == ["W", "W"]
    assert all("/W/" in entry["kept"] for entry in answer.json)
    assert "2 photos kept as W in own-hands" in answer.err


def test_a_photo_kept_already_is_not_kept_again_and_never_as_two_letters(signtui, one_run, photos, tmp_path):
    hand = str(photos / "A/1.jpg")
    signtui("predict", one_run, hand, "--keep=A", "--explain=none")
    again = signtui("predict", one_run, hand, "--keep=A", "--explain=none")
    assert again.code == 0
    assert "0 photos kept as A in own-hands, 1 photo there already" in again.err
    other = signtui("predict", one_run, hand, "--keep=B", "--explain=none")
    assert other.code == 3
    assert f"not kept: {hand}: in the collection already as a photo of A" in other.err
    assert collected(tmp_path / "own-hands") == ["A"]


def test_without_keep_nothing_is_written(signtui, one_run, photos, tmp_path):
    answer = signtui("predict", one_run, str(photos / "A"), "--json")
    assert not (tmp_path / "own-hands").exists()
    assert "kept" not in answer.json[0]


def test_a_motion_can_t_be_kept(signtui, one_run, photos):
    answer = signtui("predict", one_run, str(photos / "A"), "--keep=Z")
    assert answer.code == 2
    assert "--keep Z: not a letter that a photo can show" in answer.err
