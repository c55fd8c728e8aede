"""What is on the terminal follows what is wanted, and nothing else is sent."""

import asyncio

from recorded_run import TRUECOLOR, RecordedSource, begun, dashboard, on_screen, settle
from textual.geometry import Region
from textual.pilot import Pilot

from signtui.render.graphics import Answer
from signtui.tui.pictures import Picture, PictureLayer, fitted, layer_for, pictures_on

P = Pilot[int]
GREY = Picture(bytes(16), 4, 4, Region(2, 3, 8, 4))


def test_nothing_is_sent_where_nothing_changed() -> None:
    layer = PictureLayer("kitty", (10, 20))
    sent, again = layer.update([GREY], [])
    assert "a=t," in sent
    assert "\x1b[4;3H\x1b_Ga=p" in sent
    assert not again
    assert layer.update([GREY], [Region(0, 0, 80, 24)]) == ("", [])


def test_an_image_that_moves_is_not_sent_again() -> None:
    layer = PictureLayer("kitty", (10, 20))
    layer.update([GREY], [])
    sent, _ = layer.update([GREY.moved(5, 0)], [])
    assert "a=t," not in sent
    assert sent.index("a=d,d=i") < sent.index("a=p")


def test_old_images_are_forgotten() -> None:
    layer = PictureLayer("kitty", (10, 20))
    sent = ""
    for level in range(200):
        sent += layer.update([Picture(bytes([level] * 16), 4, 4, GREY.place)], [])[0]
    assert sent.count("a=t,") == 200
    assert sent.count("d=I") >= 100
    assert layer.clear().count("d=I") == 200 - sent.count("d=I")


def test_a_sixel_image_is_printed_again_where_it_was_written_over() -> None:
    layer = PictureLayer("sixel", (10, 20))
    assert "\x1bP" in layer.update([GREY], [])[0]
    assert layer.update([GREY], [Region(0, 0, 20, 2), Region(10, 3, 5, 1)]) == ("", [])
    assert "\x1bP" in layer.update([GREY], [Region(9, 6, 5, 1)])[0]


def test_a_sixel_image_that_goes_leaves_its_cells_to_be_written() -> None:
    layer = PictureLayer("sixel", (10, 20))
    layer.update([GREY], [])
    assert layer.update([], []) == ("", [GREY.place])


def test_an_image_is_not_squeezed_in_cells_of_another_shape() -> None:
    assert fitted(GREY, (10, 20)) == (8, 4)
    assert fitted(GREY, (8, 20)) == (8, 3)
    assert fitted(GREY, (12, 20)) == (7, 4)
    assert fitted(GREY, None) == (8, 4)


def test_blocks_need_no_layer() -> None:
    assert layer_for("blocks") is None
    layer = layer_for("kitty", Answer())
    assert layer is not None
    assert layer.protocol is None
    assert "blocks" in layer.note


def test_no_picture_lies_under_a_toast_or_a_dialog() -> None:
    async def go() -> None:
        app = dashboard(TRUECOLOR)
        app.pictures = PictureLayer("kitty", (10, 20))
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            app.watch_run(RecordedSource(begun(30)))
            await settle(pilot)
            seen = pictures_on(app.screen)
            assert len(seen) >= 8
            app.notify("a note of some length that lies over the corner of the samples", timeout=1000)
            await settle(pilot)
            over = [toast.region for toast in app.screen.query("Toast")]
            left = pictures_on(app.screen)
            assert 0 < len(left) < len(seen)
            assert not any(picture.place.overlaps(region) for picture in left for region in over)
            app.clear_notifications()
            await settle(pilot)
            assert pictures_on(app.screen) == seen
            await pilot.press("question_mark")
            await settle(pilot)
            assert pictures_on(app.screen) == []

    asyncio.run(go())


@on_screen(80, 24, events=begun(30))
async def test_without_a_layer_no_panel_has_pictures(pilot: P, source: RecordedSource) -> None:
    await pilot.press("tab", "tab", "tab")
    await settle(pilot)
    assert pictures_on(pilot.app.screen) == []
