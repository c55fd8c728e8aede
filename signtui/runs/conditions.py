"""The grammar of filter lines: free words and conditions such as `val>0.99 -tag=x`, whatever they are about.

A minus before a word or a condition turns it round; quotes keep blanks together.
"""

import operator
import re
from collections.abc import Callable
from typing import Any

COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}
"""What each sign means; of arrays, element by element."""

_TERM = re.compile(
    r"""(?P<minus>-?)(?:(?P<key>[A-Za-z_]+)\s*(?P<sign>>=|<=|!=|>|<|=)"""
    # A blank after the sign belongs to it, unless what follows is a condition of its own.
    r"""(?:\s+(?![A-Za-z_]+\s*[<>=!]))?)?"""
    r"""(?:"(?P<quoted>[^"]*)(?:"|$)|(?P<bare>\S*))"""
)


def written(text: str) -> list[re.Match[str]]:
    """The terms of a filter line, each with its `minus`, and the `key` and `sign` of a condition."""
    return [match for match in _TERM.finditer(text) if match[0].strip() not in ("", "-")]


def value_of(match: re.Match[str]) -> str:
    """What a condition compares with, or a free word; without its quotes."""
    return match["bare"] if match["quoted"] is None else match["quoted"]


def read_share(text: str) -> float:
    """`0.99`, `99%` or `99` as a share of 1: above 1 it can only be meant in percent. Raises ValueError."""
    number = float(text.removesuffix("%"))
    return number / 100 if text.endswith("%") or number > 1 else number
