"""A network from its configuration: the plan (arithmetic only) and the torch module built from it."""
