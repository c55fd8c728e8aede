"""Numbers as people read them, formatted in one place: shares, counts, durations, bytes, rates, losses.

A share is cut, never rounded up, so that what is shown is never better than what was measured.
"""

import datetime as dt
import math
from decimal import ROUND_DOWN, Decimal

MISSING = "-"
_CENT = Decimal("0.01")
_TENTH = Decimal("0.1")
_KEEPS_TWO_DECIMALS_FROM = 99
_ABSURD = 10**9
_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


def percent(share: float | None) -> str:
    """`share` of 1 in percent: one decimal, two above 99 %; `100 %` only for exactly 1."""
    if share is None or not math.isfinite(share):
        return MISSING
    # The shortest decimal that reads back as the same float: 0.07 is 7 %, not 6.99 %.
    exact = Decimal(repr(float(share))) * 100
    if exact in {0, 100}:
        return f"{int(exact)} %"
    if 0 < exact < _TENTH:
        return "<0.1 %"
    if abs(exact) > _ABSURD:
        return f"{float(share) * 100:.3g} %"
    two_decimals = exact >= _KEEPS_TWO_DECIMALS_FROM
    text = f"{exact.quantize(_CENT if two_decimals else _TENTH, ROUND_DOWN):f}"
    return f"{text[:-1] if two_decimals and text.endswith('0') else text} %"


def percent_aligned(share: float | None) -> str:
    """`percent(share)` without the sign, in 6 cells: a column of them has its decimal points in line."""
    whole, point, decimals = percent(share).removesuffix(" %").partition(".")
    return f"{whole:>3}{point + decimals:<3}"


def points(share: float, other: float) -> Decimal:
    """`share` less `other` (finite, of 1) in points: the difference of the figures that `percent` shows."""
    first, second = (Decimal(percent(each).removesuffix(" %").lstrip("<")) for each in (share, other))
    return first - second


def count(value: int | None) -> str:
    """`value` with thousands separators: `27,455`."""
    return MISSING if value is None else f"{value:,}"


def plural(value: int, noun: str) -> str:
    """`value` and `noun`, which takes an s unless there is one of it: `1 epoch`, `2 epochs`."""
    return f"{value:,} {noun}{'' if value == 1 else 's'}"


def duration(seconds: float | None, *, tenths: bool = False) -> str:
    """`0.8 s`, `12 s` (`12.3 s` with `tenths`), `4:05`, `1:02:03`."""
    if seconds is None or not math.isfinite(seconds):
        return MISSING
    seconds = max(0.0, seconds)
    limit = 59.95 if tenths else 9.95
    if seconds < limit:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def size(number_of_bytes: float | None) -> str:
    """Bytes in powers of a thousand: `512 B`, `21.5 MB`."""
    if number_of_bytes is None or not math.isfinite(number_of_bytes):
        return MISSING
    value = float(number_of_bytes)
    for unit in _UNITS[:-1]:
        if abs(value) < (1000 if unit == "B" else 999.95):
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} {_UNITS[-1]}"


def magnitude(value: float | None) -> str:
    """A count of operations: `950`, `12.3 k`, `4.1 M`, `2.0 G`."""
    if value is None or not math.isfinite(value):
        return MISSING
    for unit in ("", " k", " M", " G"):
        if abs(value) < (1000 if not unit else 999.95):
            return f"{value:.0f}" if not unit else f"{value:.1f}{unit}"
        value /= 1000
    return f"{value:,.1f} T"


def loss(value: float | None) -> str:
    """A cross-entropy: three decimals, or two significant figures below 0.01; `nan` and `inf` as such."""
    if value is None:
        return MISSING
    if not math.isfinite(value):
        return str(float(value))
    if value == 0 or abs(value) >= 0.01:
        return f"{value:.3f}" if abs(value) < 1e6 else f"{value:.3e}"
    return f"{value:.4f}" if abs(value) >= 0.001 else f"{value:.1e}"


def learning_rate(value: float | None) -> str:
    """A step size to three significant figures: `0.01`, `0.000125`, `3e-06`."""
    if value is None or not math.isfinite(value):
        return MISSING
    return f"{value:.3g}"


def rate(images_per_second: float | None) -> str:
    """`11,402 images/s`."""
    if images_per_second is None or not math.isfinite(images_per_second):
        return f"{MISSING} images/s"
    return f"{images_per_second:,.0f} images/s"


def moment(seconds: float | None, now: float | None = None) -> str:
    """Local time of `seconds` since 1970, as near as it needs: `today 14:02`, `yesterday 09:30`, a date.

    `now`, also in seconds, is what today and yesterday are reckoned from; None: no relative words.
    """
    if seconds is None or not math.isfinite(seconds):
        return MISSING
    try:
        at = dt.datetime.fromtimestamp(seconds)
        today = dt.datetime.fromtimestamp(now).date() if now is not None else None
    except (OverflowError, OSError, ValueError):
        return MISSING
    if today is not None and at.date() == today:
        return f"today {at:%H:%M}"
    if today is not None and (today - at.date()).days == 1:
        return f"yesterday {at:%H:%M}"
    return f"{at:%Y-%m-%d %H:%M}"
