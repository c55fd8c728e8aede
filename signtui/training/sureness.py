"""Fits what a confidence is worth to validation: a temperature, and from where a guess counts as sure.

Dividing the logits by one number leaves every guess as it is and moves its confidence (temperature scaling,
Guo et al. 2017, arxiv.org/abs/1706.04599). The number is the one under which the truths are likeliest.
"""

import numpy as np
import numpy.typing as npt

from signtui.events import Calibrated, Calibration
from signtui.model.sureness import UNFITTED, Sureness
from signtui.runs.calibration import calibration

Logits = npt.NDArray[np.float32]
Truths = npt.NDArray[np.int64]

COLDEST, HOTTEST = 0.05, 20.0
"""The temperatures tried."""

_HALVINGS = 20


def fit_sureness(logits: Logits, truths: Truths, photographs: int) -> Sureness:
    """What the confidences of `logits` (N, K) are worth by `truths` (N,), images of so many photographs."""
    temperature = fit_temperature(logits, truths, photographs)
    return Sureness(temperature, sure_from(Sureness(temperature).probabilities(logits), truths))


def fit_temperature(logits: Logits, truths: Truths, photographs: int) -> float:
    """The temperature, from `COLDEST` to `HOTTEST`, under which the truths are likeliest.

    Where every image is read right, the likeliest temperature is nought and every guess certain, whatever few
    images that was. So the truth is believed as far as so many photographs can show it, to (n + 1)/(n + 2),
    and the rest is spread over the other classes (after Platt 1999); variants of a photograph are no new
    evidence.
    """
    classes = logits.shape[1]
    believed = (photographs + 1) / (photographs + 2)
    targets = np.full(logits.shape, (1 - believed) / max(1, classes - 1))
    targets[np.arange(len(truths)), truths] = believed
    levels = logits.astype(np.float64)
    levels -= levels.max(axis=1, keepdims=True)
    wanted = float((targets * levels).sum())
    # The likelihood is concave in the inverse temperature: its slope has one zero.
    low, high = np.log(1 / HOTTEST), np.log(1 / COLDEST)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        shares = np.exp(levels * np.exp(middle))
        shares /= shares.sum(axis=1, keepdims=True)
        low, high = (middle, high) if float((shares * levels).sum()) < wanted else (low, middle)
    return float(np.exp(-(low + high) / 2))


KEPT = 0.95
"""Of the validation images that are read right, how many count as sure, at most."""

RIGHT = 0.95
"""Of the validation images that count as sure, how many are read right, at least."""


def sure_from(probabilities: Logits, truths: Truths) -> float:
    """The confidence from which a guess counts as sure.

    `KEPT` of the right guesses reach it: whatever is read with less is read as those few are. And `RIGHT` of
    the guesses that reach it are right; where no confidence warrants that, it is 1, and no guess is sure.
    """
    confidences = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truths
    order = np.argsort(-confidences, kind="stable")
    kept = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    warranted = np.flatnonzero(kept >= RIGHT)
    if not len(warranted):
        return 1.0
    reached = np.sort(confidences[right])
    return float(max(confidences[order[warranted[-1]]], reached[int((1 - KEPT) * len(reached))]))


def calibrated(logits: Logits, truths: Truths, sureness: Sureness) -> Calibrated:
    """How sure `logits` (N, K), one image or more, are by `truths` (N,), with `sureness` and without."""
    right = logits.argmax(axis=1) == truths
    before = calibration(UNFITTED.probabilities(logits).max(axis=1), right)
    confidences = sureness.probabilities(logits).max(axis=1)
    after = calibration(confidences, right)
    assert isinstance(before, Calibration)
    assert isinstance(after, Calibration)
    if sureness.sure_from is None:
        return Calibrated(sureness.temperature, before, after)
    sure = (confidences >= sureness.sure_from) & (sureness.sure_from < 1)
    return Calibrated(
        sureness.temperature, before, after, sureness.sure_from, int(sure.sum()), int((sure & right).sum())
    )
