"""A panel with images on it: block art in its lines, or pixels over cells that it leaves empty."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text
from textual.geometry import Region

from signtui.tui.pictures import PANEL, Picture
from signtui.tui.widgets.lines import Lines, as_strip

if TYPE_CHECKING:
    from signtui.render.block_art import Pixels


class PicturePanel(Lines):
    """Lines, and the `pictures` that belong on it, in its own cells."""

    pictures: tuple[Picture, ...] = ()

    def on_mount(self) -> None:
        """Be found by the layer that shows them."""
        self.add_class(PANEL)

    @property
    def shows_pixels(self) -> bool:
        """Whether the terminal shows pixels, so that cells are left empty for them."""
        layer = self.dashboard.pictures
        return layer is not None and layer.protocol is not None

    def grid(
        self, images: "Sequence[Pixels] | Pixels", captions: Sequence[str | Text], cells: int, top: int
    ) -> list[Text]:
        """`images` uint8 (N, H, W), `cells` columns wide each, as the lines of the panel from `top` on."""
        from signtui.render.block_art import grid_places, image_grid  # noqa: PLC0415 - with numpy

        pixels, style = self.shows_pixels, self.art_style
        if pixels:
            places = [Region(x, y + top, *size) for x, y, *size in grid_places(images, style, cells)]
            self.show_pictures(
                [
                    Picture(image.tobytes(), image.shape[1], image.shape[0], place)
                    for image, place in zip(images, places, strict=True)
                    if place.bottom <= self.size.height
                ]
            )
        return list(image_grid(images, captions, style, cells, drawn=not pixels).split("\n"))

    def show_captions(
        self,
        title: Text,
        images: "Sequence[Pixels] | Pixels",
        captions: Sequence[str | Text],
        cells: int,
        top: int,
    ) -> None:
        """Another title and other captions on what `grid` made of the same arguments; the images stay."""
        from signtui.render.block_art import grid_captions  # noqa: PLC0415 - with numpy

        strips = [as_strip(title), *self._strips[1:]]
        for row, caption in grid_captions(images, captions, self.art_style, cells).items():
            if top + row < len(strips):
                strips[top + row] = as_strip(caption)
        self.show_strips(strips)

    def show_pictures(self, pictures: Sequence[Picture] = ()) -> None:
        """These, and no others."""
        if self.pictures != tuple(pictures):
            self.pictures = tuple(pictures)
            self.call_after_refresh(self.dashboard.update_pictures)
