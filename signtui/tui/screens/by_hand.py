"""Try it by hand: one image, one kernel, and what a convolution, an activation and a pooling make of them."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widget import Widget

from signtui.tui.bench import Bench
from signtui.tui.screens.base import DashboardScreen, Panel
from signtui.tui.widgets.by_hand import ActivationPanel, BenchPanel, ConvolutionPanel, PoolingPanel
from signtui.tui.widgets.parts import PartNames

PARTS = {"convolution": "Convolution", "activation": "Activation", "pooling": "Pooling"}
"""What a narrow terminal shows one at a time."""


class ByHandScreen(DashboardScreen):
    """Knobs that work on every panel, and the panels over them."""

    CSS_PATH = "by_hand.tcss"
    AUTO_FOCUS = "#hand-convolution"
    PLACE: ClassVar[str] = "by hand"
    FIRST_KEYS = ("hand.back", "hand.kernel.next", "hand.image.next", "hand.type")
    PARTS = PARTS
    PANELS = (
        Panel("hand-convolution", "Convolution", ConvolutionPanel, "convolution"),
        Panel("hand-activation", "Activation", ActivationPanel, "activation"),
        Panel("hand-pooling", "Pooling", PoolingPanel, "pooling"),
    )
    HELP: ClassVar[str] = (
        "A convolution layer does this with many kernels at once, and learns their numbers. Here you choose"
        " them: the classic kernels, or your own."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,backspace",
            "back",
            "back",
            key_display="esc",
            id="hand.back",
            tooltip="where you came from",
        ),
        Binding("tab", "panel(1)", "panel", id="hand.panel.next", tooltip="the next panel"),
        Binding(
            "shift+tab",
            "panel(-1)",
            "panel",
            show=False,
            id="hand.panel.previous",
            tooltip="the panel before",
        ),
        Binding("k", "kernel(1)", "kernel", id="hand.kernel.next", tooltip="the next kernel"),
        Binding(
            "K", "kernel(-1)", "kernel", show=False, id="hand.kernel.previous", tooltip="the kernel before"
        ),
        Binding("e", "type_kernel", "type one", id="hand.type", tooltip="type a kernel of your own"),
        Binding("i", "image(1)", "image", id="hand.image.next", tooltip="the next image"),
        Binding("I", "image(-1)", "image", show=False, id="hand.image.previous", tooltip="the image before"),
        Binding("s", "stride", "stride", id="hand.stride", tooltip="the kernel's step: 1, 2, 3"),
        Binding("p", "padding", "padding", id="hand.padding", tooltip="a border of zeros, or none"),
        Binding("a", "activation(1)", "activation", id="hand.activation.next", tooltip="the next activation"),
        Binding("w", "window", "window", id="hand.window", tooltip="the pooling window: 2, 3, 4"),
    ]

    def __init__(self, *, id: str = "by-hand") -> None:  # noqa: A002 - Textual's name
        super().__init__()
        self.id = id
        self.bench = Bench()

    def compose_body(self) -> list[Widget]:
        """Convolution over pooling, activation beside them."""
        return [
            PartNames(PARTS, id="hand-parts"),
            Container(
                Container(ConvolutionPanel(self.bench), PoolingPanel(self.bench), id="hand-left"),
                ActivationPanel(self.bench),
                id="hand",
            ),
        ]

    def on_mount(self) -> None:
        """Take the watched run's images, also when another run comes."""
        self.add_class("-convolution")
        self._take_images()
        self.dashboard.run_progressed.subscribe(self, lambda _: self._take_images())

    def _take_images(self) -> None:
        run = self.dashboard.watched
        if self.bench.take_images_of(run.state if run is not None else None):
            self.renew()

    def on_bench_changed(self) -> None:
        """Every panel shows other numbers."""
        self.renew()

    def on_screen_resume(self) -> None:
        """Nothing was drawn while another screen was shown."""
        super().on_screen_resume()
        self.renew()

    def renew(self) -> None:
        """Draw the panels that can be seen."""
        for panel in self.query(BenchPanel):
            panel.draw()

    def action_back(self) -> None:
        """Where one came from."""
        self.dismiss()

    def action_kernel(self, by: int) -> None:
        """Another kernel."""
        self.bench.turn_kernel(by)
        self.renew()

    def action_type_kernel(self) -> None:
        """A kernel of one's own, on the panel that shows it."""
        self.show_panel("hand-convolution")
        self.query_one(ConvolutionPanel).start_typing()

    def action_image(self, by: int) -> None:
        """Another image."""
        self.bench.turn_image(by)
        self.renew()

    def action_stride(self) -> None:
        """Another stride."""
        self.bench.turn_stride()
        self.renew()

    def action_padding(self) -> None:
        """The other padding."""
        self.bench.turn_padding()
        self.renew()

    def action_activation(self, by: int) -> None:
        """Another activation."""
        self.bench.turn_activation(by)
        self.renew()

    def action_window(self) -> None:
        """Another pooling window."""
        self.bench.turn_window()
        self.renew()
