"""Keeping what is foreign at a distance."""
