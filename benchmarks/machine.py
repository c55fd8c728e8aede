"""What a figure was measured on, printed above every benchmark."""

import importlib.metadata
import os
import platform
from pathlib import Path


def describe(*packages: str) -> str:
    """One line: processor, cores in use, Python and the versions of `packages`."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line
        ]
        model = names[0] if names else model
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)
    return f"{model}, {cores} cores{load}; Python {platform.python_version()}, {versions}"
