"""The facts about a data set, and that they can be written as JSON."""

import msgspec
import numpy as np
from image_files import csv_bytes, variants_of_photographs, write_csv

from signtui.data.info import describe
from signtui.data.source import load_dataset


def test_photographs_and_twins_are_counted_by_class(tmp_path) -> None:
    images = np.concatenate([variants_of_photographs(3, 5), variants_of_photographs(1, 1, seed=9)])
    labels = np.array([0] * 5 + [10] * 11, np.uint8)
    (tmp_path / "sign_mnist_train.csv").write_bytes(csv_bytes(labels, images))
    write_csv(tmp_path / "sign_mnist_test.csv", [24, 24, 1], size=12)
    info = describe(load_dataset(tmp_path))
    train, test = info.sets
    assert train.shape == (16, 12, 12)
    assert (train.class_counts[0], train.class_counts[9], sum(train.class_counts)) == (5, 11, 16)
    assert (train.class_photographs[0], train.class_photographs[9]) == (1, 3)
    assert (train.photographs, train.variants, train.twins_share) == (4, 5.0, 15 / 16)
    assert (test.role, test.photographs, test.twins_share) == ("test", 3, 0.0)
    assert info.files[0].verdict == "unknown (16 rows, the published file has 27,455)"


def test_the_facts_are_json(tmp_path) -> None:
    path = write_csv(tmp_path / "digits.csv", [0, 1, 2])
    facts = msgspec.json.decode(msgspec.json.encode(describe(load_dataset(path))))
    assert facts["kind"] == "csv"
    assert facts["sets"][0]["class_counts"] == [1, 1, 1]
    assert facts["sets"][0]["photographs"] is None
    assert facts["files"][0]["path"] == str(path)
