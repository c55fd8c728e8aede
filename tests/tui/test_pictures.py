"""Images as pixels: asked for, answered, placed, taken away again; blocks where the terminal has none."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from picture_terminal import HEIGHT, WIDTH, PictureTerminal, Pixels
from run_folders import make_run
from terminal import Terminal

from signtui.events import Samples
from signtui.runs.log import read_events


@pytest.fixture
def samples(tmp_path: Path) -> list[Pixels]:
    """The watched images of the run that `showing` shows, each another."""
    folder = make_run(tmp_path / "runs", "100000-brisk-heron-3f")
    (event,) = (event for event in read_events(folder.events) if isinstance(event, Samples))
    images = np.frombuffer(event.pixels, np.uint8).reshape(-1, event.side, event.side)
    return list(images)


@contextmanager
def showing(tmp_path: Path, images: str, *settings: str, **can: bool) -> Iterator[PictureTerminal]:
    """A dashboard over a finished run, on a terminal that `can` what it can."""
    command = [sys.executable, "-m", "signtui", "replay", "latest", "--speed=10000", f"--images={images}"]
    runs = f"--runs-dir={tmp_path / 'runs'}"
    cache = str(tmp_path / "cache")
    empty = {"TMUX": "", "STY": "", "SIGNTUI_CACHE_DIR": cache, "SIGNTUI_DATA__SYNTHETIC_IMAGES": "48"}
    with Terminal([*command, runs, *settings], **empty) as terminal:
        yield PictureTerminal(terminal, **can)


def places_of(screen: PictureTerminal) -> set[tuple[int, int]]:
    return {(shown.row, shown.column) for shown in screen.placements.values()}


def until_all_are_shown(screen: PictureTerminal) -> None:
    screen.wait_for("of 24 right")
    screen.settle()


def test_kitty_gets_the_very_pixels_of_the_samples(tmp_path: Path, samples: list[Pixels]) -> None:
    with showing(tmp_path, "kitty", kitty=True) as screen:
        until_all_are_shown(screen)
        assert len(screen.placements) >= 8
        for shown in screen.placements.values():
            assert any(np.array_equal(shown.pixels, image) for image in samples)
            assert shown.columns == 2 * shown.rows
            # Nothing is written on its cells, and its caption stands right below.
            for row in range(shown.row, shown.row + shown.rows):
                line = screen.terminal.screen.line(row).ljust(120)
                assert not line[shown.column : shown.column + shown.columns].strip()
        assert all_captioned(screen)
        assert "\u2580" not in screen.terminal.screen.text


@pytest.mark.parametrize("key", ["?", "2", "\x10", "5"], ids=["help", "data", "palette", "runs"])
def test_kitty_images_go_with_their_screen_and_come_back(
    tmp_path: Path, samples: list[Pixels], key: str
) -> None:
    with showing(tmp_path, "auto", kitty=True, sixel=True) as screen:
        until_all_are_shown(screen)
        before = places_of(screen)
        own = set(screen.images)
        screen.terminal.press(key)
        screen.wait_until(lambda: not own & {number for number, _ in screen.placements})
        screen.terminal.press("1" if key in "25" else "\x1b")
        screen.wait_until(lambda: places_of(screen) == before)
        assert "sixel" not in screen.protocols


def test_leaving_takes_every_kitty_image_away(tmp_path: Path, samples: list[Pixels]) -> None:
    with showing(tmp_path, "kitty", kitty=True) as screen:
        until_all_are_shown(screen)
        assert screen.images
        screen.terminal.press("q")
        screen.wait_until(lambda: not screen.images and screen.terminal.process.poll() is not None)
        assert screen.placements == {}
        assert screen.terminal.is_as_before


def test_a_resize_puts_the_images_where_the_panels_are(tmp_path: Path, samples: list[Pixels]) -> None:
    with showing(tmp_path, "kitty", kitty=True) as screen:
        until_all_are_shown(screen)
        before = places_of(screen)
        screen.terminal.resize(200, 60)
        screen.wait_until(lambda: places_of(screen) not in (before, set()))
        screen.wait_until(lambda: all_captioned(screen))


def all_captioned(screen: PictureTerminal) -> bool:
    return all(
        " > "
        in screen.terminal.screen.line(shown.row + shown.rows).ljust(200)[shown.column :][: shown.columns]
        for shown in screen.placements.values()
    )


def test_sixel_prints_the_samples_in_their_greys(tmp_path: Path, samples: list[Pixels]) -> None:
    with showing(tmp_path, "sixel", sixel=True) as screen:
        until_all_are_shown(screen)
        assert len(screen.printed) >= 8
        for shown in screen.printed:
            side = shown.pixels.shape[0]
            factor = side // 28
            assert shown.pixels.shape == (28 * factor, 28 * factor)
            found = shown.pixels[::factor, ::factor]
            assert any(np.array_equal(found, np.rint(image / 2.55)) for image in samples)
            assert np.array_equal(found.repeat(factor, 0).repeat(factor, 1), shown.pixels)


def test_sixels_are_written_over_when_another_screen_comes(tmp_path: Path, samples: list[Pixels]) -> None:
    with showing(tmp_path, "sixel", sixel=True) as screen:
        until_all_are_shown(screen)
        # They may have stood lower before the run's summary came: what counts is where they are now.
        now = screen.printed[-len(re.findall("> [A-Y] [✓✗]", screen.terminal.screen.text)) :]
        places = [(shown.row, shown.column, shown.pixels.shape) for shown in now]
        screen.terminal.screen.cells.clear()
        screen.printed.clear()
        screen.terminal.press("?")
        screen.wait_for("Keys")
        screen.settle()
        assert not screen.printed
        for row, column, (height, width) in places:
            cells = {
                (row + down, column + right)
                for down in range(-(-height // HEIGHT))
                for right in range(-(-width // WIDTH))
            }
            assert cells <= set(screen.terminal.screen.cells)
        screen.terminal.press("\x1b")
        there = {place[:2] for place in places}
        screen.wait_until(lambda: {(shown.row, shown.column) for shown in screen.printed} == there)


@pytest.mark.parametrize("images", ["kitty", "sixel"])
def test_a_terminal_without_them_gets_blocks_and_is_told_so(
    tmp_path: Path, samples: list[Pixels], images: str
) -> None:
    with showing(tmp_path, images) as screen:
        screen.wait_for(f"no {images} graphics")
        until_all_are_shown(screen)
        assert "\u2580" in screen.terminal.screen.text
        assert not screen.printed
        assert not screen.images


def test_auto_says_nothing_about_blocks(tmp_path: Path, samples: list[Pixels]) -> None:
    with showing(tmp_path, "auto") as screen:
        until_all_are_shown(screen)
        assert "\u2580" in screen.terminal.screen.text
        assert "graphics" not in screen.terminal.text


def test_a_terminal_that_says_nothing_is_not_waited_for_long(tmp_path: Path, samples: list[Pixels]) -> None:
    with showing(tmp_path, "kitty", silent=True) as screen:
        screen.wait_for("said nothing of itself")
        until_all_are_shown(screen)
        assert "\u2580" in screen.terminal.screen.text


def test_blocks_ask_nothing(tmp_path: Path, samples: list[Pixels]) -> None:
    with showing(tmp_path, "blocks", kitty=True, sixel=True) as screen:
        until_all_are_shown(screen)
        assert screen.protocols == []


def test_the_gallery_is_shown_as_pixels_too(tmp_path: Path, samples: list[Pixels]) -> None:
    with showing(tmp_path, "kitty", kitty=True) as screen:
        until_all_are_shown(screen)
        own = set(screen.images)
        screen.terminal.press("2")
        screen.wait_until(lambda: {number for number, _ in screen.placements} - own)
        screen.settle()
        assert all(shown.pixels.shape == (28, 28) for shown in screen.placements.values())
