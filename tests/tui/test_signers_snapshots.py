"""What the Signers screen looks like: sizes, panels and terminals, from recorded series.

`pytest tests/tui/test_signers_snapshots.py --snapshot-update` takes over a change that is meant.
"""

from pathlib import Path

import pytest
from pictures import picture
from recorded_run import TRUECOLOR, settle
from recorded_series import P, RecordedSeriesEngine, a_series, over, screen
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from signtui.render.terminal import TerminalStyle
from signtui.tui.screens.signers import PARTS

SIZES = [(80, 24), (120, 40)]
STYLES = {"truecolor": TRUECOLOR, "ascii": TerminalStyle("none", unicode=False)}


class TextPicture(SingleFileSnapshotExtension):
    """One text file a snapshot."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def picture_snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(TextPicture)


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SIGNTUI_CACHE_DIR", str(tmp_path / "cache"))


def taken(
    runs: Path, data: Path, size: tuple[int, int], style: TerminalStyle, panel: str, *, styles: bool
) -> str:
    pictures: list[str] = []

    async def test(pilot: P, recorded: RecordedSeriesEngine) -> None:
        screen(pilot).show_panel(panel)
        await settle(pilot)
        pictures.append(picture(pilot.app, styles=styles))

    over(runs, test, data=data, size=size, style=style)
    return pictures[0]


@pytest.mark.parametrize("colours", STYLES)
@pytest.mark.parametrize("panel", PARTS)
@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
def test_panels(
    size: tuple[int, int],
    panel: str,
    colours: str,
    tmp_path: Path,
    signed_shapes: Path,
    picture_snapshot: SnapshotAssertion,
) -> None:
    a_series(tmp_path / "runs", 6)
    coloured = colours == "truecolor" and size == (120, 40)
    text = taken(tmp_path / "runs", signed_shapes, size, STYLES[colours], panel, styles=coloured)
    assert text == picture_snapshot
    if colours == "ascii":
        assert text.isascii()


def test_at_200_columns(tmp_path: Path, signed_shapes: Path, picture_snapshot: SnapshotAssertion) -> None:
    a_series(tmp_path / "runs")
    a_series(tmp_path / "runs", 2, seed=4, time=10.0)
    text = taken(tmp_path / "runs", signed_shapes, (200, 60), TRUECOLOR, "folds", styles=False)
    assert text == picture_snapshot
