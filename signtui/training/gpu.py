"""What the GPU that a run trains on is doing, asked of NVIDIA's management library (NVML).

NVML answers without touching the GPU's queue, so asking doesn't slow the training down. It numbers GPUs in
an order of its own and knows nothing of CUDA_VISIBLE_DEVICES: the device is found by its UUID or its place on
the bus.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

_WATTS = 1e-3  # NVML counts milliwatts


@dataclass(frozen=True, slots=True)
class GpuFigures:
    """A GPU's figures now; None where it doesn't tell. Use is a share of 1, memory in bytes, C, W."""

    use: float | None = None
    memory: int | None = None
    memory_total: int | None = None
    temperature: float | None = None
    power: float | None = None


class GpuWatch:
    """Reads the figures of one GPU. What it can't tell once is not asked for again."""

    def __init__(self, nvml: Any, handle: Any) -> None:
        self._nvml = nvml
        self._readers: dict[str, Callable[[], dict[str, Any]]] = {
            "use": lambda: {"use": nvml.nvmlDeviceGetUtilizationRates(handle).gpu / 100},
            "memory": lambda: _memory(nvml.nvmlDeviceGetMemoryInfo(handle)),
            "temperature": lambda: {
                "temperature": float(nvml.nvmlDeviceGetTemperature(handle, nvml.NVML_TEMPERATURE_GPU))
            },
            "power": lambda: {"power": nvml.nvmlDeviceGetPowerUsage(handle) * _WATTS},
        }

    def read(self) -> GpuFigures:
        """The figures now."""
        figures: dict[str, Any] = {}
        for name, reader in list(self._readers.items()):
            try:
                figures |= reader()
            except Exception:  # whatever a driver may say, training goes on without the figure
                del self._readers[name]
        return GpuFigures(**figures)

    def close(self) -> None:
        """Let NVML go."""
        try:
            self._nvml.nvmlShutdown()
        except Exception:  # as above
            self._readers.clear()


def watch_gpu(device: torch.device, nvml: Any = None) -> GpuWatch | None:
    """A watch over `device`; None where it is no CUDA GPU, or NVML can't be asked about it.

    `nvml` is the module `pynvml`, or what stands in for it in a test.
    """
    if device.type != "cuda":
        return None
    try:
        library = nvml or importlib.import_module("pynvml")  # only where there is a GPU to ask about
        library.nvmlInit()
        return GpuWatch(library, _handle(library, torch.cuda.get_device_properties(device)))
    except Exception:  # no driver, no library, no permission: no figures
        return None


def _handle(nvml: Any, properties: Any) -> Any:
    """NVML's handle of the device that CUDA describes by `properties`."""
    uuid = getattr(properties, "uuid", None)
    if uuid is not None:
        text = str(uuid)
        # CUDA says the bare number of a part of a GPU (MIG) as of a whole one.
        for name in (text,) if text.startswith(("GPU-", "MIG-")) else (f"GPU-{text}", f"MIG-{text}"):
            try:
                return nvml.nvmlDeviceGetHandleByUUID(name)
            except nvml.NVMLError:
                continue
    place = (properties.pci_domain_id, properties.pci_bus_id, properties.pci_device_id)
    return nvml.nvmlDeviceGetHandleByPciBusId("{:08x}:{:02x}:{:02x}.0".format(*place))


def _memory(info: Any) -> dict[str, int]:
    return {"memory": int(info.used), "memory_total": int(info.total)}
