"""The keys of the Network screen; several share one, for no two of them act on the same level."""

from textual.binding import Binding, BindingType


def _key(
    keys: str, action: str, words: str, name: str, tip: str, *, show: bool = False, as_: str = ""
) -> Binding:
    return Binding(keys, action, words, show=show, key_display=as_ or None, id=f"network.{name}", tooltip=tip)


KEYS: list[BindingType] = [
    _key("enter", "deeper", "deeper", "deeper", "look closer: a channel, then one convolution", show=True),
    _key("escape", "back", "back", "back", "one level back", show=True, as_="esc"),
    _key("up", "layer(-1)", "layer", "layer.previous", "the layer before", show=True, as_="up/down"),
    _key("down", "layer(1)", "layer", "layer.next", "the next layer"),
    _key(
        "left",
        "channel(-1)",
        "channel",
        "channel.previous",
        "the channel before",
        show=True,
        as_="left/right",
    ),
    _key("right", "channel(1)", "channel", "channel.next", "the next channel"),
    _key("up", "cell(-1,0)", "move", "cell.up", "the value above", show=True, as_="arrows"),
    _key("down", "cell(1,0)", "move", "cell.down", "the value below"),
    _key("left", "cell(0,-1)", "move", "cell.left", "the value to the left"),
    _key("right", "cell(0,1)", "move", "cell.right", "the value to the right"),
    _key("up", "plane(-1)", "plane", "kernel.previous", "the input plane before", show=True, as_="up/down"),
    _key("down", "plane(1)", "plane", "kernel.next", "the next input plane"),
    _key("left_square_bracket", "plane(-1)", "plane", "plane.previous", "the input plane before", as_="["),
    _key("right_square_bracket", "plane(1)", "plane", "plane.next", "the next input plane", as_="]"),
    _key("n", "image(1)", "image", "image.next", "the next image", show=True, as_="n/p"),
    _key("p", "image(-1)", "image", "image.previous", "the image before"),
    _key("comma", "moment(-1)", "epoch", "earlier", "the epoch before", show=True, as_=", ."),
    _key("full_stop", "moment(1)", "epoch", "later", "the next epoch; at the end, the present"),
    _key("home", "moment(-1000000)", "first", "first", "before training"),
    _key("end", "moment(1000000)", "newest", "newest", "the newest weights"),
    _key("tab", "panel(1)", "panel", "panel.next", "the next panel", show=True),
    _key("shift+tab", "panel(-1)", "panel", "panel.previous", "the panel before"),
    Binding(
        "h",
        "app.by_hand",
        "by hand",
        id="network.by_hand",
        tooltip="kernels, activations and pooling tried on one image",
    ),
]
