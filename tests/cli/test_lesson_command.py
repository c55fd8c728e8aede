import pytest

from signtui.lessons import LESSONS


def test_without_a_name_the_lessons_are_listed_in_their_order(signtui):
    answer = signtui("lesson")
    assert answer.code == 0
    assert [line.split()[0] for line in answer.out.splitlines()] == [lesson.name for lesson in LESSONS]
    assert signtui("lesson", "--json").json == [
        {"name": lesson.name, "title": lesson.title} for lesson in LESSONS
    ]


def test_a_lesson_has_the_numbers_of_the_settings(signtui):
    answer = signtui("lesson", "stride", "--set=model.blocks.1.stride=2", "--image-size=32")
    assert answer.code == 0
    assert "Your first block steps by 2: (32 + 2 of padding - 3 of kernel) / 2" in answer.out
    assert "plus 1 is 16 values a side" in answer.out
    assert "next: signtui lesson padding" in answer.out
    assert "\x1b" not in answer.out


def test_a_lesson_has_the_numbers_of_a_run(signtui, one_run):
    document = signtui("lesson", "epochs", "--run=latest", "--json").json
    assert document["about"] == f"run {one_run}"
    assert document["next"] == "augmentation"
    (epoch, _) = signtui("show-run", "--json").json["epochs"]
    images = signtui("show-run", "--json").json["data"]["train_images"]
    words = " ".join(document["paragraphs"])
    assert f"cuts {images:,} images into" in words
    assert epoch["epoch"] == 1
    assert "2 epochs are" in words


@pytest.mark.parametrize("name", [lesson.name for lesson in LESSONS])
def test_every_lesson_can_be_read_there(signtui, name):
    document = signtui("lesson", name, "--json").json
    assert document["name"] == name
    assert document["paragraphs"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["strides"], "there is no lesson 'strides'; did you mean stride?"),
        (["zebra"], "`signtui lesson` lists them all"),
        (["loss", "--run=nobody"], "no runs yet in runs"),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(signtui, arguments, words):
    answer = signtui("lesson", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert words in answer.err
    assert answer.err.count("\n") == 1
