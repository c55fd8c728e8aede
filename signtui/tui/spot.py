"""Where the microscope points: how deep, at which layer, channel, input plane and output value."""

from dataclasses import dataclass
from typing import Literal

from signtui.model.views import LayerView, NetworkView

Level = Literal["layers", "channel", "cell"]
LEVELS: tuple[Level, ...] = ("layers", "channel", "cell")


@dataclass
class Spot:
    """`layer` counts the network's layers; `row` and `column` are of its convolution's output."""

    level: Level = "layers"
    layer: int = 0
    channel: int = 0
    plane: int = 0
    row: int = 0
    column: int = 0

    def settle(self, view: NetworkView) -> None:
        """Stay within `view`, which may be of another network than before."""
        self.layer = min(max(0, self.layer), len(view.layers) - 1)
        convolution = self.convolution(view)
        if convolution is None:
            self.level = "layers"
            self.channel = min(self.channel, max(0, view.layers[self.layer].plan.output[0] - 1))
            return
        filters, height, width = convolution.plan.output
        self.channel = min(max(0, self.channel), filters - 1)
        self.plane = min(max(0, self.plane), convolution.plan.input[0] - 1)
        self.row = min(max(0, self.row), height - 1)
        self.column = min(max(0, self.column), width - 1)

    def convolution(self, view: NetworkView) -> LayerView | None:
        """The convolution that is looked at; None in the head."""
        return view.convolution_of(view.layers[self.layer])

    def deeper(self, view: NetworkView) -> bool:
        """Go one level deeper, where there is one; at first to the middle of the map."""
        convolution = self.convolution(view)
        if convolution is None or self.level == "cell":
            return False
        if self.level == "channel" and (self.row, self.column) == (0, 0):
            _, height, width = convolution.plan.output
            self.row, self.column = height // 2, width // 2
        self.level = LEVELS[LEVELS.index(self.level) + 1]
        self.settle(view)
        return True

    def back(self) -> bool:
        """Go one level back, where there is one."""
        if self.level == "layers":
            return False
        self.level = LEVELS[LEVELS.index(self.level) - 1]
        return True
