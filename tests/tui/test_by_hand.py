"""Try it by hand: every key, what is typed, and that the numbers on the screen add up."""

import re
from fractions import Fraction

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_run import TRUECOLOR, RecordedSource, begun, on_screen, samples, screen_text, settle
from rich.text import Text
from run_folders import until
from textual.pilot import Pilot

from signtui.events import Samples
from signtui.model.kernels import ACTIVATIONS, CLASSIC, Kernel, convolve
from signtui.render.by_hand import Place, convolution_lines, pooling_lines, sum_lines
from signtui.render.marked_map import Window, signed_lines
from signtui.render.terminal import TerminalStyle
from signtui.tui.bench import Bench
from signtui.tui.screens.by_hand import ByHandScreen
from signtui.tui.screens.help import HelpScreen
from signtui.tui.widgets.by_hand import ActivationPanel, BenchPanel, ConvolutionPanel

P = Pilot[int]
ASCII = TerminalStyle("none", unicode=False)


async def opened(pilot: P) -> ByHandScreen:
    await pilot.app.run_action("app.by_hand")
    await until(pilot, lambda: isinstance(pilot.app.screen, ByHandScreen))
    screen = pilot.app.screen
    assert isinstance(screen, ByHandScreen)
    await drawn(pilot)
    return screen


async def drawn(pilot: P) -> None:
    await settle(pilot)
    panel = pilot.app.screen.query_one(ActivationPanel)
    await until(pilot, lambda: panel.is_settled)
    await settle(pilot)


async def press(pilot: P, *keys: str) -> None:
    await pilot.press(*keys)
    await drawn(pilot)


def panel(screen: ByHandScreen, name: str) -> str:
    return screen.query_one(f"#hand-{name}", BenchPanel).shown


@on_screen(120, 40)
async def test_it_opens_from_the_palette_and_escape_leads_back(pilot: P) -> None:
    from recorded_run import DashboardApp

    assert isinstance(pilot.app, DashboardApp)
    before = pilot.app.screen
    titles = {command.title: command for command in pilot.app.get_system_commands(before)}
    titles["Try it by hand"].callback()
    await until(pilot, lambda: isinstance(pilot.app.screen, ByHandScreen))
    await drawn(pilot)
    assert "Try it by hand" not in {
        command.title for command in pilot.app.get_system_commands(pilot.app.screen)
    }
    pilot.app.action_by_hand()  # already there
    await drawn(pilot)
    for key in ("escape", "backspace"):
        await pilot.press(key)
        await until(pilot, lambda: pilot.app.screen is before)
        await opened(pilot)


@on_screen(120, 40)
async def test_keys_turn_kernel_image_stride_padding_activation_and_window(pilot: P) -> None:
    screen = await opened(pilot)
    bench = screen.bench
    assert "horizontal edges" in panel(screen, "convolution")
    await press(pilot, "k")
    assert bench.kernel is CLASSIC[1]
    assert "vertical edges" in panel(screen, "convolution")
    await press(pilot, "K", "K")
    assert bench.kernel is CLASSIC[-1]
    assert "identity" in panel(screen, "convolution")
    await press(pilot, "i")
    assert "B, drawn here" in panel(screen, "convolution")
    await press(pilot, "I", "I")
    assert "a square" in panel(screen, "convolution")
    await press(pilot, "s")
    assert "28x28 → 14x14" in panel(screen, "convolution")
    await press(pilot, "s")
    assert "28x28 → 10x10" in panel(screen, "convolution")
    await press(pilot, "s", "p")
    assert "28x28 → 26x26" in panel(screen, "convolution")
    assert "26x26 to 13x13" in panel(screen, "pooling")
    await press(pilot, "w")
    assert "26x26 to 8x8" in panel(screen, "pooling")
    await press(pilot, "w", "w", "a")
    assert "window 2x2" in panel(screen, "pooling")
    assert "▸ leaky_relu" in panel(screen, "activation")


@on_screen(120, 40)
async def test_arrows_move_the_cursor_and_stay_inside(pilot: P) -> None:
    screen = await opened(pilot)
    bench = screen.bench
    assert bench.at == Place(14, 14)
    moves = {
        "left": (14, 13), "right": (14, 14), "up": (13, 14), "down": (14, 14), "shift+left": (14, 9),
        "shift+right": (14, 14), "shift+up": (9, 14), "shift+down": (14, 14), "pageup": (9, 14),
        "pagedown": (14, 14), "home": (0, 0), "end": (27, 27),
    }  # fmt: skip
    for key, place in moves.items():
        await press(pilot, key)
        assert bench.at == Place(*place), key
    assert "row 28, column 28" in panel(screen, "convolution")
    await press(pilot, "right", "down")
    assert bench.at == Place(27, 27)
    await press(pilot, "s", "p")
    assert bench.at == Place(12, 12)  # of 13x13: the last
    screen.show_panel("hand-pooling")
    await press(pilot, "home", "right", "down", "down")
    assert bench.at == Place(4, 2)
    await press(pilot, "up", "left")
    assert bench.at == Place(2, 0)
    await press(pilot, "end", "shift+left", "shift+up")
    assert bench.at == Place(2, 2)


@on_screen(80, 24)
async def test_tab_goes_round_the_panels_and_arrows_turn_the_activation(pilot: P) -> None:
    screen = await opened(pilot)
    assert "28x28 → 28x28" in screen_text(pilot)
    await press(pilot, "tab")
    assert screen.focused is screen.query_one("#hand-activation")
    assert "sum / 255" in screen_text(pilot)
    assert "28x28 → 28x28" not in screen_text(pilot)
    names = list(ACTIVATIONS)
    for key, index in (("right", 1), ("down", 2), ("left", 1), ("up", 0), ("left", len(names) - 1)):
        await press(pilot, key)
        assert screen.bench.activation == names[index]
        assert f"▸ {names[index]}" in screen_text(pilot)
    await press(pilot, "tab")
    assert "window 2x2" in screen_text(pilot)
    await press(pilot, "tab")
    assert screen.focused is screen.query_one("#hand-convolution")
    await press(pilot, "shift+tab")
    assert screen.focused is screen.query_one("#hand-pooling")
    screen.show_part("activation")
    await drawn(pilot)
    assert screen.focused is screen.query_one("#hand-activation")


@on_screen(120, 40)
async def test_a_typed_kernel_is_used_kept_and_typed_again(pilot: P) -> None:
    screen = await opened(pilot)
    await press(pilot, "tab", "e")
    convolution = screen.query_one(ConvolutionPanel)
    assert convolution.has_focus
    assert convolution.entry is not None
    assert convolution.entry.text == "-1,-1,-1; 0,0,0; 1,1,1"
    await press(pilot, "ctrl+u", *"1/9,0;0", "enter")
    assert convolution.entry is not None
    assert "row 2 has 1 number" in convolution.shown
    assert screen.bench.kernel is CLASSIC[0]
    await press(pilot, *",k", "enter")
    assert "'k' is no number" in convolution.shown
    await press(pilot, "backspace", *".5", "enter")
    assert convolution.entry is None
    assert screen.bench.kernel.numerators.tolist() == [[2, 0], [0, 9]]
    assert "all over 18" in convolution.shown
    await press(pilot, "k")
    assert screen.bench.kernel is CLASSIC[0]
    await press(pilot, "K", "e")
    assert convolution.entry is not None
    assert convolution.entry.text == "1/9,0; 0,1/2"
    await press(pilot, "x", "escape")
    assert convolution.entry is None
    assert isinstance(pilot.app.screen, ByHandScreen)
    assert screen.bench.kernel.denominator == 18
    assert len(screen.bench.kernels) == len(CLASSIC) + 1


@on_screen(120, 40)
async def test_what_is_typed_and_left_by_a_click_is_forgotten(pilot: P) -> None:
    screen = await opened(pilot)
    await press(pilot, "e", "ctrl+u", "7", "tab")  # tab takes it, as in the form
    assert screen.bench.kernel.numerators.tolist() == [[7]]
    await press(pilot, "e", "1")
    await pilot.click("#hand-pooling")
    await drawn(pilot)
    assert screen.query_one(ConvolutionPanel).entry is None
    assert screen.bench.kernel.numerators.tolist() == [[7]]


@on_screen(120, 40, events=begun(20))
async def test_the_runs_watched_images_are_tried_on(pilot: P, source: RecordedSource) -> None:
    screen = await opened(pilot)
    assert "A, validation" in panel(screen, "convolution")
    pixels = np.frombuffer(samples().pixels, np.uint8).reshape(24, 28, 28)
    assert (screen.bench.image == pixels[0]).all()
    await press(pilot, "i", "i")
    assert "C, validation" in panel(screen, "convolution")
    assert (screen.bench.image == pixels[2]).all()
    small = Samples(time=0.0, side=8, truths=(3,), pixels=bytes(range(64)))
    assert screen.bench.take_images_of(msgspec.structs.replace(pilot.app.watched.state, samples=small))  # type: ignore[attr-defined]  # it is the dashboard
    assert screen.bench.image.shape == (8, 8) or screen.bench.image_index == 1
    assert max(screen.bench.at.row, screen.bench.at.column) < screen.bench.result.sums.shape[0]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
def test_help_lessons_and_jump_mode_work_here_too(size: tuple[int, int]) -> None:
    @on_screen(*size)
    async def look(pilot: P) -> None:
        await opened(pilot)
        await pilot.press("question_mark")
        await settle(pilot)
        assert isinstance(pilot.app.screen, HelpScreen)
        assert "under the kernel, each times its number" in pilot.app.screen.page.plain
        assert pilot.app.screen.lesson.name == "convolution"
        await pilot.press("l", "escape")
        await settle(pilot)
        await pilot.press("ctrl+o")
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(pilot.app.screen, ByHandScreen)
        await pilot.press("2")  # other screens stay a key away
        await until(pilot, lambda: pilot.app.current_mode == "data")

    look()


kernel_numbers = st.integers(-999, 999)


@st.composite
def worked(draw):  # type: ignore[no-untyped-def]  # hypothesis gives it
    side = draw(st.integers(1, 5))
    numerators = np.array(draw(st.lists(kernel_numbers, min_size=side**2, max_size=side**2))).reshape(
        side, side
    )
    kernel = Kernel("any", numerators, draw(st.sampled_from((1, 1, 3, 9, 100))))
    image = np.random.default_rng(draw(st.integers(0, 99))).integers(0, 256, (9, 9)).astype(np.uint8)
    result = convolve(image, kernel, draw(st.integers(1, 3)), draw(st.sampled_from(("same", "none"))))
    rows, columns = result.sums.shape
    return result, Place(draw(st.integers(0, rows - 1)), draw(st.integers(0, columns - 1)))


@settings(deadline=None)
@given(worked(), st.booleans())
def test_products_on_the_screen_add_up_to_the_sum_on_the_screen(case, unicode: bool) -> None:  # type: ignore[no-untyped-def]  # hypothesis gives it
    result, at = case
    lines = [line.plain for line in sum_lines(result, at, TerminalStyle("none", unicode=unicode))]
    total = 0
    for line in lines:
        shown = line.partition("   all ")[0]
        products, _, partial = shown.rpartition("=")
        pairs = re.findall(r"(\d+)[×*](-?\d+)", products)
        assert len(pairs) == result.kernel.side
        assert sum(int(level) * int(number) for level, number in pairs) == int(partial.replace(",", ""))
        total += int(partial.replace(",", ""))
    words = lines[-1].partition("   all ")[2]
    assert int(words.partition(" / ")[0].replace(",", "")) == total == result.sums[at.row, at.column]
    if result.kernel.denominator != 1:
        exact = Fraction(total, result.kernel.denominator)
        shown_value = words.rpartition("= ")[2]
        assert float(shown_value.lstrip("≈~").replace(",", "")) == pytest.approx(float(exact), abs=0.005001)
        assert (shown_value[0] in "≈~") == (round(exact, 2) != exact)


@settings(deadline=None)
@given(worked(), st.integers(2, 4))
def test_the_window_on_the_screen_has_the_max_and_average_it_says(case, window: int) -> None:  # type: ignore[no-untyped-def]  # as above
    result, at = case
    text = "\n".join(
        line.plain
        for line in pooling_lines(result, at, window, Text("Pooling"), TerminalStyle("none", True, 80, 20))
    )
    values = result.values
    row, column = at.row // window * window, at.column // window * window
    cut = values[row : row + window, column : column + window]
    if min(values.shape) < window:
        assert "is more than the result has" in text
    elif cut.shape != (window, window):
        assert "left over at" in text
    else:
        for name, value in (("max    ", cut.max()), ("average", cut.mean())):
            shown = re.search(rf"{name} ([≈~]?)(-?[\d,.]+)", text)
            assert shown is not None, text
            assert float(shown[2].replace(",", "")) == pytest.approx(value, abs=0.00501)


@pytest.mark.parametrize("style", [ASCII, TerminalStyle("none", True), TerminalStyle("16", True)])
def test_without_shades_signs_have_characters_of_their_own(style: TerminalStyle) -> None:
    values = np.array([[-9.0, -5.0, -1.0, 0.0, 1.0, 5.0, 9.0]] * 2)
    lines = signed_lines(values, 9.0, style, 1, Window((0, 1), (6, 7)))
    assert lines[1].plain[1:] == "=~- +*#"
    assert lines[0].plain.rstrip().endswith("v" if not style.unicode else "▾")


@pytest.mark.parametrize("style", [TRUECOLOR, TerminalStyle("256", True)])
def test_with_shades_below_and_above_nought_differ_in_hue_and_nought_is_dark(style: TerminalStyle) -> None:
    lines = signed_lines(np.array([[-1.0, 0.0, 1.0]] * 2), 1.0, style, 1, Window((0, 0), (0, 0)))
    colours = [span.style.color.get_truecolor() for span in lines[1].spans]  # type: ignore[union-attr]  # each has one
    below, nought, above = colours[-3:]
    assert below.red > below.blue
    assert above.blue > above.red
    assert max(nought) < 60
    assert sum(above) > sum(below)  # in lightness too, whoever can't tell the hues


def test_nothing_is_drawn_wider_or_higher_than_there_is_room() -> None:
    bench = Bench()
    for kernel in range(len(CLASSIC)):
        bench.kernel_index = kernel
        for width, height in ((76, 20), (78, 20), (134, 34)):
            style = TerminalStyle("truecolor", True, width, height)
            lines = convolution_lines(bench.result, bench.at, bench.image_name, style)
            assert max(line.cell_len for line in lines) <= width
            assert len(lines) <= height


@on_screen(120, 40)
async def test_hidden_it_draws_nothing(pilot: P) -> None:
    screen = await opened(pilot)
    shown = panel(screen, "convolution")
    await pilot.press("2")
    await until(pilot, lambda: pilot.app.screen is not screen)
    screen.bench.turn_kernel(1)
    screen.renew()
    assert panel(screen, "convolution") == shown
    await pilot.press("1")
    await until(pilot, lambda: pilot.app.screen is screen)
    await drawn(pilot)
    assert panel(screen, "convolution") != shown
