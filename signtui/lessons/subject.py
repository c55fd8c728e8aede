"""What a lesson speaks of: a run with its figures, or the settings of the next one."""

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from signtui.config import Config
from signtui.config.load import from_plain
from signtui.errors import ConfigError
from signtui.events import DataFacts, EpochEnded
from signtui.model.layers import LayerPlan
from signtui.model.plan import Plan, plan
from signtui.runs.state import RunState


@dataclass(frozen=True)
class Subject:
    """Settings, and the run that has them where there is one. `image_size` is a side in pixels."""

    config: Config
    state: RunState | None
    image_size: int
    classes: int

    @cached_property
    def layout(self) -> Plan | None:
        """The network on paper; None where the settings allow none."""
        try:
            return plan(self.config.model, self.image_size, self.classes)
        except ConfigError:
            return None

    @property
    def data(self) -> DataFacts | None:
        """What the run learns from."""
        return self.state.data if self.state is not None else None

    @property
    def last(self) -> EpochEnded | None:
        """The run's latest finished epoch."""
        return self.state.epochs[-1] if self.state is not None and self.state.epochs else None

    def layers(self, kind: str) -> list[LayerPlan]:
        """The network's layers of that kind in order, without those of shortcuts around a block."""
        layers = self.layout.layers if self.layout is not None else ()
        return [layer for layer in layers if layer.kind == kind and "shortcut" not in layer.name]

    @property
    def about(self) -> str:
        """Whose numbers these are."""
        return f"run {self.state.id}" if self.state is not None else "the settings of the next run"


def subject_of(config: Config, state: RunState | None, image_shape: tuple[int, int]) -> Subject:
    """The run of `state` with its settings, or else `config` for `image_shape` (side, classes)."""
    if state is None or state.started is None or state.data is None:
        return Subject(config, None, *image_shape)
    with suppress(ConfigError):  # of another version: the form's settings then stand beside its figures
        config = from_plain(state.config, f"the settings of run {state.id}")
    return Subject(config, state, state.data.image_size, len(state.data.classes))
