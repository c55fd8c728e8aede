"""Synthetic hands: the manual alphabet drawn by the program from a jointed hand, for when no data is found."""
