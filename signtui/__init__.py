"""signtui: train convolutional networks on sign language hands, in the terminal."""

import os

__version__ = "0.1.0"

# OpenMP reads this when torch is loaded, so it is said before anything else. By default its threads spin at
# every barrier; with another process busy on a core, training then falls to a fraction of its speed.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
