"""Animated backgrounds where there is no picture: painters of a template's palette, and what shows them."""
