"""Whether a network is as sure as it is right: reliability curve and expected calibration error.

The confidence of a guess is its probability. Guesses are put into bins of equal width by confidence; in each,
the mean confidence is compared with the share that was right. The expected calibration error is the mean of
those differences, each bin counted by its images (Guo et al. 2017, arxiv.org/abs/1706.04599).
"""

import numpy as np
import numpy.typing as npt

from signtui.events import Calibration, ReliabilityBin

__all__ = ["BINS", "Calibration", "ReliabilityBin", "calibration"]

BINS = 10


def calibration(confidences: npt.ArrayLike, right: npt.ArrayLike, bins: int = BINS) -> Calibration | None:
    """How `confidences` (N,), 0 to 1, agree with `right` (bool (N,)); None where there are no images."""
    sure = np.asarray(confidences, np.float64)
    hits = np.asarray(right, np.bool_)
    if not sure.size:
        return None
    # Rounded first: 0.3 * 10 is a hair above 3, and its bin would hang on the last bit.
    place = np.clip(np.ceil(np.round(sure * bins, 9)).astype(np.int64) - 1, 0, bins - 1)
    images = np.bincount(place, minlength=bins)
    total_sure = np.bincount(place, weights=sure, minlength=bins)
    total_hits = np.bincount(place, weights=hits, minlength=bins)
    found = tuple(
        ReliabilityBin(
            low=index / bins,
            high=(index + 1) / bins,
            images=int(images[index]),
            confidence=float(total_sure[index] / images[index]) if images[index] else None,
            accuracy=float(total_hits[index] / images[index]) if images[index] else None,
        )
        for index in range(bins)
    )
    error = float(np.abs(total_sure - total_hits).sum() / sure.size)
    return Calibration(found, int(sure.size), error, float(sure.mean()), float(hits.mean()))
