"""Synthetic hands: the manual alphabet drawn from a jointed hand, for when no data is found. numpy only."""
