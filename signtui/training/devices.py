"""Where the arithmetic runs: device, precision, threads, and the memory allocator's manners."""

import ctypes
import functools
import os
import platform
import re
import sys
import threading
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass

import torch

from signtui.config.schema import TrainSettings
from signtui.errors import ConfigError

DEVICE = re.compile(r"auto|cpu|mps|cuda(:\d+)?")


@dataclass(frozen=True)
class Compute:
    """The device, precision ("fp32" or "bf16") and processor threads in force."""

    device: torch.device
    precision: str
    threads: int

    def autocast(self) -> AbstractContextManager[object]:
        """The context that a forward pass runs in."""
        if self.precision == "bf16":
            return torch.autocast(self.device.type, dtype=torch.bfloat16)
        return nullcontext()


def choose_compute(settings: TrainSettings) -> Compute:
    """What `settings` ask for on this machine.

    Raises:
        ConfigError: where the device is unknown or not there, or can't do the precision.
    """
    device = _choose_device(settings.device.strip().lower())
    precision = settings.precision
    fast_bf16 = device.type == "cuda" and torch.cuda.get_device_capability(device) >= (8, 0)
    if precision == "auto":
        # On most processors bf16 is emulated, at a fraction of the speed.
        precision = "bf16" if fast_bf16 else "fp32"
    elif precision == "bf16" and device.type == "mps":
        raise ConfigError("train.precision = bf16 doesn't work on device mps; use fp32 or auto")
    return Compute(device, precision, settings.threads or _available_cores())


def _choose_device(name: str) -> torch.device:
    if not DEVICE.fullmatch(name):
        raise ConfigError(f"train.device = {name!r} must be auto, cpu, cuda, cuda:N or mps")
    mps = torch.backends.mps.is_available()
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "mps" if mps else "cpu"
    if name == "mps" and not mps:
        raise ConfigError("train.device = mps: there is no Apple GPU here; use auto or cpu")
    if name.startswith("cuda"):
        count = torch.cuda.device_count()
        number = int(name.partition(":")[2] or 0)
        if number >= count:
            there = (
                f"only {count} (cuda:0 to cuda:{count - 1})" if count else "no CUDA GPU that torch can use"
            )
            raise ConfigError(f"train.device = {name}: there is {there} here; use auto or cpu")
        return torch.device("cuda", number)
    return torch.device(name)


def _available_cores() -> int:
    try:
        return max(1, len(os.sched_getaffinity(0)))
    except AttributeError:  # not on macOS or Windows
        return max(1, os.cpu_count() or 1)


def prepare_thread(compute: Compute, *, deterministic: bool) -> None:
    """Set torch up for training in the calling thread, once, before its first operation."""
    torch.set_num_threads(compute.threads)
    torch.backends.cuda.matmul.allow_tf32 = True
    torch.backends.cudnn.allow_tf32 = True
    torch.backends.cudnn.benchmark = not deterministic
    if deterministic:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(deterministic)
    keep_freed_memory()


def give_way(niceness: int) -> None:
    """Make the calling thread, and those it starts, nicer to the others by `niceness`.

    Only where threads have priorities of their own: elsewhere it would be the whole program.
    """
    if niceness and sys.platform == "linux":
        thread = threading.get_native_id()
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + niceness)


@functools.cache  # once a process: glibc locks and tidies its heap at each of these calls
def keep_freed_memory() -> None:
    """Ask glibc to keep freed memory instead of handing it back to the system at every step.

    Activations are freed and taken again each step; without this the kernel clears the same pages over
    and over. Does nothing where the C library isn't glibc.
    """
    if platform.libc_ver()[0] != "glibc":
        return
    trim_threshold, mmap_threshold = -1, -3
    libc = ctypes.CDLL(None)
    libc.mallopt(mmap_threshold, 32 << 20)
    libc.mallopt(trim_threshold, 1 << 30)
