"""A runs directory with real folders in it, and a dashboard that looks at it."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
from recorded_run import RUN_ID, begun, dashboard, run_ended, whole_run
from textual.pilot import Pilot

from signtui.config import Config, as_plain, preset_config
from signtui.errors import RunError
from signtui.events import AnyEvent, RunEnded, RunStarted, encode
from signtui.render.terminal import TerminalStyle
from signtui.runs.folder import RunFolder
from signtui.runs.labels import Labels, write_labels
from signtui.runs.liveness import write_heartbeat
from signtui.tui.app import Engine

WAITING_SECONDS = 15.0


def make_run(directory: Path, name: str, events: list[AnyEvent] | None = None, **how: Any) -> RunFolder:
    """A run called `20261122-{name}`. `how`: preset, synthetic, tags, notes, live."""
    folder = RunFolder(directory / f"20261122-{name}")
    folder.epochs.mkdir(parents=True)
    told = [_renamed(event, folder.id, how) for event in events or whole_run()]
    folder.events.write_bytes(b"".join(encode(event) + b"\n" for event in told))
    if "tags" in how or "notes" in how:
        write_labels(folder.labels, Labels(how.get("notes", ""), how.get("tags", ())))
    if how.get("live"):
        write_heartbeat(folder)
    return folder


def _renamed(event: AnyEvent, run_id: str, how: dict[str, Any]) -> AnyEvent:
    if isinstance(event, RunEnded):
        return msgspec.structs.replace(event, id=run_id)
    if not isinstance(event, RunStarted):
        return event
    data = event.data
    if how.get("synthetic"):
        data = msgspec.structs.replace(data, name="synthetic hands", kind="synthetic", synthetic=True)
    config = as_plain(preset_config(how.get("preset", "fast")))
    return msgspec.structs.replace(event, id=run_id, data=data, config=config)


def a_history(directory: Path) -> dict[str, RunFolder]:
    """Five runs: an ordinary one, a synthetic one, one stopped, one lost, one live."""
    return {
        "plain": make_run(directory, "100000-brisk-heron-3f", tags=("night",), notes="first try"),
        "synthetic": make_run(directory, "110000-calm-otter-01", preset="tiny", synthetic=True),
        "stopped": make_run(directory, "120000-keen-owl-02", [*begun(40), run_ended("stopped", epochs=1)]),
        "lost": make_run(directory, "130000-glad-fox-03", begun(50)),
        "live": make_run(directory, "140000-swift-wren-04", begun(20), live=True),
    }


def refuse(*_: object) -> Any:
    raise RunError("no training in this test")


def over_runs(
    directory: Path,
    test: Callable[[Pilot[int]], Awaitable[None]],
    size: tuple[int, int] = (120, 40),
    style: TerminalStyle | None = None,
    engine: Engine | None = None,
) -> None:
    """Run `test` on the Runs screen of a dashboard over `directory`."""
    config = msgspec.structs.replace(
        Config(), runs=msgspec.structs.replace(Config().runs, directory=str(directory))
    )

    async def go() -> None:
        app = dashboard(style or TerminalStyle("truecolor", unicode=True), config, engine)
        async with app.run_test(size=size) as pilot:
            await pilot.press("5")
            await test(pilot)

    asyncio.run(go())


async def until(pilot: Pilot[int], holds: Callable[[], object], what: str = "") -> None:
    """Let the dashboard go on until `holds`; fails where that takes far too long."""
    loop = asyncio.get_running_loop()
    end = loop.time() + WAITING_SECONDS
    while not holds():
        assert loop.time() < end, what or "what was waited for did not come"
        await pilot.pause(0.01)


__all__ = ["RUN_ID", "a_history", "make_run", "over_runs", "refuse", "until"]
