import numpy as np
import pytest
from drawing import STYLES, as_text, check_golden, written
from example_runs import CLASSES, STARTED, confusion, example_run, layers

from signtui.events import DataFacts, LayerFacts, ModelFacts
from signtui.render.columns import Column, table
from signtui.render.tables import (
    class_table,
    config_table,
    confused_pairs,
    data_table,
    epochs_table,
    layer_table,
    pairs_list,
    runs_table,
)
from signtui.render.terminal import TerminalStyle, plain

ASCII = TerminalStyle("none", False, 80, 24)
RUNS = [
    example_run(),
    example_run(5, synthetic=True, status="running", test=None, tags=["a", "b c"]),
    example_run(1, status="diverged", best=None, test=None, tags=[], preset=None),
]


@pytest.fixture(autouse=True)
def greenwich(monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    import time

    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def all_tables(style):
    run = example_run()
    return [
        layer_table(run["model"], style),
        class_table(confusion(), CLASSES, style),
        epochs_table(run["epochs"], style),
        config_table([("train.epochs", 2, "default"), ("train.learning_rate", 0.003, "--set")], style),
        runs_table(RUNS, style, STARTED + 60),
        data_table(run["data"], style),
        pairs_list(confusion(), CLASSES, style, width=style.width),
    ]


@pytest.mark.parametrize("style", STYLES)
def test_tables_fit_80_columns_in_every_mode(style):
    for drawn in all_tables(style):
        lines = as_text(drawn, style).split("\n")
        assert max(map(len, lines)) <= 80
        assert style.unicode or "".join(lines).isascii()
        assert not set("".join(lines)) & set("│┃─━┏┓")


def test_tables_in_ascii_at_80_columns():
    check_golden("tables.txt", "\n".join(as_text(drawn, ASCII) for drawn in all_tables(ASCII)))


def test_tables_in_a_pipe():
    check_golden("tables_pipe.txt", "\n".join(as_text(drawn, plain()) for drawn in all_tables(plain())))


def test_a_pipe_gets_one_word_a_column_and_whole_ids():
    lines = written(runs_table(RUNS, plain()), plain()).rstrip("\n").split("\n")
    assert {len(line.split()) for line in lines} == {10}
    assert lines[1].split()[0] == RUNS[0]["id"]
    assert "\x1b" not in "".join(lines)


def test_the_score_on_a_signer_held_out_has_a_column_where_a_run_has_one():
    held_out = {"kind": "signer", "group": "bo", "loss": 0.9, "accuracy": 0.8125, "images": 320}
    runs = [*RUNS, example_run(2) | {"held_out": held_out}]
    lines = written(runs_table(runs, plain()), plain()).rstrip("\n").split("\n")
    assert {len(line.split()) for line in lines} == {11}
    assert lines[0].split()[7] == "held-out%"
    assert [line.split()[7] for line in lines[1:]] == ["-", "-", "-", "81.2"]
    for style in STYLES:
        assert max(map(len, as_text(runs_table(runs, style, STARTED + 60), style).split("\n"))) <= 80


def test_ids_are_never_cut_however_narrow_the_terminal():
    narrow = TerminalStyle("none", False, 50, 24)
    assert RUNS[0]["id"] in as_text(runs_table(RUNS, narrow, STARTED), narrow)


def test_the_scores_of_a_run_are_seen_in_80_columns():
    line = as_text(runs_table(RUNS, ASCII, STARTED), ASCII).split("\n")[1]
    assert line.split()[-2:] == ["99.82", "99.97"]


def test_synthetic_data_is_always_named():
    for width in (60, 80, 200):
        style = TerminalStyle("truecolor", True, width, 24)
        assert "synthetic" in as_text(runs_table([RUNS[1]], style, STARTED), style)
    assert "synthetic" in as_text(data_table(RUNS[1]["data"], ASCII), ASCII)


def test_tables_take_the_frozen_types_as_well_as_their_json():
    rows = tuple(LayerFacts(**{**layer, "output": tuple(layer["output"])}) for layer in layers())
    model = ModelFacts(rows, 1704, 114_432)
    assert as_text(layer_table(model, ASCII), ASCII) == as_text(
        layer_table(example_run()["model"], ASCII), ASCII
    )
    data = DataFacts(**{**example_run()["data"], "classes": CLASSES})
    assert as_text(data_table(data, ASCII), ASCII) == as_text(data_table(example_run()["data"], ASCII), ASCII)


def test_recall_precision_and_worst_confusion_are_those_of_the_matrix():
    row = as_text(class_table([[7, 3], [1, 9]], ("A", "B"), plain()), plain()).split("\n")[1].split()
    assert row == ["A", "10", "70.0", "87.5", "B", "3"]


def test_a_class_without_images_has_no_recall():
    row = as_text(class_table([[0, 0], [0, 9]], ("A", "B"), plain()), plain()).split("\n")[1].split()
    assert row == ["A", "0", "-", "-", "-"]


def test_confused_pairs_come_most_frequent_first():
    counts = np.array([[5, 2, 0], [9, 1, 0], [0, 4, 6]])
    assert confused_pairs(counts, "ABC") == [("B", "A", 9, 10), ("C", "B", 4, 10), ("A", "B", 2, 7)]
    assert confused_pairs(counts, "ABC", 1) == [("B", "A", 9, 10)]
    assert "no mistakes" in pairs_list(np.diag([3, 4]), "AB", ASCII).plain


def test_the_least_important_column_gives_way_first():
    columns = (Column("id"), Column("notes", gives_way=2), Column("score", "right", 1))
    rows = [("x" * 30, "y" * 30, "1")]
    assert "notes" in as_text(table(columns, rows, ASCII), ASCII)
    narrow = TerminalStyle("none", False, 45, 24)
    assert "notes" not in as_text(table(columns, rows, narrow), narrow)
    assert "score" in as_text(table(columns, rows, narrow), narrow)


def test_decimal_points_stand_in_line():
    lines = as_text(epochs_table(example_run(4)["epochs"], ASCII), ASCII).split("\n")[1:5]
    assert len({line.index(".") for line in lines}) == 1
