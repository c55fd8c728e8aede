"""Misread images as pixels, where the terminal shows them: the very images, on cells left empty for them."""

import asyncio

from recorded_guesses import RecordedEngine, finished_run
from recorded_run import TRUECOLOR, RecordedSource, dashboard, screen_text, settle
from run_folders import until

from signtui.tui.pictures import Picture, PictureLayer, pictures_on
from signtui.tui.screens.mistakes import MistakesScreen


def rows_behind(text: str, picture: Picture) -> list[str]:
    """What stands on the cells of `picture`."""
    x, y, width, height = picture.place
    return [line.ljust(200)[x : x + width] for line in text.split("\n")[y : y + height]]


def test_the_chosen_image_and_its_nearest_are_shown_as_pixels() -> None:
    async def go() -> None:
        recorded = RecordedEngine()
        app = dashboard(TRUECOLOR, None, recorded.engine)
        app.pictures = PictureLayer("kitty", (10, 20))
        async with app.run_test(size=(120, 40)) as pilot:
            app.watch_run(RecordedSource(finished_run()))
            await pilot.press("4")
            screen = app.screen
            assert isinstance(screen, MistakesScreen)
            mistakes = screen.mistakes
            await until(pilot, lambda: mistakes.known is not None, "no predictions")
            screen.show_panel("misread")
            await until(pilot, lambda: len(pictures_on(screen)) == 2, "no nearest image")
            known = mistakes.known
            assert known is not None
            assert mistakes.look is not None
            assert mistakes.look.nearest is not None
            assert mistakes.chosen is not None
            image, nearest = pictures_on(screen)
            assert image.pixels == known.images.images[mistakes.chosen].tobytes()
            assert nearest.pixels == known.train.images[mistakes.look.nearest.index].tobytes()
            await settle(pilot)
            text = screen_text(pilot)
            for picture in (image, nearest):
                assert not "".join(rows_behind(text, picture)).strip()
                assert not picture.place.overlaps((nearest if picture is image else image).place)
            assert "where it looked" in text  # as coloured blocks, between them or beside
            await pilot.press("down", "down")
            await settle(pilot)
            assert mistakes.chosen is not None
            assert pictures_on(screen)[0].pixels == known.images.images[mistakes.chosen].tobytes()
            await pilot.press("A")
            await settle(pilot)
            assert "No image is like that" in screen_text(pilot)
            assert pictures_on(screen) == []

    asyncio.run(go())
