"""Photographs as they come, turned into grey squares; and what is refused, with the reason."""

import io
import os
import struct
import threading
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from signtui.data import photo
from signtui.data.photo import LARGEST_PIXELS, NEUTRAL, PhotoError, folder_photos, grey_square, read_photo


def half_white(size=32):
    """White above, black below."""
    pixels = np.zeros((size, size), np.uint8)
    pixels[: size // 2] = 255
    return Image.fromarray(pixels)


def png(image, **options):
    stream = io.BytesIO()
    image.save(stream, "PNG", **options)
    return stream.getvalue()


def bomb_header(side):
    """The start of a PNG that claims to be `side` by `side` pixels."""
    fields = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + fields
    head = (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(fields)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    )
    data = b"IDAT" + zlib.compress(b"\0" * 100)
    return head + struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))


@pytest.mark.parametrize(
    ("orientation", "turn"),
    [
        (3, Image.Transpose.ROTATE_180),
        (6, Image.Transpose.ROTATE_90),
        (8, Image.Transpose.ROTATE_270),
        (4, Image.Transpose.FLIP_TOP_BOTTOM),
    ],
)
def test_a_camera_s_orientation_is_followed(tmp_path, orientation, turn):
    exif = Image.Exif()
    exif[0x0112] = orientation
    half_white().convert("RGB").transpose(turn).save(tmp_path / "lying.jpg", exif=exif, quality=95)
    image = read_photo(tmp_path / "lying.jpg", 8)
    assert (image[:3] > 240).all()
    assert (image[5:] < 15).all()


def test_a_damaged_orientation_is_no_reason_to_refuse_a_photo(tmp_path, recwarn):
    half_white().save(tmp_path / "odd.jpg", exif=b"Exif\0\0MM\0*\0\0\xff\xff\xff\xff", quality=95)
    assert (read_photo(tmp_path / "odd.jpg", 8)[:3] > 240).all()
    assert not recwarn.list


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparent_parts_are_neutral_grey(mode):
    image = Image.new(mode, (10, 10), 0)
    assert (read_photo(png(image), 4) == NEUTRAL).all()


def test_a_transparent_palette_colour_is_neutral_grey_and_the_others_stay():
    image = Image.new("P", (20, 10), 0)
    image.putpalette([250, 0, 0, 200, 200, 200])
    image.paste(1, (10, 0, 20, 10))
    stream = io.BytesIO()
    image.save(stream, "GIF", transparency=0)
    pixels = read_photo(stream.getvalue(), 20, "none")
    assert pixels[10, 3] == NEUTRAL
    assert pixels[10, 16] == 200


def test_colour_becomes_grey_by_luminance():
    green, blue = (read_photo(png(Image.new("RGB", (9, 9), colour)), 4) for colour in ("lime", "blue"))
    assert green.mean() > 140
    assert blue.mean() < 40


@pytest.mark.parametrize("dtype", ["<u2", ">u2"])
def test_sixteen_bits_of_grey_keep_their_shades(tmp_path, dtype):
    levels = np.linspace(0, 65535, 16).astype(dtype)
    image = Image.fromarray(np.tile(levels.astype(np.uint16), (16, 1)))
    path = tmp_path / ("deep.png" if dtype == "<u2" else "deep.tiff")
    image.save(path)
    assert read_photo(path, 16)[0].tolist() == [round(255 * place / 15) for place in range(16)]


def test_real_numbers_of_grey_are_spread(tmp_path):
    Image.fromarray(np.full((8, 8), 0.5, np.float32)).save(tmp_path / "real.tiff")
    assert (read_photo(tmp_path / "real.tiff", 8) == 128).all()


def test_the_middle_square_or_all_of_it():
    pixels = np.full((20, 60), 10, np.uint8)
    pixels[:, 20:40] = 250
    content = png(Image.fromarray(pixels))
    assert (read_photo(content, 20)[:, 1:-1] > 240).all()
    whole = read_photo(content, 30, "none")
    assert (whole[:, 2:8] < 20).all()
    assert (whole[:, 12:18] > 240).all()
    assert (whole == whole[:1]).all()


def test_one_pixel_is_an_image():
    assert (read_photo(png(Image.new("L", (1, 1), 77)), 28) == 77).all()


@pytest.mark.parametrize("mode", ["L", "RGBA", "P"])
@pytest.mark.parametrize("crop", ["centre", "none"])
def test_a_large_picture_made_small_in_bands_looks_as_if_made_small_at_once(mode, crop, monkeypatch):
    rows, columns = np.mgrid[:901, :1203]
    waves = (127 + 100 * np.sin(rows / 150) * np.cos(columns / 130)).astype(np.uint8)
    image = Image.fromarray(waves).convert(mode)
    whole = grey_square(image, 16, crop)
    monkeypatch.setattr(photo, "_BAND_PIXELS", 30_000)
    assert np.array_equal(grey_square(image, 16, crop), whole)
    monkeypatch.setattr(photo, "_KEPT_SCALE", 10_000)
    assert np.abs(grey_square(image, 16, crop).astype(int) - whole).max() <= 3


MODES = ("1", "L", "P", "RGB", "RGBA", "LA", "PA", "CMYK", "YCbCr", "LAB", "HSV", "I", "F", "I;16", "I;16B")


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    mode=st.sampled_from(MODES),
    width=st.integers(1, 70),
    height=st.integers(1, 70),
    size=st.integers(8, 40),
    crop=st.sampled_from(("centre", "none")),
    seed=st.integers(0, 9),
)
def test_any_mode_and_any_sides_give_a_grey_square(mode, width, height, size, crop, seed):
    random = np.random.default_rng(seed)
    image = Image.new(mode, (width, height))
    image.frombytes(random.bytes(len(image.tobytes())))
    square = grey_square(image, size, crop)
    assert (square.shape, square.dtype) == ((size, size), np.uint8)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")), st.data())
def test_damaged_bytes_give_an_image_or_one_sentence(kind, data):
    stream = io.BytesIO()
    half_white().convert("RGB").save(stream, kind)
    content = bytearray(stream.getvalue())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    sentence = ""
    try:
        assert read_photo(bytes(content[:cut]), 8, name="x").shape == (8, 8)
    except PhotoError as error:
        sentence = str(error)
    assert sentence == "" or sentence.startswith("x: ")
    assert "\n" not in sentence


def noise_file(path, **options):
    noise = np.random.default_rng(0).integers(0, 255, (64, 64), dtype=np.uint8)
    Image.fromarray(noise).save(path, **options)
    return path


@pytest.mark.parametrize("name", ["cut.jpg", "cut.png", "cut.webp"])
def test_a_file_cut_off_is_refused(tmp_path, name):
    path = noise_file(tmp_path / name)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(PhotoError, match=rf"{name}: damaged, or cut off \("):
        read_photo(path, 8)


@pytest.mark.parametrize("side", [20_000, 11_000, 60_000])
def test_a_decompression_bomb_is_refused_before_it_is_decoded(side, recwarn):
    assert side * side > LARGEST_PIXELS
    with pytest.raises(PhotoError, match="more than 120 million pixels"):
        read_photo(bomb_header(side), 8)
    assert not recwarn.list


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"just text, whatever the name says", "not an image"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "not an image"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
    ],
)
def test_what_is_no_image_is_refused(tmp_path, content, reason):
    (tmp_path / "hand.png").write_bytes(content)
    with pytest.raises(PhotoError, match=reason) as refusal:
        read_photo(tmp_path / "hand.png", 8)
    assert str(refusal.value).startswith(str(tmp_path / "hand.png"))


def test_missing_files_and_folders_are_refused(tmp_path):
    with pytest.raises(PhotoError, match="there is no such file"):
        read_photo(tmp_path / "none.png", 8)
    with pytest.raises(PhotoError, match="a folder, not an image"):
        read_photo(tmp_path, 8)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read anything")
def test_a_file_without_permission_is_refused(tmp_path):
    noise_file(tmp_path / "mine.png").chmod(0)
    with pytest.raises(PhotoError, match="can't be read \\(Permission denied\\)"):
        read_photo(tmp_path / "mine.png", 8)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="a file that fails when it is read")
def test_a_file_that_can_t_be_read_is_refused():
    with pytest.raises(PhotoError, match="/proc/self/mem: can't be read"):
        read_photo(Path("/proc/self/mem"), 8)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_read_like_a_file(tmp_path):
    content = png(half_white())
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(content,))
    writer.start()
    assert np.array_equal(read_photo(tmp_path / "pipe", 8), read_photo(content, 8))
    writer.join()


def test_a_folder_is_its_images_in_order_and_nothing_else(tmp_path):
    for name in ("b.png", "a.jpg", "C.PNG"):
        noise_file(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no image")
    (tmp_path / ".hidden.png").write_bytes(b"")
    (tmp_path / "deeper.png").mkdir()
    assert [path.name for path in folder_photos(tmp_path)] == ["C.PNG", "a.jpg", "b.png"]
    with pytest.raises(PhotoError, match="has no image in it"):
        folder_photos(tmp_path / "deeper.png")
