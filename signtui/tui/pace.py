"""How often what moves on the screen is drawn again: enough to follow, or as little as a thin line bears.

It is about news alone. What a key asks for is drawn at once at any pace.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """The least time in seconds between two drawings of the figures, of a chart and of the samples' guesses.

    Nothing is drawn oftener than the run is asked for news.
    """

    figures: float
    chart: float
    samples: float


USUAL = Pace(figures=0.0, chart=1.0, samples=0.0)
LOW_BANDWIDTH = Pace(figures=1.0, chart=4.0, samples=10.0)
