"""The run folder: create, append, read back, fold into a state, list."""
