"""How often curves are drawn: by what a drawing costs, within what a person bears."""

from signtui.tui.pace import LONGEST_WAIT, LOW_BANDWIDTH, USUAL


def test_a_chart_waits_by_what_it_costs_between_its_pace_and_the_longest_wait() -> None:
    assert USUAL.until_next_chart(0.0) == USUAL.chart
    assert USUAL.until_next_chart(0.010) == 0.010 / USUAL.chart_share
    assert USUAL.until_next_chart(0.5) == LONGEST_WAIT


def test_a_thin_line_has_a_pace_of_its_own() -> None:
    assert LOW_BANDWIDTH.until_next_chart(0.5) == LOW_BANDWIDTH.chart
