from drawing import STYLES
from hypothesis import given
from hypothesis import strategies as st

from signtui.events import EpochEnded, Score
from signtui.render.progress import ProgressSnapshot, epoch_line, progress_line
from signtui.render.terminal import TerminalStyle

SNAPSHOT = ProgressSnapshot(1, 2, 80, 214, 11_402, 0.4123, 0.931, 4.2)


def epoch_ended(**changes):
    fields = {
        "time": 0.0,
        "epoch": 1,
        "step": 214,
        "train": Score(0.412, 0.931, 24_843),
        "clean": None,
        "validation": Score(0.010, 0.998, 2612),
        "recall": (),
        "confusion": (),
        "learning_rate": 0.01,
        "gradient_norm": 1.0,
        "seconds": 12.3,
        "images_per_second": 11_402.0,
        "best": True,
    }
    return EpochEnded(**{**fields, **changes})


def test_one_plain_line_an_epoch():
    assert epoch_line(epoch_ended(), 2) == (
        "epoch 1/2  train 93.1 % loss 0.412  validation 99.8 % loss 0.010 (2,612 images)"
        "  11,402 images/s  12.3 s  *"
    )


def test_only_the_best_so_far_is_marked():
    assert "*" not in epoch_line(epoch_ended(best=False), 2)
    assert epoch_line(epoch_ended(), 15).startswith("epoch  1/15")


def test_a_diverged_epoch_still_has_its_line():
    line = epoch_line(epoch_ended(train=Score(float("nan"), 0.04, 10)), 2)
    assert "loss nan" in line


def test_the_line_tells_epoch_step_speed_loss_accuracy_and_time_left():
    line = progress_line(SNAPSHOT, TerminalStyle("none", False, 120, 24)).plain
    for words in ("epoch 1/2", "step  80/214", "11,402 images/s", "loss 0.412", "93.1 %", "4 s left"):
        assert words in line


def test_a_narrow_terminal_keeps_bar_epoch_and_time_left():
    line = progress_line(SNAPSHOT, TerminalStyle("none", False, 40, 24)).plain
    assert line.startswith("##")
    assert "epoch 1/2" in line
    assert "4 s left" in line
    assert "images/s" not in line


@given(
    st.builds(
        ProgressSnapshot,
        st.integers(0, 10_000),
        st.integers(0, 10_000),
        st.integers(0, 10**7),
        st.integers(0, 10**7),
        st.none() | st.floats(),
        st.none() | st.floats(),
        st.none() | st.floats(),
        st.none() | st.floats(),
        st.sampled_from(["", "validation"]),
    ),
    st.sampled_from(STYLES),
    st.integers(10, 200),
)
def test_the_line_fits_any_width(snapshot, style, width):
    line = progress_line(snapshot, style, width)
    assert line.cell_len <= width
    assert style.unicode or line.plain.isascii()
