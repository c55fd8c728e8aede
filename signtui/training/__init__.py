"""The training loop and what surrounds it: optimisers, evaluation, checkpoints, control, the session."""
