"""What confidence is worth: the temperature that logits are divided by, and from where a guess is sure."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sureness:
    """Stands beside the weights it was fitted for.

    Dividing the logits by `temperature` leaves every guess as it is and makes its confidence agree with how
    often such guesses are right; 1 where none was fitted. A guess counts as sure at a confidence of
    `sure_from` (0 to 1) or more; at 1 none ever does, and None is where that is not known.
    """

    temperature: float = 1.0
    sure_from: float | None = None

    def probabilities(self, logits: Floats) -> Floats:
        """Float32 (N, K), rows that sum to 1, from `logits` (N, K)."""
        scaled = np.asarray(logits, np.float64) / self.temperature
        scaled -= scaled.max(axis=1, keepdims=True)
        shares = np.exp(scaled)
        return np.asarray(shares / shares.sum(axis=1, keepdims=True), np.float32)

    def is_sure(self, confidence: float) -> bool | None:
        """Whether a guess of this confidence counts as sure; None where that is not known."""
        return None if self.sure_from is None else self.sure_from <= confidence and self.sure_from < 1


UNFITTED = Sureness()
"""Of weights that nothing was fitted for: the network's own confidence."""
