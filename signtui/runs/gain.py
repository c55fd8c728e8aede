"""What going on from a run's weights brought, in words and shares, and how much so few photos can say."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

FEW = 200
"""Photos held out: below it, what chance alone may do is said beside the score."""

_NORMAL_95 = 1.959964


def interval(right: int, of: int) -> tuple[float, float]:
    """The shares that `right` of `of` stand for with 95 % confidence (Wilson's interval)."""
    if of <= 0:
        return 0.0, 1.0
    share, z = right / of, _NORMAL_95
    centre = share + z * z / (2 * of)
    reach = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    whole = 1 + z * z / of
    # At 0 and 1 rounding may end a hair on the wrong side of the share.
    return max(0.0, min(share, (centre - reach) / whole)), min(1.0, max(share, (centre + reach) / whole))


def cautions(told: Mapping[str, Any], classes: Sequence[str]) -> list[str]:
    """Sentences about what the figures of a `fine_tuning` event, as plain data, can't say."""
    found = [*_letters_without_photos(told, classes)]
    own = told["own"]
    if own.get("after") and own["after"]["images"] < FEW:
        found.append(_of_so_few(own["before"], own["after"]))
    return [*found, *told.get("notes", ())]


def _letters_without_photos(told: Mapping[str, Any], classes: Sequence[str]) -> list[str]:
    counts = told["learned_by_class"]
    missing = [name for name, count in zip(classes, counts, strict=False) if not count]
    if not missing or len(missing) == len(classes):
        return []
    if len(missing) > len(classes) // 2:
        shown = " ".join(name for name in classes if name not in missing)
        return [f"the new photos learned from show only {shown}; of other letters nothing new was learned"]
    return [f"no new photo of {' '.join(missing)} was learned from"]


def _of_so_few(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    images = after["images"]
    low, high = interval(_right(after), images)
    words = (
        f"{images} photos held out are few: of many such photos, {low:.0%} to {high:.0%} would be read right"
    )
    if _right(after) > _right(before) and interval(_right(before), images)[1] >= low:
        return f"{words}, and the gain may be chance"
    return words


def _right(score: Mapping[str, Any]) -> int:
    return round(float(score["accuracy"]) * int(score["images"]))
