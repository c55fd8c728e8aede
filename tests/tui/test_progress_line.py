"""The line of figures about the run and its machine: which of them a width has room for."""

import pytest
from recorded_run import START, RecordedSource, begun

from signtui.events import System
from signtui.render.terminal import TerminalStyle
from signtui.tui.watched import WatchedRun
from signtui.tui.widgets.progress import run_line

GPU = System(
    time=START + 3,
    cpu=0.12,
    memory=2_100_000_000,
    gpu=0.87,
    gpu_memory=4_100_000_000,
    gpu_memory_total=80_000_000_000,
    gpu_temperature=61.0,
    gpu_power=310.4,
)


def line(width: int, *more: System) -> str:
    run = WatchedRun(RecordedSource([*begun(30), *more]))
    run.poll()
    words = run_line(run, TerminalStyle("none", False, width, 1), width).plain
    assert len(words) <= width
    return words


@pytest.mark.parametrize("width", [118, 160, 198])
def test_the_step_shows_from_120_columns_on_with_the_processor_beside_it(width: int) -> None:
    words = line(width)
    for figure in (
        "epoch 1/2",
        "left",
        "loss",
        "1,280 images/s",
        "step 30/80",
        "cpu  97 %",
        "memory 641.0 MB",
    ):
        assert figure in words


def test_a_wide_terminal_shows_all_of_the_gpu() -> None:
    words = line(198, GPU)
    for figure in ("gpu  87 %", "4.1 of 80 GB", "61 C", "310 W", "cpu  12 %", "memory 2.1 GB", "step 30/80"):
        assert figure in words


def test_with_less_room_the_least_useful_figures_go_first() -> None:
    medium = line(118, GPU)
    for figure in ("step 30/80", "gpu  87 %", "4.1 of 80 GB"):
        assert figure in medium
    assert "310 W" not in medium
    narrow = line(78, GPU)
    for figure in ("epoch 1/2", "left", "loss", "gpu  87 %"):
        assert figure in narrow
    assert "GB" not in narrow
    assert "cpu" not in narrow


def test_a_processor_says_nothing_of_a_gpu() -> None:
    assert "gpu" not in line(198)
