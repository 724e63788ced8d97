"""reelwright: text in, finished short video out."""

__version__ = "0.1.0"
