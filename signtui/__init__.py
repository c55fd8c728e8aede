"""signtui: train convolutional networks on sign language hands, in the terminal."""

__version__ = "0.1.0"
