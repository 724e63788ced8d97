"""Engines that run jobs, and the bus that tells how far they are."""
