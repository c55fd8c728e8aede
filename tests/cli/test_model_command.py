import pytest

from signtui.config import Config
from signtui.model.plan import plan


def test_json_is_the_plan(signtui):
    document = signtui("model", "--json").json
    layout = plan(Config().model, 28, 24)
    assert document["weights"] == layout.weights == 71_240
    assert document["shape_chain"] == layout.shape_chain()
    assert [layer["name"] for layer in document["layers"]] == [layer.name for layer in layout.layers]
    assert document["memory"]["activations"] == layout.activation_bytes(128)
    parts = [value for name, value in document["memory"].items() if name != "total"]
    assert document["memory"]["total"] == sum(parts)


def test_recipe_options_change_it(signtui):
    wide = signtui(
        "model", "--json", "--set=model.blocks.*.filters=9", "--classes=10", "--image-size=32"
    ).json
    assert wide["layers"][0]["output"] == [9, 32, 32]
    assert wide["layers"][-1]["output"] == [10]
    assert signtui("model", "--json", "--blocks=2").json["weights"] < 71_240
    assert signtui("model", "--json", "--preset=tiny").json["weights"] < 20_000


def test_an_ensemble_is_told_by_its_number_and_its_sums(signtui):
    document = signtui("model", "--ensemble=3", "--json").json
    assert (document["networks"], document["weights"]) == (3, 3 * 71_240)
    page = signtui("model", "--ensemble=3").out
    assert "3-networks" in page
    assert "213,720 in 3 networks" in page


def test_the_page_ends_with_the_sums(signtui):
    answer = signtui("model", "--preset=tutorial")
    assert answer.code == 0
    for words in ("1x28x28 >", "multiply-adds", "pixels of 28x28", "batches of 32 images"):
        assert words in answer.out


@pytest.mark.parametrize("option", ["--image-size=4", "--blocks=0", "--head-pooling=sum", "--hidden=0"])
def test_values_out_of_range_are_refused(signtui, option):
    answer = signtui("model", option)
    assert (answer.code, answer.out) == (2, "")
    assert option.partition("=")[0] in answer.err
