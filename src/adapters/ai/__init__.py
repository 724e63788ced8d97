"""Engines that speak and, later, write."""
