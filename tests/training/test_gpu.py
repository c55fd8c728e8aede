"""A GPU's figures by NVML, over a stand-in of its interface: no machine here has such a GPU."""

import threading
from types import SimpleNamespace

import pytest
import torch

from signtui.config import Config
from signtui.events import System, decode
from signtui.runs.folder import create_run
from signtui.training import housekeeper
from signtui.training.control import Control
from signtui.training.gpu import GpuFigures, watch_gpu
from signtui.training.housekeeper import Housekeeper

UUID = "5a1c0f3e-0000-4000-8000-00000000002a"
CUDA = torch.device("cuda", 0)


class NVMLError(Exception):
    pass


class Nvml:
    """`pynvml` as far as it is used: two GPUs, in another order than CUDA's."""

    NVMLError = NVMLError
    NVML_TEMPERATURE_GPU = 0

    def __init__(self, *silent, driver=True, by_uuid=True):
        self.silent = set(silent)
        self.driver = driver
        self.uuids = {"GPU-11111111": "other", f"GPU-{UUID}": "ours"} if by_uuid else {}
        self.asked = []
        self.open = 0

    def nvmlInit(self):  # noqa: N802 - NVML's own name, as the others
        if not self.driver:
            raise NVMLError("Driver Not Loaded")
        self.open += 1

    def nvmlShutdown(self):  # noqa: N802
        self.open -= 1

    def nvmlDeviceGetHandleByUUID(self, uuid):  # noqa: N802
        if uuid not in self.uuids:
            raise NVMLError("Not Found")
        return self.uuids[uuid]

    def nvmlDeviceGetHandleByPciBusId(self, place):  # noqa: N802
        return {"00000000:81:00.0": "ours"}[place]

    def _answer(self, name, handle, answer):
        assert handle == "ours"
        self.asked.append(name)
        if name in self.silent:
            raise NVMLError("Not Supported")
        return answer

    def nvmlDeviceGetUtilizationRates(self, handle):  # noqa: N802
        return self._answer("use", handle, SimpleNamespace(gpu=87, memory=40))

    def nvmlDeviceGetMemoryInfo(self, handle):  # noqa: N802
        total, used = 80_000_000_000, 4_100_000_000
        return self._answer("memory", handle, SimpleNamespace(total=total, free=total - used, used=used))

    def nvmlDeviceGetTemperature(self, handle, sensor):  # noqa: N802
        assert sensor == self.NVML_TEMPERATURE_GPU
        return self._answer("temperature", handle, 61)

    def nvmlDeviceGetPowerUsage(self, handle):  # noqa: N802
        return self._answer("power", handle, 310_250)


@pytest.fixture(autouse=True)
def cuda(monkeypatch):
    """CUDA tells of its device 0, whichever that is."""
    facts = SimpleNamespace(uuid=UUID, pci_domain_id=0, pci_bus_id=0x81, pci_device_id=0)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _: facts)
    return facts


def test_the_figures_are_of_the_gpu_that_cuda_calls_its_own():
    watch = watch_gpu(CUDA, Nvml())
    assert watch.read() == GpuFigures(0.87, 4_100_000_000, 80_000_000_000, 61.0, pytest.approx(310.25))


def test_a_gpu_without_a_uuid_is_found_by_its_place_on_the_bus(cuda):
    del cuda.uuid
    assert watch_gpu(CUDA, Nvml()).read().use == 0.87
    cuda.uuid = "unknown to nvml"
    assert watch_gpu(CUDA, Nvml(by_uuid=False)).read().use == 0.87


def test_what_a_gpu_does_not_tell_is_missing_and_not_asked_for_again():
    nvml = Nvml("power", "use")
    watch = watch_gpu(CUDA, nvml)
    for _ in range(3):
        figures = watch.read()
        assert figures.use is figures.power is None
        assert figures.temperature == 61
    assert nvml.asked.count("power") == nvml.asked.count("use") == 1
    watch.close()
    assert nvml.open == 0


def test_no_driver_and_no_gpu_mean_no_watch():
    assert watch_gpu(CUDA, Nvml(driver=False)) is None
    assert watch_gpu(torch.device("cpu"), Nvml()) is None


def test_the_run_says_the_figures_of_its_gpu(tmp_path, monkeypatch):
    monkeypatch.setattr(housekeeper, "SYSTEM_SECONDS", 0.0)
    nvml, said, told = Nvml(), [], threading.Event()

    def report(event):
        said.append(event)
        told.set()

    folder = create_run(tmp_path, Config())
    keeper = Housekeeper(folder, Control(), report, CUDA, lambda device: watch_gpu(device, nvml))
    keeper.start()
    assert told.wait(30)
    keeper.stop()
    assert said[0].gpu == 0.87
    assert said[0].gpu_memory_total == 80_000_000_000
    assert nvml.open == 0


def test_a_log_of_before_there_were_gpu_figures_still_reads():
    line = b'{"type":"system","cpu":0.97,"memory":641728512,"time":1795363442.3}'
    assert decode(line) == System(time=1795363442.3, cpu=0.97, memory=641728512)
    assert decode(line).gpu is None
