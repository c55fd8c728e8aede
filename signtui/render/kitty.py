"""Kitty's graphics protocol, as far as it is used: greyscale images, kept, placed and scaled by the terminal.

https://sw.kovidgoyal.net/kitty/graphics-protocol/ ; `q=2` has the terminal answer nothing, which would
arrive among the keys.
"""

import base64
import io

LARGEST_CHUNK = 4096


def image(number: int, pixels: bytes, size: tuple[int, int]) -> str:
    """Grey levels, row by row, of so many columns and rows, for the terminal to keep; not shown yet."""
    from PIL import Image  # noqa: PLC0415 - only for those who ask for pixels

    file = io.BytesIO()
    Image.frombytes("L", size, pixels).save(file, "PNG")
    payload = base64.b64encode(file.getvalue()).decode()
    chunks = [payload[at : at + LARGEST_CHUNK] for at in range(0, len(payload), LARGEST_CHUNK)]
    told = [f"a=t,f=100,i={number},q=2,"] + [""] * (len(chunks) - 1)
    return "".join(
        f"\x1b_G{keys}m={int(index < len(chunks) - 1)};{chunk}\x1b\\"
        for index, (keys, chunk) in enumerate(zip(told, chunks, strict=True))
    )


def placement(number: int, place: int, columns: int, rows: int) -> str:
    """Shows image `number` where the cursor is, stretched over so many cells, under the text."""
    return f"\x1b_Ga=p,i={number},p={place},c={columns},r={rows},C=1,z=-1,q=2\x1b\\"


def removal(number: int, place: int) -> str:
    """Takes one placement of image `number` away; the terminal keeps the image."""
    return f"\x1b_Ga=d,d=i,i={number},p={place},q=2\x1b\\"


def oblivion(number: int) -> str:
    """Has the terminal forget image `number`, and all of its placements."""
    return f"\x1b_Ga=d,d=I,i={number},q=2\x1b\\"
