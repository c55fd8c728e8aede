"""How lessons put numbers and lists into sentences."""

from collections.abc import Iterable

from signtui.render.numbers import count


def square(side: int) -> str:
    """`3x3`."""
    return f"{side}x{side}"


def shape(sizes: Iterable[int]) -> str:
    """`16x28x28`."""
    return "x".join(map(str, sizes))


def listed(words: Iterable[str]) -> str:
    """`one`, `one and two`, `one, two and three`."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def counted(value: int, noun: str, several: str = "") -> str:
    """`1 kernel`, `1,024 kernels`."""
    return f"{count(value)} {noun if value == 1 else several or noun + 's'}"


def blocks(numbers: list[int]) -> str:
    """`block 2`, `blocks 1, 3 and 5`."""
    return f"block{'' if len(numbers) == 1 else 's'} {listed(map(str, numbers))}"
