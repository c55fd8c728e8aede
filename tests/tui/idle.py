"""When a dashboard under test has nothing left to do, told by its messages instead of by the clock.

Textual's pilot waits after each key until the process has used less than a millisecond of twenty, or for a
second. So each key costs forty milliseconds at least, and seconds while any thread works.
"""

import asyncio
from collections.abc import Iterator

from textual._context import active_app
from textual.app import App
from textual.message_pump import MessagePump
from textual.screen import Screen

SPINS = 200
"""Turns of the loop after which what is waited for is no matter of turns: something awaits a thread."""


async def until_idle(min_sleep: float = 0.0, max_sleep: float = 1.0) -> None:
    """Wait until every message has been dealt with and the screen is drawn, at most `max_sleep` seconds."""
    app, loop = active_app.get(), asyncio.get_running_loop()
    begun, turns, quiet = loop.time(), 0, 0
    await asyncio.sleep(min_sleep)
    while quiet < 3 and loop.time() - begun < max_sleep:
        turns += 1
        await asyncio.sleep(0 if turns < SPINS else 0.001)
        if app._resize_event is not None or any(_is_busy(pump) for pump in _pumps(app)):
            quiet = 0
        elif any(_is_undrawn(screen) for screen in app.screen_stack[-1:]):
            app.screen._on_timer_update()
            quiet = 0
        else:
            quiet += 1


def _pumps(app: App[object]) -> Iterator[MessagePump]:
    yield app
    yield from list(app._registry)


def _is_busy(pump: MessagePump) -> bool:
    """Whether it has messages, or is at anything else than waiting for one."""
    if pump._task is None or pump._task.done():
        return False
    queue = pump._message_queue
    return bool(queue.values or pump._next_callbacks) or not queue.ready_event._waiters


def _is_undrawn(screen: Screen[object]) -> bool:
    waiting = screen._layout_required or screen._scroll_required or screen._repaint_required
    return bool(waiting or screen._recompose_required or screen._dirty_widgets or screen._callbacks)
