"""What goes on beside a run: its heartbeat, commands left in its folder, and what it costs the machine."""

import contextlib
import threading
import time
from collections.abc import Callable

import psutil
import torch

from signtui.events import AnyEvent, Mark, System
from signtui.runs.control import ControlReader
from signtui.runs.folder import RunFolder
from signtui.runs.liveness import HEARTBEAT_SECONDS, write_heartbeat
from signtui.training.control import Control
from signtui.training.gpu import GpuFigures, GpuWatch, watch_gpu

LISTEN_SECONDS = 0.25
SYSTEM_SECONDS = 2.0


class Housekeeper:
    """A thread that lives as long as the run, which trains on `device`."""

    def __init__(
        self,
        folder: RunFolder,
        control: Control,
        report: Callable[[AnyEvent], None],
        device: torch.device,
        watch: Callable[[torch.device], GpuWatch | None] = watch_gpu,
    ) -> None:
        self._folder = folder
        self._control = control
        self._report = report
        self._device = device
        self._watch = watch
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._work, name=f"housekeeper {folder.id}", daemon=True)
        # Before the first event, so that nobody finds a live run without a pulse.
        self._beat()

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """End; returns when the thread has, if it ever began."""
        self._done.set()
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        reader = ControlReader(self._folder)
        process = psutil.Process()
        process.cpu_percent()
        gpu = self._watch(self._device)
        next_beat = next_system = time.monotonic() + SYSTEM_SECONDS
        while not self._done.wait(LISTEN_SECONDS):
            for command in reader.poll():
                self._control.send(command)
            for text in reader.take_warnings():
                self._report(Mark(time=time.time(), kind="warning", epoch=0, step=0, text=text))
            now = time.monotonic()
            if now >= next_beat:
                self._beat()
                next_beat = now + HEARTBEAT_SECONDS
            if now >= next_system:
                self._report(_system(process, gpu.read() if gpu else GpuFigures()))
                next_system = now + SYSTEM_SECONDS
        reader.close()
        if gpu:
            gpu.close()

    def _beat(self) -> None:
        with contextlib.suppress(OSError):  # a full disk must not end the run
            write_heartbeat(self._folder)


def _system(process: psutil.Process, gpu: GpuFigures) -> System:
    return System(
        time=time.time(),
        cpu=process.cpu_percent() / 100 / (psutil.cpu_count() or 1),
        memory=process.memory_info().rss,
        gpu=gpu.use,
        gpu_memory=gpu.memory,
        gpu_memory_total=gpu.memory_total,
        gpu_temperature=gpu.temperature,
        gpu_power=gpu.power,
    )
