"""The Network screen by its keys, over the real microscope and small networks."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from recorded_run import (
    CLASSES,
    TRUECOLOR,
    RecordedSource,
    begun,
    dashboard,
    refuse,
    run_started,
    screen_text,
    whole_run,
)
from run_folders import until
from textual.pilot import Pilot

from signtui.config import Config
from signtui.config.schema import Block, Head, ModelSettings
from signtui.events import AnyEvent, RunStarted
from signtui.model.network import build
from signtui.model.trace import PoolingStep, trace
from signtui.model.weights import WeightsMetadata, save_weights
from signtui.render.signed_map import number
from signtui.render.terminal import TerminalStyle
from signtui.runs.control import Snapshot
from signtui.training.looks import Look, Wish
from signtui.training.microscope import Microscope
from signtui.tui.app import DashboardApp
from signtui.tui.engine import Engine
from signtui.tui.screens.network import NetworkScreen
from signtui.tui.widgets.network_about import AboutLine
from signtui.tui.widgets.network_cell import AfterPanel, OutputMap, SumPanel
from signtui.tui.widgets.network_channel import ChannelMaps, ExcitingImages, KernelPanel
from signtui.tui.widgets.network_image import ImagePanel
from signtui.tui.widgets.network_layers import LayerTable, MapStrips
from signtui.tui.widgets.parts import PartNames

P = Pilot[int]
MODEL = ModelSettings(
    blocks=(
        Block(filters=6, pooling="max", normalisation="batch"),
        Block(filters=5, kernel=4, stride=2, pooling="average", normalisation="none"),
    ),
    head=Head(pooling="max", hidden=(8,)),
)


def config_of(model: ModelSettings = MODEL, **data: Any) -> Config:
    settings = msgspec.structs.replace(
        Config().data, source="synthetic", synthetic_images=48, validation="random", **data
    )
    return msgspec.structs.replace(Config(), model=model, data=settings)


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNTUI_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


def weights(path: Path, model: ModelSettings, seed: int, epoch: int, scale: float = 1.0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    network = build(model, 28, len(CLASSES), seed)
    state = {name: tensor * scale for name, tensor in network.state_dict().items()}
    save_weights(path, state, WeightsMetadata(model, CLASSES, 28, epoch), half=True)


def told(events: list[AnyEvent], config: Config) -> list[AnyEvent]:
    return [run_started(config) if isinstance(event, RunStarted) else event for event in events]


class Engineer:
    """An engine of which only the microscope works; counts the looks."""

    def __init__(self) -> None:
        self.wishes: list[Wish] = []
        self._microscope = Microscope()

    def look(self, wish: Wish) -> Look:
        self.wishes.append(wish)
        return self._microscope(wish)

    @property
    def engine(self) -> Engine:
        return Engine(lambda: None, refuse, refuse, microscope=self.look)


class Stage:
    """A dashboard over a run, or over none, with the Network screen up."""

    def __init__(self, pilot: P, source: RecordedSource | None, engineer: Engineer) -> None:
        self.pilot, self.source, self.engineer = pilot, source, engineer

    @property
    def screen(self) -> NetworkScreen:
        (screen,) = (one for one in self.pilot.app.screen_stack if isinstance(one, NetworkScreen))
        return screen

    def shown(self, kind: type[Any]) -> str:
        text: str = self.screen.query_one(kind).shown
        return text

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def until(self, holds: Callable[[], object], what: str = "") -> None:
        await until(self.pilot, holds, what)


def on_stage(
    test: Callable[[Stage], Awaitable[None]],
    *,
    model: ModelSettings = MODEL,
    events: Callable[[], list[AnyEvent]] | None = whole_run,
    epochs: tuple[int, ...] = (1, 2),
    size: tuple[int, int] = (120, 40),
    style: TerminalStyle = TRUECOLOR,
    kind: Any = "attached",
) -> None:
    config = config_of(model)
    source = RecordedSource(told(events(), config), kind) if events is not None else None
    if source is not None:
        for epoch in epochs:
            weights(source.folder.epochs / f"{epoch:05d}.safetensors", model, epoch, epoch)

    async def go() -> None:
        engineer = Engineer()
        app = dashboard(style, config, engineer.engine)
        async with app.run_test(size=size) as pilot:
            if source is not None:
                app.watch_run(source)
            await pilot.press("3")
            stage = Stage(pilot, source, engineer)
            await stage.until(lambda: stage.screen.scene.view is not None, "no look")
            await stage.press()
            await test(stage)

    asyncio.run(go())


def test_of_an_ensemble_the_first_network_is_shown_and_said_to_be_the_first() -> None:
    async def test(stage: Stage) -> None:
        view = stage.screen.scene.view
        assert view is not None
        assert f"first of 3 networks, {view.weights:,} weights" in stage.shown(LayerTable)
        assert "%, the first of 3 networks" in stage.shown(AboutLine)
        assert "as the first of 3 networks takes it" in stage.shown(ImagePanel)

    on_stage(test, model=msgspec.structs.replace(MODEL, ensemble=3))


def test_layers_show_shapes_weights_cost_and_share_of_time() -> None:
    async def test(stage: Stage) -> None:
        shown = stage.shown(LayerTable)
        view = stage.screen.scene.view
        assert view is not None
        for layer in view.layers:
            (line,) = (line for line in shown.splitlines() if f" {layer.plan.name} " in line + " ")
            assert "x".join(map(str, layer.plan.output)) in line
            assert not layer.plan.weights or f"{layer.plan.weights:,}" in line
            assert "%" in line
        assert f"{view.weights:,} weights" in shown
        assert "networks" not in shown
        strips = stage.shown(MapStrips)
        assert "block 1 convolution  maps 1-" in strips
        assert "block 2 convolution  maps 1-" in strips
        assert "of 6" in strips
        assert f"{view.classes[int(view.probabilities.argmax())]} " in stage.shown(ImagePanel)

    on_stage(test)


def test_the_layer_and_the_channel_are_chosen_by_arrows_and_entered() -> None:
    async def test(stage: Stage) -> None:
        await stage.press("down", "down", "right", "right")
        assert "▸ block 1 normalisation" in stage.shown(LayerTable)
        assert ">3<" in stage.shown(MapStrips)
        await stage.press("enter")
        assert stage.screen.scene.spot.level == "channel"
        assert "Kernel of channel 3" in stage.shown(KernelPanel)
        await stage.press("left")
        assert "Kernel of channel 2" in stage.shown(KernelPanel)
        await stage.press("escape")
        assert stage.screen.scene.spot.level == "layers"
        assert "▸ block 1 normalisation" in stage.shown(LayerTable)

    on_stage(test)


def test_a_channel_shows_its_kernel_its_maps_in_the_blocks_order_and_what_excites_it() -> None:
    async def test(stage: Stage) -> None:
        await stage.press("enter")
        view, layer = stage.screen.scene.view, stage.screen.scene.convolution
        assert view is not None
        assert layer is not None
        assert layer.kernel is not None
        shown = stage.shown(KernelPanel)
        assert all(number(value) in shown for value in layer.kernel[0, 0].ravel().tolist())
        maps = stage.shown(ChannelMaps)
        names = ("convolution 28x28", "max pooling 14x14", "normalisation 14x14", "relu 14x14")
        assert sorted(names, key=maps.index) == list(names)
        await stage.until(lambda: stage.screen.scene.excitement is not None, "nothing excites it")
        found = stage.screen.scene.excitement
        assert found is not None
        (first, peak), *_ = found.best(layer.plan.module, 0, 1)
        await stage.press()
        assert f"{view.classes[int(found.labels[first])]} {number(peak, 2)}" in stage.shown(ExcitingImages)

    on_stage(test)


def test_the_planes_of_a_kernel_are_gone_through() -> None:
    async def test(stage: Stage) -> None:
        await stage.press("down", "down", "down", "down", "enter")
        assert "block 2 › channel 1" in stage.shown(AboutLine)
        assert "of 6" in stage.shown(KernelPanel)
        await stage.press("down", "right_square_bracket", "right_square_bracket")
        assert "plane 4 <" in stage.shown(KernelPanel)
        await stage.press("up", "left_square_bracket")
        assert "plane 2 <" in stage.shown(KernelPanel)

    on_stage(test)


def test_one_convolution_shows_numbers_that_are_the_networks_and_add_up() -> None:
    async def test(stage: Stage) -> None:
        await stage.press("enter", "enter")
        await stage.press(*["up"] * 30, *["left"] * 30)
        spot, view, layer = (
            stage.screen.scene.spot,
            stage.screen.scene.view,
            stage.screen.scene.convolution,
        )
        assert view is not None
        assert layer is not None
        assert (spot.row, spot.column) == (0, 0)
        shown = stage.shown(SumPanel)
        assert shown.count("pad 0") == 10
        await stage.press("down", "right", "right")
        assert (spot.row, spot.column) == (1, 2)
        shown, after = stage.shown(SumPanel), stage.shown(AfterPanel)
        steps = trace(view, layer, 0, 1, 2)
        assert number(float(layer.output[0, 1, 2])) in shown
        kernel = layer.kernel
        assert kernel is not None
        products = view.input[0, 0:3, 1:4] * kernel[0, 0]
        assert all(number(float(value)) in shown for value in products.ravel())
        printed = [float(word) for word in shown.split() if word[0] in "+-" and "." in word]
        assert printed[-1] == pytest.approx(products.sum(), abs=0.002)
        pooling = next(step for step in steps if isinstance(step, PoolingStep))
        assert number(pooling.after) in after
        assert all(number(float(value)) in after for value in pooling.window.ravel())
        winner = number(float(pooling.window.max()))
        assert f"{winner}◂" in after
        assert after.index("pooling") < after.index("batch norm") < after.index("activation")
        assert "row 2, column 3" in stage.shown(OutputMap)

    on_stage(test)


def test_average_pooling_and_the_bias_are_shown_where_there_are_such() -> None:
    async def test(stage: Stage) -> None:
        await stage.press("down", "down", "down", "down", "enter", "enter")
        assert "bias" in stage.shown(SumPanel)
        assert "average of 2x2" in stage.shown(AfterPanel)
        assert "global pooling" in stage.shown(AfterPanel)
        assert "planes" in stage.shown(SumPanel)

    on_stage(test)


def test_the_images_of_the_run_are_gone_through_by_key_and_by_letter() -> None:
    async def test(stage: Stage) -> None:
        assert "image 1 of 24  A" in stage.shown(AboutLine)
        await stage.press("n")
        assert "image 2 of 24  B" in stage.shown(AboutLine)
        await stage.press("p", "p")
        assert "image 24 of 24  Y" in stage.shown(AboutLine)
        await stage.press("G")
        assert "image 7 of 24  G" in stage.shown(AboutLine)
        samples = stage.screen.observation.subject
        assert samples is not None
        assert samples.images is not None
        await stage.until(
            lambda: np.array_equal(stage.screen.scene.view.image, samples.images[6]),  # type: ignore[union-attr]
            "the image did not come",
        )

    on_stage(test)


def test_the_scrubber_goes_through_the_epochs_from_before_training_to_the_newest() -> None:
    async def test(stage: Stage) -> None:
        def first_weight() -> float:
            layer = stage.screen.scene.convolution
            assert layer is not None
            assert layer.kernel is not None
            return float(layer.kernel[0, 0, 0, 0])

        def expected(seed: int) -> float:
            return float(build(MODEL, 28, 24, seed).state_dict()["blocks.0.convolution.weight"][0, 0, 0, 0])

        assert "epoch 2 (best)" in stage.shown(AboutLine)
        assert first_weight() == pytest.approx(expected(2), abs=1e-3)
        await stage.press("comma")
        assert "epoch 1" in stage.shown(AboutLine)
        await stage.until(lambda: first_weight() == pytest.approx(expected(1), abs=1e-3))
        await stage.press("home")
        assert "before training" in stage.shown(AboutLine)
        await stage.until(lambda: first_weight() != pytest.approx(expected(1), abs=1e-3))
        await stage.press("full_stop")
        assert "epoch 1" in stage.shown(AboutLine)
        await stage.press("end")
        assert "epoch 2 (best)" in stage.shown(AboutLine)

    on_stage(test)


def test_a_live_run_is_asked_for_its_weights_while_it_is_looked_at_and_only_then() -> None:
    async def test(stage: Stage) -> None:
        source, seen = stage.source, stage.screen.observation
        assert source is not None
        await stage.until(lambda: Snapshot() in source.sent, "it was not asked")
        weights(source.folder.now, MODEL, 77, 1)
        await stage.until(lambda: seen.moment.now, "now is no moment")
        fresh = float(build(MODEL, 28, 24, 77).state_dict()["blocks.0.convolution.weight"][0, 0, 0, 0])

        def weight() -> float:
            layer = stage.screen.scene.convolution
            assert layer is not None
            assert layer.kernel is not None
            return float(layer.kernel[0, 0, 0, 0])

        await stage.until(lambda: weight() == pytest.approx(fresh, abs=1e-3), "the weights did not come")
        assert "now" in stage.shown(AboutLine)
        network = stage.screen
        await stage.press("1")
        await stage.until(lambda: not seen.looker.is_busy, "still looking")
        asked, looks = len(source.sent), len(stage.engineer.wishes)
        weights(source.folder.now, MODEL, 78, 1)
        for _ in range(3):
            network._tick()
            network._news()
        assert (len(source.sent), len(stage.engineer.wishes)) == (asked, looks)

    on_stage(test, events=lambda: begun(50), epochs=(1,))


def test_a_past_epoch_of_a_live_run_stays_until_the_newest_is_wanted() -> None:
    async def test(stage: Stage) -> None:
        source, seen = stage.source, stage.screen.observation
        assert source is not None
        weights(source.folder.now, MODEL, 77, 1)
        await stage.until(lambda: seen.moment.now, "now is no moment")
        await stage.press("comma")
        assert "epoch 1" in stage.shown(AboutLine)
        assert "the run goes on" in stage.shown(AboutLine)
        sent = len(source.sent)
        stage.screen._tick()
        assert len(source.sent) == sent
        await stage.press("end")
        assert seen.moment.now

    on_stage(test, events=lambda: begun(50), epochs=(1,))


def test_without_a_run_a_fresh_network_of_the_form_is_shown_and_called_so() -> None:
    async def test(stage: Stage) -> None:
        assert "not trained" in stage.shown(AboutLine)
        assert "block 2 convolution" in stage.shown(LayerTable)
        await stage.press("n")
        await stage.until(lambda: "image 2 of" in stage.shown(AboutLine))
        app = stage.pilot.app
        assert isinstance(app, DashboardApp)
        one = ModelSettings(blocks=MODEL.blocks[:1], head=MODEL.head)
        app.edit_config(msgspec.structs.replace(app.config, model=one))
        await stage.until(lambda: "block 2 convolution" not in stage.shown(LayerTable), "the old network")

    on_stage(test, events=None)


def test_without_a_watched_run_the_latest_with_weights_is_shown(tmp_path: Path) -> None:
    from run_folders import make_run

    config = config_of()
    folder = make_run(tmp_path / "runs", "100000-brisk-heron-3f", told(whole_run(), config))
    make_run(tmp_path / "runs", "110000-calm-otter-01")
    weights(folder.best, Config().model, 5, 2)

    async def go() -> None:
        app = dashboard(TRUECOLOR, config, Engineer().engine)
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.press("3")
            await until(pilot, lambda: "brisk-heron" in screen_text(pilot), "not found")

    asyncio.run(go())


def test_weights_that_cant_be_read_are_said_to_be_so_in_a_sentence() -> None:
    async def test(stage: Stage) -> None:
        source = stage.source
        assert source is not None
        (source.folder.epochs / "00001.safetensors").write_bytes(b"nonsense")
        await stage.press("comma")
        await stage.until(lambda: "not a readable weights file" in stage.shown(AboutLine), "no sentence")
        await stage.press("full_stop")
        await stage.until(lambda: "image 1 of 24" in stage.shown(AboutLine), "not over it")

    on_stage(test)


@pytest.mark.parametrize("level", [0, 1, 2])
def test_in_a_narrow_terminal_tab_shows_the_parts_of_each_level_one_at_a_time(level: int) -> None:
    parts = (("layers", "strips", "image"), ("maps", "kernel", "exciting"), ("output", "sum", "after"))[level]

    async def test(stage: Stage) -> None:
        await stage.press(*["enter"] * level)
        for part in (*parts, parts[0]):
            await stage.pilot.pause()
            visible = [panel.id for panel in stage.screen.query(".panel") if panel.region]
            assert visible == [part]
            names = stage.screen.query_one(PartNames)
            marked = [segment.text.strip() for segment in names._strips[0] if segment.style.underline]
            assert marked == [names.parts[part]]
            await stage.press("tab")
        await stage.press("shift+tab")
        assert [panel.id for panel in stage.screen.query(".panel") if panel.region] == [parts[0]]

    on_stage(test, size=(80, 24))


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize("style", [TRUECOLOR, TerminalStyle("none", unicode=False)])
def test_every_level_fits_every_size(size: tuple[int, int], style: TerminalStyle) -> None:
    model = ModelSettings(
        order="activation_first",
        blocks=(
            Block(filters=3, kernel=7, residual=True, normalisation="layer"),
            Block(filters=40, kernel=11, pooling="max", pool_size=3, pool_stride=2, activation="tanh"),
        ),
        head=Head(pooling="average"),
    )

    async def test(stage: Stage) -> None:
        for _ in range(3):
            for _ in range(3):
                rows = screen_text(stage.pilot).splitlines()
                assert all(len(row) <= size[0] for row in rows)
                if not style.unicode:
                    assert "".join(rows).isascii()
                await stage.press("tab")
            await stage.press("enter")
        await stage.press("left_square_bracket", "right_square_bracket", "down", "right")

    on_stage(test, model=model, size=size, style=style)


def test_a_network_without_convolutions_has_layers_only() -> None:
    async def test(stage: Stage) -> None:
        await stage.press("enter")
        assert stage.screen.scene.spot.level == "layers"
        assert "no convolution" in stage.shown(MapStrips)

    on_stage(test, model=ModelSettings(blocks=(), head=Head(pooling="flatten")))


def test_importing_the_screen_loads_no_torch() -> None:
    import subprocess
    import sys

    code = "import signtui.tui.screens.network, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert torch  # this process has it, so only another one can tell
