"""What trying by hand and a lesson look like, kept as text; taken over anew by `--snapshot-update`."""

import pytest
from recorded_run import settle
from run_folders import until
from syrupy.assertion import SnapshotAssertion
from test_snapshots import STYLES, P, taken, training

from signtui.tui.app import DashboardApp
from signtui.tui.widgets.by_hand import ActivationPanel

pytestmark = pytest.mark.usefixtures("standing_clock")

SIZES = [(80, 24), (120, 40), (200, 60)]


def by_hand(*keys: str):  # type: ignore[no-untyped-def]  # what `taken` takes
    async def prepare(pilot: P, app: DashboardApp) -> None:
        app.action_by_hand()
        await settle(pilot)
        await pilot.press("I", "k", "k", *keys)  # the square
        await settle(pilot)
        await until(pilot, lambda: app.screen.query_one(ActivationPanel).is_settled)

    return prepare


@pytest.mark.parametrize("colours", ["truecolor", "ascii"])
@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
def test_by_hand(size: tuple[int, int], colours: str, picture_snapshot: SnapshotAssertion) -> None:
    keys = ["up"] * 7
    assert taken(by_hand(*keys), size, STYLES[colours], styles=colours == "truecolor") == picture_snapshot


@pytest.mark.parametrize("colours", ["256 colours", "16 colours", "no colour"])
def test_by_hand_on_poorer_terminals(colours: str, picture_snapshot: SnapshotAssertion) -> None:
    keys = ["up"] * 7
    assert taken(by_hand(*keys), (80, 24), STYLES[colours]) == picture_snapshot


@pytest.mark.parametrize("part", ["activation", "pooling"])
def test_parts_of_it_on_a_narrow_terminal(part: str, picture_snapshot: SnapshotAssertion) -> None:
    keys = [*["up"] * 7, *["tab"] * (1 if part == "activation" else 2)]
    assert taken(by_hand(*keys), (80, 24), styles=False) == picture_snapshot


def test_a_kernel_being_typed(picture_snapshot: SnapshotAssertion) -> None:
    assert taken(by_hand("e", "backspace", "x"), (80, 24), styles=False) == picture_snapshot


@pytest.mark.parametrize("colours", ["truecolor", "ascii"])
@pytest.mark.parametrize("size", SIZES[:2], ids="{0[0]}x{0[1]}".format)
def test_a_lesson(size: tuple[int, int], colours: str, picture_snapshot: SnapshotAssertion) -> None:
    async def prepare(pilot: P, app: DashboardApp) -> None:
        await training("training")(pilot, app)
        app.screen.show_panel("accuracy")  # type: ignore[attr-defined]  # it is one of the dashboard's
        await settle(pilot)
        await pilot.press("question_mark", "l")

    assert taken(prepare, size, STYLES[colours], styles=colours == "truecolor") == picture_snapshot
