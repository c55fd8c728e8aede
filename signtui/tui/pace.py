"""How often what moves on the screen is drawn again: enough to follow, or as little as a thin line bears.

It is about news alone. What a key asks for is drawn at once at any pace.
"""

from dataclasses import dataclass

LONGEST_WAIT = 4.0
"""Seconds that a chart waits at most for what it costs: it is to be seen that the run goes on."""


@dataclass(frozen=True)
class Pace:
    """The least time in seconds between two drawings of the figures, of a chart and of the samples' guesses.

    Nothing is drawn oftener than the run is asked for news. `chart_share` is how much of one core's time
    drawing a chart may take at most, which the training beside it goes without; 0: any.
    """

    figures: float
    chart: float
    samples: float
    chart_share: float = 0.0

    def until_next_chart(self, cost: float) -> float:
        """Seconds from one drawing of a chart to the next, where the last one took `cost` seconds of work."""
        return max(self.chart, min(LONGEST_WAIT, cost / self.chart_share) if self.chart_share else 0.0)


USUAL = Pace(figures=0.0, chart=1.0, samples=0.0, chart_share=0.003)
LOW_BANDWIDTH = Pace(figures=1.0, chart=4.0, samples=10.0)
