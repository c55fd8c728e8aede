"""A photograph of a hand, as cameras and programs leave it, turned into the grey square a network expects.

The same way for a photo to predict and for a folder of images to learn from: turned upright as the camera
says, transparent parts laid on a neutral grey, made grey by luminance, cut to the middle square, scaled. Grey
levels stay as they are: contrast is for the network's own input scaling.
"""

import io
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from signtui.data.images import ByteArray
from signtui.errors import DataError

if TYPE_CHECKING:
    from PIL.Image import Image

Crop: TypeAlias = Literal["centre", "none"]

SUFFIXES = frozenset((".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"))
"""What a folder is searched for."""

FORMATS = ("BMP", "GIF", "JPEG", "JPEG2000", "MPO", "PNG", "PPM", "TIFF", "WEBP", "AVIF")
"""What is decoded. Not all that Pillow knows: some formats run other programs, or hold drawings."""

LARGEST_PIXELS = 120_000_000
"""As many as the largest common cameras make; a file of a few kilobytes can claim to have more."""

LARGEST_STREAM = 2**29
"""The most bytes that are read from a pipe."""

NEUTRAL = 128
"""The grey behind transparent parts."""

_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1")
_DRAFT_SCALE = 4
_KEPT_SCALE = 8
_BAND_PIXELS = 2_000_000


class PhotoError(DataError):
    """A file that gives no photo; `reason` says why, the message says also where."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


def read_photo(source: Path | bytes, size: int, crop: Crop = "centre", name: str = "") -> ByteArray:
    """The photo in the file at `source`, or in its bytes, as uint8 (size, size), 0 black to 255 white.

    `crop`: "centre" takes the middle square; "none" the whole picture, its border pixels repeated where it
    isn't square. `name` is what to call it in an error, by default the path.

    Raises:
        PhotoError: where it is missing, unreadable, no image, damaged, or of more than `LARGEST_PIXELS`.
    """
    return _read(source, lambda _: size, crop, name)


def read_square(source: Path | bytes, most: int, crop: Crop = "centre", name: str = "") -> ByteArray:
    """The photo as `read_photo` gives it, `most` pixels a side, or as many as it has where those are fewer.

    Raises:
        PhotoError: as `read_photo`.
    """
    return _read(source, lambda side: min(side, most), crop, name)


def _read(source: Path | bytes, size_of: Callable[[int], int], crop: Crop, name: str) -> ByteArray:
    """The photo, `size_of(side)` pixels a side where its crop has `side` of its own."""
    name = name or (str(source) if isinstance(source, Path) else "the image")
    try:
        with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
            # Pillow must be able to go back in it, which a pipe can't.
            seekable = file if file.seekable() else io.BytesIO(file.read(LARGEST_STREAM))
            return _decoded(seekable, size_of, crop, name)
    except FileNotFoundError as error:
        raise PhotoError(name, "there is no such file") from error
    except IsADirectoryError as error:
        raise PhotoError(name, "a folder, not an image") from error
    except OSError as error:
        raise PhotoError(name, f"can't be read ({error.strerror or error})") from error


def folder_photos(folder: Path) -> list[Path]:
    """The image files right in `folder`, by suffix, sorted by name; hidden ones are left out.

    Raises:
        PhotoError: where the folder can't be read, or has none.
    """
    try:
        found = sorted(
            entry
            for entry in folder.iterdir()
            if entry.suffix.lower() in SUFFIXES and not entry.name.startswith(".") and entry.is_file()
        )
    except OSError as error:
        raise PhotoError(str(folder), f"the folder can't be read ({error.strerror or error})") from error
    if not found:
        raise PhotoError(str(folder), "the folder has no image in it")
    return found


def grey_square(image: "Image", size: int, crop: Crop = "centre") -> ByteArray:
    """An opened Pillow image as uint8 (size, size), see the module; whatever its mode and its sides.

    The image itself is turned upright.
    """
    from PIL import Image, ImageOps  # noqa: PLC0415 - slow to import, and rarely needed

    image.draft("L", (_DRAFT_SCALE * size, _DRAFT_SCALE * size))  # a large JPEG is decoded at a fraction
    image.load()
    # A damaged note about the orientation is no reason to refuse the picture.
    with suppress(Exception):
        ImageOps.exif_transpose(image, in_place=True)
    side = _side(image, crop)
    factor = max(1, side // (_KEPT_SCALE * size))
    grey = _small_grey(image, factor)
    width, height = image.width / factor, image.height / factor
    if crop == "centre":
        left, top = (width - side / factor) / 2, (height - side / factor) / 2
        box, sides = (left, top, width - left, height - top), (size, size)
    else:
        box = (0.0, 0.0, width, height)
        sides = (max(1, round(image.width * size / side)), max(1, round(image.height * size / side)))
    pixels = np.asarray(grey.resize(sides, Image.Resampling.LANCZOS, box))
    across, down = size - sides[0], size - sides[1]
    margins = ((down // 2, down - down // 2), (across // 2, across - across // 2))
    return np.pad(pixels, margins, mode="edge")


def shrunk(square: ByteArray, size: int) -> ByteArray:
    """A grey square, uint8 (S, S), at most `size` pixels a side, scaled as a photo is."""
    if len(square) <= size:
        return square
    from PIL import Image  # noqa: PLC0415 - slow to import, and rarely needed

    return np.asarray(Image.fromarray(square).resize((size, size), Image.Resampling.LANCZOS))


def _decoded(file: BinaryIO, size_of: Callable[[int], int], crop: Crop, name: str) -> ByteArray:
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - slow to import, and rarely needed

    # What Pillow finds odd about a file goes to nobody's screen: it is read, or refused with a sentence.
    warnings.filterwarnings("ignore", module=r"PIL\b")
    start = file.read(16)
    file.seek(0)
    if not start:
        raise PhotoError(name, "the file is empty")
    try:
        Image.init()  # only then is it known which formats this Pillow was built with
        with Image.open(file, formats=[one for one in FORMATS if one in Image.OPEN]) as image:
            if image.width * image.height > LARGEST_PIXELS:
                raise Image.DecompressionBombError
            return grey_square(image, size_of(_side(image, crop)), crop)
    except UnidentifiedImageError as error:
        if start[4:8] == b"ftyp" and start[8:12] in _HEIC_BRANDS:
            raise PhotoError(name, "a HEIC photo, which can't be read here; save it as JPEG") from error
        raise PhotoError(name, "not an image, or not of a kind that is read here") from error
    except Image.DecompressionBombError as error:
        raise PhotoError(
            name, f"more than {LARGEST_PIXELS // 1_000_000} million pixels; make it smaller first"
        ) from error
    except MemoryError as error:
        raise PhotoError(name, "too large for this machine's memory; make it smaller first") from error
    except Exception as error:  # damaged bytes make a decoder fail in any way there is
        raise PhotoError(name, f"damaged, or cut off ({_in_brief(error)})") from error


def _side(image: "Image", crop: Crop) -> int:
    """Pixels a side of the square that `crop` takes."""
    return min(image.size) if crop == "centre" else max(image.size)


def _in_brief(error: Exception) -> str:
    lines = str(error).splitlines()
    return lines[0][:100] if lines else type(error).__name__


def _small_grey(image: "Image", factor: int) -> "Image":
    """Mode L, by means over `factor` by `factor` pixels, in bands: a large picture is in memory only once."""
    from PIL import Image  # noqa: PLC0415 - as above

    if factor == 1 or image.mode.startswith(("I", "F")):
        return _grey(image)
    small = Image.new("L", (-(-image.width // factor), -(-image.height // factor)))
    rows = factor * max(1, _BAND_PIXELS // (image.width * factor))
    for top in range(0, image.height, rows):
        band = image.crop((0, top, image.width, min(image.height, top + rows)))
        small.paste(_grey(band).reduce(factor), (0, top // factor))
    return small


def _grey(image: "Image") -> "Image":
    """Mode L, transparent parts on the neutral grey."""
    from PIL import Image  # noqa: PLC0415 - as above

    if image.mode.startswith(("I", "F")):
        return Image.fromarray(_eight_bits(np.asarray(image)))
    if image.has_transparency_data:
        ground = Image.new("RGBA", image.size, (NEUTRAL, NEUTRAL, NEUTRAL, 255))
        return Image.alpha_composite(ground, image.convert("RGBA")).convert("L")
    if image.mode == "LAB":
        return image.getchannel(0)
    return image.convert("L")


def _eight_bits(levels: npt.NDArray[Any]) -> ByteArray:
    """Grey of more bits as 0..255: whole numbers by 16 bits, or 8 where wide ones are all that small; real
    ones as 0 to 1 or 0 to 255, or over their own range where it is another.
    """
    values: npt.NDArray[np.floating]
    if levels.dtype.kind == "f":
        with np.errstate(invalid="ignore"):  # signalling NaNs of a file are numbers to get rid of, too
            values = np.nan_to_num(levels.astype(np.float64), posinf=0, neginf=0)
        low, high = float(values.min()), float(values.max())
        if low < 0 or high > 255:
            values = (values - low) / max(high - low, 1e-9) * 255
        elif high <= 1:
            values = values * 255
    else:
        values = levels.astype(np.float32)
        sixteen = levels.dtype.itemsize == 2 or values.max() > 255
        values = values / 257 if sixteen else values
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
