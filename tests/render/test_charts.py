import threading
from dataclasses import replace

import numpy as np
import pytest
from drawing import STYLES, check_golden, shape
from hypothesis import given, settings
from hypothesis import strategies as st

from signtui.render.axes import linear_axis, log_axis, round_step
from signtui.render.chart_lines import reduce_points
from signtui.render.charts import SMALLEST, Chart, ChartMark, Series, build_chart
from signtui.render.terminal import TerminalStyle

ASCII = TerminalStyle("none", False, 80, 24)
UNICODE = TerminalStyle("none", True, 80, 24)
EPOCHS = (1.0, 2.0, 3.0, 4.0, 5.0)
ACCURACY = Chart(
    "Accuracy",
    (
        Series("train", EPOCHS, (0.951, 0.97, 0.98, 0.99, 0.995), role="train"),
        Series("validation", EPOCHS, (0.97, 0.99, 0.998, 0.9985, 0.9993), role="validation"),
    ),
    "epoch",
    marks=(ChartMark(5, "best"),),
    y_percent=True,
)

values = st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=40)
series = st.builds(
    Series,
    st.text(st.characters(codec="ascii", exclude_categories=["C"]), max_size=12),
    values,
    values,
    st.booleans(),
    st.sampled_from(["train", "validation", "test", "previous", "other"]),
    st.sampled_from([None, True, False]),
)
charts = st.builds(
    Chart,
    st.text(st.characters(codec="ascii", exclude_categories=["C"]), max_size=90),
    st.lists(series, max_size=3).map(tuple),
    st.sampled_from(["", "epoch", "a long label of x"]),
    st.sampled_from(["", "nats"]),
    st.booleans(),
    st.booleans(),
    st.lists(st.builds(ChartMark, st.floats(), st.sampled_from(["best", ""])), max_size=2).map(tuple),
    st.booleans(),
    st.booleans(),
)


@settings(max_examples=300, deadline=None)
@given(charts, st.integers(0, 130), st.integers(1, 40), st.sampled_from(STYLES))
def test_any_chart_has_exactly_the_size_asked_for(chart, width, height, style):
    text = build_chart(chart, width, height, style)
    assert shape(text) == (height, {width})
    assert style.unicode or text.plain.isascii()


@given(
    st.floats(-1e6, 1e6),
    st.floats(1e-3, 1e6),
    st.integers(2, 12),
    st.booleans(),
    st.booleans(),
)
def test_an_exact_axis_ends_where_it_is_told_with_round_ticks_between(low, width, ticks, percent, whole):
    axis = linear_axis(np.array([low, low + width]), ticks, percent=percent, whole=whole, exact=True)
    assert (axis.low, axis.high) == (low, low + width)
    assert all(0 <= position <= 1 for position, _ in axis.ticks)
    assert len(axis.ticks) <= 10 * ticks


@given(st.floats(1e-3, 1e6), st.floats(1.0001, 1e6), st.integers(3, 12))
def test_an_exact_logarithmic_axis_has_ticks_however_short_it_is(low, factor, ticks):
    axis = log_axis(np.array([low, low * factor]), ticks, exact=True)
    assert (axis.low, axis.high) == (np.log10(low), np.log10(low * factor))
    assert axis.ticks
    at = [float(label.replace(",", "")) for _, label in axis.ticks]
    assert at == sorted(at)


def part_of_a_line(x_range, x=(0.0, 10.0), y=(0.0, 1.0)):
    chart = Chart(
        "Loss",
        (Series("train", x, y, role="train", markers=True),),
        x_range=x_range,
        y_range=(0.0, 1.0),
        x_exact=True,
        y_exact=True,
        part=("step 4-6", "4-6"),
    )
    return build_chart(chart, 40, 11, ASCII).plain.split("\n")


def test_a_line_between_points_out_of_sight_is_drawn_at_its_height():
    header, *rows = part_of_a_line((4.0, 6.0))
    assert "step 4-6" in header
    drawn = [
        index
        for index, row in enumerate(rows[:8])
        if "." in row.partition("|")[2] or "." in row.partition("+")[2]
    ]
    assert drawn == [3, 4]  # 40 to 60 % of the way up, without a marker at an end that is no point
    assert not any("x" in row for row in rows[:8])


def test_the_value_in_the_header_is_the_last_one_in_sight():
    assert "train 0.500" in part_of_a_line((0.0, 6.0), (0.0, 5.0, 10.0), (0.0, 0.5, 1.0))[0]


@pytest.mark.parametrize("width", range(24, 130))
def test_the_part_that_is_seen_is_the_last_thing_a_header_leaves_out(width):
    chart = replace(ACCURACY, y_label="smoothing 0.6", part=("epoch 1.2-1.6", "1.2-1.6"))
    header = build_chart(chart, width, 12, ASCII).plain.split("\n")[0]
    assert "1.2-1.6" in header
    assert len(header) == width


def test_no_height_is_no_text():
    assert build_chart(ACCURACY, 80, 0, ASCII).plain == ""


def test_accuracy_in_ascii_at_80_columns():
    check_golden("accuracy.txt", build_chart(ACCURACY, 80, 14, ASCII).plain + "\n")


def test_loss_on_a_logarithmic_axis_in_ascii():
    at = np.linspace(0.02, 3, 300)
    chart = Chart(
        "Loss",
        (
            Series("before", at, 2 * np.exp(-at) + 0.05, True, "previous"),
            Series("train", at, 3 * np.exp(-2 * at) + 0.01, role="train"),
            Series("validation", (1, 2, 3), (0.5, 0.2, 0.04), role="validation"),
        ),
        "epoch",
        y_log=True,
    )
    check_golden("loss.txt", build_chart(chart, 80, 16, ASCII).plain + "\n")


def test_train_and_validation_differ_without_colour():
    for style in (ASCII, UNICODE):
        drawn = build_chart(ACCURACY, 80, 14, style).plain
        markers = ("o", "x") if not style.unicode else ("●", "○")
        assert all(drawn.count(marker) >= 3 for marker in markers)


def test_a_single_point_stands_in_the_middle_with_its_marker():
    chart = Chart("Accuracy", (Series("validation", [1], [0.8], role="validation"),), "epoch", y_percent=True)
    rows = build_chart(chart, 60, 12, UNICODE).plain.split("\n")
    assert sum(row.count("●") for row in rows[1:]) == 1
    assert rows[-1].split() == ["epoch", "0", "1", "2"]


def test_points_stand_over_their_ticks():
    chart = Chart("T", (Series("validation", (0, 1, 2, 3, 4), (1, 2, 3, 2, 1), role="validation"),), "epoch")
    for width in range(40, 120):
        rows = build_chart(chart, width, 15, UNICODE).plain.split("\n")
        ticks = {column for column, character in enumerate(rows[-2]) if character == "┬"}
        points = {column for row in rows[1:-2] for column, character in enumerate(row) if character == "●"}
        assert len(ticks) >= 3
        assert ticks <= points


def test_values_stand_beside_their_labels():
    chart = Chart("T", (Series("validation", (0, 1), (0, 100), role="validation"),))
    rows = build_chart(chart, 60, 14, UNICODE).plain.split("\n")[1:-2]
    assert "●" in next(row for row in rows if row.lstrip().startswith("100 ┤"))
    assert "●" in next(row for row in rows if row.lstrip().startswith("0 ┤"))


def test_not_a_number_leaves_a_gap():
    whole = Chart("T", (Series("train", range(9), [1.0] * 9, markers=False),))
    torn = Chart("T", (Series("train", range(9), [1.0] * 3 + [float("nan")] * 3 + [1.0] * 3, markers=False),))
    line = max(build_chart(torn, 60, 9, UNICODE).plain.split("\n")[1:-2], key=lambda row: len(row.strip()))
    drawn = line.split("│")[-1].split("┤")[-1].strip()
    assert "     " in drawn
    assert "     " not in build_chart(whole, 60, 9, UNICODE).plain.split("\n")[4].split("┤")[-1].strip()


def test_an_empty_chart_says_so():
    assert "nothing to draw yet" in build_chart(Chart("T", (Series("train", (), ()),)), 60, 10, ASCII).plain


def test_too_small_a_chart_says_what_it_needs():
    drawn = build_chart(ACCURACY, 40, SMALLEST[1] - 1, ASCII).plain
    assert "needs 24x6" in drawn


def test_a_spike_between_two_columns_is_not_lost():
    y = np.zeros(50_000)
    y[31_337] = 1.0
    rows = build_chart(Chart("T", (Series("train", np.arange(50_000), y),)), 80, 14, UNICODE).plain.split(
        "\n"
    )
    assert rows[1].split("┤")[-1].strip()


@settings(deadline=None)
@given(st.integers(1, 3000), st.integers(1, 120), st.integers(0, 2**32 - 1))
def test_reduction_keeps_extremes_and_at_most_two_points_a_column(length, columns, seed):
    random = np.random.default_rng(seed)
    x, y = np.sort(random.random(length)), random.normal(size=length)
    kept_x, kept_y, connected = reduce_points(x, y, np.arange(length) > 0, columns)
    assert kept_x.size <= 2 * columns
    assert (kept_y.min(), kept_y.max()) == (y.min(), y.max())
    assert np.all(np.diff(kept_x) >= 0)
    assert not connected[0]
    assert connected[1:].all()


@given(st.floats(1e-300, 1e300))
def test_steps_are_one_two_or_five(smallest):
    step = round_step(smallest)
    assert step >= smallest * (1 - 1e-6)
    assert f"{step:.1e}"[:3] in {"1.0", "2.0", "5.0"}


def test_percent_axis_zooms_to_what_is_left_to_gain():
    axis = linear_axis(np.array([0.951, 0.97, 0.9993]), 6, percent=True)
    assert (axis.low, axis.high) == pytest.approx((0.95, 1.0))
    assert [label for _, label in axis.ticks] == ["95 %", "96 %", "97 %", "98 %", "99 %", "100 %"]
    near = linear_axis(np.array([0.9981, 0.9997, 1.0]), 6, percent=True)
    assert near.low >= 0.997
    assert near.ticks[-1] == (1.0, "100.00 %")


def test_axes_grow_in_steps_not_with_every_point():
    limits = {linear_axis(np.array([0.0, float(last)]), 5).high for last in range(100, 200)}
    assert len(limits) <= 11


def test_log_axis_is_labelled_with_real_values():
    axis = log_axis(np.array([0.01, 0.1, 1.0]), 6)
    labels = [label for _, label in axis.ticks]
    assert {"0.01", "0.1", "1"} <= {
        label.rstrip("0").rstrip(".") if "." in label else label for label in labels
    }
    assert axis.position(np.array([-1.0, 0.0]))[0] != axis.position(np.array([1.0]))[0]


def test_charts_built_in_many_threads_are_the_same():
    expected = build_chart(ACCURACY, 80, 14, UNICODE).plain
    drawn: list[str] = []

    def build():
        drawn.extend(build_chart(ACCURACY, 80, 14, UNICODE).plain for _ in range(20))

    threads = [threading.Thread(target=build) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert drawn == [expected] * 80
